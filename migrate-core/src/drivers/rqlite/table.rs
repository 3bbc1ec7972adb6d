//! The table of the history.

use migrate_schema::{Dialect, statement::split};
use serde_json::json;

use crate::{
    drivers::{
        record::{COLUMNS, MORE_COLUMNS, Reader, statement},
        sqlite_sql::{create_history, is_missing_table, is_table_name, quote},
    },
    engine::driver::{DriverError, DriverErrorKind},
    history::{Applied, Change, History},
    registry::Registry,
};

use super::wire::{Outcome, Row, Statement};

/// The table, by its name and by its name in quotes.
#[derive(Clone, Debug)]
pub(super) struct Table<'r> {
    registry: &'r Registry,
    name: String,
    quoted: String,
}

impl<'r> Table<'r> {
    pub(super) fn new(name: &str, registry: &'r Registry) -> Result<Self, DriverError> {
        if !is_table_name(name) {
            let message = format!("`{name}` cannot be the name of the history table");
            return Err(DriverError::new(DriverErrorKind::Unfit, message));
        }
        Ok(Self {
            registry,
            name: name.to_owned(),
            quoted: format!("main.{}", quote(name)),
        })
    }

    pub(super) fn create(&self) -> Statement {
        Statement::plain(&create_history(&self.quoted))
    }

    pub(super) fn select(&self) -> Statement {
        Statement::plain(&format!(
            "SELECT {COLUMNS} FROM {} ORDER BY seq",
            self.quoted
        ))
    }

    pub(super) fn select_whole(&self) -> Statement {
        Statement::plain(&format!(
            "SELECT {COLUMNS}, {MORE_COLUMNS} FROM {} ORDER BY seq",
            self.quoted
        ))
    }

    /// Takes what `select` has given: whether the table is there, and its rows.
    pub(super) fn read(&self, outcome: Option<&Outcome>) -> Result<(bool, History), DriverError> {
        let (exists, (history, _)) = self.rows(outcome, Reader::new(self.registry))?;
        Ok((exists, history))
    }

    /// The same of `select_whole`.
    pub(super) fn read_whole(
        &self,
        outcome: Option<&Outcome>,
    ) -> Result<(bool, History, Vec<Applied>), DriverError> {
        let (exists, (history, applied)) = self.rows(outcome, Reader::whole(self.registry))?;
        Ok((exists, history, applied))
    }

    fn rows(
        &self,
        outcome: Option<&Outcome>,
        mut reader: Reader<'_>,
    ) -> Result<(bool, (History, Vec<Applied>)), DriverError> {
        match outcome {
            Some(Outcome::Rows(rows)) => {
                for row in rows {
                    reader.take(&Row(row)).map_err(|what| self.corrupt(&what))?;
                }
                Ok((true, reader.finish()))
            }
            Some(Outcome::Error(text)) if is_missing_table(text) => Ok((false, reader.finish())),
            Some(Outcome::Error(text)) => Err(self.unreadable(text)),
            None => Err(self.corrupt("there is no answer")),
        }
    }

    pub(super) fn select_down(&self, seq: i64) -> Statement {
        let sql = format!("SELECT down FROM {} WHERE seq = ?", self.quoted);
        Statement::new(&sql, vec![json!(seq)])
    }

    pub(super) fn read_down(&self, outcome: Option<&Outcome>) -> Result<Vec<String>, DriverError> {
        let rows = match outcome {
            Some(Outcome::Rows(rows)) => rows,
            Some(Outcome::Error(text)) => return Err(self.unreadable(text)),
            None => return Err(self.corrupt("there is no answer")),
        };
        let text = rows.first().and_then(|row| row.first()?.as_str());
        let text = text.unwrap_or_default();
        let statements = split(text, Dialect::Sqlite);
        let texts = statements.iter().map(|one| one.text(text).to_owned());
        Ok(texts.collect())
    }

    pub(super) fn record(&self, change: &Change) -> Statement {
        let (sql, values) = statement(change, &self.quoted, |_| "?".into());
        Statement::of_record(&sql, &values)
    }

    /// A table of this name that is not ours.
    fn unreadable(&self, text: &str) -> DriverError {
        if !text.contains("no such column") {
            return DriverError::new(DriverErrorKind::Other, text);
        }
        let message = format!(
            "the table `{}` is not a history of this tool ({text}): name another table for the history",
            self.name
        );
        DriverError::new(DriverErrorKind::History, message)
    }

    pub(super) fn corrupt(&self, what: &str) -> DriverError {
        let message = format!(
            "the history in the table `{}` is damaged: {what}. Restore it from a backup",
            self.name
        );
        DriverError::new(DriverErrorKind::History, message)
    }
}
