//! Random histories on the real engine and in the catalog: what SQLite takes is never refused, and what it refuses is.
//!
//! The tables stay empty (statements that change rows are only prepared), so that what the engine says follows from the
//! schema alone. The histories are the same in every run; `HISTORIES=from..to` chooses others.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

#[path = "histories_on_sqlite/generator.rs"]
mod generator;

use generator::Generator;
use migrate_schema::{
    Dialect, Finding, Level,
    catalog::Catalog,
    grammar,
    settings::{Settings, Target},
};

/// What the catalog says of a statement.
fn refusals(catalog: &mut Catalog, sql: &str) -> Vec<Finding> {
    let parsed = grammar::parse(sql, &Target::from(Dialect::Sqlite));
    let mut findings = parsed.findings;
    if findings.is_empty() {
        for statement in parsed.statements.iter().filter_map(|one| one.tree.as_ref()) {
            for action in &statement.actions {
                findings.extend(catalog.apply(action, sql));
            }
        }
    }
    findings.retain(|finding| finding.code.level() == Level::Deny);
    findings
}

fn changes_the_schema(sql: &str) -> bool {
    matches!(sql.split(' ').next(), Some("CREATE" | "ALTER" | "DROP"))
}

/// Runs what changes the schema, and prepares the rest.
fn engine(connection: &rusqlite::Connection, sql: &str) -> Result<(), String> {
    let result = if changes_the_schema(sql) {
        connection.execute_batch(sql)
    } else {
        connection.prepare(sql).map(drop)
    };
    result.map_err(|error| error.to_string())
}

/// The first statement of a random history on which the two disagree.
fn disagreement(seed: u64, length: usize) -> Option<String> {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    let settings = Settings {
        closed: true,
        ..Settings::default()
    };
    let mut catalog = Catalog::new(&Target::from(Dialect::Sqlite), &settings);
    let mut generator = Generator::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 12345);
    let mut history = String::new();
    for at in 0..length {
        let sql = generator.statement(&connection);
        catalog.begin(&format!("20260101_{at:04}"));
        let verdict = engine(&connection, &sql);
        // What is refused, and what changes rows, leaves no trace.
        let before = catalog.clone();
        let findings = refusals(&mut catalog, &sql);
        if !findings.is_empty() || !changes_the_schema(&sql) {
            catalog = before;
        }
        if verdict.is_err() == findings.is_empty() {
            let findings: Vec<_> = findings.iter().map(|one| one.message.as_str()).collect();
            return Some(format!(
                "history {seed}:\n{history}-- here they disagree:\n{sql};\n    SQLite: {verdict:?}\n    catalog: {findings:?}"
            ));
        }
        if verdict.is_ok() && changes_the_schema(&sql) {
            history += &format!("{sql};\n");
        }
    }
    None
}

#[test]
fn the_engine_and_the_catalog_agree() {
    let chosen = std::env::var("HISTORIES").ok();
    let (from, to) = chosen
        .as_deref()
        .and_then(|range| range.split_once(".."))
        .map_or((0, 100), |(from, to)| {
            (from.parse().unwrap(), to.parse().unwrap())
        });
    let all: Vec<String> = (from..to)
        .filter_map(|seed| disagreement(seed, 40))
        .collect();
    assert!(
        all.is_empty(),
        "{} disagree\n{}",
        all.len(),
        all.join("\n\n")
    );
}
