use migrate_core::prelude::*;

struct RebuildUsers;

#[migration("20260215_rebuild_users")]
impl Migration for RebuildUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("PRAGMA foreign_keys = OFF"));
        steps.sql(sql!(
            r"CREATE TABLE new (id INTEGER PRIMARY KEY);
              DROP TABLE users;
              ALTER TABLE new RENAME TO users;
              PRAGMA foreign_keys = ON"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

fn main() {}
