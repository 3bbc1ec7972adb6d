use migrate_core::prelude::*;

#[migration("20260215250000_create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreateUsers;

fn main() {}
