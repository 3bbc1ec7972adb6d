//! What cannot be known is never an error.

use super::{history, only};
use migrate_schema::Dialect::{Mysql, Postgres, Sqlite};

#[test]
fn a_name_never_seen_is_told_once() {
    let told = "[accounts] no migration makes the table `accounts` | if it comes from elsewhere, declare it: \
                `external.tables = [\"accounts\"]` in `[package.metadata.migrate]`";
    for dialect in [Sqlite, Postgres, Mysql] {
        let sql = "CREATE INDEX i ON accounts (a); DROP INDEX i";
        let sql = if dialect == Mysql {
            "CREATE INDEX i ON accounts (a)"
        } else {
            sql
        };
        assert_eq!(
            only(
                dialect,
                [
                    "CREATE TABLE t (a INT)",
                    sql,
                    "ALTER TABLE accounts ADD COLUMN b INT"
                ]
            ),
            told
        );
    }
}

#[test]
fn dynamic_sql_makes_unknown_what_it_names() {
    let taken = [
        "CREATE TABLE users (id int); CREATE TABLE posts (id int)",
        "DO $$ BEGIN IF true THEN ALTER TABLE users ADD COLUMN age int; CREATE TABLE logs (a int); END IF; END $$",
        "CREATE INDEX i ON users (age); INSERT INTO logs (b) VALUES (1); DROP TABLE logs",
    ];
    assert_eq!(only(Postgres, taken), "");
    let others = [taken[0], taken[1], "CREATE INDEX i ON posts (age)"];
    assert_eq!(only(Postgres, others), "[age] no such column: posts.age");
}

#[test]
fn one_mistake_is_told_once() {
    let lines = history(
        Sqlite,
        [
            "CREATE TABLE t (a, a); CREATE INDEX i ON t (b)",
            "ALTER TABLE t DROP COLUMN c; DROP INDEX i",
        ],
    );
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let lines = history(
        Postgres,
        [
            "CREATE TABLE t (a no_such_tpye)",
            "ALTER TABLE t ADD b int; DROP TABLE t",
        ],
    );
    assert_eq!(lines.len(), 1, "{lines:#?}");
}

#[test]
fn tables_of_other_tools_and_of_the_engine() {
    for (dialect, sql) in [
        (
            Sqlite,
            "DELETE FROM sqlite_sequence; SELECT * FROM _sqlx_migrations",
        ),
        (
            Postgres,
            "SELECT * FROM pg_class; SELECT * FROM information_schema.tables; DROP TABLE schema_migrations",
        ),
        (
            Mysql,
            "SELECT * FROM information_schema.tables; SELECT 1 FROM dual",
        ),
    ] {
        assert_eq!(only(dialect, ["CREATE TABLE t (a INT)", sql]), "", "{sql}");
    }
}
