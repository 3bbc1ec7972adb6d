//! Names in queries: what SQLite refuses is refused, and what it takes is not.
//!
//! Every line of `queries/sqlite.txt` runs on a database of its own, made by `queries/sqlite.sql`. A line is `ok`, `no`
//! (refused) or `unsaid` (SQLite refuses it, for a reason that is not ours to tell), and SQL; the engine itself says whether
//! that is right.
#![cfg(feature = "sqlite")]

use migrate_schema::{
    Dialect, Finding, Level,
    catalog::Catalog,
    grammar,
    settings::{Settings, Target},
};

const SETUP: &str = include_str!("queries/sqlite.sql");
const CASES: &str = include_str!("queries/sqlite.txt");

fn target() -> Target {
    Target::from(Dialect::Sqlite)
}

/// Applies a text, and gives the errors.
fn apply(catalog: &mut Catalog, sql: &str) -> Vec<Finding> {
    let parsed = grammar::parse(sql, &target());
    let mut findings = parsed.findings;
    for statement in parsed.statements.iter().filter_map(|one| one.tree.as_ref()) {
        for action in &statement.actions {
            findings.extend(catalog.apply(action, sql));
        }
    }
    findings.retain(|finding| finding.code.level() == Level::Deny);
    findings
}

fn engine(sql: &str) -> Result<(), String> {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(SETUP).unwrap();
    connection
        .execute_batch(sql)
        .map_err(|error| error.to_string())
}

#[test]
fn the_engine_and_the_catalog_agree() {
    let settings = Settings::default();
    let mut catalog = Catalog::new(&target(), &settings);
    catalog.begin("20260101_setup");
    let errors = apply(&mut catalog, SETUP);
    assert!(errors.is_empty(), "{errors:?}");
    catalog.begin("20260102_case");
    let mut wrong = Vec::new();
    for line in CASES.lines().filter(|line| !line.is_empty()) {
        let (expected, sql) = line.split_once(' ').unwrap();
        let verdict = engine(sql);
        assert_eq!(verdict.is_ok(), expected == "ok", "{sql}: {verdict:?}");
        let errors = apply(&mut catalog.clone(), sql);
        if errors.is_empty() != (expected != "no") {
            let errors: Vec<_> = errors.iter().map(|one| one.message.as_str()).collect();
            wrong.push(format!(
                "{sql}\n    SQLite: {verdict:?}\n    catalog: {errors:?}"
            ));
        }
        for error in &errors {
            assert!(sql.get(error.range.clone()).is_some(), "{sql}: {error:?}");
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
