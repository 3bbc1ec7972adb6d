//! SQLite, by rusqlite: files, memory, and the connection that the application has.
//!
//! Every migration is one `BEGIN IMMEDIATE` transaction in which the history is read again, so no lock file
//! and no lock row is needed: a killed process leaves nothing behind, because SQLite itself rolls it back.

mod claim;
mod connection;
mod foreign_keys;
mod open;
mod table;
mod transaction;
mod wipe;

use std::time::{Duration, Instant};

use migrate_schema::StatementKind;
use rusqlite::{Connection, ErrorCode, types::ValueRef};

pub use open::{open, open_existing};

use crate::{
    engine::driver::{
        Claim, Driver, DriverError, DriverErrorKind, ForeignKeys, Look, Settled, Snapshot,
    },
    history::Applied,
    migrator::{Session, Stop},
    native::Native,
    sql::Sql,
    steps::is_outside,
};
use claim::ClaimFile;
use table::Table;
use transaction::SqliteTransaction;

/// A session on somebody's connection.
pub(crate) struct Sqlite<'c> {
    connection: &'c mut Connection,
    table: Table<'c>,
    started: Instant,
    /// The connection's own busy timeout, while there is none in its place.
    busy_timeout: Duration,
    claim: Option<ClaimFile>,
    /// Who may want no more of it.
    stop: Option<Stop>,
}

impl<'c> Sqlite<'c> {
    /// Takes over the waiting: it is the engine's business, which can say what it waits for and sees whether the
    /// other side moves; SQLite's own handler would only be silent. A handler that is no timeout cannot be put
    /// back, and stays.
    fn new(connection: &'c mut Connection, session: &Session<'c>) -> Result<Self, DriverError> {
        if session.schema.is_some() {
            return Err(DriverError::new(
                DriverErrorKind::Unfit,
                "SQLite has no schemas: leave `schema` out, or open another file",
            ));
        }
        if !connection.is_autocommit() {
            return Err(DriverError::new(
                DriverErrorKind::Unfit,
                "the connection is inside a transaction: commit it or roll it back first",
            ));
        }
        let table = Table::new(session.table, session.registry)?;
        let own: i64 = connection
            .query_row("PRAGMA busy_timeout", [], |row| row.get(0))
            .map_err(error)?;
        let driver = Self {
            connection,
            table,
            started: Instant::now(),
            busy_timeout: Duration::from_millis(u64::try_from(own).unwrap_or(0)),
            claim: None,
            stop: None,
        };
        driver.wait_at_most(Duration::ZERO)?;
        Ok(driver)
    }

    /// The same, which ends where it is not wanted any more.
    fn stopped_by(mut self, stop: Option<&Stop>) -> Self {
        if let Some(stop) = stop {
            let interrupt = self.connection.get_interrupt_handle();
            stop.interrupts(move || interrupt.interrupt());
            self.stop = Some(stop.clone());
        }
        self
    }

    fn wanted(&self) -> Result<(), DriverError> {
        self.stop.as_ref().map_or(Ok(()), Stop::check)
    }

    /// How long SQLite itself waits for a lock.
    fn wait_at_most(&self, timeout: Duration) -> Result<(), DriverError> {
        if self.busy_timeout.is_zero() {
            return Ok(());
        }
        self.connection.busy_timeout(timeout).map_err(error)
    }
}

impl Drop for Sqlite<'_> {
    fn drop(&mut self) {
        // Setting a timeout cannot fail on an open connection, and there is nobody to tell.
        let _ = self.wait_at_most(self.busy_timeout);
    }
}

impl Driver for Sqlite<'_> {
    type Transaction<'a>
        = SqliteTransaction<'a>
    where
        Self: 'a;

    fn name(&self) -> String {
        name(self.connection)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn stands_alone(&self, _: &str, kind: StatementKind) -> bool {
        is_outside(kind)
    }

    fn wrong_closure(&self, step: &Native, transaction: bool) -> Option<&'static str> {
        match transaction {
            true if step.sqlite.is_none() => Some("`&rusqlite::Transaction<'_>`"),
            false if step.sqlite_connection.is_none() => {
                Some("`&rusqlite::Connection`, because the migration says `transaction = false`")
            }
            _ => None,
        }
    }

    async fn history(&mut self) -> Result<Snapshot, DriverError> {
        self.wanted()?;
        self.table.read(self.connection, None)
    }

    async fn pulse(&mut self) -> Option<i64> {
        self.table.pulse(self.connection)
    }

    async fn applied(&mut self) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        self.table.applied(self.connection)
    }

    async fn stored_down(&mut self, seq: i64) -> Result<Vec<String>, DriverError> {
        self.table.stored_down(self.connection, seq)
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DriverError> {
        let mut statement = self.connection.prepare(sql).map_err(error)?;
        let columns = statement.column_count();
        let mut rows = statement.query([]).map_err(error)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            let cells = (0..columns).map(|at| row.get_ref(at).map(as_text));
            all.push(cells.collect::<Result<_, _>>().map_err(error)?);
        }
        Ok(all)
    }

    async fn begin(
        &mut self,
        foreign_keys: ForeignKeys,
    ) -> Result<SqliteTransaction<'_>, DriverError> {
        self.wanted()?;
        let session = transaction::Session {
            table: &self.table,
            started: self.started,
            stop: self.stop.as_ref(),
        };
        SqliteTransaction::begin(self.connection, session, foreign_keys)
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.wanted()?;
        let open = self.stop.as_ref().map(Stop::open);
        let result = self.connection.execute_batch(sql).map_err(error);
        drop(open);
        self.wanted()?;
        result?;
        in_autocommit(self.connection)
    }

    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError> {
        let Some(closure) = step.sqlite_connection else {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the closure does not take `&rusqlite::Connection`",
            ));
        };
        self.wanted()?;
        // The closure gets the connection as the application has set it.
        self.wait_at_most(self.busy_timeout)?;
        let open = self.stop.as_ref().map(Stop::open);
        let result = closure(self.connection).map_err(step_error);
        drop(open);
        self.wait_at_most(Duration::ZERO)?;
        let wanted = self.wanted();
        // A closure that has failed may have left one open too.
        let closed = in_autocommit(self.connection);
        wanted?;
        let sqls = result?;
        closed.map(|()| sqls)
    }

    /// `VACUUM` and pragmas.
    async fn look(&mut self, _: &str) -> Result<Look, DriverError> {
        Ok(Look::Repeatable)
    }

    async fn settle(&mut self, _: &str, _: &str) -> Result<Settled, DriverError> {
        Ok(Settled::Unknown)
    }

    async fn recover(&mut self) -> Result<bool, DriverError> {
        Ok(false)
    }

    async fn claim(&mut self) -> Result<Claim, DriverError> {
        if self.claim.is_some() {
            return Ok(Claim::Taken);
        }
        let path = self.connection.path().filter(|path| !path.is_empty());
        let (claim, file) = claim::claim(path);
        self.claim = file;
        Ok(claim)
    }

    async fn release(&mut self) {
        self.claim = None;
    }
}

/// What the database is called in messages.
fn name(connection: &Connection) -> String {
    match connection.path() {
        Some(path) if !path.is_empty() => format!("`{path}`"),
        _ => "the in-memory database".to_owned(),
    }
}

fn as_text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// A step outside a transaction must not leave one open.
fn in_autocommit(connection: &Connection) -> Result<(), DriverError> {
    if connection.is_autocommit() {
        return Ok(());
    }
    connection.execute_batch("ROLLBACK").map_err(error)?;
    Err(DriverError::new(
        DriverErrorKind::Step,
        "the step left a transaction open; it was rolled back",
    ))
}

/// An error of SQLite.
fn error(error: rusqlite::Error) -> DriverError {
    let busy = matches!(
        error.sqlite_error_code(),
        // The last one is what many that open a write-ahead log at once can meet.
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed
        )
    );
    let kind = if busy {
        DriverErrorKind::Busy
    } else {
        DriverErrorKind::Other
    };
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            format!("{error}: it is no SQLite file, is damaged or is encrypted")
        }
        Some(ErrorCode::ReadOnly) => {
            format!("{error}: the file, its folder or the connection is read-only")
        }
        Some(ErrorCode::DiskFull) => format!("{error}: make room, and run again"),
        Some(ErrorCode::SystemIoFailure) => {
            let code = error.sqlite_error().map_or(0, |error| error.extended_code);
            format!(
                "{error} (code {code} of SQLite): the system has refused to read or write a file; see whether there \
                 is room, and whether a limit or a broken disk is in the way"
            )
        }
        _ => match &error {
            // The statement is shown by whoever ran it.
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            _ => error.to_string(),
        },
    };
    DriverError::new(kind, message).with_source(error)
}

/// The error of a closure. One of SQLite that only says "busy" may be tried again.
fn step_error(failed: crate::native::StepError) -> DriverError {
    match failed.into_inner().downcast::<rusqlite::Error>() {
        Ok(sqlite) => error(*sqlite),
        Err(other) => DriverError::new(DriverErrorKind::Step, other.to_string()).with_source(other),
    }
}
