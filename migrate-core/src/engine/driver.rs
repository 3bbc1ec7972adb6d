//! What the engine asks of a database. One trait for blocking and async drivers: a blocking driver's
//! futures are ready at their first poll.
//!
//! The contract, which every driver's tests go through:
//!
//! - `history` reads the whole history and writes nothing; a database without the table has none.
//! - `begin` takes the write lock or fails with an error that [`DriverError::is_busy`] knows, having changed
//!   nothing. Between it and the end of the transaction nobody else writes.
//! - `commit` that fails with such an error may be tried again while `is_open`; else all was rolled back.
//! - what a transaction does is there after `commit` has returned `Ok`, whole, and in no other case; a
//!   transaction that is dropped leaves nothing, and every setting as it was.
//! - `execute` and `run` of a transaction fail where the step has ended the transaction.
//! - `execute` and `run` of the driver itself are for steps outside a transaction. While the session has the claim, and
//!   another one has taken it over meanwhile, they fail as [`DriverErrorKind::Fenced`] and change nothing; so do `begin`
//!   or `commit`.
//! - `commit`, and `execute` of the driver, may fail as [`DriverErrorKind::Unknown`]: then the effect is there whole, or
//!   not at all. After that, `recover` says whether the session can be gone on with.
//! - `look` before a statement and `settle` after it find out whether it ran, where it cannot be recorded with its effect.

use std::{fmt, time::Duration};

use migrate_schema::StatementKind;

use crate::{
    history::{Applied, Change, History},
    native::Native,
    sql::Sql,
};

/// The history, and a stamp by which a later reading sees whether it is still the same. A reading outside
/// a transaction has none: it costs one statement, and the first transaction reads again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) history: History,
    pub(crate) stamp: Option<i64>,
    /// Whether the history table is there.
    pub(crate) exists: bool,
}

/// A session with a database, outside a transaction.
#[allow(
    async_fn_in_trait,
    reason = "the engine is generic, so Send follows from the driver at hand"
)]
pub(crate) trait Driver {
    type Transaction<'a>: Transaction
    where
        Self: 'a;

    /// What the database is called in messages.
    fn name(&self) -> String;
    /// A monotonic clock with any start.
    fn now(&self) -> Duration;
    async fn pause(&mut self, duration: Duration);
    /// Whether a statement takes effect by itself, and cannot be undone with the transaction in which it stands.
    fn stands_alone(&self, sql: &str, kind: StatementKind) -> bool;
    /// Whether such a statement asks the migration to say `transaction = false`. Not where most that changes a schema
    /// is of this kind, as on MySQL.
    fn asks_for_option(&self) -> bool {
        true
    }
    /// Whether a statement only sets something of the session that later ones of its migration may need. It is set once
    /// more where the migration goes on in another session.
    fn sets_session(&self, _sql: &str) -> bool {
        false
    }
    /// The closure that a Rust step has to have, where this one has not.
    fn wrong_closure(&self, step: &Native, transaction: bool) -> Option<&'static str>;

    async fn history(&mut self) -> Result<Snapshot, DriverError>;
    /// Something that changes whenever the history does, or nothing where it cannot be read now.
    async fn pulse(&mut self) -> Option<i64>;
    /// The same with all columns, of the same moment.
    async fn applied(&mut self) -> Result<(Snapshot, Vec<Applied>), DriverError>;
    async fn stored_down(&mut self, seq: i64) -> Result<Vec<String>, DriverError>;
    /// The rows of a query, with every value as text and what is true as 1: what another tool has left.
    async fn rows(&mut self, _sql: &str) -> Result<Vec<Vec<Option<String>>>, DriverError> {
        let message = "the history of another tool cannot be read here";
        Err(DriverError::new(DriverErrorKind::Unfit, message))
    }

    async fn begin(
        &mut self,
        foreign_keys: ForeignKeys,
    ) -> Result<Self::Transaction<'_>, DriverError>;
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError>;
    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError>;
    /// What there is, before it runs, of that which a statement that stands alone will change.
    async fn look(&mut self, sql: &str) -> Result<Look, DriverError>;
    /// Whether a statement ran of which nobody has heard, by what was there before. It waits until the session that
    /// has sent it is at an end.
    async fn settle(&mut self, sql: &str, before: &str) -> Result<Settled, DriverError>;
    /// Makes the session fit again after an answer was lost; `false` where it cannot, as on a connection that is the
    /// application's.
    async fn recover(&mut self) -> Result<bool, DriverError>;
    /// Tells other runs that this one is alive while it works outside a transaction, until it is released. A
    /// session that has the claim gets it again.
    async fn claim(&mut self) -> Result<Claim, DriverError>;
    async fn release(&mut self);
}

/// A transaction that holds the write lock.
#[allow(async_fn_in_trait, reason = "as above")]
pub(crate) trait Transaction {
    /// What the database is called in messages.
    fn name(&self) -> String;
    /// The clock of the driver.
    fn now(&self) -> Duration;
    async fn pause(&mut self, duration: Duration);
    /// The history, where it is not the one of this stamp any more.
    async fn changed_since(&mut self, stamp: Option<i64>) -> Result<Option<Snapshot>, DriverError>;
    /// Makes the tables of the history where they are not there.
    async fn create_history(&mut self) -> Result<(), DriverError>;
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError>;
    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError>;
    async fn record(&mut self, change: &Change) -> Result<(), DriverError>;
    /// Drops everything in the database.
    async fn wipe(&mut self) -> Result<(), DriverError>;
    async fn commit(&mut self) -> Result<(), DriverError>;
    /// Whether a commit that failed may be tried again.
    fn is_open(&self) -> bool;
    async fn rollback(self) -> Result<(), DriverError>;
}

/// Whether foreign keys are enforced in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForeignKeys {
    /// As the connection has it.
    AsSet,
    /// Not enforced, but no violation may be there at the commit that was not there before.
    CheckedAtCommit,
}

/// What became of the wish to work outside a transaction.
#[allow(dead_code, reason = "each driver says some of it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// No other run is alive, as far as can be seen.
    Taken,
    /// Another run that works outside a transaction is alive.
    HeldByAnother,
    /// It cannot be seen here; only the history tells.
    Unknown,
}

/// How it can be seen later whether a statement that stands alone ran.
#[allow(dead_code, reason = "the drivers of servers say all of it")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// It need not be seen: running it twice does no harm.
    Repeatable,
    /// By this, which is something else as soon as it ran.
    Trace(String),
    /// It cannot be seen.
    Opaque,
}

/// Whether a statement ran of which nobody has heard.
#[allow(dead_code, reason = "the drivers of servers say all of it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Done,
    NotDone,
    /// Nobody can tell.
    Unknown,
}

/// An error of a database, with what the engine has to know of it.
#[derive(Debug)]
pub(crate) struct DriverError {
    pub(crate) kind: DriverErrorKind,
    pub(crate) message: String,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// The statement that has failed, where a transaction is sent as a whole and says so only at its commit.
    pub(crate) deferred: Option<Box<Deferred>>,
}

/// A statement of a transaction that has failed at the commit.
#[derive(Debug)]
pub(crate) struct Deferred {
    /// How many calls of `execute` came before it.
    pub(crate) at: usize,
    pub(crate) text: String,
}

#[allow(dead_code, reason = "the drivers of servers say all of it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriverErrorKind {
    /// Somebody else has the lock; trying again may help.
    Busy,
    /// The database does not answer now, and has done nothing; trying again may help.
    Away,
    /// The connection is not fit for a run.
    Unfit,
    /// The history is there and cannot be read as one.
    History,
    /// A step has ended the transaction.
    TransactionEnded,
    /// Foreign keys are violated at the commit.
    ForeignKeys,
    /// A Rust step has failed.
    Step,
    /// The answer was lost, so whether it took place is not known.
    Unknown,
    /// Another run has taken over, because this one showed no sign of life.
    Fenced,
    /// Anything else.
    Other,
}

impl DriverError {
    pub(crate) fn new(kind: DriverErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            deferred: None,
        }
    }

    /// The same with what it comes from.
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether trying again may help, because nothing was done.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.kind, DriverErrorKind::Busy | DriverErrorKind::Away)
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DriverError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
