//! Whether a document has the form of one: unknown and missing keys, wrong types, what stands there twice.

use std::{collections::HashSet, fmt};

use super::{
    Fault,
    shape::{Key, Kind, Shape},
};
use crate::{Dialect, listed, nearest_or_longer, schema::json::Json};

/// Where something stands: `databases.main.tables.users.columns[2]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    parent: Option<&'a Self>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'a> {
    Key(&'a str),
    Element(usize),
}

impl<'a> Path<'a> {
    pub(super) const ROOT: Self = Self {
        parent: None,
        segment: Segment::Key(""),
    };

    pub(super) const fn key(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Key(name),
        }
    }

    pub(super) const fn element(&'a self, at: usize) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Element(at),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return Ok(());
        };
        parent.fmt(f)?;
        match self.segment {
            Segment::Element(at) => write!(f, "[{at}]"),
            Segment::Key(name) if is_plain(name) => {
                let dot = if parent.parent.is_some() { "." } else { "" };
                write!(f, "{dot}{name}")
            }
            Segment::Key(name) => write!(f, "[{}]", Json::Text(name.to_owned())),
        }
    }
}

fn is_plain(name: &str) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    !name.is_empty() && name.chars().all(word)
}

/// Looks at one object, and at all that is in it.
pub(super) fn object(
    json: &Json,
    shape: &Shape,
    dialect: Option<Dialect>,
    path: &Path<'_>,
    faults: &mut Vec<Fault>,
) {
    let Json::Object(members) = json else {
        let article = article(shape.name);
        let message = format!(
            "this is {}, where an object ({article} {}) stands",
            json.noun(),
            shape.name
        );
        faults.push(Fault::new(path, message));
        return;
    };
    for (name, value) in once(members, path, faults) {
        let here = path.key(name);
        let Some(key) = shape.keys.iter().find(|key| key.name == name) else {
            faults.push(Fault::new(&here, unknown(name, shape)));
            continue;
        };
        // As if it were left out.
        if *value == Json::Null && !key.required {
            continue;
        }
        if let Some(dialect) = dialect.filter(|one| !key.only.is_empty() && !key.only.contains(one))
        {
            faults.push(Fault::new(&here, elsewhere(key, dialect)));
            continue;
        }
        self::value(value, &key.kind, dialect, &here, faults);
    }
    for key in shape.keys.iter().filter(|key| key.required) {
        if !members.iter().any(|(name, _)| name == key.name) {
            faults.push(Fault::new(
                path,
                format!("the key `{}` is missing", key.name),
            ));
        }
    }
}

/// The members, each the first time that it stands there.
fn once<'a>(
    members: &'a [(String, Json)],
    path: &Path<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<(&'a str, &'a Json)> {
    let mut seen = HashSet::new();
    let mut first = Vec::with_capacity(members.len());
    for (name, value) in members {
        if seen.insert(name) {
            first.push((name.as_str(), value));
        } else {
            faults.push(Fault::new(&path.key(name), "this key stands there twice"));
        }
    }
    first
}

fn unknown(name: &str, shape: &Shape) -> String {
    let known: Vec<&str> = shape.keys.iter().map(|key| key.name).collect();
    match nearest_or_longer(name, &known) {
        Some(near) => format!("unknown key, did you mean `{near}`?"),
        None => format!(
            "unknown key: {} {} has {}",
            article(shape.name),
            shape.name,
            listed(&known)
        ),
    }
}

fn elsewhere(key: &Key, dialect: Dialect) -> String {
    let those: Vec<&str> = key.only.iter().map(|one| product(*one)).collect();
    format!(
        "{} has no such thing, only {}",
        product(dialect),
        those.join(" and ")
    )
}

/// The name of the engine.
pub(super) const fn product(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

fn value(
    json: &Json,
    kind: &Kind,
    dialect: Option<Dialect>,
    path: &Path<'_>,
    faults: &mut Vec<Fault>,
) {
    match (kind, json) {
        (Kind::Text | Kind::TextOr(_), Json::Text(_))
        | (Kind::Boolean, Json::Boolean(_))
        | (Kind::Default, Json::Text(_) | Json::Number(_) | Json::Boolean(_)) => {}
        (Kind::Count, Json::Number(number)) if number.as_u64().is_some_and(|number| number > 0) => {
        }
        (Kind::Version, Json::Number(_) | Json::Text(_)) => {
            if !is_version(json) {
                let message =
                    "this version of the format is not known: this program reads version 1";
                faults.push(Fault::new(path, message));
            }
        }
        (Kind::Choice(words), Json::Text(word)) => {
            if !words.contains(&word.as_str()) {
                faults.push(Fault::new(path, no_choice(word, words)));
            }
        }
        (Kind::List(kind), Json::Array(elements)) => {
            for (at, element) in elements.iter().enumerate() {
                value(element, kind, dialect, &path.element(at), faults);
            }
        }
        (Kind::Map(kind), Json::Object(members)) => {
            for (name, element) in once(members, path, faults) {
                let here = path.key(name);
                if name.is_empty() {
                    faults.push(Fault::new(&here, "a name is empty"));
                }
                value(element, kind, dialect, &here, faults);
            }
        }
        (Kind::Object(shape) | Kind::TextOr(shape), Json::Object(_)) => {
            object(json, shape, dialect, path, faults);
        }
        _ => {
            let message = format!("this is {}, where {} stands", json.noun(), expected(kind));
            faults.push(Fault::new(path, message));
        }
    }
}

fn is_version(json: &Json) -> bool {
    match json {
        Json::Number(number) => number.as_u64() == Some(1),
        Json::Text(text) => matches!(text.as_str(), "1" | "1.0"),
        _ => false,
    }
}

fn no_choice(word: &str, words: &[&str]) -> String {
    let near = words.iter().find(|known| known.eq_ignore_ascii_case(word));
    let near = near.copied().or_else(|| nearest_or_longer(word, words));
    match near {
        Some(near) => format!("`{word}` is none of the words here, did you mean `{near}`?"),
        None => format!(
            "`{word}` is none of the words here: write one of {}",
            listed(words)
        ),
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Text => "a string".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Count => "a whole number from 1 on".to_owned(),
        Kind::Version => "a version, which is 1,".to_owned(),
        Kind::Default => "an SQL expression (a string), a number, true or false".to_owned(),
        Kind::Choice(words) => format!("one of {}", listed(words)),
        Kind::List(_) => "an array".to_owned(),
        Kind::Map(_) => "an object".to_owned(),
        Kind::Object(shape) => format!("an object ({} {})", article(shape.name), shape.name),
        Kind::TextOr(shape) => format!(
            "a string or an object ({} {})",
            article(shape.name),
            shape.name
        ),
    }
}
