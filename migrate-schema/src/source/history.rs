//! The migrations that were found, replayed for every database that they are meant for.

use std::sync::Arc;

use super::{Migration, Step, What};
use crate::{
    Statement, StatementKind,
    grammar::{Parsed, ParsedStatement},
    replay::{self, Outcome, Placed, Replay},
    settings::{Settings, Target},
    tree::{self, Action},
};

/// What the replay says of a migration.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What it has found, for all databases together. What is so on some of them only says on which.
    pub findings: Vec<Placed>,
    /// The statements that undo `up`, where `down` was left out and they are the same on all databases.
    pub derived_down: Option<Vec<String>>,
}

/// Parses a text for a database, or knows it already.
pub type Parse<'a> = dyn FnMut(&str, &Target) -> Arc<Parsed> + 'a;

/// How many migrations are tried out beside the history because they may not run.
const TRIALS: usize = 100;

/// Replays migrations, which are in order. The verdicts are in the same order.
pub fn replay(
    migrations: &[&Migration],
    settings: &Settings,
    parse: &mut Parse<'_>,
) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(migrations.len());
    replay_each(migrations, settings, parse, &mut |verdict| {
        verdicts.push(verdict);
    });
    verdicts
}

/// Replays migrations, which are in order, and tells the verdict on each as soon as it is known.
pub fn replay_each(
    migrations: &[&Migration],
    settings: &Settings,
    parse: &mut Parse<'_>,
    tell: &mut dyn FnMut(Verdict),
) {
    let mut verdicts: Vec<Vec<Outcome>> = migrations.iter().map(|_| Vec::new()).collect();
    let everything = everything();
    for (at, target) in settings.targets.iter().enumerate() {
        let is_last = at + 1 == settings.targets.len();
        let mut replay = Replay::new(target, settings);
        let texts: Vec<Texts> = migrations
            .iter()
            .map(|migration| Texts::new(migration, target, parse))
            .collect();
        for (migration, texts) in migrations.iter().zip(&texts) {
            for parsed in texts.up.iter().flatten() {
                replay.expect(&migration.id, parsed);
            }
        }
        let mut trials = 0;
        for ((migration, texts), outcomes) in migrations.iter().zip(&texts).zip(&mut verdicts) {
            let certain = texts.migration(migration, false, &everything);
            if migration.conditional {
                trials += 1;
                if trials <= TRIALS {
                    outcomes.push(replay.clone().migration(&certain));
                }
                replay.migration(&texts.migration(migration, true, &everything));
            } else {
                outcomes.push(replay.migration(&certain));
            }
            if is_last {
                tell(merged(std::mem::take(outcomes), &settings.targets));
            }
        }
    }
    if settings.targets.is_empty() {
        migrations.iter().for_each(|_| tell(Verdict::default()));
    }
}

/// The parsed texts of a migration; none for the steps that have no text.
struct Texts {
    up: Vec<Option<Arc<Parsed>>>,
    down: Vec<Option<Arc<Parsed>>>,
}

impl Texts {
    fn new(migration: &Migration, target: &Target, parse: &mut Parse<'_>) -> Self {
        let mut all = |steps: &[Step]| {
            let one = |step: &Step| match &step.what {
                What::Sql(text) => Some(parse(&text.sql, target)),
                What::Change(_) | What::Rust(_) => None,
            };
            steps.iter().map(one).collect()
        };
        Self {
            up: all(&migration.up),
            down: all(migration.down.as_deref().unwrap_or_default()),
        }
    }

    fn migration<'a>(
        &'a self,
        migration: &'a Migration,
        conditional: bool,
        everything: &'a Parsed,
    ) -> replay::Migration<'a> {
        let steps = |steps: &'a [Step], texts: &'a [Option<Arc<Parsed>>]| {
            let one = |(step, parsed): (&'a Step, &'a Option<Arc<Parsed>>)| replay::Step {
                what: what(step, parsed.as_deref(), everything),
                conditional: step.conditional || conditional,
            };
            steps.iter().zip(texts).map(one).collect()
        };
        replay::Migration {
            id: &migration.id,
            up: steps(&migration.up, &self.up),
            down: migration
                .down
                .as_deref()
                .map(|down| steps(down, &self.down)),
            transaction: migration.transaction,
            irreversible: migration.irreversible,
        }
    }
}

fn what<'a>(
    step: &'a Step,
    parsed: Option<&'a Parsed>,
    everything: &'a Parsed,
) -> replay::What<'a> {
    match (&step.what, parsed) {
        (What::Sql(text), Some(parsed)) => replay::What::Sql {
            sql: &text.sql,
            parsed,
        },
        (What::Change(change), _) => replay::What::Change(change),
        // What was not followed to its end may be anything.
        (What::Rust(reach), _) if !reach.everything && reach.elsewhere.is_empty() => {
            replay::What::Rust {
                words: reach.words.clone(),
            }
        }
        _ => replay::What::Sql {
            sql: "",
            parsed: everything,
        },
    }
}

/// A statement that may do anything.
fn everything() -> Parsed {
    let statement = Statement {
        start: 0,
        end: 0,
        kind: StatementKind::Other,
    };
    let tree = tree::Statement {
        range: 0..0,
        actions: vec![Action::Opaque {
            words: Vec::new(),
            everything: true,
        }],
    };
    Parsed {
        statements: vec![ParsedStatement {
            statement,
            tree: Some(tree),
        }],
        findings: Vec::new(),
    }
}

fn merged(outcomes: Vec<Outcome>, targets: &[Target]) -> Verdict {
    let mut derived: Vec<Option<Vec<String>>> = Vec::new();
    let mut found: Vec<(Placed, Vec<&Target>)> = Vec::new();
    for (outcome, target) in outcomes.into_iter().zip(targets) {
        derived.push(outcome.derived_down);
        for placed in outcome.findings {
            match found.iter_mut().find(|(known, _)| *known == placed) {
                Some((_, on)) => on.push(target),
                None => found.push((placed, vec![target])),
            }
        }
    }
    let first = derived.first().cloned().flatten();
    let findings = found.into_iter().map(|(mut placed, on)| {
        if on.len() < targets.len() {
            let names: Vec<&str> = on.iter().map(|target| target.product.title()).collect();
            placed.finding = placed.finding.note(format!("on {}", names.join(" and ")));
        }
        placed
    });
    Verdict {
        findings: findings.collect(),
        derived_down: first.filter(|first| derived.iter().all(|d| d.as_ref() == Some(first))),
    }
}
