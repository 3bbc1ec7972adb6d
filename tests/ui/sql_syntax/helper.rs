use migrate_core::prelude::*;

fn indexes(steps: &mut Steps) {
    steps.sql(sql!("CREATE INDEX users_email users (email)"));
}

const QUERY: Sql = sql!("UPDATE users SET");

fn main() {}
