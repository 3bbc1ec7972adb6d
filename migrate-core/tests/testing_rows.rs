//! `rows_survive` on histories that work on empty tables only.

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
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE CHECK (email LIKE '%@%'), role TEXT CHECK (role IN ('admin', 'guest')));
             CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, body TEXT)"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE posts; DROP TABLE users"));
    }
}

pub struct DeleteSome;

/// What is deleted in plain words is not lost.
#[migration("20260102_delete_posts", irreversible = "the posts are gone")]
impl Migration for DeleteSome {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("DELETE FROM posts WHERE body IS NOT NULL"));
    }
}

pub struct Rebuild;

#[migration("20260103_rebuild_users", irreversible = "a test")]
impl Migration for Rebuild {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, role TEXT);
             INSERT INTO users_new (id, email) SELECT id, email FROM users;
             DROP TABLE users;
             ALTER TABLE users_new RENAME TO users",
        ));
    }
}

#[test]
fn values_that_a_rebuild_forgets_are_missed() {
    let failure = testing::rows_survive().unwrap_err().to_string();
    assert!(failure.starts_with("20260103_rebuild_users ("), "{failure}");
    assert!(
        failure.ends_with("): it loses rows: `users.role` had 2 values and has 0"),
        "{failure}"
    );
}
