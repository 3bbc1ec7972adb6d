//! A transaction with the write lock.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, Transaction as Native, TransactionBehavior};

use crate::{
    engine::driver::{DriverError, DriverErrorKind, ForeignKeys, Snapshot, Transaction},
    history::Change,
    migrator::{Open, Stop},
    native::StepError,
    sql::Sql,
};

use super::{
    error,
    foreign_keys::{EnforcementOff, Violations},
    name, step_error,
    table::{Table, data_version},
    wipe::wipe,
};

/// Errors with which SQLite may roll a transaction back by itself.
const ROLLS_BACK: [ErrorCode; 7] = [
    ErrorCode::ConstraintViolation,
    ErrorCode::DatabaseBusy,
    ErrorCode::DatabaseCorrupt,
    ErrorCode::DiskFull,
    ErrorCode::OperationInterrupted,
    ErrorCode::OutOfMemory,
    ErrorCode::SystemIoFailure,
];

/// What a transaction has from its driver.
pub(super) struct Session<'a> {
    pub(super) table: &'a Table<'a>,
    /// The start of the driver's clock.
    pub(super) started: Instant,
    /// Who may want no more of it.
    pub(super) stop: Option<&'a Stop>,
}

/// The fields are dropped in this order: nothing is interrupted any more; the transaction is rolled back; and foreign
/// keys are switched on again, which would do nothing inside a transaction.
pub(crate) struct SqliteTransaction<'a> {
    _open: Option<Open<'a>>,
    transaction: Native<'a>,
    session: Session<'a>,
    /// The violations that were there before, where no new ones may come.
    violations: Option<Violations>,
    _enforcement: Option<EnforcementOff<'a>>,
}

impl<'a> SqliteTransaction<'a> {
    pub(super) fn begin(
        connection: &'a Connection,
        session: Session<'a>,
        foreign_keys: ForeignKeys,
    ) -> Result<Self, DriverError> {
        let checked = foreign_keys == ForeignKeys::CheckedAtCommit;
        let enforcement = if checked {
            EnforcementOff::new(connection)?
        } else {
            None
        };
        let transaction =
            Native::new_unchecked(connection, TransactionBehavior::Immediate).map_err(error)?;
        let violations = if checked {
            Some(Violations::find(&transaction)?)
        } else {
            None
        };
        Ok(Self {
            _open: session.stop.map(Stop::open),
            transaction,
            session,
            violations,
            _enforcement: enforcement,
        })
    }

    /// The error of a closure. Where the transaction is over and SQLite itself has no reason to have rolled it
    /// back, the closure has ended it, which is worse than what it failed with.
    fn closure_error(&self, failed: StepError) -> DriverError {
        let mut failed = step_error(failed);
        let source = failed.source.as_ref();
        let sqlite = source.and_then(|source| source.downcast_ref::<rusqlite::Error>());
        let rolls_back = sqlite
            .and_then(rusqlite::Error::sqlite_error_code)
            .is_some_and(|code| ROLLS_BACK.contains(&code));
        if self.transaction.is_autocommit() && !rolls_back {
            failed.kind = DriverErrorKind::TransactionEnded;
        }
        failed
    }

    fn wanted(&self) -> Result<(), DriverError> {
        self.session.stop.map_or(Ok(()), Stop::check)
    }

    fn still_open(&self) -> Result<(), DriverError> {
        if self.transaction.is_autocommit() {
            return Err(DriverError::new(
                DriverErrorKind::TransactionEnded,
                "the transaction is over after this step",
            ));
        }
        Ok(())
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn name(&self) -> String {
        name(&self.transaction)
    }

    fn now(&self) -> Duration {
        self.session.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        sleep(duration);
    }

    async fn changed_since(&mut self, stamp: Option<i64>) -> Result<Option<Snapshot>, DriverError> {
        // It counts the commits of all other connections, so it cannot stay the same when the history has moved.
        let now = data_version(&self.transaction)?;
        if stamp == Some(now) {
            return Ok(None);
        }
        self.session
            .table
            .read(&self.transaction, Some(now))
            .map(Some)
    }

    async fn create_history(&mut self) -> Result<(), DriverError> {
        self.session.table.create(&self.transaction)
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.wanted()?;
        let result = self.transaction.execute_batch(sql).map_err(error);
        self.wanted()?;
        result?;
        self.still_open()
    }

    async fn run(&mut self, step: crate::native::Native) -> Result<Vec<Sql>, DriverError> {
        let Some(closure) = step.sqlite else {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the closure does not take `&rusqlite::Transaction<'_>`",
            ));
        };
        self.wanted()?;
        let result = closure(&self.transaction);
        self.wanted()?;
        let sqls = result.map_err(|failed| self.closure_error(failed))?;
        self.still_open()?;
        Ok(sqls)
    }

    async fn record(&mut self, change: &Change) -> Result<(), DriverError> {
        self.session.table.record(&self.transaction, change)
    }

    async fn wipe(&mut self) -> Result<(), DriverError> {
        wipe(&self.transaction)
    }

    /// Readers of a database in rollback-journal mode hold it up; SQLite keeps the transaction open then.
    async fn commit(&mut self) -> Result<(), DriverError> {
        self.wanted()?;
        if let Some(before) = self.violations.take() {
            Violations::find(&self.transaction)?.refuse_new(&before)?;
        }
        self.transaction.execute_batch("COMMIT").map_err(error)
    }

    fn is_open(&self) -> bool {
        !self.transaction.is_autocommit()
    }

    async fn rollback(self) -> Result<(), DriverError> {
        let Self {
            _open, transaction, ..
        } = self;
        drop(_open);
        transaction.rollback().map_err(error)
    }
}
