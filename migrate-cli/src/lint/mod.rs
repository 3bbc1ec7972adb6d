//! `cargo migrate lint`: everything that can be said about migrations without a database.

mod arguments;
mod files;
mod manifest;
mod package;
mod report;
mod sarif;
mod strangers;

use migrate_schema::{
    Dialect, Level,
    folder::{self, Found, Placed, Runner},
    settings::Target,
};

pub(crate) use arguments::{LintArgs, LintFormat};

use std::path::Path;

use crate::{
    fault::{Exit, Fault},
    project::{Location, locate},
};
use files::Files;

/// What a check has found.
struct Checked {
    /// The names of the migrations.
    migrations: Vec<String>,
    /// In the order of the migrations and of their places.
    found: Vec<Found>,
}

/// Checks a folder of SQL files, or a package, and prints what was found.
pub(crate) fn lint(
    arguments: &LintArgs,
    location: &Location,
    format: LintFormat,
) -> Result<Exit, Fault> {
    let (files, checked) = match &arguments.folder {
        Some(folder) if !folder.join("Cargo.toml").is_file() => lint_folder(arguments, folder)?,
        folder => {
            let location = Location {
                directory: folder.clone().unwrap_or_default(),
                ..location.clone()
            };
            let package = locate(&location)?;
            let settings = arguments.settings_of_package(&package.directory)?;
            package::check(&package, &settings, |names| {
                arguments.since(names, &settings)
            })?
        }
    };
    let errors = checked.found.iter().any(|one| one.level == Level::Deny);
    report::print(&files, &checked, format)?;
    Ok(if errors { Exit::Failed } else { Exit::Done })
}

fn lint_folder(arguments: &LintArgs, folder: &Path) -> Result<(Files, Checked), Fault> {
    let settings = arguments.settings_of_folder(folder)?;
    let first = settings.targets.first();
    let files = Files::read(folder)?;
    let texts = files.texts();
    let dialect = first.map_or_else(Dialect::default, Target::dialect);
    let folder = folder::read(&texts, dialect);
    if folder.migrations.is_empty() {
        return Err(Fault::Usage(files.without_migrations(&folder)));
    }
    let names: Vec<String> = folder
        .migrations
        .iter()
        .map(|one| one.name.clone())
        .collect();
    let since = arguments.since(&names, &settings)?;
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
    strangers::refuse(&mut found, &texts, dialect, &settings);
    let checked = Checked {
        migrations: names,
        found,
    };
    Ok((files, checked))
}
