//! What the schema of a history says where the dialect is a server's: what was renamed since stands under its new name.

#![cfg(all(feature = "schema", feature = "postgres", feature = "mysql"))]

use migrate_schema::{
    Dialect,
    schema::{Deferrable, Identity, Schema, TableKind, TypeShape},
    settings::Settings,
};

fn schema(dialect: Dialect, sql: &str) -> Schema {
    let (schema, findings) = Schema::from_sql(&dialect.into(), &Settings::default(), [sql]);
    let findings: Vec<_> = findings.iter().map(|one| &one.message).collect();
    assert!(findings.is_empty(), "{findings:?}: {sql}");
    assert_eq!(schema.unknown, Vec::<String>::new(), "{sql}");
    assert!(schema.tables.iter().all(|table| !table.open), "{schema:#?}");
    schema
}

#[test]
fn what_was_renamed_on_postgres() {
    let schema = schema(
        Dialect::Postgres,
        "CREATE TYPE mood AS ENUM ('a', 'c');
         ALTER TYPE mood ADD VALUE 'b' BEFORE 'c';
         CREATE TABLE t (id serial PRIMARY KEY, m mood DEFAULT 'a'::mood, n int CHECK (n > 0));
         CREATE VIEW v AS SELECT n FROM t WHERE n > 1;
         CREATE VIEW w AS SELECT t.n + 1 AS x FROM t;
         ALTER TYPE mood RENAME TO humour;
         ALTER TABLE t RENAME COLUMN n TO number;
         ALTER TABLE t RENAME TO people",
    );
    let table = &schema.tables[0];
    assert_eq!(table.columns[0].data_type, "integer");
    assert!(table.columns[0].auto_increment);
    assert_eq!(table.columns[1].data_type, "\"humour\"".trim_matches('"'));
    assert_eq!(table.columns[1].default.as_deref(), Some("'a'::humour"));
    assert_eq!(table.checks[0].expression, "number > 0");
    assert_eq!(table.checks[0].name.as_deref(), Some("t_n_check"));
    let queries: Vec<&str> = schema
        .views
        .iter()
        .map(|view| view.query.as_str())
        .collect();
    assert_eq!(
        queries,
        [
            "SELECT number AS n FROM people WHERE number > 1",
            "SELECT people.number + 1 AS x FROM people"
        ]
    );
    let TypeShape::Enum(labels) = &schema.types[0].shape else {
        unreachable!("it is an enum");
    };
    assert_eq!(labels, &["a", "b", "c"]);
}

#[test]
fn what_is_said_of_parts_on_postgres() {
    let schema = schema(
        Dialect::Postgres,
        "CREATE TABLE p (a int, b int, UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) DEFERRABLE INITIALLY DEFERRED) ;
         CREATE TABLE c (a int GENERATED ALWAYS AS IDENTITY, b int, CONSTRAINT k CHECK (b > 0) NO INHERIT NOT VALID,
             EXCLUDE USING gist (b WITH =));
         CREATE INDEX i ON c (a DESC NULLS LAST, b) INCLUDE (b) WHERE a > 1;
         COMMENT ON TABLE c IS 'it''s c'; COMMENT ON COLUMN c.b IS 'x'; COMMENT ON INDEX i IS 'y';
         CREATE TABLE q (a int) PARTITION BY RANGE (a);
         CREATE TABLE q1 PARTITION OF q FOR VALUES FROM (1) TO (2);
         CREATE DOMAIN d AS int CHECK (VALUE > 0);
         ALTER DOMAIN d SET DEFAULT 5; ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d ADD CONSTRAINT two CHECK (VALUE > 2)",
    );
    let unique = &schema.tables[0].uniques[0];
    assert!(unique.nulls_not_distinct);
    assert_eq!(
        (unique.include.as_slice(), unique.deferrable),
        (&["b".to_owned()][..], Deferrable::Deferred)
    );
    let table = &schema.tables[1];
    assert_eq!(table.columns[0].identity, Some(Identity::Always));
    assert!(table.checks[0].no_inherit && table.checks[0].not_valid);
    assert_eq!(table.exclusions[0].definition, "USING gist (b WITH =)");
    assert_eq!(table.indexes[0].parts[0].nulls_first, Some(false));
    assert_eq!(table.indexes[0].predicate.as_deref(), Some("a > 1"));
    let comments = [
        &table.comment,
        &table.columns[1].comment,
        &table.indexes[0].comment,
    ];
    assert_eq!(
        comments.map(|one| one.as_deref()),
        [Some("it's c"), Some("x"), Some("y")]
    );
    assert_eq!(
        schema.tables[2].kind,
        TableKind::Partitioned("RANGE (a)".to_owned())
    );
    let TableKind::Child { bounds, .. } = &schema.tables[3].kind else {
        unreachable!("it is a partition");
    };
    assert_eq!(bounds.as_deref(), Some("FOR VALUES FROM (1) TO (2)"));
    let TypeShape::Domain {
        not_null,
        default,
        checks,
        ..
    } = &schema.types[0].shape
    else {
        unreachable!("it is a domain");
    };
    assert_eq!((*not_null, default.as_deref()), (true, Some("5")));
    assert_eq!(checks[1], (Some("two".to_owned()), "VALUE > 2".to_owned()));
}

#[test]
fn columns_of_mysql_stand_where_they_were_put() {
    let schema = schema(
        Dialect::Mysql,
        "CREATE TABLE t (a INT PRIMARY KEY, b INT COMMENT 'x', c TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
             UNIQUE KEY (b), KEY k (b, c) COMMENT 'y') ENGINE=InnoDB COMMENT='z';
         ALTER TABLE t ADD d INT FIRST, ADD e INT AFTER a, MODIFY b BIGINT FIRST",
    );
    let table = &schema.tables[0];
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["b", "d", "a", "e", "c"]);
    assert_eq!(
        table.columns[4].on_update.as_deref(),
        Some("CURRENT_TIMESTAMP")
    );
    assert_eq!(table.comment.as_deref(), Some("z"));
    assert_eq!(table.indexes[0].comment.as_deref(), Some("y"));
    assert_eq!(table.uniques[0].name, None);
}

#[test]
fn a_column_is_renamed_in_the_partitions_too() {
    let schema = schema(
        Dialect::Postgres,
        "CREATE TABLE m (kind text, n int) PARTITION BY LIST (kind);
         CREATE TABLE m_a PARTITION OF m FOR VALUES IN ('a');
         ALTER TABLE m_a ADD CONSTRAINT c CHECK (n > 0);
         CREATE INDEX i ON m_a (n);
         ALTER TABLE m RENAME COLUMN n TO number",
    );
    let part = &schema.tables[1];
    assert_eq!(part.checks[0].expression, "number > 0");
    assert_eq!(
        part.indexes[0].parts,
        [migrate_schema::schema::IndexPart::column("number")]
    );
}

#[test]
fn nothing_is_told_of_columns_that_may_have_been_changed() {
    let before = "CREATE TABLE t (a varchar(9)); CREATE TABLE u (a varchar(9));";
    let perhaps = "DO $$ BEGIN ALTER TABLE t ALTER COLUMN a TYPE text; EXCEPTION WHEN others THEN NULL; END $$;";
    let read =
        |sql: &str| Schema::from_sql(&Dialect::Postgres.into(), &Settings::default(), [sql]).0;
    let built = read(&format!("{before}{perhaps}"));
    let live = read("CREATE TABLE t (a text); CREATE TABLE u (a text);");
    let told = migrate_schema::schema::diff::diff(&live, &built, &Default::default());
    let told = format!("{told:?}");
    assert!(
        !told.contains("name: \"t\"") && told.contains("name: \"u\""),
        "{told}"
    );
}

#[test]
fn a_column_that_mysql_numbers_takes_no_null() {
    let schema = schema(
        Dialect::Mysql,
        "CREATE TABLE t (a int UNSIGNED AUTO_INCREMENT, KEY (a))",
    );
    assert!(!schema.tables[0].columns[0].nullable);
}
