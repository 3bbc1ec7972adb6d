use migrate_core::prelude::*;

const CREATE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY)";

struct CreateUsers;

#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(CREATE));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

fn main() {}
