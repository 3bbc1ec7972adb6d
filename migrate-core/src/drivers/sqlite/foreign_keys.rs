//! Foreign keys around a migration that rebuilds tables.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::{
    drivers::sqlite_sql::quote,
    engine::driver::{DriverError, DriverErrorKind},
};

use super::error;

/// Enforcement is off while this lives, and on again on every path: commit, error, panic.
pub(super) struct EnforcementOff<'a>(&'a Connection);

impl<'a> EnforcementOff<'a> {
    /// Nothing, where the connection does not enforce foreign keys anyway.
    pub(super) fn new(connection: &'a Connection) -> Result<Option<Self>, DriverError> {
        let on: bool = connection
            .query_row("PRAGMA foreign_keys", [], |row| row.get(0))
            .map_err(error)?;
        if !on {
            return Ok(None);
        }
        connection
            .execute_batch("PRAGMA foreign_keys = OFF")
            .map_err(error)?;
        Ok(Some(Self(connection)))
    }
}

impl Drop for EnforcementOff<'_> {
    fn drop(&mut self) {
        // The pragma fails only on a connection that is broken altogether.
        let _ = self.0.execute_batch("PRAGMA foreign_keys = ON");
    }
}

/// What is wrong with the foreign keys.
#[derive(Default)]
pub(super) struct Violations {
    /// The rows that refer to nothing, by their table and the one they refer to.
    rows: BTreeMap<(String, String), Rows>,
    /// Keys that SQLite cannot follow, because their parent has no such unique columns.
    mismatches: BTreeSet<String>,
}

#[derive(Default)]
struct Rows {
    count: usize,
    first: Option<i64>,
}

impl Violations {
    pub(super) fn find(connection: &Connection) -> Result<Self, DriverError> {
        let mut found = Self::default();
        match found.add(connection, "PRAGMA foreign_key_check") {
            // It ends the whole check, so that the tables have to be asked one by one.
            Err(failed) if mismatch(&failed).is_some() => Self::table_by_table(connection),
            result => result.map(|()| found),
        }
        .map_err(error)
    }

    fn table_by_table(connection: &Connection) -> rusqlite::Result<Self> {
        let mut found = Self::default();
        let mut tables =
            connection.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")?;
        let names: rusqlite::Result<Vec<String>> =
            tables.query_map([], |row| row.get(0))?.collect();
        for name in names? {
            let check = format!("PRAGMA main.foreign_key_check({})", quote(&name));
            let result = found.add(connection, &check);
            match result.as_ref().err().and_then(mismatch) {
                Some(message) => {
                    found.mismatches.insert(message.to_owned());
                }
                None => result?,
            }
        }
        Ok(found)
    }

    fn add(&mut self, connection: &Connection, check: &str) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(check)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let rowid: Option<i64> = row.get(1)?;
            let found = self.rows.entry((row.get(0)?, row.get(2)?)).or_default();
            found.count += 1;
            found.first = found.first.or(rowid);
        }
        Ok(())
    }

    /// Violations that were there before are not this migration's fault.
    pub(super) fn refuse_new(&self, before: &Self) -> Result<(), DriverError> {
        let refusal = |message| Err(DriverError::new(DriverErrorKind::ForeignKeys, message));
        if let Some(message) = self.mismatches.difference(&before.mismatches).next() {
            return refusal(format!(
                "{message}: the columns that it refers to are neither the primary key nor unique"
            ));
        }
        for (key @ (table, parent), rows) in &self.rows {
            let old = before.rows.get(key).map_or(0, |rows| rows.count);
            // With old ones among them it cannot be told which are new.
            let first = rows.first.filter(|_| old == 0);
            let rowid = |words: &str| {
                first.map_or_else(String::new, |rowid| format!(" ({words}rowid {rowid})"))
            };
            let what = match rows.count.saturating_sub(old) {
                0 => continue,
                1 => format!(
                    "a row of `{table}` refers to one of `{parent}` that is not there{}",
                    rowid("")
                ),
                new => format!(
                    "{new} rows of `{table}` refer to rows of `{parent}` that are not there{}",
                    rowid("the first has the ")
                ),
            };
            return refusal(format!("foreign keys are violated: {what}"));
        }
        Ok(())
    }
}

/// The message, where a key cannot be followed at all.
fn mismatch(error: &rusqlite::Error) -> Option<&str> {
    let message = match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        _ => return None,
    };
    message
        .starts_with("foreign key mismatch")
        .then_some(message.as_str())
}
