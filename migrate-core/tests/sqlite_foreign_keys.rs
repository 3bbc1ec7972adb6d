//! Foreign keys around what rebuilds tables. Each environment has a rebuild of its own.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{Database, dump, one};
use migrate_core::{Down, Error, Request, Up, prelude::*, rusqlite::Connection};

#[migration(
    "001_create_authors",
    up = "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT);
          CREATE TABLE books (
              id INTEGER PRIMARY KEY,
              author INTEGER REFERENCES authors (id) ON DELETE CASCADE
          );
          INSERT INTO authors VALUES (1, 'Ann'), (2, 'Bob');
          INSERT INTO books VALUES (10, 1), (11, 1), (12, 2)",
    down = "DROP TABLE books; DROP TABLE authors"
)]
struct CreateAuthors;

/// Seen by its statements.
#[migration(
    "002_rebuild",
    environments = ["rebuild"],
    up = "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
          INSERT INTO new SELECT * FROM authors;
          DROP TABLE authors;
          ALTER TABLE new RENAME TO authors",
    down = "CREATE TABLE old (id INTEGER PRIMARY KEY, name TEXT);
            INSERT INTO old SELECT * FROM authors;
            DROP TABLE authors;
            ALTER TABLE old RENAME TO authors"
)]
struct Rebuild;

/// Asked for, because nobody can see what the step does.
struct Asked;

#[migration("003_asked", environments = ["asked", "panic", "error"], foreign_keys = false, irreversible = "not needed")]
impl Migration for Asked {
    fn up(&self, steps: &mut Steps) {
        let fate = steps.environment().to_owned();
        steps.run("rebuild", move |tx: &rusqlite::Transaction<'_>| {
            assert!(!tx.query_row("PRAGMA foreign_keys", [], |row| row.get::<_, bool>(0))?);
            tx.execute_batch(
                "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
                 INSERT INTO new SELECT * FROM authors;
                 DROP TABLE authors;
                 ALTER TABLE new RENAME TO authors",
            )?;
            match &*fate {
                "panic" => panic!("a fault in the step"),
                "error" => Err("a refusal".into()),
                _ => Ok(()),
            }
        });
    }
}

/// Loses a parent on the way.
#[migration(
    "004_violate",
    environments = ["violate"],
    up = "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
          INSERT INTO new SELECT * FROM authors WHERE id = 2;
          DROP TABLE authors;
          ALTER TABLE new RENAME TO authors",
    irreversible = "not needed"
)]
struct Violate;

/// Rebuilds nothing, so that enforcement stays on.
#[migration(
    "005_delete",
    environments = ["delete"],
    up = "DELETE FROM authors WHERE id = 1",
    irreversible = "not needed"
)]
struct Delete;

#[migration(
    "006_fresh",
    environments = ["fresh"],
    up = "CREATE TABLE readers (book INTEGER REFERENCES books (id))",
    down = "DROP TABLE readers"
)]
struct Fresh;

/// A connection that enforces foreign keys, with the tables in it.
fn begun() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    let first = Request::Up(Up::Count(1));
    Migrator::new().run(&mut connection, &first).unwrap();
    connection
}

fn enforced(connection: &Connection) -> bool {
    let set: bool = one(connection, "PRAGMA foreign_keys");
    let violation = connection.execute("INSERT INTO books VALUES (99, 99)", []);
    assert_eq!(violation.is_err(), set);
    set
}

fn books(connection: &Connection) -> i64 {
    one(connection, "SELECT count(*) FROM books")
}

fn up(connection: &mut Connection, environment: &str) -> Result<(), Error> {
    Migrator::new()
        .environment(environment)
        .up(connection)
        .map(|report| assert_eq!(report.done.len(), 1))
}

#[test]
fn a_rebuild_keeps_the_children() {
    for environment in ["rebuild", "asked"] {
        let mut connection = begun();
        let migrator = Migrator::new().environment(environment);
        let plan = migrator
            .plan(&mut connection, &Request::Up(Up::All))
            .unwrap();
        assert!(plan.migrations[0].foreign_keys_off && plan.migrations[0].transaction);
        up(&mut connection, environment).unwrap();
        assert_eq!(books(&connection), 3, "{environment}");
        assert!(enforced(&connection));
    }
}

#[test]
fn a_rebuild_on_the_way_down_keeps_them_too() {
    let mut connection = begun();
    up(&mut connection, "rebuild").unwrap();
    let migrator = Migrator::new().environment("rebuild");
    migrator
        .run(&mut connection, &Request::Down(Down::Count(1)))
        .unwrap();
    assert_eq!(books(&connection), 3);
    migrator
        .run(&mut connection, &Request::Up(Up::All))
        .unwrap();
    migrator
        .run(&mut connection, &Request::Redo(Down::Count(1)))
        .unwrap();
    assert_eq!(books(&connection), 3);
    assert!(enforced(&connection));
}

/// Also where an older program does it, which has only the stored SQL.
#[test]
fn a_stored_rebuild_keeps_them_too() {
    let mut connection = begun();
    up(&mut connection, "rebuild").unwrap();
    connection
        .execute_batch("UPDATE _migrations SET id = '009_newer' WHERE seq = 2")
        .unwrap();
    let report = Migrator::new()
        .stored_down(true)
        .down(&mut connection)
        .unwrap();
    assert_eq!(report.names(), ["009_newer"]);
    assert_eq!(books(&connection), 3);
    assert!(enforced(&connection));
}

#[test]
fn what_rebuilds_nothing_is_under_enforcement() {
    let mut connection = begun();
    up(&mut connection, "delete").unwrap();
    assert_eq!(books(&connection), 1);
}

#[test]
fn enforcement_is_on_again_after_an_error_and_a_panic() {
    for fate in ["error", "panic"] {
        let mut connection = begun();
        let before = dump(&connection);
        let result = catch_unwind(AssertUnwindSafe(|| up(&mut connection, fate)));
        assert!(result.is_ok_and(|result| result.is_err()) || fate == "panic");
        assert!(
            connection.is_autocommit() && enforced(&connection),
            "{fate}"
        );
        assert_eq!(dump(&connection), before);
    }
}

#[test]
fn a_violation_is_refused_at_the_commit() {
    let mut connection = begun();
    let before = dump(&connection);
    let error = up(&mut connection, "violate").unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(
            "`004_violate` up failed at step 4 of 4: foreign keys are violated: 2 rows of `books` refer to rows of \
             `authors` that are not there (the first has the rowid 10)\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("\n  | PRAGMA foreign_key_check\n  It was rolled back whole"),
        "{text}"
    );
    assert_eq!(dump(&connection), before);
    assert!(enforced(&connection));
}

/// Somebody has switched enforcement off some day, and left what nobody refers to. That is not this
/// migration's fault.
#[test]
fn violations_from_before_are_tolerated() {
    let mut connection = begun();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection
        .execute_batch("INSERT INTO books VALUES (13, 77)")
        .unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    up(&mut connection, "rebuild").unwrap();
    assert_eq!(books(&connection), 4);

    let error = up(&mut connection, "violate").unwrap_err().to_string();
    assert!(
        error.contains("2 rows of `books` refer to rows of `authors`"),
        "{error}"
    );
    assert!(enforced(&connection));
}

/// A key that SQLite itself cannot follow, because its parent has no such unique column.
#[test]
fn a_key_that_fits_nothing_does_not_stop_a_rebuild_of_something_else() {
    let mut connection = begun();
    connection
        .execute_batch("CREATE TABLE odd (name TEXT REFERENCES authors (name)); INSERT INTO odd VALUES ('Ann')")
        .unwrap_err();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection
        .execute_batch("INSERT INTO odd VALUES ('Ann')")
        .unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    up(&mut connection, "rebuild").unwrap();
    assert_eq!(books(&connection), 3);
    let error = up(&mut connection, "violate").unwrap_err().to_string();
    assert!(
        error.contains("2 rows of `books` refer to rows of `authors`"),
        "{error}"
    );
}

#[test]
fn a_connection_without_enforcement_stays_without_it() {
    for environment in ["rebuild", "asked", "delete"] {
        let mut connection = begun();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        up(&mut connection, environment).unwrap();
        assert_eq!(books(&connection), 3);
        assert!(!enforced(&connection));
    }
    // What is wrong is refused all the same.
    let mut connection = begun();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    assert!(up(&mut connection, "violate").is_err());
    assert!(!enforced(&connection));
}

#[test]
fn dropping_everything_does_not_trip_over_them() {
    let mut connection = begun();
    connection
        .execute_batch(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id));
             CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES a (id));
             INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1",
        )
        .unwrap();
    let migrator = Migrator::new().environment("fresh");
    let report = migrator.run(&mut connection, &Request::Fresh).unwrap();
    assert_eq!(report.done.len(), 3);
    assert_eq!(books(&connection), 3);
    assert!(enforced(&connection));
}

/// The pragma does nothing inside a transaction, and nothing is worse than to believe that it did.
#[test]
fn enforcement_is_switched_where_it_works() {
    let database = Database::new();
    let mut connection = database.open();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    Migrator::new()
        .environment("rebuild")
        .up(&mut connection)
        .unwrap();
    assert_eq!(books(&connection), 3);
    assert!(enforced(&connection));
}

/// The parent comes back without what its children refer to.
#[migration(
    "007_mismatch",
    environments = ["mismatch"],
    foreign_keys = false,
    up = "CREATE TABLE cities (name TEXT UNIQUE);
          CREATE TABLE houses (city TEXT REFERENCES cities (name));
          CREATE TABLE streets (city TEXT REFERENCES cities (name));
          INSERT INTO cities VALUES ('Rome');
          INSERT INTO houses VALUES ('Rome');
          DROP TABLE cities;
          CREATE TABLE cities (name TEXT);
          INSERT INTO cities VALUES ('Rome')",
    irreversible = "not needed",
    allow(foreign_key_mismatch, reason = "that it is refused when it runs is the point")
)]
struct Mismatch;

#[test]
fn a_key_that_no_longer_fits_is_refused() {
    let mut connection = begun();
    let error = up(&mut connection, "mismatch").unwrap_err().to_string();
    assert!(
        error.contains(
            ": foreign key mismatch - \"houses\" referencing \"cities\": the columns that it refers to are neither the \
             primary key nor unique\n"
        ),
        "{error}"
    );
}

/// One row, and one row more than there were before.
#[test]
fn single_violations() {
    let mut connection = begun();
    connection
        .execute_batch("DELETE FROM books WHERE id = 11")
        .unwrap();
    let error = up(&mut connection, "violate").unwrap_err().to_string();
    let one =
        "foreign keys are violated: a row of `books` refers to one of `authors` that is not there";
    assert!(error.contains(&format!("{one} (rowid 10)\n")), "{error}");
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection
        .execute_batch("INSERT INTO books VALUES (1, 77)")
        .unwrap();
    let error = up(&mut connection, "violate").unwrap_err().to_string();
    assert!(error.contains(&format!("{one}\n")), "{error}");
}
