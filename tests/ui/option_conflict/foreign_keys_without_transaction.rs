use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id)",
    down = "DROP TABLE users",
    transaction = false,
    foreign_keys = false
)]
struct CreateUsers;

fn main() {}
