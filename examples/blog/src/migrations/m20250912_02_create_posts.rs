use migrate_core::prelude::*;

struct CreatePosts;

/// Posts and their authors.
///
/// An author with posts cannot be deleted.
#[migration("20250912_02_create_posts")]
impl Migration for CreatePosts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE posts (
                id INTEGER PRIMARY KEY,
                author_id INTEGER NOT NULL REFERENCES users (id),
                slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
                title TEXT NOT NULL CHECK (length(title) <= 200),
                body TEXT NOT NULL,
                status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published')),
                created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
            );
            CREATE INDEX posts_author ON posts (author_id);"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE posts"));
    }
}
