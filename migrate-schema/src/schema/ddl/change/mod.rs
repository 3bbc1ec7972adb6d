//! Changes as statements.

mod mention;
mod mysql;
mod names;
mod postgres;
mod sequence;

use super::{DdlError, Planned};
use crate::{
    Dialect,
    schema::{Schema, diff::Change},
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
