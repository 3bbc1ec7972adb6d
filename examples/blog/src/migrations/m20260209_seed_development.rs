use migrate_core::prelude::*;

struct SeedDevelopment;

/// Two authors, to have something to look at.
///
/// Databases of other environments never get them.
#[migration("20260209_seed_development", environments = ["development"])]
impl Migration for SeedDevelopment {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "INSERT INTO users (name, email, handle) VALUES
                ('Ann Lee', 'ann@seed.example', 'ann-lee'),
                ('Bob Ray', 'bob@seed.example', 'bob-ray');
            INSERT INTO posts (author_id, slug, title, body, status, published_at)
            SELECT id, 'hello-world', 'Hello, world', 'Every blog begins like this.', 'published', CURRENT_TIMESTAMP
            FROM users WHERE email = 'ann@seed.example'
            UNION ALL
            SELECT id, 'on-migrations', 'On migrations', 'A schema has a history, too.', 'draft', NULL
            FROM users WHERE email = 'bob@seed.example';
            INSERT INTO comments (post_id, author_id, body)
            SELECT posts.id, users.id, 'And ends when the author forgets it.'
            FROM posts, users WHERE slug = 'hello-world' AND email = 'bob@seed.example';"
        ));
        steps.log("Ann Lee and Bob Ray have moved in");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "DELETE FROM posts WHERE author_id IN (SELECT id FROM users WHERE email LIKE '%@seed.example');
            DELETE FROM users WHERE email LIKE '%@seed.example';"
        ));
    }
}
