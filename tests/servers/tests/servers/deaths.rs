//! What is left of servers and programs when the process of a test has ended: nothing, however it has ended.

use std::{
    env,
    io::{Read, stdin},
    process::Command,
    time::{Duration, Instant},
};

use migrate_test_servers::{MariaDb, Postgres, Program, Rqlite, Running};

use crate::is_alive;

/// Set where a test has started this program to play a part.
const PART: &str = "MIGRATE_TEST_PART";
/// A process that is there for so long will not go by itself.
const LIMIT: Duration = Duration::from_secs(60);

/// Not a test of its own: what the others start.
#[test]
fn plays_a_part() {
    let Ok(part) = env::var(PART) else {
        return;
    };
    let mut sleep = Command::new("sleep");
    let mut sleeping = Program::new({
        sleep.arg("1000");
        sleep
    })
    .start();
    sleeping.signal("STOP");
    let shared = Postgres::shared().unwrap();
    let own = Postgres::start().unwrap();
    own.pause();
    let maria = MariaDb::start().unwrap();
    let rqlite = Rqlite::single().unwrap();
    let ids = [
        Some(sleeping.id()),
        shared.process_id(),
        own.process_id(),
        maria.process_id(),
        rqlite.process_id(0),
    ];
    println!(
        "\nholds {}",
        ids.map(|id| id.unwrap().to_string()).join(" ")
    );
    assert_ne!(part, "panics", "as a test may");
    if part == "waits" {
        stdin().read_to_end(&mut Vec::new()).unwrap();
    }
    let _ = sleeping.kill();
}

fn start(part: &str) -> Option<Running> {
    // All that it needs is there, or has been said not to be.
    Postgres::shared()?;
    MariaDb::shared()?;
    Rqlite::single()?;
    let mut itself = Command::new(env::current_exe().unwrap());
    itself.args(["--exact", "deaths::plays_a_part", "--nocapture"]);
    itself.env(PART, part);
    Some(Program::new(itself).start())
}

fn held(line: &str) -> Vec<u32> {
    let ids = line.trim_start_matches("holds ").split(' ');
    ids.map(|id| id.parse().unwrap()).collect()
}

fn are_gone(ids: &[u32]) {
    let started = Instant::now();
    for id in ids {
        while is_alive(Some(*id)) {
            assert!(started.elapsed() < LIMIT, "{id} of {ids:?} is still there");
        }
    }
}

#[test]
fn nothing_is_left_of_a_test_that_is_killed() {
    let Some(mut running) = start("waits") else {
        return;
    };
    let ids = held(&running.wait_for("holds "));
    assert!(ids.iter().all(|id| is_alive(Some(*id))));
    running.kill();
    are_gone(&ids);
}

#[test]
fn nothing_is_left_of_a_test_that_ends_well_or_panics() {
    for part in ["ends", "panics"] {
        let Some(mut running) = start(part) else {
            return;
        };
        let ids = held(&running.wait_for("holds "));
        let ended = running.end();
        assert_eq!(ended.status.success(), part == "ends", "{ended:?}");
        are_gone(&ids);
    }
}
