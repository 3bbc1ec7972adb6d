use migrate_core::prelude::*;

struct DropUsers;

#[migration("20260215_drop_users")]
impl Migration for DropUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE IF EXISTS users"));
    }
}

fn main() {}
