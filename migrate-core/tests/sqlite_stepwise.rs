//! Migrations outside a transaction, on a real database.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{Database, all, one, states};
use migrate_core::{
    Down, Event, Observer, Progress, Request, State,
    prelude::*,
    rusqlite::{Connection, params},
};

#[migration(
    "001_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

/// What the Rust step does, by the contents of the table `fate`.
struct Large;

#[migration("002_large", transaction = false)]
impl Migration for Large {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("PRAGMA journal_mode = WAL"));
        steps.sql(sql!(
            "CREATE TABLE large (a); VACUUM; INSERT INTO large VALUES (1)"
        ));
        steps.run("fill", |connection: &rusqlite::Connection| {
            assert!(connection.is_autocommit());
            connection.execute("INSERT INTO large VALUES (2)", [])?;
            let fate: Option<String> = connection
                .query_row("SELECT name FROM users WHERE id = 99", [], |row| row.get(0))
                .ok();
            match fate.as_deref() {
                Some("error") => {
                    connection.execute("DELETE FROM large WHERE a = 2", [])?;
                    Err("not today".into())
                }
                Some("panic") => panic!("a fault in the step"),
                Some("open") => {
                    connection.execute_batch("BEGIN; INSERT INTO large VALUES (7)")?;
                    Ok(vec![])
                }
                Some("open and error") => {
                    connection.execute_batch("BEGIN; INSERT INTO large VALUES (7)")?;
                    Err("not today".into())
                }
                Some("bad sql") => Ok(vec![
                    Sql::unchecked("INSERT INTO large VALUES (3)"),
                    Sql::unchecked("INSERT INTO nowhere VALUES (4)"),
                ]),
                _ => Ok(vec![Sql::unchecked(
                    "INSERT INTO large VALUES (3); INSERT INTO large VALUES (4)",
                )]),
            }
        });
        steps.sql(sql!("INSERT INTO large VALUES (5)"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE large; VACUUM"));
    }
}

fn begun(fate: &str) -> (Database, Connection) {
    let database = Database::new();
    let mut connection = database.open();
    Migrator::new()
        .run(&mut connection, &Request::Apply("1".to_owned()))
        .unwrap();
    connection
        .execute("INSERT INTO users VALUES (99, ?1)", params![fate])
        .unwrap();
    (database, connection)
}

fn large(connection: &Connection) -> Vec<i64> {
    all(connection, "SELECT a FROM large ORDER BY rowid")
}

fn progress(connection: &mut Connection) -> (Progress, Option<String>) {
    let applied = Migrator::new().applied(connection).unwrap();
    (applied[1].progress, applied[1].error.clone())
}

fn resolve(done: bool) -> Request {
    Request::Resolve {
        id: "002_large".to_owned(),
        done,
    }
}

#[test]
fn every_step_in_turn() {
    let (database, mut connection) = begun("well");
    let migrator = Migrator::new();
    let plan = migrator
        .plan(&mut connection, &Request::Apply("2".to_owned()))
        .unwrap();
    assert!(!plan.migrations[0].transaction && !plan.migrations[0].foreign_keys_off);
    assert_eq!(migrator.up(&mut connection).unwrap().names(), ["002_large"]);
    assert_eq!(large(&connection), [1, 2, 3, 4, 5]);
    assert_eq!(one::<String>(&connection, "PRAGMA journal_mode"), "wal");
    assert_eq!(progress(&mut connection), (Progress::Applied, None));
    assert_eq!(
        one::<i64>(
            &connection,
            "SELECT steps_done FROM _migrations WHERE seq = 2"
        ),
        6
    );
    // The file that told others of the run is gone.
    assert!(
        !database.files().iter().any(|file| file.contains("lock")),
        "{:?}",
        database.files()
    );
    migrator
        .run(&mut connection, &Request::Redo(Down::Count(1)))
        .unwrap();
    assert_eq!(large(&connection), [1, 2, 3, 4, 5]);
    migrator
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(
        one::<i64>(&connection, "SELECT count(*) FROM _migrations"),
        0
    );
}

#[test]
fn a_step_that_fails_is_done_again() {
    let (_database, mut connection) = begun("error");
    let migrator = Migrator::new();
    let error = migrator.up(&mut connection).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("`002_large` up failed at step 5 of 6: not today\n"),
        "{text}"
    );
    assert!(
        text.ends_with("the steps before stay, and the next run goes on with this step"),
        "{text}"
    );
    assert_eq!(
        progress(&mut connection),
        (Progress::Applying { done: 4, begun: 4 }, Some(text))
    );
    assert_eq!(states(&migrator, &mut connection)[1].1, State::Incomplete);
    assert_eq!(large(&connection), [1]);
    let error = migrator
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`002_large` was cut off while it was being applied: run `up` again to finish it first"
    );
    connection
        .execute_batch("DELETE FROM users WHERE id = 99")
        .unwrap();
    assert_eq!(migrator.up(&mut connection).unwrap().names(), ["002_large"]);
    assert_eq!(large(&connection), [1, 2, 3, 4, 5]);
    assert_eq!(progress(&mut connection), (Progress::Applied, None));
}

/// A panic is like a kill: nobody can say how far the step has come.
#[test]
fn a_step_that_panics_has_to_be_resolved() {
    for done in [true, false] {
        let (database, mut connection) = begun("panic");
        let migrator = Migrator::new();
        assert!(catch_unwind(AssertUnwindSafe(|| migrator.up(&mut connection))).is_err());
        assert!(!database.files().iter().any(|file| file.contains("lock")));
        assert_eq!(
            progress(&mut connection).0,
            Progress::Applying { done: 4, begun: 5 }
        );
        let error = migrator.up(&mut connection).unwrap_err();
        assert!(
            error.to_string().starts_with("step 5 of `002_large`"),
            "{error}"
        );
        connection
            .execute_batch("DELETE FROM users WHERE id = 99")
            .unwrap();
        migrator.run(&mut connection, &resolve(done)).unwrap();
        migrator.up(&mut connection).unwrap();
        let expected: &[i64] = if done {
            &[1, 2, 5]
        } else {
            &[1, 2, 2, 3, 4, 5]
        };
        assert_eq!(large(&connection), expected);
    }
}

#[test]
fn a_step_that_leaves_a_transaction_open() {
    for (fate, message) in [
        (
            "open",
            "the step left a transaction open; it was rolled back",
        ),
        ("open and error", "not today"),
    ] {
        let (_database, mut connection) = begun(fate);
        let error = Migrator::new().up(&mut connection).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with(&format!(
                "`002_large` up failed at step 5 of 6: {message}\n"
            )),
            "{text}"
        );
        assert!(connection.is_autocommit());
        assert_eq!(large(&connection), [1, 2]);
        assert_eq!(
            progress(&mut connection).0,
            Progress::Applying { done: 4, begun: 4 }
        );
    }
}

/// The Rust code is done, and what it wanted next is not: that cannot simply be done again.
#[test]
fn returned_sql_that_fails() {
    let (_database, mut connection) = begun("bad sql");
    let error = Migrator::new().up(&mut connection).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("`002_large` up failed at step 5 of 6: no such table: nowhere\n"),
        "{text}"
    );
    assert!(
        text.ends_with("`resolve` has to say whether this one counts as done"),
        "{text}"
    );
    assert_eq!(large(&connection), [1, 2, 3]);
    assert_eq!(
        progress(&mut connection).0,
        Progress::Applying { done: 4, begun: 5 }
    );
    Migrator::new()
        .run(&mut connection, &resolve(true))
        .unwrap();
    Migrator::new().up(&mut connection).unwrap();
    assert_eq!(large(&connection), [1, 2, 3, 5]);
}

/// Closes the file by which another run says that it is alive, when it hears that somebody waits for it.
#[derive(Clone)]
struct LetGo(Arc<Mutex<(Option<File>, Vec<String>)>>);

impl Observer for LetGo {
    fn event(&self, event: &Event<'_>) {
        if let Event::Waiting { what, .. } = event {
            let mut state = self.0.lock().unwrap();
            state.0 = None;
            state.1.push((*what).to_owned());
        }
    }
}

#[test]
fn a_run_that_is_alive_is_waited_for() {
    let (database, mut connection) = begun("well");
    let lock = database.folder.path().join("app.db-migrate-lock");
    let file = File::create(&lock).unwrap();
    file.try_lock().unwrap();
    let error = Migrator::new()
        .timeout(Duration::ZERO)
        .up(&mut connection)
        .unwrap_err();
    assert!(error.is_locked());
    assert!(
        error.to_string().contains("for another run on `"),
        "{error}"
    );
    assert!(lock.exists());

    let observer = LetGo(Arc::new(Mutex::new((Some(file), Vec::new()))));
    let migrator = Migrator::new().observer(observer.clone());
    assert_eq!(migrator.up(&mut connection).unwrap().names(), ["002_large"]);
    let told = observer.0.lock().unwrap().1.clone();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("another run on `")
            && told[0].ends_with("which works outside a transaction"),
        "{told:?}"
    );
    assert!(!lock.exists());
}

/// What a dead run has left is no obstacle.
#[test]
fn the_file_of_a_dead_run() {
    let (database, mut connection) = begun("well");
    File::create(database.folder.path().join("app.db-migrate-lock")).unwrap();
    Migrator::new().up(&mut connection).unwrap();
    assert!(!database.files().iter().any(|file| file.contains("lock")));
}

/// Memory has no file to put beside it, and needs none.
#[test]
fn in_memory() {
    let mut connection = Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    assert_eq!(large(&connection), [1, 2, 3, 4, 5]);
    assert!(Migrator::new().up(&mut connection).unwrap().is_empty());
}
