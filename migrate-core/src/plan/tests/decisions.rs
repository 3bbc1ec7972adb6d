//! What holds of every decision.

use std::collections::{BTreeSet, HashMap};

use migrate_schema::Dialect;
use proptest::prelude::*;

use crate::{
    history::{Change, History, NewRow, Progress, Row},
    plan::{
        Action, Decision, Down, PlanError, Policy, Request, State, Survey, Up, Warning,
        still_wanted,
    },
    registry::Registered,
};

use super::{
    decided,
    random::{Case, case},
    row,
};

impl Case {
    fn survey(&self) -> Survey<'_> {
        Survey::new(
            &self.registry,
            &self.history,
            &self.settings.environment,
            Dialect::Sqlite,
        )
    }

    fn one(&self, at: usize) -> &Registered {
        self.registry.get(at).unwrap()
    }

    /// The row of a migration: under its id, or else under the one that it had before.
    fn row_of(&self, one: &Registered) -> Option<&Row> {
        let row = |set: &str, id: &str| {
            self.history
                .rows()
                .iter()
                .find(|row| &*row.set == set && row.id == id)
        };
        row(one.set(), one.id().as_str())
            .or_else(|| one.renamed_from().and_then(|(set, id)| row(set, id)))
    }

    /// The rows that are this program's business, newest first.
    fn own_rows(&self) -> Vec<&Row> {
        let sets = self.registry.sets();
        let claimed = |row: &Row| {
            let mut rows = self.registry.iter().filter_map(|one| self.row_of(one));
            rows.any(|claimed| claimed.seq == row.seq)
        };
        let own = |row: &&Row| sets.contains(&*row.set) || claimed(row);
        self.history.rows().iter().rev().filter(own).collect()
    }

    fn registered(&self, row: &Row) -> Option<&Registered> {
        let mut all = self.registry.iter();
        all.find(|one| self.row_of(one).is_some_and(|other| other.seq == row.seq))
    }

    fn runs_here(&self, one: &Registered) -> bool {
        one.disabled_feature().is_none() && one.is_for(&self.settings.environment)
    }

    /// Whether a later one of its set is applied.
    fn is_late(&self, one: &Registered) -> bool {
        let mut later = self
            .registry
            .iter()
            .filter(|other| other.set() == one.set() && other.id() > one.id());
        later.any(|other| self.row_of(other).is_some())
    }

    fn warned(
        &self,
        decision: &Decision,
        warning: fn(String) -> Warning,
        one: &Registered,
    ) -> bool {
        decision.warnings.contains(&warning(one.id().to_string()))
    }
}

/// The seqs that a way down takes.
fn taken(case: &Case, down: &Down) -> Vec<i64> {
    let own = case.own_rows();
    let count = match down {
        Down::All => own.len(),
        Down::Count(count) => *count as usize,
        Down::Batches(count) => {
            let mut batches = BTreeSet::new();
            own.iter()
                .take_while(|row| {
                    batches.insert(row.batch);
                    batches.len() <= *count as usize
                })
                .count()
        }
        Down::To(target) => {
            let name = |row: &Row| {
                let one = case.registered(row);
                let own = || (row.set.to_string(), row.id.to_string());
                one.map_or_else(own, |one| (one.set().to_owned(), one.id().to_string()))
            };
            let is = |row: &&Row| {
                let (set, id) = name(row);
                // A version is another way to say it.
                let version = target == "2" && id.starts_with("002_");
                *target == id || *target == format!("{set}/{id}") || version
            };
            own.iter().position(is).unwrap_or(usize::MAX)
        }
    };
    own.iter().take(count).map(|row| row.seq).collect()
}

fn check_up(case: &Case, up: &Up, decision: &Decision) -> Result<(), TestCaseError> {
    let mut fresh = Vec::new();
    for action in &decision.actions {
        match *action {
            Action::Apply {
                at,
                row: None,
                batch: None,
            } => {
                prop_assert!(case.row_of(case.one(at)).is_none(), "applied twice");
                prop_assert!(case.runs_here(case.one(at)));
                fresh.push(at);
            }
            // Only what was cut off goes on, in its batch.
            Action::Apply {
                at,
                row: Some(seq),
                batch: Some(batch),
            } => {
                let row = case.row_of(case.one(at)).unwrap();
                prop_assert_eq!((row.seq, row.batch), (seq, batch));
                let whole =
                    matches!(row.progress, Progress::Applying { done, begun } if done == begun);
                prop_assert!(whole);
                prop_assert!(fresh.is_empty(), "what was cut off comes first");
            }
            Action::Rename { at, seq } => {
                let row = case.row_of(case.one(at)).unwrap();
                prop_assert_eq!(row.seq, seq);
                prop_assert_ne!(&*row.id, case.one(at).id().as_str());
            }
            _ => prop_assert!(false, "{:?} on the way up", action),
        }
    }
    prop_assert!(fresh.is_sorted() && fresh.windows(2).all(|pair| pair[0] != pair[1]));
    for at in &fresh {
        let one = case.one(*at);
        let warned = case.warned(decision, Warning::OutOfOrder, one);
        match case.settings.out_of_order {
            Policy::Error => prop_assert!(!case.is_late(one)),
            // A warning names the id alone, which two sets may have.
            Policy::Warn => {
                let mut twins = fresh
                    .iter()
                    .map(|at| case.one(*at))
                    .filter(|other| other.id() == one.id());
                prop_assert_eq!(twins.any(|twin| case.is_late(twin)), warned);
            }
            Policy::Ignore => prop_assert!(!warned),
        }
    }
    check_extent(case, up, decision, &fresh)
}

/// Everything that is pending is taken, as far as was asked for.
fn check_extent(
    case: &Case,
    up: &Up,
    decision: &Decision,
    fresh: &[usize],
) -> Result<(), TestCaseError> {
    let pending: Vec<usize> = (0..case.registry.len())
        .filter(|at| case.row_of(case.one(*at)).is_none() && case.runs_here(case.one(*at)))
        .collect();
    match up {
        Up::All => prop_assert_eq!(fresh, pending),
        Up::Count(count) => {
            let resumed = decision
                .actions
                .iter()
                .filter(|action| matches!(action, Action::Apply { row: Some(_), .. }));
            let most = (*count as usize).saturating_sub(resumed.count());
            prop_assert_eq!(fresh, &pending[..most.min(pending.len())]);
        }
        Up::To(target) => {
            // The target itself is taken, and nothing behind it.
            let (before, behind) = pending.split_at(fresh.len().min(pending.len()));
            prop_assert_eq!(fresh, before);
            let named = |at: usize| {
                let one = case.one(at);
                *target == format!("{}/{}", one.set(), one.id()) || target == one.id().as_str()
            };
            if let Some(until) = (0..case.registry.len()).find(|at| named(*at)) {
                prop_assert!(fresh.iter().all(|at| *at <= until));
                prop_assert!(behind.iter().all(|at| *at > until));
            }
        }
    }
    Ok(())
}

fn check_down(
    case: &Case,
    down: &Down,
    decision: &Decision,
    reverts: &[Action],
) -> Result<(), TestCaseError> {
    let mut seqs = Vec::new();
    for action in reverts {
        let seq = match *action {
            Action::Revert { at, seq } => {
                prop_assert_eq!(case.row_of(case.one(at)).map(|row| row.seq), Some(seq));
                prop_assert!(case.one(at).irreversible().is_none());
                seq
            }
            Action::RevertStored { seq } => {
                prop_assert!(case.settings.stored_down);
                seq
            }
            Action::Forget { seq } => {
                let id = &case.history.row(seq).unwrap().id;
                prop_assert!(
                    decision
                        .warnings
                        .contains(&Warning::Forgotten(id.to_string()))
                );
                prop_assert_ne!(case.settings.missing, Policy::Error);
                seq
            }
            _ => return Err(TestCaseError::fail(format!("{action:?} on the way down"))),
        };
        let row = case.history.row(seq).unwrap();
        let known = matches!(action, Action::Revert { .. });
        prop_assert_eq!(known, case.registered(row).is_some());
        let half = matches!(row.progress, Progress::Reverting { done, begun } if done == begun);
        prop_assert!(half || row.progress == Progress::Applied);
        seqs.push(seq);
    }
    prop_assert!(seqs.windows(2).all(|pair| pair[0] > pair[1]), "{:?}", seqs);
    prop_assert_eq!(seqs, taken(case, down));
    Ok(())
}

fn check_redo(case: &Case, down: &Down, decision: &Decision) -> Result<(), TestCaseError> {
    let (reverts, applies) = decision.actions.split_at(decision.actions.len() / 2);
    check_down(case, down, decision, reverts)?;
    for (revert, apply) in reverts.iter().rev().zip(applies) {
        let Action::Revert { at, seq } = *revert else {
            return Err(TestCaseError::fail(
                "only what can come again is taken back",
            ));
        };
        let batch = Some(case.history.row(seq).unwrap().batch);
        prop_assert_eq!(
            apply,
            &Action::Apply {
                at,
                row: None,
                batch
            }
        );
    }
    Ok(())
}

fn check_others(case: &Case, decision: &Decision) -> Result<(), TestCaseError> {
    let survey = case.survey();
    let state = |seq: i64| survey.of_row(seq).unwrap().state.clone();
    for action in &decision.actions {
        match (&case.request, action) {
            (Request::Fresh, Action::Wipe) => {}
            (
                Request::Fresh,
                Action::Apply {
                    at,
                    row: None,
                    batch: None,
                },
            ) => {
                prop_assert!(case.runs_here(case.one(*at)));
            }
            (Request::Apply(_), Action::Apply { at, row, .. }) => {
                let there = case.row_of(case.one(*at));
                prop_assert_eq!(there.map(|row| row.seq), *row);
                prop_assert!(row.is_some() || case.runs_here(case.one(*at)));
                prop_assert_eq!(decision.actions.len(), 1);
            }
            (Request::Baseline(_), Action::Record { at }) => {
                prop_assert!(
                    (case.own_rows().is_empty() || decision.actions.len() == 1)
                        && case.runs_here(case.one(*at))
                );
            }
            (Request::Repair(_), Action::Accept { at, seq }) => {
                prop_assert!(matches!(state(*seq), State::Changed | State::BodyChanged));
                prop_assert_eq!(case.row_of(case.one(*at)).unwrap().seq, *seq);
            }
            (Request::Forget(_), Action::Forget { seq }) => {
                prop_assert!(case.registered(case.history.row(*seq).unwrap()).is_none());
            }
            (Request::Resolve { done, .. }, Action::Resolve { seq, done: said }) => {
                prop_assert_eq!(done, said);
                let progress = case.history.row(*seq).unwrap().progress;
                let open = matches!(progress, Progress::Applying { done, begun } | Progress::Reverting { done, begun }
                    if begun > done);
                prop_assert!(open);
            }
            _ => prop_assert!(false, "{:?} for {:?}", action, case.request),
        }
    }
    Ok(())
}

/// What the policies about applied migrations demand of a way up.
fn check_audit(case: &Case, decision: &Decision) -> Result<(), TestCaseError> {
    let survey = case.survey();
    type Kind = (State, Policy, fn(String) -> Warning);
    let kinds: [Kind; 2] = [
        (State::Changed, case.settings.changed, Warning::Changed),
        (State::Missing, case.settings.missing, Warning::Missing),
    ];
    for (state, policy, warning) in kinds {
        for one in survey.in_state(&state) {
            let told = decision
                .warnings
                .contains(&warning(survey.id(one).to_owned()));
            prop_assert_ne!(policy, Policy::Error);
            prop_assert_eq!(told, policy == Policy::Warn);
        }
    }
    Ok(())
}

/// The history after a decision was carried out.
fn carried_out(case: &Case, decision: &Decision) -> History {
    let mut history = case.history.clone();
    for action in &decision.actions {
        let seq = history.next_seq();
        let change = match *action {
            Action::Apply {
                at,
                row: None,
                batch,
            } => {
                let one = case.one(at);
                let mut row = row(seq, one.set(), one.id().as_str());
                row.batch = batch.unwrap_or(history.last_batch() + 1);
                new(row)
            }
            Action::Record { at } => new(row(seq, case.one(at).set(), case.one(at).id().as_str())),
            Action::Apply { row: Some(seq), .. } | Action::Accept { seq, .. } => Change::Finish {
                seq,
                checksum: "v1:now".into(),
                body: None,
                duration_ms: None,
            },
            Action::Revert { seq, .. } | Action::RevertStored { seq } | Action::Forget { seq } => {
                Change::Delete { seq }
            }
            Action::Rename { at, seq } => Change::Rename {
                seq,
                set: case.one(at).set().to_owned(),
                id: case.one(at).id().to_string(),
            },
            Action::Resolve { .. } => continue,
            Action::Wipe => {
                history = History::default();
                continue;
            }
        };
        history.apply(&change);
    }
    history
}

fn new(row: Row) -> Change {
    Change::Insert(Box::new(NewRow {
        row,
        description: String::new(),
        applied_at: String::new(),
        duration_ms: 0,
        steps: 0,
        applied_by: String::new(),
        program_version: String::new(),
        down: None,
    }))
}

/// A migration is in the history once.
fn check_once(history: &History) -> Result<(), TestCaseError> {
    let mut times: HashMap<(&str, &str), usize> = HashMap::new();
    for row in history.rows() {
        *times.entry((&row.set, &row.id)).or_default() += 1;
    }
    prop_assert!(times.values().all(|times| *times == 1), "{:?}", times);
    prop_assert!(
        history
            .rows()
            .windows(2)
            .all(|pair| pair[0].seq < pair[1].seq)
    );
    Ok(())
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let answer = decided(&case.registry, &case.history, &case.request, &case.settings);
    let again = decided(&case.registry, &case.history, &case.request, &case.settings);
    prop_assert_eq!(&answer, &again);
    let decision = match answer {
        Ok(decision) => decision,
        Err(error) => return check_refusal(case, &error),
    };
    match &case.request {
        Request::Up(up) => {
            check_audit(case, &decision)?;
            check_up(case, up, &decision)?;
        }
        Request::Down(down) => check_down(case, down, &decision, &decision.actions)?,
        Request::Redo(down) => check_redo(case, down, &decision)?,
        _ => check_others(case, &decision)?,
    }
    let after = carried_out(case, &decision);
    check_once(&after)?;
    // What is done is not done again.
    if let Request::Up(Up::All | Up::To(_)) | Request::Baseline(_) = &case.request {
        match decided(&case.registry, &after, &case.request, &case.settings) {
            Ok(next) => prop_assert!(next.actions.is_empty(), "{:?}", next),
            Err(error) => prop_assert!(matches!(error, PlanError::HasHistory(_)), "{}", error),
        }
    }
    // Where nobody else has changed anything, everything is still to be done.
    if let Request::Up(_) = &case.request {
        let survey = case.survey();
        for action in &decision.actions {
            prop_assert_eq!(
                still_wanted(&survey, &case.history, &[], action, &case.settings),
                Ok(true)
            );
        }
    }
    Ok(())
}

/// A refusal is for a reason that is there.
fn check_refusal(case: &Case, error: &PlanError) -> Result<(), TestCaseError> {
    let survey = case.survey();
    let names = |state: State| -> Vec<String> {
        survey
            .in_state(&state)
            .map(|one| survey.id(one).to_owned())
            .collect()
    };
    match error {
        PlanError::Changed(ids) => {
            prop_assert_eq!(case.settings.changed, Policy::Error);
            let changed = names(State::Changed);
            prop_assert!(
                !ids.is_empty()
                    && ids
                        .iter()
                        .all(|id| changed.contains(id) || is_old_name(case, id))
            );
        }
        PlanError::OutOfOrder(ids) => {
            prop_assert_eq!(case.settings.out_of_order, Policy::Error);
            let late = names(State::OutOfOrder);
            prop_assert!(!ids.is_empty() && ids.iter().all(|id| late.contains(id)));
        }
        PlanError::Irreversible(ids) => {
            prop_assert!(!ids.is_empty());
            prop_assert!(matches!(case.request, Request::Down(_) | Request::Redo(_)));
        }
        PlanError::Missing(ids) => {
            prop_assert!(ids.iter().all(|id| id.ends_with("_gone")));
        }
        PlanError::Zero => {
            let zero = matches!(
                case.request,
                Request::Up(Up::Count(0))
                    | Request::Down(Down::Batches(0) | Down::Count(0))
                    | Request::Redo(Down::Batches(0) | Down::Count(0))
            );
            prop_assert!(zero);
        }
        PlanError::HasHistory(count) => prop_assert_eq!(*count, case.own_rows().len()),
        _ => {}
    }
    let asked_for_nothing = matches!(error, PlanError::Unknown { wanted, .. } if wanted.is_empty());
    prop_assert!(
        asked_for_nothing || !error.to_string().contains("``"),
        "{}",
        error
    );
    Ok(())
}

fn is_old_name(case: &Case, id: &str) -> bool {
    let mut all = case.registry.iter();
    all.any(|one| one.renamed_from().is_some_and(|(_, old)| old == id))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000,
        max_shrink_iters: 2000,
        failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_of_whatever_history(case in case()) {
        check(&case)?;
    }
}

/// The cases are not all refused: what is checked above is reached.
#[test]
fn every_kind_of_decision_comes_up() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut refused) = (HashMap::new(), HashMap::new());
    for _ in 0..3000 {
        let case = case().new_tree(&mut runner).unwrap().current();
        match decided(&case.registry, &case.history, &case.request, &case.settings) {
            Ok(decision) => {
                for action in &decision.actions {
                    let name = format!("{action:?}");
                    let name = name.split(' ').next().unwrap().to_owned();
                    *kinds.entry((case.request.name(), name)).or_insert(0) += 1;
                }
            }
            Err(error) => {
                let name = format!("{error:?}");
                let name = name.split(['(', ' ']).next().unwrap().to_owned();
                *refused.entry(name).or_insert(0) += 1;
            }
        }
    }
    for expected in [
        ("up", "Apply"),
        ("up", "Rename"),
        ("down", "Revert"),
        ("down", "RevertStored"),
        ("down", "Forget"),
        ("reset", "Revert"),
        ("redo", "Apply"),
        ("fresh", "Wipe"),
        ("apply", "Apply"),
        ("baseline", "Record"),
        ("repair", "Accept"),
        ("forget", "Forget"),
        ("resolve", "Resolve"),
    ] {
        let key = (expected.0, expected.1.to_owned());
        assert!(kinds.contains_key(&key), "{expected:?} is not in {kinds:?}");
    }
    for expected in [
        "Changed",
        "Missing",
        "OutOfOrder",
        "Irreversible",
        "Incomplete",
        "Unresolved",
        "Zero",
        "Unknown",
        "Ambiguous",
        "NotApplied",
        "AlreadyApplied",
        "OtherEnvironment",
        "FeatureOff",
        "HasHistory",
        "NotChanged",
        "NotInHistory",
        "NotMissing",
        "NothingToResolve",
        "BothNames",
    ] {
        assert!(
            refused.contains_key(expected) || expected == "BothNames",
            "{expected} is not in {refused:?}"
        );
    }
}
