//! What a table has when it was made again: a test for each thing that it can lose.

use rusqlite::{Connection, types::FromSql};

use super::change;
use crate::{
    Dialect,
    schema::{
        Schema,
        ddl::DdlError,
        diff::{Hints, diff},
    },
    settings::Settings,
};

fn schema(sql: &str) -> Schema {
    let (schema, findings) = Schema::from_sql(&Dialect::Sqlite.into(), &Settings::default(), [sql]);
    assert!(findings.is_empty(), "{findings:?}");
    schema
}

fn statements(from: &str, to: &str) -> Vec<String> {
    let (from, to) = (schema(from), schema(to));
    let changes = diff(&from, &to, &Hints::default());
    let planned = change(&from, &to, &changes).unwrap();
    planned.into_iter().map(|one| one.sql).collect()
}

/// A database with the first schema and these rows, brought to the second one by making a table again.
fn rebuilt(from: &str, rows: &str, to: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    connection.execute_batch(from).unwrap();
    connection.execute_batch(rows).unwrap();
    let statements = statements(from, to);
    let again = statements.iter().any(|one| one.contains("__new RENAME TO"));
    assert!(again, "{statements:#?}");
    connection.execute_batch("BEGIN").unwrap();
    for sql in &statements {
        if let Err(error) = connection.execute_batch(sql) {
            panic!("{error}: {sql}");
        }
    }
    connection
        .execute_batch("COMMIT; PRAGMA foreign_keys = ON")
        .unwrap();
    connection
}

fn ask<T: FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn refuses(connection: &Connection, sql: &str) {
    assert!(connection.execute_batch(sql).is_err(), "{sql}");
}

#[test]
fn indexes_on_columns_and_expressions_and_parts_of_the_rows() {
    let indexes = "CREATE INDEX plain ON t (a COLLATE NOCASE DESC); CREATE UNIQUE INDEX on_lower ON t (lower(a)); \
                   CREATE INDEX some ON t (a) WHERE b > 1;";
    let connection = rebuilt(
        &format!("CREATE TABLE t (a TEXT, b INT); {indexes}"),
        "INSERT INTO t VALUES ('x', 1)",
        &format!("CREATE TABLE t (a TEXT NOT NULL, b INT); {indexes}"),
    );
    let count = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't'";
    assert_eq!(ask::<i64>(&connection, count), 3);
    refuses(&connection, "INSERT INTO t VALUES ('X', 1)");
    let some = "SELECT sql FROM sqlite_schema WHERE name = 'some'";
    assert_eq!(
        ask::<String>(&connection, some),
        "CREATE INDEX some ON t (a) WHERE b > 1"
    );
}

#[test]
fn triggers_of_the_table_and_of_others_that_name_it() {
    let rest = "CREATE TABLE log (n INT); CREATE TABLE other (a INT); \
                CREATE TRIGGER own AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1); END; \
                CREATE TRIGGER far AFTER INSERT ON other BEGIN INSERT INTO t (a) VALUES (new.a); END;";
    let connection = rebuilt(
        &format!("CREATE TABLE t (a INT); {rest}"),
        "INSERT INTO t VALUES (1)",
        &format!("CREATE TABLE t (a INT NOT NULL); {rest}"),
    );
    // The rows that were copied were not inserted a second time.
    assert_eq!(ask::<i64>(&connection, "SELECT count(*) FROM log"), 1);
    connection
        .execute_batch("INSERT INTO other VALUES (2)")
        .unwrap();
    assert_eq!(ask::<i64>(&connection, "SELECT count(*) FROM log"), 2);
    assert_eq!(ask::<i64>(&connection, "SELECT count(*) FROM t"), 2);
}

#[test]
fn views_and_views_of_views() {
    let rest = "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; \
                CREATE TRIGGER instead INSTEAD OF INSERT ON w BEGIN INSERT INTO t VALUES (new.a); END;";
    let connection = rebuilt(
        &format!("CREATE TABLE t (a INT); {rest}"),
        "INSERT INTO t VALUES (1)",
        &format!("CREATE TABLE t (a INT CHECK (a < 9)); {rest}"),
    );
    connection
        .execute_batch("INSERT INTO w VALUES (2)")
        .unwrap();
    assert_eq!(ask::<i64>(&connection, "SELECT sum(a) FROM w"), 3);
}

#[test]
fn checks_collations_defaults_and_generated_columns() {
    let table = |more: &str| {
        format!(
            "CREATE TABLE t (a TEXT COLLATE NOCASE DEFAULT 'x' CHECK (length(a) < 5), \
             b TEXT GENERATED ALWAYS AS (upper(a)) STORED, \
             c INT AS (length(a)) VIRTUAL, d INT{more}, CONSTRAINT small CHECK (t.d < 10))"
        )
    };
    let connection = rebuilt(
        &table(""),
        "INSERT INTO t (a, d) VALUES ('abc', 1)",
        &table(" NOT NULL"),
    );
    refuses(&connection, "INSERT INTO t (a, d) VALUES ('abcdef', 1)");
    refuses(&connection, "INSERT INTO t (a, d) VALUES ('a', 11)");
    connection
        .execute_batch("INSERT INTO t (d) VALUES (2)")
        .unwrap();
    assert_eq!(
        ask::<String>(&connection, "SELECT b FROM t WHERE a = 'ABC'"),
        "ABC"
    );
    assert_eq!(ask::<i64>(&connection, "SELECT c FROM t WHERE a = 'X'"), 1);
}

#[test]
fn foreign_keys_in_both_directions_and_the_rows_behind_them() {
    let rest = "CREATE TABLE parent (id INTEGER PRIMARY KEY); \
                CREATE TABLE child (t INT REFERENCES t (id) ON DELETE CASCADE ON UPDATE SET NULL);";
    let table = |more: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES parent (id) ON DELETE SET NULL, \
             own INT REFERENCES t (id), a TEXT{more}); {rest}"
        )
    };
    let connection = rebuilt(
        &table(""),
        "INSERT INTO parent VALUES (1); INSERT INTO t VALUES (5, 1, NULL, 'a'), (6, NULL, 5, 'b'); INSERT INTO child VALUES (5), (6)",
        &table(" NOT NULL"),
    );
    assert_eq!(ask::<i64>(&connection, "SELECT count(*) FROM child"), 2);
    let to = "SELECT group_concat(\"table\") FROM pragma_foreign_key_list('t')";
    assert_eq!(ask::<String>(&connection, to), "t,parent");
    let from = "SELECT \"table\" || on_delete || on_update FROM pragma_foreign_key_list('child')";
    assert_eq!(ask::<String>(&connection, from), "tCASCADESET NULL");
    refuses(&connection, "INSERT INTO child VALUES (9)");
    connection
        .execute_batch("DELETE FROM parent; DELETE FROM t WHERE id = 6")
        .unwrap();
    assert_eq!(ask::<i64>(&connection, "SELECT count(*) FROM child"), 1);
    assert_eq!(ask::<Option<i64>>(&connection, "SELECT up FROM t"), None);
}

#[test]
fn numbers_that_were_given_once_are_not_given_again() {
    let table =
        |more: &str| format!("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT{more})");
    for rows in [
        "INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE id > 1",
        "INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t",
    ] {
        let connection = rebuilt(&table(""), rows, &table(" NOT NULL"));
        connection
            .execute_batch("INSERT INTO t (a) VALUES ('n')")
            .unwrap();
        assert_eq!(ask::<i64>(&connection, "SELECT max(id) FROM t"), 4);
        let own = "SELECT group_concat(name || seq) FROM sqlite_sequence";
        assert_eq!(ask::<String>(&connection, own), "t4");
    }
}

#[test]
fn strict_and_without_rowid() {
    let connection = rebuilt(
        "CREATE TABLE t (a INT PRIMARY KEY, b INT) STRICT, WITHOUT ROWID",
        "INSERT INTO t VALUES (1, 2)",
        "CREATE TABLE t (a INT PRIMARY KEY, b INT NOT NULL) STRICT, WITHOUT ROWID",
    );
    refuses(&connection, "SELECT rowid FROM t");
    refuses(&connection, "INSERT INTO t VALUES (2, 'text')");
}

#[test]
fn rowids_and_the_order_of_columns() {
    let connection = rebuilt(
        "CREATE TABLE t (a TEXT, rowid TEXT)",
        "INSERT INTO t (_rowid_, a) VALUES (3, 'three'), (70, 'seventy'); ",
        "CREATE TABLE t (b INT, a TEXT NOT NULL, rowid TEXT)",
    );
    assert_eq!(
        ask::<i64>(&connection, "SELECT _rowid_ FROM t WHERE a = 'seventy'"),
        70
    );
    let columns = "SELECT group_concat(name) FROM pragma_table_info('t')";
    assert_eq!(ask::<String>(&connection, columns), "b,a,rowid");
}

#[test]
fn rows_that_a_new_constraint_would_drop_without_a_word() {
    let from = "CREATE TABLE t (a INT)";
    let mut to = schema("CREATE TABLE t (a INT UNIQUE)");
    to.tables[0].uniques[0].on_conflict = Some("REPLACE".into());
    let from_schema = schema(from);
    let changes = diff(&from_schema, &to, &Hints::default());
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(from).unwrap();
    connection
        .execute_batch("INSERT INTO t VALUES (1), (1); BEGIN")
        .unwrap();
    let failed = (change(&from_schema, &to, &changes).unwrap().iter())
        .find_map(|one| connection.execute_batch(&one.sql).err())
        .map(|error| error.to_string());
    assert!(
        failed
            .as_ref()
            .is_some_and(|text| text.contains("UNIQUE constraint failed: t__new.a")),
        "{failed:?}"
    );
}

#[test]
fn what_alter_table_can_do_makes_no_table_again() {
    let told = |from: &str, to: &str| statements(from, to);
    assert_eq!(
        told(
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INT, b INT, c INT); CREATE INDEX i ON t (b)",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INT, d TEXT NOT NULL DEFAULT 'x' CHECK (d <> ''), e INT REFERENCES p (id), f INT AS (a + 1))",
        ),
        [
            "DROP INDEX i",
            "ALTER TABLE t DROP COLUMN b",
            "ALTER TABLE t DROP COLUMN c",
            "ALTER TABLE t ADD COLUMN d TEXT NOT NULL DEFAULT 'x' CHECK (d <> '')",
            "ALTER TABLE t ADD COLUMN e INT REFERENCES p (id)",
            "ALTER TABLE t ADD COLUMN f INT GENERATED ALWAYS AS (a + 1) VIRTUAL",
        ]
    );
    for (from, to) in [
        // Rows that are there would need a value each.
        (
            "CREATE TABLE t (a INT)",
            "CREATE TABLE t (a INT, b TEXT DEFAULT CURRENT_TIMESTAMP)",
        ),
        (
            "CREATE TABLE t (a INT)",
            "CREATE TABLE t (a INT, b INT AS (a) STORED)",
        ),
        (
            "CREATE TABLE t (a INT)",
            "CREATE TABLE t (a INT, b INT UNIQUE)",
        ),
        // Others say its name.
        (
            "CREATE TABLE t (a INT, b INT, c INT AS (b))",
            "CREATE TABLE t (a INT, c INT)",
        ),
    ] {
        let statements = told(from, to);
        assert!(
            statements.iter().any(|one| one.contains("t__new")),
            "{statements:?}"
        );
    }
}

#[test]
fn a_table_of_which_not_everything_is_known_is_left_alone() {
    let mut from = schema("CREATE TABLE t (a INT)");
    from.tables[0].open = true;
    let to = schema("CREATE TABLE t (a INT NOT NULL)");
    let changes = diff(&from, &to, &Hints::default());
    let refused = change(&from, &to, &changes).map_err(|error: DdlError| error.to_string());
    assert_eq!(
        refused.unwrap_err(),
        "the table t: SQLite can do this only by making the table again, and it may have more than is known of it; \
         make it again with `rebuild_table`, which looks at the database when it runs"
    );
}
