//! Nine runs at once, some of which are stalled for longer than the lock lives, and some killed.

use std::time::{Duration, Instant};

use migrate_test_mysql::WORK;
use migrate_test_servers::{Contest, Database, Galera, Program, Random, Report, times};

use crate::ground::{fresh, is_done_once, program};

const TTL: Duration = Duration::from_secs(2);

/// Rounds of nine on a new database each, until the time is over. Whoever was stalled may have been taken over from; nobody else
/// has anything to say.
fn contest(name: &str, database: impl Fn() -> Database) {
    let time = Duration::from_secs(u64::try_from(times(1, 60)).unwrap());
    let mut random = Random::new(name);
    let began = Instant::now();
    let mut all = Report::default();
    let mut rounds = 0;
    while rounds == 0 || began.elapsed() < time {
        let database = database();
        let urls = database.urls();
        let node = |contender: usize| urls[contender % urls.len()].clone();
        let contest = Contest::of(9).within(TTL).stalled(30, TTL * 2).killed(20);
        let report = contest.run(&mut random, Duration::ZERO, |contender| {
            program("up", WORK, &node(contender), TTL)
        });
        Program::new(program("up", WORK, &node(rounds), TTL))
            .run()
            .ok();
        is_done_once(&database);
        all.ended.extend(report.ended);
        all.killed.extend(report.killed);
        all.stalled += report.stalled;
        rounds += 1;
    }
    let failed: Vec<_> = all
        .ended
        .iter()
        .filter(|one| !one.status.success())
        .collect();
    println!(
        "{name}: {rounds} rounds, {} ended, of which {} had lost the lock or their session, {} killed, {} stalled",
        all.ended.len(),
        failed.len(),
        all.killed.len(),
        all.stalled
    );
    assert!(
        failed.len() <= all.stalled + all.killed.len(),
        "{failed:#?}"
    );
    for one in failed {
        println!("{}", one.errors);
        assert_eq!(one.status.code(), Some(1), "{one:#?}");
    }
}

#[test]
fn on_one_server() {
    if fresh().is_none() {
        return;
    }
    contest("on_one_server", || fresh().unwrap());
}

#[test]
fn on_the_nodes_of_galera() {
    let Some(galera) = Galera::shared() else {
        return;
    };
    contest("on_the_nodes_of_galera", || galera.database());
}
