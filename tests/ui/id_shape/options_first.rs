use migrate_core::prelude::*;

#[migration(transaction = false, "20260215_create_users")]
struct CreateUsers;

fn main() {}
