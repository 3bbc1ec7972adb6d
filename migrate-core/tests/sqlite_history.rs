//! A history that is damaged, of another tool, under another name, or of another program.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use common::{Database, all, dump, one, refused, states};
use migrate_core::{Down, Error, Request, State, Up, prelude::*, rusqlite::Connection};

#[migration(
    "001_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

#[migration(
    "002_create_articles",
    up = "CREATE TABLE articles (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE articles",
    renamed_from = "002_create_posts"
)]
struct CreateArticles;

#[migration(
    "003_create_tags",
    up = "CREATE TABLE tags (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE tags"
)]
struct CreateTags;

const UP: Request = Request::Up(Up::All);

fn migrated() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    connection
}

/// Every request ends with this error, and nothing changes.
fn damaged(connection: &mut Connection) -> String {
    let migrator = Migrator::new();
    let before = dump(connection);
    let texts: Vec<String> = [
        UP,
        Request::Down(Down::All),
        Request::Fresh,
        Request::Baseline(None),
    ]
    .iter()
    .map(|request| refused(&migrator, connection, request).to_string())
    .collect();
    let status = migrator.status(connection).unwrap_err();
    let applied = migrator.applied(connection).unwrap_err();
    assert!(
        texts.iter().all(|text| *text == status.to_string()),
        "{texts:?}"
    );
    assert_eq!(applied.to_string(), status.to_string());
    assert_eq!(dump(connection), before);
    status.to_string()
}

fn damaged_by(sql: &str) -> String {
    let mut connection = migrated();
    connection.execute_batch(sql).unwrap();
    damaged(&mut connection)
}

#[test]
fn a_damaged_history_is_never_read_as_another_one() {
    let text = damaged_by("UPDATE _migrations SET state = 'done' WHERE seq = 2");
    assert_eq!(
        text,
        "cannot read the history of the in-memory database: the history in the table `_migrations` is damaged: row 2 has \
         the state \"done\". Restore it from a backup"
    );
    for (sql, what) in [
        (
            "UPDATE _migrations SET batch = 'first' WHERE seq = 2",
            "row 2: Text in place of a number in the column `batch`",
        ),
        (
            "UPDATE _migrations SET id = x'00ff' WHERE seq = 2",
            "row 2: ",
        ),
        (
            "UPDATE _migrations SET batch = 9223372036854775807 WHERE seq = 2",
            "row 2 has the batch 9223372036854775807",
        ),
        (
            "UPDATE _migrations SET batch = -1 WHERE seq = 2",
            "row 2 has the batch -1",
        ),
        (
            "UPDATE _migrations SET seq = 9223372036854775807 WHERE seq = 3",
            "the number 9223372036854775807 of a row is out of range",
        ),
        (
            "UPDATE _migrations SET seq = -3 WHERE seq = 3",
            "the number -3 of a row is out of range",
        ),
        (
            "UPDATE _migrations SET state = 'applying', steps_done = -1 WHERE seq = 2",
            "row 2 has the step -1",
        ),
        (
            "UPDATE _migrations SET state = 'applying', steps_done = 4294967295, steps_begun = 4294967295 WHERE seq = 2",
            "row 2 has the step 4294967295",
        ),
        (
            "UPDATE _migrations SET state = 'reverting', steps_begun = 99999999999 WHERE seq = 2",
            "row 2 has the step 99999999999",
        ),
        (
            "UPDATE _migrations SET state = 'applying', steps_done = 'x' WHERE seq = 2",
            "row 2: Text in place of a number in the column `steps_done`",
        ),
    ] {
        let text = damaged_by(sql);
        let expected = format!(" is damaged: {what}");
        assert!(
            text.contains(&expected) && text.ends_with(". Restore it from a backup"),
            "{text}"
        );
    }
}

/// Columns that only whoever looks needs do not keep a run from its work.
#[test]
fn damage_where_nothing_rests_on_it() {
    let mut connection = migrated();
    connection
        .execute_batch("UPDATE _migrations SET duration_ms = 'long' WHERE seq = 2")
        .unwrap();
    assert!(Migrator::new().up(&mut connection).unwrap().is_empty());
    let text = Migrator::new()
        .applied(&mut connection)
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("row 2: Text in place of a number in the column `duration_ms`"),
        "{text}"
    );
}

#[test]
fn a_table_of_another_tool() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE _migrations (version BIGINT PRIMARY KEY, dirty BOOLEAN); INSERT INTO _migrations VALUES (1, 0)")
        .unwrap();
    assert_eq!(
        damaged(&mut connection),
        "cannot read the history of the in-memory database: the table `_migrations` is not a history of this tool (no \
         such column: seq): name another table for the history"
    );
    let migrator = Migrator::new().table("our_migrations");
    assert_eq!(migrator.up(&mut connection).unwrap().done.len(), 3);
    assert_eq!(
        all::<i64>(&connection, "SELECT version FROM _migrations"),
        [1]
    );
}

#[test]
fn any_name_can_be_that_of_the_table() {
    for name in [
        "a \"quoted\" name",
        "o'clock",
        "select",
        "Ünïcode",
        "a.b",
        "--",
        "x; DROP TABLE users",
    ] {
        let mut connection = Connection::open_in_memory().unwrap();
        let migrator = Migrator::new().table(name);
        migrator.up(&mut connection).unwrap();
        migrator
            .run(&mut connection, &Request::Redo(Down::Count(2)))
            .unwrap();
        assert!(migrator.up(&mut connection).unwrap().is_empty());
        let tables: Vec<String> = all(
            &connection,
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name IN ('users', 'articles', 'tags'), name",
        );
        assert_eq!(tables[0], name);
        let report = migrator.run(&mut connection, &Request::Fresh).unwrap();
        assert_eq!(report.done.len(), 4);
    }
    for name in ["", "sqlite_history", "SQLite_x", "a\0b"] {
        let mut connection = Connection::open_in_memory().unwrap();
        let error = Migrator::new().table(name).up(&mut connection).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("cannot be the name of the history table"),
            "{error}"
        );
    }
}

/// The history is that of the database itself, not of one beside it.
#[test]
fn tables_of_the_same_name_elsewhere() {
    let other = Database::new();
    Migrator::new().up(&mut other.open()).unwrap();
    let before = other.bytes();
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute("ATTACH ?1 AS other", [other.path.to_str().unwrap()])
        .unwrap();
    connection
        .execute_batch("CREATE TEMP TABLE _migrations (x)")
        .unwrap();
    let migrator = Migrator::new();
    assert_eq!(migrator.pending(&mut connection).unwrap().len(), 3);
    migrator.up(&mut connection).unwrap();
    assert_eq!(
        one::<i64>(&connection, "SELECT count(*) FROM main._migrations"),
        3
    );
    migrator
        .run(&mut connection, &Request::Redo(Down::All))
        .unwrap();
    migrator.run(&mut connection, &Request::Fresh).unwrap();
    assert_eq!(other.bytes(), before);
}

/// Somebody has deleted a row by hand. What was stored with it does not stick to the next one.
#[test]
fn rows_that_somebody_has_deleted() {
    let mut connection = migrated();
    connection
        .execute_batch("DELETE FROM _migrations WHERE seq = 3; DROP TABLE tags")
        .unwrap();
    let migrator = Migrator::new();
    assert_eq!(
        migrator.up(&mut connection).unwrap().names(),
        ["003_create_tags"]
    );
    let stored = "SELECT down FROM _migrations WHERE seq = 3";
    assert_eq!(all::<String>(&connection, stored), ["DROP TABLE tags"]);
}

fn rename_back(connection: &Connection) {
    connection
        .execute_batch(
            "UPDATE _migrations SET id = '002_create_posts' WHERE seq = 2; DELETE FROM _migrations WHERE seq = 3;
             DROP TABLE tags",
        )
        .unwrap();
}

#[test]
fn a_renamed_migration_is_the_same_one() {
    let migrator = Migrator::new();
    let mut connection = migrated();
    rename_back(&connection);
    let found = states(&migrator, &mut connection);
    assert_eq!(found[1], ("002_create_articles".to_owned(), State::Applied));
    assert!(
        migrator
            .is_applied(&mut connection, "002_create_articles")
            .unwrap()
    );
    // Until something is done, the old name stays.
    let report = migrator.up(&mut connection).unwrap();
    assert_eq!(report.names(), ["002_create_articles", "003_create_tags"]);
    assert_eq!(
        all::<String>(&connection, "SELECT id FROM _migrations ORDER BY seq"),
        ["001_create_users", "002_create_articles", "003_create_tags"]
    );
    assert!(migrator.up(&mut connection).unwrap().is_empty());

    // It can be taken back under its old name.
    let mut connection = migrated();
    rename_back(&connection);
    let report = migrator
        .run(&mut connection, &Request::Down(Down::To("001".to_owned())))
        .unwrap();
    assert_eq!(report.names(), ["002_create_articles"]);
}

#[test]
fn a_renamed_package_is_not_started_again() {
    let mut connection = migrated();
    connection
        .execute_batch("UPDATE _migrations SET set_name = 'blog'")
        .unwrap();
    let error = refused(&Migrator::new(), &mut connection, &UP);
    assert_eq!(
        error.to_string(),
        "the history has these migrations under the set `blog`, and the program has them under `migrate-core`: was the \
         package renamed? Write `set = \"blog\"` under [package.metadata.migrate] in its Cargo.toml"
    );
    assert!(!Error::is_usage(&error));
}

/// What one sees in the middle of a migration outside a transaction is told, not guessed at.
#[test]
fn a_row_that_is_cut_off() {
    let mut connection = migrated();
    connection
        .execute_batch("UPDATE _migrations SET state = 'applying', steps_done = 0, steps_begun = 1 WHERE seq = 3")
        .unwrap();
    let migrator = Migrator::new();
    assert_eq!(states(&migrator, &mut connection)[2].1, State::Incomplete);
    let error = refused(&migrator, &mut connection, &UP);
    assert!(
        error.to_string().starts_with(
            "step 1 of `003_create_tags` (CREATE TABLE tags (id INTEGER PRIMARY KEY)) was cut off"
        ),
        "{error}"
    );
    let resolve = Request::Resolve {
        id: "003".to_owned(),
        done: true,
    };
    migrator.run(&mut connection, &resolve).unwrap();
    assert_eq!(
        migrator.up(&mut connection).unwrap().names(),
        ["003_create_tags"]
    );
    assert_eq!(states(&migrator, &mut connection)[2].1, State::Applied);
}
