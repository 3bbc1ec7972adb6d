//! `rebuild_table`: a table in another form, with its rows and all that hangs on it. Each environment has a rebuild of its own.
#![cfg(all(feature = "sqlite", feature = "builder"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use common::{all, dump, one};
use migrate_core::{Error, prelude::*, rusqlite::Connection};

#[migration(
    "001_create",
    up = "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
          CREATE TABLE users (
              id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
              mail TEXT COLLATE NOCASE,
              team INTEGER REFERENCES teams (id) ON DELETE SET NULL,
              boss INTEGER REFERENCES users (id),
              length INTEGER GENERATED ALWAYS AS (length(mail)) STORED CHECK (length < 100)
          );
          CREATE TABLE orders (user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
          CREATE TABLE log (what TEXT);
          CREATE TABLE codes (code TEXT PRIMARY KEY, n INT) STRICT, WITHOUT ROWID;
          CREATE TABLE notes (text TEXT);
          CREATE UNIQUE INDEX users_mail ON users (lower(mail)) WHERE mail IS NOT NULL;
          CREATE INDEX users_team ON users (team DESC);
          CREATE TRIGGER users_insert AFTER INSERT ON users BEGIN INSERT INTO log VALUES ('user'); END;
          CREATE TRIGGER orders_insert AFTER INSERT ON orders
              BEGIN UPDATE users SET team = NULL WHERE id = new.user; END;
          CREATE VIEW mails AS SELECT id, mail FROM users;
          CREATE VIEW first_mail AS SELECT min(mail) AS mail FROM mails;
          CREATE TRIGGER mails_insert INSTEAD OF INSERT ON mails
              BEGIN INSERT INTO users (mail) VALUES (new.mail); END;
          INSERT INTO teams VALUES (1, 'a');
          INSERT INTO users (id, mail, team, boss) VALUES (5, 'Ann', 1, NULL), (6, 'bob', NULL, 5), (9, 'Eve', 1, 5);
          DELETE FROM users WHERE id = 9;
          INSERT INTO orders VALUES (5), (6);
          UPDATE users SET team = 1 WHERE id = 5;
          INSERT INTO codes VALUES ('x', 1);
          INSERT INTO notes (rowid, text) VALUES (3, 'three'), (70, 'seventy');
          DELETE FROM log",
    irreversible = "not needed"
)]
struct Create;

struct Users;

#[migration("002_users", environments = ["users"])]
impl Migration for Users {
    fn up(&self, steps: &mut Steps) {
        steps.rebuild_table("users", |t| {
            t.id().auto_increment();
            t.text("mail").not_null();
            t.keep("length");
            t.integer("team")
                .references("teams", "id")
                .on_delete(Action::SetNull);
            t.integer("boss").references("users", "id");
            t.boolean("active").not_null().default(true);
            t.check("mail_is_short", "length(users.mail) < 50");
        });
    }
    fn down(&self, steps: &mut Steps) {
        steps.rebuild_table("users", |t| {
            t.id().auto_increment();
            t.text("mail");
            t.integer("team")
                .references("teams", "id")
                .on_delete(Action::SetNull);
            t.integer("boss").references("users", "id");
            t.keep("length");
        });
    }
}

struct Others;

#[migration("003_others", environments = ["others"], irreversible = "not needed")]
impl Migration for Others {
    fn up(&self, steps: &mut Steps) {
        steps.rebuild_table("codes", |t| {
            t.text("code").primary_key();
            t.integer("number").not_null();
            t.copy("number", "n + 1");
        });
        steps.rebuild_table("notes", |t| {
            t.text("text").not_null();
        });
    }
}

struct Refused;

#[migration("004_refused", environments = ["refused"], irreversible = "not needed")]
impl Migration for Refused {
    fn up(&self, steps: &mut Steps) {
        steps.rebuild_table("users", |t| {
            t.id();
            t.text("mail").not_null();
            t.integer("team").not_null();
            t.keep("length");
        });
    }
}

/// The name comes from elsewhere, so that nothing is known of it while it is compiled.
struct Missing;

#[migration("005_missing", environments = ["missing"], irreversible = "not needed")]
impl Migration for Missing {
    fn up(&self, steps: &mut Steps) {
        let table = steps.environment().to_owned();
        steps.rebuild_table(table, |t| {
            t.id();
        });
    }
}

struct Broken;

#[migration("006_broken", environments = ["broken"], irreversible = "not needed")]
impl Migration for Broken {
    fn up(&self, steps: &mut Steps) {
        let mail = "address";
        steps.sql(sql!("DROP INDEX users_mail"));
        steps.rebuild_table("users", |t| {
            t.id();
            t.text(mail);
        });
    }
}

/// A database after the first migration and the others of an environment; and all that was in it between.
fn database(environment: &str) -> (Connection, Result<(), Error>, String) {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = ON")
        .unwrap();
    let first = Migrator::new().environment("none");
    first.up(&mut connection).unwrap();
    let migrator = Migrator::new().environment(environment);
    let before = dump(&connection);
    let done = migrator.up(&mut connection).map(drop);
    (connection, done, before)
}

#[test]
fn all_that_hangs_on_a_table_stays() {
    let (mut connection, done, _) = database("users");
    done.unwrap();
    kept(&connection);
    assert_eq!(
        one::<i64>(&connection, "SELECT count(active) FROM users"),
        2
    );
    let refused = [
        "INSERT INTO users (mail) VALUES (NULL)",
        "INSERT INTO users (mail) VALUES ('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')",
    ];
    for sql in refused {
        assert!(connection.execute_batch(sql).is_err(), "{sql}");
    }
    Migrator::new()
        .environment("users")
        .down(&mut connection)
        .unwrap();
    kept(&connection);
    connection
        .execute_batch("INSERT INTO users (mail) VALUES (NULL)")
        .unwrap();
}

/// What was on the table before is on it now.
fn kept(connection: &Connection) {
    // The rows of the table, and those of the table that would have gone with them.
    assert_eq!(
        all::<i64>(connection, "SELECT id FROM users ORDER BY id"),
        [5, 6]
    );
    assert_eq!(
        all::<i64>(connection, "SELECT user FROM orders ORDER BY user"),
        [5, 6]
    );
    assert_eq!(
        one::<i64>(connection, "SELECT team FROM users WHERE id = 5"),
        1
    );
    assert_eq!(
        one::<i64>(connection, "SELECT boss FROM users WHERE id = 6"),
        5
    );
    // The copy fired no trigger.
    assert_eq!(one::<i64>(connection, "SELECT count(*) FROM log"), 0);
    // Collation, generated column, views.
    assert_eq!(
        one::<i64>(connection, "SELECT id FROM users WHERE mail = 'BOB'"),
        6
    );
    assert_eq!(
        all::<i64>(connection, "SELECT length FROM users ORDER BY id"),
        [3, 3]
    );
    assert_eq!(
        one::<String>(connection, "SELECT mail FROM first_mail"),
        "Ann"
    );
    // Indexes.
    let again = "INSERT INTO users (mail) VALUES ('ANN')";
    assert!(connection.execute_batch(again).is_err());
    let indexes =
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
    assert_eq!(
        all::<String>(connection, indexes),
        ["users_mail", "users_team"]
    );
    // A number that was given once, and all triggers.
    connection
        .execute_batch("SAVEPOINT s; INSERT INTO mails (mail) VALUES ('new')")
        .unwrap();
    assert_eq!(
        one::<i64>(connection, "SELECT id FROM users WHERE mail = 'new'"),
        10
    );
    assert_eq!(one::<i64>(connection, "SELECT count(*) FROM log"), 1);
    connection
        .execute_batch("INSERT INTO orders VALUES (5)")
        .unwrap();
    assert_eq!(
        one::<Option<i64>>(connection, "SELECT team FROM users WHERE id = 5"),
        None
    );
    // Foreign keys in both directions.
    assert!(
        connection
            .execute_batch("INSERT INTO users (mail, team) VALUES ('x', 7)")
            .is_err()
    );
    connection
        .execute_batch("DELETE FROM users WHERE id = 6")
        .unwrap();
    assert_eq!(all::<i64>(connection, "SELECT user FROM orders"), [5, 5]);
    connection
        .execute_batch("ROLLBACK TO s; RELEASE s")
        .unwrap();
    let enforced: bool = one(connection, "PRAGMA foreign_keys");
    assert!(enforced);
}

#[test]
fn strict_without_rowid_and_rowids_stay() {
    let (connection, done, _) = database("others");
    done.unwrap();
    assert_eq!(one::<i64>(&connection, "SELECT number FROM codes"), 2);
    assert!(connection.execute_batch("SELECT rowid FROM codes").is_err());
    assert!(
        connection
            .execute_batch("INSERT INTO codes VALUES ('y', 'text')")
            .is_err()
    );
    assert_eq!(
        all::<i64>(&connection, "SELECT rowid FROM notes ORDER BY rowid"),
        [3, 70]
    );
}

#[test]
fn what_rows_do_not_allow_leaves_everything_as_it_was() {
    let (connection, done, before) = database("refused");
    let error = done.unwrap_err().to_string();
    assert!(
        error.contains("NOT NULL constraint failed: users__new.team"),
        "{error}"
    );
    assert_eq!(dump(&connection), before);
    kept(&connection);
}

#[test]
fn a_table_that_is_not_there_is_an_error_that_says_so() {
    let (_, done, _) = database("missing");
    let error = done.unwrap_err().to_string();
    assert!(
        error.contains("SQLite has no table `missing` to make again"),
        "{error}"
    );
}

#[test]
fn a_view_that_would_be_broken_is_an_error() {
    let (connection, done, _) = database("broken");
    let error = done.unwrap_err().to_string();
    assert!(error.contains("no such column"), "{error}");
    kept(&connection);
}
