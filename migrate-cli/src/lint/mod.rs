//! `cargo migrate lint`: everything that can be said about migrations without a database.

mod arguments;
mod files;
mod manifest;
mod report;
mod sarif;

use migrate_schema::{
    Dialect, Level,
    folder::{self, Found, Placed, Runner},
    settings::Target,
};

pub(crate) use arguments::{LintArgs, LintFormat};

use crate::fault::{Exit, Fault};
use files::Files;

/// What a check has found.
struct Checked {
    /// The names of the migrations.
    migrations: Vec<String>,
    /// In the order of the migrations and of their places.
    found: Vec<Found>,
}

/// Reads the folder, replays it, and prints what was found.
pub(crate) fn lint(arguments: &LintArgs, format: LintFormat) -> Result<Exit, Fault> {
    let settings = arguments.settings()?;
    let first = settings.targets.first();
    let files = Files::read(&arguments.folder)?;
    let texts = files.texts();
    let dialect = first.map_or_else(Dialect::default, Target::dialect);
    let folder = folder::read(&texts, dialect);
    if folder.migrations.is_empty() {
        return Err(Fault::Usage(files.without_migrations(&folder)));
    }
    let since = arguments.since(&folder, &settings)?;
    let mut found = Vec::new();
    for Placed { file, finding } in files.findings.iter().cloned() {
        let told = settings.levels.get(&finding.code).copied();
        // The others take bytes as they come.
        let usual = match dialect {
            Dialect::Postgres => Level::Deny,
            _ => Level::Warn,
        };
        let level = told.unwrap_or(usual);
        found.extend((level != Level::Allow).then_some(Found {
            file,
            migration: None,
            level,
            finding,
        }));
    }
    found.extend(folder::check(
        &texts,
        &folder,
        &settings,
        Runner::Other,
        since,
    ));
    let errors = found.iter().any(|one| one.level == Level::Deny);
    let migrations = folder.migrations.into_iter().map(|one| one.name);
    let checked = Checked {
        migrations: migrations.collect(),
        found,
    };
    report::print(&files, &checked, format)?;
    Ok(if errors { Exit::Failed } else { Exit::Done })
}
