//! Migrations in Rust source, found without a compiler: what `#[migration]` needs to know of the migrations beside the
//! one it stands on, and what the command line checks.
//!
//! Only what is surely understood becomes a statement or a change. Everything else is a step of which nothing is known
//! but the words that it may name, or not even these.

mod alone;
mod changes;
mod conditions;
mod embedded;
mod history;
mod lexer;
mod literal;
mod plain;
mod scan;
mod steps;
mod variant;
mod walk;
mod words;

pub use alone::{asks_for_option, is_mixed};
pub use conditions::{Conditions, Predicate};
pub use history::{Back, Parse, Verdict, replay, replay_each};
pub use lexer::{Kind, Token, Tokens};
pub use literal::verbatim;
pub use plain::Plain;
pub use scan::migration_in;
pub use variant::{Variant, misnamed, variants};
pub use walk::{Files, Found, Module, Project, SourceFile, walk};

#[cfg(test)]
mod tests;

use crate::{Code, Dialect, Level, model::Change};

/// A migration, as its source tells it.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Its identifier.
    pub id: String,
    /// The first byte of the literal with its identifier.
    pub start: usize,
    /// What `up` does.
    pub up: Vec<Step>,
    /// What `down` does; none where it was left out.
    pub down: Option<Vec<Step>>,
    /// It runs in a transaction.
    pub transaction: bool,
    /// It says that it cannot be undone.
    pub irreversible: bool,
    /// It runs only in some environments, or behind a feature of which nobody knows whether it is on.
    pub conditional: bool,
    /// How severe some codes are in it.
    pub levels: Vec<(Code, Level)>,
}

/// A step of a migration.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does.
    pub what: What,
    /// The token that says so: its first byte in the source.
    pub start: usize,
    /// It may not run: it stands under `if`, in a loop, in a helper, behind a `cfg`.
    pub conditional: bool,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum What {
    /// Runs SQL that `sql!` has checked.
    Sql(Text),
    /// Runs SQL that each dialect has its own text of.
    Each(Vec<Variant>),
    /// Changes the schema with a builder.
    Change(Box<Change>),
    /// Runs code, or SQL that nobody has read.
    Rust(Reach),
}

/// The SQL of a step.
#[derive(Clone, Debug)]
pub struct Text {
    /// The SQL.
    pub sql: String,
    /// The first byte of its literal in the source.
    pub start: usize,
    /// How far into the literal the SQL begins, if each of its characters stands in the source as it is.
    pub prefix: Option<usize>,
}

impl Step {
    /// The SQL that it runs on a dialect; none where it has none, or is no SQL.
    pub fn text(&self, dialect: Dialect) -> Option<&Text> {
        match &self.what {
            What::Sql(text) => Some(text),
            What::Each(all) => {
                let own = |one: &&Variant| one.dialect() == Some(dialect);
                all.iter().find(own).map(|one| &one.text)
            }
            What::Change(_) | What::Rust(_) => None,
        }
    }
}

/// What a step can reach of which nobody knows what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The words in its string literals.
    pub words: Vec<String>,
    /// Functions and constants that have a part in it and stand elsewhere.
    pub elsewhere: Vec<String>,
    /// It may do anything.
    pub everything: bool,
    /// It is code that runs, and no SQL that nobody has read.
    pub runs: bool,
}

// Where something stands makes no difference to what it is.

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.sql == other.sql
    }
}

/// Nobody knows what code does, so one piece of it is as good as another.
impl PartialEq for What {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sql(one), Self::Sql(other)) => one == other,
            (Self::Each(one), Self::Each(other)) => one == other,
            (Self::Change(one), Self::Change(other)) => one == other,
            (Self::Rust(_), Self::Rust(_)) => true,
            _ => false,
        }
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what && self.conditional == other.conditional
    }
}

impl PartialEq for Migration {
    fn eq(&self, other: &Self) -> bool {
        let options = |m: &Self| (m.transaction, m.irreversible, m.conditional);
        self.id == other.id
            && self.up == other.up
            && self.down == other.down
            && options(self) == options(other)
    }
}
