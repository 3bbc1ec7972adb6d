//! Patience with a database that somebody else holds.

use std::time::Duration;

use crate::{
    error::Error,
    plan::{Request, Up},
};

use super::{
    Given, Running,
    fake::{Database, Fault, World},
    model::registry,
};

const UP: Request = Request::Up(Up::All);
const FOREVER: Fault = Fault::Busy(usize::MAX);

/// The error of a run that finds the lock taken from its n-th action on, when it gave up, and what was heard.
fn locked_out(world: &World, given: &Given, n: usize) -> (Error, Duration, Vec<String>) {
    world.arm(Some((n, FOREVER)));
    let error = given.run(world, &UP).unwrap().unwrap_err();
    assert!(error.is_locked() && error.report().is_empty(), "{error}");
    (error, world.state().now, given.heard.take())
}

#[test]
fn it_ends_at_the_timeout_and_says_what_it_waited_for() {
    for (n, lock) in [(0, "a lock"), (1, "the write lock")] {
        let (given, world) = (Given::new(registry()), World::default());
        let (error, at, heard) = locked_out(&world, &given, n);
        assert_eq!(at, Duration::from_secs(60));
        assert_eq!(
            error.to_string(),
            format!(
                "waited 60 s for {lock} of `fake`, which another connection holds (database is locked). End the \
                 program that holds it, or wait longer with a higher timeout"
            )
        );
        assert!(world.database().effects.is_empty() && !world.database().exists);
        let waiting: Vec<&String> = heard.iter().filter(|one| one.contains("waiting")).collect();
        let beginning = format!("waiting for {lock} of `fake`, which another connection holds: 5");
        assert!(waiting[0].starts_with(&beginning), "{waiting:#?}");
        // Half a second is nothing to speak of; from then on every five seconds.
        assert_eq!(waiting.len(), 12, "{waiting:#?}");
    }
}

/// A database that does not answer is not one that somebody holds.
#[test]
fn who_does_not_answer_is_waited_for_in_other_words() {
    let (given, world) = (Given::new(registry()), World::default());
    world.arm(Some((0, Fault::Away)));
    let error = given.run(&world, &UP).unwrap().unwrap_err();
    assert!(!error.is_locked());
    assert_eq!(
        error.to_string(),
        "waited 60 s for an answer: no node answers"
    );
    assert_eq!(world.state().now, Duration::from_secs(60));
    let heard = given.heard.take();
    assert!(
        heard
            .iter()
            .any(|one| one.starts_with("waiting for an answer (no node answers)")),
        "{heard:#?}"
    );
}

/// A commit is held up by those who read, and tried again where it is.
#[test]
fn a_commit_that_is_held_up_says_by_whom() {
    let (given, world) = (Given::new(registry()), World::default());
    given.run(&world, &UP).unwrap().unwrap();
    let is_commit = |action: &String| action.ends_with("commit");
    let n = world.state().log.iter().position(is_commit).unwrap();

    let world = World::default();
    let (error, at, heard) = locked_out(&world, &given, n);
    assert_eq!(at, Duration::from_secs(60));
    assert_eq!(
        error.to_string(),
        "waited 60 s for the readers of `fake`: a commit has to wait until their transactions end (database is locked). \
         End the program that holds it, or wait longer with a higher timeout"
    );
    assert!(
        heard
            .iter()
            .any(|one| one.starts_with("waiting for the readers of `fake`"))
    );
    assert!(world.database().effects.is_empty() && !world.database().exists);

    // The readers end.
    world.arm(Some((n, Fault::Busy(7))));
    given.heard.take();
    given.run(&world, &UP).unwrap().unwrap();
    assert_eq!(world.database().ids(), ["001_a", "002_b", "003_c", "004_d"]);
    let again = given
        .heard
        .take()
        .iter()
        .filter(|one| one.starts_with("apply 001_a"))
        .count();
    assert_eq!(again, 1);
}

#[test]
fn no_patience_is_no_wait() {
    let mut given = Given::new(registry());
    given.timeout = Duration::ZERO;
    let (_, at, heard) = locked_out(&World::default(), &given, 1);
    assert_eq!(at, Duration::ZERO);
    assert!(!heard.iter().any(|one| one.contains("waiting")));
}

#[test]
fn a_short_wait_is_nothing_to_tell() {
    let (given, world) = (Given::new(registry()), World::default());
    world.arm(Some((1, Fault::Busy(16))));
    given.run(&world, &UP).unwrap().unwrap();
    assert!(world.state().now > Duration::from_millis(100));
    assert!(!given.heard.take().iter().any(|one| one.contains("waiting")));
}

/// Another run at work is no reason to give up, however long it takes.
#[test]
fn the_clock_starts_again_whenever_the_history_moves() {
    let (given, world) = (Given::new(registry()), World::default());
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    world.state().moves = Some((Duration::from_secs(45), minutes(15)));
    let (error, at, heard) = locked_out(&world, &given, 1);
    assert!(
        at > minutes(16) - Duration::from_secs(1) && at < minutes(16) + Duration::from_secs(1),
        "{at:?}"
    );
    assert!(error.to_string().starts_with("waited 60 s"), "{error}");
    // It is told anew after each movement.
    let told = heard
        .iter()
        .filter(|one| one.contains(": 5") && one.len() < 95)
        .count();
    assert!(told >= 20, "{heard:#?}");
}

/// A holder that moves more slowly than the timeout is taken for a stuck one.
#[test]
fn one_that_moves_too_rarely_is_not_waited_for() {
    let (given, world) = (Given::new(registry()), World::default());
    world.state().moves = Some((Duration::from_secs(90), Duration::from_secs(3600)));
    let (_, at, _) = locked_out(&world, &given, 1);
    assert_eq!(at, Duration::from_secs(60));
}

#[test]
fn a_run_outside_a_transaction_waits_for_the_one_that_is_alive() {
    let given = Given::new(registry());
    let world = World::with(Database::default());
    world.state().claim = Some(99);
    let error = given.run(&world, &UP).unwrap().unwrap_err();
    assert!(error.is_locked());
    assert_eq!(
        error.to_string(),
        "waited 60 s for another run on `fake`, which works outside a transaction (it is alive). End the program that \
         holds it, or wait longer with a higher timeout"
    );
    // What comes before it is done, and told with the error.
    assert_eq!(error.report().names(), ["001_a"]);
    assert_eq!(world.database().ids(), ["001_a"]);

    // The other one ends, and this one goes on by itself.
    let mut driver = world.connect();
    let mut running = Running::new(&given, &mut driver, &UP);
    let mut answer = None;
    for turn in 0..1000 {
        if turn == 500 {
            assert!(answer.is_none());
            world.state().claim = None;
        }
        answer = answer.or_else(|| running.step());
    }
    assert_eq!(
        answer.unwrap().unwrap().names(),
        ["002_b", "003_c", "004_d"]
    );
}

/// Dropping everything, and saying what became of a step, is not done below a run that is alive.
#[test]
fn some_requests_wait_for_the_one_that_is_alive_from_the_start() {
    let given = Given::new(registry());
    let id = "002_b".to_owned();
    for request in [Request::Fresh, Request::Resolve { id, done: true }] {
        let world = World::with(Database::default());
        world.state().claim = Some(99);
        let error = given.run(&world, &request).unwrap().unwrap_err();
        assert!(error.is_locked(), "{error}");
        assert!(!world.state().log.iter().any(|one| one.contains("begin")));
    }
}
