//! Foreign keys around a migration that rebuilds tables.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::engine::driver::{DriverError, DriverErrorKind};

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

/// The rows that refer to nothing, counted by their table and the one they refer to.
pub(super) struct Violations(BTreeMap<(String, String), Rows>);

#[derive(Default)]
struct Rows {
    count: usize,
    first: Option<i64>,
}

impl Violations {
    pub(super) fn find(connection: &Connection) -> Result<Self, DriverError> {
        let mut found: BTreeMap<(String, String), Rows> = BTreeMap::new();
        let mut statement = connection
            .prepare("PRAGMA foreign_key_check")
            .map_err(error)?;
        let mut rows = statement.query([]).map_err(error)?;
        while let Some(row) = rows.next().map_err(error)? {
            let key = (row.get(0).map_err(error)?, row.get(2).map_err(error)?);
            let rowid: Option<i64> = row.get(1).map_err(error)?;
            let rows = found.entry(key).or_default();
            rows.count += 1;
            rows.first = rows.first.or(rowid);
        }
        Ok(Self(found))
    }

    /// Violations that were there before are not this migration's fault.
    pub(super) fn refuse_new(&self, before: &Self) -> Result<(), DriverError> {
        for (key @ (table, parent), rows) in &self.0 {
            let old = before.0.get(key).map_or(0, |rows| rows.count);
            if rows.count > old {
                let first = rows.first.map_or_else(String::new, |rowid| {
                    format!(", the first with rowid {rowid}")
                });
                return Err(DriverError::new(
                    DriverErrorKind::ForeignKeys,
                    format!(
                        "foreign keys are violated: {} rows of `{table}` refer to rows of `{parent}` that are not there{first}",
                        rows.count - old
                    ),
                ));
            }
        }
        Ok(())
    }
}
