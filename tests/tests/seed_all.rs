//! What is demanded of every command, whatever else it promises: a wrong wish is an error that says what and
//! where, ends with a code that is not 0, and changes nothing; and rollback touches only what was applied.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_core::{Down, Error, Migrator, Request, Up, prelude::*};
use migrate_tests::Folder;
use rusqlite::Connection;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const NEXT: &str = env!("CARGO_BIN_EXE_fixture-shop-next");
const EDITED: &str = env!("CARGO_BIN_EXE_fixture-shop-edited");
const TWICE: &str = env!("CARGO_BIN_EXE_fixture-twice");
const DB: &str = "--database-url app.db";

#[migration("001_one", up = "CREATE TABLE one (a)", down = "DROP TABLE one")]
struct One;

/// The macro cannot see into another macro, so that this is left to the runner.
macro_rules! without_down {
    ($name:ident) => {
        impl Migration for $name {
            fn up(&self, steps: &mut Steps) {
                steps.sql(sql!("CREATE TABLE two (a)"));
            }
        }
    };
}

#[migration("002_two")]
struct Two;

without_down!(Two);

#[migration("003_three", up = "CREATE TABLE three (a)", down = "DROP TABLE three")]
struct Three;

#[migration("004_four", up = "CREATE TABLE four (a)", irreversible = "for good")]
struct Four;

fn up(count: u32) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    let request = Request::Up(Up::Count(count));
    Migrator::new().run(&mut db, &request).unwrap();
    db
}

/// Demands that a request is refused and nothing is changed.
#[track_caller]
fn refused(db: &mut Connection, request: &Request) -> Error {
    let before = (schema(db), Migrator::new().applied(db).unwrap());
    let error = Migrator::new().run(db, request).unwrap_err();
    assert!(error.report().is_empty());
    assert_eq!((schema(db), Migrator::new().applied(db).unwrap()), before);
    // A plan of the same says the same.
    let planned = Migrator::new().plan(db, request).unwrap_err();
    assert_eq!(planned.to_string(), error.to_string());
    error
}

fn schema(db: &Connection) -> Vec<String> {
    let mut statement = db
        .prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
        .unwrap();
    let texts = statement.query_map([], |row| row.get(0)).unwrap();
    texts.map(Result::unwrap).collect()
}

#[test]
fn unknown_target() {
    let mut db = up(1);
    let name = || "thre".to_owned();
    for request in [
        Request::Up(Up::To(name())),
        Request::Down(Down::To(name())),
        Request::Redo(Down::To(name())),
        Request::Apply(name()),
        Request::Baseline(Some(name())),
        Request::Repair(vec![name()]),
        Request::Forget(vec![name()]),
        Request::Resolve {
            id: name(),
            done: true,
        },
    ] {
        let error = refused(&mut db, &request);
        assert!(error.is_usage(), "{error}");
        assert_eq!(
            error.to_string(),
            "there is no migration `thre`: did you mean `003_three`?"
        );
    }
}

#[test]
fn missing_down() {
    let mut db = up(3);
    let error = refused(&mut db, &Request::Down(Down::All)).to_string();
    assert!(
        error.contains("no `down`: `002_two` (tests/tests/seed_all.rs:"),
        "{error}"
    );
    refused(&mut db, &Request::Down(Down::Count(2)));
    refused(&mut db, &Request::Redo(Down::All));
    let report = Migrator::new()
        .run(&mut db, &Request::Down(Down::Count(1)))
        .unwrap();
    assert_eq!(report.names(), ["003_three"]);
}

#[test]
fn irreversible() {
    let mut db = up(4);
    let error = refused(&mut db, &Request::Down(Down::Count(1))).to_string();
    assert_eq!(
        error,
        "cannot be taken back: `004_four` (for good). Nothing was done"
    );
}

#[test]
fn negative_and_other_counts_that_are_none() {
    let mut db = up(2);
    for request in [
        Request::Up(Up::Count(0)),
        Request::Down(Down::Count(0)),
        Request::Down(Down::Batches(0)),
        Request::Redo(Down::Batches(0)),
    ] {
        let error = refused(&mut db, &request);
        assert_eq!(
            error.to_string(),
            "a count of 0 does nothing: write 1 or more"
        );
    }
    let here = Folder::new();
    here.run(SHOP, &format!("up {DB}")).ends(0);
    let before = here.files();
    for arguments in [
        "down -n -3",
        "down --steps -1",
        "redo -n -1",
        "up -n -1",
        "down --steps 0",
        "up -n 99999999999",
    ] {
        here.run(SHOP, &format!("{arguments} {DB}"))
            .ends(2)
            .has("write a whole number, from 1 on");
    }
    assert!(here.files() == before);
}

#[test]
fn duplicate_version() {
    let here = Folder::new();
    for command in ["up", "status", "plan", "check"] {
        here.run(TWICE, &format!("{command} {DB}"))
            .ends(1)
            .has("two migrations of the set `shop` have the version 20260215_01")
            .has("shop/src/migrations/m20260215_create_users.rs:8")
            .has("shop-edited/src/migrations/m20260215_create_users.rs:5");
    }
    assert!(here.files().is_empty());
}

#[test]
fn changed_applied_migration() {
    let here = Folder::new();
    here.run(SHOP, &format!("up {DB}")).ends(0);
    // So that nothing else is wrong with it.
    here.run(EDITED, &format!("forget create_orders {DB}"))
        .ends(0);
    let before = here.files();
    for command in [
        "up",
        "down",
        "reset --yes",
        "redo",
        "plan",
        "apply create_settings",
    ] {
        here.run(EDITED, &format!("{command} {DB}"))
            .ends(1)
            .has("`20260215_create_users`");
    }
    for command in ["check", "verify"] {
        here.run(EDITED, &format!("{command} {DB}"))
            .ends(1)
            .has("20260215_create_users has changed");
    }
    assert!(here.files() == before);
}

#[test]
fn missing_applied_migration() {
    let here = Folder::new();
    here.run(NEXT, &format!("up {DB}")).ends(0);
    let before = here.files();
    for command in [
        "up",
        "down",
        "reset --yes",
        "redo",
        "plan",
        "check",
        "verify",
    ] {
        here.run(SHOP, &format!("{command} {DB}"))
            .ends(1)
            .has("20260311_write_invoices");
    }
    assert!(here.files() == before);
}

#[test]
fn unreadable_history() {
    let here = Folder::new();
    here.run(SHOP, &format!("up {DB}")).ends(0);
    here.sql(
        "app.db",
        "UPDATE _migrations SET state = 'perhaps' WHERE seq = 3",
    );
    let before = here.files();
    for command in [
        "up",
        "down",
        "reset --yes",
        "redo",
        "plan",
        "status",
        "check",
        "verify",
        "fresh --yes",
        "baseline --all",
    ] {
        here.run(SHOP, &format!("{command} {DB}")).ends(1).has(
            "the history in the table `_migrations` is damaged: row 3 has the state \"perhaps\"",
        );
    }
    assert!(here.files() == before);
}

#[test]
fn rollback_touches_only_what_was_applied() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new()
        .run(&mut db, &Request::Apply("003".to_owned()))
        .unwrap();
    // What looks like the work of the others, and is somebody else's.
    db.execute_batch("CREATE TABLE one (mine); CREATE TABLE two (mine)")
        .unwrap();
    let report = Migrator::new()
        .run(&mut db, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(report.names(), ["003_three"]);
    assert!(db.table_exists(None, "one").unwrap() && db.table_exists(None, "two").unwrap());
    assert!(
        Migrator::new()
            .run(&mut db, &Request::Down(Down::All))
            .unwrap()
            .is_empty()
    );
}
