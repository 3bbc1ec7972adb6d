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

/// What is said of files alone: `cli_lint` shows it, and it is a warning or an error of `migrations!` with the same words.
const OF_FILES: [&str; 5] = [
    "down_without_up",
    "marker",
    "mixed_layouts",
    "not_utf8",
    "stray_file",
];

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

#[test]
fn every_code_has_a_case_that_shows_it() {
    // The examples of a lint are tested beside it; `unsupported_by_target` is not a lint alone.
    let lints: BTreeSet<Code> = migrate_schema::lint::all()
        .map(|lint| lint.page.code)
        .filter(|code| *code != Code::UnsupportedByTarget)
        .collect();
    let codes: BTreeSet<String> = Code::ALL
        .iter()
        .filter(|code| !lints.contains(code))
        .map(|code| code.name().to_owned())
        .filter(|code| !OF_FILES.contains(&code.as_str()))
        .collect();
    let other = ["compiler", "pass"].map(str::to_owned);
    let expected: BTreeSet<String> = codes.iter().cloned().chain(other).collect();
    assert_eq!(folders(), expected, "one folder for each code");
    for code in &codes {
        let outputs = files(code, "stderr");
        assert!(!outputs.is_empty(), "`{code}` has no case");
        for output in outputs {
            let text = fs::read_to_string(&output).unwrap();
            // rustc reports a name that is there twice.
            let mark = if code == "duplicate_id" {
                "E0428".to_owned()
            } else {
                code.clone()
            };
            assert!(
                text.contains(&format!("[{mark}]")),
                "{} has no [{mark}]",
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
