use migrate_core::prelude::*;

struct CreateUsers;

#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(concat!("CREATE TABLE users ", "(id INTEGER PRIMARY KEY)")));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

fn main() {}
