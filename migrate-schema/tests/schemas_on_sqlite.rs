//! What a history builds, and what SQLite has after the same statements: one schema.

#![cfg(all(feature = "schema", feature = "sqlite"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use migrate_schema::{
    Dialect,
    lex::{self, TokenKind},
    schema::{
        Schema,
        live::{self, Next, Rows, Scope},
    },
    settings::Settings,
};
use rusqlite::{Connection, types::ValueRef};

fn ask(connection: &Connection, query: &str) -> Rows {
    let mut statement = connection.prepare(query).unwrap();
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..width)
            .map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => None,
                    ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                    other => Some(format!("{other:?}")),
                })
            })
            .collect()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn introspect(connection: &Connection) -> Schema {
    let mut inquiry = live::inquiry(&Dialect::Sqlite.into(), &Scope::default());
    let mut answers: Vec<Rows> = Vec::new();
    let definitions = loop {
        match inquiry.next(&answers).unwrap() {
            Next::Ask(queries) => {
                answers = queries.iter().map(|one| ask(connection, one)).collect()
            }
            Next::Done(definitions) => break definitions,
        }
    };
    let statements = definitions.statements.iter().map(String::as_str);
    let (schema, findings) =
        Schema::from_sql(&Dialect::Sqlite.into(), &Settings::default(), statements);
    assert!(findings.is_empty(), "{findings:?}");
    schema
}

/// SQL without what does not matter: white space, comments, quotes, the case of words.
fn plain(sql: &mut String) {
    let words: Vec<String> = lex::tokens(sql, Dialect::Sqlite)
        .map(|token| match token.kind {
            TokenKind::QuotedName => token
                .text(sql)
                .trim_matches(['"', '`', '[', ']'])
                .to_lowercase(),
            TokenKind::Word => token.text(sql).to_lowercase(),
            _ => token.text(sql).to_owned(),
        })
        .collect();
    *sql = words.join(" ");
}

/// The parts that have text, made comparable.
fn comparable(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        for column in &mut table.columns {
            plain(&mut column.data_type);
            column.default.iter_mut().for_each(plain);
            column
                .generated
                .iter_mut()
                .for_each(|one| plain(&mut one.expression));
        }
        table
            .checks
            .iter_mut()
            .for_each(|one| plain(&mut one.expression));
        table
            .triggers
            .iter_mut()
            .for_each(|one| plain(&mut one.sql));
        table.triggers.sort_by(|a, b| a.name.cmp(&b.name));
        for index in &mut table.indexes {
            index.predicate.iter_mut().for_each(plain);
            for part in &mut index.parts {
                if let migrate_schema::schema::IndexOn::Expression(sql) = &mut part.on {
                    plain(sql);
                }
            }
        }
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        if let migrate_schema::schema::TableKind::Other(sql) = &mut table.kind {
            plain(sql);
        }
    }
    for view in &mut schema.views {
        plain(&mut view.query);
        view.triggers.iter_mut().for_each(|one| plain(&mut one.sql));
        view.reads.sort();
    }
    schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
    schema.views.sort_by(|a, b| a.name.cmp(&b.name));
    schema
}

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
