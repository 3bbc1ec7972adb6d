//! Names in texts of SQL.

use std::collections::BTreeSet;

use super::names::Names;
use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    quote::quoted,
};

/// The name that a token is, without its quotes; none where it is none.
///
/// On SQLite and MySQL a text in double quotes can be a name.
fn name_of(token: &Token, source: &str, dialect: Dialect) -> Option<String> {
    let text = token.text(source);
    match token.kind {
        TokenKind::Word if dialect == Dialect::Postgres => Some(text.to_lowercase()),
        TokenKind::Word => Some(text.to_owned()),
        TokenKind::QuotedName => unquoted(text),
        TokenKind::Text if text.starts_with('"') => unquoted(text),
        _ => None,
    }
}

fn unquoted(text: &str) -> Option<String> {
    let mut letters = text.chars();
    let (first, _) = (letters.next()?, letters.next_back()?);
    let inner = letters.as_str();
    Some(match first {
        '[' => inner.to_owned(),
        quote => inner.replace(&format!("{quote}{quote}"), &quote.to_string()),
    })
}

/// All words of a text that can be names, in lower case, also those inside the texts in it, as the bodies of functions are.
pub(in crate::schema) fn words(source: &str, dialect: Dialect) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for token in lex::tokens(source, dialect) {
        if let Some(name) = name_of(&token, source, dialect) {
            words.insert(name.to_lowercase());
        }
        if token.kind == TokenKind::Text && dialect == Dialect::Postgres {
            let inside = token
                .text(source)
                .split(|c: char| !(c.is_alphanumeric() || c == '_'));
            words.extend(inside.map(str::to_lowercase));
        }
    }
    words
}

/// A text with another name wherever the old one stood for a column of the table, as far as the text alone shows: not what is called as a
/// function, and nothing in front of a point.
pub(super) fn with_column_renamed(source: &str, from: &str, to: &str, dialect: Dialect) -> String {
    let tokens: Vec<Token> = lex::tokens(source, dialect).collect();
    let symbol = |at: Option<usize>, symbol| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| token.is_symbol(source, symbol))
    };
    replace(source, &tokens, dialect, to, |at, name| {
        Names(dialect).same(name, from) && !symbol(Some(at + 1), '(') && !symbol(Some(at + 1), '.')
    })
}

/// A text with another name wherever the old one stood for a table, as far as the text alone shows: not what is behind a point or called as
/// a function.
pub(in crate::schema) fn with_table_renamed(
    source: &str,
    from: &str,
    to: &str,
    dialect: Dialect,
) -> String {
    let tokens: Vec<Token> = lex::tokens(source, dialect).collect();
    let symbol = |at: Option<usize>, symbol| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| token.is_symbol(source, symbol))
    };
    let before = ["from", "join", "into", "update", "on", "table", ","];
    replace(source, &tokens, dialect, to, |at, name| {
        let previous = at
            .checked_sub(1)
            .and_then(|at| tokens.get(at))
            .map(|token| token.text(source).to_lowercase());
        let is_table = previous.is_some_and(|word| before.contains(&&*word));
        Names(dialect).same(name, from) && (symbol(Some(at + 1), '.') || is_table)
    })
}

fn replace(
    source: &str,
    tokens: &[Token],
    dialect: Dialect,
    to: &str,
    is: impl Fn(usize, &str) -> bool,
) -> String {
    let mut text = String::with_capacity(source.len());
    let mut end = 0;
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = name_of(token, source, dialect) else {
            continue;
        };
        if is(at, &name) {
            text.push_str(&source[end..token.start]);
            text.push_str(&in_kind(token, to, dialect));
            end = token.end;
        }
    }
    text.push_str(&source[end..]);
    text
}

/// A name in quotes stays in quotes, and one without gets them only where it has to.
fn in_kind(token: &Token, name: &str, dialect: Dialect) -> String {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name
            .bytes()
            .next()
            .is_some_and(|first| !first.is_ascii_digit());
    if plain && token.kind == TokenKind::Word {
        name.to_owned()
    } else {
        quoted(name, dialect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_renamed() {
        let column = |text: &str| with_column_renamed(text, "a", "b", Dialect::Sqlite);
        assert_eq!(
            column("a > 1 AND t.A <> 'a' OR \"a\" = a(a)"),
            "b > 1 AND t.b <> 'a' OR \"b\" = a(b)"
        );
        assert_eq!(
            with_column_renamed("a + 1", "a", "B c", Dialect::Sqlite),
            "\"B c\" + 1"
        );
        let table = |text: &str| with_table_renamed(text, "a", "b", Dialect::Sqlite);
        assert_eq!(
            table("SELECT a, a.x FROM a JOIN c ON a.a = c.a"),
            "SELECT a, b.x FROM b JOIN c ON b.a = c.a"
        );
    }

    #[test]
    fn what_a_body_says_counts() {
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM t $$";
        assert!(words(function, Dialect::Postgres).contains("t"));
        assert!(!words(function, Dialect::Postgres).contains("u"));
    }
}
