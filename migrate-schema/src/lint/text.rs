//! Words of the text of a statement, for what the tree does not tell.

use crate::lex::{self, Token};

use super::Context;

/// The tokens of the statement, with their places in the text of the step.
pub(super) fn tokens(context: &Context<'_>) -> Vec<Token> {
    let range = context.statement();
    let Some(text) = context.sql().get(range.clone()) else {
        return Vec::new();
    };
    lex::tokens(text, context.target().dialect())
        .map(|token| Token {
            start: token.start + range.start,
            end: token.end + range.start,
            ..token
        })
        .collect()
}

/// Where the statement has this word outside of strings and quotes; given in lower case.
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
pub(super) fn word(context: &Context<'_>, word: &str) -> Option<std::ops::Range<usize>> {
    tokens(context)
        .into_iter()
        .find(|token| token.is_word(context.sql(), word))
        .map(|token| token.start..token.end)
}
