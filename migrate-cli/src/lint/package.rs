//! The migrations of a package: those in its Rust sources, and the folders that it embeds.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use migrate_schema::{
    Code, Dialect, Finding, Level, MigrationId,
    folder::{Found, Runner, in_transaction},
    grammar,
    replay::{Direction, Placed},
    settings::{Settings, Target},
    source::{self, Conditions, Migration, Project, Step, Variant, Verdict, What},
};

use super::{
    Checked,
    files::{File, Files},
};
use crate::{fault::Fault, project::Package, sources::Sources};

/// Checks every crate of a package that has migrations.
pub(super) fn check(
    package: &Package,
    settings: &Settings,
    since: impl Fn(&[String]) -> Result<usize, Fault>,
) -> Result<(Files, Checked), Fault> {
    let mut files = Files::of_package(&package.directory);
    let mut checked = Checked {
        migrations: Vec::new(),
        found: Vec::new(),
    };
    let crates = package.library.iter().chain(&package.binaries);
    for root in crates.map(|target| &target.root) {
        let project = project(root, &package.directory, settings);
        let first = files.files.len();
        let all = project.files.iter();
        let of = |file: &source::SourceFile| {
            File::new(String::new(), shown(&file.path), file.text.clone())
        };
        files.files.extend(all.map(of));
        for doubt in &project.doubts {
            anstream::eprintln!(
                "warning: {}: {doubt}, so only the syntax of its migrations is checked",
                shown(root)
            );
        }
        let all = project.migrations.iter();
        let names: Vec<String> = all.map(|found| found.migration.id.clone()).collect();
        let since = if names.is_empty() { 0 } else { since(&names)? };
        let history = History::new(&project, settings);
        for at in 0..project.migrations.len() {
            for mut found in history.of(at, since) {
                found.file += first;
                found.migration = Some(checked.migrations.len() + at);
                checked.found.push(found);
            }
        }
        checked.migrations.extend(names);
    }
    if checked.migrations.is_empty() {
        return Err(Fault::Usage(format!(
            "the package `{}` has no migration: write one with `cargo migrate new`, or name a folder of SQL files",
            package.name
        )));
    }
    Ok((files, checked))
}

fn project(root: &Path, package: &Path, settings: &Settings) -> Project {
    let mut disk = Disk {
        package: package.to_owned(),
    };
    let conditions = Conditions {
        test: Some(false),
        ..Conditions::default()
    };
    let mut project = source::walk(root, &mut disk, &conditions);
    let first = settings.targets.first();
    let dialect = first.map_or_else(Dialect::default, Target::dialect);
    project.embed(&mut disk, package, dialect);
    project
}

struct Disk {
    package: PathBuf,
}

impl source::Files for Disk {
    fn read(&mut self, path: &Path) -> Option<String> {
        fs::read_to_string(path).ok()
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "CARGO_MANIFEST_DIR").then(|| self.package.display().to_string())
    }

    fn list(&mut self, folder: &Path) -> Vec<String> {
        let wanted = Sources::list(folder).map(|sources| sources.wanted);
        let wanted = wanted.unwrap_or_default().into_iter();
        wanted.map(|source| source.relative).collect()
    }
}

/// A crate's migrations, and what the replay says of each.
struct History<'a> {
    project: &'a Project,
    settings: &'a Settings,
    verdicts: Vec<Verdict>,
    parsed: HashMap<(String, Target), Arc<grammar::Parsed>>,
}

impl<'a> History<'a> {
    fn new(project: &'a Project, settings: &'a Settings) -> Self {
        let all = project.migrations.iter();
        let migrations: Vec<&Migration> = all.map(|found| &found.migration).collect();
        let mut parsed: HashMap<(String, Target), Arc<grammar::Parsed>> = HashMap::new();
        let mut parse = |sql: &str, target: &Target| {
            let entry = parsed.entry((sql.to_owned(), target.clone()));
            Arc::clone(entry.or_insert_with(|| Arc::new(grammar::parse(sql, target))))
        };
        let verdicts = source::replay(&migrations, settings, &mut parse);
        Self {
            project,
            settings,
            verdicts,
            parsed,
        }
    }

    /// What was found in a migration. Where its syntax is wrong, what follows from that is not told.
    fn of(&self, at: usize, since: usize) -> Vec<Found> {
        let migration = &self.project.migrations[at].migration;
        let (mut found, is_broken) = self.syntax(at);
        found.extend(self.duplicate(at));
        if !is_broken && self.project.doubts.is_empty() {
            let verdict = self.verdicts.get(at);
            let findings = verdict.map_or(&[][..], |verdict| &verdict.findings);
            found.extend(findings.iter().map(|placed| self.placed(at, placed)));
        }
        found.sort_by_key(|(file, finding)| (*file, finding.range.start));
        found.dedup();
        let is_old = at < since;
        let level = |code: Code| {
            let own = migration
                .levels
                .iter()
                .rev()
                .find(|(named, _)| *named == code);
            match own {
                Some((_, level)) => *level,
                None if is_old => self.settings.level(code).min(Level::Warn),
                None => self.settings.level(code),
            }
        };
        let with_level = |(file, finding): (usize, Finding)| Found {
            file,
            migration: Some(at),
            level: level(finding.code),
            finding,
        };
        let found = found.into_iter().map(with_level);
        found.filter(|one| one.level != Level::Allow).collect()
    }

    /// What the grammars say of its SQL, and whether any of it cannot be read.
    fn syntax(&self, at: usize) -> (Vec<(usize, Finding)>, bool) {
        let migration = &self.project.migrations[at].migration;
        let down = migration.down.iter().flatten();
        let steps = migration.up.iter().map(|step| (Direction::Up, step));
        let steps = steps.chain(down.map(|step| (Direction::Down, step)));
        let (mut found, mut is_broken) = (Vec::new(), false);
        for (direction, step) in steps {
            if let What::Each(texts) = &step.what {
                found.extend(self.misnamed(at, direction, texts));
            }
            for target in &self.settings.targets {
                let dialect = target.dialect();
                let Some(text) = step.text(dialect) else {
                    continue;
                };
                let key = (text.sql.clone(), target.clone());
                let Some(parsed) = self.parsed.get(&key) else {
                    continue;
                };
                is_broken |= parsed.statements.iter().any(|one| one.tree.is_none());
                let mut findings = parsed.findings.clone();
                if let What::Each(_) = &step.what {
                    // The empty text says that nothing is to be done there.
                    findings.retain(|one| one.code != Code::SqlEmpty);
                }
                if migration.transaction {
                    let inside = in_transaction(&text.sql, parsed, target, Runner::Rust);
                    let runs_in_one =
                        source::is_mixed(parsed) || self.runs_in_one(migration, direction, target);
                    let may_stand =
                        |one: &Finding| one.code == Code::OutsideTransaction && !runs_in_one;
                    findings.extend(inside.into_iter().filter(|one| !may_stand(one)));
                }
                let told = findings.iter().map(|one| {
                    let place = Some((step, Some(dialect)));
                    self.in_file(at, direction, place, one)
                });
                found.extend(told);
            }
        }
        (found, is_broken)
    }

    /// Whether one direction surely does something in a transaction.
    fn runs_in_one(&self, migration: &Migration, direction: Direction, target: &Target) -> bool {
        let mut parse = |sql: &str, target: &Target| {
            let known = self.parsed.get(&(sql.to_owned(), target.clone()));
            known.map_or_else(|| Arc::new(grammar::parse(sql, target)), Arc::clone)
        };
        migration.runs_in_one(direction, target, &mut parse)
    }

    /// What is wrong with the names of texts for each dialect.
    fn misnamed(
        &self,
        at: usize,
        direction: Direction,
        texts: &[Variant],
    ) -> Vec<(usize, Finding)> {
        let found = &self.project.migrations[at];
        let names: Vec<&str> = texts.iter().map(|one| one.name.as_str()).collect();
        let file = match direction {
            Direction::Up => found.file,
            Direction::Down => found.down_file,
        };
        let told = source::misnamed(&names, self.settings, ": ").into_iter();
        told.map(|(name, mut finding)| {
            let named = name.or(Some(0)).and_then(|name| texts.get(name));
            finding.range = named.map_or(0..0, |one| one.start..one.start + one.name.len());
            (file, finding)
        })
        .collect()
    }

    fn placed(&self, at: usize, placed: &Placed) -> (usize, Finding) {
        let migration = &self.project.migrations[at].migration;
        let steps = match placed.direction {
            Direction::Up => Some(&migration.up),
            Direction::Down => migration.down.as_ref(),
        };
        let step = steps.zip(placed.step).and_then(|(steps, at)| steps.get(at));
        let place = step.map(|step| (step, placed.dialect));
        self.in_file(at, placed.direction, place, &placed.finding)
    }

    /// From a range in the SQL of a step to one in its file.
    fn in_file(
        &self,
        at: usize,
        direction: Direction,
        place: Option<(&Step, Option<Dialect>)>,
        finding: &Finding,
    ) -> (usize, Finding) {
        let found = &self.project.migrations[at];
        let file = match direction {
            Direction::Up => found.file,
            Direction::Down => found.down_file,
        };
        let mut finding = finding.clone();
        let text = place.and_then(|(step, dialect)| step.text(dialect.unwrap_or_default()));
        let sql = text.and_then(|text| Some(text.start + text.prefix?));
        match sql {
            Some(by) => {
                finding.range = finding.range.start + by..finding.range.end + by;
                if let Some(fix) = &mut finding.fix {
                    fix.range = fix.range.start + by..fix.range.end + by;
                }
            }
            None => {
                let start = place.map_or(found.migration.start, |(step, _)| step.start);
                let start = text.map_or(start, |text| text.start);
                finding.range = start..start;
                finding.fix = None;
            }
        }
        (file, finding)
    }

    fn duplicate(&self, at: usize) -> Option<(usize, Finding)> {
        let id = |at: usize| {
            let found = &self.project.migrations[at];
            let is_certain = !found.migration.conditional && !found.made;
            found
                .migration
                .id
                .parse::<MigrationId>()
                .ok()
                .filter(|_| is_certain)
        };
        let before = at.checked_sub(1)?;
        let (other, own) = (id(before)?, id(at)?);
        let found = &self.project.migrations[at];
        let start = found.migration.start;
        (other.version() == own.version()).then(|| {
            let message = format!("it has the version {}, and so has `{other}`", own.version());
            let finding = Finding::new(Code::DuplicateId, message, start..start)
                .help("give one of the two another version");
            (found.file, finding)
        })
    }
}

/// A path below the current folder is shown from there.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}
