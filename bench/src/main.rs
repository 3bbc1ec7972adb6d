//! Applies the migrations, and then finds nothing to do, by migrate and by hand, in turn; prints the ratios.
//!
//! By hand means what anybody would write with rusqlite: a transaction for each migration with its SQL and one row
//! in a table, and one SELECT over that table.

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use migrate_core::{Migrator, rusqlite::Connection};

#[allow(missing_docs)]
mod migrations {
    use migrate_core::prelude::*;
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}
use migrations::{COUNT, SQL};

fn main() {
    let rounds = (20_000 / COUNT).clamp(5, 40);
    let folder = tempfile::tempdir_in(std::env::args().nth(1).as_deref().unwrap_or(".")).unwrap();
    let start = Instant::now();
    Migrator::new().registry().unwrap();
    let ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{COUNT} migrations, put in order once in a process: {ms:.3} ms");
    let (mut apply, mut nothing) = (Pairs::default(), Pairs::default());
    for round in 0..rounds {
        let ours = folder.path().join(format!("ours{round}.db"));
        let hand = folder.path().join(format!("hand{round}.db"));
        apply.time(round, || up(&ours, COUNT), || up_by_hand(&hand));
        for again in 0..5 {
            nothing.time(again, || up(&ours, 0), || nothing_by_hand(&hand));
        }
        std::fs::remove_file(ours).unwrap();
        std::fs::remove_file(hand).unwrap();
    }
    apply.print("apply");
    nothing.print("nothing to do");
}

fn up(path: &Path, expected: usize) {
    let mut connection = Connection::open(path).unwrap();
    assert_eq!(
        Migrator::new().up(&mut connection).unwrap().done.len(),
        expected
    );
}

fn up_by_hand(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let table = "CREATE TABLE history (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)";
    connection.execute_batch(table).unwrap();
    for (number, sql) in SQL.iter().enumerate() {
        let id = format!("{:05}_create_t{}", number + 1, number + 1);
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        connection.execute_batch(sql).unwrap();
        let insert = "INSERT INTO history (id, checksum, applied_at) VALUES (?1, ?2, ?3)";
        let values = (
            &id,
            "v1:00000000000000000000000000000000",
            "2026-02-15T09:30:00.000Z",
        );
        connection
            .prepare_cached(insert)
            .unwrap()
            .execute(values)
            .unwrap();
        connection.execute_batch("COMMIT").unwrap();
    }
}

fn nothing_by_hand(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection
        .prepare("SELECT id, checksum FROM history ORDER BY seq")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let applied: HashSet<(String, String)> = rows.collect::<Result<_, _>>().unwrap();
    let checksum = "v1:00000000000000000000000000000000".to_owned();
    let pending = (1..=COUNT)
        .filter(|n| !applied.contains(&(format!("{n:05}_create_t{n}"), checksum.clone())));
    assert_eq!(pending.count(), 0);
}

/// Times of the two, measured in turn so that a slow moment of the machine meets both.
#[derive(Default)]
struct Pairs(Vec<(Duration, Duration)>);

impl Pairs {
    fn time(&mut self, round: usize, ours: impl Fn(), hand: impl Fn()) {
        let time = |run: &dyn Fn()| {
            let start = Instant::now();
            run();
            start.elapsed()
        };
        // Who goes first changes, because the second finds the disk warm.
        let pair = if round % 2 == 0 {
            let first = time(&ours);
            (first, time(&hand))
        } else {
            let first = time(&hand);
            (time(&ours), first)
        };
        self.0.push(pair);
    }

    fn print(mut self, what: &str) {
        let ratio = |(ours, hand): &(Duration, Duration)| ours.as_secs_f64() / hand.as_secs_f64();
        self.0.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let (ours, hand) = self.0[self.0.len() / 2];
        let (least, most) = (ratio(&self.0[0]), ratio(&self.0[self.0.len() - 1]));
        println!(
            "{COUNT} migrations, {what}: {:.3} of raw rusqlite (median of {}; {least:.3} to {most:.3}); {:.3} ms against {:.3} ms",
            ratio(&(ours, hand)),
            self.0.len(),
            ours.as_secs_f64() * 1e3,
            hand.as_secs_f64() * 1e3,
        );
    }
}
