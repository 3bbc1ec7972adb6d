//! Dropping everything.

use rusqlite::Connection;

use crate::engine::driver::DriverError;

use super::{error, table::quote};

/// Triggers and views go first, so that no drop of a table has to look at them, and triggers before the views
/// that they may stand on; virtual tables go before the others, because they take their shadow tables along.
const OBJECTS: &str = "
    SELECT 'TRIGGER', name FROM main.sqlite_schema WHERE type = 'trigger'
    UNION ALL
    SELECT 'VIEW', name FROM main.sqlite_schema WHERE type = 'view'
    UNION ALL
    SELECT 'TABLE', name FROM (
        SELECT name, type FROM pragma_table_list
        WHERE schema = 'main' AND type IN ('virtual', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        ORDER BY type = 'table', name
    )";

pub(super) fn wipe(connection: &Connection) -> Result<(), DriverError> {
    let mut statement = connection.prepare(OBJECTS).map_err(error)?;
    let objects: Result<Vec<(String, String)>, _> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect);
    for (kind, name) in objects.map_err(error)? {
        connection
            .execute_batch(&format!("DROP {kind} main.{}", quote(&name)))
            .map_err(error)?;
    }
    Ok(())
}
