//! The schema of a database and that of the migrations that made it.

#![cfg(feature = "schema-sqlite")]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use migrate_core::{Dialect, Request, Up, prelude::*, schema};
use rusqlite::Connection;

#[migration("20260101_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.create_table("users", |t| {
            t.id();
            t.text("mail").not_null().default("none");
        });
        steps.sql(sql!(
            "CREATE INDEX users_mail ON users (mail) WHERE mail <> ''"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.drop_table("users");
    }
}
pub struct CreateUsers;

#[migration(
    "20260102_rename",
    up = "ALTER TABLE users RENAME COLUMN mail TO email",
    down = "ALTER TABLE users RENAME COLUMN email TO mail"
)]
pub struct Rename;

#[migration("20260103_fill", irreversible = "it only fills")]
impl Migration for Fill {
    fn up(&self, steps: &mut Steps) {
        steps.run("fill", |tx: &rusqlite::Transaction<'_>| {
            tx.execute_batch("CREATE TABLE IF NOT EXISTS kept (a INT)")?;
            Ok(())
        });
    }
}
pub struct Fill;

fn shape(schema: &schema::Schema) -> Vec<(String, Vec<String>, Vec<String>)> {
    let tables = schema.tables.iter().map(|table| {
        let columns = table
            .columns
            .iter()
            .map(|column| format!("{} {:?}", column.name, column.default));
        let indexes = table.indexes.iter().map(|index| {
            format!(
                "{} {}",
                index.name,
                index.predicate.clone().unwrap_or_default()
            )
        });
        (table.name.to_string(), columns.collect(), indexes.collect())
    });
    tables.collect()
}

#[test]
fn what_was_applied_is_what_is_there() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new().table("own_history");
    migrator
        .run(&mut connection, &Request::Up(Up::Count(2)))
        .unwrap();
    let live = schema::live(&migrator, &mut connection).unwrap();
    let names: Vec<&str> = live
        .tables
        .iter()
        .map(|table| table.name.name.as_str())
        .collect();
    assert_eq!(names, ["users"], "the history is left out");
    let status = migrator.status(&mut connection).unwrap();
    let applied = schema::applied(&migrator, &status, Dialect::Sqlite).unwrap();
    assert_eq!(shape(&applied), shape(&live));
    assert_eq!(applied.unknown, Vec::<String>::new());
    assert_eq!(
        applied.tables[0].indexes[0].predicate.as_deref(),
        Some("email <> ''")
    );
    assert_eq!(
        applied.tables[0].made_by.as_deref(),
        Some("20260101_create_users")
    );

    // What a Rust step names is unknown, and nothing else.
    let all = schema::expected(&migrator, Dialect::Sqlite).unwrap();
    assert!(
        all.unknown.contains(&"kept".to_owned()),
        "{:?}",
        all.unknown
    );
    assert!(!all.unknown.contains(&"*".to_owned()));
    assert_eq!(shape(&all), shape(&live));
}

#[test]
fn only_what_is_applied_counts() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator
        .run(&mut connection, &Request::Up(Up::Count(1)))
        .unwrap();
    let status = migrator.status(&mut connection).unwrap();
    let applied = schema::applied(&migrator, &status, Dialect::Sqlite).unwrap();
    assert_eq!(applied.tables[0].columns[1].name, "mail");
}

#[test]
fn what_the_program_does_not_have_may_have_done_anything() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator
        .run(&mut connection, &Request::Up(Up::Count(1)))
        .unwrap();
    connection
        .execute("UPDATE _migrations SET id = '20260101_other'", [])
        .unwrap();
    let status = migrator.status(&mut connection).unwrap();
    let applied = schema::applied(&migrator, &status, Dialect::Sqlite).unwrap();
    assert_eq!(applied.unknown, ["*"]);
}

/// Of what a Rust step names nothing is concluded, and that is said.
#[test]
fn what_is_not_compared_is_named() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator
        .run(&mut connection, &Request::Up(Up::All))
        .unwrap();
    connection
        .execute_batch("ALTER TABLE kept ADD COLUMN b; ALTER TABLE users ADD COLUMN b")
        .unwrap();
    let drift = schema::drift(&migrator, &mut connection).unwrap();
    assert_eq!(drift.not_compared, ["kept"]);
    let changes: Vec<String> = drift.changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["column users.b: added"]);
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn without_blocking() {
    use std::sync::{Arc, Mutex};
    let mut connection = Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    let mut shared = Arc::new(Mutex::new(connection));
    let live = schema::live_async(&Migrator::new(), &mut shared)
        .await
        .unwrap();
    assert_eq!(live.tables.len(), 2);
}
