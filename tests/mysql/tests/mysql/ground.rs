//! What the tests share.

use std::{process::Command, time::Duration};

use migrate_core::Migrator;
use migrate_test_servers::{Database, MariaDb};

/// A new database on the server that all tests share.
pub(crate) fn fresh() -> Option<Database> {
    Some(MariaDb::shared()?.database())
}

pub(crate) fn migrator(environment: &str) -> Migrator {
    Migrator::new().environment(environment)
}

/// The program, on a database.
pub(crate) fn program(
    command: &str,
    environment: &str,
    url: &str,
    time_to_live: Duration,
) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mysql-program"));
    program
        .args([command, environment, url])
        .env("LOCK_TTL_MS", time_to_live.as_millis().to_string());
    program
}

/// All that is left by the history of work, whole and each once.
#[track_caller]
pub(crate) fn is_done_once(database: &Database) {
    let traces = "SELECT COUNT(*), COUNT(DISTINCT migration, step) FROM trace";
    assert_eq!(database.run(traces), "18|18", "{}", looks(database));
    assert_eq!(
        database.run("SELECT value FROM counter"),
        "9",
        "{}",
        looks(database)
    );
    let rows = "SELECT COUNT(*), GROUP_CONCAT(DISTINCT state), COUNT(error), COUNT(step_before) FROM _migrations";
    assert_eq!(database.run(rows), "10|applied|0|0", "{}", looks(database));
    assert_eq!(
        database.run("SELECT COUNT(holder) FROM _migrations_lock"),
        "0"
    );
    let objects = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()";
    assert_eq!(
        database.run(objects),
        "22",
        "{}",
        database.run("SHOW TABLES")
    );
    for n in 1..=9 {
        let rows = format!("SELECT COUNT(*), MIN(b) FROM done_{n}");
        assert_eq!(database.run(&rows), "3|b");
        let index = format!("SHOW INDEX FROM done_{n} WHERE Key_name = 'work_{n}_a'");
        assert!(!database.run(&index).is_empty());
    }
    let triggers =
        "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()";
    assert_eq!(database.run(triggers), "9");
}

/// The history, for the message of a test that fails.
fn looks(database: &Database) -> String {
    database.run("SELECT seq, id, state, steps_done, steps_begun, error FROM _migrations")
        + "\n"
        + &database
            .run("SELECT migration, step, COUNT(*) FROM trace GROUP BY 1, 2 HAVING COUNT(*) > 1")
}
