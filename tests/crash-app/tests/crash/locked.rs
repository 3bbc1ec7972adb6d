//! A database that somebody else holds: a run waits, says for what, and gives up when its time is over.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use crash_app::{OUTSIDE, PLAIN, RUST, SWITCH};
use migrate_core::{Migrator, Policy};
use migrate_test_servers::Running;
use rusqlite::Connection;

use crate::{
    ground::{Ground, Journal},
    looked_at,
};

const WRITER: &str = "waiting for the write lock of `";
const READER: &str = "waiting for the readers of `";

#[test]
fn a_writer_is_waited_for() {
    for journal in [Journal::Delete, Journal::Wal] {
        let ground = Ground::new(journal, PLAIN, 20);
        ground.run("up --to 002_create_users");
        let holder = ground.open();
        holder
            .execute_batch("BEGIN IMMEDIATE; DELETE FROM size")
            .unwrap();
        let waiting = waits(ground.program("up").start(), WRITER);
        holder.execute_batch("ROLLBACK").unwrap();
        drop(holder);
        waiting.end().ok();
        complete(&ground, PLAIN);
    }
}

/// With a rollback journal, not even the history can be read then.
#[test]
fn an_exclusive_lock_is_waited_for() {
    let ground = Ground::new(Journal::Own, PLAIN, 20);
    ground.run("up --to 002_create_users");
    for command in ["status", "up"] {
        let holder = ground.open();
        holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let waiting = waits(ground.program(command).start(), "waiting for a lock of `");
        drop(holder);
        waiting.end().ok();
    }
    complete(&ground, PLAIN);
}

/// With a rollback journal, whoever reads holds up every commit. The run keeps the lock, so it comes next, and
/// nothing is done twice.
#[test]
fn a_reader_holds_up_a_commit() {
    let ground = Ground::new(Journal::Delete, PLAIN, 20);
    ground.run("up --to 002_create_users");
    let reader = reader(&ground, "users");
    let waiting = waits(ground.program("up").start(), READER);
    drop(reader);
    let ended = waiting.end();
    ended.ok();
    assert_eq!(ended.done().next(), Some("apply 003_create_orders"));
    complete(&ground, PLAIN);
}

#[test]
fn a_reader_does_not_hold_up_a_write_ahead_log() {
    let ground = Ground::new(Journal::Wal, OUTSIDE, 20);
    ground.run("up --to 002_create_users");
    let reader = reader(&ground, "users");
    let ended = ground.run("up");
    assert!(
        !ended.lines.iter().any(|line| line.starts_with("waiting")),
        "{ended:#?}"
    );
    drop(reader);
    complete(&ground, OUTSIDE);
}

/// A step outside a transaction waits as well: here for a change of the journal, which needs the file for itself.
#[test]
fn a_reader_holds_up_a_step_outside_a_transaction() {
    let ground = Ground::new(Journal::Own, SWITCH, 20);
    let mut running = ground
        .program("up")
        .stop_at("apply 000_write_ahead_log 1")
        .start();
    assert!(running.comes_to("apply 000_write_ahead_log 1"));
    let reader = reader(&ground, "_migrations");
    running.go_on();
    let waiting = waits(running, "waiting for a lock of `");
    drop(reader);
    waiting.end().ok();
    complete(&ground, SWITCH);
}

/// Somebody who is at work outside a transaction holds no lock of the database in between, and is waited for.
#[test]
fn a_run_outside_a_transaction_is_waited_for() {
    for (place, command) in [
        ("note before", "up"),
        ("note after", "up"),
        ("apply 011_outside 5", "up"),
        ("note after", "reset"),
    ] {
        let ground = Ground::new(Journal::Wal, RUST, 20);
        let mut first = ground.program("up").stop_at(place).start();
        assert!(first.comes_to(place));
        let second = waits(
            ground.program(command).start(),
            "waiting for another run on `",
        );
        first.go_on();
        first.end().ok();
        second.end().ok();
        let rows = if command == "up" {
            looked_at::all(RUST).len()
        } else {
            0
        };
        assert_eq!(ground.check().rows, rows);
    }
}

#[test]
fn the_timeout_names_what_is_held() {
    let ground = Ground::new(Journal::Own, PLAIN, 20);
    ground.run("up --to 002_create_users");
    let path = ground
        .database()
        .canonicalize()
        .unwrap()
        .display()
        .to_string();
    let soon = ["--timeout-ms", "300"];
    let holder = ground.open();

    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writer = format!("for the write lock of `{path}`, which another connection holds (");
    ground
        .program("up")
        .with(&soon)
        .run()
        .failed(3, &["waited ", &writer, "higher timeout"]);
    ground.run("status");
    holder.execute_batch("ROLLBACK").unwrap();

    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let exclusive = format!("for a lock of `{path}`, which another connection holds (");
    for command in ["up", "status"] {
        ground
            .program(command)
            .with(&soon)
            .run()
            .failed(3, &["waited ", &exclusive, "higher timeout"]);
    }
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);

    let reader = reader(&ground, "users");
    let readers =
        format!("for the readers of `{path}`: a commit has to wait until their transactions end (");
    ground
        .program("up")
        .with(&soon)
        .run()
        .failed(3, &["waited ", &readers, "higher timeout"]);
    drop(reader);
    assert_eq!(ground.check().rows, 2);
    ground.run("up");
    complete(&ground, PLAIN);
}

#[test]
fn the_timeout_names_a_run_outside_a_transaction() {
    let ground = Ground::new(Journal::Wal, RUST, 20);
    let mut first = ground.program("up").stop_at("note before").start();
    assert!(first.comes_to("note before"));
    let path = ground
        .database()
        .canonicalize()
        .unwrap()
        .display()
        .to_string();
    let run = format!("for another run on `{path}`, which works outside a transaction (");
    ground
        .program("up")
        .with(&["--timeout-ms", "300"])
        .run()
        .failed(3, &["waited ", &run]);
    first.go_on();
    first.end().ok();
    complete(&ground, RUST);
}

#[test]
fn the_own_timeout_of_the_connection_comes_back() {
    let ground = Ground::new(Journal::Delete, PLAIN, 20);
    let mut connection = ground.open();
    connection
        .busy_timeout(Duration::from_millis(1234))
        .unwrap();
    let migrator = Migrator::new().environment(PLAIN);

    migrator.status(&mut connection).unwrap();
    assert_eq!(own_timeout(&connection), 1234);
    migrator.up(&mut connection).unwrap();
    assert_eq!(own_timeout(&connection), 1234);
    migrator.down(&mut connection).unwrap();
    assert_eq!(own_timeout(&connection), 1234);

    let holder = ground.open();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let soon = migrator.clone().timeout(Duration::from_millis(50));
    assert!(soon.up(&mut connection).unwrap_err().is_locked());
    assert!(soon.status(&mut connection).unwrap_err().is_locked());
    assert_eq!(own_timeout(&connection), 1234);
    holder.execute_batch("ROLLBACK").unwrap();

    // A migration that fails.
    connection
        .execute_batch("CREATE TABLE best (a INTEGER)")
        .unwrap();
    assert_eq!(
        migrator.up(&mut connection).unwrap_err().migration(),
        Some("012_best_users")
    );
    assert_eq!(own_timeout(&connection), 1234);
    // A refusal.
    connection
        .execute_batch("UPDATE _migrations SET checksum = 'x' WHERE seq = 1")
        .unwrap();
    assert!(
        migrator
            .clone()
            .changed(Policy::Error)
            .up(&mut connection)
            .unwrap_err()
            .plan_error()
            .is_some()
    );
    assert_eq!(own_timeout(&connection), 1234);
}

/// A Rust step outside a transaction gets the connection as the application has set it.
#[test]
fn a_rust_step_outside_a_transaction_waits_as_the_application_does() {
    let ground = Ground::new(Journal::Delete, RUST, 20);
    let ended = ground.run("up");
    assert!(
        ended.lines.iter().any(|line| line == "busy timeout 5000"),
        "{ended:#?}"
    );
}

/// A handler of the application's own is neither replaced nor lost.
#[test]
fn the_own_handler_of_the_connection_stays() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn never(_: i32) -> bool {
        ASKED.fetch_add(1, Ordering::Relaxed);
        false
    }
    let ground = Ground::new(Journal::Delete, PLAIN, 20);
    let mut connection = ground.open();
    connection.busy_handler(Some(never)).unwrap();
    let migrator = Migrator::new()
        .environment(PLAIN)
        .timeout(Duration::from_millis(50));
    migrator.up(&mut connection).unwrap();

    let holder = ground.open();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(migrator.down(&mut connection).unwrap_err().is_locked());
    let asked = ASKED.load(Ordering::Relaxed);
    assert!(asked > 0);
    assert!(connection.execute_batch("BEGIN IMMEDIATE").is_err());
    assert!(ASKED.load(Ordering::Relaxed) > asked);
}

fn own_timeout(connection: &Connection) -> i64 {
    connection
        .query_row("PRAGMA busy_timeout", [], |row| row.get(0))
        .unwrap()
}

/// A connection in the middle of a long look at the database.
fn reader(ground: &Ground, table: &str) -> Connection {
    let reader = ground.open();
    reader.execute_batch("BEGIN").unwrap();
    reader
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get::<_, i64>(0)
        })
        .unwrap();
    reader
}

#[track_caller]
fn waits(mut running: Running, what: &str) -> Running {
    running.wait_for(what);
    running
}

#[track_caller]
fn complete(ground: &Ground, environment: &str) {
    assert_eq!(ground.check().rows, looked_at::all(environment).len());
}
