//! The folder of the migrations: which there are, and how it becomes and stays a module of the crate.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use migrate_schema::{Dialect, MigrationId};

use super::{
    Package, ProjectError, ids, insert,
    source::{self, NotRust, Source},
    write::Changes,
};

/// What was written so that the new files are modules of the crate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleLines {
    /// The file that lists the migrations: `src/migrations/mod.rs` or `src/migrations.rs`.
    pub file: PathBuf,
    /// Whether it is new.
    pub created: bool,
    /// The lines added to it: `pub mod m20260215_create_users;`.
    pub lines: Vec<String>,
    /// The line that makes the folder a module, where it was not one before.
    pub declaration: Option<Declaration>,
}

/// A line in the crate's root.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declaration {
    /// The file it was added to: `src/lib.rs`.
    pub file: PathBuf,
    /// The line: `pub mod migrations;`.
    pub line: String,
}

/// A folder of migrations.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    pub(super) directory: PathBuf,
    pub(super) dialect: Dialect,
    /// The package it belongs to; none for a folder that stands alone.
    pub(super) package: Option<&'a Package>,
}

/// A migration that the folder has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: MigrationId,
    /// The file that says so.
    pub(super) file: PathBuf,
}

impl<'a> Folder<'a> {
    pub(super) fn of(package: &'a Package) -> Self {
        Self {
            directory: package.migrations.clone(),
            dialect: package.dialect,
            package: Some(package),
        }
    }

    /// The file for a migration.
    pub(super) fn file(&self, id: &MigrationId) -> PathBuf {
        self.directory.join(format!("m{id}.rs"))
    }

    /// Every migration that a file name, an attribute or a `mod` line in the folder speaks of.
    pub(super) fn known(&self) -> Result<Vec<Known>, ProjectError> {
        let mut known = Vec::new();
        collect(&self.directory, &mut known)?;
        let (file, text) = self.module_file()?;
        for id in text.iter().flat_map(|text| ids::declared(text)) {
            push(&mut known, id, &file);
        }
        let modules = text.as_deref().map(Source::read);
        let modules = modules.and_then(Result::ok).map(|source| source.modules);
        for id in modules
            .into_iter()
            .flatten()
            .filter_map(|module| module.migration())
        {
            push(&mut known, id, &file);
        }
        Ok(known)
    }

    /// Adds to the changes what makes these migrations modules.
    pub(super) fn add_modules(
        &self,
        ids: &[MigrationId],
        changes: &mut Changes,
    ) -> Result<ModuleLines, ProjectError> {
        let (file, text) = self.module_file()?;
        let (created, before) = match text {
            Some(text) => (false, text),
            None => (true, "//! The migrations.\n".to_owned()),
        };
        let inserted = insert::migrations(&before, ids).map_err(|NotRust { line }| {
            let modules: Vec<_> = ids.iter().map(|id| format!("pub mod m{id};")).collect();
            ProjectError::NotRust {
                path: file.clone(),
                line,
                wanted: modules.join(" "),
            }
        })?;
        let declaration = match (created, self.package) {
            (true, Some(package)) => self.declare(package, &file, changes)?,
            _ => None,
        };
        if created {
            changes.create(file.clone(), inserted.text);
        } else if inserted.text != before {
            changes.edit(file.clone(), before, inserted.text);
        }
        Ok(ModuleLines {
            file,
            created,
            lines: inserted.lines,
            declaration,
        })
    }

    /// The module file and its text; where there is none yet, the one to create.
    fn module_file(&self) -> Result<(PathBuf, Option<String>), ProjectError> {
        let inside = self.directory.join("mod.rs");
        let beside = beside(&self.directory);
        for file in [&inside, &beside] {
            // A folder that stands alone has nothing to do with the file beside it.
            if file == &beside && self.package.is_none() {
                continue;
            }
            if let Some(text) = read_if_there(file)? {
                return Ok((file.clone(), Some(text)));
            }
        }
        Ok((inside, None))
    }

    /// Declares the folder, of which there is no module file yet, in the module above it.
    fn declare(
        &self,
        package: &Package,
        module: &Path,
        changes: &mut Changes,
    ) -> Result<Option<Declaration>, ProjectError> {
        let by_hand = |reason: String| ProjectError::Undeclared {
            directory: self.directory.clone(),
            module: module.to_owned(),
            reason,
        };
        let name = self
            .directory
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !is_module_name(&name) {
            return Err(by_hand(format!("`{name}` cannot be the name of a module")));
        }
        let Some(file) = self.module_above(package) else {
            return Err(by_hand(format!(
                "there is no lib.rs, main.rs or mod.rs in {} that could declare it",
                parent(&self.directory).display()
            )));
        };
        let Some(before) = read_if_there(&file)? else {
            return Err(by_hand(format!("{} is not there", file.display())));
        };
        let line = format!("pub mod {name};");
        let not_rust = |NotRust { line: at }| ProjectError::NotRust {
            path: file.clone(),
            line: at,
            wanted: line.clone(),
        };
        let source = Source::read(&before).map_err(not_rust)?;
        match source.modules.iter().find(|module| module.name == name) {
            Some(module) if module.inline => Err(by_hand(format!(
                "{} has its own `mod {name} {{ … }}`",
                file.display()
            ))),
            Some(_) => Ok(None),
            None => {
                let inserted = insert::declaration(&before, &name).map_err(not_rust)?;
                changes.edit(file.clone(), before, inserted.text);
                Ok(Some(Declaration { file, line }))
            }
        }
    }

    /// The file of the module that the folder is a part of: the root of the library or else of a binary, or the
    /// module file of the folder above.
    fn module_above(&self, package: &Package) -> Option<PathBuf> {
        let above = parent(&self.directory);
        let roots = package.library.iter().chain(&package.binaries);
        let root = roots
            .map(|target| &target.root)
            .find(|root| parent(root) == above);
        let candidates = [above.join("mod.rs"), beside(above)];
        root.cloned()
            .or_else(|| candidates.into_iter().find(|file| file.is_file()))
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn is_module_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The file beside a folder that can be its module: `src/migrations.rs`.
fn beside(directory: &Path) -> PathBuf {
    let mut name = directory.file_name().unwrap_or_default().to_owned();
    name.push(".rs");
    directory.with_file_name(name)
}

fn read_if_there(file: &Path) -> Result<Option<String>, ProjectError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ProjectError::Read {
            path: file.to_owned(),
            source,
        }),
    }
}

/// Collects from a folder and those below it; one that does not exist has nothing.
fn collect(directory: &Path, known: &mut Vec<Known>) -> Result<(), ProjectError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| ProjectError::Read { path, source }
    };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(unreadable(directory)(source)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unreadable(directory))?;
        // A link to a folder may lead back here.
        let kind = entry.file_type().map_err(unreadable(&entry.path()))?;
        paths.push((entry.path(), kind.is_dir()));
    }
    paths.sort();
    for (path, is_directory) in paths {
        if is_directory {
            collect(&path, known)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            if let Some(id) = source::migration_of_module(&stem) {
                push(known, id, &path);
            }
            let bytes = fs::read(&path).map_err(unreadable(&path))?;
            for id in ids::declared(&String::from_utf8_lossy(&bytes)) {
                push(known, id, &path);
            }
        }
    }
    Ok(())
}

fn push(known: &mut Vec<Known>, id: MigrationId, file: &Path) {
    if known.iter().all(|there| there.id != id) {
        known.push(Known {
            id,
            file: file.to_owned(),
        });
    }
}
