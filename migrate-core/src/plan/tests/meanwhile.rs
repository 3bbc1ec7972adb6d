//! What another run has done meanwhile, and what is left to do then.

use migrate_schema::Dialect;

use crate::{
    history::{History, Progress, Row},
    migration::Registration,
    plan::{Action, PlanError, Settings, Survey, still_wanted},
    registry::Registry,
};

use super::{registration, registry, row, settings};

fn program() -> Registry {
    registry([
        registration("app", "001_users"),
        Registration {
            renamed_from: Some("002_post"),
            ..registration("app", "002_posts")
        },
        registration("app", "003_tags"),
    ])
}

/// Whether an action that was planned on one history is still wanted on another one.
fn wanted(action: &Action, before: &[Row], now: &[Row]) -> Result<bool, PlanError> {
    wanted_with(action, before, now, &settings())
}

fn wanted_with(
    action: &Action,
    before: &[Row],
    now: &[Row],
    settings: &Settings,
) -> Result<bool, PlanError> {
    let (registry, before, now) = (
        program(),
        History::new(before.to_vec()),
        History::new(now.to_vec()),
    );
    let survey = Survey::new(&registry, &now, "test", Dialect::Sqlite);
    let gone = before
        .rows()
        .iter()
        .filter(|old| !now.rows().iter().any(|row| row.id == old.id));
    let gone: Vec<_> = gone.map(|row| (row.set.clone(), row.id.clone())).collect();
    still_wanted(&survey, &before, &gone, action, settings)
}

fn users() -> Row {
    row(1, "app", "001_users")
}

fn posts() -> Row {
    row(2, "app", "002_posts")
}

fn tags() -> Row {
    row(2, "app", "003_tags")
}

const APPLY_POSTS: Action = Action::Apply {
    at: 1,
    row: None,
    batch: None,
};

#[test]
fn what_is_applied_is_not_applied_again() {
    assert_eq!(wanted(&APPLY_POSTS, &[], &[users()]), Ok(true));
    assert_eq!(wanted(&APPLY_POSTS, &[], &[users(), posts()]), Ok(false));
    let changed = Row {
        checksum: "v1:other".into(),
        ..posts()
    };
    let lenient = Settings {
        changed: crate::plan::Policy::Warn,
        ..settings()
    };
    assert_eq!(
        wanted_with(&APPLY_POSTS, &[], &[users(), changed.clone()], &lenient),
        Ok(false)
    );
    // What the policies refuse at the start, they refuse here too.
    assert_eq!(
        wanted(
            &APPLY_POSTS,
            &[],
            &[Row {
                checksum: "v1:other".into(),
                ..users()
            }]
        ),
        Err(PlanError::Changed(vec!["001_users".to_owned()]))
    );
    let newer = row(3, "app", "009_newer");
    assert_eq!(
        wanted(&APPLY_POSTS, &[], &[users(), newer]),
        Err(PlanError::Missing(vec!["009_newer".to_owned()]))
    );
}

#[test]
fn nothing_is_applied_on_what_is_taken_back() {
    let taken_back = Err(PlanError::TakenBack("001_users".to_owned()));
    assert_eq!(wanted(&APPLY_POSTS, &[users()], &[]), taken_back);
    let half = Row {
        progress: Progress::Reverting { done: 1, begun: 1 },
        ..users()
    };
    assert_eq!(wanted(&APPLY_POSTS, &[users()], &[half]), taken_back);
    // What was never there is not missed.
    assert_eq!(wanted(&APPLY_POSTS, &[], &[]), Ok(true));
    assert_eq!(
        PlanError::TakenBack("001_users".to_owned()).to_string(),
        "another run has taken back `001_users` meanwhile: look at the status, and run again"
    );
}

#[test]
fn only_the_newest_is_taken_back() {
    let revert = Action::Revert { at: 0, seq: 1 };
    assert_eq!(wanted(&revert, &[users()], &[users()]), Ok(true));
    assert_eq!(wanted(&revert, &[users()], &[]), Ok(false));
    assert_eq!(
        wanted(&revert, &[users()], &[users(), posts()]),
        Err(PlanError::Interference("002_posts".to_owned()))
    );
    // What another program does beside this one is no obstacle.
    assert_eq!(
        wanted(&revert, &[users()], &[users(), row(2, "lib", "007_x")]),
        Ok(true)
    );
}

/// A number becomes free when its row goes, and may be that of another migration by now.
#[test]
fn a_number_that_has_gone_to_another_one() {
    let revert = Action::Revert { at: 1, seq: 2 };
    assert_eq!(
        wanted(&revert, &[users(), posts()], &[users(), tags()]),
        Ok(false)
    );
    let gone = row(2, "app", "000_gone");
    let lenient = Settings {
        missing: crate::plan::Policy::Warn,
        ..settings()
    };
    for action in [Action::Forget { seq: 2 }, Action::RevertStored { seq: 2 }] {
        let wanted = |now: &[Row]| wanted_with(&action, &[users(), gone.clone()], now, &lenient);
        assert_eq!(wanted(&[users(), gone.clone()]), Ok(true));
        assert_eq!(wanted(&[users(), tags()]), Ok(false));
        assert_eq!(wanted(&[users()]), Ok(false));
    }
}

#[test]
fn what_was_recorded_by_another_run() {
    let changed = || Row {
        checksum: "v1:other".into(),
        ..users()
    };
    let accept = Action::Accept { at: 0, seq: 1 };
    assert_eq!(
        wanted(&accept, &[changed()], &[changed(), posts()]),
        Ok(true)
    );
    assert_eq!(wanted(&accept, &[changed()], &[users()]), Ok(false));
    assert_eq!(
        wanted(&accept, &[changed()], &[row(1, "app", "003_tags")]),
        Ok(false)
    );

    let old = row(2, "app", "002_post");
    let rename = Action::Rename { at: 1, seq: 2 };
    assert_eq!(
        wanted(&rename, std::slice::from_ref(&old), &[users(), old.clone()]),
        Ok(true)
    );
    assert_eq!(
        wanted(&rename, std::slice::from_ref(&old), &[posts()]),
        Ok(false)
    );
    assert_eq!(wanted(&rename, &[old], &[tags()]), Ok(false));

    let record = Action::Record { at: 0 };
    assert_eq!(wanted(&record, &[], &[posts()]), Ok(true));
    assert_eq!(wanted(&record, &[], &[users()]), Ok(false));
}

/// A word about one step is none about the next.
#[test]
fn a_step_that_is_resolved_already() {
    let applying = |done, begun| Row {
        progress: Progress::Applying { done, begun },
        ..users()
    };
    let resolve = Action::Resolve { seq: 1, done: true };
    let wanted = |now: Row| wanted(&resolve, &[applying(1, 2)], &[now]);
    assert_eq!(wanted(applying(1, 2)), Ok(true));
    for now in [
        applying(2, 2),
        applying(2, 3),
        applying(1, 1),
        users(),
        row(1, "app", "002_posts"),
    ] {
        assert_eq!(wanted(now), Ok(false));
    }
}
