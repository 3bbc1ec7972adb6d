use migrate_core::prelude::*;

struct CreateTags;

/// Tags, many to many.
///
/// A pair is its own key, so the table needs no row number.
#[migration("20250915_create_tags")]
impl Migration for CreateTags {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE tags (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL UNIQUE COLLATE NOCASE
            );
            CREATE TABLE post_tags (
                post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
                tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
                PRIMARY KEY (post_id, tag_id)
            ) WITHOUT ROWID;
            CREATE INDEX post_tags_tag ON post_tags (tag_id);"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE post_tags; DROP TABLE tags"));
    }
}
