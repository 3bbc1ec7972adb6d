use migrate_core::prelude::*;

#[migration]
struct CreateUsers;

fn main() {}
