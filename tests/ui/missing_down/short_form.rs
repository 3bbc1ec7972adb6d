use migrate_core::prelude::*;

#[migration("20260215_drop_users", up = "DROP TABLE IF EXISTS users")]
struct DropUsers;

fn main() {}
