//! No text makes the splitter, a grammar, the replay or the lints panic, hang or run out of stack; and every place they name is in the text.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "random_input/soup.rs"]
mod soup;

use migrate_schema::{
    Dialect, Finding,
    grammar::{Parsed, parse},
    replay::{Migration, Replay, Step, What},
    settings::{Product, Settings, Target},
    statement::split,
};
use proptest::prelude::*;

fn targets() -> impl Iterator<Item = Target> {
    Product::ALL.into_iter().map(Target::from)
}

fn placed(sql: &str, finding: &Finding) {
    assert!(
        sql.get(finding.range.clone()).is_some(),
        "{finding:?} in {sql:?}"
    );
    assert!(!finding.message.trim().is_empty());
    if let Some(fix) = &finding.fix {
        assert!(
            sql.get(fix.range.clone()).is_some(),
            "{finding:?} in {sql:?}"
        );
    }
    finding.render(sql, |line, column| format!("{line}:{column}"));
}

/// Parses a text as every target; replays it as a migration, and again as its own `down`.
fn try_everything(sql: &str) {
    for dialect in Dialect::ALL {
        let mut end = 0;
        for statement in split(sql, dialect) {
            assert!(statement.start >= end && sql.get(statement.start..statement.end).is_some());
            end = statement.end;
        }
    }
    for target in targets() {
        let parsed = parse(sql, &target);
        parsed
            .findings
            .iter()
            .for_each(|finding| placed(sql, finding));
        for statement in &parsed.statements {
            if let Some(tree) = &statement.tree {
                assert!(sql.get(tree.range.clone()).is_some());
            }
        }
        replay(&target, sql, &parsed);
    }
}

fn replay(target: &Target, sql: &str, parsed: &Parsed) {
    let mut replay = Replay::new(target, &Settings::default());
    replay.expect("2_second", parsed);
    for (id, conditional) in [("1_first", false), ("2_second", true), ("3_third", false)] {
        let step = || Step {
            what: What::Sql { sql, parsed },
            conditional,
        };
        let outcome = replay.migration(&Migration {
            id,
            up: vec![step()],
            down: Some(vec![step()]),
            transaction: true,
            irreversible: false,
        });
        for found in &outcome.findings {
            placed(sql, &found.finding);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text(sql in "\\PC{0,80}") {
        try_everything(&sql);
    }

    #[test]
    fn words_in_any_order(sql in soup::words()) {
        try_everything(&sql);
    }

    #[test]
    fn good_statements_with_something_wrong(sql in soup::damaged()) {
        try_everything(&sql);
    }
}

/// Every way in which SQL nests, far deeper than anybody writes. A test's thread has the 2 MiB of stack that rustc's own threads have at least.
#[test]
fn deep_nesting() {
    for depth in [200, 1_000] {
        for sql in soup::deep(depth) {
            for target in targets() {
                // The only word of a stack that has overflown.
                eprintln!("{target}, {depth} deep: {}", beginning(&sql));
                let parsed = parse(&sql, &target);
                replay(&target, &sql, &parsed);
            }
        }
    }
    for sql in soup::deep(20_000) {
        for dialect in Dialect::ALL {
            eprintln!("{dialect}, 20,000 deep: {}", beginning(&sql));
            parse(&sql, &Target::from(dialect));
        }
    }
}

fn beginning(sql: &str) -> String {
    sql.chars().take(60).collect()
}

/// What is long and flat is no nesting, and is read.
#[test]
fn long_lists_are_no_nesting() {
    let columns: String = (0..1_500).map(|n| format!(", c{n} INTEGER")).collect();
    let rows = vec!["(1, 2)"; 20_000].join(", ");
    let sql = format!(
        "CREATE TABLE t (id INTEGER{columns}); CREATE TABLE u (a INTEGER, b INTEGER); INSERT INTO u (a, b) VALUES {rows}"
    );
    for target in targets() {
        let parsed = parse(&sql, &target);
        assert_eq!(parsed.findings, [], "{target}");
        assert!(
            parsed.statements.iter().all(|one| one.tree.is_some()),
            "{target}"
        );
    }
}
