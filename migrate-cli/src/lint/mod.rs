//! `cargo migrate lint`: everything that can be said about migrations without a database.

mod arguments;
mod check;
mod files;
mod manifest;
mod report;
mod sarif;
mod transaction;

use migrate_schema::{
    Dialect, Level, folder,
    settings::{Settings, Target},
};

pub(crate) use arguments::{LintArgs, LintFormat};

use crate::fault::{Exit, Fault};
use check::Checked;
use files::Files;

/// A finding, and where it is.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    /// As an index into the files.
    file: usize,
    level: Level,
    /// The migration that it is in.
    migration: Option<String>,
    finding: migrate_schema::Finding,
}

/// Reads the folder, replays it, and prints what was found.
pub(crate) fn lint(arguments: &LintArgs, format: LintFormat) -> Result<Exit, Fault> {
    let settings = arguments.settings()?;
    let dialect = settings
        .targets
        .first()
        .map_or_else(Dialect::default, Target::dialect);
    let files = Files::read(&arguments.folder)?;
    let folder = folder::read(&files.texts(), dialect);
    if folder.migrations.is_empty() && folder.findings.is_empty() && files.findings.is_empty() {
        return Err(Fault::Usage(files.without_migrations()));
    }
    let checked = check(&files, &folder, &settings, arguments)?;
    let errors = checked.found.iter().any(|one| one.level == Level::Deny);
    report::print(&files, &checked, format)?;
    Ok(if errors { Exit::Failed } else { Exit::Done })
}

fn check(
    files: &Files,
    folder: &folder::Folder,
    settings: &Settings,
    arguments: &LintArgs,
) -> Result<Checked, Fault> {
    let since = arguments.since(folder, settings)?;
    Ok(check::check(files, folder, settings, since))
}
