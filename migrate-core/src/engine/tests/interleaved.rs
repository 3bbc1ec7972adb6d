//! Several runs at once: whoever is let go next does its next action.

use crate::{
    error::Error,
    observer::Report,
    plan::{Down, PlanError, Request, Up},
    registry::Registry,
};

use super::{
    Given, Running,
    fake::{Database, World},
    model::{check_with, registry},
};

const UP: Request = Request::Up(Up::All);

/// Who goes next, from numbers that look like chance and are always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Runs everything to its end. `next` says who goes on, of those (by their places) that are not done.
fn all(
    world: &World,
    runs: &[(&Given, &Request)],
    next: &mut dyn FnMut(&[usize]) -> usize,
) -> Vec<Result<Report, Error>> {
    let mut drivers: Vec<_> = runs.iter().map(|_| world.connect()).collect();
    let running = runs.iter().zip(&mut drivers);
    let mut running: Vec<_> = running
        .map(|((given, request), driver)| Some(Running::new(given, driver, request)))
        .collect();
    let mut answers: Vec<_> = runs.iter().map(|_| None).collect();
    let mut seen = -1;
    for _ in 0..20_000 {
        let left: Vec<usize> = (0..runs.len())
            .filter(|at| running[*at].is_some())
            .collect();
        if left.is_empty() {
            return answers.into_iter().flatten().collect();
        }
        let at = next(&left);
        answers[at] = running[at].as_mut().and_then(Running::step);
        if answers[at].is_some() {
            running[at] = None;
        }
        let state = world.state();
        if std::mem::replace(&mut seen, state.commits) != state.commits {
            check_with(&state.database, !state.claims_are_seen).unwrap();
        }
    }
    panic!("it does not end: {:#?}", world.state().log);
}

/// What the runs say that they have done, together.
fn told(answers: &[Result<Report, Error>]) -> Vec<String> {
    let reports = answers.iter().map(|answer| match answer {
        Ok(report) => report,
        Err(error) => error.report(),
    });
    let mut all: Vec<String> = reports
        .flat_map(|report| &report.done)
        .map(|one| format!("{} {}", one.action.word(), one.id))
        .collect();
    all.sort();
    all
}

fn recorded(world: &World) -> Vec<String> {
    let mut all: Vec<String> = world
        .state()
        .recorded
        .iter()
        .map(|(_, what)| what.clone())
        .collect();
    all.sort();
    all
}

fn everything() -> Vec<String> {
    ["001_a", "002_b", "003_c", "004_d"]
        .map(str::to_owned)
        .to_vec()
}

#[test]
fn runs_at_once_apply_each_migration_once() {
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let givens: Vec<Given> = (0..2 + seed % 3).map(|_| Given::new(registry())).collect();
        let world = World::with(Database::default());
        let runs: Vec<_> = givens.iter().map(|given| (given, &UP)).collect();
        let answers = all(&world, &runs, &mut |left| left[chance.below(left.len())]);
        for answer in &answers {
            assert!(answer.is_ok(), "{seed}: {answer:?}");
        }
        assert_eq!(world.database().ids(), everything(), "{seed}");
        assert_eq!(told(&answers), recorded(&world));
        let skipped: usize = givens
            .iter()
            .map(|given| given.heard.take())
            .map(|heard| {
                heard
                    .iter()
                    .filter(|one| one.starts_with("skipped"))
                    .count()
            })
            .sum();
        let planned = givens.len() * 4;
        // Who came late has planned less.
        assert!(skipped + 4 <= planned, "{skipped} of {planned}");
        assert!(world.database().batches().is_sorted());
    }
}

/// Runs take over from each other as if the holder had stalled, wherever it is. Whoever was taken over from does nothing
/// any more, and who comes after knows what was done.
#[test]
fn who_was_taken_over_from_does_nothing_more() {
    let mut fenced = 0;
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let givens: Vec<Given> = (0..2 + seed % 3).map(|_| Given::new(registry())).collect();
        let world = World::with(Database {
            implicit: seed % 4 > 0,
            ..Database::default()
        });
        world.state().patience = Some(chance.below(6));
        let runs: Vec<_> = givens.iter().map(|given| (given, &UP)).collect();
        let answers = all(&world, &runs, &mut |left| left[chance.below(left.len())]);
        for answer in &answers {
            let Err(error) = answer else { continue };
            let unresolved = matches!(error.plan_error(), Some(PlanError::Unresolved { .. }));
            let taken = error.to_string().contains("another run has taken over");
            // What a Rust step has done, nobody can tell.
            assert!(taken || unresolved, "{seed}: {error}");
            fenced += usize::from(taken);
        }
        assert_eq!(told(&answers), recorded(&world));
    }
    assert!(fenced > 100, "{fenced}");
}

/// One run comes in front of each action of the other, and goes as far as it can.
#[test]
fn a_run_between_any_two_actions() {
    for n in 0..120 {
        for other in [
            UP,
            Request::Up(Up::Count(1)),
            Request::Apply("001_a".to_owned()),
        ] {
            let (one, two) = (Given::new(registry()), Given::new(registry()));
            let world = World::with(Database::default());
            let (mut first, mut second) = (0, 0);
            let answers = all(&world, &[(&one, &UP), (&two, &other)], &mut |left| {
                // The second gives up for a while when it does nothing but wait.
                let turn = if first >= n && second < 150 { 1 } else { 0 };
                let at = if left.contains(&turn) { turn } else { left[0] };
                *[&mut first, &mut second][at] += 1;
                at
            });
            assert!(answers[0].is_ok(), "{n}: {:?}", answers[0]);
            assert_eq!(world.database().ids(), everything());
            assert_eq!(told(&answers), recorded(&world));
            match &answers[1] {
                Ok(_) => {}
                Err(error) => assert!(
                    matches!(error.plan_error(), Some(PlanError::AlreadyApplied(_))),
                    "{n}: {error}"
                ),
            }
        }
    }
}

/// Where no claim can be seen, a run may take another one's step for one that was cut off. It does no harm.
#[test]
fn runs_at_once_that_cannot_see_each_other() {
    let mut refused = 0;
    for seed in 0..300 {
        let mut chance = Chance(seed);
        let (one, two) = (Given::new(registry()), Given::new(registry()));
        let world = World::with(Database::default());
        world.state().claims_are_seen = false;
        let answers = all(&world, &[(&one, &UP), (&two, &UP)], &mut |left| {
            left[chance.below(left.len())]
        });
        for answer in &answers {
            if let Err(error) = answer {
                let plan_error = error.plan_error();
                assert!(
                    matches!(plan_error, Some(PlanError::Unresolved { .. })),
                    "{error}"
                );
                refused += 1;
            }
        }
        assert!(answers.iter().any(Result::is_ok));
        assert_eq!(world.database().ids(), everything());
        assert_eq!(told(&answers), recorded(&world));
    }
    assert!(refused > 0);
}

/// Up and down at once: whoever is in the way of the other is told, and nothing is done twice or torn.
#[test]
fn opposite_runs_at_once() {
    let requests = [
        Request::Down(Down::All),
        Request::Down(Down::Batches(1)),
        Request::Redo(Down::Count(2)),
        Request::Up(Up::Count(1)),
        UP,
        Request::Fresh,
    ];
    for seed in 0..1000 {
        let mut chance = Chance(u64::try_from(seed).unwrap());
        let given: Vec<Given> = (0..2).map(|_| Given::new(registry())).collect();
        let world = World::with(Database::default());
        let first = Request::Up(Up::Count(u32::try_from(1 + chance.below(4)).unwrap()));
        given[0].run(&world, &first).unwrap().unwrap();
        world.state().recorded.clear();
        // Whoever drops everything below a run that cannot be seen gets what that one does next.
        let unseen = seed % 2;
        world.state().claims_are_seen = unseen == 0;
        let two = [0, 1].map(|_| requests[chance.below(requests.len() - unseen)].clone());
        let runs = [(&given[0], &two[0]), (&given[1], &two[1])];
        let answers = all(&world, &runs, &mut |left| left[chance.below(left.len())]);
        for answer in &answers {
            if let Err(error) = answer {
                let known = matches!(
                    error.plan_error(),
                    Some(
                        PlanError::Interference(_)
                            | PlanError::TakenBack(_)
                            | PlanError::Incomplete { .. }
                    )
                );
                let unresolved = matches!(error.plan_error(), Some(PlanError::Unresolved { .. }));
                let known = known || (unresolved && unseen == 1);
                assert!(known, "{seed}, {two:?}: {error}");
            }
        }
        check_with(&world.database(), unseen == 1).unwrap();
        // Nobody goes on where another run has taken away what came before.
        let database = world.database();
        let left: Vec<String> = database
            .rows
            .values()
            .map(|held| held.row.id.to_string())
            .collect();
        assert!(everything().starts_with(&left), "{seed}, {two:?}: {left:?}");
        // A redo keeps its batches, whatever another run has applied meanwhile.
        let redo = |request: &Request| matches!(request, Request::Redo(_));
        assert!(world.database().batches().is_sorted() || two.iter().any(redo));
        // What is left can be gone on with.
        given[0]
            .run(&world, &Request::Down(Down::All))
            .unwrap()
            .unwrap();
        given[0].run(&world, &UP).unwrap().unwrap();
        assert_eq!(world.database().ids(), everything());
    }
}

/// Where no claim can be seen, everything may be dropped below a run. It does not go on in what comes after.
#[test]
fn everything_is_dropped_below_a_run() {
    let without_rust = || {
        let all = registry();
        let some = all.iter().filter(|one| one.id().as_str() != "002_b");
        Registry::new(some.map(|one| one.registration), None).unwrap()
    };
    let expected = ["001_a", "003_c", "004_d"];
    for first in 0..45 {
        for second in 0..60 {
            let (one, two) = (Given::new(without_rust()), Given::new(without_rust()));
            let world = World::with(Database::default());
            world.state().claims_are_seen = false;
            let (mut ups, mut drops) = (0_usize, 0_usize);
            let answers = all(
                &world,
                &[(&one, &UP), (&two, &Request::Fresh)],
                &mut |left| {
                    // Then each as far as it gets, so that none waits for a lock for ever.
                    let behind = (ups + drops).saturating_sub(first + second) / 30 % 2;
                    let turn = match (ups < first, drops < second) {
                        (true, _) => 0,
                        (false, true) => 1,
                        (false, false) => behind,
                    };
                    let at = if left.contains(&turn) { turn } else { left[0] };
                    *[&mut ups, &mut drops][at] += 1;
                    at
                },
            );
            match &answers[0] {
                Ok(_) => {}
                Err(error) => assert!(
                    matches!(error.plan_error(), Some(PlanError::TakenBack(_))),
                    "{first}, {second}: {error}"
                ),
            }
            assert!(answers[1].is_ok(), "{first}, {second}: {answers:?}");
            assert_eq!(world.database().ids(), expected, "{first}, {second}");
        }
    }
}
