//! Whether a value can stand in a column of its type (PostgreSQL), where both are plain to see.
//!
//! PostgreSQL converts on assignment less than the others do: no number is a boolean, and no text but a literal becomes
//! anything else.

use super::Resolver;
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Lookup, builtin},
    nearest,
    tree::{Expression, ExpressionKind, Literal, TypeName, TypeShape},
};

/// What kind of values a type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Integer,
    Number,
    Text,
    Json,
    Uuid,
    /// Points in time, with or without a date.
    Time,
    Array,
}

impl Kind {
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Json => "JSON",
            Self::Uuid => "a UUID",
            Self::Time => "a time",
            Self::Array => "an array",
        }
    }
}

/// What is wrong with the default of a column of this type.
pub fn default(catalog: &Catalog, ty: &TypeName, value: &Expression) -> Option<Finding> {
    unfit(catalog, ty, value)
}

impl Resolver<'_> {
    /// A value for a column.
    pub(super) fn fits(&mut self, ty: Option<&TypeName>, value: &Expression) {
        if let Some(finding) = ty.and_then(|ty| unfit(self.catalog, ty, value)) {
            self.say(finding);
        }
    }
}

pub(super) fn unfit(catalog: &Catalog, ty: &TypeName, value: &Expression) -> Option<Finding> {
    if catalog.dialect() != Dialect::Postgres {
        return None;
    }
    if let ExpressionKind::Literal(Literal::Text(text)) = &value.kind {
        let help = match labels(catalog, ty) {
            Some(labels) => not_a_label(&labels, text)?,
            None => kind_of(catalog, ty).and_then(|kind| not_literal(kind, text))?,
        };
        let message = format!("`'{text}'` is no `{}`", shown(ty));
        let finding = Finding::new(Code::InvalidDefinition, message, value.range.clone());
        return Some(if help.is_empty() {
            finding
        } else {
            finding.help(help)
        });
    }
    let wanted = kind_of(catalog, ty)?;
    let given = kind_of_value(catalog, value)?;
    if converts(given, wanted) {
        return None;
    }
    let message = format!(
        "{} cannot become `{}`: PostgreSQL does not convert it",
        given.noun(),
        shown(ty)
    );
    let finding = Finding::new(Code::InvalidDefinition, message, value.range.clone());
    Some(match (wanted, &value.kind) {
        (Kind::Boolean, ExpressionKind::Literal(Literal::Number(number))) => {
            let word = if number == "0" { "false" } else { "true" };
            finding
                .help(format!("write `{word}`"))
                .fix(value.range.clone(), word)
        }
        (Kind::Integer | Kind::Number, ExpressionKind::Literal(Literal::Boolean(value))) => {
            finding.help(format!("write `{}`", i32::from(*value)))
        }
        _ => finding.help(format!(
            "write {}, or convert it: `(…)::{}`",
            wanted.noun(),
            shown(ty)
        )),
    })
}

fn shown(ty: &TypeName) -> String {
    format!("{}{}", ty.path, if ty.array { "[]" } else { "" })
}

/// The labels of an enum of which all are known.
fn labels<'a>(catalog: &'a Catalog, ty: &TypeName) -> Option<Vec<&'a str>> {
    if ty.array || ty.special {
        return None;
    }
    let Lookup::Known(found) = catalog.type_(&ty.path) else {
        return None;
    };
    match &found.shape {
        TypeShape::Enum(labels) if !found.open => {
            Some(labels.iter().map(|label| label.text.as_str()).collect())
        }
        _ => None,
    }
}

fn not_a_label(labels: &[&str], text: &str) -> Option<String> {
    if labels.contains(&text) {
        return None;
    }
    Some(match nearest(text, labels.iter().copied()) {
        Some(near) => format!("did you mean `'{near}'`?"),
        None => format!("its values are `'{}'`", labels.join("'`, `'")),
    })
}

pub(super) fn kind_of(catalog: &Catalog, ty: &TypeName) -> Option<Kind> {
    let own = ty
        .path
        .schema
        .as_ref()
        .is_none_or(|schema| schema.text == "pg_catalog");
    if ty.special || !own {
        return None;
    }
    if ty.array {
        return Some(Kind::Array);
    }
    let kind = match ty.path.name.text.as_str() {
        "boolean" | "bool" => Kind::Boolean,
        "smallint" | "int2" | "integer" | "int" | "int4" | "bigint" | "int8" | "serial"
        | "serial4" | "bigserial" | "serial8" | "smallserial" | "serial2" => Kind::Integer,
        "numeric" | "decimal" | "dec" | "real" | "float" | "float4" | "float8"
        | "double precision" => Kind::Number,
        "text" | "varchar" | "character varying" | "char" | "character" | "bpchar" => Kind::Text,
        "json" | "jsonb" => Kind::Json,
        "uuid" => Kind::Uuid,
        "timestamp"
        | "timestamptz"
        | "timestamp with time zone"
        | "timestamp without time zone"
        | "date" => Kind::Time,
        _ => return None,
    };
    // A type of a migration may have the name.
    matches!(catalog.type_(&ty.path), Lookup::Absent).then_some(kind)
}

/// What a value is, where it is plain to see. Nothing for a text literal, which becomes what is wanted.
pub(super) fn kind_of_value(catalog: &Catalog, value: &Expression) -> Option<Kind> {
    match &value.kind {
        ExpressionKind::Literal(Literal::Number(number)) => {
            let whole = number.bytes().all(|byte| byte.is_ascii_digit());
            Some(if whole { Kind::Integer } else { Kind::Number })
        }
        ExpressionKind::Literal(Literal::Boolean(_)) => Some(Kind::Boolean),
        ExpressionKind::Literal(Literal::Keyword(word)) => match word.as_str() {
            "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "LOCALTIMESTAMP" => Some(Kind::Time),
            _ => None,
        },
        ExpressionKind::Cast { ty, .. } => kind_of(catalog, ty),
        ExpressionKind::Call {
            name, arguments, ..
        } if arguments.is_empty() && name.schema.is_none() => match name.name.text.as_str() {
            "now" | "transaction_timestamp" | "statement_timestamp" | "clock_timestamp" => {
                built_in(catalog, value, Kind::Time)
            }
            "gen_random_uuid" => built_in(catalog, value, Kind::Uuid),
            _ => None,
        },
        _ => None,
    }
}

/// The kind, unless migrations have a function of the name.
pub(super) fn built_in(catalog: &Catalog, value: &Expression, kind: Kind) -> Option<Kind> {
    let ExpressionKind::Call { name, .. } = &value.kind else {
        return None;
    };
    let only = builtin::function(Dialect::Postgres, &name.name.text).is_some()
        && matches!(catalog.functions(name), Lookup::Absent);
    only.then_some(kind)
}

/// Whether PostgreSQL converts on assignment.
fn converts(given: Kind, wanted: Kind) -> bool {
    given == wanted
        || wanted == Kind::Text
        || matches!(
            (given, wanted),
            (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer)
        )
}

/// What to write instead of a text that the type does not read; nothing where it may.
fn not_literal(kind: Kind, text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let wrong = match kind {
        Kind::Boolean => {
            let words = ["true", "false", "yes", "no", "on", "off", "1", "0"];
            // `o` could be `on` and `off`.
            let known = words.iter().any(|word| word.starts_with(&lower)) && lower != "o";
            lower.is_empty() || !known
        }
        Kind::Integer => !has_digit,
        Kind::Number => {
            let named = ["nan", "inf", "+inf", "-inf"];
            !has_digit && !named.iter().any(|name| lower.starts_with(name))
        }
        Kind::Json => !text.starts_with(|first: char| {
            matches!(first, '{' | '[' | '"' | '-' | 't' | 'f' | 'n') || first.is_ascii_digit()
        }),
        Kind::Uuid => {
            let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
            let others = text
                .bytes()
                .any(|byte| !(byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'{' | b'}')));
            digits != 32 || others
        }
        Kind::Array => !text.starts_with(['{', '[']),
        Kind::Time => text.is_empty() || lower.starts_with("0000-00-00"),
        Kind::Text => false,
    };
    wrong.then(|| match kind {
        Kind::Boolean => "write `true` or `false`".to_owned(),
        Kind::Json => "write JSON: `'{}'`, `'[]'`, `'\"text\"'`".to_owned(),
        Kind::Array => "write an array: `'{}'`, `'{a,b}'`".to_owned(),
        Kind::Uuid => "a UUID has 32 hexadecimal digits".to_owned(),
        _ => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_a_type() {
        for (kind, text) in [
            (Kind::Boolean, " YES "),
            (Kind::Boolean, "of"),
            (Kind::Integer, "-12"),
            (Kind::Number, "NaN"),
            (Kind::Number, "1e5"),
            (Kind::Json, " {}"),
            (Kind::Json, "null"),
            (Kind::Uuid, "{a0eebc99-9c0b4ef8-bb6d6bb9bd380a11}"),
            (Kind::Array, "[1:1]={1}"),
            (Kind::Time, "now"),
        ] {
            assert_eq!(not_literal(kind, text), None, "{kind:?} {text}");
        }
        for (kind, text) in [
            (Kind::Boolean, "o"),
            (Kind::Boolean, "2"),
            (Kind::Integer, "many"),
            (Kind::Number, ""),
            (Kind::Json, ""),
            (Kind::Json, "abc"),
            (Kind::Uuid, "1"),
            (Kind::Array, "a"),
            (Kind::Time, "0000-00-00 00:00:00"),
        ] {
            assert!(not_literal(kind, text).is_some(), "{kind:?} {text}");
        }
    }
}
