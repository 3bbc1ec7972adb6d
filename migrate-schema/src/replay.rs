//! A history of migrations, applied one after the other to a catalog.

use crate::{
    Finding,
    catalog::Catalog,
    grammar::Parsed,
    model::Change,
    settings::{Settings, Target},
};

/// A migration, as far as its text is known.
#[derive(Clone, Debug)]
pub struct Migration<'a> {
    /// Its identifier: what messages name.
    pub id: &'a str,
    /// What `up` does.
    pub up: Vec<Step<'a>>,
    /// What `down` does; none where it was left out.
    pub down: Option<Vec<Step<'a>>>,
    /// It runs in a transaction.
    pub transaction: bool,
    /// It says that it cannot be undone.
    pub irreversible: bool,
}

/// A step of a migration.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// What it does.
    pub what: What<'a>,
    /// It may not run: it stands under `if`, in a loop, in a helper, behind a `cfg`.
    pub conditional: bool,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum What<'a> {
    /// Runs SQL.
    Sql {
        /// The text.
        sql: &'a str,
        /// The same, parsed for the target of the replay.
        parsed: &'a Parsed,
    },
    /// Changes the schema with a builder.
    Change(&'a Change),
    /// Runs code, or SQL that nobody has read: what these words name is unknown afterwards.
    Rust {
        /// The words of its string literals.
        words: Vec<String>,
    },
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// `up`.
    Up,
    /// `down`.
    Down,
}

/// A finding, and the step whose SQL its range is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// In which method.
    pub direction: Direction,
    /// Which step of it, from 0; none where it is about all of it.
    pub step: Option<usize>,
    /// What was found.
    pub finding: Finding,
}

/// What the replay of one migration has found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Errors and warnings, without those of the syntax, in the order of their places. Levels are not applied.
    pub findings: Vec<Placed>,
    /// The statements that undo `up` without loss, where `down` was left out and they can be told.
    pub derived_down: Option<Vec<String>>,
}

/// A history that is being replayed.
#[derive(Clone, Debug)]
pub struct Replay {
    catalog: Catalog,
}

impl Replay {
    /// A replay on an empty database.
    pub fn new(target: &Target, settings: &Settings) -> Self {
        Self {
            catalog: Catalog::new(target, settings),
        }
    }

    /// Names migrations that come later, so that a use of what only they make is told as a wrong order.
    pub fn expect(&mut self, _id: &str, _statements: &Parsed) {}

    /// Applies the next migration: `up`, then `down` on what `up` has left; afterwards the catalog is as `up` has left it.
    pub fn migration(&mut self, _migration: &Migration<'_>) -> Outcome {
        Outcome::default()
    }

    /// What the database holds now.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
