//! How a dialect compares names, and names inside expressions.

use std::borrow::Cow;

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    quote::quoted,
};

/// Whether two quoted names are one to the dialect.
pub(super) fn same_name(dialect: Dialect, left: &str, right: &str) -> bool {
    match dialect {
        Dialect::Postgres => left == right,
        Dialect::Sqlite | Dialect::Mysql => left.eq_ignore_ascii_case(right),
    }
}

/// Whether two quoted names of tables are one. On MySQL the server's file system decides; where it runs in production, they differ.
pub(super) fn same_table(dialect: Dialect, left: &str, right: &str) -> bool {
    match dialect {
        Dialect::Sqlite => left.eq_ignore_ascii_case(right),
        Dialect::Postgres | Dialect::Mysql => left == right,
    }
}

/// Whether an expression names the column.
pub(crate) fn mentions(expression: &str, column: &str, dialect: Dialect) -> bool {
    let tokens: Vec<Token> = lex::tokens(expression, dialect).collect();
    (0..tokens.len()).any(|at| names_column(expression, &tokens, at, column, dialect))
}

/// The expression with another name for a column.
pub(super) fn rename_column(expression: &str, from: &str, to: &str, dialect: Dialect) -> String {
    replace(expression, from, to, dialect, |tokens, at| {
        names_column(expression, tokens, at, from, dialect)
    })
}

/// The expression with another name for the table, as in `users.age`.
pub(super) fn rename_table(expression: &str, from: &str, to: &str, dialect: Dialect) -> String {
    replace(expression, from, to, dialect, |tokens, at| {
        followed_by(expression, tokens, at, '.') && is_name(expression, &tokens[at], from, dialect)
    })
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

fn replace(
    expression: &str,
    from: &str,
    to: &str,
    dialect: Dialect,
    matches: impl Fn(&[Token], usize) -> bool,
) -> String {
    let tokens: Vec<Token> = lex::tokens(expression, dialect).collect();
    let mut text = String::new();
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        if matches(&tokens, at) {
            text.push_str(&expression[copied..token.start]);
            // Quotes that the old name needed go with it, so that renaming back restores the text.
            if is_bare(to) && (token.kind == TokenKind::Word || !is_bare(from)) {
                text.push_str(to);
            } else {
                text.push_str(&quoted(to, dialect));
            }
            copied = token.end;
        }
    }
    text.push_str(&expression[copied..]);
    text
}

/// Whether a name needs no quotes in any dialect.
fn is_bare(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && !RESERVED.contains(&name)
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

    #[test]
    fn renaming_keeps_the_rest() {
        let sqlite = |text, to| rename_column(text, "age", to, Dialect::Sqlite);
        assert_eq!(
            sqlite("age > 0 AND f(AGE) <> 'age'", "years"),
            "years > 0 AND f(years) <> 'age'"
        );
        assert_eq!(sqlite("\"age\" > t.age", "years"), "\"years\" > t.years");
        assert_eq!(sqlite("age > 0", "the years"), "\"the years\" > 0");
        assert_eq!(sqlite("age > 0", "order"), "\"order\" > 0");
        assert_eq!(sqlite("age > 0", "Years"), "\"Years\" > 0");
        let back = |text: &str, from: &str| rename_column(text, from, "age", Dialect::Sqlite);
        assert_eq!(
            back(&sqlite("age > 0", "the years"), "the years"),
            "age > 0"
        );
        assert_eq!(
            back(&sqlite("\"age\" > 0", "years"), "years"),
            "\"age\" > 0"
        );
        assert_eq!(rename_column("age", "age", "a`b", Dialect::Mysql), "`a``b`");
        assert_eq!(
            rename_table(
                "users.age > USERS.b AND users > 0",
                "users",
                "people",
                Dialect::Sqlite
            ),
            "people.age > people.b AND users > 0"
        );
    }
}
