//! Tables that are made again, with foreign keys off until the commit.

use migrate_core::prelude::*;

use super::mark;

/// The rebuild of a table to which another one refers: with foreign keys on, the orders would go with the old one.
#[migration("007_rebuild_users")]
struct RebuildUsers;

impl Migration for RebuildUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users_new (
                 id INTEGER PRIMARY KEY,
                 email TEXT NOT NULL UNIQUE CHECK (email LIKE '%@%'),
                 name TEXT NOT NULL,
                 total INTEGER NOT NULL DEFAULT 0
             );
             INSERT INTO users_new (id, email, name, total) SELECT id, email, name, total FROM users;
             DROP TABLE users;
             ALTER TABLE users_new RENAME TO users"
        ));
        mark(steps, "up", "007_rebuild_users");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users_old (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
                 total INTEGER NOT NULL DEFAULT 0);
             INSERT INTO users_old (id, email, name, total) SELECT id, email, name, total FROM users;
             DROP TABLE users;
             ALTER TABLE users_old RENAME TO users"
        ));
        mark(steps, "down", "007_rebuild_users");
    }
}

/// New keys on both sides, which is a violation until both are done.
#[migration("015_move_keys", foreign_keys = false)]
struct MoveKeys;

impl Migration for MoveKeys {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "UPDATE orders SET user_id = user_id + 1000000;
             UPDATE users SET id = id + 1000000"
        ));
        mark(steps, "up", "015_move_keys");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "UPDATE users SET id = id - 1000000;
             UPDATE orders SET user_id = user_id - 1000000"
        ));
        mark(steps, "down", "015_move_keys");
    }
}

/// The same by the builder, which reads what hangs on the table when it runs.
#[migration("030_users_again")]
struct UsersAgain;

impl Migration for UsersAgain {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE INDEX users_names ON users (lower(name)) WHERE total > 0;
             CREATE VIEW names AS SELECT name FROM users"
        ));
        steps.rebuild_table("users", |t| {
            t.id();
            t.text("email")
                .not_null()
                .unique()
                .check("email LIKE '%@%'");
            t.text("name").not_null();
            t.integer("total").not_null().default(0);
            t.check("total_is_positive", "total >= 0");
        });
        mark(steps, "up", "030_users_again");
    }

    fn down(&self, steps: &mut Steps) {
        steps.rebuild_table("users", |t| {
            t.id();
            t.text("email")
                .not_null()
                .unique()
                .check("email LIKE '%@%'");
            t.text("name").not_null();
            t.integer("total").not_null().default(0);
        });
        steps.sql(sql!("DROP VIEW names; DROP INDEX users_names"));
        mark(steps, "down", "030_users_again");
    }
}
