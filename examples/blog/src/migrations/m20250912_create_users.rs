use migrate_core::prelude::*;

struct CreateUsers;

/// The people who write and comment.
#[migration("20250912_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL CHECK (name <> ''),
                email TEXT NOT NULL UNIQUE COLLATE NOCASE,
                created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
            )"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}
