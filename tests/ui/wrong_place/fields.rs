use migrate_core::prelude::*;

#[migration("20260215_create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreateUsers {
    table: String,
}

#[migration("20260216_create_posts", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreatePosts();

fn main() {}
