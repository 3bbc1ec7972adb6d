//! The JSON Schema of documents, made from what the reader itself knows.

use super::shape::{DOCUMENT, Key, Kind, Shape};
use crate::schema::json::Json;

/// The JSON Schema (draft 2020-12) of a document, as it stands in `docs/schema.json`.
///
/// ```
/// let schema = migrate_schema::schema::document::json_schema();
/// assert!(schema.get("$defs").and_then(|definitions| definitions.get("column")).is_some());
/// ```
pub fn json_schema() -> Json {
    let mut definitions = Vec::new();
    define(&DOCUMENT, &mut definitions);
    let Json::Object(document) = definitions.remove(0).1 else {
        return Json::Null;
    };
    definitions.sort_by(|a, b| a.0.cmp(&b.0));
    let mut schema = vec![
        member(
            "$schema",
            text("https://json-schema.org/draft/2020-12/schema"),
        ),
        member(
            "title",
            text("A database schema, as `migrate schema export` writes it"),
        ),
    ];
    schema.extend(document);
    schema.push(member("$defs", Json::Object(definitions)));
    Json::Object(schema)
}

/// An object and all that is in it, each once.
fn define(shape: &'static Shape, definitions: &mut Vec<(String, Json)>) {
    if definitions.iter().any(|(name, _)| name == shape.name) {
        return;
    }
    let at = definitions.len();
    definitions.push(member(shape.name, Json::Null));
    let properties = shape
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)));
    let required = shape.keys.iter().filter(|key| key.required);
    let required: Vec<Json> = required.map(|key| text(key.name)).collect();
    let mut object = vec![
        member("description", text(shape.about)),
        member("type", text("object")),
        member("properties", Json::Object(properties.collect())),
    ];
    if !required.is_empty() {
        object.push(member("required", Json::Array(required)));
    }
    object.push(member("additionalProperties", Json::Boolean(false)));
    definitions[at].1 = Json::Object(object);
    for key in shape.keys {
        within(&key.kind, definitions);
    }
}

fn within(kind: &Kind, definitions: &mut Vec<(String, Json)>) {
    match *kind {
        Kind::List(kind) | Kind::Map(kind) => within(kind, definitions),
        Kind::Object(shape) | Kind::TextOr(shape) => define(shape, definitions),
        _ => {}
    }
}

fn property(key: &Key) -> Json {
    let about = match key.only {
        [] => key.about.to_owned(),
        only => {
            let only: Vec<&str> = only
                .iter()
                .map(|dialect| super::check::product(*dialect))
                .collect();
            format!("{} (only {})", key.about, only.join(" and "))
        }
    };
    let mut members = vec![member("description", text(&about))];
    let kind = self::kind(&key.kind);
    match (kind, key.required) {
        // What is null is as if it were left out.
        (kind, false) => members.push(member("anyOf", Json::Array(vec![kind, of_type("null")]))),
        (Json::Object(kind), true) => members.extend(kind),
        (_, true) => {}
    }
    Json::Object(members)
}

fn kind(kind: &Kind) -> Json {
    let either = |all: Vec<Json>| Json::Object(vec![member("anyOf", Json::Array(all))]);
    match kind {
        Kind::Text => of_type("string"),
        Kind::Boolean => of_type("boolean"),
        Kind::Count => Json::Object(vec![
            member("type", text("integer")),
            member("minimum", Json::Number(1.into())),
        ]),
        Kind::Version => Json::Object(vec![member(
            "enum",
            Json::Array(vec![Json::Number(1.into()), text("1"), text("1.0")]),
        )]),
        Kind::Default => Json::Object(vec![member(
            "type",
            Json::Array(vec![text("string"), text("number"), text("boolean")]),
        )]),
        Kind::Choice(words) => {
            let words = words.iter().map(|word| text(word)).collect();
            Json::Object(vec![member("enum", Json::Array(words))])
        }
        Kind::List(kind) => Json::Object(vec![
            member("type", text("array")),
            member("items", self::kind(kind)),
        ]),
        Kind::Map(kind) => Json::Object(vec![
            member("type", text("object")),
            member("additionalProperties", self::kind(kind)),
        ]),
        Kind::Object(shape) => reference(shape),
        Kind::TextOr(shape) => either(vec![of_type("string"), reference(shape)]),
    }
}

fn of_type(name: &str) -> Json {
    Json::Object(vec![member("type", text(name))])
}

fn reference(shape: &Shape) -> Json {
    let to = format!("#/$defs/{}", shape.name);
    Json::Object(vec![member("$ref", text(&to))])
}

fn member(name: &str, value: Json) -> (String, Json) {
    (name.to_owned(), value)
}

fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}
