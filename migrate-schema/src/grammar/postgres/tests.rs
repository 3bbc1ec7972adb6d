use super::*;
use crate::{
    grammar::{self, Parsed},
    tree::{
        Action, Alter, Body, ColumnChange, ConstraintKind, ExpressionKind, JoinCondition, Source,
    },
};

fn parsed(sql: &str, target: &str) -> Parsed {
    grammar::parse(sql, &target.parse().unwrap())
}

fn actions(sql: &str) -> Vec<Action> {
    let parsed = parsed(sql, "postgres");
    assert_eq!(parsed.findings, [], "{sql}");
    parsed
        .statements
        .into_iter()
        .flat_map(|statement| statement.tree.unwrap().actions)
        .collect()
}

fn action(sql: &str) -> Action {
    let mut all = actions(sql);
    assert_eq!(all.len(), 1, "{sql}: {all:?}");
    all.remove(0)
}

/// The marked text, the message and the help.
fn refused(sql: &str) -> String {
    let parsed = parsed(sql, "postgres");
    let finding = parsed.findings.first().unwrap_or_else(|| {
        panic!("taken: {sql}");
    });
    let marked = sql.get(finding.range.clone()).unwrap();
    let help = finding.help.as_deref().unwrap_or("-");
    format!("{marked} | {} | {help}", finding.message)
}

#[test]
fn what_was_meant_is_told() {
    for (sql, expected) in [
        (
            "CREATE TABEL t (a int)",
            "TABEL | unexpected `TABEL` | did you mean `TABLE`?",
        ),
        (
            "CREATE TABLE t (a int,, b int)",
            ", | two commas in a row | leave one of them out",
        ),
        (
            "CREATE TABLE t (a int,)",
            ", | nothing stands between this comma and `)` | leave it out",
        ),
        (
            "CREATE TABLE t (a int b int)",
            "b | `,` is missing before `b` | write a comma between them",
        ),
        (
            "CREATE INDEX i ON t (a)\nCREATE INDEX j ON t (b)",
            "CREATE | `CREATE` begins another statement | is a `;` missing before `CREATE`?",
        ),
        (
            "ALTER TABLE t DELETE COLUMN c",
            "DELETE | unexpected `DELETE` | write `DROP` instead of it",
        ),
        (
            "ALTER TABLE t DROP COLUMN c integer",
            "integer | nothing can stand behind `c` here | leave `integer` out",
        ),
        (
            "ALTER TABLE t DROP IF EXISTS COLUMN c",
            "COLUMN | `COLUMN` stands before `IF EXISTS`, not behind it | write `COLUMN IF EXISTS`",
        ),
        (
            "ALTER TABLE t ADD COLUMN c NOT NULL",
            "c | the column `c` has no type | write its type behind its name: `c integer`",
        ),
        (
            "SELECT * FROM user",
            "user | `user` is a keyword and cannot be a name here | put it in double quotes: `\"user\"`",
        ),
        (
            "INSERT INTO t VALUES ('a)",
            "'a) | this string is never closed | write the closing quote; a quote inside of it is written twice",
        ),
    ] {
        assert_eq!(refused(sql), expected, "{sql}");
    }
}

#[test]
fn what_postgres_refuses_and_squawk_takes() {
    for sql in [
        "DROP TRIGGER t",
        "DROP TABLE",
        "ALTER TABLE t",
        "ALTER TABLE t RENAME a TO b, DROP c",
        "CREATE INDEX i ON t (a + 1)",
        "CREATE INDEX i ON t ('a')",
        "CREATE TABLE t (a int NOT NULL NULL)",
        "CREATE TABLE t (a int DEFAULT 1 DEFAULT 2)",
        "CREATE TABLE t (table int)",
        "CREATE TABLE t (a varchar(max))",
        "CREATE TABLE t (a int) PARTITION BY RAGNE (a)",
        "SET lock_timout = '5s'",
    ] {
        refused(sql);
    }
}

#[test]
fn other_databases_are_named() {
    for (sql, of) in [
        (
            "CREATE TABLE t (a integer PRIMARY KEY AUTOINCREMENT)",
            "SQLite",
        ),
        ("PRAGMA foreign_keys = ON", "SQLite"),
        ("CREATE TABLE t (a int) WITHOUT ROWID", "SQLite"),
        ("INSERT OR REPLACE INTO t VALUES (1)", "SQLite"),
        ("CREATE TABLE `t` (a int)", "MySQL"),
        ("CREATE TABLE t (a int AUTO_INCREMENT)", "MySQL"),
        ("CREATE TABLE t (a int) ENGINE=InnoDB", "MySQL"),
        ("CREATE TABLE t (a int UNSIGNED)", "MySQL"),
        ("CREATE TABLE t (a int(11))", "MySQL"),
        ("ALTER TABLE t MODIFY a int", "MySQL"),
        ("UPDATE a JOIN b ON a.i = b.i SET a.x = 1", "MySQL"),
        ("DROP INDEX i ON t", "MySQL"),
        ("SET foreign_key_checks = 0", "MySQL"),
        ("# a comment\nSELECT 1", "MySQL"),
        ("CREATE TABLE [t] (a int)", "SQL Server"),
    ] {
        let parsed = parsed(sql, "postgres");
        let finding = parsed.findings.first().unwrap();
        assert_eq!(finding.code, Code::WrongDialect, "{sql}: {finding:?}");
        assert!(finding.message.contains(of), "{sql}: {}", finding.message);
        assert!(finding.help.is_some(), "{sql}");
    }
}

#[test]
fn a_table_with_all_its_parts() {
    let sql = "CREATE TABLE IF NOT EXISTS s.\"T\" (Id bigserial PRIMARY KEY, a numeric(10, 2)[] NOT NULL DEFAULT 1 CHECK (a > 0), \
        b int REFERENCES o (x) ON DELETE SET NULL, c int GENERATED ALWAYS AS (b + 1) STORED, \
        CONSTRAINT f FOREIGN KEY (a, b) REFERENCES q, UNIQUE (a), LIKE l INCLUDING ALL EXCLUDING INDEXES) \
        INHERITS (p) PARTITION BY RANGE (a)";
    let Action::CreateTable(table) = action(sql) else {
        panic!("no table");
    };
    assert_eq!(table.name.to_string(), "s.T");
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|one| one.name.text.as_str())
        .collect();
    assert_eq!(names, ["id", "a", "b", "c"]);
    let ty = table.columns[1].ty.as_ref().unwrap();
    assert!(ty.array && ty.arguments == ["10", "2"]);
    assert_eq!(sql.get(ty.range.clone()), Some("numeric(10, 2)[]"));
    assert_eq!(
        table.columns[2].references[0].on_delete.as_deref(),
        Some("SET NULL")
    );
    assert!(table.columns[3].generated.as_ref().unwrap().stored);
    assert!(matches!(
        table.constraints[0].kind,
        ConstraintKind::ForeignKey(_)
    ));
    assert!(!table.like[0].including.contains(&"indexes".to_owned()));
    assert!(table.like[0].including.contains(&"defaults".to_owned()));
    assert!(table.partitioned && table.inherits.len() == 1 && table.if_not_exists);
}

#[test]
fn names_are_as_postgres_stores_them() {
    let long = "x".repeat(70);
    let Action::CreateTable(table) =
        action(&format!("CREATE TABLE {long} (\"A\"\"b\" int, C int)"))
    else {
        panic!("no table");
    };
    assert_eq!(table.name.name.text.len(), 63);
    assert_eq!(table.columns[0].name.text, "A\"b");
    assert_eq!(table.columns[1].name.text, "c");
}

#[test]
fn changes_of_a_table() {
    let sql = "ALTER TABLE ONLY a.b ADD COLUMN IF NOT EXISTS c int, ALTER c TYPE text USING c::text, DROP CONSTRAINT d CASCADE";
    let Action::AlterTable(alter) = action(sql) else {
        panic!("no ALTER TABLE");
    };
    assert!(matches!(
        &alter.changes[0],
        Alter::AddColumn {
            if_not_exists: true,
            ..
        }
    ));
    let Alter::AlterColumn { change, .. } = &alter.changes[1] else {
        panic!("{:?}", alter.changes[1]);
    };
    assert!(matches!(change, ColumnChange::Type { using: Some(_), .. }));
    assert!(matches!(&alter.changes[2], Alter::DropConstraint { .. }));
}

#[test]
fn joins_are_read_from_the_left() {
    let Action::Query(query) = action("SELECT * FROM a NATURAL JOIN b JOIN c ON a.x = c.x") else {
        panic!("no query");
    };
    let Body::Select(select) = query.body else {
        panic!("no SELECT");
    };
    let [Source::Join(join)] = select.from.as_slice() else {
        panic!("{:?}", select.from);
    };
    assert!(matches!(join.condition, JoinCondition::On(_)));
    assert!(matches!(join.left, Source::Join(_)));
}

#[test]
fn chains_are_flat() {
    let sql = format!("SELECT 1 WHERE {}", vec!["a = 1"; 200].join(" AND "));
    let Action::Query(query) = action(&sql) else {
        panic!("no query");
    };
    let Body::Select(select) = query.body else {
        panic!("no SELECT");
    };
    let ExpressionKind::Operation { operands, .. } = select.filter.unwrap().kind else {
        panic!("no operation");
    };
    assert_eq!(operands.len(), 200);
}

/// The words of what is opaque in a block, or that it may do anything.
fn block(body: &str) -> Option<String> {
    match actions(&format!("DO $$ {body} $$")).as_slice() {
        [] => None,
        [Action::Perhaps { action, tried }] => {
            assert!(!tried);
            Some(format!("perhaps {}", variant(action)))
        }
        [Action::Opaque { words, everything }] => Some(if *everything {
            "everything".to_owned()
        } else {
            words.join(" ")
        }),
        [other] => Some(variant(other)),
        other => panic!("{other:?}"),
    }
}

fn variant(action: &Action) -> String {
    let shown = format!("{action:?}");
    shown.split(['(', ' ']).next().unwrap().to_owned()
}

#[test]
fn a_block_changes_what_it_names() {
    let names = |body| block(body).unwrap();
    assert_eq!(names("BEGIN UPDATE t SET a = 1; END"), "Update");
    assert_eq!(block("DECLARE v int; BEGIN UPDATE t SET a = v; END"), None);
    assert_eq!(names("BEGIN DROP TABLE t; END"), "Drop");
    let made =
        names("BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE TYPE e AS ENUM ('x'); END IF; END");
    assert_eq!(made, "perhaps CreateType");
    assert_eq!(
        names("BEGIN EXECUTE 'ALTER TABLE t DROP CONSTRAINT ' || quote_ident(c); END"),
        "ALTER CONSTRAINT DROP TABLE t"
    );
    assert_eq!(
        names("BEGIN EXECUTE format('DROP TABLE part_%s', y); END"),
        "DROP TABLE part_*"
    );
    assert_eq!(
        names("BEGIN EXECUTE format('DROP TABLE %I', y); END"),
        "everything"
    );
    assert_eq!(
        block("BEGIN EXECUTE 'GRANT SELECT ON t TO ' || r; END"),
        None
    );
}

#[test]
fn sql_of_cockroach() {
    for sql in [
        "DROP INDEX t@i CASCADE",
        "CREATE TABLE t (a STRING, INDEX (a), FAMILY f (a))",
        "CREATE INDEX i ON t (a) STORING (b)",
        "UPSERT INTO t VALUES (1)",
        "SHOW TABLES",
        "ALTER TABLE t CONFIGURE ZONE USING gc.ttlseconds = 600",
        "ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS c UNIQUE (a)",
    ] {
        assert_eq!(parsed(sql, "cockroach").findings, [], "{sql}");
    }
    assert!(
        !parsed("CREATE TABEL t (a int)", "cockroach")
            .findings
            .is_empty()
    );
}

#[test]
fn versions() {
    let merge = "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE";
    let finding = parsed(merge, "postgres>=14").findings.remove(0);
    assert_eq!(finding.code, Code::UnsupportedByTarget);
    assert_eq!(parsed(merge, "postgres>=15").findings, []);
    assert_eq!(parsed(merge, "postgres").findings, []);
}

#[test]
fn nothing_is_too_deep() {
    for (open, close) in [
        ("(", ")"),
        ("NOT ", ""),
        ("- ", ""),
        ("f(", ")"),
        ("(SELECT ", ")"),
    ] {
        for depth in [50, 90, 300, 5000] {
            let sql = format!("SELECT {}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(parsed(&sql, "postgres").findings, [], "{open} {depth}");
        }
    }
}
