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
    Dialect, Finding, Level,
    catalog::Catalog,
    grammar,
    settings::{Settings, Target},
};

/// The first error in a text.
fn refused(catalog: &mut Catalog, sql: &str) -> Option<String> {
    let parsed = grammar::parse(sql, catalog.target());
    let is_error = |one: &Finding| {
        // Who runs it opens and closes the transaction.
        one.code.level() == Level::Deny && one.code.name() != "transaction_control"
    };
    if let Some(finding) = parsed.findings.into_iter().find(is_error) {
        return Some(finding.message);
    }
    let statements = parsed.statements.into_iter().filter_map(|one| one.tree);
    for action in statements.flat_map(|one| one.actions) {
        if let Some(finding) = catalog.apply(&action, sql).into_iter().find(is_error) {
            return Some(finding.message);
        }
    }
    None
}

fn compare(dialect: Dialect, name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/verdicts")
        .join(name);
    let text = fs::read_to_string(file).unwrap();
    let (schema, cases) = text.split_once("\n====\n").unwrap();
    let mut before = Catalog::new(&Target::from(dialect), &Settings::default());
    before.begin("m1");
    assert_eq!(refused(&mut before, schema), None, "the schema");
    before.begin("m2");
    let mut wrong = Vec::new();
    for case in cases.lines().filter(|line| !line.starts_with("  ")) {
        let (Some(mark), Some(sql)) = (case.get(..2), case.get(2..)) else {
            panic!("{case}");
        };
        let sql = sql.replace("\\n", "\n");
        match (mark, refused(&mut before.clone(), &sql)) {
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
fn types_of_postgres() {
    compare(Dialect::Postgres, "postgres_types.txt");
}

#[test]
fn functions_of_postgres() {
    compare(Dialect::Postgres, "postgres_functions.txt");
}

#[test]
fn partitions_of_postgres() {
    compare(Dialect::Postgres, "postgres_partitions.txt");
}

#[test]
fn triggers_of_mariadb() {
    compare(Dialect::Mysql, "mariadb_triggers.txt");
}

#[test]
fn rows_of_postgres() {
    compare(Dialect::Postgres, "postgres_rows.txt");
}

#[test]
fn statements_of_sqlite() {
    compare(Dialect::Sqlite, "sqlite.txt");
}

#[test]
fn statements_of_mariadb() {
    compare(Dialect::Mysql, "mariadb.txt");
}
