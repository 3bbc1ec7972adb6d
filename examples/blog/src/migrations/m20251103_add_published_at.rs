use migrate_core::prelude::*;

/// When a post was published.
#[migration(
    "20251103_add_published_at",
    up = "ALTER TABLE posts ADD COLUMN published_at TEXT",
    down = "ALTER TABLE posts DROP COLUMN published_at"
)]
struct AddPublishedAt;
