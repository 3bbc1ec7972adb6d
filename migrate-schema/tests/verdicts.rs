//! What real engines say of many statements on a small schema, and what is said here.
//!
//! `verdicts/*.txt` were written down from PostgreSQL 15, MariaDB 10.11 and SQLite 3.50: the schema, `====`, and a
//! statement a line, in which `\n` is a new line:
//!
//! - `+` the engine takes it, and nothing may be said of it;
//! - `!` the engine refuses it, with the message of the next line, and so must be done here;
//! - `?` the engine refuses it, and nobody here knows it yet.

#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the helpers of a test for the program"
)]

use std::{fs, path::Path};

use migrate_schema::{
    Dialect, Level,
    grammar::{self, Parsed},
    replay::{Migration, Replay, Step, What},
    settings::{Settings, Target},
};

/// The first error in a migration behind the schema.
fn refused(dialect: Dialect, schema: &str, sql: &str) -> Option<String> {
    let target = Target::from(dialect);
    let texts = [schema, sql];
    let parsed = texts.map(|text| grammar::parse(text, &target));
    assert_eq!(parsed[0].findings, [], "the schema");
    let is_error = |level: Level| level == Level::Deny;
    let mut of_syntax = parsed[1].findings.iter();
    let transaction = |code: &str| code == "transaction_control" || code == "foreign_keys_pragma";
    if let Some(finding) =
        of_syntax.find(|one| is_error(one.code.level()) && !transaction(one.code.name()))
    {
        return Some(finding.message.clone());
    }
    let settings = Settings::default();
    let mut replay = Replay::new(&target, &settings);
    for (id, parsed) in ["m1", "m2"].iter().zip(&parsed) {
        replay.expect(id, parsed);
    }
    let mut run = |id: &str, sql: &str, parsed: &Parsed| {
        let outcome = replay.migration(&Migration {
            id,
            up: vec![Step {
                what: What::Sql { sql, parsed },
                conditional: false,
            }],
            down: None,
            transaction: false,
            irreversible: true,
        });
        let mut findings = outcome.findings.into_iter().map(|placed| placed.finding);
        findings.find(|one| is_error(one.code.level()))
    };
    let of_schema = run("m1", schema, &parsed[0]);
    assert_eq!(of_schema, None, "the schema");
    run("m2", sql, &parsed[1]).map(|finding| finding.message)
}

fn compare(dialect: Dialect, name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/verdicts")
        .join(name);
    let text = fs::read_to_string(file).unwrap();
    let (schema, cases) = text.split_once("\n====\n").unwrap();
    let mut wrong = Vec::new();
    for case in cases.lines().filter(|line| !line.starts_with("  ")) {
        let (Some(mark), Some(sql)) = (case.get(..2), case.get(2..)) else {
            panic!("{case}");
        };
        let sql = sql.replace("\\n", "\n");
        match (mark, refused(dialect, schema, &sql)) {
            ("+ ", Some(message)) => wrong.push(format!("refused: {sql}\n    {message}")),
            ("! ", None) => wrong.push(format!("taken: {sql}")),
            ("? ", Some(message)) => wrong.push(format!("known by now: {sql}\n    {message}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bodies_of_postgres() {
    compare(Dialect::Postgres, "postgres_bodies.txt");
}

#[test]
fn definitions_of_postgres() {
    compare(Dialect::Postgres, "postgres_definitions.txt");
}

#[test]
fn rows_of_postgres() {
    compare(Dialect::Postgres, "postgres_rows.txt");
}
