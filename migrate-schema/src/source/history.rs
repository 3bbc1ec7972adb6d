//! The migrations that were found, replayed for every database that they are meant for.

use std::sync::Arc;

use super::{Migration, Step, What};
use crate::{
    Dialect, Statement, StatementKind,
    grammar::{Parsed, ParsedStatement},
    replay::{self, Direction, Outcome, Placed, Replay},
    settings::{Settings, Target},
    tree::{self, Action},
};

/// What the replay says of a migration.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What it has found, for all databases together. What is so on some of them only says on which.
    pub findings: Vec<Placed>,
    /// What undoes `up`, where `down` was left out and this can be told for every database.
    pub derived_down: Option<Back>,
}

/// The statements that undo a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// They are the same on all databases.
    Same(Vec<String>),
    /// Each dialect has its own.
    Each(Vec<(Dialect, Vec<String>)>),
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
            let certain = texts.migration(migration, target, false, &everything);
            if migration.conditional {
                trials += 1;
                if trials <= TRIALS {
                    outcomes.push(replay.clone().migration(&certain));
                }
                replay.migration(&texts.migration(migration, target, true, &everything));
            } else {
                outcomes.push(replay.migration(&certain));
            }
            if is_last {
                tell(merged(
                    migration,
                    std::mem::take(outcomes),
                    &settings.targets,
                ));
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
            let one = |step: &Step| {
                let text = step.text(target.dialect())?;
                Some(parse(&text.sql, target))
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
        target: &Target,
        conditional: bool,
        everything: &'a Parsed,
    ) -> replay::Migration<'a> {
        let steps = |steps: &'a [Step], texts: &'a [Option<Arc<Parsed>>]| {
            let one = |(step, parsed): (&'a Step, &'a Option<Arc<Parsed>>)| replay::Step {
                what: what(step, parsed.as_deref(), target, everything),
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
    target: &Target,
    everything: &'a Parsed,
) -> replay::What<'a> {
    if let Some((text, parsed)) = step.text(target.dialect()).zip(parsed) {
        let sql = &text.sql;
        return replay::What::Sql { sql, parsed };
    }
    match &step.what {
        What::Change(change) => replay::What::Change(change),
        // What was not followed to its end may be anything.
        What::Rust(reach) if !reach.everything && reach.elsewhere.is_empty() => {
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

fn merged(migration: &Migration, outcomes: Vec<Outcome>, targets: &[Target]) -> Verdict {
    let mut derived: Vec<(Dialect, Option<Vec<String>>)> = Vec::new();
    let mut found: Vec<(Placed, Vec<&Target>)> = Vec::new();
    for (outcome, target) in outcomes.into_iter().zip(targets) {
        derived.push((target.dialect(), outcome.derived_down));
        for mut placed in outcome.findings {
            placed.dialect = own_text(migration, &placed).then(|| target.dialect());
            match found.iter_mut().find(|(known, _)| *known == placed) {
                Some((_, on)) => on.push(target),
                None => found.push((placed, vec![target])),
            }
        }
    }
    let findings = found.into_iter().map(|(mut placed, on)| {
        // The place of a text of its own says what it is for.
        let meant = |target: &&Target| placed.dialect.is_none_or(|own| target.dialect() == own);
        if on.len() < targets.iter().filter(meant).count() {
            let names: Vec<&str> = on.iter().map(|target| target.product.title()).collect();
            placed.finding = placed.finding.note(format!("on {}", names.join(" and ")));
        }
        placed
    });
    Verdict {
        findings: findings.collect(),
        derived_down: back(derived),
    }
}

/// Whether a finding is about the text that a step has for one dialect.
fn own_text(migration: &Migration, placed: &Placed) -> bool {
    let steps = match placed.direction {
        Direction::Up => Some(&migration.up),
        Direction::Down => migration.down.as_ref(),
    };
    let step = steps.zip(placed.step).and_then(|(steps, at)| steps.get(at));
    step.is_some_and(|step| matches!(step.what, What::Each(_)))
}

/// The way back on all databases. Those of one dialect have to agree, because they have one text.
fn back(derived: Vec<(Dialect, Option<Vec<String>>)>) -> Option<Back> {
    let mut each: Vec<(Dialect, Vec<String>)> = Vec::new();
    for (dialect, statements) in derived {
        let statements = statements?;
        match each.iter().find(|(known, _)| *known == dialect) {
            Some((_, known)) if *known != statements => return None,
            Some(_) => {}
            None => each.push((dialect, statements)),
        }
    }
    let (_, first) = each.first()?;
    if each.iter().all(|(_, statements)| statements == first) {
        return Some(Back::Same(first.clone()));
    }
    Some(Back::Each(each))
}

#[cfg(test)]
#[cfg(all(feature = "sqlite", feature = "mysql"))]
mod tests {
    use super::*;
    use crate::{
        grammar,
        source::{Conditions, Tokens, migration_in},
    };

    fn verdicts(sources: &[&str], targets: &[&str]) -> Vec<Verdict> {
        let settings = Settings {
            targets: targets.iter().map(|one| one.parse().unwrap()).collect(),
            ..Settings::default()
        };
        let conditions = Conditions::default();
        let read = |source: &&str| migration_in(&Tokens::read(source), &conditions).unwrap();
        let migrations: Vec<Migration> = sources.iter().map(read).collect();
        let all: Vec<&Migration> = migrations.iter().collect();
        replay(&all, &settings, &mut |sql, target| {
            Arc::new(grammar::parse(sql, target))
        })
    }

    fn told(verdict: &Verdict) -> Vec<String> {
        let one = |placed: &Placed| {
            let Placed {
                dialect, finding, ..
            } = placed;
            format!("{dialect:?} {} {:?}", finding.message, finding.notes)
        };
        verdict.findings.iter().map(one).collect()
    }

    const TABLE: &str = "#[migration(\"1_a\", up(sqlite = \"CREATE TABLE a (b INT)\", mysql = \"CREATE TABLE a (b INT, c INT)\"))] struct A;";

    #[test]
    fn each_target_replays_its_own_text() {
        let second = "#[migration(\"2_b\", up(sqlite = \"CREATE INDEX i ON a (c)\", mysql = \"CREATE INDEX i ON a (d)\"))] struct B;";
        let found = verdicts(&[TABLE, second], &["sqlite", "mysql", "mariadb"]);
        assert_eq!(
            told(&found[1]),
            [
                "Some(Sqlite) no such column: a.c []",
                "Some(Mysql) no such column: a.d []"
            ]
        );
        let common = "#[migration(\"2_b\", up = \"CREATE INDEX i ON a (c)\")] struct B;";
        let found = verdicts(&[TABLE, common], &["sqlite", "mysql"]);
        assert_eq!(
            told(&found[1]),
            ["None no such column: a.c [\"on SQLite\"]"]
        );
    }

    #[test]
    fn the_way_back_is_told_for_each_dialect() {
        let index = "#[migration(\"2_b\", up = \"CREATE INDEX i ON a (b)\")] struct B;";
        let found = verdicts(&[TABLE, index], &["sqlite", "mysql", "mariadb"]);
        let each = Back::Each(vec![
            (Dialect::Sqlite, vec!["DROP INDEX \"i\"".to_owned()]),
            (Dialect::Mysql, vec!["DROP INDEX `i` ON `a`".to_owned()]),
        ]);
        assert_eq!(found[1].derived_down, Some(each));
        let found = verdicts(&[TABLE, index], &["sqlite", "rqlite"]);
        let same = Back::Same(vec!["DROP INDEX \"i\"".to_owned()]);
        assert_eq!(found[1].derived_down, Some(same));
    }
}
