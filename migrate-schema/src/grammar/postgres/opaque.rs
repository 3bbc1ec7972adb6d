//! What a statement may have changed when nobody reads it: the names in it.

use super::cst::Node;
use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    tree::Action,
};

/// A node of which only the names are known.
pub(super) fn words(node: &Node) -> Action {
    of_text(&node.text().to_string())
}

/// A text of which only the names are known, those in its strings too.
pub(super) fn of_text(text: &str) -> Action {
    let mut found = Vec::new();
    for token in lex::tokens(text, Dialect::Postgres) {
        add(&mut found, text, token);
    }
    finished(found)
}

/// The words of some tokens.
pub(super) fn of_tokens(text: &str, tokens: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        add(&mut found, text, *token);
    }
    found
}

/// Opaque, with these words, each once.
pub(super) fn finished(mut words: Vec<String>) -> Action {
    words.sort_unstable();
    words.dedup();
    Action::Opaque {
        words,
        everything: false,
    }
}

fn add(found: &mut Vec<String>, text: &str, token: Token) {
    let own = token.text(text);
    match token.kind {
        TokenKind::Word => found.push(own.to_owned()),
        TokenKind::QuotedName => {
            let inner = own.strip_prefix('"').unwrap_or(own);
            let inner = inner.strip_suffix('"').unwrap_or(inner);
            found.push(inner.replace("\"\"", "\""));
        }
        TokenKind::Text => found.extend(
            own.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()))
                .map(str::to_owned),
        ),
        TokenKind::Number | TokenKind::Hint | TokenKind::Symbol => {}
    }
}

/// What a body in SQL may do to the schema: nothing, if it only reads and changes rows.
pub(super) fn of_sql(text: &str) -> Option<Action> {
    let mut found = Vec::new();
    let mut statement: Vec<Token> = Vec::new();
    for token in lex::tokens(text, Dialect::Postgres) {
        if token.is_symbol(text, ';') {
            found.extend(changes(text, &statement));
            statement.clear();
        } else {
            statement.push(token);
        }
    }
    found.extend(changes(text, &statement));
    (!found.is_empty()).then(|| finished(found))
}

/// The words of a statement that changes the schema, and the functions that it calls.
pub(super) fn changes(text: &str, statement: &[Token]) -> Vec<String> {
    let changes_schema = statement.first().is_some_and(|first| {
        ["create", "alter", "drop", "import"]
            .iter()
            .any(|word| first.is_word(text, word))
    });
    if changes_schema {
        return of_tokens(text, statement);
    }
    let calls = statement.windows(2).filter(|pair| {
        pair[1].is_symbol(text, '(')
            && matches!(pair[0].kind, TokenKind::Word | TokenKind::QuotedName)
    });
    calls.flat_map(|pair| of_tokens(text, &pair[..1])).collect()
}
