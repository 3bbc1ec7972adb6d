use migrate_core::prelude::*;

struct CreateUsers;

#[migration("20260215_create_users", irreversible = "it is an example")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

#[migration(
    "20260216_create_posts",
    up = "CREATE TABLE posts (id)",
    down = "DROP TABLE posts",
    irreversible = "it is an example"
)]
struct CreatePosts;

#[migration("20260217_create_tags", irreversible = "it is an example")]
struct CreateTags;

impl Migration for CreateTags {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE tags (id INTEGER PRIMARY KEY)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE tags"));
    }
}

fn main() {}
