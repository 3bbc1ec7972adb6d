//! The table of the history.

use migrate_schema::{Dialect, statement::split};
use rusqlite::{
    Connection, OptionalExtension, Row as SqlRow, params_from_iter,
    types::{Null, ToSqlOutput},
};

use crate::{
    drivers::{
        record::{COLUMNS, Cells, MORE_COLUMNS, Reader, Value, statement},
        sqlite_sql::{self, create_history, is_table_name, quote},
    },
    engine::driver::{DriverError, DriverErrorKind, Snapshot},
    history::{Applied, Change},
    registry::Registry,
};

use super::error;

/// The table, by its name and by its name in quotes.
#[derive(Clone, Debug)]
pub(super) struct Table<'r> {
    /// What the program has, which is mostly what the history has.
    registry: &'r Registry,
    name: String,
    history: String,
}

impl<'r> Table<'r> {
    pub(super) fn new(name: &str, registry: &'r Registry) -> Result<Self, DriverError> {
        if !is_table_name(name) {
            let message = format!("`{name}` cannot be the name of the history table");
            return Err(DriverError::new(DriverErrorKind::Unfit, message));
        }
        // Else a temporary table of this name, or one of an attached database, could be taken for it.
        let in_main = |name: &str| format!("main.{}", quote(name));
        let history = in_main(name);
        Ok(Self {
            registry,
            name: name.to_owned(),
            history,
        })
    }

    pub(super) fn create(&self, connection: &Connection) -> Result<(), DriverError> {
        connection
            .execute_batch(&create_history(&self.history))
            .map_err(error)
    }

    /// All rows, by one statement. A database without the table has no history.
    pub(super) fn read(
        &self,
        connection: &Connection,
        stamp: Option<i64>,
    ) -> Result<Snapshot, DriverError> {
        let mut reader = Reader::new(self.registry);
        let exists = self.each(connection, COLUMNS, &mut reader)?;
        Ok(Snapshot {
            history: reader.finish().0,
            stamp,
            exists,
        })
    }

    /// The same with all columns, by one statement too, so that both are of one moment.
    pub(super) fn applied(
        &self,
        connection: &Connection,
    ) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        let mut reader = Reader::whole(self.registry);
        let columns = format!("{COLUMNS}, {MORE_COLUMNS}");
        let exists = self.each(connection, &columns, &mut reader)?;
        let (history, applied) = reader.finish();
        let snapshot = Snapshot {
            history,
            stamp: None,
            exists,
        };
        Ok((snapshot, applied))
    }

    /// Whether the table is there; then every row of it was taken, in order.
    fn each(
        &self,
        connection: &Connection,
        columns: &str,
        reader: &mut Reader<'_>,
    ) -> Result<bool, DriverError> {
        let sql = format!("SELECT {columns} FROM {} ORDER BY seq", self.history);
        let mut statement = match connection.prepare(&sql) {
            Ok(statement) => statement,
            Err(failed) if is_missing_table(&failed) => return Ok(false),
            Err(failed) => return Err(self.unreadable(failed)),
        };
        let mut rows = statement.query([]).map_err(error)?;
        while let Some(row) = rows.next().map_err(error)? {
            reader.take(row).map_err(|failed| self.corrupt(&failed))?;
        }
        Ok(true)
    }

    /// The newest row and how far it is.
    pub(super) fn pulse(&self, connection: &Connection) -> Option<i64> {
        let sql = format!(
            "SELECT seq * 10000 + steps_done + steps_begun FROM {} ORDER BY seq DESC LIMIT 1",
            self.history
        );
        match connection
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        {
            Ok(pulse) => Some(pulse),
            Err(rusqlite::Error::QueryReturnedNoRows) => Some(0),
            Err(failed) if is_missing_table(&failed) => Some(0),
            Err(_) => None,
        }
    }

    pub(super) fn stored_down(
        &self,
        connection: &Connection,
        seq: i64,
    ) -> Result<Vec<String>, DriverError> {
        let sql = format!("SELECT down FROM {} WHERE seq = ?1", self.history);
        let mut statement = connection
            .prepare(&sql)
            .map_err(|failed| self.unreadable(failed))?;
        let down: Option<Option<String>> = statement
            .query_row([seq], |row| row.get(0))
            .optional()
            .map_err(error)?;
        let text = down.flatten().unwrap_or_default();
        let statements = split(&text, Dialect::Sqlite);
        Ok(statements
            .iter()
            .map(|statement| statement.text(&text).to_owned())
            .collect())
    }

    pub(super) fn record(
        &self,
        connection: &Connection,
        change: &Change,
    ) -> Result<(), DriverError> {
        let (sql, values) = statement(change, &self.history, |at| format!("?{at}").into());
        let values = values.iter().map(|value| match value {
            Value::Text(Some(text)) => ToSqlOutput::from(&**text),
            Value::Integer(Some(number)) => ToSqlOutput::from(*number),
            Value::Text(None) | Value::Integer(None) => ToSqlOutput::from(Null),
        });
        match connection
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.execute(params_from_iter(values)))
            .map_err(error)?
        {
            1 => Ok(()),
            rows => Err(self.corrupt(&format!("a change of one row has changed {rows}"))),
        }
    }

    /// A table of this name that is not ours.
    fn unreadable(&self, failed: rusqlite::Error) -> DriverError {
        let failed = error(failed);
        if failed.is_busy() || !failed.message.contains("no such column") {
            return failed;
        }
        let message = format!(
            "the table `{}` is not a history of this tool ({}): name another table for the history",
            self.name, failed.message
        );
        DriverError {
            kind: DriverErrorKind::History,
            message,
            ..failed
        }
    }

    fn corrupt(&self, what: &dyn std::fmt::Display) -> DriverError {
        let message = format!(
            "the history in the table `{}` is damaged: {what}. Restore it from a backup",
            self.name
        );
        DriverError::new(DriverErrorKind::History, message)
    }
}

pub(super) fn data_version(connection: &Connection) -> Result<i64, DriverError> {
    let mut statement = connection
        .prepare_cached("PRAGMA main.data_version")
        .map_err(error)?;
    statement.query_row([], |row| row.get(0)).map_err(error)
}

fn is_missing_table(error: &rusqlite::Error) -> bool {
    let message = match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        _ => return false,
    };
    sqlite_sql::is_missing_table(message)
}

impl Cells for SqlRow<'_> {
    fn text(&self, at: usize) -> Result<Option<&str>, String> {
        let value = self.get_ref(at).map_err(|failed| failed.to_string())?;
        let text = value.as_str_or_null();
        text.map_err(|_| format!("{} in place of a text", value.data_type()))
    }

    fn integer(&self, at: usize) -> Result<Option<i64>, String> {
        let value = self.get_ref(at).map_err(|failed| failed.to_string())?;
        let number = value.as_i64_or_null();
        number.map_err(|_| format!("{} in place of a number", value.data_type()))
    }
}
