//! What a history builds is what a real server tells of itself after it: one history for each engine, of every kind of thing.
#![cfg(all(unix, feature = "schema", feature = "postgres", feature = "mysql"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the helpers of a test for the program"
)]

use std::{
    io::Write,
    process::{Command, Stdio},
};

use migrate_schema::{
    Dialect,
    schema::{
        Schema, diff,
        live::{self, Definitions, Next, Rows, Scope},
    },
    settings::{Product, Settings, Target},
};
use migrate_test_servers::{Database, MariaDb, Postgres};

const ON_POSTGRES: &str = include_str!("live_servers/postgres.sql");
const ON_MARIADB: &str = include_str!("live_servers/mariadb.sql");

/// The statements of a file: they are parted by a line with a semicolon alone.
fn statements(text: &str) -> Vec<&str> {
    text.split("\n;\n")
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
        .collect()
}

fn read(target: &Target, mut ask: impl FnMut(&[String]) -> Vec<Rows>) -> Definitions {
    let scope = Scope {
        left_out: vec!["_migrations*".to_owned()],
    };
    let mut inquiry = live::inquiry(target, &scope);
    let mut answers = Vec::new();
    loop {
        match inquiry.next(&answers).unwrap() {
            Next::Ask(queries) => answers = ask(&queries),
            Next::Done(definitions) => return definitions,
        }
    }
}

/// The rows of one query: values and rows are parted by characters that stand in no definition.
fn on_postgres(database: &Database, query: &str) -> Rows {
    let output = Command::new("psql")
        .args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-F",
            "\x1f",
            "-R",
            "\x1e",
            "-P",
            "null=\x1d",
            "-c",
            query,
        ])
        .arg(database.url())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{query}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.trim_end_matches(['\n', '\x1e']);
    let value = |value: &str| (value != "\x1d").then(|| value.to_owned());
    let rows = text.split('\x1e').filter(|row| !row.is_empty());
    rows.map(|row| row.split('\x1f').map(value).collect())
        .collect()
}

const END: &str = "=-=-=";

fn on_mariadb(database: &Database, queries: &[String]) -> Vec<Rows> {
    let mut client = Command::new("mariadb")
        .args([
            "--no-defaults",
            "-h127.0.0.1",
            "-uroot",
            "--batch",
            "--skip-column-names",
        ])
        .arg("--default-character-set=utf8mb4")
        .arg(format!("-P{}", database.port()))
        .arg(database.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text: String = (queries.iter())
        .map(|query| format!("{query};\nSELECT '{END}';\n"))
        .collect();
    let mut input = client.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let output = client.wait_with_output().unwrap();
    writer.join().unwrap();
    let (mut all, mut rows) = (Vec::new(), Rows::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        if line == END {
            all.push(std::mem::take(&mut rows));
        } else {
            rows.push(line.split('\t').map(unescaped).collect());
        }
    }
    all
}

fn unescaped(value: &str) -> Option<String> {
    let value = value
        .replace("\\\\", "\x01")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace('\x01', "\\");
    (value != "NULL").then_some(value)
}

fn compare(history: &[&str], target: &Target, told: &Definitions) {
    let settings = Settings::default();
    let (built, findings) = Schema::from_sql(target, &settings, history.iter().copied());
    assert!(findings.is_empty(), "{findings:#?}");
    let (live, findings) = told.schema(target, &settings);
    assert!(findings.is_empty(), "{findings:#?}\n{:#?}", told.statements);
    for (from, to) in [(&live, &built), (&built, &live)] {
        let changes = diff::diff(from, to, &diff::Hints::default());
        assert!(changes.is_empty(), "{changes:#?}");
    }
    assert!(
        built.unknown.is_empty() && live.unknown.is_empty(),
        "{:?} {:?}",
        built.unknown,
        live.unknown
    );
    // And what is another is seen.
    let (less, _) = Schema::from_sql(
        target,
        &settings,
        history[..history.len() - 1].iter().copied(),
    );
    assert!(!diff::diff(&less, &live, &diff::Hints::default()).is_empty());
}

fn on_one(database: &Database, extensions: bool) {
    let mut history = statements(ON_POSTGRES);
    history.retain(|one| extensions || !one.starts_with("CREATE EXTENSION"));
    database.run(
        &history
            .iter()
            .map(|one| format!("{one};\n"))
            .collect::<String>(),
    );
    database.run("CREATE TABLE _migrations (id int PRIMARY KEY)");
    let target = Target::from(Dialect::Postgres);
    let told = read(&target, |queries| {
        queries
            .iter()
            .map(|query| on_postgres(database, query))
            .collect()
    });
    compare(&history, &target, &told);
}

#[test]
fn postgres_tells_what_its_history_builds() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    on_one(&server.database(), true);
}

#[test]
fn postgres_18_tells_the_same() {
    let Some(server) = Postgres::shared_18() else {
        return;
    };
    // The package has none.
    on_one(&server.database(), false);
}

#[test]
fn mariadb_tells_what_its_history_builds() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let database = server.database();
    let history = statements(ON_MARIADB);
    let script = history.iter().map(|one| format!("{one}\n$$\n"));
    database.run(&format!("DELIMITER $$\n{}", script.collect::<String>()));
    database.run("CREATE TABLE _migrations (id int PRIMARY KEY)");
    let target = Target::from(Product::Mariadb);
    let told = read(&target, |queries| on_mariadb(&database, queries));
    compare(&history, &target, &told);
}
