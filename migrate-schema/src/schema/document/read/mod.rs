//! A database of a document as a schema.

mod parts;
mod table;

use std::collections::BTreeSet;

use super::{
    Fault, check,
    check::Path,
    meaning, order, shape,
    short::{self, object_name},
    types,
};
use crate::{
    Dialect,
    schema::{
        ObjectName, Routine, RoutineKind, Schema, Sequence, Trigger, Type, TypeShape, View,
        json::Json,
    },
};
use parts::{flag, optional, text, texts};
pub(super) use table::Places;

/// What a reader has at hand.
pub(super) struct Reader<'f> {
    dialect: Dialect,
    faults: &'f mut Vec<Fault>,
    /// Where the form is wrong: of what stands there nothing is concluded.
    broken: BTreeSet<String>,
}

pub(super) fn database(
    json: &Json,
    dialect: Dialect,
    path: &Path<'_>,
    faults: &mut Vec<Fault>,
) -> Schema {
    let mut form = Vec::new();
    check::object(json, &shape::DATABASE, Some(dialect), path, &mut form);
    let broken = form.iter().map(|fault| fault.path.clone()).collect();
    faults.append(&mut form);
    let mut reader = Reader {
        dialect,
        faults,
        broken,
    };
    let (schema, places) = reader.database(json, path);
    let faults = reader.faults;
    meaning::check(&schema, &places, faults);
    schema
}

impl Reader<'_> {
    fn fault(&mut self, path: &Path<'_>, message: impl Into<String>) {
        self.faults.push(Fault::new(path, message));
    }

    /// Whether the form is wrong there, or in something that stands there.
    fn is_broken(&self, path: &str) -> bool {
        let within = |behind: &str| {
            let from = format!("{path}{behind}");
            let next = self.broken.range(from.clone()..).next();
            next.is_some_and(|next| next.starts_with(&from))
        };
        self.broken.contains(path) || within(".") || within("[")
    }

    fn name(&mut self, text: &str, path: &Path<'_>) -> ObjectName {
        object_name(text).unwrap_or_else(|message| {
            self.fault(path, message);
            ObjectName::bare(text)
        })
    }

    fn names(&mut self, json: &Json, key: &str, path: &Path<'_>) -> Vec<ObjectName> {
        let here = path.key(key);
        let all = texts(json, key);
        let all = all.iter().enumerate();
        all.map(|(at, text)| self.name(text, &here.element(at)))
            .collect()
    }

    fn database(&mut self, json: &Json, path: &Path<'_>) -> (Schema, Vec<Places>) {
        let mut schema = Schema::empty(self.dialect);
        schema.namespaces = texts(json, "namespaces");
        schema.extensions = texts(json, "extensions");
        schema.unknown = texts(json, "unknown");
        let (types, views) = (path.key("types"), path.key("views"));
        for (name, one) in members(json, "types") {
            let made = self.made_type(name, one, &types.key(name));
            schema.types.extend(made);
        }
        let here = path.key("tables");
        let mut places = Vec::new();
        for (name, one) in members(json, "tables") {
            let (table, its) = self.table(name, one, &here.key(name));
            schema.tables.push(table);
            places.push(its);
        }
        for (name, one) in members(json, "views") {
            let view = self.view(name, one, &views.key(name));
            schema.views.push(view);
        }
        let here = path.key("sequences");
        for (name, one) in members(json, "sequences") {
            schema.sequences.push(Sequence {
                name: self.name(name, &here.key(name)),
                sql: optional(one, "definition"),
            });
        }
        let here = path.key("routines");
        for (at, one) in elements(json, "routines").iter().enumerate() {
            let routine = self.routine(one, &here.element(at));
            schema.routines.push(routine);
        }
        self.types(&schema, &places);
        order::views(&mut schema);
        (schema, places)
    }

    fn made_type(&mut self, name: &str, json: &Json, path: &Path<'_>) -> Option<Type> {
        let known = ["enum", "composite", "domain", "definition"];
        let given: Vec<&str> = (known.into_iter())
            .filter(|key| json.get(key).is_some())
            .collect();
        let attributes = |json: &Json| {
            let attribute = |one: &Json| (text(one, "name"), text(one, "type"));
            elements(json, "composite").iter().map(attribute).collect()
        };
        let shape = match given[..] {
            ["enum"] => TypeShape::Enum(texts(json, "enum")),
            ["composite"] => TypeShape::Composite(attributes(json)),
            ["domain"] => domain(json.get("domain")?),
            ["definition"] => TypeShape::Other(optional(json, "definition")),
            [] => TypeShape::Other(None),
            _ => {
                let message =
                    "a type is one of `enum`, `composite`, `domain` and `definition`, not several";
                self.fault(path, message);
                return None;
            }
        };
        Some(Type {
            name: self.name(name, path),
            shape,
            made_by: None,
        })
    }

    fn view(&mut self, name: &str, json: &Json, path: &Path<'_>) -> View {
        let name = self.name(name, path);
        let columns = self.columns(json, path).into_iter();
        View {
            materialized: flag(json, "materialized"),
            columns: columns.map(|(column, _)| column).collect(),
            column_names: texts(json, "column_names"),
            query: text(json, "query"),
            reads: self.names(json, "reads", path),
            indexes: self.indexes(&name, json, path).0,
            triggers: triggers(json),
            comment: optional(json, "comment"),
            made_by: None,
            name,
        }
    }

    fn routine(&mut self, json: &Json, path: &Path<'_>) -> Routine {
        Routine {
            name: self.name(&text(json, "name"), &path.key("name")),
            kind: match text(json, "kind").as_str() {
                "procedure" => RoutineKind::Procedure,
                "aggregate" => RoutineKind::Aggregate,
                _ => RoutineKind::Function,
            },
            arguments: texts(json, "arguments"),
            sql: text(json, "definition"),
            made_by: None,
        }
    }

    /// The types of the columns, which the document itself may make.
    fn types(&mut self, schema: &Schema, places: &[Places]) {
        // What an extension brings is not known.
        if !schema.extensions.is_empty() {
            return;
        }
        let made = schema.types.iter().map(|one| one.name.name.as_str());
        let rows = schema.tables.iter().map(|one| one.name.name.as_str());
        let made: Vec<&str> = (made.chain(rows))
            .chain(schema.views.iter().map(|one| one.name.name.as_str()))
            .chain(schema.unknown.iter().map(String::as_str))
            .collect();
        for (table, places) in schema.tables.iter().zip(places) {
            for (column, path) in table.columns.iter().zip(&places.columns) {
                if let Some(message) = types::refused(&column.data_type, self.dialect, &made) {
                    self.faults.push(Fault::at(format!("{path}.type"), message));
                }
            }
        }
    }
}

fn domain(json: &Json) -> TypeShape {
    let check = |one: &Json| (optional(one, "name"), text(one, "expression"));
    TypeShape::Domain {
        base: text(json, "base"),
        not_null: flag(json, "not_null"),
        default: optional(json, "default"),
        checks: elements(json, "checks").iter().map(check).collect(),
    }
}

fn triggers(json: &Json) -> Vec<Trigger> {
    let trigger = |one: &Json| Trigger {
        name: text(one, "name"),
        sql: text(one, "definition"),
    };
    elements(json, "triggers").iter().map(trigger).collect()
}

fn elements<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json.get(key).map(Json::elements).unwrap_or_default()
}

fn members<'a>(json: &'a Json, key: &str) -> impl Iterator<Item = (&'a str, &'a Json)> {
    let all = json.get(key).map(Json::members).unwrap_or_default();
    all.iter().map(|(name, json)| (name.as_str(), json))
}

/// The short form of a column's name, for a message where it is none.
fn column_name<'a>(text: &'a str, reader: &mut Reader<'_>, path: &Path<'_>) -> &'a str {
    short::column(text).unwrap_or_else(|message| {
        reader.fault(path, message);
        text
    })
}
