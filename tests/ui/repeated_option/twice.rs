use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id)",
    transaction = false,
    down = "DROP TABLE users",
    transaction = true
)]
struct CreateUsers;

fn main() {}
