use migrate_core::prelude::*;

struct CreateUsers;

#[migration("20260215_create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

fn main() {}
