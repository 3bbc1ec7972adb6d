#![deny(unexpected_cfgs)]

use migrate_core::prelude::*;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id)",
    down = "DROP TABLE users",
    feature = "biling"
)]
struct CreateUsers;

fn main() {}
