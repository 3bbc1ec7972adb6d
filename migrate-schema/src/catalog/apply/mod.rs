//! What each statement does, and when the engine refuses it.

use super::Catalog;
use crate::{Finding, tree::Action};

impl Catalog {
    /// Does what a statement does, or says why the engine would refuse it; then nothing has changed.
    pub fn apply(&mut self, action: &Action, _sql: &str) -> Vec<Finding> {
        if let Action::Opaque { words, everything } = action {
            self.poison(words);
            if *everything {
                self.poison_everything();
            }
        }
        Vec::new()
    }
}
