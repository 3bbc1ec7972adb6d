//! The stock of a workshop, in SQLite on a laptop and in PostgreSQL on the server. The migrations are what the example is
//! about: one source, checked for both.

use migrate_core::{Database, Error, Migrator, Report};

mod migrations;

/// Opens the database of a URL, and applies what it has not had yet.
///
/// # Errors
///
/// Where the database cannot be opened, or a migration fails.
///
/// ```
/// let report = portable::migrate("sqlite::memory:")?;
/// assert_eq!(report.done.len(), 4);
/// # Ok::<(), migrate_core::Error>(())
/// ```
pub fn migrate(url: &str) -> Result<Report, Error> {
    let mut database = Database::open(url)?;
    Migrator::new().up(&mut database)
}
