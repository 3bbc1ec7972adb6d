//! How deep a statement is nested: the grammar calls itself for every level.

use crate::{Dialect, lex};

/// The deepest nesting that is parsed. What is deeper is opaque; PostgreSQL itself takes a few thousand levels.
const DEEPEST: usize = 60;

/// Whether the statement can be parsed on any thread's stack.
pub(super) fn is_safe(text: &str) -> bool {
    let (mut depth, mut run) = (0_usize, 0_usize);
    for token in lex::tokens(text, Dialect::Postgres) {
        match token.text(text) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let _ = &mut run;
        if depth > DEEPEST {
            return false;
        }
    }
    true
}
