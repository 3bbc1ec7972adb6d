//! Functions that change the schema when they are called.

use std::sync::Arc;

use crate::{
    catalog::Catalog,
    lex::{self, TokenKind},
    tree::{Action, CreateFunction},
};

/// The word of a function that changes what its arguments name.
const ARGUMENT: &str = "\u{2}";

/// Words of statements that change the schema.
const CHANGES: [&str; 3] = ["alter", "create", "drop"];

impl Catalog {
    /// Remembers what a call of the function may do to the schema, if it may do anything.
    pub(super) fn remember_effects(&mut self, function: &CreateFunction) {
        let name = self.fold(&function.name.name.text);
        let effects = function
            .body
            .iter()
            .find(|action| self.acts(action))
            .cloned();
        if effects.is_none() && !self.acting.iter().any(|(own, _)| *own == name) {
            return;
        }
        let acting = Arc::make_mut(&mut self.acting);
        acting.retain(|(own, _)| *own != name);
        acting.extend(effects.map(|effects| (name, effects)));
    }

    fn acts(&self, action: &Action) -> bool {
        let Action::Opaque { words, everything } = action else {
            return false;
        };
        let changes = |word: &String| {
            CHANGES
                .iter()
                .any(|change| word.eq_ignore_ascii_case(change))
        };
        *everything
            || words.iter().any(|word| word == ARGUMENT)
            || words.iter().any(changes)
            || !self.called_in(words).is_empty()
    }

    fn called_in(&self, words: &[String]) -> Vec<(String, Action)> {
        let called = self
            .acting
            .iter()
            .filter(|(name, _)| words.iter().any(|word| self.fold(word) == *name));
        called.cloned().collect()
    }

    /// Does what the functions do whose names are among these words, and those that they call.
    pub(super) fn act(&mut self, words: &[String]) {
        self.act_with(words, false);
    }

    /// The same; or with arguments that are spelled out among the words.
    fn act_with(&mut self, words: &[String], arguments_are_known: bool) {
        let mut waiting = self.called_in(words);
        let mut done: Vec<String> = Vec::new();
        while let Some((name, action)) = waiting.pop() {
            let Action::Opaque { words, everything } = action else {
                continue;
            };
            if done.contains(&name) {
                continue;
            }
            done.push(name);
            self.poison(&words);
            let of_arguments = words.iter().any(|word| word == ARGUMENT);
            if everything || (of_arguments && !arguments_are_known) {
                self.poison_everything();
            }
            waiting.extend(self.called_in(&words));
        }
    }

    /// The same for the words of a query, those in its strings too: they may name what a function is to change.
    pub(super) fn act_where_called(&mut self, text: &str) {
        if self.acting.is_empty() {
            return;
        }
        let tokens = lex::tokens(text, self.dialect());
        let words: Vec<String> = tokens
            .filter(|token| token.kind != TokenKind::Symbol)
            .map(|token| token.text(text).trim_matches(['"', '\'']).to_owned())
            .collect();
        if self.called_in(&words).is_empty() {
            return;
        }
        self.poison(&words);
        // What rows give to it is known to nobody.
        let from_rows = words.iter().any(|word| word.eq_ignore_ascii_case("from"));
        self.act_with(&words, !from_rows);
    }
}
