//! Every action of every request is disturbed in every way, and then it is run again until it is done.

use crate::{
    engine::driver::DriverErrorKind,
    error::Error,
    plan::{Down, PlanError, Request, Up},
};

use super::{
    Given,
    fake::{Database, Fault, World},
    model::{check, look_and_finish, registry},
};

/// One request on one database.
struct Scenario {
    /// What was run before, undisturbed.
    before: Vec<Request>,
    request: Request,
    /// What somebody runs when the request was cut off. It comes to the same end from wherever that was.
    again: Request,
}

fn to(id: &str) -> Request {
    Request::Up(Up::To(id.to_owned()))
}

fn down_to(id: &str) -> Request {
    Request::Down(Down::To(id.to_owned()))
}

fn apply(id: &str) -> Request {
    Request::Apply(id.to_owned())
}

const UP: Request = Request::Up(Up::All);

fn scenarios() -> Vec<Scenario> {
    let scenario = |before: &[Request], request: Request, again: Request| Scenario {
        before: before.to_vec(),
        request,
        again,
    };
    let same = |before: &[Request], request: Request| scenario(before, request.clone(), request);
    let first = apply("001_a");
    let count = |count| Request::Down(Down::Count(count));
    let all = Request::Down(Down::All);
    vec![
        same(&[], UP),
        same(std::slice::from_ref(&first), UP),
        same(&[], to("003_c")),
        scenario(&[], Request::Up(Up::Count(2)), to("002_b")),
        scenario(
            &[to("002_b"), UP],
            Request::Down(Down::Batches(1)),
            down_to("002_b"),
        ),
        scenario(
            &[first.clone(), UP],
            Request::Down(Down::Batches(2)),
            all.clone(),
        ),
        scenario(&[UP], count(2), down_to("002_b")),
        scenario(&[UP], count(3), down_to("001_a")),
        same(&[UP], down_to("001_a")),
        same(&[UP], all.clone()),
        scenario(&[to("001_a"), UP], Request::Redo(Down::Batches(1)), UP),
        scenario(&[UP], Request::Redo(Down::Count(1)), UP),
        scenario(&[to("002_b"), UP], Request::Redo(Down::All), UP),
        same(&[], Request::Fresh),
        same(&[UP], Request::Fresh),
        same(&[], first.clone()),
        same(&[first], apply("002_b")),
    ]
}

/// A scenario that nothing disturbs.
struct Undisturbed {
    /// The database before the request.
    before: Database,
    /// The ids in it behind the request.
    ids: Vec<String>,
    actions: usize,
}

fn undisturbed(given: &Given, scenario: &Scenario, implicit: bool) -> Undisturbed {
    let world = World::with(Database {
        implicit,
        ..Database::default()
    });
    for request in &scenario.before {
        given.run(&world, request).unwrap().unwrap();
    }
    let before = world.database();
    world.arm(None);
    given.run(&world, &scenario.request).unwrap().unwrap();
    let actions = world.state().log.len();
    assert!(actions > 3);
    Undisturbed {
        before,
        ids: world.database().ids(),
        actions,
    }
}

fn run_checked(
    given: &Given,
    world: &World,
    request: &Request,
) -> Option<Result<Vec<String>, Error>> {
    let (looked_at, mut seen) = (world.clone(), -1);
    let mut look = || {
        let state = looked_at.state();
        if std::mem::replace(&mut seen, state.commits) != state.commits {
            check(&state.database).unwrap();
        }
    };
    let before = world.state().recorded.len();
    let answer = given.run_and_look(world, request, &mut look)?;
    let (done, error) = match answer {
        Ok(report) => (report, None),
        Err(error) => (error.report().clone(), Some(error)),
    };
    let told: Vec<String> = done
        .done
        .iter()
        .filter(|one| !one.id.is_empty())
        .map(|one| format!("{} {}", one.action.word(), one.id))
        .collect();
    let recorded: Vec<String> = world.state().recorded[before..]
        .iter()
        .map(|(_, what)| what.clone())
        .collect();
    // Only an answer that was lost makes a difference: then one more is there than the run knows of.
    assert!(
        recorded.starts_with(&told),
        "{told:?} was told and {recorded:?} done"
    );
    if recorded.len() > told.len() {
        let log = world.state().log.clone();
        let error = error.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(
            error.contains("the answer was lost"),
            "{told:?}, {recorded:?}, {error}, {log:#?}"
        );
        assert_eq!(recorded.len(), told.len() + 1);
    }
    Some(error.map_or(Ok(told), Err))
}

/// What somebody does until the request is done: reads the error, and follows it.
fn settle(given: &Given, world: &World, request: &Request) {
    let mut request = request.clone();
    let wanted = request.clone();
    for _ in 0..8 {
        world.arm(None);
        let Err(error) = run_checked(given, world, &request).unwrap() else {
            if request == wanted {
                return;
            }
            request = wanted.clone();
            continue;
        };
        match error.plan_error() {
            Some(PlanError::Unresolved { id, .. }) => {
                let done = look_and_finish(&mut world.state().database, id);
                let id = id.clone();
                let resolve = Request::Resolve { id, done };
                let settled = given.run(world, &resolve).unwrap().unwrap();
                assert_eq!(settled.done.len(), 1);
                check(&world.database()).unwrap();
            }
            Some(PlanError::Incomplete { id, up: false }) => {
                let newest = world
                    .database()
                    .rows
                    .values()
                    .next_back()
                    .unwrap()
                    .row
                    .id
                    .clone();
                assert_eq!(*id, newest);
                request = Request::Down(Down::Count(1));
            }
            Some(PlanError::Incomplete { up: true, .. }) => request = UP,
            Some(PlanError::AlreadyApplied(_)) => return,
            _ => panic!("{error}\n{:#?}", world.state().log),
        }
    }
    panic!("it does not end");
}

/// Rows of one run have one batch, and the next run has the next one.
fn check_batches(database: &Database) {
    let rows: Vec<(usize, i64)> = database
        .rows
        .values()
        .map(|held| (held.by, held.row.batch))
        .collect();
    for pair in rows.windows(2) {
        let ((by, batch), (next_by, next_batch)) = (pair[0], pair[1]);
        let step = i64::from(by != next_by);
        assert_eq!(next_batch, batch + step, "{rows:?}");
    }
}

/// Disturbs every action of every scenario, in one way, on databases of both kinds.
fn disturb(fault: Fault) {
    for implicit in [false, true] {
        disturb_on(fault, implicit);
    }
}

fn disturb_on(fault: Fault, implicit: bool) {
    let given = Given::new(registry());
    for (number, scenario) in scenarios().iter().enumerate() {
        let expected = undisturbed(&given, scenario, implicit);
        for n in 0..expected.actions {
            let world = World::with(expected.before.clone());
            world.arm(Some((n, fault)));
            let answer = run_checked(&given, &world, &scenario.request);
            let place = format!("scenario {number}, {fault:?} at {n}, implicit {implicit}");
            match (&answer, fault) {
                (None, Fault::Kill) | (Some(Err(_)), Fault::Fail(_) | Fault::Lost) => {}
                (Some(Ok(_)), Fault::Busy(_) | Fault::Unheard(_)) => {}
                // Of the SQL that a Rust step has returned, nobody knows what it leaves.
                (Some(Err(error)), Fault::Unheard(_)) if error.to_string().contains("DELETE") => {}
                (Some(Ok(_)), _) if !world.state().disturbed => {}
                _ => panic!("{answer:?}, {place}: {:#?}", world.state().log),
            }
            if !matches!(answer, Some(Ok(_))) {
                settle(&given, &world, &scenario.again);
            }
            assert_eq!(world.database().ids(), expected.ids, "{place}");
            if !matches!(scenario.request, Request::Redo(_)) {
                check_batches(&world.database());
            }
        }
    }
}

#[test]
fn every_action_fails() {
    disturb(Fault::Fail(DriverErrorKind::Other));
}

#[test]
fn every_action_finds_the_lock_taken() {
    disturb(Fault::Busy(2));
}

#[test]
fn every_answer_is_lost() {
    disturb(Fault::Lost);
}

#[test]
fn every_connection_is_lost_before_the_effect() {
    disturb(Fault::Unheard(false));
}

#[test]
fn every_connection_is_lost_behind_the_effect() {
    disturb(Fault::Unheard(true));
}

#[test]
fn every_action_is_never_reached() {
    disturb(Fault::Kill);
}

#[test]
fn killed_again_and_again() {
    let given = Given::new(registry());
    let scenario = &scenarios()[0];
    let expected = undisturbed(&given, scenario, false);
    for first in 0..expected.actions {
        for second in (first % 5..expected.actions).step_by(5) {
            let world = World::with(Database::default());
            for n in [first, second] {
                world.arm(Some((n, Fault::Kill)));
                let _ = run_checked(&given, &world, &scenario.request);
            }
            settle(&given, &world, &scenario.again);
            assert_eq!(world.database().ids(), expected.ids, "{first}, {second}");
        }
    }
}
