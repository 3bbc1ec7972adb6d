use migrate_core::prelude::*;

struct CreateUsers;

#[migration("20260230_create_users", author = "Ann", description = "a", description = "b")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY,)"));
        steps.sql(sql!("VACUUM"));
    }
}

fn main() {}
