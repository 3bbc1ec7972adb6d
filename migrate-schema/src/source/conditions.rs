//! What is known of the configuration that a crate is compiled in: the predicates of `#[cfg(…)]`.

use std::collections::BTreeSet;

use super::lexer::{Kind, Tokens};

/// What is known of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Whether `test` is set, where it is known.
    pub test: Option<bool>,
    /// The features that are on, where they are known.
    pub features: Option<BTreeSet<String>>,
    /// Other predicates that hold, each as [`Predicate`] writes it.
    pub proven: BTreeSet<String>,
}

/// A predicate that may hold or not: its tokens with a space between each two.
pub type Predicate = String;

/// How many groups a predicate may have inside of each other.
const DEPTH: usize = 32;

impl Conditions {
    /// Whether a feature is on, where it is known.
    pub fn feature(&self, name: &str) -> Option<bool> {
        self.features.as_ref().map(|on| on.contains(name))
    }

    /// Whether the predicate in these tokens holds, where it can be told.
    pub(super) fn holds(&self, tokens: &Tokens<'_>, start: usize, end: usize) -> Option<bool> {
        self.evaluate(tokens, start, end, 0)
    }

    fn evaluate(
        &self,
        tokens: &Tokens<'_>,
        start: usize,
        end: usize,
        depth: usize,
    ) -> Option<bool> {
        if !self.proven.is_empty() && self.proven.contains(&written(tokens, start, end)) {
            return Some(true);
        }
        let name = tokens.word(start)?;
        match tokens.close(start + 1) {
            Some(close) if depth < DEPTH && close <= end => {
                let parts = parts(tokens, start + 2, close);
                let values = parts
                    .iter()
                    .map(|(start, end)| self.evaluate(tokens, *start, *end, depth + 1));
                match name {
                    "all" => decided(values, false),
                    "any" => decided(values, true),
                    "not" if parts.len() == 1 => decided(values, true).map(|value| !value),
                    _ => None,
                }
            }
            Some(_) => None,
            None => match name {
                "test" if start + 1 == end => self.test,
                "true" if start + 1 == end => Some(true),
                "false" if start + 1 == end => Some(false),
                "feature" if tokens.is(start + 1, "=") => self.feature(&tokens.string(start + 2)?),
                _ => None,
            },
        }
    }
}

/// `any` is decided by one that holds, and `all` by one that does not.
fn decided(values: impl Iterator<Item = Option<bool>>, by: bool) -> Option<bool> {
    let mut known = true;
    for value in values {
        match value {
            Some(value) if value == by => return Some(by),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!by)
}

/// The tokens between these two, with a space between each.
pub(super) fn written(tokens: &Tokens<'_>, start: usize, end: usize) -> Predicate {
    let mut text = String::new();
    for at in start..end.min(tokens.len()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(tokens.text(at));
    }
    text
}

/// What stands between the commas, as ranges of tokens. A comma behind the last one is allowed.
pub(super) fn parts(tokens: &Tokens<'_>, start: usize, end: usize) -> Vec<(usize, usize)> {
    let end = end.min(tokens.len());
    let mut parts = Vec::new();
    let mut from = start;
    let mut at = start;
    while at < end {
        match tokens.get(at).map(|token| token.kind) {
            Some(Kind::Open(close)) => at = close,
            Some(Kind::Punct) if tokens.is(at, ",") => {
                parts.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if from < end {
        parts.push((from, end));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> Option<bool> {
        let conditions = Conditions {
            test: Some(false),
            features: Some(BTreeSet::from(["on".to_owned()])),
            proven: BTreeSet::from(["unix".to_owned(), "a = \"b\"".to_owned()]),
        };
        let tokens = Tokens::read(text);
        conditions.holds(&tokens, 0, tokens.len())
    }

    #[test]
    fn what_is_known_decides() {
        for (text, expected) in [
            ("test", Some(false)),
            ("not(test)", Some(true)),
            ("feature = \"on\"", Some(true)),
            ("feature=\"off\"", Some(false)),
            ("unix", Some(true)),
            ("not(unix)", Some(false)),
            ("a = \"b\"", Some(true)),
            ("windows", None),
            ("not(windows)", None),
            ("all(windows, test)", Some(false)),
            ("all(unix, feature = \"on\",)", Some(true)),
            ("any(windows, unix)", Some(true)),
            ("any(windows, test)", None),
            ("all()", Some(true)),
            ("any()", Some(false)),
            ("version(\"1.80\")", None),
            ("", None),
            ("not(", None),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
        assert_eq!(Conditions::default().test, None);
    }

    #[test]
    fn depth_is_no_matter() {
        let deep = "not(".repeat(100_000);
        holds(&deep);
    }
}
