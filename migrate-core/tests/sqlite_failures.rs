//! What fails, and what is left then. Each environment has a failure of its own.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{Database, all, dump, has_history, objects, one};
use migrate_core::{Error, Request, Up, prelude::*, rusqlite::Connection};

#[migration(
    "001_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER CHECK (age >= 0))",
    down = "DROP TABLE users"
)]
struct CreateUsers;

const VIOLATES: u32 = line!() + 8;

struct Violates;

#[migration("002_violates", environments = ["violates"])]
impl Migration for Violates {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE posts (id INTEGER PRIMARY KEY)"));
        steps.sql(sql!(
            "INSERT INTO users (age) VALUES (1);

             INSERT INTO users (age)
                 VALUES (-1);
             DROP TABLE posts"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked("DELETE FROM nowhere"));
    }
}

/// A statement that does not compile.
struct Unknown;

#[migration("003_unknown", environments = ["unknown"], irreversible = "it never runs")]
impl Migration for Unknown {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
        ));
        steps.sql(Sql::unchecked("INSERT INTO nowhere VALUES (1)"));
    }
}

/// What the Rust step of `RustStep` does.
type Step = fn(&rusqlite::Transaction<'_>) -> StepResult;

struct RustStep;

#[migration("004_rust", environments = ["error", "busy", "panic", "commit", "commit_and_fail", "rollback", "or_rollback"], irreversible = "it never ends")]
impl Migration for RustStep {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE posts (id INTEGER PRIMARY KEY)"));
        let step: Step = match steps.environment() {
            "error" => |_| Err("the mail server does not answer".into()),
            "panic" => |_| panic!("a fault in the step"),
            "commit" => |tx| Ok(tx.execute_batch("COMMIT")?),
            "commit_and_fail" => |tx| {
                tx.execute_batch("COMMIT")?;
                Err("something else".into())
            },
            "rollback" => |tx| Ok(tx.execute_batch("ROLLBACK")?),
            _ => |tx| Ok(tx.execute_batch("INSERT OR ROLLBACK INTO users (age) VALUES (-1)")?),
        };
        steps.run("ask the mail server", step);
        steps.sql(sql!("DROP TABLE posts"));
    }
}

#[migration("005_large", environments = ["large"], up = "CREATE TABLE large AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i, hex(randomblob(500)) AS text FROM n", down = "DROP TABLE large")]
struct LargeTable;

#[migration("006_small", environments = ["large"], up = "CREATE TABLE small (a)", down = "DROP TABLE small")]
struct Small;

fn run(environment: &str) -> (Connection, Error) {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new().environment(environment);
    let error = migrator.up(&mut connection).unwrap_err();
    // The one before it stays, and what failed has left nothing.
    assert_eq!(error.report().names(), ["001_create_users"]);
    assert_eq!(
        all::<String>(&connection, "SELECT id FROM _migrations"),
        ["001_create_users"]
    );
    assert!(connection.is_autocommit());
    (connection, error)
}

#[test]
fn a_violated_constraint_shows_its_statement() {
    let (mut connection, error) = run("violates");
    assert_eq!(
        error.to_string(),
        format!(
            "`002_violates` up failed at step 3 of 4: CHECK constraint failed: age >= 0
  at {}:{VIOLATES}
  | INSERT INTO users (age)
  |                  VALUES (-1)
  It was rolled back whole; the migrations before it stay applied",
            file!()
        )
    );
    assert_eq!(error.migration(), Some("002_violates"));
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("CHECK constraint failed")
    );
    assert_eq!(objects(&connection), ["users"]);
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM users"), 0);
    // It fails the same way again.
    let again = Migrator::new()
        .environment("violates")
        .up(&mut connection)
        .unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    assert!(again.report().is_empty());
}

#[test]
fn a_way_down_fails_whole_too() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new().environment("violates");
    migrator
        .run(&mut connection, &Request::Up(Up::Count(1)))
        .unwrap();
    migrator
        .run(&mut connection, &Request::Baseline(None))
        .unwrap_err();
    connection
        .execute_batch("UPDATE _migrations SET id = '002_violates', checksum = 'v1:x'")
        .unwrap();
    let lenient = migrator.clone().changed(migrate_core::Policy::Ignore);
    let before = dump(&connection);
    let error = lenient.down(&mut connection).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(
            "`002_violates` down failed at step 1 of 1: no such table: nowhere\n  at "
        ),
        "{text}"
    );
    assert!(text.contains("\n  | DELETE FROM nowhere\n"), "{text}");
    assert_eq!(dump(&connection), before);
}

#[test]
fn a_statement_that_does_not_compile() {
    let (connection, error) = run("unknown");
    let text = error.to_string();
    assert!(
        text.starts_with("`003_unknown` up failed at step 2 of 2: no such table: nowhere\n"),
        "{text}"
    );
    // Unchecked text has no place of its own: it is that of the attribute.
    assert!(text.contains(&format!("\n  at {}:", file!())), "{text}");
    assert!(
        text.contains("\n  | INSERT INTO nowhere VALUES (1)\n"),
        "{text}"
    );
    assert_eq!(objects(&connection), ["users"]);
}

#[test]
fn an_error_of_a_rust_step() {
    let (connection, error) = run("error");
    let text = error.to_string();
    assert!(
        text.starts_with("`004_rust` up failed at step 2 of 3: the mail server does not answer\n"),
        "{text}"
    );
    assert!(
        text.contains("\n  | ask the mail server\n  It was rolled back whole"),
        "{text}"
    );
    assert_eq!(objects(&connection), ["users"]);
}

#[test]
fn a_panic_of_a_rust_step_leaves_the_connection_as_it_was() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .busy_timeout(std::time::Duration::from_millis(1234))
        .unwrap();
    let migrator = Migrator::new().environment("panic");
    let panic = catch_unwind(AssertUnwindSafe(|| migrator.up(&mut connection)));
    assert!(panic.is_err());
    assert!(connection.is_autocommit());
    assert_eq!(objects(&connection), ["users"]);
    assert_eq!(one::<i64>(&connection, "PRAGMA busy_timeout"), 1234);
    assert_eq!(migrator.pending(&mut connection).unwrap(), ["004_rust"]);
}

/// What ends the transaction behind the runner's back cannot be undone, so it is told loudly.
#[test]
fn a_step_that_commits_or_rolls_back() {
    for (environment, left) in [
        ("commit", &["posts", "users"][..]),
        ("commit_and_fail", &["posts", "users"]),
        ("rollback", &["users"]),
    ] {
        let (connection, error) = run(environment);
        let text = error.to_string();
        assert!(
            text.ends_with(
                "\n  The step has ended the transaction: what ran before it is in the database, and is not recorded. Remove \
                 the COMMIT or ROLLBACK from the step, and undo by hand what it left"
            ),
            "{text}"
        );
        assert_eq!(objects(&connection), left, "{environment}");
    }
}

/// Where SQLite itself has rolled back, nothing is left.
#[test]
fn a_statement_that_rolls_back_as_it_fails() {
    let (connection, error) = run("or_rollback");
    let text = error.to_string();
    assert!(text.contains("CHECK constraint failed"), "{text}");
    assert!(
        text.ends_with("It was rolled back whole; the migrations before it stay applied"),
        "{text}"
    );
    assert_eq!(objects(&connection), ["users"]);
}

#[test]
fn a_full_disk() {
    let database = Database::new();
    let mut connection = database.open();
    let migrator = Migrator::new().environment("large");
    migrator
        .run(&mut connection, &Request::Up(Up::Count(1)))
        .unwrap();
    let pages: i64 = one(&connection, "PRAGMA page_count");
    let set = |connection: &Connection, pages: i64| {
        connection
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
    };
    let before = dump(&connection);
    set(&connection, pages + 20);
    let error = migrator.up(&mut connection).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("`005_large` up failed at step 1 of 1: database or disk is full: make room, and run again\n"),
        "{text}"
    );
    assert!(
        text.ends_with("It was rolled back whole; the migrations before it stay applied"),
        "{text}"
    );
    assert!(error.report().is_empty() && connection.is_autocommit());
    assert_eq!(dump(&connection), before);
    // With room it goes on.
    set(&connection, 1_000_000);
    assert_eq!(
        migrator.up(&mut connection).unwrap().names(),
        ["005_large", "006_small"]
    );
    assert_eq!(one::<String>(&connection, "PRAGMA integrity_check"), "ok");
}

/// Also where there is no room for the history itself.
#[test]
fn a_disk_that_is_full_from_the_start() {
    let database = Database::new();
    let mut connection = database.open();
    connection.execute_batch("CREATE TABLE t (a)").unwrap();
    connection.pragma_update(None, "max_page_count", 2).unwrap();
    let migrator = Migrator::new();
    let error = migrator.up(&mut connection).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("database or disk is full: make room, and run again"),
        "{text}"
    );
    assert!(!has_history(&connection) && error.report().is_empty());
    connection
        .pragma_update(None, "max_page_count", 1000)
        .unwrap();
    migrator.up(&mut connection).unwrap();
}

#[test]
fn a_database_that_cannot_be_written() {
    let database = Database::new();
    database.open().execute_batch("CREATE TABLE t (a)").unwrap();
    let url = format!("sqlite:{}?mode=ro", database.path.display());
    let mut connection = migrate_core::sqlite::open(&url).unwrap();
    let migrator = Migrator::new();
    assert_eq!(
        migrator.pending(&mut connection).unwrap(),
        ["001_create_users"]
    );
    let error = migrator.up(&mut connection).unwrap_err();
    let text = error.to_string();
    let why =
        "attempt to write a readonly database: the file, its folder or the connection is read-only";
    assert!(text.contains(why), "{text}");
    assert!(!error.is_locked());
    drop(connection);

    // And what is up to date needs no right to write.
    let mut connection = database.open();
    migrator.up(&mut connection).unwrap();
    drop(connection);
    let mut connection = migrate_core::sqlite::open(&url).unwrap();
    assert!(migrator.up(&mut connection).unwrap().is_empty());
}

#[test]
fn what_is_no_database() {
    let database = Database::new();
    std::fs::write(
        &database.path,
        "This is a letter, and by no means a database of any kind.".repeat(20),
    )
    .unwrap();
    let before = database.bytes();
    let mut connection = database.open();
    for error in [
        Migrator::new().up(&mut connection).unwrap_err(),
        Migrator::new().status(&mut connection).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.starts_with("cannot read the history of"), "{text}");
        assert!(text.contains("file is not a database"), "{text}");
    }
    assert_eq!(database.bytes(), before);
}
