use migrate_core::prelude::*;

#[migration("20260215_create_users", "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreateUsers;

fn main() {}
