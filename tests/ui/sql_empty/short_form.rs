use migrate_core::prelude::*;

#[migration("20260215_create_users", up = "", down = " ; ")]
struct CreateUsers;

fn main() {}
