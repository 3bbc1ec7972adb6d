//! What the grammar takes, what it refuses and how, and what it makes of it.

use proptest::prelude::*;

use crate::{
    Code,
    grammar::{Parsed, parse},
    settings::Target,
    tree::{Action, Alter, ConstraintKind, DropWhich, ExpressionKind, Position},
};

fn parsed(sql: &str) -> Parsed {
    let target: Target = "mysql".parse().unwrap();
    parse(sql, &target)
}

fn actions(sql: &str) -> Vec<Action> {
    let parsed = parsed(sql);
    assert_eq!(parsed.findings, [], "{sql}");
    parsed
        .statements
        .into_iter()
        .flat_map(|statement| statement.tree.unwrap().actions)
        .collect()
}

/// The code, the text that the range is about, the message, the help.
pub(super) fn refused(sql: &str) -> (Code, &str, String, String) {
    let found = parsed(sql).findings;
    let first = found
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("taken: {sql}"));
    (
        first.code,
        &sql[first.range],
        first.message,
        first.help.unwrap_or_default(),
    )
}

#[test]
fn a_table_is_read_with_all_that_it_has() {
    let sql = "CREATE TABLE IF NOT EXISTS `d`.`t` (
        `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'key',
        `kind` enum('a','b') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'a',
        total DECIMAL(10,2) AS (price * 2) STORED,
        at DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
        other BIGINT NULL REFERENCES o (id) ON DELETE SET NULL,
        PRIMARY KEY (`id`) USING BTREE,
        UNIQUE KEY `u` (`kind`, total DESC),
        KEY (name(10)), FULLTEXT INDEX f (body) WITH PARSER ngram,
        CONSTRAINT fk FOREIGN KEY (other) REFERENCES o (id) ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT c CHECK (total > 0) NOT ENFORCED
    ) ENGINE=InnoDB AUTO_INCREMENT=5, DEFAULT CHARSET = utf8mb4 COMMENT 'x'
      PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)";
    let [Action::CreateTable(table)] = &actions(sql)[..] else {
        panic!("no table");
    };
    assert_eq!(table.name.to_string(), "d.t");
    assert!(table.if_not_exists && table.partitioned);
    assert_eq!(table.columns.len(), 5);
    let id = &table.columns[0];
    assert!(id.auto_increment && id.not_null == Some(true));
    let ty = id.ty.as_ref().unwrap();
    assert_eq!(
        (ty.arguments.join(","), ty.words.join(" ")),
        ("11".into(), "unsigned".into())
    );
    assert_eq!(&sql[id.range.clone()][..12], "`id` int(11)");
    assert_eq!(table.columns[1].ty.as_ref().unwrap().words, ["a", "b"]);
    assert!(table.columns[2].generated.as_ref().unwrap().stored);
    assert!(table.columns[3].on_update.is_some());
    assert_eq!(
        table.columns[4].references[0].on_delete.as_deref(),
        Some("SET NULL")
    );
    assert_eq!(table.constraints.len(), 6);
    let ConstraintKind::ForeignKey(key) = &table.constraints[4].kind else {
        panic!("no foreign key");
    };
    assert_eq!(key.on_update.as_deref(), Some("NO ACTION"));
    assert_eq!(key.name.as_ref().unwrap().text, "fk");
    assert!(
        table
            .options
            .contains(&("charset".into(), "utf8mb4".into()))
    );
}

#[test]
fn changes_are_read_in_order() {
    let sql = "ALTER TABLE t ADD COLUMN a INT NOT NULL FIRST, ADD (b INT, c INT), ADD UNIQUE u (a), DROP b,
        DROP FOREIGN KEY f, DROP PRIMARY KEY, CHANGE COLUMN d e TEXT AFTER a, MODIFY g JSON, RENAME COLUMN h TO i,
        RENAME INDEX j TO k, ALTER COLUMN l SET DEFAULT 1, RENAME TO m, ENGINE=InnoDB, ALGORITHM=INPLACE";
    let [Action::AlterTable(alter)] = &actions(sql)[..] else {
        panic!("no change");
    };
    assert_eq!(alter.changes.len(), 14);
    let Alter::Redefine { name, column, .. } = &alter.changes[7] else {
        panic!("{:?}", alter.changes[7]);
    };
    assert_eq!((name.text.as_str(), column.name.text.as_str()), ("d", "e"));
    assert!(matches!(&column.position, Some(Position::After(name)) if name.text == "a"));
    assert!(matches!(
        alter.changes[6],
        Alter::DropConstraint {
            which: DropWhich::PrimaryKey,
            name: None,
            ..
        }
    ));
    assert_eq!(
        alter.options,
        [("algorithm".to_owned(), "INPLACE".to_owned())]
    );
}

#[test]
fn what_either_server_takes_is_taken() {
    for sql in [
        "CREATE TABLE t (a SERIAL, b POINT SRID 4326, c INT VISIBLE, d UUID DEFAULT uuid(), e TEXT COMPRESSED)",
        "CREATE TABLE t (a INT) SELECT 1 AS b",
        "CREATE TABLE t LIKE u",
        "CREATE OR REPLACE TABLE t (a INT, PERIOD FOR SYSTEM_TIME (b, c)) WITH SYSTEM VERSIONING",
        "CREATE TABLE t (a INT, KEY ((CAST(d->'$.x' AS UNSIGNED ARRAY))))",
        "INSERT INTO t (a, b) VALUES (1, DEFAULT), (2, 'x' 'y') ON DUPLICATE KEY UPDATE a = VALUES(a), b = b + 1",
        "INSERT IGNORE INTO t SET a = 1, b = NOW()",
        "INSERT INTO t VALUES ROW(1, 2), ROW(3, 4)",
        "INSERT INTO t (a) VALUES (1) AS new ON DUPLICATE KEY UPDATE a = new.a",
        "REPLACE INTO t SELECT * FROM u",
        "UPDATE t AS x LEFT JOIN u ON x.a = u.a SET x.b = u.b WHERE u.c IS NOT NULL",
        "DELETE a, b FROM a INNER JOIN b USING (id) WHERE a.x NOT IN (SELECT x FROM c)",
        "DELETE FROM t WHERE a BETWEEN 1 AND 2 ORDER BY b LIMIT 10",
        "SELECT DISTINCT a.*, COUNT(*) AS n FROM a, b WHERE MATCH (x, y) AGAINST ('z' IN BOOLEAN MODE) GROUP BY 1 WITH ROLLUP HAVING n > 1",
        "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT * FROM c",
        "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b SEPARATOR ','), d->>'$.x', DATE_ADD(e, INTERVAL 1 DAY) FROM t FOR UPDATE",
        "SELECT TRIM(LEADING 'a' FROM b), EXTRACT(YEAR FROM c), CAST(d AS SIGNED), CONVERT(e USING utf8mb4), x'00', _utf8'a', \\N",
        "(SELECT 1) UNION (SELECT 2) ORDER BY 1 LIMIT 1",
        "SELECT * FROM ((SELECT 1 AS a) UNION (SELECT 2)) AS t",
        "SELECT @a := 1, @@session.sql_mode, !a, -b, ~c, NOT d, a <=> b, a DIV b, a MOD b, a XOR b",
        "SET @a = 1, SESSION sql_mode = 'ANSI', GLOBAL x = ON, @@local.y = DEFAULT",
        "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
        "RENAME TABLE a TO b, c TO d.e",
        "DROP TABLE IF EXISTS a, b CASCADE",
        "DROP INDEX i ON t ALGORITHM=INPLACE LOCK=NONE",
        "CREATE UNIQUE INDEX i USING BTREE ON t (a(10), b DESC) COMMENT 'x'",
        "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`r`@`%` SQL SECURITY INVOKER VIEW v (a) AS SELECT 1 WITH CHECK OPTION",
        "CREATE DATABASE d CHARACTER SET utf8mb4 COLLATE = utf8mb4_bin",
        "ALTER DATABASE d DEFAULT CHARSET utf8mb4",
        "LOCK TABLES a READ, b AS c WRITE",
        "UNLOCK TABLES",
        "/*!40101 SET NAMES utf8 */",
        "CREATE TABLE t (a INT) /*!50100 PARTITION BY HASH (a) PARTITIONS 4 */",
        "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = IF(NEW.b > 1, 2, 3)",
        "CREATE FUNCTION f (a INT) RETURNS INT DETERMINISTIC READS SQL DATA RETURN a + 1",
        "CREATE PROCEDURE p (IN a INT, OUT b TEXT) BEGIN DECLARE c INT DEFAULT 0; DECLARE d CURSOR FOR SELECT 1; \
         DECLARE CONTINUE HANDLER FOR NOT FOUND SET c = 1; l: LOOP FETCH d INTO b; IF c THEN LEAVE l; END IF; END LOOP l; \
         CASE WHEN a THEN SELECT 1; ELSE SELECT 2; END CASE; WHILE a < 3 DO SET a = a + 1; END WHILE; END",
        "GRANT ALL ON *.* TO 'a'@'%'",
        "SELECT 2fa.1b, trigger.a FROM 2fa, `trigger`",
        "ALTER TABLE t",
        "ANALYZE TABLE t; SHOW TABLES; EXPLAIN SELECT 1",
    ] {
        assert_eq!(parsed(sql).findings, [], "{sql}");
    }
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    for (sql, place, message, help) in [
        (
            "CREATE TABEL t (a INT)",
            "TABEL",
            "`TABEL` is nothing that can be created, altered or dropped",
            "did you mean `TABLE`?",
        ),
        (
            "CREAT TABLE t (a INT)",
            "CREAT",
            "no statement begins with `CREAT`",
            "did you mean `CREATE`?",
        ),
        (
            "CREATE TABLE t (a INT,, b INT)",
            ",",
            "`,` stands where the name of a column should be",
            "remove the `,`",
        ),
        (
            "CREATE TABLE t (a INT, b INT,)",
            ")",
            "`)` stands where the name of a column should be",
            "remove the `,`",
        ),
        (
            "CREATE TABLE t (a INT NOT NUL)",
            "NUL",
            "`NUL` does not belong here: `SECONDARY` or `NULL` is expected",
            "did you mean `NULL`?",
        ),
        (
            "CREATE TABLE t (a INT",
            "INT",
            "the statement ends too early",
            "",
        ),
        (
            "CREATE TABLE t (order INT)",
            "order",
            "`order` is a reserved word, and stands where the name of a column should be",
            "if it is meant as a name, write it in backticks: `order`",
        ),
        (
            "CREATE TABLE t (a VARCHAR)",
            "VARCHAR",
            "`VARCHAR` needs a length in brackets",
            "write `VARCHAR(255)`",
        ),
        (
            "CREATE TABLE t (a INT) ENGIN=InnoDB",
            "ENGIN",
            "a table has no option `engin`",
            "did you mean `ENGINE`?",
        ),
        (
            "CREATE TABLE 't' (a INT)",
            "'t'",
            "'t' is a string, and stands where the name of the table should be",
            "a name stands in backticks: `t`",
        ),
        (
            "DROP TABLE a\nDROP TABLE b",
            "DROP",
            "`DROP` does not belong here",
            "is a `;` missing before `DROP`?",
        ),
        (
            "SELECT a FORM t",
            "t",
            "`t` does not belong here",
            "did you mean `FROM` instead of `FORM`?",
        ),
        (
            "SELECT * FROM (SELECT 1)",
            "(SELECT 1)",
            "a query in FROM needs a name",
            "write `AS name` behind its `)`",
        ),
        (
            "INSERT INTO t VALUES (1, 'a)",
            "'a)",
            "a string is not closed: its second ' is missing",
            "",
        ),
        (
            "ALTER TABLE t ADD COLUMN a INT ADD COLUMN b INT",
            "ADD",
            "`ADD` does not belong here",
            "",
        ),
        (
            "GRANT SELECT (a ON t TO b",
            "(",
            "this `(` has no `)`",
            "write its `)`",
        ),
        (
            "--comment\nSELECT 1",
            "--",
            "this `--` begins no comment: MySQL wants white space behind it",
            "write `-- `, with a space",
        ),
    ] {
        let (code, found, said, advised) = refused(sql);
        assert_eq!((code, found), (Code::SqlSyntax, place), "{sql}: {said}");
        assert!(said.starts_with(message), "{sql}: {said}");
        assert!(advised.starts_with(help), "{sql}: {advised}");
    }
}

#[test]
fn a_definition_can_be_wrong_by_itself() {
    for (definition, place) in [
        ("a INT DEFAULT 'x'", "'x'"),
        ("a INT UNSIGNED DEFAULT -1", "-1"),
        ("a TINYINT DEFAULT 300", "300"),
        ("a INT NOT NULL DEFAULT NULL", "NULL"),
        ("a ENUM('b', 'c') DEFAULT 'd'", "'d'"),
        ("a VARCHAR(3) DEFAULT 'abcd'", "'abcd'"),
        ("a DECIMAL(5, 7)", "DECIMAL(5, 7)"),
        ("a CHAR(300)", "CHAR(300)"),
        ("a DATETIME(9)", "DATETIME(9)"),
        ("a INT ON UPDATE CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
        ("a INT AUTO_INCREMENT", "a"),
        ("a TEXT PRIMARY KEY", "a"),
        ("a INT, KEY (a, a)", "a"),
        ("a INT, KEY (a(5))", "a"),
        ("a VARCHAR(5), KEY (a(9))", "a"),
        ("a VARCHAR(5) CHARACTER SET utf9", "utf9"),
        ("a VARCHAR(5) COLLATE uft8_bin", "uft8_bin"),
        (
            "a INT NOT NULL, FOREIGN KEY (a) REFERENCES u (b) ON DELETE SET NULL",
            "a",
        ),
    ] {
        let sql = format!("CREATE TABLE t ({definition})");
        let found = parsed(&sql);
        assert_eq!(found.findings.len(), 1, "{sql}: {:?}", found.findings);
        assert_eq!(&sql[found.findings[0].range.clone()], place, "{sql}");
        assert!(found.findings[0].help.is_some(), "{sql}");
        assert!(found.statements[0].tree.is_some(), "{sql}");
    }
    for definition in [
        "a INT DEFAULT '1'",
        "a INT DEFAULT ' 5 '",
        "a INT ZEROFILL DEFAULT 4294967295",
        "a ENUM('b', 'C') DEFAULT 'c'",
        "a INT AUTO_INCREMENT, b INT, PRIMARY KEY (b), KEY (a)",
        "a INT AUTO_INCREMENT PRIMARY KEY",
        "a SERIAL",
        "a TEXT, PRIMARY KEY (a(20))",
        "a VARCHAR(5), KEY (a(5))",
        "a VARCHAR(5) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin",
        "a DATETIME(6) DEFAULT NOW(6) ON UPDATE NOW(6)",
        "a INT, b INT AS (a) STORED, UNIQUE (a, b)",
    ] {
        assert_eq!(
            parsed(&format!("CREATE TABLE t ({definition})")).findings,
            []
        );
    }
    assert_eq!(
        parsed("CREATE TABLE t (a INT) ENGINE=InoDB").findings.len(),
        1
    );
    assert_eq!(parsed("CREATE TABLE t (a INT) ENGINE=CONNECT").findings, []);
}

#[test]
fn comments_are_closed() {
    assert_eq!(refused("SELECT 1; -- a\n/* b */ # c\n /* d").1, "/*");
    assert_eq!(parsed("SELECT 1; -- a\n/* b */ # c /*").findings, []);
}

#[test]
fn types_are_a_closed_set() {
    let (code, place, message, help) = refused("CREATE TABLE t (a VARCHR(10))");
    assert_eq!((code, place), (Code::UnknownType, "VARCHR"));
    assert_eq!(message, "there is no type `VARCHR`");
    assert_eq!(help, "did you mean `VARCHAR`?");
}

#[test]
fn sql_in_variables_is_followed() {
    let sql = "SET @n := (SELECT COUNT(*) FROM information_schema.columns WHERE table_name = 't');
        SET @s = IF(@n > 0, 'ALTER TABLE t DROP COLUMN c', 'SELECT 1'); PREPARE x FROM @s; EXECUTE x";
    let Some(Action::Opaque { words, everything }) = actions(sql).pop() else {
        panic!("nothing is executed");
    };
    assert!(!everything && words.contains(&"t".to_owned()) && words.contains(&"c".to_owned()));
    let sql = "SELECT CONCAT('DROP TABLE ', table_name) INTO @s FROM information_schema.tables LIMIT 1; PREPARE x FROM @s; EXECUTE x";
    assert!(matches!(
        actions(sql).pop(),
        Some(Action::Opaque {
            everything: true,
            ..
        })
    ));
    let sql = "CREATE PROCEDURE p(t TEXT) BEGIN SET @s = CONCAT('ALTER TABLE ', t, ' DROP INDEX i'); PREPARE x FROM @s; EXECUTE x; END; CALL p('u')";
    assert!(matches!(
        actions(sql).pop(),
        Some(Action::Opaque { everything: false, words }) if words.contains(&"u".to_owned()) && words.contains(&"i".to_owned())
    ));
    let sql = "CREATE PROCEDURE p(a INT, b INT) SELECT 1; CALL p(1)";
    assert_eq!(
        refused(sql).2,
        "the procedure `p` takes 2 arguments, and is given 1"
    );
    let sql = "CREATE PROCEDURE p(t TEXT) BEGIN SET @s = CONCAT('ALTER TABLE a_', t); PREPARE x FROM @s; EXECUTE x; END; CALL p('u')";
    assert!(matches!(
        actions(sql).pop(),
        Some(Action::Opaque {
            everything: true,
            ..
        })
    ));
    let sql = "CREATE PROCEDURE p() BEGIN ALTER TABLE t ADD a INT; END; CALL p()";
    assert!(matches!(
        actions(sql).pop(),
        Some(Action::Opaque { everything: false, words }) if words.contains(&"t".to_owned())
    ));
}

#[test]
fn ansi_quotes_make_names() {
    assert_eq!(
        parsed("SET sql_mode = 'ANSI_QUOTES'; CREATE TABLE \"t\" (\"a\" INT)").findings,
        []
    );
}

#[test]
fn long_chains_are_no_deep_trees() {
    let sum = format!("SELECT {}1", "1 + ".repeat(5_000));
    let [Action::Query(query)] = &actions(&sum)[..] else {
        panic!("no query");
    };
    let crate::tree::Body::Select(select) = &query.body else {
        panic!("no select");
    };
    let crate::tree::Output::Expression { expression, .. } = &select.outputs[0] else {
        panic!("no expression");
    };
    assert!(
        matches!(&expression.kind, ExpressionKind::Operation { operands, .. } if operands.len() == 5_001)
    );
    let union = format!("SELECT 1{}", " UNION ALL SELECT 2".repeat(3_000));
    assert_eq!(actions(&union).len(), 1);
    for deep in ["(", "f(", "NOT ", "- ", "CASE WHEN ", "(SELECT ", "IF(a, "] {
        let sql = format!("SELECT {}", deep.repeat(20_000));
        parsed(&sql);
    }
    let blocks = format!("CREATE PROCEDURE p() {}", "BEGIN ".repeat(20_000));
    parsed(&blocks);
}

const WORDS: &[&str] = &[
    "CREATE",
    "TABLE",
    "ALTER",
    "ADD",
    "DROP",
    "COLUMN",
    "KEY",
    "PRIMARY",
    "INDEX",
    "SELECT",
    "FROM",
    "JOIN",
    "ON",
    "WHERE",
    "INSERT",
    "INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE",
    "UNION",
    "ORDER BY",
    "CASE",
    "WHEN",
    "END",
    "BEGIN",
    "PROCEDURE",
    "TRIGGER",
    "IF",
    "NOT",
    "EXISTS",
    "INT",
    "VARCHAR",
    "ENUM",
    "DEFAULT",
    "PARTITION BY",
    "RANGE",
    "INTERVAL",
    "OVER",
    "AS",
    "WITH",
    "@a",
    ":=",
    "->",
    "'a'",
    "`b`",
    "\"c\"",
    "1",
    "1e",
    ".5",
    "(",
    ")",
    ",",
    ";",
    ".",
    "=",
    "*",
    "-",
    "--",
    "/*!50000",
    "*/",
    "\\",
    "DELIMITER",
    "$$",
    "é",
    "\n",
];

proptest! {
    #[test]
    fn nothing_makes_it_panic(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..30)) {
        let sql = words.join(" ");
        for finding in parsed(&sql).findings {
            finding.render(&sql, |line, column| format!("{line}:{column}"));
        }
        let glued = words.concat();
        for finding in parsed(&glued).findings {
            finding.render(&glued, |line, column| format!("{line}:{column}"));
        }
    }
}
