use migrate_core::prelude::*;

#[migration("20260215_create_users", up = sql!("SELECT 1"), irreversible, description = "")]
struct CreateUsers;

fn main() {}
