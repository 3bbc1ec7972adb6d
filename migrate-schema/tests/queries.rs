//! Names in queries: what the engine refuses is refused, and what it takes is not.
//!
//! Every line of `queries/*.txt` meets a database made by the `.sql` file beside it. A line is `ok`, `no` (refused) or
//! `unsaid` (the engine refuses it, for a reason that is not ours to tell), and SQL. SQLite itself says whether that is
//! right; PostgreSQL 15 and MariaDB 10.11 were asked once.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use migrate_schema::{
    Dialect, Finding, Level,
    catalog::Catalog,
    grammar,
    settings::{Settings, Target},
};

/// Applies a text, and gives the errors.
fn apply(catalog: &mut Catalog, sql: &str) -> Vec<Finding> {
    let parsed = grammar::parse(sql, catalog.target());
    let mut findings = parsed.findings;
    for statement in parsed.statements.iter().filter_map(|one| one.tree.as_ref()) {
        for action in &statement.actions {
            findings.extend(catalog.apply(action, sql));
        }
    }
    findings.retain(|finding| finding.code.level() == Level::Deny);
    findings
}

/// The lines of a table of cases, that are judged otherwise.
fn differences(dialect: Dialect, setup: &str, cases: &str) -> Vec<String> {
    // Nothing comes from elsewhere: the engines knew of nothing else either.
    let settings = Settings {
        closed: true,
        ..Settings::default()
    };
    let mut catalog = Catalog::new(&Target::from(dialect), &settings);
    catalog.begin("20260101_setup");
    let errors = apply(&mut catalog, setup);
    assert!(errors.is_empty(), "{errors:?}");
    catalog.begin("20260102_case");
    let mut wrong = Vec::new();
    for line in cases.lines().filter(|line| !line.is_empty()) {
        let (expected, sql) = line.split_once(' ').unwrap();
        let errors = apply(&mut catalog.clone(), sql);
        if errors.is_empty() != (expected != "no") {
            let errors: Vec<_> = errors.iter().map(|one| one.message.as_str()).collect();
            wrong.push(format!("{line}\n    {errors:?}"));
        }
        for error in &errors {
            assert!(sql.get(error.range.clone()).is_some(), "{sql}: {error:?}");
        }
    }
    wrong
}

fn agree(dialect: Dialect, setup: &str, cases: &str) {
    let wrong = differences(dialect, setup, cases);
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    const SETUP: &str = include_str!("queries/sqlite.sql");
    const CASES: &str = include_str!("queries/sqlite.txt");

    #[test]
    fn the_table_of_cases_is_what_the_engine_says() {
        for line in CASES.lines() {
            let (expected, sql) = line.split_once(' ').unwrap();
            let connection = rusqlite::Connection::open_in_memory().unwrap();
            connection.execute_batch(SETUP).unwrap();
            let verdict = connection.execute_batch(sql);
            assert_eq!(verdict.is_ok(), expected == "ok", "{sql}: {verdict:?}");
        }
    }

    #[test]
    fn sqlite() {
        agree(Dialect::Sqlite, SETUP, CASES);
    }
}

#[cfg(feature = "postgres")]
#[test]
fn postgres() {
    agree(
        Dialect::Postgres,
        include_str!("queries/postgres.sql"),
        include_str!("queries/postgres.txt"),
    );
}

#[cfg(feature = "mysql")]
#[test]
fn mysql() {
    agree(
        Dialect::Mysql,
        include_str!("queries/mysql.sql"),
        include_str!("queries/mysql.txt"),
    );
}
