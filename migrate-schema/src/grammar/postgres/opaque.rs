//! What a statement may have changed when nobody reads it: the names in it.

use super::{cst::Node, repair};
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
    let tokens: Vec<Token> = lex::tokens(text, Dialect::Postgres).collect();
    finished(of_tokens(text, &tokens))
}

/// The words of some tokens, but for the names of schemas and tables before a dot: what is changed stands behind it.
pub(super) fn of_tokens(text: &str, tokens: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let qualifies = tokens
            .get(at + 1)
            .is_some_and(|next| next.is_symbol(text, '.') && next.start == token.end);
        if !(qualifies && token.kind != TokenKind::Text) {
            add(&mut found, text, *token);
        }
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
            own.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.')))
                .filter_map(|word| word.rsplit('.').next())
                .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
                .map(str::to_owned),
        ),
        TokenKind::Number | TokenKind::Hint | TokenKind::Symbol => {}
    }
}

/// Whether a statement changes the schema.
pub(super) fn is_change(text: &str, statement: &[Token]) -> bool {
    statement.first().is_some_and(|first| {
        ["create", "alter", "drop", "import"]
            .iter()
            .any(|word| first.is_word(text, word))
    })
}

/// The words of a statement that changes the schema, and the functions that it calls.
pub(super) fn changes(text: &str, statement: &[Token]) -> Vec<String> {
    if is_change(text, statement) {
        return of_tokens(text, statement);
    }
    let calls = statement.windows(2).filter(|pair| {
        pair[1].is_symbol(text, '(')
            && matches!(pair[0].kind, TokenKind::Word | TokenKind::QuotedName)
            && !repair::is_reserved(pair[0].text(text))
    });
    calls.flat_map(|pair| of_tokens(text, &pair[..1])).collect()
}
