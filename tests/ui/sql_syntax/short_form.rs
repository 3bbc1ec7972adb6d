use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NUL)",
    down = "DROP TABEL users"
)]
struct CreateUsers;

fn main() {}
