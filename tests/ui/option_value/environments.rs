use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id)",
    down = "DROP TABLE users",
    environments = "development"
)]
struct CreateUsers;

#[migration(
    "20260216_create_posts",
    up = "CREATE TABLE posts (id)",
    down = "DROP TABLE posts",
    environments = ["development", "", "development"]
)]
struct CreatePosts;

fn main() {}
