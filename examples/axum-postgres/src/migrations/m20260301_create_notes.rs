use migrate_core::prelude::*;

/// What people note down.
#[migration(
    "20260301_create_notes",
    up = "CREATE TABLE notes (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            body text NOT NULL CHECK (body <> ''),
            created_at timestamptz NOT NULL DEFAULT now()
        )",
    down = "DROP TABLE notes"
)]
pub(crate) struct CreateNotes;
