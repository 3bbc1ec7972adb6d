//! Requests that change the history and nothing else, and migrations that are not what they were.

use crate::{
    engine::driver::DriverErrorKind,
    history::Progress,
    migration::Registration,
    plan::{Down, PlanError, Request, Up},
    sql::Sql,
};

use super::{
    Given,
    fake::{Database, Fault, World},
    model::{Does, check, edited, registry, registry_of, without},
};

const UP: Request = Request::Up(Up::All);

fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// A database to which the models were applied.
fn applied() -> Database {
    let world = World::with(Database::default());
    let report = Given::new(registry()).run(&world, &UP).unwrap().unwrap();
    assert_eq!(report.done.len(), 4);
    world.database()
}

/// Disturbs every action: the request is done whole or not at all, and it can be asked for again.
fn whole_or_not_at_all(given: &Given, before: &Database, request: &Request) -> Database {
    let world = World::with(before.clone());
    let report = given.run(&world, request).unwrap().unwrap();
    let (after, actions) = (world.database(), world.state().log.len());
    assert!(actions > 3);
    let seen = |database: &Database| format!("{:?}", (database.ids(), checksums(database)));
    for fault in [
        Fault::Fail(DriverErrorKind::Other),
        Fault::Busy(2),
        Fault::Lost,
        Fault::Kill,
    ] {
        for n in 0..actions {
            let world = World::with(before.clone());
            world.arm(Some((n, fault)));
            let answer = given.run(&world, request);
            let now = seen(&world.database());
            if now != seen(before) {
                assert_eq!(now, seen(&after), "{fault:?} at {n}");
                continue;
            }
            match answer {
                Some(Err(error)) => assert!(error.report().is_empty()),
                None => {}
                Some(Ok(_)) => panic!("{fault:?} at {n} was not told"),
            }
            world.arm(None);
            let again = given.run(&world, request).unwrap().unwrap();
            assert_eq!(again.names(), report.names());
            assert_eq!(seen(&world.database()), seen(&after));
        }
    }
    assert_eq!(after.effects, before.effects);
    after
}

fn checksums(database: &Database) -> Vec<String> {
    database
        .rows
        .values()
        .map(|held| held.row.checksum.to_string())
        .collect()
}

#[test]
fn a_baseline() {
    let given = Given::new(registry());
    let after = whole_or_not_at_all(&given, &Database::default(), &Request::Baseline(None));
    assert_eq!(after.ids(), ["001_a", "002_b", "003_c", "004_d"]);
    assert_eq!(after.batches(), [1, 1, 1, 1]);
    // Only SQL can be stored, and of it only what works in a transaction.
    assert_eq!(after.downs.keys().copied().collect::<Vec<_>>(), [1]);

    let to = Request::Baseline(Some("002_b".to_owned()));
    let after = whole_or_not_at_all(&given, &Database::default(), &to);
    assert_eq!(after.ids(), ["001_a", "002_b"]);
}

#[test]
fn changed_checksums_are_accepted() {
    let before = applied();
    let given = Given::new(edited(|one| one.checksum = Some("v1:new")));
    let request = Request::Repair(strings(["003_c", "1", "003_c"]));
    let after = whole_or_not_at_all(&given, &before, &request);
    let (old, new) = (checksums(&before), checksums(&after));
    assert_eq!(new, ["v1:new", &old[1], "v1:new", &old[3]]);

    let world = World::with(before);
    let report = given.run(&world, &request).unwrap().unwrap();
    assert_eq!(report.names(), ["003_c", "001_a"]);
    assert_eq!(
        report.done[0].checksums,
        Some((old[2].clone(), "v1:new".to_owned()))
    );
}

#[test]
fn what_is_gone_is_forgotten() {
    let given = Given::new(without("002_b"));
    let after = whole_or_not_at_all(&given, &applied(), &Request::Forget(strings(["002_b"])));
    assert_eq!(after.ids(), ["001_a", "003_c", "004_d"]);
}

#[test]
fn new_names_are_recorded() {
    let before = applied();
    let given = Given::new(edited(|one| match one.id {
        "001_a" => (one.id, one.renamed_from) = ("001_users", Some("001_a")),
        "004_d" => (one.id, one.renamed_from, one.set) = ("005_d", Some("app/004_d"), "lib"),
        _ => {}
    }));
    let after = whole_or_not_at_all(&given, &before, &UP);
    assert_eq!(after.ids(), ["001_users", "002_b", "003_c", "005_d"]);
    assert_eq!(after.batches(), before.batches());
    assert_eq!(&*after.rows[&4].row.set, "lib");
}

/// A row of `002_b` that was cut off inside the step behind `done`.
fn cut_off(done: u32) -> Database {
    let world = World::with(Database::default());
    let given = Given::new(registry());
    for n in 0.. {
        world.arm(Some((n, Fault::Kill)));
        assert!(given.run(&world, &UP).is_none());
        let database = world.database();
        let wanted = Progress::Applying {
            done,
            begun: done + 1,
        };
        if database
            .row("002_b")
            .is_some_and(|held| held.row.progress == wanted)
        {
            return database;
        }
        world.state().database = Database::default();
    }
    unreachable!()
}

/// What is announced and not confirmed stops everything that goes on or back, until somebody says what is true.
#[test]
fn a_cut_off_rust_step_is_resolved_by_hand() {
    let given = Given::new(registry());
    for request in [
        UP,
        Request::Down(Down::All),
        Request::Redo(Down::Count(1)),
        Request::Apply("2".into()),
    ] {
        let world = World::with(cut_off(2));
        let error = given.run(&world, &request).unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "step 3 of `002_b` (up 002_b 3) was cut off, and it cannot be seen whether it was done. Look at the database, then say \
             so: `resolve 002_b --done` or `resolve 002_b --not-done`"
        );
        assert!(error.report().is_empty());
    }
    for (done, next) in [(true, 3), (false, 2)] {
        let request = Request::Resolve {
            id: "002_b".to_owned(),
            done,
        };
        let after = whole_or_not_at_all(&given, &cut_off(2), &request);
        let progress = after.row("002_b").unwrap().row.progress;
        assert_eq!(
            progress,
            Progress::Applying {
                done: next,
                begun: next
            }
        );
        let world = World::with(after);
        given.run(&world, &UP).unwrap().unwrap();
        let marks = world.database().effects;
        let times = marks.iter().filter(|mark| *mark == "up 002_b 3").count();
        // It was killed before the step had its effect; whoever says that it was done has done it.
        assert_eq!(times, usize::from(!done));
    }
    // What is settled cannot be settled again.
    let world = World::with(applied());
    let request = Request::Resolve {
        id: "002_b".to_owned(),
        done: true,
    };
    let error = given.run(&world, &request).unwrap().unwrap_err();
    assert_eq!(
        error.plan_error(),
        Some(&PlanError::NothingToResolve("002_b".to_owned()))
    );
}

/// A run that was cut off between two steps of `002_b`, without doubt.
fn between_steps() -> Database {
    let mut database = cut_off(2);
    let held = database.rows.get_mut(&2).unwrap();
    held.row.progress = Progress::Applying { done: 2, begun: 2 };
    database
}

#[test]
fn what_was_cut_off_goes_on_under_its_new_name() {
    let given = Given::new(edited(|one| {
        if one.id == "002_b" {
            (one.id, one.renamed_from) = ("002_bee", Some("002_b"));
        }
    }));
    for request in [UP, Request::Apply("002_bee".to_owned())] {
        let world = World::with(between_steps());
        given.run(&world, &request).unwrap().unwrap();
        let marks = world.database().effects;
        assert_eq!(
            marks.iter().filter(|mark| *mark == "up 002_b 1").count(),
            1,
            "{marks:?}"
        );
        given.run(&world, &UP).unwrap().unwrap();
        assert_eq!(
            world.database().ids(),
            ["001_a", "002_bee", "003_c", "004_d"]
        );
        check_renamed(&world.database());
    }
}

fn check_renamed(database: &Database) {
    let mut database = database.clone();
    database.rows.get_mut(&2).unwrap().row.id = "002_b".into();
    check(&database).unwrap();
}

/// Somebody has taken `transaction = false` away meanwhile: the rest still runs as the beginning did.
#[test]
fn what_was_cut_off_goes_on_outside_a_transaction() {
    let given = Given::new(edited(|one| one.transaction = true));
    let world = World::with(between_steps());
    given
        .run(&world, &Request::Up(Up::To("002_b".to_owned())))
        .unwrap()
        .unwrap();
    check(&world.database()).unwrap();
    assert_eq!(world.database().ids(), ["001_a", "002_b"]);
}

/// Steps depend on the environment, and a row says in which it was begun.
#[test]
fn what_was_cut_off_goes_on_in_its_environment() {
    let one = Registration {
        transaction: false,
        ..Registration::new(
            "app",
            "001_a",
            "src/a.rs",
            7,
            &Does(
                |steps| {
                    let environment = steps.environment().to_owned();
                    for n in 1..3 {
                        steps.sql(Sql::unchecked(format!(
                            "INSERT INTO t VALUES ('{environment} {n}')"
                        )));
                    }
                },
                |steps| {
                    let environment = steps.environment().to_owned();
                    steps.sql(Sql::unchecked(format!(
                        "INSERT INTO t VALUES ('back {environment}')"
                    )));
                },
            ),
        )
    };
    let mut given = Given::new(registry_of([one].into_iter()));
    let world = World::with(Database::default());
    for n in 0.. {
        world.arm(Some((n, Fault::Kill)));
        assert!(given.run(&world, &UP).is_none());
        if world.database().effects.len() == 1 {
            break;
        }
    }
    world.arm(None);
    given.settings.environment = "production".to_owned();
    given.run(&world, &UP).unwrap().unwrap();
    given
        .run(&world, &Request::Down(Down::All))
        .unwrap()
        .unwrap();
    assert_eq!(world.database().effects, ["test 1", "test 2", "back test"]);
}

#[test]
fn a_stored_down_takes_back_what_is_gone() {
    let mut given = Given::new(without("001_a"));
    given.settings.stored_down = true;
    let first = Request::Apply("001_a".to_owned());
    let make = || {
        let world = World::with(Database::default());
        Given::new(registry()).run(&world, &first).unwrap().unwrap();
        world
    };
    let world = make();
    let down = Request::Down(Down::All);
    let report = given.run(&world, &down).unwrap().unwrap();
    assert_eq!(report.names(), ["001_a"]);
    assert_eq!(world.database().effects.last().unwrap(), "down 001_a 1");
    assert!(world.database().rows.is_empty() && world.database().downs.is_empty());
    // Disturbed, it is taken back once all the same.
    let actions = world.state().log.len();
    for fault in [
        Fault::Fail(DriverErrorKind::Other),
        Fault::Lost,
        Fault::Kill,
    ] {
        for n in 0..actions {
            let world = make();
            world.arm(Some((n, fault)));
            let _ = given.run(&world, &down);
            check(&world.database()).unwrap();
            world.arm(None);
            given.run(&world, &down).unwrap().unwrap();
            check(&world.database()).unwrap();
            assert!(world.database().rows.is_empty());
        }
    }
}

/// What has a Rust step, or a statement that does not work in a transaction, cannot be stored.
#[test]
fn where_no_down_is_stored_nothing_is_done() {
    for gone in ["002_b", "003_c", "004_d"] {
        let mut given = Given::new(without(gone));
        given.settings.stored_down = true;
        let world = World::with(Database::default());
        let all = Given::new(registry());
        all.run(&world, &Request::Apply(gone.to_owned()))
            .unwrap()
            .unwrap();
        let before = world.database().effects;
        let error = given
            .run(&world, &Request::Down(Down::All))
            .unwrap()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "no SQL is stored that takes back `{gone}`: its way back has Rust code or needs to run outside a \
                 transaction, or there is none. Run the program that has it; or, where it is gone for good, take it out \
                 of the history with `forget`. Nothing was done"
            )
        );
        assert_eq!(world.database().effects, before);
    }
}

#[test]
fn nothing_to_do_is_one_look_at_the_history() {
    let world = World::with(applied());
    world.arm(None);
    let given = Given::new(registry());
    assert!(given.run(&world, &UP).unwrap().unwrap().is_empty());
    assert_eq!(world.state().log.len(), 1, "{:?}", world.state().log);
    assert!(given.heard.take().is_empty());
}

#[test]
fn foreign_keys_are_switched_off_where_tables_are_rebuilt() {
    fn rebuild(steps: &mut crate::steps::Steps) {
        for sql in [
            "CREATE TABLE n (a)",
            "DROP TABLE t",
            "ALTER TABLE n RENAME TO t",
        ] {
            steps.sql(Sql::unchecked(sql));
        }
    }
    fn plain(steps: &mut crate::steps::Steps) {
        steps.sql(Sql::unchecked("CREATE TABLE a (b)"));
    }
    let new = |id, migration| Registration::new("app", id, "src/a.rs", 7, migration);
    let given = Given::new(registry_of(
        [
            new("001_plain", &Does(plain, plain)),
            new("002_rebuild", &Does(rebuild, plain)),
            new("003_rebuild_back", &Does(plain, rebuild)),
            Registration {
                foreign_keys: Some(false),
                ..new("004_asked_for", &Does(plain, plain))
            },
        ]
        .into_iter(),
    ));
    let begins = |request: &Request, world: &World| -> Vec<bool> {
        world.arm(None);
        given.run(world, request).unwrap().unwrap();
        let log = world.state().log.clone();
        let begins = log.iter().filter(|one| one.contains("begin"));
        begins.map(|one| one.ends_with("CheckedAtCommit")).collect()
    };
    let world = World::with(Database::default());
    assert_eq!(begins(&UP, &world), [false, true, false, true]);
    assert_eq!(
        begins(&Request::Down(Down::All), &world),
        [true, true, false, false]
    );
    // Dropping everything would trip over them.
    assert_eq!(
        begins(&Request::Fresh, &world),
        [true, false, true, false, true]
    );
}

/// A fault in the steps of the last migration stops the run while nothing is done.
#[test]
fn every_step_is_made_before_the_first_one_runs() {
    fn plain(steps: &mut crate::steps::Steps) {
        steps.sql(Sql::unchecked("CREATE TABLE a (b)"));
    }
    fn faulty(steps: &mut crate::steps::Steps) {
        steps.sql(Sql::unchecked("DELETE FROM a; COMMIT"));
    }
    fn vacuum(steps: &mut crate::steps::Steps) {
        steps.sql(Sql::unchecked("DELETE FROM a; VACUUM"));
    }
    fn pragma(steps: &mut crate::steps::Steps) {
        steps.sql(Sql::unchecked("PRAGMA foreign_keys = OFF"));
    }
    fn empty(steps: &mut crate::steps::Steps) {
        steps.sql(Sql::unchecked(" -- nothing"));
    }
    let text = |last: &'static Does, request: &Request| {
        let new = |id, migration| Registration::new("app", id, "src/a.rs", 7, migration);
        let all = [new("001_a", &Does(plain, plain)), new("002_b", last)];
        let given = Given::new(registry_of(all.into_iter()));
        let world = World::with(Database::default());
        if let Request::Down(_) = request {
            given.run(&world, &UP).unwrap().unwrap();
        }
        world.arm(None);
        let error = given.run(&world, request).unwrap().unwrap_err();
        assert!(!world.state().log.iter().any(|one| one.contains("begin")));
        assert!(error.report().is_empty() && error.migration().is_none_or(|id| id == "002_b"));
        error.to_string()
    };
    assert_eq!(
        text(&Does(faulty, plain), &UP),
        "`002_b` (src/a.rs:7): `COMMIT` in a migration: the runner opens and closes the transaction; remove it. Nothing \
         was done"
    );
    assert_eq!(
        text(&Does(empty, plain), &UP),
        "`002_b` (src/a.rs:7): `Sql::unchecked` without a statement. Nothing was done"
    );
    assert_eq!(
        text(&Does(vacuum, plain), &UP),
        "`002_b` (src/a.rs:7) has a statement that does not work in a transaction: VACUUM. Write `transaction = false` \
         in its attribute. Nothing was done"
    );
    assert_eq!(
        text(&Does(pragma, plain), &UP),
        "`002_b` (src/a.rs:7) has a statement that does not work in a transaction: PRAGMA foreign_keys = OFF. Remove \
         it, and write `foreign_keys = false` in the attribute. Nothing was done"
    );
    assert_eq!(
        text(
            &Does(plain, crate::steps::Steps::no_down),
            &Request::Down(Down::All)
        ),
        "no `down`: `002_b` (src/a.rs:7). Write one, or `irreversible = \"why\"` in the attribute. Nothing was done"
    );
}

/// A redo keeps its batch, and so the newest row need not have the highest one.
#[test]
fn the_next_batch_is_higher_than_all() {
    let given = Given::new(registry());
    let world = World::with(Database::default());
    given
        .run(&world, &Request::Apply("001_a".to_owned()))
        .unwrap()
        .unwrap();
    {
        // Another program has its migrations in the same history.
        let mut state = world.state();
        let mut held = state.database.rows[&1].clone();
        (held.row.seq, held.row.set, held.row.batch) = (2, "other".into(), 5);
        state.database.rows.insert(2, held);
    }
    given
        .run(&world, &Request::Redo(Down::All))
        .unwrap()
        .unwrap();
    assert_eq!(world.database().batches(), [5, 1]);
    given.run(&world, &UP).unwrap().unwrap();
    assert_eq!(world.database().batches(), [5, 1, 6, 6, 6]);
    given.run(&world, &Request::Fresh).unwrap().unwrap();
    assert_eq!(world.database().batches(), [1, 1, 1, 1]);
}
