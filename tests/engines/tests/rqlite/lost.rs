//! Answers that never come, at every place of a run.

use migrate_core::{Error, Report, rqlite::connect};
use migrate_test_servers::{Rqlite, Toward, Wire};

use crate::{connection, history::port, of, rows};

fn up(scenario: &str, wire: &Wire) -> Result<Report, Error> {
    let url = format!("rqlite://127.0.0.1:{}", wire.port());
    of(scenario).up(&mut connect(&url).unwrap())
}

/// What a whole run leaves, and how much of it passes in each direction.
fn whole(scenario: &str, sql: &str) -> Option<(Vec<String>, [usize; 2])> {
    let cluster = Rqlite::single()?;
    cluster.run(&[
        "CREATE TABLE missing (a TEXT)",
        "INSERT INTO missing VALUES ('found')",
    ]);
    let wire = Wire::to(port(&cluster));
    up(scenario, &wire).unwrap();
    let passed = [Toward::Server, Toward::Client].map(|toward| wire.passed(toward));
    Some((rows(&cluster, sql), passed))
}

/// The line is cut once, after so many bytes. The run goes on by itself, or the next one does; and whatever it was,
/// everything is there once.
fn cut_everywhere(scenario: &str, sql: &str) {
    let Some((expected, passed)) = whole(scenario, sql) else {
        return;
    };
    for (toward, all) in [Toward::Server, Toward::Client].into_iter().zip(passed) {
        let step = (all / 8).max(1);
        for bytes in (1..all).step_by(step) {
            let Some(cluster) = Rqlite::single() else {
                return;
            };
            cluster.run(&[
                "CREATE TABLE missing (a TEXT)",
                "INSERT INTO missing VALUES ('found')",
            ]);
            let wire = Wire::to(port(&cluster));
            wire.cut_after(toward, bytes);
            // The first question of a run is not asked twice: nobody knows yet whether it is rqlite that listens.
            if let Err(error) = up(scenario, &wire) {
                assert!(error.to_string().contains("does not answer"), "{error}");
                of(scenario).up(&mut connection(&cluster)).unwrap();
            }
            assert_eq!(rows(&cluster, sql), expected, "cut after {bytes} of {all}");
        }
    }
}

#[test]
fn in_a_transaction() {
    cut_everywhere(
        "reading",
        "SELECT 'row', id, state FROM _migrations UNION ALL SELECT 'user', email, name FROM users",
    );
}

#[test]
fn outside_a_transaction() {
    cut_everywhere(
        "outside",
        "SELECT 'row', id, state FROM _migrations UNION ALL SELECT 'line', id, line FROM logs",
    );
}
