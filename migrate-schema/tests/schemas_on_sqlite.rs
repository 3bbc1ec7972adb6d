//! What a history builds, and what SQLite has after the same statements: one schema.

#![cfg(all(feature = "schema", feature = "sqlite"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test"
)]

#[path = "schemas_on_sqlite/engine.rs"]
mod engine;
#[allow(dead_code, reason = "another test needs the rest")]
#[path = "histories_on_sqlite/generator.rs"]
mod generator;

use std::path::Path;

use engine::{comparable, differences, introspect};
use generator::Generator;
use migrate_schema::{
    Dialect, folder,
    schema::{Reading, Schema},
    settings::Settings,
    statement,
};
use rusqlite::Connection;

/// The schema of the statements, which must be what SQLite has after them, with nothing unknown.
fn both(sql: &str) -> Schema {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(sql)
        .unwrap_or_else(|error| panic!("{error}: {sql}"));
    let (replayed, findings) =
        Schema::from_sql(&Dialect::Sqlite.into(), &Settings::default(), [sql]);
    let findings: Vec<_> = findings.iter().map(|one| &one.message).collect();
    assert!(findings.is_empty(), "{findings:?}: {sql}");
    assert_eq!(replayed.unknown, Vec::<String>::new(), "{sql}");
    assert!(
        replayed.tables.iter().all(|table| !table.open),
        "{replayed:#?}"
    );
    let live = comparable(introspect(&connection));
    let same = comparable(replayed.clone());
    assert_eq!(same, live, "{sql}");
    replayed
}

const CASES: &[&str] = &[
    "CREATE TABLE t (a)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a VARCHAR(20) NOT NULL DEFAULT 'x', b DECIMAL(10, 2) DEFAULT -1.5, c DEFAULT foo, d DEFAULT (1 + 2), e DEFAULT CURRENT_TIMESTAMP COLLATE NOCASE)",
    "CREATE TABLE t (a INT, b INT, PRIMARY KEY (b DESC, a COLLATE NOCASE), UNIQUE (a), CONSTRAINT u UNIQUE (b, a)) WITHOUT ROWID, STRICT",
    "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INT CONSTRAINT f REFERENCES p ON DELETE CASCADE, q INT, FOREIGN KEY (q) REFERENCES p (id) ON UPDATE SET NULL)",
    "CREATE TABLE t (a INT CHECK (a > 0), b INT, c INT AS (a + b) STORED, d GENERATED ALWAYS AS (a || b), CONSTRAINT both CHECK (a < b))",
    "CREATE TABLE t (a INT, b TEXT); CREATE UNIQUE INDEX i ON t (a DESC, lower(b), b COLLATE NOCASE) WHERE a > 1",
    "CREATE TABLE t (a INT); CREATE VIEW v (x) AS SELECT a + 1 FROM t; CREATE VIEW w AS SELECT * FROM v",
    "CREATE TABLE t (a INT, n INT); CREATE TRIGGER IF NOT EXISTS g AFTER UPDATE OF a ON t WHEN NEW.a > 1 BEGIN UPDATE t SET n = n + 1 WHERE a = NEW.a; END",
    "CREATE TABLE p (a INT PRIMARY KEY ON CONFLICT REPLACE, b INT UNIQUE ON CONFLICT IGNORE, c INT REFERENCES p DEFERRABLE INITIALLY DEFERRED, d INT, UNIQUE (d, b) ON CONFLICT FAIL, FOREIGN KEY (d) REFERENCES p (b) DEFERRABLE)",
    // Columns get other names.
    "CREATE TABLE t (a INT CHECK (a > 0), b INT AS (a * 2), UNIQUE (a, b)); CREATE INDEX i ON t (a, abs(a)) WHERE a IS NOT NULL; ALTER TABLE t RENAME COLUMN a TO z",
    "CREATE TABLE t (a INT, n INT); CREATE VIEW v AS SELECT t.a, a + 1 AS x FROM t WHERE a > 1; CREATE TRIGGER g AFTER UPDATE OF a ON t WHEN NEW.a > OLD.a BEGIN UPDATE t SET a = 1, n = 2 WHERE a = NEW.a; END; ALTER TABLE t RENAME COLUMN a TO \"the a\"",
    "CREATE TABLE p (id INTEGER PRIMARY KEY, k INT UNIQUE); CREATE TABLE c (p INT REFERENCES p (k)); ALTER TABLE p RENAME COLUMN k TO kk",
    // Tables get other names.
    "CREATE TABLE t (a INT CHECK (t.a > 0)); CREATE TABLE c (t INT REFERENCES t (a)); CREATE VIEW v AS SELECT t.a FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO c VALUES (NEW.a); DELETE FROM t; END; CREATE INDEX i ON t (a); ALTER TABLE t RENAME TO \"the table\"",
    "CREATE TABLE t (a INT); ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x' CHECK (b <> 'y') REFERENCES t (a); ALTER TABLE t DROP COLUMN a",
    // The whole of a table is made anew.
    "CREATE TABLE t (a INT); CREATE TABLE t_new (a INT NOT NULL); INSERT INTO t_new SELECT a FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t; CREATE INDEX i ON t (a)",
    "CREATE VIRTUAL TABLE docs USING fts5 (title, body); CREATE TABLE t (a)",
];

#[test]
fn a_history_builds_what_sqlite_has() {
    for sql in CASES {
        both(sql);
    }
}

/// How the two differ after a random history.
fn disagreement(seed: u64, length: usize) -> Option<String> {
    let connection = Connection::open_in_memory().unwrap();
    let mut reading = Reading::new(&Dialect::Sqlite.into(), &Settings::default());
    let mut generator = Generator::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 12345);
    let mut history = String::new();
    for _ in 0..length {
        let sql = generator.statement(&connection);
        let changes = matches!(sql.split(' ').next(), Some("CREATE" | "ALTER" | "DROP"));
        if !changes || connection.execute_batch(&sql).is_err() {
            continue;
        }
        reading.apply(&sql);
        history += &format!("{sql};\n");
        let found = differences(&reading.schema(), &introspect(&connection));
        if !found.is_empty() {
            return Some(format!("history {seed}:\n{history}{}", found.join("\n")));
        }
    }
    None
}

#[test]
fn random_histories_build_what_sqlite_has() {
    let chosen = std::env::var("HISTORIES").ok();
    let range = chosen.as_deref().and_then(|range| range.split_once(".."));
    let (from, to) = range.map_or((0, 60), |(from, to)| {
        (from.parse().unwrap(), to.parse().unwrap())
    });
    let all: Vec<String> = (from..to)
        .filter_map(|seed| disagreement(seed, 40))
        .collect();
    assert!(all.is_empty(), "{} differ\n{}", all.len(), all.join("\n\n"));
}

/// The histories of a folder of one's own: `tests/schemas`.
#[test]
fn given_histories_build_what_sqlite_has() {
    let Ok(directory) = std::env::var("MIGRATE_SCHEMAS") else {
        return;
    };
    let mut histories: Vec<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    histories.sort();
    let mut wrong = 0;
    for history in &histories {
        wrong += given_history(history);
    }
    assert_eq!(wrong, 0, "differences");
}

fn files_of(directory: &Path, below: &str, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let name = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        if path.is_dir() {
            files_of(&path, &name, files);
        } else if folder::is_wanted(&name)
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files.push((name, text));
        }
    }
}

/// The number of differences, each of which is printed. What the engine refuses is left out on both sides.
fn given_history(directory: &Path) -> usize {
    let mut files = Vec::new();
    files_of(directory, "", &mut files);
    files.sort();
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| folder::File { path, text })
        .collect();
    let connection = Connection::open_in_memory().unwrap();
    let mut reading = Reading::new(&Dialect::Sqlite.into(), &Settings::default());
    let (mut ran, mut refused) = (0, 0);
    for migration in &folder::read(&files, Dialect::Sqlite).migrations {
        reading.begin(&migration.name);
        let text = migration.up.text(&files);
        for statement in statement::split(text, Dialect::Sqlite) {
            let sql = statement.text(text);
            if connection.execute_batch(sql).is_ok() {
                reading.apply(sql);
                ran += 1;
            } else {
                refused += 1;
            }
        }
    }
    let replayed = reading.schema();
    let live = introspect(&connection);
    let found = differences(&replayed, &live);
    let open = replayed.tables.iter().filter(|table| table.open).count();
    println!(
        "{}: {ran} statements ({refused} refused), {} tables and views, {open} open, unknown {:?}, {} differences",
        directory.display(),
        live.tables.len() + live.views.len(),
        replayed.unknown,
        found.len()
    );
    for one in &found {
        println!("    {one}");
    }
    found.len()
}
