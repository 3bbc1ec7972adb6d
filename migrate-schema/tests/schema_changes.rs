//! Any schema becomes any other by the statements that are written for it, and the way back leads back: as the replay
//! understands them, and on a real PostgreSQL and a real MariaDB, on tables with rows.

#![cfg(all(
    unix,
    feature = "schema",
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql"
))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the helpers of a test for the program"
)]

#[path = "schema_changes/any.rs"]
mod any;

use migrate_schema::{
    Dialect,
    schema::{
        Reading, Schema, ddl,
        diff::{Hints, diff},
    },
    settings::{Settings, Target},
};
use migrate_test_servers::{Database, MariaDb, Postgres};
use proptest::prelude::*;

/// How many pairs of schemas are tried on a server.
const PAIRS: u64 = 8;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_written_is_what_was_meant(dialect in prop::sample::select(Dialect::ALL.to_vec()), seed: u64) {
        let schema = any::schema(dialect, seed);
        let made = read(dialect, &[created(&schema)]);
        prop_assert_eq!(told(&made, &schema), Vec::<String>::new());
        prop_assert_eq!(told(&schema, &made), Vec::<String>::new());
    }

    #[test]
    fn one_becomes_the_other(dialect in prop::sample::select(vec![Dialect::Postgres, Dialect::Mysql]), seeds: (u64, u64)) {
        let (from, to) = (any::schema(dialect, seeds.0), any::schema(dialect, seeds.1));
        let changed = read(dialect, &[created(&from), changes(&from, &to)]);
        prop_assert_eq!(told(&changed, &to), Vec::<String>::new(), "{}", changes(&from, &to));
    }
}

#[test]
fn postgres_becomes_what_it_is_to_be() {
    if let Some(server) = Postgres::shared() {
        there_and_back(Dialect::Postgres, || server.database());
    }
}

#[test]
fn mariadb_becomes_what_it_is_to_be() {
    if let Some(server) = MariaDb::shared() {
        there_and_back(Dialect::Mysql, || server.database());
    }
}

/// A database that was changed and one that was made so are dumped alike.
fn there_and_back(dialect: Dialect, database: impl Fn() -> Database) {
    let mut last: Option<(Schema, Database, Vec<String>)> = None;
    for seed in 0..=PAIRS {
        let schema = any::schema(dialect, seed);
        let made = database();
        made.run(&script(dialect, &created(&schema)));
        let definitions = definitions(&made);
        made.run(&any::rows(&schema));
        if let Some((before, changed, its_definitions)) = &last {
            let up = changes(before, &schema);
            run(changed, dialect, &up);
            assert_eq!(self::definitions(changed), definitions, "seed {seed}\n{up}");
            let down = changes(&schema, before);
            run(changed, dialect, &down);
            assert_eq!(
                &self::definitions(changed),
                its_definitions,
                "back from seed {seed}\n{down}"
            );
        }
        last = Some((schema, made, definitions));
    }
}

#[track_caller]
fn run(database: &Database, dialect: Dialect, sql: &str) {
    if let Err(error) = database.try_run(&script(dialect, sql)) {
        panic!("{error}\nin\n{sql}");
    }
}

/// The text for the engine's own client.
fn script(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::Mysql => format!("SET sql_mode = 'STRICT_ALL_TABLES';\n{sql}"),
        _ => sql.to_owned(),
    }
}

/// The lines of a dump, whatever the order of columns and of things.
fn definitions(database: &Database) -> Vec<String> {
    let dump = database.dump();
    let lines = dump.lines().map(|line| line.trim().trim_end_matches(','));
    let says = |line: &&str| !line.is_empty() && !line.starts_with("--");
    let mut lines: Vec<String> = lines
        .filter(says)
        .map(|line| {
            // What was counted on the way.
            let words = line.split(' ');
            let words = words.filter(|word| !word.starts_with("AUTO_INCREMENT="));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect();
    lines.sort();
    lines
}

fn created(schema: &Schema) -> String {
    ddl::script(&ddl::create(schema).unwrap())
}

fn changes(from: &Schema, to: &Schema) -> String {
    let changes = diff(from, to, &Hints::default());
    ddl::script(&ddl::change(from, to, &changes).unwrap())
}

fn told(from: &Schema, to: &Schema) -> Vec<String> {
    let changes = diff(from, to, &Hints::default());
    changes.iter().map(ToString::to_string).collect()
}

/// What the texts build, none of which may be refused.
fn read(dialect: Dialect, texts: &[String]) -> Schema {
    let target: Target = match dialect {
        Dialect::Mysql => "mariadb".parse().unwrap(),
        other => other.into(),
    };
    let mut reading = Reading::new(&target, &Settings::default());
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let findings = reading.apply(text);
        let errors: Vec<String> = findings
            .iter()
            .map(|finding| finding.message.clone())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{text}");
    }
    reading.schema()
}
