//! What SQLite refuses in a definition whatever the database holds: the checks against the engine.

#![cfg(feature = "sqlite")]

use migrate_schema::{
    Dialect, Level,
    catalog::Catalog,
    grammar,
    settings::{Settings, Target},
};

/// Statements on an empty database with a table `t (a, b)`; some are good, some are not, the engine knows which.
const STATEMENTS: &[&str] = &[
    "CREATE TABLE x (a DEFAULT (\"abc\"))",
    "CREATE TABLE x (a DEFAULT (nosuch()))",
    "CREATE TABLE x (a DEFAULT (true))",
    "CREATE TABLE x (a DEFAULT (?))",
    "CREATE TABLE x (a DEFAULT (count(*)))",
    "CREATE TABLE x (a DEFAULT abc)",
    "CREATE TABLE x (a DEFAULT \"abc\")",
    "CREATE TABLE x (a DEFAULT (abc))",
    "CREATE TABLE x (a DEFAULT CURRENT_TIMESTAMP)",
    "CREATE TABLE x (a DEFAULT (strftime('%s', 'now')))",
    "CREATE TABLE x (a DEFAULT ((SELECT 1)))",
    "CREATE TABLE x (a, PRIMARY KEY ('a'))",
    "CREATE TABLE x (a, PRIMARY KEY ((a)))",
    "CREATE TABLE x (a, PRIMARY KEY (a + 1))",
    "CREATE TABLE x (a, UNIQUE (lower(a)))",
    "CREATE TABLE x (a, UNIQUE (a COLLATE nocase DESC))",
    "CREATE TABLE x (a, UNIQUE (a NULLS FIRST))",
    "CREATE TABLE x (a INTEGER PRIMARY KEY AUTOINCREMENT)",
    "CREATE TABLE x (a INTEGER PRIMARY KEY DESC AUTOINCREMENT)",
    "CREATE TABLE x (a INTEGER PRIMARY KEY ASC AUTOINCREMENT)",
    "CREATE TABLE x (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))",
    "CREATE TABLE x (a INTEGER, PRIMARY KEY (a DESC AUTOINCREMENT))",
    "CREATE TABLE x (a INT, PRIMARY KEY (a AUTOINCREMENT))",
    "CREATE TABLE x (a INTEGER, b, PRIMARY KEY (a, b AUTOINCREMENT))",
    "CREATE TABLE x (a integer (5) PRIMARY KEY AUTOINCREMENT)",
    "CREATE TABLE x (a TEXT PRIMARY KEY AUTOINCREMENT)",
    "CREATE TABLE x (a \"INTEGER\" PRIMARY KEY AUTOINCREMENT)",
    "CREATE TABLE x (a INTEGER PRIMARY KEY AUTOINCREMENT) WITHOUT ROWID",
    "CREATE TABLE x (a) WITHOUT ROWID",
    "CREATE TABLE x (a PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE x (a, b TEXT, PRIMARY KEY (a)) WITHOUT ROWID, STRICT",
    "CREATE TABLE x (a TEXT, b INT, PRIMARY KEY (a)) WITHOUT ROWID, STRICT",
    "CREATE TABLE x (a TEXT (20)) STRICT",
    "CREATE TABLE x (a any, b int, c Real, d TEXT, e blob) STRICT",
    "CREATE TABLE x (a DATETIME) STRICT",
    "CREATE TABLE x (a) STRICT",
    "CREATE TABLE x (a PRIMARY KEY, b PRIMARY KEY)",
    "CREATE TABLE x (a PRIMARY KEY PRIMARY KEY)",
    "CREATE TABLE x (a PRIMARY KEY, PRIMARY KEY (a))",
    "CREATE TABLE x (a, b AS (a) STORED UNIQUE)",
    "CREATE TABLE x (a, b AS (a) FOO)",
    "CREATE TABLE x (a, b GENERATED ALWAYS AS (a) VIRTUAL NOT NULL)",
    "CREATE TABLE x (a, b AS (a) DEFAULT 1)",
    "CREATE TABLE x (a, b AS (a) PRIMARY KEY)",
    "CREATE TABLE x (a AS (1))",
    "CREATE TABLE x (a, b AS (random()))",
    "CREATE TABLE x (a, b AS (CURRENT_DATE))",
    "CREATE TABLE x (a, b AS (?))",
    "CREATE TABLE x (a, b AS ((SELECT 1)))",
    "CREATE TABLE x (a CHECK (EXISTS (SELECT 1)))",
    "CREATE TABLE x (a CHECK (a IN (SELECT 1)))",
    "CREATE TABLE x (a CHECK (a IN (1, 2)))",
    "CREATE TABLE x (a CHECK (a > ?))",
    "CREATE TABLE x (a CHECK (a > random()))",
    "CREATE TABLE x (a CHECK (a > CURRENT_DATE))",
    "CREATE TABLE x (a CHECK (RAISE(IGNORE)))",
    "CREATE TABLE x (a REFERENCES t (a, b))",
    "CREATE TABLE x (a REFERENCES nosuch)",
    "CREATE TABLE sqlite_x (a)",
    "CREATE TABLE \"SQLite_x\" (a)",
    "CREATE TABLE sqlitex (a)",
    "CREATE TEMP TABLE main.x (a)",
    "CREATE TEMP TABLE temp.x (a)",
    "CREATE TABLE temp.x (a)",
    "CREATE TABLE x AS SELECT ?",
    "CREATE INDEX i ON t (a NULLS LAST)",
    "CREATE INDEX i ON t ((SELECT 1))",
    "CREATE INDEX i ON t (random())",
    "CREATE INDEX i ON t (date('now'))",
    "CREATE INDEX i ON t (lower(a)) WHERE b IS NOT NULL",
    "CREATE INDEX i ON t (a) WHERE b = ?",
    "CREATE INDEX i ON t (a) WHERE b > CURRENT_TIMESTAMP",
    "CREATE INDEX i ON t (a) WHERE b IN (SELECT 1)",
    "CREATE INDEX i ON t (a) WHERE RAISE(IGNORE)",
    "CREATE INDEX sqlite_i ON t (a)",
    "CREATE VIEW v AS SELECT RAISE(IGNORE)",
    "CREATE VIEW v AS SELECT ?",
    "CREATE VIEW v (a, a) AS SELECT 1, 2",
    "CREATE VIEW sqlite_v AS SELECT 1",
    "CREATE VIEW temp.v AS SELECT 1",
    "CREATE TEMP VIEW main.v AS SELECT 1",
    "CREATE TEMP TRIGGER main.r AFTER INSERT ON t BEGIN SELECT 1; END",
    "CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO main.t VALUES (1, 2); END",
    "CREATE TRIGGER temp.r AFTER INSERT ON t BEGIN INSERT INTO main.t VALUES (1, 2); END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO main.t VALUES (1, 2); END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE main.t SET a = 1; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM main.t; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT * FROM main.t; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t INDEXED BY i SET a = 1; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t DEFAULT VALUES; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t (a, a) VALUES (1, 2); END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t AS q VALUES (1, 2); END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT RAISE(ABORT, 'x' || new.a); END",
    "CREATE TRIGGER r AFTER INSERT ON t WHEN ? BEGIN SELECT 1; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1 LIMIT :x; END",
    "CREATE TRIGGER r AFTER UPDATE OF a, a ON t BEGIN SELECT 1; END",
    "CREATE TRIGGER r AFTER INSERT ON main.t BEGIN SELECT 1; END",
    "CREATE TRIGGER sqlite_r AFTER INSERT ON t BEGIN SELECT 1; END",
    "ALTER TABLE t RENAME TO sqlite_t",
    "ALTER TABLE t ADD c PRIMARY KEY",
    "ALTER TABLE t ADD c UNIQUE",
    "ALTER TABLE t ADD c INTEGER AUTOINCREMENT",
    "ALTER TABLE t ADD c DEFAULT (b)",
    "ALTER TABLE t ADD c DEFAULT CURRENT_TIMESTAMP",
    "ALTER TABLE t ADD c AS (1) STORED",
    "ALTER TABLE t ADD c AS (random())",
    "ALTER TABLE t ADD c NOT NULL",
    "ALTER TABLE t ADD c CHECK (EXISTS (SELECT 1))",
    "ALTER TABLE t ADD c REFERENCES nosuch (x, y)",
    "ALTER TABLE t ADD c REFERENCES nosuch (x)",
    "ALTER TABLE t ADD CONSTRAINT n CHECK (a > 1)",
    "INSERT INTO t (a, a) VALUES (1, 2)",
    "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
    "UPDATE t SET (a, a) = (1, 2)",
    "UPDATE t SET a = 1 WHERE b LIMIT 1",
    "UPDATE t SET a = 1 RETURNING a",
    "DELETE FROM t ORDER BY a LIMIT 1",
    "DELETE FROM t WHERE a > ?",
    "SELECT RAISE(IGNORE)",
    "SELECT ?, :a, @b, $c",
    "SELECT a FROM t WHERE a LIKE 'x' ESCAPE '!' AND b NOT NULL ORDER BY a NULLS FIRST LIMIT 1, 2",
];

/// What the grammar and the catalog say of a statement on a database with `t`.
fn refused(sql: &str) -> Vec<String> {
    let target = Target::from(Dialect::Sqlite);
    let mut catalog = Catalog::new(&target, &Settings::default());
    catalog.begin("20260101_setup");
    let mut findings = Vec::new();
    for sql in ["CREATE TABLE t (a, b)", sql] {
        let parsed = grammar::parse(sql, &target);
        findings.extend(parsed.findings);
        for statement in parsed.statements.iter().filter_map(|one| one.tree.as_ref()) {
            for action in &statement.actions {
                findings.extend(catalog.apply(action, sql));
            }
        }
    }
    findings.retain(|finding| finding.code.level() == Level::Deny);
    findings
        .into_iter()
        .map(|finding| finding.message)
        .collect()
}

#[test]
fn the_checks_and_the_engine_agree() {
    let mut disagreements = Vec::new();
    for sql in STATEMENTS {
        let engine = rusqlite::Connection::open_in_memory().unwrap();
        engine.execute_batch("CREATE TABLE t (a, b)").unwrap();
        let verdict = engine
            .prepare(sql)
            .and_then(|mut s| s.raw_query().next().map(drop));
        let messages = refused(sql);
        if verdict.is_err() == messages.is_empty() {
            disagreements.push(format!(
                "{sql}\n  engine: {verdict:?}\n  checks: {messages:?}"
            ));
        }
        if messages.len() > 1 {
            disagreements.push(format!("{sql}\n  says it twice: {messages:?}"));
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}
