use migrate_core::prelude::*;

/// What everybody has published.
#[migration(
    "20260119_create_author_statistics",
    up = "CREATE VIEW author_statistics AS
        SELECT
            users.id AS user_id,
            users.handle,
            count(posts.id) AS posts,
            coalesce(sum(posts.comment_count), 0) AS comments
        FROM users
        LEFT JOIN posts ON posts.author_id = users.id AND posts.status = 'published'
        GROUP BY users.id",
    down = "DROP VIEW author_statistics"
)]
struct CreateAuthorStatistics;
