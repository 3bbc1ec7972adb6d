use migrate_core::prelude::*;

struct CreateUsers;

#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        // Of a `String` the compiler says its path too, where another crate has a type of that name.
        steps.sql(format!("CREATE TABLE {} (id INTEGER PRIMARY KEY)", "users").as_str());
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

fn main() {}
