//! What structs and resource definitions say of the tables, beside what the migrations make.

use std::{fs, path::Path};

use migrate_schema::{
    schema::{
        Schema,
        definitions::{Definitions, Faults},
        diff::diff,
    },
    settings::Manifest,
};
use rusqlite::Connection;

use super::Failure;
use crate::{migrator::Migrator, models, schema};

/// Lists what the definitions and the linked structs say otherwise than the database.
pub(super) fn compare(
    migrator: &Migrator,
    connection: &mut Connection,
    directory: &str,
) -> Result<(), Failure> {
    let live = schema::live(migrator, connection)?;
    let mut found = Vec::new();
    let models = models::definitions(&models::linked()).map_err(failure)?;
    found.extend(differences(&models, &live, "`migrate pull --models`")?);
    if let Some(definitions) = read(Path::new(directory))? {
        found.extend(differences(&definitions, &live, "`migrate pull`")?);
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the migrations do not make what is defined:\n  {}",
        found.join("\n  ")
    )))
}

fn differences(
    definitions: &Definitions,
    live: &Schema,
    way: &str,
) -> Result<Vec<String>, Failure> {
    let merged = definitions.merge(live, false).map_err(failure)?;
    let changes = diff(live, &merged.schema, &merged.hints);
    let mut found: Vec<String> = changes.iter().map(ToString::to_string).collect();
    found.extend(merged.removals.iter().map(|removal| {
        format!(
            "column {}.{}: not in {}",
            removal.table, removal.column, removal.file
        )
    }));
    if !found.is_empty() {
        found.push(format!("({way} writes the migration that is missing)"));
    }
    Ok(found)
}

/// The definitions of the folder that Cargo.toml names; none where it names none.
fn read(directory: &Path) -> Result<Option<Definitions>, Failure> {
    let at = |path: &Path, error: std::io::Error| {
        Failure::new(format!("cannot read {}: {error}", path.display()))
    };
    let Ok(text) = fs::read_to_string(directory.join("Cargo.toml")) else {
        return Ok(None);
    };
    let Some(folder) = Manifest::read(&text).0.definitions else {
        return Ok(None);
    };
    let folder = directory.join(folder);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| at(&folder, error))? {
        let path = entry.map_err(|error| at(&folder, error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = fs::read_to_string(&path).map_err(|error| at(&path, error))?;
            files.push((path.display().to_string(), text));
        }
    }
    let files = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()));
    Definitions::read(files, &[]).map(Some).map_err(failure)
}

fn failure(faults: Faults) -> Failure {
    Failure::new(faults.to_string())
}
