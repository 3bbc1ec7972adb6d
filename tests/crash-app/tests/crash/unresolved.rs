//! A Rust step outside a transaction that is cut off: nobody can know whether it was done, so somebody has to say.

use crash_app::RUST;

use crate::ground::{Ground, Journal};

const REFUSAL: [&str; 3] = [
    "step 2 of `016_note` (write the note) was cut off",
    "resolve 016_note --done",
    "--not-done",
];

#[test]
fn cut_off_before_its_effect() {
    on_the_way_up("note before", "not-done", 1);
}

#[test]
fn cut_off_behind_its_effect() {
    on_the_way_up("note after", "done", 1);
}

/// The answer is taken as it is given: the step runs a second time, or not at all.
#[test]
fn a_wrong_answer_is_believed() {
    on_the_way_up("note after", "not-done", 2);
    on_the_way_up("note before", "done", 0);
}

fn on_the_way_up(place: &str, answer: &str, notes: i64) {
    let ground = Ground::new(Journal::Wal, RUST, 20);
    cut_off(&ground, "up", place);
    for refused in ["up", "up --to 029_fill", "reset", "down"] {
        ground.program(refused).run().failed(1, &REFUSAL);
    }
    assert!(ground.check().is_cut_off);
    ground.run(&format!("resolve --id 016_note --answer {answer}"));
    let again = ground.program("resolve --id 016_note --answer done").run();
    again.failed(1, &["no step of `016_note` was cut off"]);
    ground.run("up");
    assert_eq!(found(&ground), notes);
}

#[test]
fn cut_off_on_the_way_down() {
    for (place, answer) in [("removal before", "not-done"), ("removal after", "done")] {
        let ground = Ground::new(Journal::Delete, RUST, 20);
        ground.run("up");
        let undisturbed = ground.copy();
        undisturbed.run("down --to 001_trace");
        cut_off(&ground, "down --to 001_trace", place);
        ground
            .program("reset")
            .run()
            .failed(1, &["step 3 of `016_note` (remove the note) was cut off"]);
        ground.run(&format!("resolve --id 016_note --answer {answer}"));
        // It was on its way down, and goes on there.
        ground.program("up").run().failed(
            1,
            &["`016_note` was cut off while it was being taken back: run `down`"],
        );
        ground.run("down --to 001_trace");
        ground.check();
        assert_eq!(ground.dump(), undisturbed.dump());
    }
}

/// Whoever waits for it finds out as soon as it is dead.
#[test]
fn cut_off_while_another_one_waits() {
    let ground = Ground::new(Journal::Wal, RUST, 20);
    let mut first = ground.program("up").stop_at("note after").start();
    assert!(first.comes_to("note after"));
    let mut second = ground.program("up").start();
    second.wait_for("waiting for another run on `");
    assert!(first.kill().was_killed());
    second.end().failed(1, &REFUSAL);
    ground.run("resolve --id 016_note --answer done");
    ground.run("up");
    assert_eq!(found(&ground), 1);
}

/// What was cut off between two steps that can be recorded needs nobody.
#[test]
fn cut_off_elsewhere_goes_on_by_itself() {
    let ground = Ground::new(Journal::Wal, RUST, 20);
    cut_off(&ground, "up", "apply 011_outside 5");
    ground.program("reset").run().failed(
        1,
        &["`011_outside` was cut off while it was being applied: run `up`"],
    );
    ground.run("up");
    ground.check();
    cut_off(&ground, "reset", "revert 011_outside 4");
    ground.program("up").run().failed(
        1,
        &["`011_outside` was cut off while it was being taken back: run `down`"],
    );
    ground.run("reset");
    assert_eq!(ground.check().rows, 0);
}

/// Everything goes, so nothing has to be known of what was cut off.
#[test]
fn fresh_needs_no_answer() {
    let ground = Ground::new(Journal::Wal, RUST, 20);
    cut_off(&ground, "up", "note after");
    ground.run("fresh");
    ground.check();
    assert_eq!(found(&ground), 1);
}

fn cut_off(ground: &Ground, command: &str, place: &str) {
    let mut running = ground.program(command).stop_at(place).start();
    assert!(running.comes_to(place));
    assert!(running.kill().was_killed());
}

fn found(ground: &Ground) -> i64 {
    let copy = ground.copy();
    copy.open()
        .query_row("SELECT count(*) FROM note", [], |row| row.get(0))
        .unwrap()
}
