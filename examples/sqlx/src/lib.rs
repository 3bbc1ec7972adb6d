//! An application on sqlx: its pools tell where they connect to, and the migrations run there.

use migrate_core::{Database, Error, Migrator, Report, prelude::*};
use sqlx::{ConnectOptions, PgPool, SqlitePool};

/// What people are to remember.
#[migration(
    "20260301_create_reminders",
    up = "CREATE TABLE reminders (body text NOT NULL)",
    down = "DROP TABLE reminders"
)]
pub struct CreateReminders;

/// Brings the database of a pool up to date.
///
/// # Errors
///
/// Where it cannot be reached, or a migration fails.
pub async fn migrate_postgres(pool: &PgPool) -> Result<Report, Error> {
    let url = pool.connect_options().to_url_lossy();
    Migrator::new()
        .up_async(&mut Database::open(url.as_str())?)
        .await
}

/// The same for a file of SQLite.
///
/// # Errors
///
/// As there.
pub async fn migrate_sqlite(pool: &SqlitePool) -> Result<Report, Error> {
    let options = pool.connect_options();
    let path = options.get_filename().to_string_lossy();
    Migrator::new().up_async(&mut Database::open(&path)?).await
}
