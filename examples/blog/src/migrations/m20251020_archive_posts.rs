use migrate_core::prelude::*;

struct ArchivePosts;

/// Posts can be archived, and `updated_at` is never empty.
///
/// SQLite cannot change a CHECK or a NOT NULL, so the table is made anew. Meanwhile the runner has foreign keys
/// switched off, or dropping `posts` would delete every comment, and checks them before it commits. Indexes and
/// triggers go with the old table and are made again.
#[migration("20251020_archive_posts")]
impl Migration for ArchivePosts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE posts_new (
                id INTEGER PRIMARY KEY,
                author_id INTEGER NOT NULL REFERENCES users (id),
                slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
                title TEXT NOT NULL CHECK (length(title) <= 200),
                body TEXT NOT NULL,
                status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
                created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
                updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
            );

            INSERT INTO posts_new (id, author_id, slug, title, body, status, created_at, updated_at)
            SELECT id, author_id, slug, title, body, status, created_at, coalesce(updated_at, created_at)
            FROM posts;

            DROP TABLE posts;
            ALTER TABLE posts_new RENAME TO posts;
            CREATE INDEX posts_author ON posts (author_id);
            CREATE TRIGGER posts_updated_at AFTER UPDATE OF title, body ON posts
            BEGIN
                UPDATE posts SET updated_at = CURRENT_TIMESTAMP WHERE id = new.id;
            END;"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE posts_new (
                id INTEGER PRIMARY KEY,
                author_id INTEGER NOT NULL REFERENCES users (id),
                slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
                title TEXT NOT NULL CHECK (length(title) <= 200),
                body TEXT NOT NULL,
                status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published')),
                created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
                updated_at TEXT
            );

            INSERT INTO posts_new (id, author_id, slug, title, body, status, created_at, updated_at)
            SELECT id, author_id, slug, title, body, replace(status, 'archived', 'draft'), created_at, updated_at
            FROM posts;

            DROP TABLE posts;
            ALTER TABLE posts_new RENAME TO posts;
            CREATE INDEX posts_author ON posts (author_id);
            CREATE TRIGGER posts_updated_at AFTER UPDATE OF title, body ON posts
            BEGIN
                UPDATE posts SET updated_at = CURRENT_TIMESTAMP WHERE id = new.id;
            END;"
        ));
    }
}
