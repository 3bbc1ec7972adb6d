//! The checks: the history of a folder is parsed and replayed, for one database after the other.

use migrate_schema::{
    Finding, Level,
    folder::{self, Folder, Part},
    grammar::{self, Parsed},
    replay::{Direction, Migration, Replay, Step, What},
    settings::{Settings, Target},
};

use super::{
    Found,
    files::Files,
    transaction::{self, is_about_transactions},
};

/// What a check has found.
#[derive(Debug)]
pub(super) struct Checked {
    /// In the order of the migrations and of their places.
    pub(super) found: Vec<Found>,
    /// How many migrations there are.
    pub(super) migrations: usize,
}

/// Checks a folder. Of the first migrations, as many as `since` says are only warned about.
pub(super) fn check(files: &Files, folder: &Folder, settings: &Settings, since: usize) -> Checked {
    let mut found = Vec::new();
    let mut add = |file, migration: Option<usize>, finding: Finding| {
        let mut level = settings.level(finding.code);
        if migration.is_some_and(|at| at < since) {
            level = level.min(Level::Warn);
        }
        let one = Found {
            file,
            level,
            migration: migration.map(|at| folder.migrations[at].name.clone()),
            finding,
        };
        // The same is mostly found for every target; what is at one place stands together.
        let at_its_place = |other: &&Found| {
            other.file == file && other.finding.range.start == one.finding.range.start
        };
        let known = found
            .iter()
            .rev()
            .take_while(at_its_place)
            .any(|other| *other == one);
        if level != Level::Allow && !known {
            found.push(one);
        }
    };
    for folder::Placed { file, finding } in files.findings.iter().chain(&folder.findings) {
        add(*file, None, finding.clone());
    }
    let mut placed = Vec::new();
    for target in &settings.targets {
        placed.extend(replay(files, folder, target, settings));
    }
    // Stable, so that what is found at one place stays in its order.
    placed.sort_by_key(|(at, direction, _, finding)| (*at, *direction, finding.range.start));
    for (at, _, part, finding) in placed {
        add(part.file, Some(at), finding);
    }
    Checked {
        found,
        migrations: folder.migrations.len(),
    }
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
    fn new(files: &'a Files, part: &Part, target: &Target) -> Self {
        let text = &files.files[part.file].text;
        let sql = text.get(part.range.clone()).unwrap_or_default();
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

fn replay<'a>(
    files: &Files,
    folder: &'a Folder,
    target: &Target,
    settings: &Settings,
) -> Vec<InMigration<'a>> {
    let parse = |part: &Part| Half::new(files, part, target);
    let halves: Vec<Halves<'_>> = folder
        .migrations
        .iter()
        .map(|migration| Halves {
            up: parse(&migration.up),
            down: migration.down.as_ref().map(parse),
        })
        .collect();
    let mut replay = Replay::new(target, settings);
    for (migration, halves) in folder.migrations.iter().zip(&halves) {
        replay.expect(&migration.name, &halves.up.parsed);
    }
    let mut found = Vec::new();
    for (at, (migration, halves)) in folder.migrations.iter().zip(&halves).enumerate() {
        let mut add = |direction, finding: &Finding| {
            let part = match (direction, &migration.down) {
                (Direction::Down, Some(down)) => down,
                _ => &migration.up,
            };
            found.push((at, direction, part, moved(finding, part.range.start)));
        };
        let parsed = [
            (Direction::Up, Some(&halves.up)),
            (Direction::Down, halves.down.as_ref()),
        ];
        for (direction, half) in parsed {
            let Some(half) = half else { continue };
            let findings = half.parsed.findings.iter();
            findings
                .filter(|finding| !is_about_transactions(finding.code))
                .for_each(|finding| add(direction, finding));
            if migration.transaction == Some(true) {
                let found = transaction::inside(half.sql, &half.parsed, target.dialect());
                found.iter().for_each(|finding| add(direction, finding));
            }
        }
        let outcome = replay.migration(&Migration {
            id: &migration.name,
            up: halves.up.steps(),
            down: halves.down.as_ref().map(Half::steps),
            transaction: migration.transaction.unwrap_or(false),
            irreversible: migration.down.is_none(),
        });
        for placed in &outcome.findings {
            add(placed.direction, &placed.finding);
        }
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
