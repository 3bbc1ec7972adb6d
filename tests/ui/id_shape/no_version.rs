use migrate_core::prelude::*;

#[migration("create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreateUsers;

fn main() {}
