//! What a database holds after a series of statements, without a database.

pub mod builtin;
mod object;

pub use object::{
    Column, Constraint, ConstraintKind, Function, Index, Lookup, Origin, Relation, RelationKind,
    Trigger, Type,
};

use crate::{
    Finding,
    settings::{Settings, Target},
    tree::{Action, Path},
};

/// What a database holds.
#[derive(Clone, Debug)]
pub struct Catalog {
    target: Target,
}

impl Catalog {
    /// An empty database.
    pub fn new(target: &Target, _settings: &Settings) -> Self {
        Self {
            target: target.clone(),
        }
    }

    /// The database that it is meant for.
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// The table, view or sequence that this name means here.
    pub fn relation(&self, _path: &Path) -> Lookup<'_, Relation> {
        Lookup::Unknown
    }

    /// Does what a statement does, or says why the engine would refuse it; then nothing has changed.
    pub fn apply(&mut self, _action: &Action, _sql: &str) -> Vec<Finding> {
        Vec::new()
    }
}
