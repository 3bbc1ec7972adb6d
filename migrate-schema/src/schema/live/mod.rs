//! What a live database holds, read by its own words: the queries to ask, and their answers as the statements that make it.
//!
//! No reader of a second kind: an engine tells how it would make what it holds, and those statements are replayed like
//! those of a history. Nothing here has a connection. Whoever has one asks in rounds:
//!
//! ```
//! use migrate_schema::{Dialect, schema::live::{self, Next, Scope}};
//! # fn ask(_query: &str) -> Vec<Vec<Option<String>>> { Vec::new() }
//! # fn main() -> Result<(), live::Unreadable> {
//! let mut inquiry = live::inquiry(&Dialect::Sqlite.into(), &Scope::default());
//! let mut answers = Vec::new();
//! let definitions = loop {
//!     match inquiry.next(&answers)? {
//!         Next::Ask(queries) => answers = queries.iter().map(|query| ask(query)).collect(),
//!         Next::Done(definitions) => break definitions,
//!     }
//! };
//! assert!(definitions.statements.is_empty());
//! # Ok(())
//! # }
//! ```

mod mysql;
mod postgres;
mod sqlite;

use super::{Reading, Schema};
use crate::{
    Dialect, Finding,
    settings::{Settings, Target},
};

/// The rows of one answer: every value as text, NULL as none.
pub type Rows = Vec<Vec<Option<String>>>;

/// What of a database is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The names of tables that are left out with all that is on them, such as those of the migrator itself; one that
    /// ends in `*` stands for all that begin so.
    pub left_out: Vec<String>,
}

/// A database being read.
pub trait Inquiry: Send {
    /// Takes the answers to the queries of the last round, one for each in their order, and says what is next. The first
    /// round has none.
    ///
    /// # Errors
    ///
    /// The answers are not those of such a database.
    fn next(&mut self, answers: &[Rows]) -> Result<Next, Unreadable>;
}

/// What is next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// These queries are to be asked, in this order and of one moment.
    Ask(Vec<String>),
    /// That is all.
    Done(Definitions),
}

/// What a database holds, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// The statements that make it, each for itself, in an order in which each needs only what is before it.
    pub statements: Vec<String>,
    /// What is there and cannot be told by a statement: names.
    pub unknown: Vec<String>,
    /// The schema in which names without one are looked for, where that is not the usual one (PostgreSQL).
    pub home: Option<String>,
    /// What the database has told to be, where that is known better than by its dialect.
    pub target: Option<Target>,
}

impl Definitions {
    /// The schema that they make, and what of them is not understood. That is a fault of ours, not of the database, so it
    /// is unknown what it names.
    pub fn schema(&self, target: &Target, settings: &Settings) -> (Schema, Vec<Finding>) {
        let mut reading = Reading::new(self.target.as_ref().unwrap_or(target), settings);
        if let Some(home) = &self.home {
            reading.set_home(home);
        }
        let mut findings = Vec::new();
        for statement in &self.statements {
            findings.extend(reading.apply(statement));
        }
        reading.unknown(&self.unknown);
        (reading.schema(), findings)
    }
}

/// An answer that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database's definitions cannot be read: {0}")]
pub struct Unreadable(pub String);

/// What to ask a database.
pub fn inquiry(target: &Target, scope: &Scope) -> Box<dyn Inquiry> {
    match target.dialect() {
        Dialect::Sqlite => Box::new(sqlite::Asked::new(scope)),
        Dialect::Postgres => Box::new(postgres::Asked::new(scope)),
        Dialect::Mysql => Box::new(mysql::Asked::new(scope)),
    }
}

impl Scope {
    /// Whether a table of this name is read.
    pub fn has(&self, table: &str) -> bool {
        !self
            .left_out
            .iter()
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => {
                    (table.get(..start.len())).is_some_and(|own| own.eq_ignore_ascii_case(start))
                }
                None => pattern.eq_ignore_ascii_case(table),
            })
    }
}

/// The value in this place of a row.
///
/// # Errors
///
/// There is none, or it is NULL.
fn text(row: &[Option<String>], at: usize) -> Result<&str, Unreadable> {
    row.get(at)
        .and_then(Option::as_deref)
        .ok_or_else(|| Unreadable(format!("a row has no value in column {}: {row:?}", at + 1)))
}

/// The answer in this place.
///
/// # Errors
///
/// There is none.
fn answer(answers: &[Rows], at: usize) -> Result<&Rows, Unreadable> {
    answers
        .get(at)
        .ok_or_else(|| Unreadable(format!("there is no answer {}", at + 1)))
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn what_is_left_out() {
        let scope = Scope {
            left_out: vec!["_migrations*".to_owned(), "Own".to_owned()],
        };
        assert!(!scope.has("_migrations"));
        assert!(!scope.has("_MIGRATIONS_lock"));
        assert!(!scope.has("own"));
        assert!(scope.has("owner"));
        assert!(scope.has("_migr"));
    }
}
