//! A kill between two steps, one place after the other: nothing is left to chance here. A normal run leaves most
//! places out where another test has had them.

use crash_app::{EVERYWHERE, RUST};
use migrate_test_servers::times;

use crate::ground::{Ground, Journal, is_unresolved};

#[test]
fn up_in_delete_mode() {
    at_every_place(
        &Ground::new(Journal::Delete, RUST, 20),
        "up",
        times(8, 1),
        2,
    );
}

#[test]
fn up_in_wal_mode() {
    at_every_place(&Ground::new(Journal::Wal, RUST, 20), "up", 1, 2);
}

#[test]
fn down_in_delete_mode() {
    at_every_place(&migrated(Journal::Delete), "down --to 001_trace", 1, 2);
}

#[test]
fn down_in_wal_mode() {
    at_every_place(
        &migrated(Journal::Wal),
        "down --to 001_trace",
        times(8, 1),
        2,
    );
}

/// It begins anew every time, and gets one place further.
#[test]
fn fresh() {
    at_every_place(&migrated(Journal::Delete), "fresh", times(16, 1), 0);
}

fn migrated(journal: Journal) -> Ground {
    let ground = Ground::new(journal, RUST, 20);
    ground.run("up");
    ground
}

/// Every place, or only each so-many-th; but always those in the Rust step outside a transaction.
fn at_every_place(ground: &Ground, command: &str, step: usize, cut_off_in_rust: usize) {
    let undisturbed = ground.copy();
    let listed = undisturbed.program(command).stop_at(EVERYWHERE).run();
    listed.ok();
    let places: Vec<&str> = listed
        .lines
        .iter()
        .filter_map(|line| line.strip_prefix("at "))
        .collect();
    assert!(places.len() > 100, "{places:?}");
    let mut resolved = 0;
    let in_rust = |place: &str| place.ends_with("before") || place.ends_with("after");
    for (n, place) in places.into_iter().enumerate() {
        if n % step != 0 && !in_rust(place) {
            continue;
        }
        let mut running = ground.program(command).stop_at(place).start();
        while !running.comes_to(place) {
            let ended = running.end();
            assert!(is_unresolved(&ended), "not at {place}: {ended:#?}");
            ground.resolve();
            resolved += 1;
            running = ground.program(command).stop_at(place).start();
        }
        assert!(running.kill().was_killed());
        ground.check();
    }
    ground.run(command);
    assert_eq!(ground.dump(), undisturbed.dump());
    assert_eq!(resolved, cut_off_in_rust);
}

/// The old table or the new one, with all its rows and those of the table that refers to it; never anything between.
#[test]
fn while_a_table_is_made_again() {
    for journal in [Journal::Delete, Journal::Wal] {
        let untouched = Ground::new(journal, RUST, 20);
        untouched.run("up --to 029_fill");
        let before = untouched.dump();
        let undisturbed = untouched.copy();
        let listed = undisturbed.program("up").stop_at(EVERYWHERE).run();
        listed.ok();
        let places = (listed.lines.iter()).filter_map(|line| line.strip_prefix("at "));
        let places: Vec<&str> = places
            .filter(|place| place.contains("030_users_again"))
            .collect();
        assert!(places.len() > 5, "{places:?}");
        for place in places {
            let ground = untouched.copy();
            let mut running = ground.program("up").stop_at(place).start();
            assert!(running.comes_to(place), "{:#?}", running.end());
            assert!(running.kill().was_killed());
            let found = ground.dump();
            assert!(found == before || found == undisturbed.dump(), "{place}");
        }
    }
}
