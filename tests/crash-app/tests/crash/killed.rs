//! Processes that are ended at any moment: whatever they were doing, the next one goes on, and in the end
//! everything has run exactly once.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crash_app::{OUTSIDE, RUST};
use migrate_test_servers::{Random, Running, times};

use crate::ground::{Ground, Journal, is_unresolved};

const ROWS: usize = 2000;

/// What is done again and again to databases, and how.
struct Assault {
    name: &'static str,
    journal: Journal,
    /// What was there before: nothing, or everything.
    migrated: bool,
    /// What runs until it ends well; the others are taken by chance once it was ended.
    commands: &'static [&'static str],
    signal: &'static str,
}

#[test]
fn up_in_delete_mode() {
    Assault::on_the_way_up("up, DELETE", Journal::Delete, "KILL").run(times(20, 200));
}

#[test]
fn up_in_wal_mode() {
    Assault::on_the_way_up("up, WAL", Journal::Wal, "KILL").run(times(20, 200));
}

#[test]
fn interrupted() {
    Assault::on_the_way_up("interrupted, DELETE", Journal::Delete, "INT").run(times(8, 50));
    Assault::on_the_way_up("interrupted, WAL", Journal::Wal, "INT").run(times(8, 50));
}

#[test]
fn down() {
    for (name, journal) in [
        ("down, DELETE", Journal::Delete),
        ("down, WAL", Journal::Wal),
    ] {
        let commands = &["down --to 001_trace"];
        Assault {
            name,
            journal,
            migrated: true,
            commands,
            signal: "KILL",
        }
        .run(times(10, 100));
    }
}

#[test]
fn reset() {
    for (name, journal) in [
        ("reset, DELETE", Journal::Delete),
        ("reset, WAL", Journal::Wal),
    ] {
        let commands = &["reset"];
        Assault {
            name,
            journal,
            migrated: true,
            commands,
            signal: "KILL",
        }
        .run(times(10, 100));
    }
}

#[test]
fn fresh() {
    for (name, journal) in [
        ("fresh, DELETE", Journal::Delete),
        ("fresh, WAL", Journal::Wal),
    ] {
        let commands = &["fresh", "up"];
        Assault {
            name,
            journal,
            migrated: true,
            commands,
            signal: "KILL",
        }
        .run(times(10, 100));
    }
}

/// Those who only look recover what a killed one has left, at the same moment as the next one does.
#[test]
fn while_others_look() {
    let mut random = Random::new("killed while others look");
    for journal in [Journal::Delete, Journal::Wal] {
        let undisturbed = Ground::new(journal, OUTSIDE, ROWS);
        let length = undisturbed.measure("up");
        let mut kills = 0;
        while kills < times(5, 100) {
            let ground = Ground::new(journal, OUTSIDE, ROWS);
            let looking: Vec<Running> = (0..4).map(|_| ground.program("watch").start()).collect();
            while ground
                .program("up")
                .start()
                .signal_after(random.moment(length), "KILL")
                .was_killed()
            {
                kills += 1;
            }
            ground.run("up");
            for one in looking {
                one.end().ok();
            }
            ground.check();
            assert_eq!(ground.dump(), undisturbed.dump());
        }
        println!("{kills} kills while four others look, {journal:?}");
    }
}

/// At any moment of `rebuild_table`: the old table or the new one, with all that hangs on it, and never anything between.
#[test]
fn while_a_table_is_made_again() {
    let mut random = Random::new("killed while a table is made again");
    for journal in [Journal::Delete, Journal::Wal] {
        let before = Ground::new(journal, RUST, ROWS);
        before.run("up --to 029_fill");
        let undisturbed = before.copy();
        let mut length = undisturbed.measure("up");
        let (old, new) = (before.dump(), undisturbed.dump());
        let (mut kills, mut recovered) = (0, 0);
        while kills < times(20, 200) {
            let ground = before.copy();
            let started = Instant::now();
            let ended = ground
                .program("up")
                .start()
                .signal_after(random.moment(length), "KILL");
            if ended.was_killed() {
                kills += 1;
                recovered += usize::from(ground.is_to_be_recovered());
            } else {
                length = started.elapsed().min(length);
            }
            ground.check();
            let found = ground.dump();
            assert!(found == old || found == new);
            ground.run("up");
            assert_eq!(ground.dump(), new);
        }
        println!("{kills} kills in a rebuild, {recovered} with a journal left, {journal:?}");
    }
}

impl Assault {
    fn on_the_way_up(name: &'static str, journal: Journal, signal: &'static str) -> Self {
        Self {
            name,
            journal,
            migrated: false,
            commands: &["up"],
            signal,
        }
    }

    fn ground(&self) -> Ground {
        let ground = Ground::new(self.journal, RUST, ROWS);
        if self.migrated {
            ground.run("up");
        }
        ground
    }

    /// Ends so many processes, and begins with a new database whenever one has come to its end.
    fn run(&self, kills: usize) {
        let mut random = Random::new(self.name);
        let before = self.ground();
        let undisturbed = before.copy();
        let mut length = undisturbed.measure(self.commands[0]);
        let expected = undisturbed.dump();
        let mut told = Told::default();
        while told.kills < kills {
            let ground = before.copy();
            self.until_it_ends(&ground, &mut random, &mut length, &mut told);
            assert_eq!(ground.dump(), expected, "{}", self.name);
            told.databases += 1;
        }
        told.print(self.name, length);
    }

    fn until_it_ends(
        &self,
        ground: &Ground,
        random: &mut Random,
        length: &mut Duration,
        told: &mut Told,
    ) {
        let mut command = self.commands[0];
        for n in 0.. {
            let started = Instant::now();
            let ended = ground
                .program(command)
                .start()
                .signal_after(random.moment(*length), self.signal);
            let took = started.elapsed();
            let seen = ground.check();
            if ended.was_ended_by(self.number()) {
                told.kills += 1;
                *told.at.entry(seen.rows).or_default() += 1;
                told.recovered += usize::from(ground.is_to_be_recovered());
                told.cut_off += usize::from(seen.is_cut_off);
                command = self.commands[random.below(self.commands.len())];
            } else if is_unresolved(&ended) {
                ground.resolve();
                told.resolved += 1;
            } else {
                // One that did everything and was still faster than its moment: the others should be met as well.
                if n == 0 {
                    *length = took.min(*length);
                }
                return ended.ok();
            }
        }
    }

    fn number(&self) -> i32 {
        if self.signal == "INT" { 2 } else { 9 }
    }
}

/// What has happened, for whoever reads the output.
#[derive(Default)]
struct Told {
    kills: usize,
    databases: usize,
    /// Kills by how many migrations had a row then.
    at: BTreeMap<usize, usize>,
    recovered: usize,
    cut_off: usize,
    resolved: usize,
}

impl Told {
    fn print(&self, name: &str, length: Duration) {
        println!(
            "{name}: {} processes ended on {} databases, {} with a journal left, {} outside a transaction, {} steps \
             resolved; a whole run takes {} ms; by migrations in the history: {:?}",
            self.kills,
            self.databases,
            self.recovered,
            self.cut_off,
            self.resolved,
            length.as_millis(),
            self.at
        );
    }
}
