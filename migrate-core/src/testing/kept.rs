//! What a migration does to the rows that were there.

use std::collections::BTreeMap;

use migrate_schema::{
    Dialect, grammar,
    settings::Target,
    tree::{Action, Source},
};
use rusqlite::Connection;

use crate::{registry::Registered, steps::Task};

use super::{
    Failure,
    fill::{ordinary_tables, quote},
};

/// How many rows each table has, and how many values each of its columns.
pub(super) struct Rows(BTreeMap<String, Table>);

struct Table {
    rows: i64,
    values: BTreeMap<String, i64>,
    /// The tables whose rows take those of this one along when they go.
    parents: Vec<String>,
}

impl Rows {
    pub(super) fn count(connection: &Connection) -> Result<Self, Failure> {
        let mut tables = BTreeMap::new();
        for (name, _) in ordinary_tables(connection)? {
            tables.insert(name.to_ascii_lowercase(), Table::count(connection, &name)?);
        }
        Ok(Self(tables))
    }

    /// What is lost, where it was not asked for.
    pub(super) fn lost(
        &self,
        connection: &Connection,
        one: &Registered,
        environment: &str,
    ) -> Result<Vec<String>, Failure> {
        let asked = Asked::of(one, environment)?;
        let after = Self::count(connection)?;
        let mut lost = Vec::new();
        for (name, before) in &self.0 {
            // A table that is dropped is dropped; that is not by chance.
            let Some(now) = after.0.get(name) else {
                continue;
            };
            let deleted = asked
                .deletes
                .iter()
                .any(|table| table == name || before.parents.contains(table));
            if now.rows < before.rows && !deleted {
                lost.push(format!(
                    "`{name}` had {} rows and has {}",
                    before.rows, now.rows
                ));
                continue;
            }
            for (column, values) in &before.values {
                if let Some(left) = now.values.get(column)
                    && left < values
                    && !deleted
                    && !asked.updates.contains(name)
                {
                    lost.push(format!(
                        "`{name}.{column}` had {values} values and has {left}"
                    ));
                }
            }
        }
        Ok(lost)
    }
}

impl Table {
    fn count(connection: &Connection, name: &str) -> Result<Self, Failure> {
        let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?)")?;
        let columns: Vec<String> = statement
            .query_map([name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let counts: String = columns
            .iter()
            .map(|column| format!(", count({})", quote(column)))
            .collect();
        let sql = format!("SELECT count(*){counts} FROM {}", quote(name));
        let (rows, values) = connection.query_row(&sql, [], |row| {
            let mut values = BTreeMap::new();
            for (at, column) in columns.iter().enumerate() {
                values.insert(column.to_ascii_lowercase(), row.get(at + 1)?);
            }
            Ok((row.get(0)?, values))
        })?;
        let mut statement = connection.prepare(
            "SELECT lower(\"table\") FROM pragma_foreign_key_list(?) WHERE on_delete = 'CASCADE'",
        )?;
        let parents = statement
            .query_map([name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Self {
            rows,
            values,
            parents,
        })
    }
}

/// What a migration says that it does to rows.
#[derive(Default)]
struct Asked {
    deletes: Vec<String>,
    updates: Vec<String>,
}

impl Asked {
    fn of(one: &Registered, environment: &str) -> Result<Self, Failure> {
        let prepared = one
            .up(environment)
            .prepare(Dialect::Sqlite)
            .map_err(|fault| Failure::of(one, fault))?;
        let mut asked = Self::default();
        for task in &prepared.tasks {
            let Task::Statement { text, .. } = task else {
                continue;
            };
            let parsed = grammar::parse(text, &Target::from(Dialect::Sqlite));
            let actions = parsed
                .statements
                .into_iter()
                .filter_map(|one| one.tree)
                .flat_map(|tree| tree.actions);
            for action in actions {
                match action {
                    Action::Delete(delete) => asked
                        .deletes
                        .extend(delete.targets.iter().filter_map(table)),
                    Action::Update(update) => asked.updates.extend(table(&update.target)),
                    _ => {}
                }
            }
        }
        Ok(asked)
    }
}

fn table(source: &Source) -> Option<String> {
    match source {
        Source::Table { name, .. } => Some(name.name.text.to_ascii_lowercase()),
        _ => None,
    }
}
