use migrate_core::prelude::*;

struct CreatePostsSearch;

/// Full-text search over posts.
///
/// The index refers to the rows of `posts`, and three triggers keep it up to date.
#[migration("20260112_create_posts_search")]
impl Migration for CreatePostsSearch {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE VIRTUAL TABLE posts_search USING fts5 (title, body, content = 'posts', content_rowid = 'id');

            CREATE TRIGGER posts_search_insert AFTER INSERT ON posts
            BEGIN
                INSERT INTO posts_search (rowid, title, body) VALUES (new.id, new.title, new.body);
            END;
            CREATE TRIGGER posts_search_delete AFTER DELETE ON posts
            BEGIN
                INSERT INTO posts_search (posts_search, rowid, title, body)
                VALUES ('delete', old.id, old.title, old.body);
            END;
            CREATE TRIGGER posts_search_update AFTER UPDATE OF title, body ON posts
            BEGIN
                INSERT INTO posts_search (posts_search, rowid, title, body)
                VALUES ('delete', old.id, old.title, old.body);
                INSERT INTO posts_search (rowid, title, body) VALUES (new.id, new.title, new.body);
            END;

            INSERT INTO posts_search (posts_search) VALUES ('rebuild');"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "DROP TRIGGER posts_search_insert;
            DROP TRIGGER posts_search_delete;
            DROP TRIGGER posts_search_update;
            DROP TABLE posts_search;"
        ));
    }
}
