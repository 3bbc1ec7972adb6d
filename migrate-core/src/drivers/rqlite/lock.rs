//! The row that every change of the history goes by: its token is one higher after each, and a change is sent together
//! with the token that was read. Where another run was faster, the first statement fails, and so does all of it.

use serde_json::{Value as Json, json};

use crate::{
    drivers::{
        lease::Lease,
        record::Cells,
        sqlite_sql::{is_missing_table, quote},
    },
    engine::driver::{DriverError, DriverErrorKind},
};

use super::wire::{Outcome, Row, Statement};

/// The table of the row.
#[derive(Clone, Debug)]
pub(super) struct Lock {
    name: String,
    table: String,
}

/// The row, as far as it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    NoTable,
    NoRow,
    Row {
        lease: Lease,
        /// Who has changed it last: each change has a name of its own.
        writer: Option<String>,
    },
}

impl Found {
    pub(super) fn token(&self) -> Option<i64> {
        match self {
            Self::Row { lease, .. } => Some(lease.token),
            _ => None,
        }
    }

    pub(super) fn writer(&self) -> Option<&str> {
        match self {
            Self::Row { writer, .. } => writer.as_deref(),
            _ => None,
        }
    }

    pub(super) fn holder(&self) -> Option<&str> {
        match self {
            Self::Row { lease, .. } => lease.holder.as_deref(),
            _ => None,
        }
    }
}

/// What a change does to the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holding<'a> {
    /// It has none.
    None,
    /// It is refused where this one has it no more.
    Has(&'a str),
    /// It takes it.
    Takes(&'a str),
}

impl Lock {
    pub(super) fn new(history: &str) -> Self {
        let name = format!("{history}_lock");
        Self {
            table: format!("main.{}", quote(&name)),
            name,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn read(&self) -> Statement {
        let Self { table, .. } = self;
        Statement::plain(&format!(
            "SELECT token, beat, holder, writer FROM {table} WHERE id = 1"
        ))
    }

    pub(super) fn found(&self, outcome: Option<&Outcome>) -> Result<Found, DriverError> {
        let rows = match outcome {
            Some(Outcome::Rows(rows)) => rows,
            Some(Outcome::Error(text)) if is_missing_table(text) => return Ok(Found::NoTable),
            Some(Outcome::Error(text)) => return Err(self.not_ours(text)),
            None => return Err(self.not_ours("no answer")),
        };
        let Some(row) = rows.first() else {
            return Ok(Found::NoRow);
        };
        let row = Row(row);
        let read = || {
            let number = |at| {
                row.integer(at)?
                    .ok_or_else(|| "nothing in place of a number".to_owned())
            };
            let text = |at| row.text(at).map(|text| text.map(str::to_owned));
            Ok(Found::Row {
                lease: Lease {
                    token: number(0)?,
                    beat: number(1)?,
                    holder: text(2)?,
                },
                writer: text(3)?,
            })
        };
        read().map_err(|what: String| self.not_ours(&what))
    }

    fn not_ours(&self, what: &str) -> DriverError {
        let message = format!(
            "the table `{}` is not the lock of this tool ({what}): name another table for the history, and the lock is \
             named after it",
            self.name
        );
        DriverError::new(DriverErrorKind::History, message)
    }

    /// The first statements of a change. They fail unless the row is still as it was found, and so all of it does.
    pub(super) fn guard(
        &self,
        found: &Found,
        writer: &str,
        holding: Holding<'_>,
    ) -> Vec<Statement> {
        let Self { table, .. } = self;
        let takes = match holding {
            Holding::Takes(me) => Some(me),
            _ => None,
        };
        let insert = || {
            // A row that somebody has removed must not come again with a token that somebody else has read.
            let token = fastrand::i64(1..1 << 52);
            Statement::new(
                &format!(
                    "INSERT INTO {table} (id, token, beat, holder, writer) VALUES (1, ?, 0, ?, ?)"
                ),
                vec![json!(token), json!(takes), json!(writer)],
            )
        };
        match found {
            Found::NoTable => vec![Statement::plain(&self.create()), insert()],
            Found::NoRow => vec![insert()],
            Found::Row { lease, .. } => {
                let (condition, mut values) = self.condition(lease.token, holding);
                values.push(json!(writer));
                let mut sets = "token = excluded.token, writer = excluded.writer".to_owned();
                if let Some(me) = takes {
                    sets.push_str(", holder = ?");
                    values.push(json!(me));
                }
                // NOT NULL fails also where the row is gone.
                let sql = format!(
                    "INSERT INTO {table} (id, token, beat, writer) VALUES (1, (SELECT CASE WHEN {condition} THEN \
                     token + 1 END FROM {table} WHERE id = 1), 0, ?) ON CONFLICT (id) DO UPDATE SET {sets}"
                );
                vec![Statement::new(&sql, values)]
            }
        }
    }

    fn condition(&self, token: i64, holding: Holding<'_>) -> (&'static str, Vec<Json>) {
        match holding {
            Holding::Has(me) => ("token = ? AND holder = ?", vec![json!(token), json!(me)]),
            _ => ("token = ?", vec![json!(token)]),
        }
    }

    fn create(&self) -> String {
        let Self { table, .. } = self;
        format!(
            "CREATE TABLE {table} (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token INTEGER NOT NULL,
    beat INTEGER NOT NULL,
    holder TEXT,
    writer TEXT,
    violations TEXT
)"
        )
    }

    /// Fails where the statement before has not changed one row.
    pub(super) fn one_changed(&self) -> Statement {
        let Self { table, .. } = self;
        Statement::plain(&format!(
            "UPDATE {table} SET token = CASE changes() WHEN 1 THEN token END WHERE id = 1"
        ))
    }

    /// Keeps the violations of foreign keys that are there before a migration.
    pub(super) fn note_violations(&self) -> Statement {
        let Self { table, .. } = self;
        Statement::plain(&format!(
            "UPDATE {table} SET violations = (SELECT json_group_object(keyed, many) FROM ({VIOLATIONS})) WHERE id = 1"
        ))
    }

    /// Fails, and says what is wrong, where there are more of them by now.
    pub(super) fn refuse_violations(&self) -> Statement {
        let Self { table, .. } = self;
        let words = "many || CASE many WHEN 1 THEN ' row of `' ELSE ' rows of `' END || child || '` to `' || parent || '`'";
        Statement::plain(&format!(
            "UPDATE {table} SET violations = (SELECT json_extract('{{}}', {words}) FROM ({VIOLATIONS}) AS now WHERE many > \
             coalesce((SELECT value FROM json_each((SELECT violations FROM {table} WHERE id = 1)) WHERE key = keyed), \
             0) LIMIT 1) WHERE id = 1"
        ))
    }

    /// Fails where foreign keys are enforced and others refer to one of these tables.
    pub(super) fn refuse_enforcement(&self, tables: &[String]) -> Statement {
        let Self { table, .. } = self;
        let places = vec!["lower(?)"; tables.len()].join(", ");
        let sql = format!(
            "UPDATE {table} SET token = CASE WHEN (SELECT foreign_keys FROM pragma_foreign_keys) = 1 AND EXISTS (\
             SELECT 1 FROM main.sqlite_schema AS one, pragma_foreign_key_list(one.name) AS refers \
             WHERE one.type = 'table' AND lower(refers.\"table\") IN ({places}) \
             AND lower(one.name) <> lower(refers.\"table\")) THEN NULL ELSE token END WHERE id = 1"
        );
        Statement::new(&sql, tables.iter().map(|name| json!(name)).collect())
    }

    /// Shows that the holder is alive.
    pub(super) fn beat(&self, me: &str) -> Statement {
        let Self { table, .. } = self;
        let sql = format!("UPDATE {table} SET beat = beat + 1 WHERE id = 1 AND holder = ?");
        Statement::new(&sql, vec![json!(me)])
    }

    pub(super) fn release(&self, me: &str) -> Statement {
        let Self { table, .. } = self;
        let sql = format!("UPDATE {table} SET holder = NULL WHERE id = 1 AND holder = ?");
        Statement::new(&sql, vec![json!(me)])
    }
}

/// What violates foreign keys, counted by the tables.
const VIOLATIONS: &str = "SELECT \"table\" || char(10) || parent AS keyed, \"table\" AS child, parent, count(*) AS many \
                          FROM pragma_foreign_key_check GROUP BY 1, 2, 3";
