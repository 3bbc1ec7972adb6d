//! What rustc says of each code: every example of a page in `docs/lints/` becomes a crate of its own that the real Cargo checks, and its message is
//! compared with `codes/<code>.txt`. `SNAPSHOTS=overwrite cargo test -p migrate-tests --test codes` writes the texts anew; read them before you keep them.
//!
//! Codes that SQL alone does not show (attributes, settings, folders) have their cases in `ui/`.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use migrate_schema::{
    Code,
    lint::{Example, Page, pages},
};
use migrate_tests::Application;
use serde_json::Value;
use snapbox::{Assert, Data};

const SHOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/codes");
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui");

/// What is said of files alone: `cli_lint` shows it, and it is a warning or an error of `migrations!` with the same words.
const OF_FILES: [&str; 5] = [
    "down_without_up",
    "marker",
    "mixed_layouts",
    "not_utf8",
    "stray_file",
];

/// What the settings of a project have to say before anything is found.
const NAMING: Example = Example::new(
    "sqlite",
    &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"],
    "CREATE INDEX by_email ON users (email)",
    "CREATE INDEX users_email_idx ON users (email)",
);

#[test]
fn every_code_is_shown_by_rustc() {
    let mut examples: BTreeMap<&str, (&Page, &Example)> = BTreeMap::new();
    for page in pages().filter(|page| !Path::new(CASES).join(page.code.name()).exists()) {
        let example = match page.code {
            Code::Naming => Some(&NAMING),
            _ => page.examples.iter().find(|one| one.is_sql()),
        };
        examples.extend(example.map(|example| (page.code.name(), (page, example))));
    }
    let shown = messages(&examples);
    for (name, message) in &shown {
        let path = Path::new(SHOWN).join(format!("{name}.txt"));
        Assert::new()
            .action_env("SNAPSHOTS")
            .eq(message, Data::read_from(&path, None).raw());
    }
    let silent: Vec<_> = examples
        .keys()
        .filter(|name| !shown.contains_key(**name))
        .collect();
    assert!(silent.is_empty(), "rustc says nothing of {silent:?}");
    let cases = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    let mut all = cases(SHOWN);
    assert_eq!(
        all,
        shown.keys().map(|name| (*name).to_owned()).collect(),
        "a text without its code"
    );
    all.extend(cases(CASES));
    let missing: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !all.contains(*name) && !OF_FILES.contains(name))
        .collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

/// What rustc says of each example, by code.
fn messages<'a>(examples: &BTreeMap<&'a str, (&Page, &Example)>) -> BTreeMap<&'a str, String> {
    let application = Application::new("codes");
    let mut manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"case/*\"]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n".to_owned();
    application.write("Cargo.toml", &manifest);
    for (name, (page, example)) in examples {
        manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nmigrate-core = {{ path = '{}', default-features = false, features = [\"check-sqlite\", \"check-postgres\", \"check-mysql\"] }}\n\n\
             [package.metadata.migrate]\ndialects = [\"{}\"]\n\n[package.metadata.migrate.lints]\n{name} = \"deny\"\n{}",
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../migrate-core")
                .canonicalize()
                .unwrap()
                .display(),
            example.on,
            match page.code {
                // A lint for files that other tools run.
                Code::PragmaInTransaction => "transaction_control = \"allow\"\n",
                Code::Naming =>
                    "\n[package.metadata.migrate.naming]\nindex = \"{table}_{columns}_idx\"\n",
                _ => "",
            },
        );
        application.write(&format!("case/{name}/Cargo.toml"), &manifest);
        application.write(
            &format!("case/{name}/src/lib.rs"),
            &source(page.code, example),
        );
    }
    let ran = application.cargo("check --workspace --keep-going --quiet --message-format=json");
    let mut shown = BTreeMap::new();
    for line in ran.out.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let (Some(package), Some(text)) = (
            message["target"]["name"].as_str(),
            message["message"]["rendered"].as_str(),
        ) else {
            continue;
        };
        let Some(name) = examples.keys().find(|name| **name == package) else {
            continue;
        };
        if text.contains(&format!("[{name}]")) {
            shown
                .entry(*name)
                .or_insert_with(String::new)
                .push_str(text);
        }
    }
    shown
}

/// A crate with the migrations of an example.
fn source(code: Code, example: &Example) -> String {
    let mut text = "use migrate_core::prelude::*;\n".to_owned();
    for (at, sql) in example.given.iter().enumerate() {
        let number = at + 1;
        text += &format!(
            "\n#[migration(\"{number}_given\", up = r##\"{sql}\"##, irreversible = \"an example\")]\npub struct Given{number};\n"
        );
    }
    let number = example.given.len() + 1;
    let options = if example.transaction {
        ""
    } else {
        ", transaction = false"
    };
    // Who says so has thought of it, and is not told.
    let back = if code == Code::IrreversibleChange {
        "down = \"SELECT 1\""
    } else {
        "irreversible = \"an example\""
    };
    text + &format!(
        "\n#[migration(\"{number}_found\", up = r##\"{}\"##, {back}{options})]\npub struct Found;\n",
        example.bad
    )
}
