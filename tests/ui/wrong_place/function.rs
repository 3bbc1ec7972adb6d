use migrate_core::prelude::*;

#[migration("20260215_create_users")]
fn create_users(steps: &mut Steps) {
    steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)"));
}

fn main() {}
