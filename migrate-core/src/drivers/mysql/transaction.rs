//! A transaction that holds the lock's row.

use std::time::{Duration, Instant};

use super::{
    MySql,
    error::{self, NO_SUCH_TABLE, code, is_lost, unheard},
    link::{Line, number},
    lock::{self, COMMIT, ROLLBACK},
    pause,
    statement::Words,
    table::Table,
    url, wipe,
};
use crate::{
    engine::driver::{DriverError, DriverErrorKind, Snapshot, Transaction},
    history::Change,
    native::Native,
    sql::Sql,
};

/// What a transaction needs of its driver.
pub(super) struct Parts<'a> {
    pub(super) connection: &'a mut Line,
    pub(super) table: &'a Table,
    pub(super) started: Instant,
    /// Whether the connection can be opened anew.
    pub(super) is_own: bool,
    pub(super) token: Option<i64>,
    pub(super) has_tables: &'a mut bool,
    pub(super) left_open: &'a mut bool,
    pub(super) mine: &'a mut i64,
    pub(super) set_by_steps: &'a mut Vec<String>,
}

pub(crate) struct MySqlTransaction<'a> {
    parts: Parts<'a>,
    /// How often the history had changed when the transaction began.
    changes: i64,
    records: bool,
}

impl MySql {
    pub(super) fn parts(&mut self) -> Parts<'_> {
        Parts {
            is_own: self.is_own,
            connection: &mut self.link,
            table: &self.table,
            started: self.started,
            token: self.lease.as_ref().map(|held| held.token),
            has_tables: &mut self.has_tables,
            left_open: &mut self.left_open,
            mine: &mut self.mine,
            set_by_steps: &mut self.set_by_steps,
        }
    }
}

impl<'a> MySqlTransaction<'a> {
    pub(super) async fn begin(parts: Parts<'a>) -> Result<Self, DriverError> {
        let mut transaction = Self {
            parts,
            changes: 0,
            records: false,
        };
        transaction.lock().await?;
        Ok(transaction)
    }

    /// Begins, and locks the row.
    async fn lock(&mut self) -> Result<(), DriverError> {
        *self.parts.left_open = true;
        let Parts {
            connection, table, ..
        } = &mut self.parts;
        // Before that, waiting could not be left to the engine.
        let no_wait = if connection.major_version() < 8 {
            ""
        } else {
            "NOWAIT"
        };
        let packet = format!(
            "START TRANSACTION READ WRITE; SELECT token, changes FROM {} WHERE id = 1 FOR UPDATE {no_wait}",
            table.lock()
        );
        let rows = match connection.rows(&packet).await {
            Ok(rows) => rows,
            Err(failed) if code(&failed) == Some(NO_SUCH_TABLE) => return self.not_there().await,
            Err(failed) => {
                self.undo().await?;
                return Err(self.retryable(failed));
            }
        };
        let row = rows.first();
        let read = row.and_then(|row| Some((number(row, 0)?, number(row, 1)?)));
        let Some((token, changes)) = read else {
            return self.not_there().await;
        };
        if self.parts.token.is_some_and(|mine| mine != token) {
            self.undo().await?;
            return Err(lock::fenced());
        }
        self.changes = changes;
        Ok(())
    }

    /// A table that was there when the run began has gone, and is made before the next try.
    async fn not_there(&mut self) -> Result<(), DriverError> {
        *self.parts.has_tables = false;
        self.undo().await?;
        Err(DriverError::new(
            DriverErrorKind::Busy,
            "the table of the history is gone",
        ))
    }

    async fn undo(&mut self) -> Result<(), DriverError> {
        if !self.parts.connection.is_lost() {
            let undone = self.parts.connection.tell(ROLLBACK).await;
            undone.map_err(error::error)?;
        }
        *self.parts.left_open = false;
        Ok(())
    }

    /// The error of a statement before the commit. With the connection the transaction is lost too, and that whole.
    fn retryable(&self, failed: mysql_async::Error) -> DriverError {
        let is_lost = is_lost(&failed);
        self.again_if(is_lost, error::error(failed))
    }

    fn again_if(&self, is_lost: bool, failed: DriverError) -> DriverError {
        if is_lost && self.parts.is_own {
            return DriverError {
                kind: DriverErrorKind::Busy,
                ..failed
            };
        }
        failed
    }

    /// The same of an error that was made already.
    fn again(&self, failed: DriverError) -> DriverError {
        self.again_if(self.parts.connection.is_lost(), failed)
    }
}

impl Transaction for MySqlTransaction<'_> {
    fn name(&self) -> String {
        url::name(self.parts.connection.opts(), self.parts.table.database())
    }

    fn now(&self) -> Duration {
        self.parts.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        pause(duration).await;
    }

    async fn changed_since(&mut self, stamp: Option<i64>) -> Result<Option<Snapshot>, DriverError> {
        // What this session has changed itself, the engine knows.
        let now = self.changes - *self.parts.mine;
        if stamp == Some(now) {
            return Ok(None);
        }
        let Parts {
            connection, table, ..
        } = &mut self.parts;
        let read = table.read(connection, "", Some(now)).await;
        let (_, snapshot) = read.map_err(|failed| self.again(failed))?;
        if !snapshot.exists {
            self.not_there().await?;
        }
        Ok(Some(snapshot))
    }

    /// They are made before the transaction: making a table would end it.
    async fn create_history(&mut self) -> Result<(), DriverError> {
        Ok(())
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let answer = self.parts.connection.ask(sql).await;
        if let Some(failed) = answer.error {
            return Err(self.retryable(failed));
        }
        if Words::new(sql).sets_session() {
            self.parts.set_by_steps.push(sql.to_owned());
        }
        if self.parts.connection.is_in_transaction() {
            return Ok(());
        }
        Err(DriverError::new(
            DriverErrorKind::TransactionEnded,
            "the transaction is over after this step",
        ))
    }

    async fn run(&mut self, _: Native) -> Result<Vec<Sql>, DriverError> {
        Err(DriverError::new(
            DriverErrorKind::Step,
            "a Rust step does not run in a transaction here",
        ))
    }

    async fn record(&mut self, change: &Change) -> Result<(), DriverError> {
        self.records = true;
        let Parts {
            connection, table, ..
        } = &mut self.parts;
        let recorded = table.record(connection, change).await;
        recorded.map_err(|failed| self.again(failed))
    }

    async fn wipe(&mut self) -> Result<(), DriverError> {
        self.undo().await?;
        let Parts {
            connection,
            table,
            token,
            ..
        } = &mut self.parts;
        let wiped = wipe::wipe(connection, table, *token).await;
        wiped.map_err(|failed| self.again(failed))?;
        self.records = true;
        self.lock().await
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        // Changing the row, too, keeps others from committing on another node.
        let change = if self.records {
            let lock = self.parts.table.lock();
            format!("UPDATE {lock} SET changes = changes + 1 WHERE id = 1; ")
        } else {
            String::new()
        };
        let answer = self
            .parts
            .connection
            .ask(&format!("{change}{COMMIT}"))
            .await;
        let Some(failed) = answer.error else {
            *self.parts.left_open = false;
            *self.parts.mine += i64::from(self.records);
            return Ok(());
        };
        self.undo().await?;
        Err(unheard(failed))
    }

    /// What has failed at the commit is rolled back.
    fn is_open(&self) -> bool {
        *self.parts.left_open
    }

    async fn rollback(mut self) -> Result<(), DriverError> {
        self.undo().await
    }
}
