//! `down_undoes_up` on a history whose `down` forgets something that the compiler could not see.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "a test has no readers of its items"
)]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use migrate_core::{prelude::*, testing};

pub struct CreateUsers;

#[migration("20260101_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) > 1))"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

pub struct AddAge;

#[migration("20260102_add_age")]
impl Migration for AddAge {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "ALTER TABLE users ADD COLUMN age INTEGER; CREATE TABLE ages (age INTEGER); CREATE INDEX users_name ON users (name)",
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "ALTER TABLE users DROP COLUMN age; DROP INDEX users_name; CREATE INDEX users_id ON users (id)",
        ));
    }
}

#[test]
fn what_down_leaves_behind_is_listed() {
    let failure = testing::down_undoes_up().unwrap_err().to_string();
    let (place, rest) = failure.split_once("): ").unwrap();
    assert!(place.starts_with("20260102_add_age ("), "{failure}");
    assert!(place.contains("testing_trace.rs:"), "{failure}");
    assert_eq!(
        rest,
        "`down` does not undo `up`: left behind: index `users_id`; left behind: table `ages`"
    );
}

#[test]
fn the_other_tests_do_not_mind() {
    testing::there_is_one_order().unwrap();
    testing::rows_survive().unwrap();
}
