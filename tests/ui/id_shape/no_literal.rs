use migrate_core::prelude::*;

const ID: &str = "20260215_create_users";

#[migration(ID, up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreateUsers;

fn main() {}
