use migrate_core::prelude::*;

#[migration("20260215_create_users")]
mod create_users {}

fn main() {}
