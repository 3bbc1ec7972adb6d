//! A run that is stalled until another one has taken over does nothing any more when it goes on.

use std::time::Duration;

use migrate_test_mysql::{RUST, WORK};
use migrate_test_servers::{Database, Galera, Program};

use crate::ground::{fresh, is_done_once, program};

const TTL: Duration = Duration::from_secs(1);

/// Stalls a run on one node at a place, lets another one do all the rest on another node, and lets the first one go on.
fn stalled_at(
    database: &Database,
    environment: &str,
    place: &str,
) -> [migrate_test_servers::Ended; 2] {
    let urls = database.urls();
    let (here, there) = (&urls[0], urls.last().unwrap());
    let mut stalled = Program::new(program("up", environment, here, TTL))
        .stop_at(place)
        .start();
    assert!(stalled.comes_to(place), "{place}");
    stalled.signal("STOP");
    let other = Program::new(program("up", environment, there, TTL)).run();
    stalled.signal("CONT");
    [stalled.end(), other]
}

fn is_fenced(database: &Database) {
    for place in [
        "3 ALTER TABLE work_1",
        "4 INSERT INTO work_1",
        "9 DROP TABLE gone_1_a,",
    ] {
        let [stalled, other] = stalled_at(database, WORK, place);
        other.ok();
        stalled.failed(
            1,
            &["another run has taken over, because this one showed no sign of life"],
        );
        is_done_once(database);
        Program::new(program("down", WORK, &database.url(), TTL))
            .run()
            .ok();
    }
}

#[test]
fn on_one_server() {
    let Some(database) = fresh() else { return };
    is_fenced(&database);
}

#[test]
fn on_different_nodes_of_galera() {
    let Some(galera) = Galera::shared() else {
        return;
    };
    is_fenced(&galera.database());
}

/// There the session itself cannot be ended, and what it sends next comes together with the question.
#[test]
fn what_a_rust_step_returns_is_fenced_too() {
    let Some(galera) = Galera::shared() else {
        return;
    };
    let database = galera.database();
    let [stalled, other] = stalled_at(&database, RUST, "in rust");
    other.failed(1, &["resolve"]);
    stalled.failed(1, &["another run has taken over"]);
    assert_eq!(
        database.run("SELECT COUNT(*) FROM numbers WHERE n = 100"),
        "0"
    );
}
