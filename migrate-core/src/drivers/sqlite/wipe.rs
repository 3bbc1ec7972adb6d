//! Dropping everything.

use rusqlite::Connection;

use crate::{
    drivers::sqlite_sql::{OBJECTS, quote},
    engine::driver::DriverError,
};

use super::error;

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
