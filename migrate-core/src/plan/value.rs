//! The plan as a value: what a run would do, to be shown, compared or sent.

use std::fmt;

use super::error::explained;

/// What a run would do. Nothing has been done to make it, and it can be serialised (feature `serde`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Plan {
    /// The word for the request: `up`, `down`, `redo`, ….
    pub request: String,
    /// The environment.
    pub environment: String,
    /// What is done to which migration, in order.
    pub migrations: Vec<PlannedMigration>,
    /// What the policies let pass.
    pub warnings: Vec<Warning>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// The ids in order.
    pub fn names(&self) -> Vec<&str> {
        self.migrations.iter().map(|one| one.id.as_str()).collect()
    }
}

/// What would be done to one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PlannedMigration {
    /// What is done.
    pub action: ActionKind,
    /// The set. Empty for an action that is about the whole database.
    pub set: String,
    /// The identifier. Empty for an action that is about the whole database.
    pub id: String,
    /// What it does, in words.
    pub description: String,
    /// Whether all of it is one transaction.
    pub transaction: bool,
    /// Whether foreign keys are switched off around it and checked before its commit.
    pub foreign_keys_off: bool,
    /// The steps.
    pub steps: Vec<PlannedStep>,
}

/// What is done to a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ActionKind {
    /// Its `up` runs.
    Apply,
    /// Its `down` runs.
    Revert,
    /// Its stored `down` runs.
    RevertStored,
    /// It goes out of the history; nothing runs.
    Forget,
    /// Its row gets the new id.
    Rename,
    /// It is recorded as applied; nothing runs.
    Record,
    /// Its row gets the checksum of the program.
    Accept,
    /// Its row gets what was said of the step that was cut off.
    Resolve,
    /// Everything in the database is dropped.
    Wipe,
}

impl ActionKind {
    /// The action as a word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Revert => "revert",
            Self::RevertStored => "revert by its stored down",
            Self::Forget => "forget",
            Self::Rename => "rename",
            Self::Record => "record as applied",
            Self::Accept => "accept the changed checksum of",
            Self::Resolve => "resolve",
            Self::Wipe => "drop everything in the database",
        }
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case", tag = "kind")
)]
#[non_exhaustive]
pub enum PlannedStep {
    /// A statement.
    Sql {
        /// Its text.
        sql: String,
    },
    /// Rust code.
    Run {
        /// Its label.
        label: String,
    },
    /// A message.
    Log {
        /// Its text.
        message: String,
    },
}

/// What a policy let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case", tag = "kind", content = "id")
)]
#[non_exhaustive]
pub enum Warning {
    /// Its SQL has changed since it was applied.
    Changed(String),
    /// The Rust code of its steps has changed since it was applied.
    BodyChanged(String),
    /// It is applied, and the program does not have it.
    Missing(String),
    /// It runs after a later one.
    OutOfOrder(String),
    /// It goes out of the history without its `down` having run.
    Forgotten(String),
    /// Another tool has applied it, and the program does not have it.
    NotInProgram(String),
    /// It has the version of one that another tool has applied, which has another name there.
    NamedOtherwise(String),
    /// Another tool runs it whenever it changes.
    Repeatable(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(id) => write!(f, "`{id}` has changed since it was applied"),
            Self::BodyChanged(id) => write!(
                f,
                "the Rust code of `{id}` has changed since it was applied"
            ),
            Self::Missing(id) => write!(f, "`{id}` is applied, but not in this program"),
            Self::OutOfOrder(id) => {
                write!(f, "`{id}` runs after a later one that is already applied")
            }
            Self::NotInProgram(id) => write!(
                f,
                "`{id}` was applied by the other tool, but is not in this program"
            ),
            Self::NamedOtherwise(id) => write!(
                f,
                "{} has another name in the history of the other tool",
                explained(std::slice::from_ref(id))
            ),
            Self::Repeatable(id) => write!(
                f,
                "`{id}` is repeatable, which no migration here is: it is not recorded"
            ),
            Self::Forgotten(id) => {
                write!(
                    f,
                    "`{id}` is taken out of the history; its `down` does not run, and what it made stays"
                )
            }
        }
    }
}
