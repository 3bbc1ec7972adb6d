//! What is written for single changes.

use super::*;
use crate::schema::{
    Check, Column, Deferrable, ForeignKey, Index, IndexPart, Key, ObjectName, Table, Type,
    TypeShape, View,
};

fn table(name: &str, columns: &[(&str, &str)]) -> Table {
    let mut table = Table::new(ObjectName::bare(name));
    let columns = columns
        .iter()
        .map(|(name, data_type)| Column::new(*name, *data_type));
    table.columns = columns.collect();
    table
}

fn refers(column: &str, to: &str) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: vec![column.into()],
        table: ObjectName::bare(to),
        referred: vec!["id".into()],
        on_delete: None,
        on_update: None,
        deferrable: Deferrable::No,
        not_valid: false,
    }
}

/// A table of users, one that refers to it, and a view.
fn schema(dialect: Dialect, data_type: &str) -> Schema {
    let mut schema = Schema::empty(dialect);
    let mut users = table("users", &[("id", data_type), ("name", "varchar(10)")]);
    users.columns[0].nullable = false;
    users.primary_key = Some(Key::on(["id"]));
    let mut posts = table("posts", &[("author", data_type)]);
    posts.foreign_keys.push(refers("author", "users"));
    schema.tables = vec![users, posts];
    schema
}

fn written(from: &Schema, to: &Schema) -> Vec<String> {
    let (there, _) = there_and_back(from, to, &Hints::default()).unwrap();
    there.into_iter().map(|planned| planned.sql).collect()
}

#[test]
fn what_stands_in_the_way_of_a_type_goes_and_comes_back() {
    let mut from = schema(Dialect::Postgres, "text");
    let mut to = schema(Dialect::Postgres, "uuid");
    for schema in [&mut from, &mut to] {
        schema.views.push(View {
            name: ObjectName::bare("seen"),
            materialized: false,
            columns: Vec::new(),
            column_names: Vec::new(),
            query: "SELECT id FROM users".into(),
            reads: vec![ObjectName::bare("users")],
            indexes: Vec::new(),
            triggers: Vec::new(),
            comment: None,
            made_by: None,
        });
    }
    assert_eq!(
        written(&from, &to),
        [
            "DROP VIEW seen",
            "ALTER TABLE posts DROP CONSTRAINT posts_author_fkey",
            "ALTER TABLE users ALTER COLUMN id TYPE uuid USING id::uuid",
            "ALTER TABLE posts ALTER COLUMN author TYPE uuid USING author::uuid",
            "ALTER TABLE posts ADD CONSTRAINT posts_author_fkey FOREIGN KEY (author) REFERENCES users (id)",
            "CREATE VIEW seen AS\nSELECT id FROM users",
        ]
    );
}

#[test]
fn a_label_that_is_used_has_to_be_committed_first() {
    let mood = |labels: &[&str]| Type {
        name: ObjectName::bare("mood"),
        shape: TypeShape::Enum(labels.iter().map(|&one| one.to_owned()).collect()),
        made_by: None,
    };
    let mut from = Schema::empty(Dialect::Postgres);
    from.types.push(mood(&["a"]));
    from.tables.push(table("t", &[("m", "mood")]));
    let mut to = from.clone();
    to.types[0] = mood(&["a", "b"]);
    let (there, back) = there_and_back(&from, &to, &Hints::default()).unwrap();
    assert_eq!(there[0].sql, "ALTER TYPE mood ADD VALUE 'b'");
    assert!(!there[0].alone);
    assert_eq!(
        back[2].sql,
        "ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood"
    );
    assert!(back[2].loses.is_some());
    to.tables[0].columns[0].default = Some("'b'".into());
    let (there, _) = there_and_back(&from, &to, &Hints::default()).unwrap();
    assert!(there[0].alone);
}

#[test]
fn rows_without_a_value_get_the_default() {
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        let from = schema(dialect, "bigint");
        let mut to = from.clone();
        to.tables[0].columns[1].nullable = false;
        to.tables[0].columns[1].default = Some("'x'".into());
        let statements = written(&from, &to);
        let fill = "UPDATE users SET name = 'x' WHERE name IS NULL";
        assert!(statements.iter().any(|sql| sql == fill), "{statements:?}");
    }
}

#[test]
fn mysql_changes_a_table_at_once_between_its_foreign_keys() {
    let from = schema(Dialect::Mysql, "int");
    let mut to = schema(Dialect::Mysql, "bigint");
    to.tables[0].columns[0].auto_increment = true;
    to.tables[0]
        .columns
        .insert(1, Column::new("code", "varchar(9)"));
    to.tables[0].indexes.push(Index {
        name: "by_code".into(),
        unique: false,
        method: None,
        parts: vec![IndexPart::column("code")],
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate: None,
        comment: None,
    });
    assert_eq!(
        written(&from, &to),
        [
            "ALTER TABLE posts DROP FOREIGN KEY posts_ibfk_1",
            "ALTER TABLE users\n    MODIFY COLUMN id bigint NOT NULL AUTO_INCREMENT,\n    ADD COLUMN code varchar(9) AFTER id,\n    ADD INDEX by_code (code)",
            "ALTER TABLE posts MODIFY COLUMN author bigint",
            "ALTER TABLE posts ADD CONSTRAINT posts_ibfk_1 FOREIGN KEY (author) REFERENCES users (id)",
        ]
    );
}

#[test]
fn what_cannot_be_written_is_told() {
    let to = schema(Dialect::Mysql, "int");
    let mut from = to.clone();
    from.tables[0].checks.push(Check {
        name: None,
        expression: "id > 0".into(),
        column: None,
        no_inherit: false,
        not_valid: false,
    });
    let error = there_and_back(&from, &to, &Hints::default()).unwrap_err();
    assert_eq!(error.what(), "the check (id > 0) of users");
    let mut open = to.clone();
    open.tables[0].open = true;
    let error = super::super::create(&open).unwrap_err();
    assert_eq!(error.why(), "not everything that it has is known");
}
