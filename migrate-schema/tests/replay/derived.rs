//! `down`, derived where it was left out.

use super::{Texts, outcomes};
use migrate_schema::{
    Dialect::{self, Mysql, Postgres, Sqlite},
    settings::{Settings, Target},
};

fn derived(dialect: Dialect, up: &str) -> Option<String> {
    let base = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9), b VARCHAR(9) NOT NULL)";
    let texts = [Texts(base, None), Texts(up, None)];
    let mut all = outcomes(&Target::from(dialect), &Settings::default(), &texts);
    let last = all.pop().unwrap();
    Some(last.derived_down?.join("; "))
}

#[test]
fn what_can_be_undone_without_loss() {
    let table = [
        (
            Sqlite,
            "CREATE TABLE u (x); CREATE INDEX i ON u (x)",
            "DROP INDEX \"i\"; DROP TABLE \"u\"",
        ),
        (
            Sqlite,
            "ALTER TABLE t ADD COLUMN c REFERENCES t (id)",
            "ALTER TABLE \"t\" DROP COLUMN \"c\"",
        ),
        (
            Sqlite,
            "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME COLUMN a TO c",
            "ALTER TABLE \"u\" RENAME COLUMN \"c\" TO \"a\"; ALTER TABLE \"u\" RENAME TO \"t\"",
        ),
        (
            Sqlite,
            "CREATE VIEW v AS SELECT a FROM t",
            "DROP VIEW \"v\"",
        ),
        (Postgres, "CREATE INDEX ON t (a)", "DROP INDEX \"t_a_idx\""),
        (
            Postgres,
            "ALTER TABLE t ADD UNIQUE (a), ALTER COLUMN a SET NOT NULL",
            "ALTER TABLE \"t\" ALTER COLUMN \"a\" DROP NOT NULL; ALTER TABLE \"t\" DROP CONSTRAINT \"t_a_key\"",
        ),
        (Postgres, "CREATE TYPE m AS ENUM ('a')", "DROP TYPE \"m\""),
        (Mysql, "CREATE INDEX i ON t (a)", "DROP INDEX `i` ON `t`"),
    ];
    for (dialect, up, down) in table {
        assert_eq!(derived(dialect, up).as_deref(), Some(down), "{up}");
    }
}

#[test]
fn what_loses_something() {
    for (dialect, up) in [
        (Sqlite, "DROP TABLE t"),
        (Sqlite, "INSERT INTO t (b) VALUES ('x')"),
        (Sqlite, "CREATE TABLE IF NOT EXISTS t (x)"),
        (Postgres, "ALTER TABLE t DROP COLUMN a"),
        (Postgres, "ALTER TABLE t ALTER COLUMN a TYPE text"),
        (Postgres, "ALTER TABLE t ALTER COLUMN b SET NOT NULL"),
        (
            Postgres,
            "CREATE TABLE u (x int); DO $$ BEGIN EXECUTE 'x'; END $$",
        ),
    ] {
        assert_eq!(derived(dialect, up), None, "{up}");
    }
}

/// What is derived is itself taken, and undoes everything.
#[test]
fn it_undoes_what_it_was_derived_from() {
    for (dialect, up) in [
        (
            Sqlite,
            "CREATE TABLE u (x REFERENCES t (id)); CREATE INDEX i ON u (x); ALTER TABLE t RENAME COLUMN a TO c",
        ),
        (
            Postgres,
            "CREATE TABLE u (x serial PRIMARY KEY); ALTER TABLE t ADD c int REFERENCES u; ALTER TABLE t RENAME TO v",
        ),
        (
            Mysql,
            "CREATE TABLE u (x INT PRIMARY KEY); ALTER TABLE t ADD c INT, ADD KEY (c)",
        ),
    ] {
        let base = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9), b VARCHAR(9) NOT NULL)";
        let Some(down) = derived(dialect, up) else {
            assert_eq!(dialect, Mysql, "{up}");
            continue;
        };
        assert_eq!(
            super::only(dialect, [(base, "DROP TABLE t"), (up, &down)]),
            "",
            "{down}"
        );
    }
}
