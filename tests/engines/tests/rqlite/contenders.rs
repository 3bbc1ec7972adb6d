//! Nine runs at once against different nodes. Some are stalled for longer than a claim lives, some are killed; and in a
//! long run, so are the nodes.

use std::{
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use migrate_test_servers::{Contest, Program, Random, Report, Rqlite, times};

use crate::{objects, rows};

/// How long a claim of the program's lives.
const TTL: Duration = Duration::from_secs(2);

fn program(cluster: &Rqlite, first: usize) -> Command {
    let nodes = cluster.urls();
    let hosts = (0..nodes.len()).map(|at| {
        nodes[(first + at) % nodes.len()]
            .trim_start_matches("http://")
            .to_owned()
    });
    let hosts: Vec<String> = hosts.collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rqlite-program"));
    command.arg(format!("rqlite://{}", hosts.join(",")));
    command
}

/// Everything was done, each statement once.
fn is_done_once(cluster: &Rqlite) {
    assert_eq!(rows(cluster, "SELECT value FROM counter"), ["8"]);
    let each = "SELECT count(*), count(DISTINCT migration * 10 + step) FROM trace";
    assert_eq!(rows(cluster, each), ["16,16"]);
    let applied = "SELECT count(*), sum(state = 'applied'), max(seq) FROM _migrations";
    assert_eq!(rows(cluster, applied), ["9,9,9"]);
    for number in [1, 2, 3, 4, 5, 7, 8] {
        let rows = rows(
            cluster,
            &format!("SELECT count(*), max(id) FROM done_{number}"),
        );
        assert_eq!(rows, ["2000,2000"]);
    }
}

fn empty(cluster: &Rqlite) {
    let drops: Vec<String> = objects(cluster)
        .iter()
        .map(|name| format!("DROP TABLE {name}"))
        .collect();
    let drops: Vec<&str> = drops.iter().map(String::as_str).collect();
    if !drops.is_empty() {
        cluster.run(&drops);
    }
}

/// Rounds of nine until the time is over. `meanwhile` is done again and again until the nine have ended.
fn contest(name: &str, time: Duration, cluster: &Rqlite, meanwhile: impl Fn(&mut Random) + Sync) {
    let mut random = Random::new(name);
    let began = Instant::now();
    let mut all = Report::default();
    let mut rounds = 0;
    while rounds == 0 || began.elapsed() < time {
        empty(cluster);
        let contest = Contest::of(9).within(TTL).stalled(30, TTL * 2).killed(20);
        let over = AtomicBool::new(false);
        let mut other = random.another();
        let report = thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    meanwhile(&mut other);
                    thread::yield_now();
                }
            });
            let report = contest.run(&mut random, Duration::ZERO, |one| program(cluster, one));
            over.store(true, Ordering::SeqCst);
            report
        });
        Program::new(program(cluster, rounds)).run().ok();
        is_done_once(cluster);
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
        "{name}: {rounds} rounds, {} ended, of which {} were taken over from, {} killed, {} stalled",
        all.ended.len(),
        failed.len(),
        all.killed.len(),
        all.stalled
    );
    for one in failed {
        assert!(one.errors.contains("has taken over"), "{one:#?}");
    }
}

#[test]
fn nine_at_once() {
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    let time = Duration::from_secs(u64::try_from(times(1, 60)).unwrap());
    contest("nine_at_once", time, &cluster, |_| {
        thread::park_timeout(TTL)
    });
}

#[test]
fn nine_at_once_and_nodes_that_die() {
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    let time = Duration::from_secs(u64::try_from(times(1, 60)).unwrap());
    contest(
        "nine_at_once_and_nodes_that_die",
        time,
        &cluster,
        |random| {
            let node = random.below(3);
            cluster.kill(node);
            cluster.restart(node);
        },
    );
}
