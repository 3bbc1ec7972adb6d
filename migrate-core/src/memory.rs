//! Migrated databases for tests.

use std::sync::Mutex;

use once_cell::sync::OnceCell;
use rusqlite::{Connection, backup::Backup};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    error::Error,
    migrator::Migrator,
};

/// A new in-memory SQLite database to which every linked migration has been applied, for a test of the
/// application.
///
/// The environment is `test`. The migrations run once in a process; each call copies their result, pages and all, so it is fast however
/// many there are.
///
/// # Errors
///
/// Where a migration fails, or none is linked.
///
/// ```
/// use migrate_core::prelude::*;
/// #[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER PRIMARY KEY)", down = "DROP TABLE users")]
/// pub struct CreateUsers;
/// # fn main() -> Result<(), migrate_core::Error> {
/// let connection = migrate_core::migrated_memory()?;
/// connection.execute("INSERT INTO users DEFAULT VALUES", []).unwrap();
/// // Another test has a database of its own.
/// let other = migrate_core::migrated_memory()?;
/// let count: i64 = other.query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap();
/// assert_eq!(count, 0);
/// # Ok(())
/// # }
/// ```
pub fn migrated_memory() -> Result<Connection, Error> {
    static TEMPLATE: OnceCell<Mutex<Connection>> = OnceCell::new();
    let template = TEMPLATE
        .get_or_try_init(|| Migrator::new().environment("test").memory().map(Mutex::new))?;
    // A test that has panicked while it copied leaves the template as it was.
    let template = template
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    copy(&template).map_err(|error| {
        let error = DriverError::new(DriverErrorKind::Other, error.to_string()).with_source(error);
        Error::driver("cannot copy the migrated database", error)
    })
}

/// A copy in memory, page for page.
pub(crate) fn copy(from: &Connection) -> rusqlite::Result<Connection> {
    let mut to = Connection::open_in_memory()?;
    Backup::new(from, &mut to)?.step(-1)?;
    Ok(to)
}

impl Migrator {
    /// A new in-memory SQLite database to which everything has been applied, as this migrator is set up.
    ///
    /// # Errors
    ///
    /// As [`up`](Self::up).
    pub fn memory(&self) -> Result<Connection, Error> {
        let mut connection = crate::sqlite::open(":memory:")?;
        self.up(&mut connection)?;
        Ok(connection)
    }
}
