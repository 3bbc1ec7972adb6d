use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id)",
    down = "DROP TABLE users",
    renamed_from = "create_people",
    after = "create_accounts"
)]
struct CreateUsers;

#[migration(
    "20260216_create_posts",
    up = "CREATE TABLE posts (id)",
    down = "DROP TABLE posts",
    renamed_from = "20260216_create_posts",
    after = ["20260215_create_users", "accounts/latest"]
)]
struct CreatePosts;

fn main() {}
