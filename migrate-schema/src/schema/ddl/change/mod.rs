//! Changes as statements.

mod mention;
mod mysql;
mod names;
mod postgres;
mod sequence;
#[cfg(test)]
mod tests;

use super::{DdlError, Planned};
use crate::{
    Dialect,
    schema::{
        Schema,
        diff::{Change, Hints, diff},
    },
};

/// The statements that do the changes, on a database that is `from`; it is `to` afterwards.
///
/// The changes are those that [`diff`](crate::schema::diff::diff) has found between the two, or some of them.
pub fn change(from: &Schema, to: &Schema, changes: &[Change]) -> Result<Vec<Planned>, DdlError> {
    match to.dialect {
        Dialect::Sqlite => super::sqlite::change(from, to, changes),
        Dialect::Postgres => postgres::change(from, to, changes),
        Dialect::Mysql => mysql::change(from, to, changes),
    }
}

/// The statements that lead from one schema to the other, and those that lead back.
///
/// The hints say what was renamed on the way there.
pub fn there_and_back(
    from: &Schema,
    to: &Schema,
    hints: &Hints,
) -> Result<(Vec<Planned>, Vec<Planned>), DdlError> {
    let there = change(from, to, &diff(from, to, hints))?;
    let back = change(to, from, &diff(to, from, &reversed(hints)))?;
    Ok((there, back))
}

/// What was renamed, seen from the other side.
fn reversed(hints: &Hints) -> Hints {
    let tables = hints.tables.iter();
    let columns = hints.columns.iter().map(|(table, old, new)| {
        let renamed = hints.tables.iter().find(|(_, name)| name == table);
        let table = renamed.map_or(table, |(name, _)| name);
        (table.clone(), new.clone(), old.clone())
    });
    Hints {
        tables: tables
            .map(|(old, new)| (new.clone(), old.clone()))
            .collect(),
        columns: columns.collect(),
    }
}

/// A change that the dialect has no statement for, because the thing is not known there.
fn foreign(change: &Change, dialect: Dialect) -> DdlError {
    DdlError::new(
        change.to_string(),
        format!("there is no such thing on {}", product(dialect)),
        "take it out of what is wanted",
    )
}

const fn product(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
    }
}
