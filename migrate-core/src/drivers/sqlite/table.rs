//! The table of the history.

use std::{borrow::Cow, sync::Arc};

use migrate_schema::{Dialect, statement::split};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, named_params, params};

use crate::{
    engine::driver::{DriverError, DriverErrorKind, Snapshot},
    history::{Applied, Change, History, NewRow, Progress, Row},
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

const COLUMNS: &str = "seq, set_name, id, checksum, body_checksum, batch, state, steps_done, steps_begun, environment";
/// What is only shown.
const MORE_COLUMNS: &str =
    "description, applied_at, duration_ms, steps, error, applied_by, program_version";

impl<'r> Table<'r> {
    pub(super) fn new(name: &str, registry: &'r Registry) -> Result<Self, DriverError> {
        if name.is_empty()
            || name.contains('\0')
            || name.to_ascii_lowercase().starts_with("sqlite_")
        {
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

    /// What every start reads comes first in a row, where SQLite gets to it soonest; the SQL of `down`, which may be
    /// long, comes last.
    pub(super) fn create(&self, connection: &Connection) -> Result<(), DriverError> {
        let history = &self.history;
        let sql = format!(
            "CREATE TABLE IF NOT EXISTS {history} (
    seq INTEGER PRIMARY KEY,
    set_name TEXT NOT NULL,
    id TEXT NOT NULL,
    checksum TEXT NOT NULL,
    body_checksum TEXT,
    batch INTEGER NOT NULL,
    state TEXT NOT NULL,
    steps_done INTEGER NOT NULL,
    steps_begun INTEGER NOT NULL,
    environment TEXT NOT NULL,
    steps INTEGER NOT NULL,
    error TEXT,
    description TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    program_version TEXT NOT NULL,
    down TEXT,
    UNIQUE (set_name, id)
)"
        );
        connection.execute_batch(&sql).map_err(error)
    }

    /// All rows, by one statement. A database without the table has no history.
    pub(super) fn read(
        &self,
        connection: &Connection,
        stamp: Option<i64>,
    ) -> Result<Snapshot, DriverError> {
        let mut list: Vec<Row> = Vec::with_capacity(self.registry.len());
        let mut expected = Expected {
            registry: self.registry,
            next: 0,
        };
        let exists = self.each(connection, COLUMNS, |row| {
            list.push(read_row(row, list.last(), &mut expected)?);
            Ok(())
        })?;
        Ok(Snapshot {
            history: History::new(list),
            stamp,
            exists,
        })
    }

    /// The same with all columns, by one statement too, so that both are of one moment.
    pub(super) fn applied(
        &self,
        connection: &Connection,
    ) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        let mut list: Vec<Row> = Vec::new();
        let mut expected = Expected {
            registry: self.registry,
            next: 0,
        };
        let mut applied = Vec::new();
        let exists = self.each(connection, &format!("{COLUMNS}, {MORE_COLUMNS}"), |row| {
            let lean = read_row(row, list.last(), &mut expected)?;
            applied.push(read_applied(row, &lean)?);
            list.push(lean);
            Ok(())
        })?;
        let snapshot = Snapshot {
            history: History::new(list),
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
        mut take: impl FnMut(&SqlRow<'_>) -> Result<(), String>,
    ) -> Result<bool, DriverError> {
        let sql = format!("SELECT {columns} FROM {} ORDER BY seq", self.history);
        let mut statement = match connection.prepare(&sql) {
            Ok(statement) => statement,
            Err(failed) if is_missing_table(&failed) => return Ok(false),
            Err(failed) => return Err(self.unreadable(failed)),
        };
        let mut rows = statement.query([]).map_err(error)?;
        while let Some(row) = rows.next().map_err(error)? {
            take(row).map_err(|failed| self.corrupt(&failed))?;
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
        let history = &self.history;
        match change {
            Change::Insert(new) => self.insert(connection, new),
            Change::Progress {
                seq,
                progress,
                error: failed,
            } => {
                let (state, done, begun) = columns(*progress);
                let sql = format!(
                    "UPDATE {history} SET state = ?2, steps_done = ?3, steps_begun = ?4, error = ?5 WHERE seq = ?1"
                );
                self.change_one(connection, &sql, params![seq, state, done, begun, failed])
            }
            Change::Finish {
                seq,
                checksum,
                body,
                duration_ms,
            } => {
                let sql = format!(
                    "UPDATE {history} SET state = 'applied', error = NULL, checksum = ?2, body_checksum = ?3,
                     duration_ms = coalesce(?4, duration_ms) WHERE seq = ?1"
                );
                self.change_one(connection, &sql, params![seq, checksum, body, duration_ms])
            }
            Change::Rename { seq, set, id } => {
                let sql = format!("UPDATE {history} SET set_name = ?2, id = ?3 WHERE seq = ?1");
                self.change_one(connection, &sql, params![seq, set, id])
            }
            Change::Delete { seq } => {
                let sql = format!("DELETE FROM {history} WHERE seq = ?1");
                self.change_one(connection, &sql, params![seq])
            }
            Change::StoreDown { seq, statements } => {
                let sql = format!("UPDATE {history} SET down = ?2 WHERE seq = ?1");
                self.change_one(connection, &sql, params![seq, statements.join(";\n")])
            }
        }
    }

    fn insert(&self, connection: &Connection, new: &NewRow) -> Result<(), DriverError> {
        let (state, done, begun) = columns(new.row.progress);
        let done = if new.row.progress == Progress::Applied {
            new.steps
        } else {
            done
        };
        let sql = format!(
            "INSERT INTO {} (seq, set_name, id, description, checksum, body_checksum, batch, state, steps, steps_done,
             steps_begun, applied_at, duration_ms, environment, applied_by, program_version)
             VALUES (:seq, :set, :id, :description, :checksum, :body, :batch, :state, :steps, :done, :begun,
             :applied_at, :duration_ms, :environment, :applied_by, :program_version)",
            self.history
        );
        let values = named_params! {
            ":seq": new.row.seq, ":set": &*new.row.set, ":id": new.row.id, ":description": new.description,
            ":checksum": new.row.checksum, ":body": new.row.body, ":batch": new.row.batch, ":state": state,
            ":steps": new.steps, ":done": done, ":begun": begun.max(done), ":applied_at": new.applied_at,
            ":duration_ms": new.duration_ms, ":environment": &*new.row.environment,
            ":applied_by": new.applied_by, ":program_version": new.program_version,
        };
        connection
            .prepare_cached(&sql)
            .and_then(|mut insert| insert.execute(values))
            .map_err(error)?;
        Ok(())
    }

    fn change_one(
        &self,
        connection: &Connection,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), DriverError> {
        match connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
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

/// A name in quotes.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
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
    message.starts_with("no such table")
}

/// The highest number of a row, and of a batch, that can be: from there on is still room to count.
const MOST: i64 = 1 << 53;
/// The most steps that a migration can have.
const MOST_STEPS: i64 = 1_000_000_000;

/// What the program expects in the next row, so that its texts need no copy.
struct Expected<'a> {
    registry: &'a Registry,
    next: usize,
}

impl Expected<'_> {
    /// The id and the checksum, borrowed where the next few migrations of the program have them.
    fn texts(&mut self, id: &str, checksum: &str) -> (Cow<'static, str>, Cow<'static, str>) {
        let mut near = self.registry.iter().enumerate().skip(self.next).take(4);
        let found = near.find_map(|(at, one)| {
            let known = one.id().as_static().filter(|known| *known == id)?;
            Some((at, known, one.known_checksum()))
        });
        let Some((at, id, known)) = found else {
            return (Cow::Owned(id.to_owned()), Cow::Owned(checksum.to_owned()));
        };
        self.next = at + 1;
        let checksum = match known {
            Some(same) if same == checksum => Cow::Borrowed(same),
            _ => Cow::Owned(checksum.to_owned()),
        };
        (Cow::Borrowed(id), checksum)
    }
}

fn read_row(
    row: &SqlRow<'_>,
    last: Option<&Row>,
    expected: &mut Expected<'_>,
) -> Result<Row, String> {
    let seq: i64 = row.get(0).map_err(|failed| failed.to_string())?;
    if !(0..=MOST).contains(&seq) {
        return Err(format!("the number {seq} of a row is out of range"));
    }
    let column = |failed: rusqlite::Error| format!("row {seq}: {failed}");
    // Most rows repeat the set and the environment of the one before.
    let shared = |text: &str, before: Option<&Arc<str>>| match before {
        Some(before) if &**before == text => Arc::clone(before),
        _ => Arc::from(text),
    };
    let text = |at: usize| {
        row.get_ref(at).map_err(column)?.as_str().map_err(|failed| {
            let name = row.as_ref().column_name(at).unwrap_or_default();
            format!("row {seq}: {failed} in the column `{name}`")
        })
    };
    let state: &str = text(6)?;
    let progress = match state {
        "applied" => Progress::Applied,
        _ => progress(
            seq,
            state,
            row.get(7).map_err(column)?,
            row.get(8).map_err(column)?,
        )?,
    };
    let batch = row.get(5).map_err(column)?;
    if !(0..=MOST).contains(&batch) {
        return Err(format!("row {seq} has the batch {batch}"));
    }
    let (id, checksum) = expected.texts(text(2)?, text(3)?);
    Ok(Row {
        seq,
        set: shared(text(1)?, last.map(|row| &row.set)),
        id,
        checksum,
        body: row.get(4).map_err(column)?,
        batch,
        progress,
        environment: shared(text(9)?, last.map(|row| &row.environment)),
    })
}

fn read_applied(row: &SqlRow<'_>, lean: &Row) -> Result<Applied, String> {
    let column = |failed: rusqlite::Error| format!("row {}: {failed}", lean.seq);
    Ok(Applied {
        seq: lean.seq,
        set: lean.set.to_string(),
        id: lean.id.to_string(),
        description: row.get(10).map_err(column)?,
        checksum: lean.checksum.to_string(),
        batch: lean.batch,
        progress: lean.progress,
        applied_at: row.get(11).map_err(column)?,
        duration_ms: row.get(12).map_err(column)?,
        steps: row.get(13).map_err(column)?,
        error: row.get(14).map_err(column)?,
        environment: lean.environment.to_string(),
        applied_by: row.get(15).map_err(column)?,
        program_version: row.get(16).map_err(column)?,
    })
}

fn columns(progress: Progress) -> (&'static str, u32, u32) {
    match progress {
        Progress::Applied => ("applied", 0, 0),
        Progress::Applying { done, begun } => ("applying", done, begun),
        Progress::Reverting { done, begun } => ("reverting", done, begun),
    }
}

fn progress(seq: i64, state: &str, done: i64, begun: i64) -> Result<Progress, String> {
    let count = |value: i64| match u32::try_from(value) {
        Ok(count) if i64::from(count) <= MOST_STEPS => Ok(count),
        _ => Err(format!("row {seq} has the step {value}")),
    };
    let (done, begun) = (count(done)?, count(begun)?);
    match state {
        "applied" => Ok(Progress::Applied),
        "applying" => Ok(Progress::Applying { done, begun }),
        "reverting" => Ok(Progress::Reverting { done, begun }),
        other => Err(format!("row {seq} has the state {other:?}")),
    }
}
