//! Runs that are killed, wherever they are: the next one goes on there, and nobody has to do anything by hand.

use std::time::{Duration, Instant};

use migrate_test_mysql::WORK;
use migrate_test_servers::{Database, Program, Random, times};

use crate::ground::{fresh, is_done_once, program};

/// So long that nobody waits for it: what is gone is seen to be gone.
const LONG: Duration = Duration::from_secs(600);

fn up(database: &Database) -> Program {
    Program::new(program("up", WORK, &database.url(), LONG))
}

#[test]
fn a_run_that_is_killed_is_gone_on_with() {
    let Some(database) = fresh() else { return };
    let began = Instant::now();
    up(&database).run().ok();
    let length = began.elapsed();
    let mut random = Random::new("killed");
    let mut killed = 0;
    for _ in 0..times(5, 100) {
        let Some(database) = fresh() else { return };
        // Once or more often.
        loop {
            let moment = random.moment(length);
            killed += usize::from(
                up(&database)
                    .start()
                    .signal_after(moment, "KILL")
                    .was_killed(),
            );
            if random.happens(60) {
                break;
            }
        }
        up(&database).run().ok();
        is_done_once(&database);
    }
    println!("{killed} were killed, a run takes {length:?}");
    assert!(killed > 0);
}

/// As a way down is cut off, it goes on downwards.
#[test]
fn a_way_down_that_is_killed_is_gone_on_with() {
    let Some(database) = fresh() else { return };
    let down = || Program::new(program("down", WORK, &database.url(), LONG));
    up(&database).run().ok();
    let began = Instant::now();
    down().run().ok();
    let length = began.elapsed();
    let mut random = Random::new("killed_down");
    for _ in 0..times(2, 30) {
        up(&database).run().ok();
        down().start().signal_after(random.moment(length), "KILL");
        down().run().ok();
        assert_eq!(database.run("SELECT COUNT(*) FROM _migrations"), "0");
        let objects =
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()";
        assert_eq!(database.run(objects), "2");
    }
}

#[test]
fn a_wipe_that_is_killed_is_repeated() {
    let Some(database) = fresh() else { return };
    let anew = || Program::new(program("fresh", WORK, &database.url(), LONG));
    up(&database).run().ok();
    let began = Instant::now();
    anew().run().ok();
    let length = began.elapsed();
    let mut random = Random::new("killed_fresh");
    for _ in 0..times(2, 30) {
        anew().start().signal_after(random.moment(length), "KILL");
        anew().run().ok();
        is_done_once(&database);
    }
}
