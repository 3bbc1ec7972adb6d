//! `the_history_replays` on a history whose Rust step makes what no check can see.

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
            "CREATE TABLE users (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES users (id), name TEXT NOT NULL);
             CREATE UNIQUE INDEX users_name ON users (lower(name)) WHERE boss IS NULL;
             CREATE VIEW names AS SELECT name FROM users"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP VIEW names; DROP TABLE users"));
    }
}

pub struct Secretly;

#[migration("20260102_secretly", irreversible = "a test")]
impl Migration for Secretly {
    fn up(&self, steps: &mut Steps) {
        steps.run("make a table", |tx: &rusqlite::Transaction<'_>| {
            tx.execute_batch(
                "CREATE TABLE secrets (id INTEGER PRIMARY KEY); DROP INDEX users_name",
            )?;
            Ok(())
        });
    }
}

#[test]
fn what_the_checks_do_not_know_of_is_listed() {
    let directory = tempfile::tempdir().unwrap();
    let test = || testing::the_history_replays(directory.path().to_str().unwrap());
    assert_eq!(
        test().unwrap_err().to_string(),
        "what the checks believe is not what the database holds:\n  \
           the database has column `secrets.id`, of which the checks do not know\n  \
           the database has table `secrets`, of which the checks do not know\n  \
           the checks know of index `users_name`, which the database does not have\n\
         No check can see what the Rust steps of 20260102_secretly do: name the tables that they make in `external` of [package.metadata.migrate]",
    );
    let manifest = "[package.metadata.migrate]\nexternal = { tables = [\"secrets\"] }\n";
    std::fs::write(directory.path().join("Cargo.toml"), manifest).unwrap();
    let text = test().unwrap_err().to_string();
    assert!(!text.contains("secrets`"), "{text}");
    assert!(text.contains("index `users_name`"), "{text}");
}
