use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use migrate_schema::{Finding, finding::line_and_column};

/// Why something could not be done with the source tree. Where this is returned, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// Cargo itself did not start.
    #[error(
        "cannot run `{program} metadata`: {source}; it tells where the package is: install Cargo, or set CARGO to its path"
    )]
    CargoNotRun {
        /// What was to be run.
        program: String,
        /// Why it did not.
        source: io::Error,
    },
    /// Cargo does not know what package this is.
    #[error(
        "`cargo metadata` in {} failed: {message}; run this inside a Cargo package, or name one with `--manifest-path`",
        .directory.display()
    )]
    CargoMetadata {
        /// Where it was run.
        directory: PathBuf,
        /// What Cargo said.
        message: String,
    },
    /// Cargo answered with something else than its format 1.
    #[error(
        "cannot read the output of `cargo metadata`: {0}; this needs a Cargo that knows `--format-version 1`"
    )]
    MetadataFormat(serde_json::Error),
    /// The workspace has no package of the name given.
    #[error("the workspace has no package `{name}`; it has {}", list(.members))]
    UnknownPackage {
        /// The name given.
        name: String,
        /// The packages of the workspace.
        members: Vec<String>,
    },
    /// No package of the workspace is the obvious one.
    #[error(
        "{} is in no package of its workspace, and {}: choose a package with `-p`: {}",
        .directory.display(),
        if *.using_migrate { "several of its packages use migrate-core" } else { "none of its packages uses migrate-core" },
        list(.candidates)
    )]
    WhichPackage {
        /// The directory it was looked for from.
        directory: PathBuf,
        /// Whether the candidates use migrate-core; else they are all packages of the workspace.
        using_migrate: bool,
        /// The packages it may be.
        candidates: Vec<String>,
    },
    /// `[package.metadata.migrate]` has a value that cannot be used.
    #[error("{}: [package.metadata.migrate] {message}", .manifest.display())]
    Configuration {
        /// The Cargo.toml.
        manifest: PathBuf,
        /// What is wrong and what to write.
        message: String,
    },
    /// A name from which no identifier can be made.
    #[error(
        "`{name}` cannot be the name of a migration: {reason}; write what it does in words, such as `create_users`"
    )]
    Name {
        /// The name given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// All numbers of a day are taken.
    #[error(
        "{0} already has the migration number 99, the last of a day: go on tomorrow (days are counted in UTC)"
    )]
    DayFull(Date),
    /// All numbers are taken.
    #[error(
        "the migration number {0} is the last that has seven digits: go on with a date, `YYYYMMDD_name`"
    )]
    NumbersUsedUp(u32),
    /// Files that would have been overwritten.
    #[error("{} already there, and is never overwritten: {}", plural(.0.len(), "file is", "files are"), paths(.0))]
    Exists(Vec<PathBuf>),
    /// Something could not be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something could not be written. What had been written before it was taken back.
    #[error("cannot write {}: {source}; nothing was changed", .path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Writing failed, and so did taking back what had been written before.
    #[error("{cause}, except that this could not be taken back: {}", paths(.left))]
    NotUndone {
        /// Why writing failed.
        cause: Box<Self>,
        /// What is still changed.
        left: Vec<PathBuf>,
    },
    /// A file was changed by somebody else in between.
    #[error("{} was changed while it was being worked on: run this again", .0.display())]
    ChangedMeanwhile(PathBuf),
    /// A Rust file in which no place for a line can be found.
    #[error("{}:{line}: this is no Rust that can be read, so no line can be added to it: repair it, or write `{wanted}` into it by hand and run this again", .path.display())]
    NotRust {
        /// The file.
        path: PathBuf,
        /// The line with what cannot be read, from 1.
        line: usize,
        /// What was to be added.
        wanted: String,
    },
    /// The migrations directory is no module of the crate, and no module line can make it one.
    #[error("{} is no module yet: {reason}; create {} and declare it by hand, then run this again", .directory.display(), .module.display())]
    Undeclared {
        /// The migrations directory.
        directory: PathBuf,
        /// The file to create.
        module: PathBuf,
        /// Why it is not done automatically.
        reason: String,
    },
    /// A folder in which there is nothing to import.
    #[error("{} holds no migration: name the folder that holds the SQL files, such as 0001_create_users.up.sql, 0001_create_users.sql or 0001_create_users/up.sql", .0.display())]
    NothingToImport(PathBuf),
    /// What is wrong with the files of an import, all of it.
    #[error("nothing was imported: {}{}", plural(.0.len(), "fault", "faults"), faults(.0))]
    Import(Vec<ImportFault>),
}

/// One thing that stands in the way of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportFault {
    /// The SQL file.
    pub file: PathBuf,
    /// The line and the column (in characters), both from 1, where it is about a place in the file.
    pub place: Option<(usize, usize)>,
    /// What is wrong, and what to do.
    pub message: String,
    /// Whether `keep_going` imports the file nevertheless.
    pub can_be_kept: bool,
    /// The message with its place, the line of SQL and carets.
    pub(crate) rendered: Option<String>,
}

impl ImportFault {
    /// At the place of a finding in the text of the file.
    pub(crate) fn at(file: &Path, text: &str, finding: &Finding) -> Self {
        let shown = file.display();
        let place = |line, column| format!("{shown}:{line}:{column}");
        Self {
            place: Some(line_and_column(text, finding.range.start)),
            rendered: Some(finding.render(text, place)),
            ..Self::of_file(file, &finding.message)
        }
    }

    pub(crate) fn of_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            place: None,
            message: message.into(),
            can_be_kept: false,
            rendered: None,
        }
    }
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match (&self.rendered, self.place) {
            (Some(rendered), _) => f.write_str(rendered),
            (None, Some((line, column))) => write!(f, "{file}:{line}:{column}: {}", self.message),
            (None, None) => write!(f, "{file}: {}", self.message),
        }
    }
}

fn faults(faults: &[ImportFault]) -> String {
    let mut text: String = faults.iter().map(|fault| format!("\n\n{fault}")).collect();
    let kept = faults.iter().filter(|fault| fault.can_be_kept).count();
    if kept > 0 {
        text += &format!(
            "\n\nSQL that is refused can be imported as it is, unchecked ({kept} of {} here): use `--keep-going`",
            faults.len()
        );
    }
    text
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn paths(paths: &[PathBuf]) -> String {
    let texts: Vec<_> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    texts.join(", ")
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
