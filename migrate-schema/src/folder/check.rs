//! The checks: the history of a folder is parsed and replayed, for one database after the other.

use super::{File, Folder, Migration, Part, Placed, transaction};
use crate::{
    Code, Finding, Level,
    grammar::{self, Parsed},
    replay::{self, Direction, Replay, Step, What},
    settings::{Settings, Target},
    source::Verdict,
};

/// Who runs the migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// The runner of this project, which opens a transaction unless the files say otherwise.
    Ours,
    /// The same, and the migrations are written in Rust.
    Rust,
    /// Another tool.
    Other,
}

/// A finding with its level, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which file, as an index into those that were given.
    pub file: usize,
    /// Which migration, as an index into those of the folder.
    pub migration: Option<usize>,
    /// How severe it is: never [`Level::Allow`].
    pub level: Level,
    /// What was found.
    pub finding: Finding,
}

/// Checks a folder: what was found in it when it was read, and then each migration, syntax and meaning, on the
/// databases of the settings. Of the first migrations, as many as `since` says are only warned about.
pub fn check(
    files: &[File<'_>],
    folder: &Folder,
    settings: &Settings,
    runner: Runner,
    since: usize,
) -> Vec<Found> {
    check_in_history(files, folder, settings, runner, since, None)
}

/// The same, where what the replay says is known already: a verdict for each migration. It is, where the folder is only
/// a part of a history.
pub fn check_in_history(
    files: &[File<'_>],
    folder: &Folder,
    settings: &Settings,
    runner: Runner,
    since: usize,
    verdicts: Option<&[Verdict]>,
) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut add = |file, migration: Option<usize>, finding: Finding| {
        let mut level = settings.level(finding.code);
        if migration.is_some_and(|at| at < since) {
            level = level.min(Level::Warn);
        }
        let one = Found {
            file,
            level,
            migration,
            finding,
        };
        // The same is mostly found for every target; what is at one place stands together.
        let at_its_place = |other: &&Found| {
            other.file == file && other.finding.range.start == one.finding.range.start
        };
        let mut known = found.iter().rev().take_while(at_its_place);
        if level != Level::Allow && !known.any(|other| *other == one) {
            found.push(one);
        }
    };
    for Placed { file, finding } in &folder.findings {
        add(*file, None, finding.clone());
    }
    let mut placed = Vec::new();
    for target in &settings.targets {
        let halves = halves(files, folder, target);
        placed.extend(syntax(folder, &halves, target, runner));
        if verdicts.is_none() {
            placed.extend(replay(folder, &halves, target, settings, runner));
        }
    }
    let verdicts = verdicts
        .unwrap_or_default()
        .iter()
        .map(|verdict| &verdict.findings);
    for ((at, migration), findings) in folder.migrations.iter().enumerate().zip(verdicts) {
        placed.extend(
            findings
                .iter()
                .map(|placed| told(at, migration, placed.direction, &placed.finding)),
        );
    }
    // Stable, so that what is found at one place stays in its order.
    placed.sort_by_key(|(at, direction, _, finding)| (*at, *direction, finding.range.start));
    for (at, _, part, finding) in placed {
        add(part.file, Some(at), finding);
    }
    found
}

type InMigration<'a> = (usize, Direction, &'a Part, Finding);

/// Both halves of a migration.
struct Halves<'a> {
    up: Half<'a>,
    down: Option<Half<'a>>,
}

/// One half of a migration, parsed.
struct Half<'a> {
    sql: &'a str,
    parsed: Parsed,
    /// What a program, or SQL with variables in it, may name.
    words: Option<Vec<String>>,
}

impl<'a> Half<'a> {
    fn new(files: &[File<'a>], part: &Part, target: &Target) -> Self {
        let sql = part.text(files);
        if part.is_sql {
            return Self {
                sql,
                parsed: grammar::parse(sql, target),
                words: None,
            };
        }
        let words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
        Self {
            sql,
            parsed: Parsed::default(),
            words: Some(words.collect()),
        }
    }

    fn steps(&self) -> Vec<Step<'_>> {
        let what = match &self.words {
            Some(words) => What::Rust {
                words: words.clone(),
            },
            None => What::Sql {
                sql: self.sql,
                parsed: &self.parsed,
            },
        };
        vec![Step {
            what,
            conditional: false,
        }]
    }
}

fn halves<'a>(files: &[File<'a>], folder: &Folder, target: &Target) -> Vec<Halves<'a>> {
    let half = |part: &Part| Half::new(files, part, target);
    let of = |migration: &Migration| Halves {
        up: half(&migration.up),
        down: migration.down.as_ref().map(half),
    };
    folder.migrations.iter().map(of).collect()
}

/// A finding about one of the halves of a migration.
fn told<'a>(
    at: usize,
    migration: &'a Migration,
    direction: Direction,
    finding: &Finding,
) -> InMigration<'a> {
    let part = match (direction, &migration.down) {
        (Direction::Down, Some(down)) => down,
        _ => &migration.up,
    };
    (at, direction, part, moved(finding, part.range.start))
}

fn runs_in_one(migration: &Migration, runner: Runner) -> bool {
    migration.transaction.unwrap_or(runner != Runner::Other)
}

/// What the grammar says, and what follows from the transaction around.
fn syntax<'a>(
    folder: &'a Folder,
    halves: &[Halves<'_>],
    target: &Target,
    runner: Runner,
) -> Vec<InMigration<'a>> {
    let is_told = |finding: &&Finding| match runner {
        // A file may be empty on purpose.
        Runner::Ours | Runner::Rust => finding.code != Code::SqlEmpty,
        Runner::Other => !transaction::is_about_it(finding.code),
    };
    let mut found = Vec::new();
    for (at, (migration, halves)) in folder.migrations.iter().zip(halves).enumerate() {
        let parsed = [
            (Direction::Up, Some(&halves.up)),
            (Direction::Down, halves.down.as_ref()),
        ];
        for (direction, half) in parsed {
            let Some(half) = half else { continue };
            let tell = |finding: &Finding| told(at, migration, direction, finding);
            let findings = half.parsed.findings.iter().filter(is_told);
            found.extend(findings.map(tell));
            if runs_in_one(migration, runner) {
                let findings = transaction::in_transaction(half.sql, &half.parsed, target, runner);
                found.extend(findings.iter().map(tell));
            }
        }
    }
    found
}

fn replay<'a>(
    folder: &'a Folder,
    halves: &[Halves<'_>],
    target: &Target,
    settings: &Settings,
    runner: Runner,
) -> Vec<InMigration<'a>> {
    let mut replay = Replay::new(target, settings);
    for (migration, halves) in folder.migrations.iter().zip(halves) {
        replay.expect(&migration.name, &halves.up.parsed);
    }
    let mut found = Vec::new();
    for (at, (migration, halves)) in folder.migrations.iter().zip(halves).enumerate() {
        let outcome = replay.migration(&replay::Migration {
            id: &migration.name,
            up: halves.up.steps(),
            down: halves.down.as_ref().map(Half::steps),
            transaction: runs_in_one(migration, runner),
            irreversible: migration.down.is_none(),
        });
        let findings = outcome.findings.iter();
        found.extend(findings.map(|placed| told(at, migration, placed.direction, &placed.finding)));
    }
    found
}

/// From a range in a part to one in its file.
fn moved(finding: &Finding, by: usize) -> Finding {
    let mut finding = finding.clone();
    finding.range = finding.range.start + by..finding.range.end + by;
    if let Some(fix) = &mut finding.fix {
        fix.range = fix.range.start + by..fix.range.end + by;
    }
    finding
}
