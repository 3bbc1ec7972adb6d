//! The SQL of the history's table and of the lock's. All of it goes by the simple protocol: it needs no prepared statement,
//! so it passes a pool that gives every transaction another session, and several statements take one round trip.

use std::borrow::Cow;

use futures_util::TryStreamExt;
use tokio_postgres::{Client, Error, SimpleQueryMessage, SimpleQueryRow};

use crate::{
    drivers::record::{COLUMNS, Cells, MORE_COLUMNS, Reader, Value, statement},
    engine::driver::{DriverError, DriverErrorKind},
    history::Change,
};

use super::error::{At, code, error};

/// The most bytes of a name.
const LONGEST_NAME: usize = 63;
/// What is behind the name of the history in that of the lock.
const LOCK: &str = "_lock";

/// The tables, by their names.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    pub(super) name: String,
    /// Where they are, or will be, once that is known.
    pub(super) schema: Option<String>,
}

impl Tables {
    pub(super) fn new(name: &str, schema: Option<&str>) -> Result<Self, DriverError> {
        if name.is_empty() || name.contains('\0') || name.len() + LOCK.len() > LONGEST_NAME {
            let message = format!(
                "`{name}` cannot be the name of the history table: it has 1 to {} bytes",
                LONGEST_NAME - LOCK.len()
            );
            return Err(DriverError::new(DriverErrorKind::Unfit, message));
        }
        Ok(Self {
            name: name.to_owned(),
            schema: schema.map(str::to_owned),
        })
    }

    pub(super) fn history(&self) -> String {
        self.qualified(&self.name)
    }

    pub(super) fn lock_name(&self) -> String {
        format!("{}{LOCK}", self.name)
    }

    pub(super) fn lock(&self) -> String {
        self.qualified(&self.lock_name())
    }

    fn qualified(&self, name: &str) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", quote(schema), quote(name)),
            None => quote(name),
        }
    }

    pub(super) fn select(&self, whole: bool) -> String {
        let more = if whole {
            format!(", {MORE_COLUMNS}")
        } else {
            String::new()
        };
        format!(
            "SELECT {COLUMNS}{more} FROM {} ORDER BY seq",
            self.history()
        )
    }

    pub(super) fn create_history(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (
    seq BIGINT PRIMARY KEY,
    set_name TEXT NOT NULL,
    id TEXT NOT NULL,
    checksum TEXT NOT NULL,
    body_checksum TEXT,
    batch BIGINT NOT NULL,
    state TEXT NOT NULL,
    steps_done BIGINT NOT NULL,
    steps_begun BIGINT NOT NULL,
    environment TEXT NOT NULL,
    step_before TEXT,
    steps BIGINT NOT NULL,
    error TEXT,
    description TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    duration_ms BIGINT NOT NULL,
    applied_by TEXT NOT NULL,
    program_version TEXT NOT NULL,
    down TEXT,
    UNIQUE (set_name, id)
)",
            self.history()
        )
    }

    /// The lock: one row. `stamp` moves whenever the history does, `token` whenever somebody claims the work outside
    /// transactions, and `beat` while he is alive.
    pub(super) fn create_lock(&self) -> String {
        let lock = self.lock();
        format!(
            "CREATE TABLE IF NOT EXISTS {lock} (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    stamp BIGINT NOT NULL,
    token BIGINT NOT NULL,
    beat BIGINT NOT NULL,
    holder TEXT,
    session TEXT
);
INSERT INTO {lock} (id, stamp, token, beat) VALUES (1, 0, 0, 0) ON CONFLICT (id) DO NOTHING"
        )
    }

    pub(super) fn select_lock(&self) -> String {
        format!(
            "SELECT stamp, token, beat, holder, session FROM {} WHERE id = 1 FOR UPDATE NOWAIT",
            self.lock()
        )
    }

    /// The statements that write a change, and move the stamp. Each of the last two has to change one row.
    pub(super) fn record(&self, change: &Change) -> String {
        let (text, values) = statement(change, &self.history(), |_| Cow::Borrowed("\0"));
        let mut values = values.iter();
        let mut sql = String::with_capacity(text.len());
        for (at, part) in text.split('\0').enumerate() {
            if at > 0 {
                sql += &values.next().map(literal).unwrap_or_default();
            }
            sql += part;
        }
        format!("{sql}; {}", self.move_stamp())
    }

    pub(super) fn move_stamp(&self) -> String {
        format!("UPDATE {} SET stamp = stamp + 1 WHERE id = 1", self.lock())
    }

    /// An error of a statement over the history or the lock.
    pub(super) fn error(&self, failed: Error) -> DriverError {
        let (what, column) = match code(&failed) {
            Some("42703" | "42883" | "42804" | "42P10") => ("history", true),
            _ => ("", false),
        };
        let failed = error(failed, At::Undone);
        if !column {
            return failed;
        }
        let message = format!(
            "the table `{}` or `{}` is not a {what} of this tool ({}): name another table for the history",
            self.name,
            self.lock_name(),
            failed.message
        );
        DriverError {
            kind: DriverErrorKind::History,
            message,
            ..failed
        }
    }

    pub(super) fn corrupt(&self, what: &dyn std::fmt::Display) -> DriverError {
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

/// A text as a literal, whatever `standard_conforming_strings` says. The server has no NUL in texts.
pub(super) fn text(text: &str) -> String {
    let text = text.replace('\0', "\u{fffd}");
    if text.contains('\\') {
        format!(" E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

fn literal(value: &Value<'_>) -> String {
    match value {
        Value::Text(Some(some)) => text(some),
        Value::Integer(Some(number)) => number.to_string(),
        Value::Text(None) | Value::Integer(None) => "NULL".to_owned(),
    }
}

/// The answers to several statements: the rows of each, and how many rows each has changed.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) rows: Vec<Vec<SimpleQueryRow>>,
    pub(super) counts: Vec<u64>,
    /// The error of the statement behind those.
    pub(super) failed: Option<Error>,
}

impl Answers {
    /// A value of the first row of an answer.
    pub(super) fn get(&self, answer: usize, column: usize) -> Option<&str> {
        let row = self.rows.get(answer)?.first()?;
        row.try_get(column).ok().flatten()
    }

    /// Nothing went wrong.
    pub(super) fn whole(self) -> Result<Self, Error> {
        match self.failed {
            Some(failed) => Err(failed),
            None => Ok(self),
        }
    }
}

/// Sends several statements in one round trip. The answers before one that fails are kept.
pub(super) async fn ask(client: &Client, sql: &str) -> Result<Answers, Error> {
    let stream = client.simple_query_raw(sql).await?;
    let mut stream = std::pin::pin!(stream);
    let mut answers = Answers::default();
    let mut rows = Vec::new();
    loop {
        match stream.try_next().await {
            Ok(Some(SimpleQueryMessage::Row(row))) => rows.push(row),
            Ok(Some(SimpleQueryMessage::CommandComplete(count))) => {
                answers.rows.push(std::mem::take(&mut rows));
                answers.counts.push(count);
            }
            Ok(Some(_)) => {}
            Ok(None) => return Ok(answers),
            Err(failed) => {
                answers.failed = Some(failed);
                return Ok(answers);
            }
        }
    }
}

/// The rows of a history.
pub(super) fn read(
    tables: &Tables,
    rows: &[SimpleQueryRow],
    mut reader: Reader<'_>,
) -> Result<(crate::history::History, Vec<crate::history::Applied>), DriverError> {
    for row in rows {
        reader.take(row).map_err(|failed| tables.corrupt(&failed))?;
    }
    Ok(reader.finish())
}

impl Cells for SimpleQueryRow {
    fn text(&self, at: usize) -> Result<Option<&str>, String> {
        self.try_get(at).map_err(|failed| failed.to_string())
    }

    fn integer(&self, at: usize) -> Result<Option<i64>, String> {
        let Some(text) = Cells::text(self, at)? else {
            return Ok(None);
        };
        let number = text.parse();
        number
            .map(Some)
            .map_err(|_| format!("{text:?} in place of a number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_the_text_whatever_is_in_it() {
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(text(r"a\'b"), r" E'a\\''b'");
        assert_eq!(text("a\0b"), "'a\u{fffd}b'");
        assert_eq!(quote("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn values_stand_in_the_places_of_a_change() {
        let tables = Tables::new("_migrations", Some("app")).unwrap();
        let change = Change::Rename {
            seq: 7,
            set: "it's".to_owned(),
            id: "$1 \\ ?".to_owned(),
        };
        assert_eq!(
            tables.record(&change),
            "UPDATE \"app\".\"_migrations\" SET set_name = 'it''s', id =  E'$1 \\\\ ?' WHERE seq = 7; \
             UPDATE \"app\".\"_migrations_lock\" SET stamp = stamp + 1 WHERE id = 1"
        );
    }

    #[test]
    fn a_name_has_to_leave_room_for_that_of_the_lock() {
        assert!(Tables::new(&"n".repeat(58), None).is_ok());
        for name in [&*"n".repeat(59), "", "a\0"] {
            let error = Tables::new(name, None).unwrap_err();
            assert!(
                error.message.contains("cannot be the name"),
                "{}",
                error.message
            );
        }
    }
}
