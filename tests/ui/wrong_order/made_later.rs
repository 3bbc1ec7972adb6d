use migrate_core::prelude::*;

pub struct AddAge;

#[migration("20260215_add_age")]
impl Migration for AddAge {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("ALTER TABLE users ADD COLUMN age INTEGER"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("ALTER TABLE users DROP COLUMN age"));
    }
}

#[migration(
    "20260216_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users"
)]
pub struct CreateUsers;

fn main() {}
