//! The files of an import: read, and put together to migrations.

use std::{
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use migrate_schema::{
    Code, Dialect, MigrationId,
    folder::{self, Part},
};

use super::script::Script;
use crate::{
    project::{ImportFault, ProjectError},
    sources::{Source, Sources},
};

/// A migration to import.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) id: MigrationId,
    pub(super) up: Script,
    pub(super) down: Option<Script>,
    /// The files say that it runs without a transaction.
    pub(super) no_transaction: bool,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// In the order in which they run.
    pub(super) pairs: Vec<Pair>,
    /// What is no SQL.
    pub(super) ignored: Vec<PathBuf>,
    /// What is wrong with the files, their names and their markers.
    pub(super) faults: Vec<ImportFault>,
}

/// A file, and its text with LF for CRLF.
struct Loaded {
    source: Source,
    text: Rc<str>,
}

pub(super) fn pairs(folder: &Path, dialect: Dialect) -> Result<Pairs, ProjectError> {
    let sources =
        Sources::list(folder).map_err(|(path, source)| ProjectError::Read { path, source })?;
    let mut result = Pairs {
        ignored: sources.others,
        ..Pairs::default()
    };
    let mut loaded = Vec::new();
    for source in sources.wanted {
        // Without its text it is still there, as the other half of its migration.
        let text = load(&source.path, dialect).unwrap_or_else(|fault| {
            result.faults.push(fault);
            "".into()
        });
        loaded.push(Loaded { source, text });
    }
    let files: Vec<folder::File<'_>> = loaded
        .iter()
        .map(|file| folder::File {
            path: &file.source.relative,
            text: &file.text,
        })
        .collect();
    let read = folder::read(&files, dialect);
    for migration in &read.migrations {
        match pair(migration, &loaded, dialect) {
            Ok(pair) => result.pairs.push(pair),
            Err(fault) => result.faults.push(fault),
        }
    }
    for folder::Placed { file, finding } in &read.findings {
        let is_up = || read.migrations.iter().any(|one| one.up.file == *file);
        let told = match finding.code {
            // The ids are in order whatever the files are called, and no two are the same.
            Code::MixedLayouts => false,
            Code::DuplicateId => !is_up(),
            _ => true,
        };
        if told {
            result.faults.push(fault(&loaded[*file], finding));
        }
    }
    order(&result.pairs, &mut result.faults);
    Ok(result)
}

fn load(path: &Path, dialect: Dialect) -> Result<Rc<str>, ImportFault> {
    if path.to_str().is_none() {
        return Err(ImportFault::of_file(
            path,
            "its name is not UTF-8: rename it",
        ));
    }
    let bytes = fs::read(path)
        .map_err(|error| ImportFault::of_file(path, format!("it cannot be read: {error}")))?;
    let text = folder::decode(&bytes).map_err(|error| ImportFault {
        place: Some(error.place),
        ..ImportFault::of_file(path, error.message)
    })?;
    Ok(folder::with_line_feeds(text, dialect).into())
}

fn pair(
    migration: &folder::Migration,
    files: &[Loaded],
    dialect: Dialect,
) -> Result<Pair, ImportFault> {
    let script = |part: &Part| {
        let Loaded { source, text } = &files[part.file];
        let path = &source.path;
        if part.is_sql {
            return Ok(Script::new(path, text, part.range.clone(), dialect));
        }
        let message = "it is a program, or SQL with variables in it: write this migration by hand";
        Err(ImportFault::of_file(path, message))
    };
    let id = migration.id().map_err(|error| {
        let Source { relative, path } = &files[migration.up.file].source;
        let in_a_folder = relative.starts_with(&format!("{}/", migration.name));
        let what = if in_a_folder { "folder" } else { "file" };
        ImportFault::of_file(path, format!("{error}; rename the {what}"))
    })?;
    Ok(Pair {
        id,
        up: script(&migration.up)?,
        down: migration.down.as_ref().map(script).transpose()?,
        no_transaction: migration.transaction == Some(false),
    })
}

/// A finding about a whole file has no place.
fn fault(file: &Loaded, finding: &migrate_schema::Finding) -> ImportFault {
    if finding.range.is_empty() {
        let help = finding.help.as_ref().map(|help| format!(": {help}"));
        let message = finding.message.clone() + &help.unwrap_or_default();
        return ImportFault::of_file(&file.source.path, message);
    }
    ImportFault::at(&file.source.path, &file.text, finding)
}

/// Ids are ordered by what they mean, and so must be the files.
fn order(pairs: &[Pair], faults: &mut Vec<ImportFault>) {
    for two in pairs.windows(2) {
        let [first, second] = two else { continue };
        if first.id.version() > second.id.version() {
            let message = format!(
                "it runs behind {}, and its id `{}` would come before `{}`: rename it",
                first.up.file.display(),
                second.id,
                first.id
            );
            faults.push(ImportFault::of_file(&second.up.file, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_paired_and_nothing_is_passed_over_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in [
            "2_b.up.sql",
            "10_c.up.sql",
            "10_c.down.sql",
            "1_a.up.sql",
            "3_d.down.sql",
            "x.up.sql",
            "4_e.sql",
            "seeds.sql",
            "notes.txt",
            ".hidden.sql",
        ] {
            fs::write(root.join(file), "").unwrap();
        }
        fs::create_dir_all(root.join("5_f")).unwrap();
        fs::write(root.join("5_f/up.sql"), "").unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        let pairs = pairs(root, Dialect::Sqlite).unwrap();
        let found: Vec<_> = pairs
            .pairs
            .iter()
            .map(|p| (p.id.as_str(), p.down.is_some()))
            .collect();
        assert_eq!(
            found,
            [
                ("1_a", false),
                ("2_b", false),
                ("4_e", false),
                ("5_f", false),
                ("10_c", true)
            ]
        );
        assert_eq!(
            pairs.ignored,
            [
                root.join(".hidden.sql"),
                root.join("notes.txt"),
                root.join("other")
            ]
        );
        let faults: Vec<_> = pairs.faults.iter().map(|f| f.file.clone()).collect();
        assert_eq!(
            faults,
            [
                root.join("x.up.sql"),
                root.join("3_d.down.sql"),
                root.join("seeds.sql")
            ]
        );
    }

    #[test]
    fn files_whose_ids_would_run_in_another_order_are_told() {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in [("9_b.sql", "b"), ("10_a.sql", "a")] {
            fs::write(folder.path().join(file), format!("-- migrate:up\n{text}")).unwrap();
        }
        let pairs = pairs(folder.path(), Dialect::Sqlite).unwrap();
        let fault = pairs.faults[0].to_string();
        assert!(
            fault.contains("its id `9_b` would come before `10_a`"),
            "{fault}"
        );
    }
}
