//! SQL with a text for each dialect.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

mod common;

use common::{objects, refused};
use migrate_core::{Dialect, PlannedStep, Request, State, Up, prelude::*, rusqlite::Connection};

struct CreateUsers;

#[migration("1_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(sqlite: "CREATE TABLE users (id INTEGER PRIMARY KEY)"));
        steps.sql(Sql::unchecked_each([
            (Dialect::Postgres, "CREATE EXTENSION citext"),
            (Dialect::Sqlite, ""),
        ]));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

#[migration(
    "2_create_posts",
    up(
        sqlite = "CREATE TABLE posts (id INTEGER PRIMARY KEY); CREATE TABLE tags (id INTEGER PRIMARY KEY)"
    ),
    down(sqlite = "DROP TABLE tags; DROP TABLE posts")
)]
struct CreatePosts;

struct Elsewhere;

#[migration("3_elsewhere", environments = ["postgres", "both"], irreversible = "a test")]
impl Migration for Elsewhere {
    fn up(&self, steps: &mut Steps) {
        let mut texts = vec![(Dialect::Postgres, "CREATE INDEX i ON users (id)")];
        if steps.environment() == "both" {
            texts.push((Dialect::Sqlite, "CREATE INDEX j ON users (id)"));
        }
        steps.sql(Sql::unchecked_each(texts));
    }
}

#[test]
fn the_text_of_the_database_runs() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    let plan = migrator
        .plan(&mut connection, &Request::Up(Up::All))
        .unwrap();
    let sql = |text: &str| PlannedStep::Sql {
        sql: text.to_owned(),
    };
    assert_eq!(
        plan.migrations[0].steps,
        [sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")]
    );
    migrator.up(&mut connection).unwrap();
    assert_eq!(objects(&connection), ["posts", "tags", "users"]);
    let applied = migrator.status(&mut connection).unwrap();
    assert!(
        applied.migrations[..2]
            .iter()
            .all(|one| one.state == State::Applied)
    );
    migrator.down(&mut connection).unwrap();
    assert_eq!(objects(&connection), [""; 0]);
}

/// Everything is known before anything is done, so nothing is done.
#[test]
fn a_database_without_a_text_is_refused_when_the_run_is_planned() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new().environment("postgres");
    let error = refused(&migrator, &mut connection, &Request::Up(Up::All));
    let error = error.to_string();
    assert!(error.contains("`3_elsewhere` ("), "{error}");
    assert!(error.contains("sqlite_dialects.rs:"), "{error}");
    assert!(
        error.contains("its SQL has a text for `postgres`, and none for SQLite, of which this database is: add one to `Sql::unchecked_each`. Nothing was done"),
        "{error}"
    );
    Migrator::new()
        .environment("both")
        .up(&mut connection)
        .unwrap();
    assert_eq!(objects(&connection), ["j", "posts", "tags", "users"]);
}
