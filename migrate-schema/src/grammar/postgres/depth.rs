//! How deep a statement is nested: squawk's parser calls itself for every level, and so does all that reads a tree.
//!
//! What may be deep is parsed on a thread with a stack of its own, what may be deeper still is not parsed at all; and the
//! tree that comes out of it never has more than [`DEEPEST_TREE`] levels.

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
};

/// The deepest tree that is made; what is below is opaque.
pub(super) const DEEPEST_TREE: usize = 64;

/// What any thread's stack can take.
const SHALLOW: usize = 64;

/// What is parsed at all. Its time grows with the square of the levels.
const DEEPEST: usize = 500;

/// Stack for one level, more than ever was seen in a build without optimisation.
const STACK_PER_LEVEL: usize = 32 << 10;

/// Whether the text can be parsed on any thread.
pub(super) fn is_shallow(text: &str) -> bool {
    possible_depth(text) <= SHALLOW
}

/// Does the work where the stack suffices for the text; not at all where none would.
pub(super) fn with_stack<R: Send>(text: &str, work: impl FnOnce() -> R + Send) -> Option<R> {
    let depth = possible_depth(text);
    if depth <= SHALLOW {
        return Some(work());
    }
    if depth > DEEPEST {
        return None;
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size((4 << 20) + depth * STACK_PER_LEVEL)
            .spawn_scoped(scope, work);
        thread.ok()?.join().ok()
    })
}

/// No less than the levels that a text can have: in each open bracket, the signs and words behind the last comma that
/// can bring a level.
fn possible_depth(text: &str) -> usize {
    let (mut open, mut levels, mut deepest) = (Vec::new(), 0_usize, 0);
    for token in lex::tokens(text, Dialect::Postgres) {
        match token.text(text) {
            "(" | "[" => {
                open.push(levels);
                levels += 1;
            }
            // What follows a bracket may nest too: `a[1][2]`.
            ")" | "]" => levels = open.pop().unwrap_or_default() + 1,
            "," | ";" => levels = open.last().map_or(0, |outer| outer + 1),
            _ if nests(text, token) => levels += 1,
            _ => {}
        }
        deepest = deepest.max(levels);
    }
    deepest
}

fn nests(text: &str, token: Token) -> bool {
    const WORDS: [&str; 19] = [
        "and",
        "between",
        "case",
        "collate",
        "except",
        "explain",
        "ilike",
        "in",
        "intersect",
        "is",
        "isnull",
        "join",
        "like",
        "not",
        "notnull",
        "or",
        "similar",
        "union",
        "with",
    ];
    match token.kind {
        TokenKind::Symbol => true,
        TokenKind::Word => WORDS.iter().any(|word| token.is_word(text, word)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_shallow() {
        let rows = "(1, 'a', -2), ".repeat(1000);
        assert!(is_shallow(&format!(
            "INSERT INTO t VALUES {rows}(1, 'a', 2)"
        )));
        assert!(!is_shallow(&"(".repeat(100)));
        assert!(!is_shallow(&format!("SELECT {}1", "- ".repeat(100))));
    }

    #[test]
    fn what_is_too_deep_is_left_alone() {
        assert_eq!(with_stack(&"(".repeat(10_000), || 1), None);
        assert_eq!(with_stack(&"(".repeat(400), || 1), Some(1));
        assert_eq!(with_stack("(", || 1), Some(1));
    }
}
