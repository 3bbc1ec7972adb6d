//! How the values of a column become those of another type.

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
};

/// What a type is, as far as casts are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Boolean,
    /// A date, with or without a time.
    Moment,
    Time,
    Json,
    Array(Box<Family>),
    Other(String),
}

/// What stands behind `USING`, where the engine does not convert the values by itself: `column` is the name as it is
/// written in SQL.
///
/// A cast that is written is less strict than the engine's own: a text that is too long would be cut. So none is written
/// where none is needed.
pub(super) fn using(from: &str, to: &str, column: &str) -> Option<String> {
    let (old, new) = (Family::of(from), Family::of(to));
    let to = to.trim();
    match (old, new) {
        (old, new) if old == new => None,
        (Family::Array(old), Family::Array(new)) => match (*old, *new) {
            (_, Family::Text) => None,
            (Family::Text, _) => Some(format!("{column}::{to}")),
            _ => Some(format!("{column}::text[]::{to}")),
        },
        (_, Family::Text) => None,
        (Family::Text, _) => Some(format!("{column}::{to}")),
        (Family::Number, Family::Boolean) => Some(format!("{column} <> 0")),
        (Family::Boolean, Family::Number) => Some(format!("{column}::integer::{to}")),
        (Family::Moment, Family::Time) => Some(format!("{column}::timestamp::{to}")),
        _ => Some(format!("{column}::text::{to}")),
    }
}

/// Whether the values become others, so that what compares or computes with them has to be made again.
pub(super) fn converts(from: &str, to: &str) -> bool {
    Family::of(from) != Family::of(to)
}

/// Whether a default that stays the same in words is another value after the change: it was stored as one of the old type.
pub(super) fn is_other(from: &str, to: &str) -> bool {
    word(from) != word(to)
}

/// The type without what stands in its parentheses.
fn word(data_type: &str) -> String {
    let start = data_type.split('(').next().unwrap_or_default();
    start.trim().to_lowercase()
}

/// The same for a type that is made again under its name.
pub(super) fn through_text(data_type: &str, column: &str) -> String {
    let array = match Family::of(data_type) {
        Family::Array(_) => "[]",
        _ => "",
    };
    format!("{column}::text{array}::{}", data_type.trim())
}

impl Family {
    fn of(data_type: &str) -> Self {
        let tokens: Vec<Token> = lex::tokens(data_type, Dialect::Postgres).collect();
        let is = |token: &Token, symbol| token.is_symbol(data_type, symbol);
        let mut words = Vec::new();
        let mut depth = 0_usize;
        let mut is_array = false;
        for token in &tokens {
            if is(token, '(') {
                depth += 1;
            } else if is(token, ')') {
                depth = depth.saturating_sub(1);
            } else if is(token, '[') || token.is_word(data_type, "array") {
                is_array = true;
            } else if depth == 0 && matches!(token.kind, TokenKind::Word) {
                words.push(token.text(data_type).to_lowercase());
            } else if depth == 0 && token.kind == TokenKind::QuotedName {
                words.push(token.text(data_type).to_owned());
            }
        }
        if words.first().is_some_and(|word| word == "pg_catalog") {
            words.remove(0);
        }
        let name = words.join(" ");
        let family = match name.as_str() {
            "smallint" | "int2" | "integer" | "int" | "int4" | "bigint" | "int8" | "numeric"
            | "decimal" | "dec" | "real" | "float4" | "double precision" | "float8" | "float" => {
                Self::Number
            }
            "text"
            | "varchar"
            | "character varying"
            | "char"
            | "character"
            | "bpchar"
            | "name"
            | "char varying"
            | "national character varying" => Self::Text,
            "boolean" | "bool" => Self::Boolean,
            "date"
            | "timestamp"
            | "timestamptz"
            | "timestamp with time zone"
            | "timestamp without time zone" => Self::Moment,
            "time" | "timetz" | "time with time zone" | "time without time zone" => Self::Time,
            "json" | "jsonb" => Self::Json,
            _ => Self::Other(name),
        };
        match is_array {
            true => Self::Array(Box::new(family)),
            false => family,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_is_written_where_it_is_needed() {
        for (from, to, expected) in [
            ("int", "bigint", None),
            ("numeric(10, 2)", "double precision", None),
            ("varchar(10)", "text", None),
            ("text", "varchar(10)", None),
            ("mood", "text", None),
            ("text", "int", Some("c::int")),
            ("text", "mood", Some("c::mood")),
            ("timestamp(3)", "timestamp with time zone", None),
            ("int", "boolean", Some("c <> 0")),
            ("bool", "bigint", Some("c::integer::bigint")),
            ("mood", "temper", Some("c::text::temper")),
            ("uuid", "int", Some("c::text::int")),
            ("int[]", "bigint[]", None),
            ("text[]", "mood[]", Some("c::mood[]")),
            ("mood[]", "temper[]", Some("c::text[]::temper[]")),
            ("json", "jsonb", None),
            ("\"Mood\"", "\"mood\"", Some("c::text::\"mood\"")),
        ] {
            assert_eq!(using(from, to, "c").as_deref(), expected, "{from} → {to}");
        }
        assert_eq!(through_text("mood[]", "c"), "c::text[]::mood[]");
    }
}
