//! Dropping everything, whatever it is.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use common::{Database, all, objects, one};
use migrate_core::{ActionKind, Down, Request, prelude::*, rusqlite::Connection};

/// One of everything.
struct Everything;

#[migration("001_everything")]
impl Migration for Everything {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE parents (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE COLLATE NOCASE);
             CREATE TABLE children (parent INTEGER NOT NULL REFERENCES parents (id), note TEXT) STRICT;
             CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
             CREATE INDEX children_note ON children (lower(note)) WHERE note IS NOT NULL;
             CREATE VIEW names AS SELECT name FROM parents;
             CREATE VIEW long_names AS SELECT name FROM names WHERE length(name) > 3;
             CREATE TRIGGER names_insert INSTEAD OF INSERT ON names BEGIN
                 INSERT INTO parents (name) VALUES (new.name);
             END;
             CREATE TRIGGER parents_insert AFTER INSERT ON parents BEGIN
                 INSERT INTO children VALUES (new.id, 'born');
             END;
             CREATE VIRTUAL TABLE search USING fts5 (name, content = '', tokenize = 'porter');
             CREATE VIRTUAL TABLE boxes USING rtree (id, left, right);
             INSERT INTO names VALUES ('Ann'), ('Robert');
             INSERT INTO search (rowid, name) SELECT id, name FROM parents;
             ANALYZE"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "DROP TABLE boxes; DROP TABLE search; DROP VIEW long_names; DROP VIEW names; DROP TABLE pairs;
             DROP TABLE children; DROP TABLE parents"
        ));
    }
}

/// What somebody has made beside the migrations.
const STRANGERS: &str = "
    CREATE TABLE \"odd \"\" name; DROP TABLE parents\" (a);
    CREATE TABLE [select] (a);
    CREATE VIEW broken AS SELECT * FROM nowhere;
    CREATE TABLE sqliteish (a);
    CREATE TRIGGER \"odd trigger\" AFTER INSERT ON sqliteish BEGIN SELECT 1; END;
    CREATE TEMP TABLE passing (a);
    CREATE TABLE search_like (a)";

#[test]
fn everything_goes_and_comes_again() {
    let database = Database::new();
    for foreign_keys in [false, true] {
        let mut connection = database.open();
        connection
            .pragma_update(None, "foreign_keys", foreign_keys)
            .unwrap();
        let migrator = Migrator::new();
        migrator.up(&mut connection).unwrap();
        let before = objects(&connection);
        connection.execute_batch(STRANGERS).unwrap();
        let report = migrator.run(&mut connection, &Request::Fresh).unwrap();
        let kinds: Vec<ActionKind> = report.done.iter().map(|done| done.action).collect();
        assert_eq!(kinds, [ActionKind::Wipe, ActionKind::Apply]);
        assert_eq!(objects(&connection), before);
        assert_eq!(
            all::<String>(&connection, "SELECT name FROM parents ORDER BY id"),
            ["Ann", "Robert"]
        );
        // Numbers begin anew.
        assert_eq!(
            all::<i64>(&connection, "SELECT id FROM parents ORDER BY id"),
            [1, 2]
        );
        assert_eq!(
            all::<i64>(&connection, "SELECT batch FROM _migrations"),
            [1]
        );
        assert_eq!(one::<String>(&connection, "PRAGMA integrity_check"), "ok");
        assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM passing"), 0);
        assert_eq!(
            one::<bool>(&connection, "PRAGMA foreign_keys"),
            foreign_keys
        );
        drop(connection);
    }
}

#[test]
fn the_way_back_leaves_nothing_either() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator.up(&mut connection).unwrap();
    migrator
        .run(&mut connection, &Request::Redo(Down::All))
        .unwrap();
    migrator.down(&mut connection).unwrap();
    assert_eq!(objects(&connection), [""; 0]);
}

/// A database that has never been migrated is emptied all the same.
#[test]
fn a_database_of_somebody_else() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE theirs (a); CREATE TABLE others (x)")
        .unwrap();
    let migrator = Migrator::new();
    migrator.run(&mut connection, &Request::Fresh).unwrap();
    assert!(!objects(&connection).contains(&"theirs".to_owned()));
    assert!(migrator.up(&mut connection).unwrap().is_empty());
}

/// Half of a drop is none.
#[test]
fn a_failure_leaves_everything() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator.up(&mut connection).unwrap();
    // No module of this name can be loaded, so the table cannot be dropped.
    connection
        .execute_batch(
            "PRAGMA writable_schema = ON;
             INSERT INTO sqlite_schema VALUES ('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING gone()');
             PRAGMA writable_schema = RESET",
        )
        .unwrap();
    let before = objects(&connection);
    let error = migrator.run(&mut connection, &Request::Fresh).unwrap_err();
    assert!(
        error.to_string().contains("no such module: gone"),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("cannot drop everything, and so all of it is as it was: "),
        "{error}"
    );
    assert!(error.report().is_empty());
    assert_eq!(objects(&connection), before);
}
