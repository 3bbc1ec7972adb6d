//! When two texts of SQL say one thing.

use crate::{
    Dialect,
    lex::{self, TokenKind},
};

pub(super) fn same_type(left: &str, right: &str, dialect: Dialect) -> bool {
    same_tokens(left, right, dialect)
}

pub(super) fn same_expression(left: &str, right: &str, dialect: Dialect) -> bool {
    same_tokens(left, right, dialect)
}

pub(super) fn same_default(
    left: Option<&str>,
    right: Option<&str>,
    _data_type: &str,
    dialect: Dialect,
) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => same_tokens(left, right, dialect),
        (None, None) => true,
        _ => false,
    }
}

pub(super) fn same_query(left: &str, right: &str, dialect: Dialect) -> bool {
    same_tokens(left, right, dialect)
}

pub(super) fn same_statement(left: &str, right: &str, dialect: Dialect) -> bool {
    same_tokens(left, right, dialect)
}

fn same_tokens(left: &str, right: &str, dialect: Dialect) -> bool {
    let words = |text: &str| -> Vec<String> {
        let mut words: Vec<String> = lex::tokens(text, dialect)
            .map(|token| match token.kind {
                TokenKind::Word => token.text(text).to_lowercase(),
                TokenKind::QuotedName => token.text(text).trim_matches('"').to_lowercase(),
                _ => token.text(text).to_owned(),
            })
            .collect();
        while words.len() > 2 && words[0] == "(" && words[words.len() - 1] == ")" {
            words.pop();
            words.remove(0);
        }
        words
    };
    left == right || words(left) == words(right)
}
