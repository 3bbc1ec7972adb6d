//! What whoever watches is told, and what the errors say.

use crate::{
    engine::driver::DriverErrorKind,
    error::Error,
    history::Progress,
    migration::Registration,
    plan::{Down, Request, Up},
    sql::Sql,
};

use super::{
    Given,
    fake::{Database, Fault, World},
    model::{Does, Leaves, registry, registry_of},
};

const UP: Request = Request::Up(Up::All);

fn apply(id: &str) -> Request {
    Request::Apply(id.to_owned())
}

/// The place in the log of the first action of this name.
fn place(world: &World, what: &str) -> usize {
    let log = world.state().log.clone();
    let found = log.iter().position(|one| one.contains(what));
    found.unwrap_or_else(|| panic!("{what} in {log:#?}"))
}

/// Runs it once to see where an action comes, and then on a new database with a fault there.
fn fail_at(
    given: &Given,
    before: &Database,
    request: &Request,
    what: &str,
    kind: DriverErrorKind,
) -> (World, Error) {
    let world = World::with(before.clone());
    world.arm(None);
    given.run(&world, request).unwrap().unwrap();
    let n = place(&world, what);
    let world = World::with(before.clone());
    world.arm(Some((n, Fault::Fail(kind))));
    given.heard.take();
    let error = given.run(&world, request).unwrap().unwrap_err();
    (world, error)
}

#[test]
fn a_run_is_told_step_by_step() {
    let (given, world) = (Given::new(registry()), World::default());
    given
        .run(&world, &Request::Up(Up::To("002_b".to_owned())))
        .unwrap()
        .unwrap();
    assert_eq!(
        given.heard.take(),
        [
            "started 2 8",
            "apply 001_a, 2 steps",
            "step 1 of 2: INSERT INTO t VALUES ('up 001_a 1')",
            "step 2 of 2: INSERT INTO t VALUES ('up 001_a 2')",
            "done: apply 001_a",
            "apply 002_b, 6 steps",
            "step 1 of 6: INSERT INTO t VALUES ('up 002_b 1')",
            "step 2 of 6: VACUUM INTO 'up 002_b 2'",
            "step 3 of 6: up 002_b 3",
            "step 4 of 6: up 002_b 4",
            "logged 002_b up 002_b 5",
            "step 6 of 6: INSERT INTO t VALUES ('up 002_b 6')",
            "done: apply 002_b",
        ]
    );
    given
        .run(&world, &Request::Redo(Down::Count(1)))
        .unwrap()
        .unwrap();
    let heard = given.heard.take();
    assert_eq!(heard[..2], ["started 2 9", "revert 002_b, 3 steps"]);
    assert!(heard.contains(&"done: revert 002_b".to_owned()));
}

#[test]
fn a_failed_statement_in_a_transaction() {
    let given = Given::new(registry());
    let (world, error) = fail_at(
        &given,
        &Database::default(),
        &UP,
        "up 003_c 1x",
        DriverErrorKind::Other,
    );
    assert_eq!(
        error.to_string(),
        "`003_c` up failed at step 1 of 3: it was made to fail
  at src/a.rs:7
  | DELETE FROM t WHERE a = 'up 003_c 1x'
  It was rolled back whole; the migrations before it stay applied"
    );
    assert_eq!(error.report().names(), ["001_a", "002_b"]);
    assert_eq!(error.migration(), Some("003_c"));
    assert_eq!(world.database().ids(), ["001_a", "002_b"]);
    assert_eq!(
        given.heard.take().last().unwrap(),
        "failed 003_c: `003_c` up failed at step 1 of 3: it was made to fail"
    );
}

#[test]
fn a_failed_statement_outside_a_transaction() {
    let given = Given::new(registry());
    let (world, error) = fail_at(
        &given,
        &Database::default(),
        &apply("002_b"),
        "VACUUM",
        DriverErrorKind::Other,
    );
    let text = "`002_b` up failed at step 2 of 6: it was made to fail
  at src/a.rs:7
  | VACUUM INTO 'up 002_b 2'
  It runs outside a transaction: the steps before stay, and the next run goes on with this step";
    assert_eq!(error.to_string(), text);
    let noted = world.database().row("002_b").unwrap().clone();
    assert_eq!(noted.error.as_deref(), Some(text));
    assert_eq!(noted.row.progress, Progress::Applying { done: 1, begun: 1 });
    // What comes next takes the error away.
    world.arm(None);
    given.run(&world, &apply("002_b")).unwrap().unwrap();
    assert_eq!(world.database().row("002_b").unwrap().error, None);
}

/// A Rust step that says itself that it failed leaves no doubt; what fails behind it does.
#[test]
fn a_failed_rust_step_outside_a_transaction() {
    let given = Given::new(registry());
    let request = apply("002_b");
    let fail = |what| {
        fail_at(
            &given,
            &Database::default(),
            &request,
            what,
            DriverErrorKind::Step,
        )
    };
    let (world, error) = fail(" run");
    assert_eq!(
        error.to_string(),
        "`002_b` up failed at step 3 of 6: it was made to fail
  at src/a.rs:7
  | up 002_b 3
  It runs outside a transaction: the steps before stay, and the next run goes on with this step"
    );
    let progress = world.database().row("002_b").unwrap().row.progress;
    assert_eq!(progress, Progress::Applying { done: 2, begun: 2 });

    let (world, error) = fail("up 002_b 4y");
    assert_eq!(
        error.to_string(),
        "`002_b` up failed at step 4 of 6: it was made to fail
  at src/a.rs:7
  | DELETE FROM t WHERE a = 'up 002_b 4y'
  It runs outside a transaction, and its Rust code is done: the steps before stay, and `resolve` has to say whether this \
         one counts as done"
    );
    let progress = world.database().row("002_b").unwrap().row.progress;
    assert_eq!(progress, Progress::Applying { done: 3, begun: 4 });
    assert_eq!(
        world.database().row("002_b").unwrap().error,
        Some(error.to_string())
    );
}

#[test]
fn a_step_that_has_ended_the_transaction() {
    let given = Given::new(registry());
    let (_, error) = fail_at(
        &given,
        &Database::default(),
        &apply("001_a"),
        "up 001_a 2",
        DriverErrorKind::TransactionEnded,
    );
    assert_eq!(
        error.to_string(),
        "`001_a` up failed at step 2 of 2: it was made to fail
  at src/a.rs:7
  | INSERT INTO t VALUES ('up 001_a 2')
  The step has ended the transaction: what ran before it is in the database, and is not recorded. Remove the COMMIT or \
         ROLLBACK from the step, and undo by hand what it left"
    );
}

#[test]
fn violated_foreign_keys() {
    let given = Given::new(registry());
    let all = World::default();
    given.run(&all, &UP).unwrap().unwrap();
    let down = Request::Down(Down::To("002_b".to_owned()));
    let before = all.database();
    let world = World::with(before.clone());
    world.arm(None);
    given.run(&world, &down).unwrap().unwrap();
    // The commit behind the statements of `003_c`.
    let log = world.state().log.clone();
    let statement = place(&world, "down 003_c 1");
    let n = statement
        + log[statement..]
            .iter()
            .position(|one| one.ends_with("commit"))
            .unwrap();
    let world = World::with(before);
    world.arm(Some((n, Fault::Fail(DriverErrorKind::ForeignKeys))));
    let error = given.run(&world, &down).unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`003_c` down failed at step 2 of 2: it was made to fail
  at src/a.rs:7
  | PRAGMA foreign_key_check
  It was rolled back whole; the migrations before it stay applied"
    );
    assert_eq!(error.report().names(), ["004_d"]);
}

#[test]
fn what_happens_around_the_steps() {
    let given = Given::new(registry());
    let text = |request: &Request, what| {
        let kind = DriverErrorKind::Other;
        fail_at(&given, &Database::default(), request, what, kind)
            .1
            .to_string()
    };
    let first = apply("001_a");
    assert_eq!(
        text(&first, "history"),
        "cannot read the history of `fake`: it was made to fail"
    );
    assert_eq!(
        text(&first, "begin"),
        "cannot begin a transaction: it was made to fail"
    );
    assert_eq!(
        text(&first, "changed_since"),
        "cannot read the history: it was made to fail"
    );
    for what in ["create_history", "record", "commit"] {
        assert_eq!(
            text(&first, what),
            "cannot record `001_a`, and so it was rolled back: it was made to fail"
        );
    }
    let second = apply("002_b");
    assert_eq!(
        text(&second, "claim"),
        "cannot see whether another run is at work: it was made to fail"
    );
    assert_eq!(
        text(&second, "record"),
        "cannot record a step of `002_b`: it was made to fail"
    );
    assert_eq!(
        text(&Request::Baseline(None), "record"),
        "cannot write the history, and so all of it is as it was: it was made to fail"
    );
}

/// What a Rust step returns is known only when it has run, so `Nothing was done` would not be true.
#[test]
fn a_rust_step_that_returns_what_cannot_run() {
    let one = |id, transaction| Registration {
        transaction,
        ..Registration::new(
            "app",
            id,
            "src/a.rs",
            7,
            &Does(
                |steps| {
                    steps.run(
                        "look",
                        Leaves("looked".to_owned(), vec![Sql::unchecked("COMMIT")]),
                    )
                },
                |_| {},
            ),
        )
    };
    let given = Given::new(registry_of(
        [one("001_a", true), one("002_b", false)].into_iter(),
    ));
    for id in ["001_a", "002_b"] {
        let world = World::with(Database::default());
        let error = given.run(&world, &apply(id)).unwrap().unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with(&format!(
                "`{id}` up failed at step 1 of 1: the SQL that it returned: `COMMIT` in a migration: the runner opens \
                 and closes the transaction; remove it\n  at src/a.rs:7\n  | look\n"
            )),
            "{text}"
        );
        assert!(!text.contains("Nothing was done"));
    }
}
