//! The table of the history.

use mysql_async::Row;

use super::{
    error::{self, NO_SUCH_TABLE, code, is_foreign},
    link::{Line, literal, number, quote, text},
};
use crate::{
    drivers::record::{COLUMNS, Cells, MORE_COLUMNS, Reader, Value, statement},
    engine::driver::{DriverError, DriverErrorKind, Snapshot},
    history::{Applied, Change},
    registry::Registry,
};
use migrate_schema::{Dialect, statement::split};

/// How many characters a set and an id may have: what fits into a key of every version.
const LONGEST_KEY: usize = 255;
/// How many characters of a name the server keeps; the table of the lock has five more than that of the history.
const LONGEST_NAME: usize = 64 - LOCK.len();
const LOCK: &str = "_lock";

/// On Galera a node may be behind the others; this makes it catch up first. Only MariaDB reads such a comment.
pub(super) const IN_STEP: &str = "/*M!100300 SET STATEMENT wsrep_sync_wait = 15 FOR */ ";

/// The tables by their names.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// What the program has, which is mostly what the history has.
    registry: Registry,
    name: String,
    /// The database, as soon as it is known: a step may go over to another one.
    database: Option<String>,
}

impl Table {
    pub(super) fn new(name: &str, registry: &Registry) -> Result<Self, DriverError> {
        let fault = if name.is_empty() || name.ends_with(' ') || name.contains('\0') {
            "cannot be"
        } else if name.chars().count() > LONGEST_NAME {
            "is too long to be"
        } else {
            return Ok(Self {
                registry: registry.clone(),
                name: name.to_owned(),
                database: None,
            });
        };
        let message = format!("`{name}` {fault} the name of the history table");
        Err(DriverError::new(DriverErrorKind::Unfit, message))
    }

    /// The database in which the tables are.
    pub(super) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    pub(super) fn set_database(&mut self, database: String) {
        self.database.get_or_insert(database);
    }

    /// The names of both tables, without quotes.
    pub(super) fn names(&self) -> [String; 2] {
        [self.name.clone(), format!("{}{LOCK}", self.name)]
    }

    fn history(&self) -> String {
        self.qualified(&self.name)
    }

    /// The table of the lock, as statements name it.
    pub(super) fn lock(&self) -> String {
        self.qualified(&format!("{}{LOCK}", self.name))
    }

    fn qualified(&self, name: &str) -> String {
        match &self.database {
            Some(database) => format!("{}.{}", quote(database), quote(name)),
            None => quote(name),
        }
    }

    /// Engine, character set and collation are said, whatever the server has as its own.
    pub(super) async fn create(&self, connection: &mut Line) -> Result<(), mysql_async::Error> {
        let sql = format!(
            "CREATE TABLE IF NOT EXISTS {} (
    seq BIGINT NOT NULL PRIMARY KEY,
    set_name VARCHAR({LONGEST_KEY}) NOT NULL,
    id VARCHAR({LONGEST_KEY}) NOT NULL,
    checksum VARCHAR(255) NOT NULL,
    body_checksum VARCHAR(255) NULL,
    batch BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    steps_done BIGINT NOT NULL,
    steps_begun BIGINT NOT NULL,
    environment LONGTEXT NOT NULL,
    step_before LONGTEXT NULL,
    steps BIGINT NOT NULL,
    error LONGTEXT NULL,
    description LONGTEXT NOT NULL,
    applied_at VARCHAR(64) NOT NULL,
    duration_ms BIGINT NOT NULL,
    applied_by LONGTEXT NOT NULL,
    program_version VARCHAR(255) NOT NULL,
    down LONGTEXT NULL,
    UNIQUE KEY set_name (set_name, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            self.history()
        );
        connection.tell(&sql).await
    }

    pub(super) fn drop_statement(&self) -> String {
        format!("DROP TABLE IF EXISTS {}", self.history())
    }

    /// All rows. A database without the table has no history. Statements may stand before, in the same packet; their
    /// rows come first.
    pub(super) async fn read(
        &self,
        connection: &mut Line,
        first: &str,
        stamp: Option<i64>,
    ) -> Result<(Vec<Row>, Snapshot), DriverError> {
        let mut reader = Reader::new(&self.registry);
        let (before, exists) = self.each(connection, first, COLUMNS, &mut reader).await?;
        let snapshot = Snapshot {
            history: reader.finish().0,
            stamp,
            exists,
        };
        Ok((before, snapshot))
    }

    /// The same with all columns, of one moment.
    pub(super) async fn applied(
        &self,
        connection: &mut Line,
        first: &str,
    ) -> Result<(Vec<Row>, Snapshot, Vec<Applied>), DriverError> {
        let mut reader = Reader::whole(&self.registry);
        let columns = format!("{COLUMNS}, {MORE_COLUMNS}");
        let (before, exists) = self.each(connection, first, &columns, &mut reader).await?;
        let (history, applied) = reader.finish();
        let snapshot = Snapshot {
            history,
            stamp: None,
            exists,
        };
        Ok((before, snapshot, applied))
    }

    async fn each(
        &self,
        connection: &mut Line,
        first: &str,
        columns: &str,
        reader: &mut Reader<'_>,
    ) -> Result<(Vec<Row>, bool), DriverError> {
        let sql = format!(
            "{first}{IN_STEP}SELECT {columns} FROM {} ORDER BY seq",
            self.history()
        );
        let mut answer = connection.ask(&sql).await;
        // One that stands first has its rows even where the second one fails.
        let mut before = Vec::new();
        if !first.is_empty() && !answer.sets.is_empty() {
            before = answer.sets.remove(0).rows;
        }
        match answer.error {
            None => {}
            Some(failed) if code(&failed) == Some(NO_SUCH_TABLE) => return Ok((before, false)),
            Some(failed) => return Err(self.unreadable(failed)),
        }
        for row in answer.sets.iter().flat_map(|set| &set.rows) {
            let taken = reader.take(&Text(row));
            taken.map_err(|failed| self.corrupt(&failed))?;
        }
        Ok((before, true))
    }

    pub(super) async fn stored_down(
        &self,
        connection: &mut Line,
        seq: i64,
    ) -> Result<Vec<String>, DriverError> {
        let sql = format!("SELECT down FROM {} WHERE seq = {seq}", self.history());
        let rows = connection.rows(&sql).await;
        let rows = rows.map_err(|failed| self.unreadable(failed))?;
        let down = rows.first().and_then(|row| text(row, 0));
        let down = down.unwrap_or_default();
        let statements = split(&down, Dialect::Mysql);
        Ok(statements
            .iter()
            .map(|statement| statement.text(&down).to_owned())
            .collect())
    }

    pub(super) async fn record(
        &self,
        connection: &mut Line,
        change: &Change,
    ) -> Result<(), DriverError> {
        keys_fit(change)?;
        let (sql, values) = statement(change, &self.history(), |_| "\u{1}".into());
        // The values stand in the text, so that it needs no second round trip.
        let mut packet = String::with_capacity(sql.len() + 1024);
        let mut parts = sql.split('\u{1}');
        packet.push_str(parts.next().unwrap_or_default());
        for (value, part) in values.iter().zip(parts) {
            packet.push_str(&match value {
                Value::Text(Some(text)) => literal(text),
                Value::Integer(Some(number)) => number.to_string(),
                Value::Text(None) | Value::Integer(None) => "NULL".to_owned(),
            });
            packet.push_str(part);
        }
        let sets = connection.ask(&packet).await.whole();
        let sets = sets.map_err(error::error)?;
        match sets.first().map_or(0, |set| set.matched) {
            1 => Ok(()),
            rows => Err(self.corrupt(&format!("a change of one row has changed {rows}"))),
        }
    }

    /// A table of this name that is not ours.
    fn unreadable(&self, failed: mysql_async::Error) -> DriverError {
        let foreign = is_foreign(&failed);
        let failed = error::error(failed);
        if !foreign {
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

/// Without a strict `sql_mode` the server would cut a longer one off, and say nothing.
fn keys_fit(change: &Change) -> Result<(), DriverError> {
    let keys: [&str; 2] = match change {
        Change::Insert(new) => [&new.row.set, &new.row.id],
        Change::Rename { set, id, .. } => [set, id],
        _ => return Ok(()),
    };
    match keys.iter().find(|key| key.chars().count() > LONGEST_KEY) {
        None => Ok(()),
        Some(key) => Err(DriverError::new(
            DriverErrorKind::Other,
            format!(
                "`{key}` has more than {LONGEST_KEY} characters, which the history cannot hold"
            ),
        )),
    }
}

/// A row of the text protocol.
struct Text<'a>(&'a Row);

impl Cells for Text<'_> {
    fn text(&self, at: usize) -> Result<Option<&str>, String> {
        use mysql_async::Value;
        match self.0.as_ref(at) {
            Some(Value::NULL) => Ok(None),
            Some(Value::Bytes(bytes)) => std::str::from_utf8(bytes)
                .map(Some)
                .map_err(|_| "something in place of a text".to_owned()),
            _ => Err("something in place of a text".to_owned()),
        }
    }

    fn integer(&self, at: usize) -> Result<Option<i64>, String> {
        use mysql_async::Value;
        match self.0.as_ref(at) {
            Some(Value::NULL) => Ok(None),
            _ => number(self.0, at)
                .map(Some)
                .ok_or_else(|| "something in place of a number".to_owned()),
        }
    }
}
