//! Which columns an expression names, by its words alone: the builder's expressions are text.

use std::borrow::Cow;

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
};

/// Whether an expression names the column.
pub(super) fn mentions(expression: &str, column: &str, dialect: Dialect) -> bool {
    let tokens: Vec<Token> = lex::tokens(expression, dialect).collect();
    (0..tokens.len()).any(|at| names_column(expression, &tokens, at, column, dialect))
}

/// Words that no dialect takes for a column unless they are quoted.
const RESERVED: [&str; 52] = [
    "all",
    "and",
    "as",
    "between",
    "by",
    "case",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "default",
    "delete",
    "distinct",
    "drop",
    "else",
    "end",
    "exists",
    "false",
    "foreign",
    "from",
    "group",
    "having",
    "in",
    "index",
    "insert",
    "into",
    "is",
    "join",
    "like",
    "limit",
    "not",
    "null",
    "on",
    "or",
    "order",
    "primary",
    "references",
    "select",
    "set",
    "table",
    "then",
    "to",
    "true",
    "union",
    "unique",
    "when",
    "where",
];

fn names_column(
    expression: &str,
    tokens: &[Token],
    at: usize,
    column: &str,
    dialect: Dialect,
) -> bool {
    let follows = |word| at > 0 && tokens[at - 1].is_word(expression, word);
    is_name(expression, &tokens[at], column, dialect)
        && !is_reserved(expression, &tokens[at])
        // A function, a table, a collation, a type.
        && !followed_by(expression, tokens, at, '(')
        && !followed_by(expression, tokens, at, '.')
        && !follows("collate")
        && !follows("as")
}

fn is_reserved(expression: &str, token: &Token) -> bool {
    RESERVED.iter().any(|word| token.is_word(expression, word))
}

fn followed_by(expression: &str, tokens: &[Token], at: usize, symbol: char) -> bool {
    tokens
        .get(at + 1)
        .is_some_and(|token| token.is_symbol(expression, symbol))
}

fn is_name(expression: &str, token: &Token, name: &str, dialect: Dialect) -> bool {
    let text = token.text(expression);
    match token.kind {
        TokenKind::Word if dialect == Dialect::Postgres => text.to_lowercase() == name,
        TokenKind::Word => same_name(dialect, text, name),
        TokenKind::QuotedName => same_name(dialect, &unquoted(text), name),
        _ => false,
    }
}

fn unquoted(text: &str) -> Cow<'_, str> {
    let mut letters = text.chars();
    let quote = letters.next();
    letters.next_back();
    let inside = letters.as_str();
    match quote {
        Some(quote @ ('"' | '`')) if inside.contains(quote) => inside
            .replace(&format!("{quote}{quote}"), &quote.to_string())
            .into(),
        _ => inside.into(),
    }
}

/// Whether two quoted names are one to the dialect.
fn same_name(dialect: Dialect, left: &str, right: &str) -> bool {
    match dialect {
        Dialect::Postgres => left == right,
        Dialect::Sqlite | Dialect::Mysql => left.eq_ignore_ascii_case(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_expressions() {
        let sqlite = |text| mentions(text, "age", Dialect::Sqlite);
        for text in [
            "age > 0",
            "f(AGE)",
            "t.age",
            "\"Age\" > 0",
            "`age`",
            "[age]",
            "a+age+b",
        ] {
            assert!(sqlite(text), "{text}");
        }
        for text in [
            "ages > 0",
            "'age'",
            "age(a)",
            "age.a",
            "a COLLATE age",
            "CAST(a AS age)",
            "a -- age",
            "a /* age */",
        ] {
            assert!(!sqlite(text), "{text}");
        }
        assert!(!mentions("a > 0 AND b", "and", Dialect::Sqlite));
        assert!(mentions("a > 0 AND \"and\"", "and", Dialect::Sqlite));
        assert!(mentions("\"a\"\"b\" > 0", "a\"b", Dialect::Sqlite));
    }

    #[test]
    fn dialects_differ_in_case_and_quotes() {
        assert!(mentions("AGE", "age", Dialect::Postgres));
        assert!(!mentions("AGE", "AGE", Dialect::Postgres));
        assert!(mentions("\"AGE\"", "AGE", Dialect::Postgres));
        assert!(!mentions("\"AGE\"", "age", Dialect::Postgres));
        assert!(!mentions("\"age\"", "age", Dialect::Mysql));
        assert!(mentions("`Age`", "age", Dialect::Mysql));
    }
}
