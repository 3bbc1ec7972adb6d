//! What the compiler says to users.
//!
//! A case is a file: `ui/<code>/<case>.rs` with the compiler's output beside it, one folder for each code that a
//! message can have. `ui/compiler` has mistakes for which rustc has words of its own, and `ui/pass` what must
//! compile and run. After a change, `TRYBUILD=overwrite cargo test -p migrate-tests --test ui` writes the outputs
//! anew; read them before you keep them.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "ui/configuration.rs"]
mod configuration;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use migrate_schema::Code;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui");

#[test]
fn what_is_right_compiles_and_runs() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

/// All in one: without programs to run, trybuild compiles the cases together.
#[test]
fn what_is_wrong_is_explained() {
    let cases = trybuild::TestCases::new();
    for folder in folders().into_iter().filter(|folder| folder != "pass") {
        if !files(&folder, "rs").is_empty() {
            cases.compile_fail(format!("ui/{folder}/*.rs"));
        }
    }
}

/// Other codes are shown by the examples of their pages: see `codes.rs`.
#[test]
fn every_case_shows_the_code_that_its_folder_is_called_by() {
    for folder in folders()
        .iter()
        .filter(|name| !["compiler", "pass"].contains(&name.as_str()))
    {
        assert!(
            Code::ALL.iter().any(|code| code.name() == folder),
            "`{folder}` is no code"
        );
        let outputs = files(folder, "stderr");
        assert!(!outputs.is_empty(), "`{folder}` has no case");
        for output in outputs {
            let text = fs::read_to_string(&output).unwrap();
            assert!(
                text.contains(&format!("[{folder}]")),
                "{} has no [{folder}]",
                output.display()
            );
        }
    }
}

/// A case that was removed or renamed leaves no output behind.
#[test]
fn every_output_belongs_to_a_case() {
    for folder in folders() {
        for output in files(&folder, "stderr") {
            let case = ["rs", "toml"].map(|extension| output.with_extension(extension));
            assert!(
                case.iter().any(|case| case.exists()),
                "{} has no case",
                output.display()
            );
        }
    }
}

fn folders() -> BTreeSet<String> {
    let entries = fs::read_dir(CASES)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(CASES).join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}
