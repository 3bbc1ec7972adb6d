use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::{DateTime, date};
use migrate_cli::project::{Location, MakeOptions, Package, ProjectError, locate};
use tempfile::TempDir;

/// A folder with files, which goes away with it.
pub(crate) struct Tree {
    folder: TempDir,
}

impl Tree {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    /// A library that uses migrate, with these files besides.
    pub(crate) fn library(files: &[(&str, &str)]) -> Self {
        let tree = Self::new(&[
            ("Cargo.toml", &manifest("blog", "")),
            ("src/lib.rs", "//! A blog.\n\nuse std::fmt;\n"),
        ]);
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        // macOS reaches its temporary folder through a link, and Cargo does not.
        self.folder.path().canonicalize().unwrap().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn locate(&self) -> Result<Package, ProjectError> {
        locate(&Location {
            directory: self.path(""),
            ..Location::default()
        })
    }

    pub(crate) fn package(&self) -> Package {
        self.locate().unwrap()
    }

    /// Every file with its contents, and every folder.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        collect(self.folder.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
            found.insert(path, None);
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, Some(bytes));
        }
    }
}

/// A Cargo.toml of a package that uses migrate.
pub(crate) fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nmigrate-core = \"0.1\"\n\n{more}"
    )
}

/// A moment that the tests share.
pub(crate) fn now() -> DateTime {
    date(2026, 2, 15).at(9, 30, 0, 0)
}

pub(crate) fn options() -> MakeOptions {
    MakeOptions {
        now: Some(now()),
        ..MakeOptions::default()
    }
}
