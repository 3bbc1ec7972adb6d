//! Many programs at once.

use std::{process::Command, time::Duration};

use migrate_test_servers::{Contest, Ended, Random};

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn each_is_started_once_where_there_is_no_time() {
    let mut random = Random::new("once");
    let contest = Contest::of(5);
    let report = contest.run(&mut random, Duration::ZERO, |contender| {
        shell(&format!("echo done: {contender}"))
    });
    report.ended.iter().for_each(Ended::ok);
    let mut done: Vec<&str> = report.ended.iter().flat_map(Ended::done).collect();
    done.sort_unstable();
    assert_eq!(done, ["0", "1", "2", "3", "4"]);
    assert_eq!((report.killed.len(), report.stalled), (0, 0));
}

#[test]
fn they_are_started_again_until_the_time_is_over() {
    let mut random = Random::new("again");
    let report = Contest::of(2).run(&mut random, Duration::from_millis(300), |_| shell("exit 0"));
    assert!(report.ended.len() > 2, "{}", report.ended.len());
}

#[test]
fn those_who_are_to_be_are_stalled_and_killed() {
    let mut random = Random::new("stalled and killed");
    let contest = Contest::of(4)
        .stalled(100, Duration::from_millis(20))
        .killed(100);
    let report = contest.run(&mut random, Duration::ZERO, |_| shell("sleep 1000; true"));
    assert_eq!((report.killed.len(), report.stalled), (4, 4));
    assert!(report.ended.is_empty());

    let half = Contest::of(40).killed(50);
    let report = half.run(&mut random, Duration::ZERO, |_| shell("sleep 0.2; true"));
    assert!(
        report.killed.len() > 5 && report.ended.len() > 5,
        "{report:?}"
    );
}
