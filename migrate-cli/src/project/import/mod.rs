//! A folder of SQL files as migrations in Rust.

mod convert;
mod files;
mod script;
mod text;
mod transaction;

use std::path::{Path, PathBuf};

use migrate_schema::{Dialect, MigrationId};

use super::{
    ImportFault, ModuleLines, Package, ProjectError,
    folder::{Folder, Known},
    write::Changes,
};
use convert::Converted;
use files::{Pair, Pairs};

/// Where imported migrations go.
#[derive(Clone, Debug)]
pub enum Destination<'a> {
    /// Into the migrations of a package.
    Package(&'a Package),
    /// Into a directory that is no module of a package yet: its `mod.rs` is written, and declared nowhere.
    Directory {
        /// The directory; it is made where it does not exist.
        path: PathBuf,
        /// What the files are written in.
        dialect: Dialect,
    },
}

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// Whether SQL that the grammar refuses is imported too, as `Sql::unchecked`. Without it, nothing is imported
    /// and all such SQL is listed.
    pub keep_going: bool,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The migrations, in their order.
    pub migrations: Vec<ImportedMigration>,
    /// What was written so that their files are modules of the crate.
    pub module: ModuleLines,
    /// What lies in the folder and is no SQL, sorted.
    pub ignored: Vec<PathBuf>,
}

/// One migration that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedMigration {
    /// Its id.
    pub id: MigrationId,
    /// The type in its file.
    pub struct_name: String,
    /// Its file.
    pub file: PathBuf,
    /// The SQL file for `up`.
    pub up: PathBuf,
    /// The SQL file for `down`, which may be the same; without one the migration is `irreversible`.
    pub down: Option<PathBuf>,
    /// What the grammar refuses in it, where `keep_going` imported it nevertheless.
    pub unchecked: Vec<ImportFault>,
}

/// Turns a folder of SQL files, in any layout of [`migrate_schema::folder`], into migrations.
///
/// The id is the name, with `_` for `-`, `.` and spaces; `2024-05-06-192337_users` becomes `20240506192337_users`,
/// and `V1__users` becomes `1_users`.
/// The SQL is taken over as it is, except for what the runner does: `BEGIN`, `COMMIT` and `PRAGMA foreign_keys` are
/// taken out, and a comment says so. Everything is written or, where there is anything wrong, nothing.
pub fn import(
    source: &Path,
    destination: &Destination<'_>,
    options: &ImportOptions,
) -> Result<Imported, ProjectError> {
    let folder = match destination {
        Destination::Package(package) => Folder::of(package),
        Destination::Directory { path, dialect } => Folder {
            directory: path.clone(),
            dialect: *dialect,
            package: None,
        },
    };
    let Pairs {
        pairs,
        ignored,
        mut faults,
    } = files::pairs(source, folder.dialect)?;
    faults.extend(taken_versions(&pairs, &folder, &folder.known()?));
    let mut converted = Vec::new();
    for pair in pairs {
        match convert::convert(&pair, options) {
            Ok(migration) => converted.push((pair, migration)),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(ProjectError::Import(faults));
    }
    if converted.is_empty() {
        return Err(ProjectError::NothingToImport(source.to_owned()));
    }
    let mut changes = Changes::default();
    let mut migrations = Vec::new();
    for (
        pair,
        Converted {
            struct_name,
            text,
            unchecked,
        },
    ) in converted
    {
        let file = folder.file(&pair.id);
        changes.create(file.clone(), text);
        migrations.push(ImportedMigration {
            id: pair.id,
            struct_name,
            file,
            up: pair.up.file,
            down: pair.down.map(|down| down.file),
            unchecked,
        });
    }
    let ids: Vec<MigrationId> = migrations
        .iter()
        .map(|migration| migration.id.clone())
        .collect();
    let module = folder.add_modules(&ids, &mut changes)?;
    changes.apply()?;
    Ok(Imported {
        migrations,
        module,
        ignored,
    })
}

/// Pairs that claim the version of another pair, or of a migration that is there. A pair whose own file is there
/// is no fault here: that is an error of its own.
fn taken_versions(pairs: &[Pair], folder: &Folder<'_>, known: &[Known]) -> Vec<ImportFault> {
    let mut faults = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        let version = pair.id.version();
        let other = pairs[..at]
            .iter()
            .find(|other| other.id.version() == version)
            .map(|other| &other.up.file)
            .or_else(|| {
                let file = folder.file(&pair.id);
                let mut taken = known.iter().filter(|known| known.id.version() == version);
                taken
                    .find(|known| known.file != file)
                    .map(|known| &known.file)
            });
        if let Some(other) = other {
            faults.push(ImportFault::of_file(
                &pair.up.file,
                format!(
                    "it comes to the version {version}, and so does {}: rename one of them",
                    other.display()
                ),
            ));
        }
    }
    faults
}
