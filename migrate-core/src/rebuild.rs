//! A table of SQLite that a step makes again: what hangs on it is known when it runs.

use migrate_schema::{
    model::Rebuild,
    render::{Existing, Object, rebuild},
};
use rusqlite::Connection;

use crate::{native::Native, native::StepResult, sql::Sql};

/// The step as a closure that looks at the database and says what is to be run.
#[allow(clippy::needless_update, reason = "it may be the only driver")]
pub(crate) fn step(change: Rebuild) -> Native {
    let name = change.table.name.clone();
    Native {
        sqlite: Some(Box::new(move |transaction| {
            statements(transaction, &change)
        })),
        sqlite_connection: Some(Box::new(move |_| {
            Err(format!(
                "the table `{name}` can be made again only in the migration's transaction: leave `transaction = false` out"
            )
            .into())
        })),
        #[cfg(feature = "rqlite")]
        rqlite: Some(Box::new(|_| {
            Err("`rebuild_table` looks at the database between its statements, which a batch of rqlite does not do: write the \
                 statements in `sql!`"
                .into())
        })),
        ..Native::default()
    }
}

fn statements(connection: &Connection, change: &Rebuild) -> StepResult<Vec<Sql>> {
    let existing = existing(connection, &change.table.name)?;
    let works = |sql: &str| connection.prepare(sql).is_ok();
    let statements = rebuild(change, &existing, works)?;
    Ok(statements.into_iter().map(Sql::unchecked).collect())
}

fn existing(connection: &Connection, table: &str) -> rusqlite::Result<Existing> {
    let mut query = connection
        .prepare("SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY rowid")?;
    let objects = query.query_map([], |row| {
        Ok(Object {
            kind: row.get(0)?,
            name: row.get(1)?,
            table: row.get(2)?,
            sql: row.get(3)?,
        })
    })?;
    let mut columns = connection.prepare(
        "SELECT name, hidden IN (2, 3) FROM pragma_table_xinfo(?1, 'main') ORDER BY cid",
    )?;
    let columns = columns.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Existing {
        objects: objects.collect::<rusqlite::Result<_>>()?,
        columns: columns.collect::<rusqlite::Result<_>>()?,
    })
}
