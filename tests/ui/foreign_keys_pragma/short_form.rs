use migrate_core::prelude::*;

#[migration("20260215_rebuild_users", up = "PRAGMA foreign_keys(0)", irreversible = "an example")]
struct RebuildUsers;

fn main() {}
