use migrate_core::prelude::*;

/// The index is built while the notes are read and written, which PostgreSQL does outside a transaction.
#[migration(
    "20260308_02_index_notes",
    transaction = false,
    up = "CREATE INDEX CONCURRENTLY notes_newest ON notes (is_pinned DESC, id DESC)",
    down = "DROP INDEX CONCURRENTLY notes_newest"
)]
pub(crate) struct IndexNotes;
