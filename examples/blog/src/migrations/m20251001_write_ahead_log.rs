use migrate_core::prelude::*;

/// Readers no longer wait for a writer.
///
/// SQLite cannot change its journal inside a transaction, so there is none.
#[migration(
    "20251001_write_ahead_log",
    up = "PRAGMA journal_mode = WAL",
    down = "PRAGMA journal_mode = DELETE",
    transaction = false
)]
struct WriteAheadLog;
