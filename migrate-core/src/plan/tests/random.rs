//! Random registries, histories, requests and settings.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    history::{History, Progress, Row},
    migration::Registration,
    plan::{Down, Policy, Request, Settings, Up},
    registry::Registry,
};

use super::{registration, registry, row, settings};

/// Of every shape, in their order.
const IDS: [&str; 10] = [
    "1_one",
    "002_two",
    "10_ten",
    "20260101_first",
    "20260101_02_second",
    "20260101_10_tenth",
    "20260101093000_moment",
    "20260102_next",
    "20260102_02_next",
    "20270101_late",
];

const SETS: [&str; 3] = ["a", "b", "c"];

/// What is special about a migration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    environment: Option<&'static str>,
    feature: Option<bool>,
    irreversible: bool,
    renamed: bool,
    /// The place of a migration that it runs after, among all that come before it.
    after: Option<prop::sample::Index>,
}

fn traits() -> impl Strategy<Value = Traits> {
    (
        prop_oneof![5 => Just(None), 1 => Just(Some("test")), 1 => Just(Some("production"))],
        prop_oneof![6 => Just(None), 1 => Just(Some(true)), 1 => Just(Some(false))],
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.15),
        option::weighted(0.15, any::<prop::sample::Index>()),
    )
        .prop_map(
            |(environment, feature, irreversible, renamed, after)| Traits {
                environment,
                feature,
                irreversible,
                renamed,
                after,
            },
        )
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn made(chosen: &[Chosen]) -> Vec<Registration> {
    let mut all: Vec<Registration> = Vec::new();
    for &(set, id, traits) in chosen {
        let mut one = registration(SETS[set], IDS[id]);
        one.environments = match traits.environment {
            Some("test") => &["test"],
            Some(_) => &["production", "staging"],
            None => &[],
        };
        one.feature = traits.feature.map(|on| ("extra", on));
        one.irreversible = traits.irreversible.then_some("data is gone");
        if traits.renamed {
            one.renamed_from = Some(leaked(format!("9_old_{}", IDS[id])));
        }
        // Only on what comes before it anyway, so that no circle comes of it.
        let before: Vec<&str> = all
            .iter()
            .map(|one| leaked(format!("{}/{}", one.set, one.id)))
            .collect();
        if let (Some(index), false) = (traits.after, before.is_empty()) {
            one.after = Box::leak(Box::new([before[index.index(before.len())]]));
        }
        all.push(one);
    }
    all
}

/// The set and the id, by their places, of a migration.
type Chosen = (usize, usize, Traits);

/// Between one and three sets, in the order of the ids.
fn chosen() -> impl Strategy<Value = Vec<Chosen>> {
    let places: Vec<(usize, usize)> = (0..IDS.len())
        .flat_map(|id| [0, 1, 2].map(|set| (set, id)))
        .collect();
    (
        1..=3_usize,
        vec((prop::bool::weighted(0.4), traits()), places.len()),
    )
        .prop_map(move |(sets, taken)| {
            places
                .iter()
                .zip(taken)
                .filter(|((set, _), (taken, _))| *taken && *set < sets)
                .map(|((set, id), (_, traits))| (*set, *id, traits))
                .collect()
        })
}

/// What a row is like.
#[derive(Clone, Copy, Debug)]
struct Fate {
    there: bool,
    changed: bool,
    body_changed: bool,
    under_old_name: bool,
    next_batch: bool,
    progress: Progress,
    order: u32,
}

fn fate() -> impl Strategy<Value = Fate> {
    let progress = prop_oneof![
        12 => Just(Progress::Applied),
        1 => Just(Progress::Applying { done: 1, begun: 1 }),
        1 => Just(Progress::Applying { done: 1, begun: 2 }),
        1 => Just(Progress::Reverting { done: 0, begun: 0 }),
        1 => Just(Progress::Reverting { done: 0, begun: 1 }),
    ];
    (
        prop::bool::weighted(0.6),
        prop::bool::weighted(0.07),
        prop::bool::weighted(0.07),
        any::<bool>(),
        any::<bool>(),
        progress,
        // Mostly in their order, sometimes not.
        prop_oneof![4 => Just(0), 1 => 0..100_u32],
    )
        .prop_map(
            |(there, changed, body_changed, under_old_name, next_batch, progress, order)| Fate {
                there,
                changed,
                body_changed,
                under_old_name,
                next_batch,
                progress,
                order,
            },
        )
}

fn history(all: &[Registration], fates: Vec<Fate>, others: usize) -> History {
    let mut fates = fates.into_iter();
    let mut rows: Vec<(u32, Row, bool)> = Vec::new();
    for (one, fate) in all.iter().zip(&mut fates).filter(|(_, fate)| fate.there) {
        let id = match one.renamed_from {
            Some(old) if fate.under_old_name => old,
            _ => one.id,
        };
        let mut row = row(0, one.set, id);
        if fate.changed {
            row.checksum = "v1:before".into();
        }
        row.body = fate.body_changed.then(|| "v1:body".to_owned());
        row.progress = fate.progress;
        rows.push((fate.order, row, fate.next_batch));
    }
    // What the program does not have: of a set that it knows, and of one that it does not.
    for (number, fate) in fates.take(others).enumerate() {
        let set = if fate.changed || number == 0 {
            "a"
        } else {
            "elsewhere"
        };
        let mut row = row(0, set, &format!("50{number}_gone"));
        row.progress = if set == "a" {
            fate.progress
        } else {
            Progress::Applied
        };
        rows.push((
            fate.order + 10 * u32::try_from(number).unwrap(),
            row,
            fate.next_batch,
        ));
    }
    rows.sort_by_key(|(order, ..)| *order);
    let mut batch = 1;
    let numbered = (1..).zip(rows).map(|(seq, (_, row, next))| {
        batch += i64::from(next);
        Row {
            seq: seq * 3,
            batch,
            ..row
        }
    });
    History::new(numbered.collect())
}

fn name(all: &[Registration]) -> impl Strategy<Value = String> + use<> {
    let mut names: Vec<String> = all
        .iter()
        .map(|one| format!("{}/{}", one.set, one.id))
        .collect();
    names.extend(all.iter().map(|one| one.id.to_owned()));
    names.extend(["500_gone", "elsewhere/501_gone", "nothing", "2", ""].map(str::to_owned));
    select(names)
}

fn request(all: &[Registration]) -> impl Strategy<Value = Request> + use<> {
    let down = || {
        let target = name(all);
        prop_oneof![
            (0..4_u32).prop_map(Down::Batches),
            (0..6_u32).prop_map(Down::Count),
            target.prop_map(Down::To),
            Just(Down::All),
        ]
    };
    prop_oneof![
        3 => Just(Request::Up(Up::All)),
        2 => name(all).prop_map(|target| Request::Up(Up::To(target))),
        2 => (0..5_u32).prop_map(|count| Request::Up(Up::Count(count))),
        4 => down().prop_map(Request::Down),
        3 => down().prop_map(Request::Redo),
        1 => Just(Request::Fresh),
        2 => name(all).prop_map(Request::Apply),
        1 => option::of(name(all)).prop_map(Request::Baseline),
        1 => vec(name(all), 0..3).prop_map(Request::Repair),
        1 => vec(name(all), 0..3).prop_map(Request::Forget),
        1 => (name(all), any::<bool>()).prop_map(|(id, done)| Request::Resolve { id, done }),
    ]
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let policy = || select(vec![Policy::Error, Policy::Warn, Policy::Ignore]);
    (policy(), policy(), policy(), any::<bool>()).prop_map(
        |(changed, missing, out_of_order, stored_down)| Settings {
            changed,
            missing,
            out_of_order,
            stored_down,
            ..settings()
        },
    )
}

/// Everything that a decision depends on.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) registry: Registry,
    pub(super) history: History,
    pub(super) request: Request,
    pub(super) settings: Settings,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let some = chosen().prop_filter("nothing is registered", |all| !all.is_empty());
    // Where everything is well, more is planned.
    let fates = (vec(fate(), 40), prop::bool::weighted(0.5), 0..3_usize).prop_map(
        |(mut fates, well, others)| {
            if well {
                for fate in &mut fates {
                    (fate.changed, fate.progress) = (false, Progress::Applied);
                }
            }
            (fates, others)
        },
    );
    (some, fates, any_settings())
        .prop_flat_map(|(chosen, (fates, others), settings)| {
            let request = request(&made(&chosen));
            (Just(chosen), Just((fates, others)), Just(settings), request)
        })
        .prop_map(|(chosen, (fates, others), settings, request)| {
            let all = made(&chosen);
            Case {
                history: history(&all, fates, others),
                registry: registry(all),
                request,
                settings,
            }
        })
}
