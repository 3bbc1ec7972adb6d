//! Sixteen processes at once on one file: every migration runs exactly once, every process ends well, and none
//! says a word of an error.

use std::collections::BTreeMap;

use crash_app::{GATE, OUTSIDE, PLAIN, RUST, SWITCH};
use migrate_test_servers::{Ended, Random, Running, times};

use crate::{
    ground::{Ground, Journal},
    looked_at,
};

const PROCESSES: usize = 16;
const ROWS: usize = 20;

#[test]
fn in_delete_mode() {
    rounds(Journal::Delete, PLAIN, 4);
}

#[test]
fn in_wal_mode() {
    rounds(Journal::Wal, PLAIN, 4);
}

/// One of the migrations runs outside a transaction.
#[test]
fn outside_a_transaction() {
    rounds(Journal::Delete, OUTSIDE, 2);
    rounds(Journal::Wal, OUTSIDE, 2);
}

/// Those that find a Rust step outside a transaction begun and not confirmed see that it is being done, and wait.
#[test]
fn with_a_rust_step_outside_a_transaction() {
    rounds(Journal::Delete, RUST, 2);
    rounds(Journal::Wal, RUST, 2);
}

/// The first migration switches to a write-ahead log, while the others look.
#[test]
fn switching_the_journal() {
    rounds(Journal::Own, SWITCH, 2);
}

fn rounds(journal: Journal, environment: &'static str, normal: usize) {
    let expected = undisturbed(journal, environment);
    for _ in 0..announced(normal, journal, environment) {
        let ground = Ground::new(journal, environment, ROWS);
        let ended = storm(&ground, &["up"; PROCESSES]);
        ended.iter().for_each(Ended::ok);
        everything_once(&ended, "apply", environment);
        assert_eq!(ground.check().rows, looked_at::all(environment).len());
        assert_eq!(ground.dump(), expected);
        assert!(!ground.is_claimed());
    }
}

/// Half of them only look, again and again, until nothing is pending.
#[test]
fn while_others_look() {
    for journal in [Journal::Delete, Journal::Wal] {
        let expected = undisturbed(journal, OUTSIDE);
        for _ in 0..announced(2, journal, "while others look") {
            let ground = Ground::new(journal, OUTSIDE, ROWS);
            let mut commands = ["up"; PROCESSES];
            commands
                .iter_mut()
                .step_by(2)
                .for_each(|command| *command = "watch");
            let ended = storm(&ground, &commands);
            ended.iter().for_each(Ended::ok);
            everything_once(&ended, "apply", OUTSIDE);
            assert_eq!(ground.dump(), expected);
        }
    }
}

/// Three of them are killed; the others do what is left.
#[test]
fn while_some_are_killed() {
    for journal in [Journal::Delete, Journal::Wal] {
        let mut random = Random::new("a storm with kills");
        let expected = undisturbed(journal, OUTSIDE);
        let ground = Ground::new(journal, OUTSIDE, ROWS);
        // Together they take longer than one.
        let length = ground.measure("up") * 3;
        for _ in 0..announced(2, journal, "while three are killed") {
            let ground = Ground::new(journal, OUTSIDE, ROWS);
            let mut running = started(&ground, &["up"; PROCESSES]);
            let doomed = running.split_off(PROCESSES - 3);
            running.iter_mut().for_each(Running::go_on);
            for one in doomed {
                let ended = one.signal_after(random.moment(length), "KILL");
                assert!(ended.was_killed() || ended.status.success(), "{ended:#?}");
            }
            for one in running {
                one.end().ok();
            }
            assert_eq!(ground.check().rows, looked_at::all(OUTSIDE).len());
            assert_eq!(ground.dump(), expected);
        }
    }
}

#[test]
fn of_resets() {
    for journal in [Journal::Delete, Journal::Wal] {
        for _ in 0..announced(2, journal, "of resets") {
            let ground = Ground::new(journal, RUST, ROWS);
            ground.run("up");
            let ended = storm(&ground, &["reset"; PROCESSES]);
            ended.iter().for_each(Ended::ok);
            everything_once(&ended, "revert", RUST);
            assert_eq!(ground.check().rows, 0);
        }
    }
}

/// Some go up, some go down, some start anew. Whoever finds that another one has gone the other way stops and
/// says so; what is there in the end is whole.
#[test]
fn of_opposites() {
    const COMMANDS: [&str; 6] = ["up", "up", "reset", "down", "fresh", "status"];
    let mut random = Random::new("a storm of opposites");
    for journal in [Journal::Delete, Journal::Wal] {
        let expected = undisturbed(journal, RUST);
        for _ in 0..announced(2, journal, "of opposites") {
            let ground = Ground::new(journal, RUST, ROWS);
            let commands = [(); PROCESSES].map(|()| COMMANDS[random.below(COMMANDS.len())]);
            for one in storm(&ground, &commands) {
                if !one.status.success() {
                    one.failed(1, &["another run has ", " meanwhile: look at the status"]);
                }
            }
            ground.check();
            ground.run("up");
            assert_eq!(ground.check().rows, looked_at::all(RUST).len());
            ground.run("fresh");
            assert_eq!(ground.dump(), expected);
        }
    }
}

/// How many storms there will be, which is said.
fn announced(normal: usize, journal: Journal, what: &str) -> usize {
    let storms = times(normal, 50);
    println!("{storms} storms of {PROCESSES} processes, {what}, {journal:?}");
    storms
}

fn undisturbed(journal: Journal, environment: &'static str) -> String {
    let ground = Ground::new(journal, environment, ROWS);
    ground.run("up");
    ground.dump()
}

/// Starts a process for each command; all begin at once.
fn storm(ground: &Ground, commands: &[&str]) -> Vec<Ended> {
    let mut running = started(ground, commands);
    running.iter_mut().for_each(Running::go_on);
    running.into_iter().map(Running::end).collect()
}

/// The processes, each of them about to begin.
fn started(ground: &Ground, commands: &[&str]) -> Vec<Running> {
    let start = |command: &&str| ground.program(command).stop_at(GATE).start();
    let mut running: Vec<Running> = commands.iter().map(start).collect();
    for one in &mut running {
        assert!(one.comes_to(GATE));
    }
    running
}

/// Among all processes, each migration was done once.
fn everything_once(ended: &[Ended], action: &str, environment: &str) {
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for one in ended.iter().flat_map(Ended::done) {
        *done.entry(one).or_default() += 1;
    }
    let all = looked_at::all(environment);
    let expected: BTreeMap<String, usize> =
        all.iter().map(|id| (format!("{action} {id}"), 1)).collect();
    assert!(
        done.iter()
            .map(|(one, n)| (*one, *n))
            .eq(expected.iter().map(|(one, n)| (one.as_str(), *n))),
        "{done:?}"
    );
}
