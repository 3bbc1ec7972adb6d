//! What a piece of Rust can reach of which nobody knows what it does: the words in its literals, and the names of what
//! stands elsewhere.

use std::collections::{HashMap, HashSet};

use super::{
    Reach,
    lexer::{Kind, Tokens},
};

/// Adds the words in a text that can be names of things in a database.
pub(super) fn words_of(text: &str, words: &mut Vec<String>) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    for word in text.split(|c| !is_word(c)) {
        if !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()) {
            words.push(word.to_owned());
        }
    }
}

/// Adds the words in the string literals between two tokens, apart from those in documentation.
pub(super) fn words_in(tokens: &Tokens<'_>, start: usize, end: usize, words: &mut Vec<String>) {
    let mut at = start;
    while at < end.min(tokens.len()) {
        if tokens.is(at, "#") && tokens.is(at + 2, "doc") {
            at = tokens.close(at + 1).unwrap_or(at) + 1;
            continue;
        }
        if let Some(text) = tokens.string(at) {
            words_of(&text, words);
        }
        at += 1;
    }
}

/// Text that is put together at run time has names that stand in no literal.
const MAKERS: [&str; 9] = [
    "concat",
    "env",
    "include_str",
    "join",
    "option_env",
    "paste",
    "push_str",
    "stringify",
    "to_string",
];

/// Whether text is put together between two tokens in a way that hides the names in it.
pub(super) fn hides_names(tokens: &Tokens<'_>, start: usize, end: usize) -> bool {
    (start..end).any(|at| tokens.word(at).is_some_and(|word| MAKERS.contains(&word)))
}

/// The functions and constants that are used between two tokens.
pub(super) fn names_in(tokens: &Tokens<'_>, start: usize, end: usize, names: &mut Vec<String>) {
    for at in start..end.min(tokens.len()) {
        let Some(word) = tokens.word(at) else {
            continue;
        };
        let behind = at > start && tokens.is(at - 1, ".");
        if is_constant(word) || (!behind && is_called(tokens, at) && !is_known(word)) {
            names.push(word.to_owned());
        }
    }
}

fn is_constant(word: &str) -> bool {
    word.len() > 1
        && word.contains(|c: char| c.is_ascii_uppercase())
        && !word.contains(|c: char| c.is_ascii_lowercase())
}

fn is_called(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.is(at + 1, "(") && !tokens.is(at.wrapping_sub(1), "fn")
}

/// Constructors, and words that are no function.
fn is_known(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        || matches!(
            word,
            "default"
                | "drop"
                | "for"
                | "from"
                | "if"
                | "in"
                | "match"
                | "move"
                | "new"
                | "now"
                | "params_from_iter"
                | "return"
                | "unchecked"
                | "unchecked_each"
                | "while"
                | "with_capacity"
        )
}

/// The functions and constants of a file, by name.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    /// The tokens of each; none where there are several of the name.
    items: HashMap<String, Option<(usize, usize)>>,
}

impl Declarations {
    pub(super) fn new(tokens: &Tokens<'_>) -> Self {
        let mut declarations = Self::default();
        for at in 0..tokens.len() {
            if !matches!(tokens.word(at), Some("fn" | "const" | "static" | "let")) {
                continue;
            }
            let name = at + 1 + usize::from(tokens.is(at + 1, "mut"));
            if let Some(word) = tokens.word(name).filter(|word| *word != "fn") {
                let item = (name + 1, end_of_item(tokens, name + 1));
                declarations
                    .items
                    .entry(word.to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(item));
            }
        }
        declarations
    }

    /// Follows the names that a step uses as far as this file has them.
    pub(super) fn resolve(&self, tokens: &Tokens<'_>, reach: &mut Reach) {
        let mut open = std::mem::take(&mut reach.elsewhere);
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            match self.items.get(&name).copied().flatten() {
                Some((start, end)) if !hides_names(tokens, start, end) => {
                    words_in(tokens, start, end, &mut reach.words);
                    names_in(tokens, start, end, &mut open);
                }
                _ => reach.everything = true,
            }
        }
    }
}

/// The index of the `;` or the closing brace of an item.
fn end_of_item(tokens: &Tokens<'_>, start: usize) -> usize {
    let mut at = start;
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Open(close) if tokens.is(at, "{") => return close,
            Kind::Open(close) => at = close,
            Kind::Close => return at,
            Kind::Punct if tokens.is(at, ";") => return at,
            _ => {}
        }
        at += 1;
    }
    at
}
