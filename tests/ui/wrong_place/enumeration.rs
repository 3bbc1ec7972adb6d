use migrate_core::prelude::*;

#[migration("20260215_create_users")]
enum CreateUsers {
    All,
}

fn main() {}
