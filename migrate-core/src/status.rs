//! The state of a database, migration by migration.

use crate::{
    error::Error,
    history::{Applied, Progress},
    plan::{Candidate, State, Survey, find},
};

/// The state of every migration: first those of the program in the order in which they run, then those that
/// only the history has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Status {
    /// The migrations.
    pub migrations: Vec<MigrationStatus>,
}

/// The state of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MigrationStatus {
    /// The set.
    pub set: String,
    /// The identifier.
    pub id: String,
    /// What it does, in words.
    pub description: String,
    /// The state.
    pub state: State,
    /// The source file and line, where the program has it.
    pub place: Option<String>,
    /// Its row in the history, where there is one.
    pub applied: Option<Applied>,
}

impl MigrationStatus {
    /// Whether it is applied, whatever else is to be said of it.
    pub fn is_applied(&self) -> bool {
        self.applied
            .as_ref()
            .is_some_and(|row| row.progress == Progress::Applied)
    }

    /// Whether `up` would run it.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Pending | State::OutOfOrder)
    }
}

impl Status {
    pub(crate) fn new(survey: &Survey<'_>, applied: Vec<Applied>) -> Self {
        let mut rows: std::collections::HashMap<i64, Applied> =
            applied.into_iter().map(|row| (row.seq, row)).collect();
        let status = |one: &crate::plan::Surveyed<'_>| {
            let row = one.row.and_then(|row| rows.remove(&row.seq));
            let registered = survey.registered(one);
            MigrationStatus {
                set: registered.map_or_else(
                    || row.as_ref().map_or_else(String::new, |row| row.set.clone()),
                    |r| r.set().to_owned(),
                ),
                id: survey.id(one).to_owned(),
                description: match (registered, &row) {
                    (Some(registered), _) => registered.description().to_owned(),
                    (None, Some(row)) => row.description.clone(),
                    (None, None) => String::new(),
                },
                state: one.state.clone(),
                place: registered
                    .map(|registered| format!("{}:{}", registered.file(), registered.line())),
                applied: row,
            }
        };
        Self {
            migrations: survey.list.iter().map(status).collect(),
        }
    }

    /// What `up` would run, in that order.
    pub fn pending(&self) -> impl Iterator<Item = &MigrationStatus> {
        self.migrations.iter().filter(|one| one.is_pending())
    }

    /// What is applied, in the order of the program.
    pub fn applied(&self) -> impl Iterator<Item = &MigrationStatus> {
        self.migrations.iter().filter(|one| one.is_applied())
    }

    /// What is wrong: changed, missing from the program, out of order, cut off.
    pub fn problems(&self) -> impl Iterator<Item = &MigrationStatus> {
        self.migrations.iter().filter(|one| {
            matches!(
                one.state,
                State::Changed | State::Missing | State::OutOfOrder | State::Incomplete
            )
        })
    }

    /// The migration of this program that was applied last.
    pub fn current(&self) -> Option<&MigrationStatus> {
        let own = self.applied().filter(|one| one.state != State::Foreign);
        own.max_by_key(|one| one.applied.as_ref().map(|row| row.seq))
    }

    /// Whether a migration is applied; it is named by id, `set/id`, version or name.
    ///
    /// # Errors
    ///
    /// Where there is no such migration, or several.
    pub fn is_applied(&self, name: &str) -> Result<bool, Error> {
        let candidates = self.migrations.iter().map(|one| Candidate {
            set: &one.set,
            id: &one.id,
            value: one,
        });
        Ok(find(name, candidates)?.is_applied())
    }
}
