//! What a migration tool with numbered migrations, environments and dry runs promises, line by line: on the
//! command line of the laboratory, whose migrations are `001_…`, `004_…`, `005_…`, `9_…`, `010_…` and so on.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_core::{Down, Event, Migrator, Observer, Request, Up, prelude::*};
use migrate_tests::Folder;
use rusqlite::Connection;
use serde_json::Value;
use std::sync::{Arc, Mutex};

const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");

#[migration("9_nine", up = "CREATE TABLE nine (a)", down = "DROP TABLE nine")]
struct Nine;

#[migration("10_ten", up = "CREATE TABLE ten (a)", down = "DROP TABLE ten")]
struct Ten;

struct Seven;

#[migration("007_seven")]
impl Migration for Seven {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE seven (environment TEXT)"));
        let environment = steps.environment().to_owned();
        steps.run(
            "remember the environment",
            move |tx: &rusqlite::Transaction<'_>| {
                tx.execute("INSERT INTO seven VALUES (?1)", [environment])?;
                Ok(())
            },
        );
        steps.log("seven is there");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE seven"));
    }
}

fn ids(value: &Value) -> Vec<&str> {
    let list = value.as_array().unwrap().iter();
    list.map(|one| one["id"].as_str().unwrap()).collect()
}

#[test]
fn s4_1_status_as_text_and_as_json() {
    let here = Folder::new();
    here.run(LAB, "up --target 004").ends(0);
    here.run(LAB, "status")
        .has("APPLIED  004_create_runs")
        .has("PENDING  005_create_results")
        .has("2 applied, 5 pending");
    let status = here.run(LAB, "status --format json").json();
    let states: Vec<&Value> = status["migrations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!(
        states,
        [
            "applied", "applied", "pending", "pending", "pending", "pending", "pending"
        ]
    );
}

#[test]
fn s4_1_apply_goes_up_to_and_with_the_target() {
    let here = Folder::new();
    let up = here.run(LAB, "up --target 005 --format json").json();
    assert_eq!(
        ids(&up["done"]),
        [
            "001_create_samples",
            "004_create_runs",
            "005_create_results"
        ]
    );
    // A number is a number, with or without zeros.
    let up = here.run(LAB, "up --target 10 --format json").json();
    assert_eq!(ids(&up["done"]), ["9_index_results", "010_unique_samples"]);
}

#[test]
fn s4_1_rollback_takes_everything_after_the_target_newest_first() {
    let here = Folder::new();
    here.run(LAB, "up --target 010").ends(0);
    let down = here.run(LAB, "rollback --target 004 --format json").json();
    assert_eq!(
        ids(&down["done"]),
        [
            "010_unique_samples",
            "9_index_results",
            "005_create_results"
        ]
    );
    here.run(LAB, "status")
        .has("APPLIED  004_create_runs")
        .has("2 applied");
}

#[test]
fn s4_1_rollback_without_a_target_takes_the_last_batch_and_says_so_and_reset_takes_all() {
    let here = Folder::new();
    here.run(LAB, "up --target 001").ends(0);
    here.run(LAB, "up --target 005").ends(0);
    here.run(LAB, "rollback")
        .ends(0)
        .has("2 migrations reverted: the last batch");
    here.run(LAB, "rollback --help")
        .has("Take back the last batch, which is what one `up` applied");
    here.run(LAB, "up --target 005").ends(0);
    here.run(LAB, "reset --yes")
        .ends(0)
        .has("3 migrations reverted");
}

#[test]
fn s4_2_a_dry_run_prints_the_sql_and_changes_nothing() {
    let here = Folder::new();
    here.run(LAB, "up --dry-run --target 004")
        .ends(0)
        .has("CREATE TABLE samples (id INTEGER PRIMARY KEY, name TEXT NOT NULL);")
        .has("CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT);");
    assert!(here.files().is_empty(), "not even a file");
    here.sql("lab.db", "CREATE TABLE theirs (a)");
    let before = here.files();
    here.run(LAB, "up --dry-run").ends(0).has("DROP TABLE runs");
    assert!(here.files() == before);
    assert_eq!(
        here.tables("lab.db"),
        ["theirs"],
        "not even the table of the history"
    );
    here.run(LAB, "up --target 010").ends(0);
    let before = here.files();
    here.run(LAB, "rollback --dry-run")
        .ends(0)
        .has("DROP TABLE samples");
    assert!(here.files() == before);
}

#[test]
fn s4_3_the_environment_reaches_the_migration() {
    for (flag, environment) in [("", "development"), ("--env production", "production")] {
        let here = Folder::new();
        here.run(LAB, &format!("up --target 005 {flag}"))
            .ends(0)
            .has(environment);
        let examples: i64 = here
            .open("lab.db")
            .query_row("SELECT count(*) FROM results", [], |row| row.get(0))
            .unwrap();
        assert_eq!(examples, i64::from(environment == "development"));
    }
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new().environment("staging").up(&mut db).unwrap();
    let seen: String = db
        .query_row("SELECT environment FROM seven", [], |row| row.get(0))
        .unwrap();
    assert_eq!(seen, "staging");
}

#[test]
fn s4_3_versions_are_compared_as_numbers() {
    let mut db = Connection::open_in_memory().unwrap();
    let report = Migrator::new().up(&mut db).unwrap();
    assert_eq!(report.names(), ["007_seven", "9_nine", "10_ten"]);
    let to = |target: &str| Request::Down(Down::To(target.to_owned()));
    let report = Migrator::new().run(&mut db, &to("009")).unwrap();
    assert_eq!(report.names(), ["10_ten"]);
}

/// Keeps what it is told.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Observer for Told {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::MigrationStarted { id, steps, .. } => format!("{id}: {steps} steps"),
            Event::StepStarted { what, .. } => (*what).to_owned(),
            Event::Logged { message, .. } => format!("log: {message}"),
            Event::MigrationDone { id, .. } => format!("{id}: done"),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}

#[test]
fn s4_4_migrations_and_the_run_are_logged() {
    let told = Told::default();
    let mut db = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new().observer(told.clone());
    migrator.run(&mut db, &Request::Up(Up::Count(1))).unwrap();
    let told = told.0.lock().unwrap();
    assert_eq!(
        *told,
        [
            "007_seven: 3 steps",
            "CREATE TABLE seven (environment TEXT)",
            "remember the environment",
            "log: seven is there",
            "007_seven: done",
        ]
    );
    let here = Folder::new();
    here.run(LAB, "up --target 005")
        .has("005_create_results: results are ready for development");
}

#[test]
fn s4_4_results_are_data() {
    let mut db = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator.run(&mut db, &Request::Up(Up::Count(2))).unwrap();
    let results: Vec<_> = migrator
        .registry()
        .unwrap()
        .iter()
        .map(|one| {
            let status = migrator.status(&mut db).unwrap();
            let id = one.id();
            (
                id.version().to_string(),
                id.name().to_owned(),
                status.is_applied(id.as_str()).unwrap(),
            )
        })
        .collect();
    let result =
        |version: &str, name: &str, applied| (version.to_owned(), name.to_owned(), applied);
    assert_eq!(
        results,
        [
            result("7", "seven", true),
            result("9", "nine", true),
            result("10", "ten", false)
        ]
    );
}

#[test]
fn s4_broken_there_a_failure_does_not_end_with_0() {
    let here = Folder::new();
    here.run(LAB, "up --target 9").ends(0);
    here.sql("lab.db", "INSERT INTO samples (name) VALUES ('a'), ('a')");
    here.run(LAB, "up").ends(1);
    here.run(LAB, "up --format json").ends(1);
    here.run(LAB, "check").ends(1);
}

#[test]
fn s4_broken_there_an_unknown_target_is_refused() {
    let here = Folder::new();
    here.run(LAB, "up --target 005").ends(0);
    let before = here.files();
    for command in [
        "up --target 006",
        "rollback --target 002",
        "apply 8",
        "plan --target 6",
        "redo --target 99",
    ] {
        here.run(LAB, command).ends(2).has("there is no migration");
    }
    assert!(here.files() == before);
}

/// There the work and its record were two requests, and a failure between them made the one without the other.
#[test]
fn s4_broken_there_the_work_and_its_record_are_one() {
    let here = Folder::new();
    here.run(LAB, "up --target 001").ends(0);
    here.sql(
        "lab.db",
        "CREATE TRIGGER full BEFORE INSERT ON _migrations BEGIN SELECT RAISE(ABORT, 'no record today'); END",
    );
    let before = here.tables("lab.db");
    here.run(LAB, "up --target 004")
        .ends(1)
        .has("no record today")
        .has("cannot record `004_create_runs`");
    assert_eq!(here.tables("lab.db"), before, "no work without its record");
    here.sql(
        "lab.db",
        "DROP TRIGGER full;
         CREATE TRIGGER full BEFORE DELETE ON _migrations BEGIN SELECT RAISE(ABORT, 'no record today'); END",
    );
    here.run(LAB, "rollback").ends(1).has("no record today");
    assert_eq!(here.tables("lab.db"), before, "nor on the way back");
    here.sql("lab.db", "DROP TRIGGER full");
    here.run(LAB, "up --target 010").ends(0);
}

#[test]
fn s4_broken_there_a_history_that_cannot_be_read_is_no_empty_one() {
    let here = Folder::new();
    here.run(LAB, "up --target 005").ends(0);
    here.sql(
        "lab.db",
        "ALTER TABLE _migrations RENAME COLUMN state TO status",
    );
    let before = here.files();
    for command in [
        "status",
        "up",
        "up --dry-run",
        "rollback",
        "reset --yes",
        "check",
        "fresh --yes",
        "baseline --all",
    ] {
        here.run(LAB, command)
            .ends(1)
            .has("is not a history of this tool");
    }
    assert!(here.files() == before);
}
