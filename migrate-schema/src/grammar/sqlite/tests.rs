use proptest::prelude::*;

use crate::{
    Code, Dialect,
    grammar::{self, Parsed},
    tree::{
        Action, Alter, Body, ConstraintKind, Expression, ExpressionKind, Name, ObjectKind, Output,
        Source, TriggerBody,
    },
};

fn parse(sql: &str) -> Parsed {
    grammar::parse(sql, &Dialect::Sqlite.into())
}

fn findings(sql: &str) -> Vec<(Code, String, String)> {
    parse(sql)
        .findings
        .into_iter()
        .map(|f| (f.code, f.message, sql[f.range].to_owned()))
        .collect()
}

/// The only action of the only statement.
fn action(sql: &str) -> Action {
    let parsed = parse(sql);
    assert_eq!(parsed.findings, [], "{sql}");
    let mut actions = parsed.statements[0].tree.clone().unwrap().actions;
    assert_eq!(actions.len(), 1, "{sql}");
    actions.remove(0)
}

/// The names that an expression mentions, with the bytes at which they stand.
fn columns(expression: &Expression) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    if let ExpressionKind::Column { name, .. } = &expression.kind {
        found.push((name.text.clone(), name.range.start));
    }
    expression.children(|child| found.extend(columns(child)));
    found
}

fn at(sql: &str, name: &Name) -> String {
    sql[name.range.clone()].to_owned()
}

#[test]
fn every_statement_is_checked_and_placed() {
    let found = findings("CREATE TABLE a (b);\nCREATE TABEL c (d);\nDROP TABLE a b");
    let expected =
        |message: &str, text: &str| (Code::SqlSyntax, message.to_owned(), text.to_owned());
    assert_eq!(
        found,
        [
            expected("near \"TABEL\": syntax error", "TABEL"),
            expected("near \"b\": syntax error", "b"),
        ]
    );
}

#[test]
fn a_forgotten_separator_is_suggested() {
    let help = |sql: &str| parse(sql).findings[0].help.clone();
    assert_eq!(
        help("CREATE TABLE a (b)\nCREATE TABLE c (d)").as_deref(),
        Some("is a `;` missing before `CREATE`?")
    );
    assert_eq!(help("SELECT 1 FROM FROM"), None);
}

#[test]
fn a_misspelt_keyword_is_suggested() {
    let help = |sql: &str| parse(sql).findings[0].help.clone();
    assert_eq!(
        help("CREATE TABEL a (b)").as_deref(),
        Some("did you mean `TABLE`?")
    );
    assert_eq!(
        help("CREATE TABLE a (b TEXT NOT NUL)").as_deref(),
        Some("did you mean `NULL`?")
    );
    assert_eq!(help("SELECT 1 FROM a b c"), None);
}

#[test]
fn ends_and_empties() {
    assert_eq!(
        findings("CREATE TABLE a (b")[0].1,
        "the statement ends too early"
    );
    assert_eq!(findings("SELECT 'a")[0].1, "a quote is not closed");
    assert_eq!(findings(" ")[0].1, "this SQL is empty");
    assert_eq!(findings(" ; ")[0].1, "this SQL is empty");
    assert_eq!(findings("-- later")[0].1, "this SQL is only comments");
    assert_eq!(findings("BEGIN; DROP TABLE a; COMMIT").len(), 2);
}

#[test]
fn nothing_hides_behind_a_column_that_is_there_twice() {
    assert_eq!(findings("CREATE TABLE a (b, b)"), []);
    assert_eq!(findings("INSERT INTO a (b, b) VALUES (1, 2)"), []);
    assert_eq!(findings("CREATE TABLE a (b, b, c d e f,)")[0].2, ")");
    assert_eq!(findings("CREATE TABLE a (b, b, CHECK (b ! = 1))").len(), 1);
}

#[test]
fn a_transaction_is_begun_once() {
    let twice = |sql: &str| {
        findings(sql)
            .iter()
            .filter(|(code, ..)| *code == Code::InvalidDefinition)
            .count()
    };
    assert_eq!(twice("BEGIN; BEGIN TRANSACTION; COMMIT"), 1);
    assert_eq!(
        twice("BEGIN; COMMIT; BEGIN; ROLLBACK TO a; ROLLBACK; BEGIN; END"),
        0
    );
}

#[test]
fn a_table_in_full() {
    let sql = "CREATE TEMP TABLE IF NOT EXISTS main.[a b] (\n\
        \"key\" INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT ABORT AUTOINCREMENT,\n\
        b VARCHAR(20, -3) NOT NULL DEFAULT -1.5 UNIQUE ON CONFLICT IGNORE CHECK (b <> 'x') COLLATE nocase,\n\
        c DEFAULT (1 + 2) REFERENCES o (i) ON DELETE SET NULL ON UPDATE CASCADE NOT DEFERRABLE INITIALLY DEFERRED,\n\
        d double precision GENERATED ALWAYS AS (b || c) STORED, e text default now null,\n\
        CONSTRAINT u UNIQUE (b, c COLLATE nocase DESC) CONSTRAINT f FOREIGN KEY (b, c) REFERENCES p MATCH FULL,\n\
        CHECK (b), PRIMARY KEY (b)) WITHOUT ROWID, STRICT";
    // It says much that contradicts itself, and is read nonetheless.
    let tree = parse(sql).statements[0].tree.clone().unwrap();
    let [Action::CreateTable(table)] = &tree.actions[..] else {
        panic!()
    };
    assert_eq!(table.name.to_string(), "main.a b");
    assert!(table.temporary && table.if_not_exists && table.strict && table.without_rowid);
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.text.as_str()).collect();
    assert_eq!(names, ["key", "b", "c", "d", "e"]);
    let mark = table.columns[0].primary_key.clone().unwrap();
    assert!(mark.autoincrement && mark.descending && mark.name.unwrap().text == "pk");
    let b = &table.columns[1];
    assert_eq!(b.ty.as_ref().unwrap().arguments, ["20", "-3"]);
    assert_eq!(
        (b.not_null, b.unique.is_some(), b.checks.len()),
        (Some(true), true, 1)
    );
    assert_eq!(&sql[b.default.as_ref().unwrap().range.clone()], "-1.5");
    let key = &table.columns[2].references[0];
    assert_eq!(
        (key.on_delete.as_deref(), key.on_update.as_deref()),
        (Some("SET NULL"), Some("CASCADE"))
    );
    assert_eq!(
        table.columns[3].ty.as_ref().unwrap().path.name.text,
        "double precision"
    );
    assert!(table.columns[3].generated.as_ref().unwrap().stored);
    assert_eq!(table.columns[4].not_null, Some(false));
    assert_eq!(table.constraints.len(), 4);
    assert_eq!(table.constraints[0].name.as_ref().unwrap().text, "u");
    assert!(
        matches!(&table.constraints[1].kind, ConstraintKind::ForeignKey(key)
        if key.columns.len() == 2 && key.name.as_ref().unwrap().text == "f")
    );
}

#[test]
fn names_stand_where_they_were_written() {
    let sql = "INSERT INTO email (emial, email) SELECT email.email, 'emial' FROM email ON CONFLICT (emial) DO NOTHING";
    // Behind a table without a condition `ON` begins one.
    assert_eq!(findings(sql).len(), 1);
    let sql = sql.replace(" ON CONFLICT", " WHERE 1 ON CONFLICT");
    let Action::Insert(insert) = action(&sql) else {
        panic!()
    };
    assert_eq!(insert.table.name.range, 12..17);
    assert_eq!(insert.columns[0].range, 19..24);
    assert_eq!(at(&sql, &insert.columns[1]), "email");
    assert_eq!(insert.columns[1].range.start, 26);
    let target = &insert.conflicts[0].columns[0];
    assert_eq!(&sql[target.range.clone()], "emial");
    assert!(target.range.start > 70);
}

#[test]
fn expressions_bind_as_sqlite_binds_them() {
    let shape = |sql: &str| {
        let sql = format!("SELECT {sql}");
        let Action::Query(query) = action(&sql) else {
            panic!()
        };
        let Body::Select(select) = query.body else {
            panic!()
        };
        let Output::Expression { expression, .. } = &select.outputs[0] else {
            panic!()
        };
        draw(expression)
    };
    assert_eq!(
        shape("a OR b AND NOT c = d"),
        "(a OR (b AND (NOT (c = d))))"
    );
    assert_eq!(shape("a + b * c - d"), "(a  (b * c)  d)");
    assert_eq!(shape("a || b || c"), "(a || b || c)");
    assert_eq!(shape("(a + b) + c"), "((a + b) + c)");
    assert_eq!(
        shape("a BETWEEN b AND c AND d"),
        "((a BETWEEN b BETWEEN c) AND d)"
    );
    assert_eq!(
        shape("a NOT LIKE b ESCAPE c OR d ISNULL"),
        "((a LIKE b LIKE c) OR (IS d))"
    );
    assert_eq!(shape("a NOT NULL IS NOT b"), "((IS a) IS NOT b)");
    assert_eq!(shape("- a ->> 'b' = 1"), "(((- a) -> .) = .)");
    assert_eq!(
        shape("CASE a WHEN b THEN c ELSE d END"),
        "(a CASE b CASE c CASE d)"
    );
    assert_eq!(
        shape("a IN (b, c) AND NOT d IN ()"),
        "((a IN b IN c) AND (NOT (IN d)))"
    );
}

fn draw(expression: &Expression) -> String {
    match &expression.kind {
        ExpressionKind::Column { name, .. } => name.text.clone(),
        ExpressionKind::Operation { operator, operands } => {
            let parts: Vec<String> = operands.iter().map(draw).collect();
            if parts.len() == 1 {
                format!("({operator} {})", parts[0])
            } else {
                format!("({})", parts.join(&format!(" {operator} ")))
            }
        }
        _ => ".".to_owned(),
    }
}

#[test]
fn queries_in_full() {
    let sql = "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n LIMIT 3), m AS NOT MATERIALIZED (SELECT 1)
        SELECT DISTINCT t.*, *, sum(x) FILTER (WHERE y > 1) OVER w AS total, row_number() OVER (w2 ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
        FROM main.t AS t INDEXED BY i LEFT OUTER JOIN u USING (x), json_each(t.j, '$.a') j JOIN (SELECT 1) s ON s.x = t.x
        WHERE EXISTS (SELECT 1) GROUP BY x HAVING count(*) > 1 WINDOW w AS (PARTITION BY q) ORDER BY total DESC NULLS LAST LIMIT 1 OFFSET 2";
    let Action::Query(query) = action(sql) else {
        panic!()
    };
    assert_eq!(
        (query.with.len(), query.order_by.len(), query.limit.len()),
        (2, 1, 2)
    );
    let Body::Select(select) = &query.body else {
        panic!()
    };
    assert_eq!(
        (
            select.outputs.len(),
            select.from.len(),
            select.windows.len()
        ),
        (4, 1, 1)
    );
    let Source::Join(join) = &select.from[0] else {
        panic!()
    };
    assert!(matches!(&join.right, Source::Query { alias: Some(alias), .. } if alias.text == "s"));
}

#[test]
fn a_long_compound_is_not_deep() {
    fn depth(body: &Body) -> usize {
        match body {
            Body::Set { left, right, .. } => 1 + depth(&left.body).max(depth(&right.body)),
            _ => 0,
        }
    }
    let Action::Query(query) = action(&vec!["SELECT 1"; 400].join(" UNION ALL ")) else {
        panic!()
    };
    assert!(depth(&query.body) < 30);
}

#[test]
fn triggers_hold_statements() {
    let sql = "CREATE TRIGGER IF NOT EXISTS tr AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN new.a <> old.a BEGIN
        INSERT INTO log (a) VALUES (new.a) ON CONFLICT DO UPDATE SET a = excluded.a WHERE b;
        UPDATE t SET (a, b) = (1, 2), c = 3 FROM u WHERE t.i = u.i;
        DELETE FROM t WHERE a; SELECT RAISE(ABORT, 'no');
    END";
    let Action::CreateTrigger(trigger) = action(sql) else {
        panic!()
    };
    let TriggerBody::Statements(statements) = &trigger.body else {
        panic!()
    };
    assert!(matches!(
        statements.as_slice(),
        [
            Action::Insert(_),
            Action::Update(_),
            Action::Delete(_),
            Action::Query(_)
        ]
    ));
    assert_eq!(columns(trigger.when.as_ref().unwrap()).len(), 2);
}

#[test]
fn other_statements() {
    assert!(
        matches!(action("DROP TRIGGER IF EXISTS temp.x"), Action::Drop(drop)
        if drop.if_exists && drop.targets[0].kind == ObjectKind::Trigger)
    );
    assert!(
        matches!(action("ALTER TABLE a RENAME b TO c"), Action::AlterTable(alter)
        if matches!(alter.changes[..], [Alter::RenameColumn { .. }]))
    );
    assert!(
        matches!(action("ALTER TABLE a ADD b TEXT"), Action::AlterTable(alter)
        if matches!(alter.changes[..], [Alter::AddColumn { .. }]))
    );
    assert!(
        matches!(action("PRAGMA main.Foreign_Keys = 'off'"), Action::Setting { name, value }
        if name == "foreign_keys" && value.as_deref() == Some("off"))
    );
    assert!(
        matches!(action("CREATE VIRTUAL TABLE v USING fts5(a, b, content='x(,)', t = (1, 2))"),
        Action::CreateTable(table) if table.virtual_table.as_ref().unwrap().arguments
            == ["a", "b", "content='x(,)'", "t = (1, 2)"])
    );
    assert!(
        matches!(action("CREATE UNIQUE INDEX s.i ON t (lower(a) DESC, b COLLATE c) WHERE d"),
        Action::CreateIndex(index) if index.unique && index.parts[0].descending
            && index.parts[1].collation.is_some() && index.predicate.is_some())
    );
    assert!(matches!(action("REINDEX t"), Action::Require(require) if require.targets.len() == 1));
    for nothing in ["REINDEX", "ANALYZE", "VACUUM", "EXPLAIN DROP TABLE a"] {
        assert_eq!(
            parse(nothing).statements[0].tree.as_ref().unwrap().actions,
            [],
            "{nothing}"
        );
    }
}

#[test]
fn what_others_write_is_named() {
    let wrong = |sql: &str| match findings(sql).as_slice() {
        [(Code::WrongDialect, message, text)] => format!("{message} @ {text}"),
        others => format!("{others:?}"),
    };
    let cases = [
        (
            "CREATE TABLE a (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY)",
            "`AUTO_INCREMENT` is MySQL; SQLite writes `INTEGER PRIMARY KEY` @ AUTO_INCREMENT",
        ),
        (
            "CREATE TABLE a (id int auto_increment PRIMARY KEY)",
            "`AUTO_INCREMENT` is MySQL; SQLite writes `INTEGER PRIMARY KEY` @ int auto_increment",
        ),
        (
            "CREATE TABLE a (id SERIAL PRIMARY KEY)",
            "`SERIAL` is PostgreSQL; SQLite writes `INTEGER PRIMARY KEY` @ SERIAL",
        ),
        (
            "CREATE TABLE public.a (id INTEGER)",
            "schema `public` is PostgreSQL; SQLite has only `main` and `temp`: leave it out @ public",
        ),
        (
            "CREATE TABLE a (b) ENGINE = InnoDB",
            "`ENGINE=` is MySQL; SQLite has no such options: leave it out @ ENGINE =",
        ),
        (
            "SELECT a::text FROM b",
            "`::` is PostgreSQL; SQLite writes `CAST(x AS type)` @ ::",
        ),
        (
            "DROP TABLE a, b",
            "several things in one `DROP` is PostgreSQL and MySQL; SQLite writes a `DROP` for each @ ,",
        ),
        (
            "ALTER TABLE a ALTER COLUMN b TYPE text",
            "`ALTER COLUMN … TYPE` is PostgreSQL; SQLite builds the table anew: create one as it shall be, copy the rows, \
             drop the old one, rename the new one @ TYPE",
        ),
        (
            "CREATE TABLE a (b TEXT, KEY b_key (b))",
            "`KEY` in a table is MySQL; SQLite has `CREATE INDEX` behind the table @ , KEY b_key (b",
        ),
    ];
    for (sql, expected) in cases {
        assert_eq!(wrong(sql), expected, "{sql}");
    }
    for good in [
        "CREATE TABLE a (id BIGSERIAL NOT NULL, b TIMESTAMP WITH TIME ZONE, c JSONB, d UNSIGNED BIG INT)",
        "CREATE TABLE a (`b` VARCHAR(20), [c] DATETIME DEFAULT CURRENT_TIMESTAMP)",
        "REPLACE INTO a VALUES (1)",
    ] {
        assert_eq!(findings(good), [], "{good}");
    }
}

#[test]
fn deep_nesting_is_no_overflow() {
    for (open, close) in [
        ("(", ")"),
        ("NOT ", ""),
        ("- ", ""),
        ("CASE WHEN ", " THEN 1 END"),
        ("(SELECT ", ")"),
    ] {
        for depth in [50, 900, 20_000] {
            let deep = format!("SELECT {}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(parse(&deep).statements.len(), 1);
        }
    }
    let chains = [
        "SELECT 1",
        " + 1 - 1",
        " COLLATE a",
        " IS 1",
        " AND 1 OR 1",
        " UNION SELECT 1",
        ", b",
    ];
    for chain in &chains[1..] {
        parse(&format!("SELECT 1{}", chain.repeat(20_000)));
        parse(&format!("SELECT 1 FROM a{}", chain.repeat(20_000)));
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(sql in "\\PC*|((SELECT|CREATE|TABLE|TRIGGER|INSERT|INTO|VALUES|BEGIN|END|FROM|'|\"|\\(|\\)|;|,|--|\n|é|a|1|x'|\\$)[ ]?){0,30}") {
        for finding in parse(&sql).findings {
            finding.render(&sql, |l, c| format!("{l}:{c}"));
        }
    }
}
