//! SQL that SQLite's driver and rqlite's have in common.

/// Whether a table of this name can be made.
pub(crate) fn is_table_name(name: &str) -> bool {
    let reserved = name.to_ascii_lowercase().starts_with("sqlite_");
    !name.is_empty() && !name.contains('\0') && !reserved
}

/// A name in quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The table of the history. What every start reads comes first in a row, where SQLite gets to it soonest; the SQL of
/// `down`, which may be long, comes last.
pub(crate) fn create_history(table: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {table} (
    seq INTEGER PRIMARY KEY,
    set_name TEXT NOT NULL,
    id TEXT NOT NULL,
    checksum TEXT NOT NULL,
    body_checksum TEXT,
    batch INTEGER NOT NULL,
    state TEXT NOT NULL,
    steps_done INTEGER NOT NULL,
    steps_begun INTEGER NOT NULL,
    environment TEXT NOT NULL,
    step_before TEXT,
    steps INTEGER NOT NULL,
    error TEXT,
    description TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    program_version TEXT NOT NULL,
    down TEXT,
    UNIQUE (set_name, id)
)"
    )
}

/// Whether a message says that a table is not there.
pub(crate) fn is_missing_table(message: &str) -> bool {
    message.starts_with("no such table")
}

/// What there is to drop, and of which kind. Triggers and views go first, so that no drop of a table has to look at
/// them, and triggers before the views that they may stand on; virtual tables go before the others, because they take
/// their shadow tables along.
pub(crate) const OBJECTS: &str = "
    SELECT 'TRIGGER', name FROM main.sqlite_schema WHERE type = 'trigger'
    UNION ALL
    SELECT 'VIEW', name FROM main.sqlite_schema WHERE type = 'view'
    UNION ALL
    SELECT 'TABLE', name FROM (
        SELECT name, type FROM pragma_table_list
        WHERE schema = 'main' AND type IN ('virtual', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        ORDER BY type = 'table', name
    )";
