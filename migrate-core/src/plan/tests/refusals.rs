//! Each refusal, with its text, and each warning.

use crate::{
    history::{History, Progress, Row},
    migration::Registration,
    plan::{Action, Down, PlanError, Policy, Request, Settings, Up, Warning},
};

use super::{decided, registration, registry, row, settings};

fn history(rows: impl IntoIterator<Item = Row>) -> History {
    History::new(rows.into_iter().collect())
}

fn up() -> Request {
    Request::Up(Up::All)
}

fn back() -> Request {
    Request::Down(Down::All)
}

fn one(id: &'static str) -> Registration {
    registration("app", id)
}

/// Decides with two migrations, of which `rows` are in the history.
fn refused_with(
    all: Vec<Registration>,
    rows: Vec<Row>,
    request: &Request,
    settings: &Settings,
) -> String {
    let answer = decided(&registry(all), &history(rows), request, settings);
    answer.expect_err("it is not refused").to_string()
}

fn refused(rows: Vec<Row>, request: &Request) -> String {
    refused_with(
        vec![one("001_users"), one("002_posts")],
        rows,
        request,
        &settings(),
    )
}

fn both() -> Vec<Row> {
    vec![row(1, "app", "001_users"), row(2, "app", "002_posts")]
}

fn cut_off(progress: Progress) -> Vec<Row> {
    vec![Row {
        progress,
        ..row(1, "app", "001_users")
    }]
}

#[test]
fn names() {
    let unknown = |name: &str| Request::Apply(name.to_owned());
    assert_eq!(
        refused(vec![], &unknown("003")),
        "there is no migration `003`; `status` lists them all"
    );
    assert_eq!(
        refused(vec![], &unknown("002_post")),
        "there is no migration `002_post`: did you mean `002_posts`?"
    );
    let two_sets = || {
        vec![
            registration("a", "001_users"),
            registration("b", "001_users"),
        ]
    };
    assert_eq!(
        refused_with(two_sets(), vec![], &unknown("1"), &settings()),
        "`1` may be any of `a/001_users`, `b/001_users`: write one of them in full"
    );
}

/// A target that is not there stops everything: it is never taken for "all".
#[test]
fn every_request_refuses_an_unknown_name() {
    let name = || "nothing".to_owned();
    let requests = [
        Request::Up(Up::To(name())),
        Request::Down(Down::To(name())),
        Request::Redo(Down::To(name())),
        Request::Apply(name()),
        Request::Baseline(Some(name())),
        Request::Repair(vec![name()]),
        Request::Forget(vec![name()]),
        Request::Resolve {
            id: name(),
            done: true,
        },
    ];
    for request in requests {
        let text = refused(vec![], &request);
        assert_eq!(
            text, "there is no migration `nothing`; `status` lists them all",
            "{request:?}"
        );
    }
}

#[test]
fn counts_of_zero() {
    for request in [
        Request::Up(Up::Count(0)),
        Request::Down(Down::Count(0)),
        Request::Down(Down::Batches(0)),
        Request::Redo(Down::Count(0)),
    ] {
        assert_eq!(
            refused(both(), &request),
            "a count of 0 does nothing: write 1 or more"
        );
    }
}

#[test]
fn changed_ones() {
    let rows = || {
        let mut rows = both();
        rows[0].checksum = "v1:before".into();
        rows
    };
    let text = "changed since applied: `001_users`. An applied migration cannot be edited: restore it and write a new one; \
                or accept what it is now with `repair`";
    assert_eq!(refused(rows(), &up()), text);
    assert_eq!(refused(rows(), &back()), text);
    // A way down that does not touch it does not mind.
    let last = Request::Down(Down::Count(1));
    let all = || registry([one("001_users"), one("002_posts")]);
    assert_eq!(
        decided(&all(), &history(rows()), &last, &settings())
            .unwrap()
            .actions
            .len(),
        1
    );

    for (policy, warnings) in [
        (Policy::Warn, vec![Warning::Changed("001_users".to_owned())]),
        (Policy::Ignore, vec![]),
    ] {
        let settings = Settings {
            changed: policy,
            ..settings()
        };
        for request in [up(), back()] {
            let decision = decided(&all(), &history(rows()), &request, &settings).unwrap();
            assert_eq!(decision.warnings, warnings);
        }
    }
    assert_eq!(
        Warning::Changed("001_users".to_owned()).to_string(),
        "`001_users` has changed since it was applied"
    );
}

/// The Rust code of a step may change without a change of what it does.
#[test]
fn a_changed_body_is_a_warning() {
    let all = || {
        registry([Registration {
            body: Some("v1:new"),
            ..one("001_users")
        }])
    };
    let before = Row {
        body: Some("v1:old".to_owned()),
        ..row(1, "app", "001_users")
    };
    for (policy, told) in [(Policy::Error, 1), (Policy::Warn, 1), (Policy::Ignore, 0)] {
        let settings = Settings {
            changed: policy,
            ..settings()
        };
        let decision = decided(&all(), &history([before.clone()]), &up(), &settings).unwrap();
        assert_eq!(decision.warnings.len(), told);
    }
    assert_eq!(
        Warning::BodyChanged("001_users".to_owned()).to_string(),
        "the Rust code of `001_users` has changed since it was applied"
    );
}

#[test]
fn missing_ones() {
    let rows = || vec![row(1, "app", "001_users"), row(2, "app", "000_gone")];
    let text = "applied, but not in this program: `000_gone`. Is the program older than the database? Run the one that has \
                it; or, where it is gone for good, take it out of the history with `forget`";
    for request in [up(), back(), Request::Redo(Down::Count(1))] {
        assert_eq!(refused(rows(), &request), text);
    }
    let all = || registry([one("001_users"), one("002_posts")]);
    let warn = Settings {
        missing: Policy::Warn,
        ..settings()
    };
    let warnings = |request: &Request, settings: &Settings| {
        decided(&all(), &history(rows()), request, settings)
            .unwrap()
            .warnings
    };
    assert_eq!(
        warnings(&up(), &warn),
        [Warning::Missing("000_gone".to_owned())]
    );
    // A row that goes without its `down` is never passed over in silence.
    let ignore = Settings {
        missing: Policy::Ignore,
        ..settings()
    };
    assert_eq!(warnings(&up(), &ignore), []);
    for settings in [warn, ignore] {
        assert_eq!(
            warnings(&back(), &settings),
            [Warning::Forgotten("000_gone".to_owned())]
        );
    }
    assert_eq!(
        Warning::Missing("x".to_owned()).to_string(),
        "`x` is applied, but not in this program"
    );
    assert_eq!(
        Warning::Forgotten("x".to_owned()).to_string(),
        "`x` is taken out of the history; its `down` does not run, and what it made stays"
    );
}

#[test]
fn late_ones() {
    let rows = || vec![row(1, "app", "002_posts")];
    assert_eq!(
        refused(rows(), &up()),
        "out of order: `001_users` would run after a later one that is already applied. Give it a new version behind that \
         one; or allow it with the policy for it (`--out-of-order warn`)"
    );
    let all = || registry([one("001_users"), one("002_posts")]);
    let warn = Settings {
        out_of_order: Policy::Warn,
        ..settings()
    };
    let decision = decided(&all(), &history(rows()), &up(), &warn).unwrap();
    assert_eq!(
        decision.warnings,
        [Warning::OutOfOrder("001_users".to_owned())]
    );
    assert_eq!(
        decision.warnings[0].to_string(),
        "`001_users` runs after a later one that is already applied"
    );
    // Whoever names it wants it.
    let named = Request::Apply("1".to_owned());
    assert_eq!(
        decided(&all(), &history(rows()), &named, &settings())
            .unwrap()
            .actions
            .len(),
        1
    );
    // What is applied of another set says nothing about this one.
    let sets = registry([one("001_users"), registration("lib", "002_posts")]);
    let rows = vec![row(1, "lib", "002_posts")];
    assert_eq!(
        decided(&sets, &history(rows), &up(), &settings())
            .unwrap()
            .actions
            .len(),
        1
    );
}

#[test]
fn irreversible_ones() {
    let all = || {
        vec![
            Registration {
                irreversible: Some("data is dropped"),
                ..one("001_users")
            },
            one("002_posts"),
            Registration {
                irreversible: Some("so is this"),
                ..one("003_tags")
            },
        ]
    };
    let rows = || {
        vec![
            row(1, "app", "001_users"),
            row(2, "app", "002_posts"),
            row(3, "app", "003_tags"),
        ]
    };
    for request in [back(), Request::Redo(Down::All)] {
        assert_eq!(
            refused_with(all(), rows(), &request, &settings()),
            "cannot be taken back: `003_tags` (so is this), `001_users` (data is dropped). Nothing was done"
        );
    }
    // What is not touched does not matter.
    let one_back = Request::Down(Down::Count(1));
    let rows = rows().into_iter().take(2);
    assert_eq!(
        decided(&registry(all()), &history(rows), &one_back, &settings())
            .unwrap()
            .actions
            .len(),
        1
    );
}

#[test]
fn cut_off_ones() {
    let applying = |begun| cut_off(Progress::Applying { done: 1, begun });
    let reverting = |begun| cut_off(Progress::Reverting { done: 1, begun });
    assert_eq!(
        refused(applying(1), &back()),
        "`001_users` was cut off while it was being applied: run `up` again to finish it first"
    );
    assert_eq!(
        refused(reverting(1), &up()),
        "`001_users` was cut off while it was being taken back: run `down` again to finish it first"
    );
    let unresolved = "step 2 of `001_users` was cut off, and it cannot be seen whether it was done. Look at the database, \
                      then say so: `resolve 001_users --done` or `resolve 001_users --not-done`";
    for rows in [applying(2), reverting(2)] {
        for request in [
            up(),
            back(),
            Request::Redo(Down::All),
            Request::Apply("1".to_owned()),
        ] {
            assert_eq!(refused(rows.clone(), &request), unresolved, "{request:?}");
        }
    }
    for rows in [vec![], both(), applying(1), reverting(1)] {
        let request = Request::Resolve {
            id: "1".to_owned(),
            done: true,
        };
        assert_eq!(
            refused(rows, &request),
            "no step of `001_users` was cut off: there is nothing to resolve"
        );
    }
}

/// One that was cut off and is not in the program any more cannot be finished by anybody.
#[test]
fn cut_off_and_gone() {
    let rows = vec![Row {
        progress: Progress::Applying { done: 1, begun: 1 },
        ..row(1, "app", "000_gone")
    }];
    let lenient = Settings {
        missing: Policy::Ignore,
        ..settings()
    };
    let all = vec![one("001_users")];
    assert!(
        refused_with(all, rows, &up(), &lenient)
            .starts_with("applied, but not in this program: `000_gone`")
    );
}

#[test]
fn what_is_not_applied() {
    let to = |target: &str| target.to_owned();
    let first = vec![row(1, "app", "001_users")];
    assert_eq!(
        refused(first.clone(), &Request::Down(Down::To(to("2")))),
        "`002_posts` is not applied, so there is no way down to it"
    );
    for request in [
        Request::Repair(vec![to("2")]),
        Request::Forget(vec![to("2")]),
    ] {
        let text = refused(first.clone(), &request);
        assert!(
            text.ends_with("is not applied, so there is nothing of it in the history"),
            "{text}"
        );
    }
}

#[test]
fn single_ones() {
    let apply = Request::Apply("1".to_owned());
    assert_eq!(refused(both(), &apply), "`001_users` is already applied");
    let elsewhere = Registration {
        environments: &["production", "staging"],
        ..one("001_users")
    };
    assert_eq!(
        refused_with(vec![elsewhere], vec![], &apply, &settings()),
        "`001_users` is only for `production`, `staging`, and the environment of this run is `test`"
    );
    let off = Registration {
        feature: Some(("search", false)),
        ..one("001_users")
    };
    assert_eq!(
        refused_with(vec![off], vec![], &apply, &settings()),
        "`001_users` is behind the feature `search`, which is off in this program"
    );
    // `up` passes both over.
    let decision = decided(
        &registry([elsewhere, Registration { id: "002_x", ..off }]),
        &history([]),
        &up(),
        &settings(),
    );
    assert!(decision.unwrap().actions.is_empty());
}

#[test]
fn what_changes_only_the_history() {
    assert_eq!(
        refused(both(), &Request::Baseline(None)),
        "this database already has a history of 2 migrations: a baseline is for one that was made without this program"
    );
    // The one that is next may be recorded: the database has what it makes.
    let three = registry([
        one("001_users"),
        one("002_posts"),
        one("003_next"),
        one("004_more"),
    ]);
    let next = |id: &str| {
        let request = Request::Baseline(Some(id.to_owned()));
        decided(&three, &history(both()), &request, &settings())
    };
    let actions = next("003_next").unwrap().actions;
    assert!(matches!(actions.as_slice(), [Action::Record { at: 2 }]));
    assert!(matches!(next("004_more"), Err(PlanError::HasHistory(2))));
    assert!(matches!(next("001_users"), Err(PlanError::HasHistory(2))));
    // A history of others is none.
    let others = history([row(1, "lib", "007_x")]);
    let all = registry([one("001_users")]);
    let decision = decided(&all, &others, &Request::Baseline(None), &settings()).unwrap();
    assert_eq!(decision.actions.len(), 1);

    let named = || vec!["1".to_owned()];
    assert_eq!(
        refused(both(), &Request::Repair(named())),
        "`001_users` is not changed: there is nothing to accept"
    );
    assert_eq!(
        refused(both(), &Request::Forget(named())),
        "`001_users` is in this program: take it back with `down` instead of forgetting it"
    );
}

#[test]
fn renamed_ones() {
    let all = || {
        vec![Registration {
            renamed_from: Some("001_user"),
            ..one("001_users")
        }]
    };
    let rows = vec![row(1, "app", "001_user"), row(2, "app", "001_users")];
    let lenient = Settings {
        missing: Policy::Ignore,
        ..settings()
    };
    assert_eq!(
        refused_with(all(), rows, &up(), &lenient),
        "`001_users` says that it was renamed from `001_user`, but the history has both"
    );
    let rows = vec![row(1, "blog", "001_users")];
    assert_eq!(
        refused(rows.clone(), &up()),
        "the history has these migrations under the set `blog`, and the program has them under `app`: was the package \
         renamed? Write `set = \"blog\"` under [package.metadata.migrate] in its Cargo.toml"
    );
    // The same id is no proof: two packages may begin with the same one.
    let different = vec![Row {
        checksum: "v1:another".into(),
        ..rows[0].clone()
    }];
    let decision = decided(
        &registry([one("001_users")]),
        &history(different),
        &up(),
        &settings(),
    );
    assert_eq!(decision.unwrap().actions.len(), 1);
    // Also where the checksum has to be computed.
    let computed = || Registration {
        checksum: None,
        ..one("001_users")
    };
    let decision = decided(&registry([computed()]), &history(rows), &up(), &settings());
    assert_eq!(decision.unwrap().actions.len(), 1);
}

#[test]
fn meanwhile() {
    let text = PlanError::Interference("002_posts".to_owned()).to_string();
    assert_eq!(
        text,
        "another run has applied `002_posts` meanwhile: look at the status, and run again"
    );
    let text = PlanError::TakenBack("002_posts".to_owned()).to_string();
    assert_eq!(
        text,
        "another run has taken back `002_posts` meanwhile: look at the status, and run again"
    );
}

#[test]
fn only_what_was_typed_wrong_is_usage() {
    let usage = |error: PlanError| error.is_usage();
    assert!(usage(PlanError::Zero));
    assert!(usage(PlanError::Unknown {
        wanted: String::new(),
        near: Vec::new()
    }));
    assert!(usage(PlanError::Ambiguous {
        wanted: String::new(),
        matches: Vec::new()
    }));
    assert!(!usage(PlanError::AlreadyApplied(String::new())));
    assert!(!usage(PlanError::Changed(Vec::new())));
}
