//! `down` undoes `up`.

use super::only;
use migrate_schema::Dialect::{self, Mysql, Postgres, Sqlite};

fn says(dialect: Dialect, up: &str, down: &str) -> String {
    let base = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9), b VARCHAR(9))";
    only(dialect, [(base, "DROP TABLE t"), (up, down)])
}

#[test]
fn what_is_left_or_lost() {
    let help = "undo in `down` all that `up` does, or say that m2 cannot be undone: `irreversible = \"why\"`";
    assert_eq!(
        says(
            Sqlite,
            "CREATE TABLE u (x); CREATE INDEX i ON t (a)",
            "DROP TABLE u"
        ),
        format!("[] down leaves something behind: index i | {help} | left behind: index i")
    );
    assert_eq!(
        says(Postgres, "ALTER TABLE t DROP COLUMN a", "SELECT 1"),
        format!(
            "[] down does not bring back what up takes away: column t.a | {help} | lost: column t.a"
        )
    );
    assert_eq!(
        says(
            Postgres,
            "ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t ADD COLUMN c int",
            "ALTER TABLE t DROP COLUMN c"
        ),
        format!(
            "[] down does not undo up: NOT NULL of t.a | {help} | not as before: NOT NULL of t.a"
        )
    );
    assert_eq!(
        says(
            Mysql,
            "ALTER TABLE t RENAME COLUMN a TO c",
            "ALTER TABLE t MODIFY c TEXT"
        ),
        format!(
            "[] down does not undo up: column t.c and 1 more | {help} | left behind: column t.c | lost: column t.a"
        )
    );
}

#[test]
fn what_is_undone() {
    for (dialect, up, down) in [
        (
            Sqlite,
            "ALTER TABLE t ADD COLUMN c",
            "ALTER TABLE t DROP COLUMN c",
        ),
        (
            Sqlite,
            "ALTER TABLE t RENAME TO u; CREATE INDEX i ON u (a)",
            "DROP INDEX i; ALTER TABLE u RENAME TO t",
        ),
        (
            Sqlite,
            "ALTER TABLE t DROP COLUMN a",
            "ALTER TABLE t ADD COLUMN a VARCHAR(9)",
        ),
        (
            Postgres,
            "ALTER TABLE t ADD COLUMN c serial UNIQUE",
            "ALTER TABLE t DROP COLUMN c",
        ),
        (
            Postgres,
            "ALTER TABLE t ALTER COLUMN a TYPE text",
            "ALTER TABLE t ALTER COLUMN a TYPE varchar(9)",
        ),
        (
            Postgres,
            "CREATE TYPE m AS ENUM ('a'); ALTER TABLE t ADD c m",
            "ALTER TABLE t DROP c; DROP TYPE m",
        ),
        (
            Postgres,
            "DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$",
            "SELECT 1",
        ),
        (
            Mysql,
            "ALTER TABLE t ADD KEY (a)",
            "ALTER TABLE t DROP KEY a",
        ),
        (
            Mysql,
            "ALTER TABLE t MODIFY a TEXT",
            "ALTER TABLE t MODIFY a VARCHAR(9)",
        ),
    ] {
        assert_eq!(says(dialect, up, down), "", "{up}; {down}");
    }
}

#[test]
fn a_down_that_fails() {
    assert_eq!(
        says(
            Postgres,
            "ALTER TABLE t ADD COLUMN c int",
            "ALTER TABLE t DROP COLUMN d"
        ),
        "[d] no such column: t.d | did you mean `id`?"
    );
    assert_eq!(
        says(
            Sqlite,
            "CREATE INDEX i ON t (a)",
            "DROP INDEX j; DROP INDEX i"
        ),
        "[j] no such index: j"
    );
    assert!(
        says(Mysql, "CREATE INDEX i ON t (a)", "DROP INDEX j ON t")
            .starts_with("[j] down fails right after up: no such index: j")
    );
}
