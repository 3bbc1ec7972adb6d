use migrate_core::prelude::*;

pub struct CreateUsers;

#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
             CREATE TABLE teams (id INTEGER PRIMARY KEY)"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

pub struct AddAge;

#[migration("20260216_add_age")]
impl Migration for AddAge {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("ALTER TABLE users ADD COLUMN age INTEGER"));
        steps.sql(sql!("CREATE INDEX users_age ON users (age)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP INDEX users_age"));
        steps.sql(sql!("ALTER TABLE users DROP COLUMN email"));
    }
}

fn main() {}
