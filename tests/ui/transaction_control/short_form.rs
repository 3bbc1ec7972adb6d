use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "SAVEPOINT a; CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users; ROLLBACK"
)]
struct CreateUsers;

fn main() {}
