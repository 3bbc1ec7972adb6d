//! The application's own connection, and those of others beside it.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use std::{
    sync::{Arc, Barrier, Mutex},
    thread,
    time::Duration,
};

use common::{Database, all, dump, has_history, one};
use migrate_core::{
    Down, Event, Observer, Request, Up,
    prelude::*,
    rusqlite::{
        Connection, OpenFlags,
        trace::{TraceEvent, TraceEventCodes},
    },
};

#[migration(
    "001_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

struct FillUsers;

#[migration("002_fill_users")]
impl Migration for FillUsers {
    fn up(&self, steps: &mut Steps) {
        steps.run("ann", |tx: &rusqlite::Transaction<'_>| {
            tx.execute("INSERT INTO users (name) VALUES ('ann')", [])?;
            Ok(())
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DELETE FROM users WHERE name = 'ann'"));
    }
}

#[migration("003_fails", up = "INSERT INTO users VALUES ('text', 1)", irreversible = "it fails", environments = ["fails"])]
struct Fails;

const UP: Request = Request::Up(Up::All);

/// Lets the connection go of which it is told that somebody waits for it, and keeps what it was told.
#[derive(Clone, Default)]
struct LetGo(Arc<Mutex<(Option<Connection>, Vec<String>)>>);

impl LetGo {
    fn of(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new((Some(connection), Vec::new()))))
    }

    fn told(&self) -> Vec<String> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Observer for LetGo {
    fn event(&self, event: &Event<'_>) {
        if let Event::Waiting { what, timeout, .. } = event {
            let mut state = self.0.lock().unwrap();
            state.0 = None;
            state
                .1
                .push(format!("{what}, at most {} s", timeout.as_secs()));
        }
    }
}

fn impatient() -> Migrator {
    Migrator::new().timeout(Duration::ZERO)
}

#[test]
fn a_connection_inside_a_transaction_is_refused() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("BEGIN; CREATE TABLE mine (a)")
        .unwrap();
    let migrator = Migrator::new();
    let texts = [
        migrator.up(&mut connection).unwrap_err().to_string(),
        migrator.status(&mut connection).unwrap_err().to_string(),
        migrator.plan(&mut connection, &UP).unwrap_err().to_string(),
    ];
    for text in texts {
        assert_eq!(
            text,
            "cannot use this connection: the connection is inside a transaction: commit it or roll it back first"
        );
    }
    // The transaction goes on as if nothing had been.
    connection
        .execute_batch("INSERT INTO mine VALUES (1); COMMIT")
        .unwrap();
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM mine"), 1);
    migrator.up(&mut connection).unwrap();
}

#[test]
fn the_busy_timeout_is_that_of_the_application_again() {
    for own in [0, 1234] {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.busy_timeout(Duration::from_millis(own)).unwrap();
        let own = i64::try_from(own).unwrap();
        let migrator = Migrator::new();
        let check = |connection: &Connection| {
            assert_eq!(one::<i64>(connection, "PRAGMA busy_timeout"), own);
        };
        migrator.status(&mut connection).unwrap();
        check(&connection);
        migrator.up(&mut connection).unwrap();
        check(&connection);
        migrator
            .clone()
            .environment("fails")
            .up(&mut connection)
            .unwrap_err();
        check(&connection);
        migrator
            .run(&mut connection, &Request::Apply("none".to_owned()))
            .unwrap_err();
        check(&connection);
    }
}

/// Nothing to do costs one reading of the history: no lock, no write, nothing else.
#[test]
fn nothing_to_do_is_one_select() {
    let database = Database::new();
    let mut connection = database.open();
    let migrator = Migrator::new();
    migrator.up(&mut connection).unwrap();
    let statements = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&statements);
    let trace = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(_, sql) = event {
            log.lock().unwrap().push(sql.to_owned());
        }
    };
    connection
        .trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(trace))
        .unwrap();
    for _ in 0..2 {
        assert!(migrator.up(&mut connection).unwrap().is_empty());
        let ran: Vec<String> = std::mem::take(&mut *statements.lock().unwrap());
        // What it asks of the connection itself does not touch the database.
        let ran: Vec<&String> = ran
            .iter()
            .filter(|sql| *sql != "PRAGMA busy_timeout")
            .collect();
        assert_eq!(ran.len(), 1, "{ran:?}");
        assert!(
            ran[0].starts_with("SELECT ") && ran[0].contains("\"_migrations\""),
            "{ran:?}"
        );
    }
}

#[test]
fn a_database_that_another_connection_writes_to() {
    let database = Database::new();
    let (mut connection, other) = (database.open(), database.open());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = impatient().up(&mut connection).unwrap_err();
    assert!(error.is_locked());
    assert_eq!(
        error.to_string(),
        format!(
            "waited 0 s for the write lock of `{}`, which another connection holds (database is locked). End the program \
             that holds it, or wait longer with a higher timeout",
            connection.path().unwrap()
        )
    );
    assert!(!has_history(&connection));
    // To look at it one needs no lock.
    assert_eq!(impatient().pending(&mut connection).unwrap().len(), 2);

    let observer = LetGo::of(other);
    let migrator = Migrator::new().observer(observer.clone());
    assert_eq!(migrator.up(&mut connection).unwrap().done.len(), 2);
    let told = observer.told();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("the write lock of `")
            && told[0].ends_with(", which another connection holds, at most 60 s")
    );
}

/// Without a write-ahead log, whoever reads holds the commit up, and it is the commit that is tried again.
#[test]
fn a_reader_that_holds_the_commit_up() {
    let database = Database::new();
    let (mut connection, other) = (database.open(), database.open());
    other.execute_batch("CREATE TABLE t (a); BEGIN").unwrap();
    let read = |other: &Connection| one::<i64>(other, "SELECT count(*) FROM t");
    read(&other);
    let error = impatient().up(&mut connection).unwrap_err();
    assert!(error.is_locked(), "{error}");
    assert!(error.report().is_empty() && connection.is_autocommit());
    assert!(!has_history(&connection));

    let observer = LetGo::of(other);
    let migrator = Migrator::new().observer(observer.clone());
    assert_eq!(migrator.up(&mut connection).unwrap().done.len(), 2);
    assert_eq!(observer.told().len(), 1);
    // The Rust step ran once.
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM users"), 1);
}

#[test]
fn a_reader_of_a_write_ahead_log_holds_nobody_up() {
    let database = Database::new();
    let (mut connection, other) = (database.open(), database.open());
    connection
        .pragma_update(None, "journal_mode", "wal")
        .unwrap();
    other.execute_batch("CREATE TABLE t (a); BEGIN").unwrap();
    assert_eq!(one::<i64>(&other, "SELECT count(*) FROM t"), 0);
    assert_eq!(impatient().up(&mut connection).unwrap().done.len(), 2);
    // It still sees what it saw.
    assert!(!has_history(&other));
    other.execute_batch("COMMIT").unwrap();
    assert!(has_history(&other));
}

/// Also the first look has to wait, where nobody may even read.
#[test]
fn a_database_that_another_connection_has_for_itself() {
    let database = Database::new();
    let (mut connection, other) = (database.open(), database.open());
    other
        .execute_batch("CREATE TABLE t (a); BEGIN EXCLUSIVE")
        .unwrap();
    assert!(impatient().status(&mut connection).unwrap_err().is_locked());
    assert!(impatient().up(&mut connection).unwrap_err().is_locked());
    let observer = LetGo::of(other);
    let migrator = Migrator::new().observer(observer.clone());
    assert_eq!(migrator.up(&mut connection).unwrap().done.len(), 2);
    assert_eq!(observer.told().len(), 1);
}

/// Memory that connections share has locks of its own, which no busy timeout waits for.
#[test]
fn shared_memory() {
    let open = || {
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_SHARED_CACHE;
        Connection::open_with_flags("file:connections?mode=memory&cache=shared", flags).unwrap()
    };
    let (mut connection, other) = (open(), open());
    other
        .execute_batch("CREATE TABLE t (a); BEGIN; INSERT INTO t VALUES (1)")
        .unwrap();
    let error = impatient().up(&mut connection).unwrap_err();
    assert!(error.is_locked(), "{error}");
    let keep = open();
    let observer = LetGo::of(other);
    let migrator = Migrator::new().observer(observer.clone());
    assert_eq!(migrator.up(&mut connection).unwrap().done.len(), 2);
    assert_eq!(observer.told().len(), 1);
    assert_eq!(one::<i64>(&keep, "SELECT count(*) FROM users"), 1);
    migrator
        .run(&mut connection, &Request::Redo(Down::All))
        .unwrap();
    assert!(migrator.up(&mut connection).unwrap().is_empty());
}

/// Each migration once, and no error, however many start at the same moment.
#[test]
fn many_at_once() {
    for journal_mode in ["delete", "wal"] {
        let database = Database::new();
        database
            .open()
            .pragma_update(None, "journal_mode", journal_mode)
            .unwrap();
        let (path, barrier) = (&database.path, Barrier::new(8));
        let run = || {
            let mut connection = Connection::open(path).unwrap();
            barrier.wait();
            Migrator::new().up(&mut connection).unwrap().done.len()
        };
        let done: usize = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(done, 2, "{journal_mode}");
        let connection = database.open();
        assert_eq!(
            all::<String>(&connection, "SELECT id FROM _migrations ORDER BY seq"),
            ["001_create_users", "002_fill_users"]
        );
        assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM users"), 1);
    }
}

#[test]
fn migrated_databases_for_tests() {
    let (one_of_them, other) = (
        migrate_core::migrated_memory().unwrap(),
        migrate_core::migrated_memory().unwrap(),
    );
    assert_eq!(dump(&one_of_them), dump(&other));
    one_of_them.execute_batch("DELETE FROM users").unwrap();
    assert_eq!(one::<i64>(&other, "SELECT count(*) FROM users"), 1);
    let mut fresh = Migrator::new().memory().unwrap();
    assert!(Migrator::new().up(&mut fresh).unwrap().is_empty());
    let error = Migrator::new().environment("fails").memory().unwrap_err();
    assert_eq!(error.migration(), Some("003_fails"));
}

#[test]
fn a_database_that_goes_with_its_connection() {
    let mut connection = Connection::open("").unwrap();
    assert_eq!(Migrator::new().up(&mut connection).unwrap().done.len(), 2);
    assert!(Migrator::new().up(&mut connection).unwrap().is_empty());
}
