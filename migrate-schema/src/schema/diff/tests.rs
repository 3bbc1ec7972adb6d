//! What holds for any two schemas.

use proptest::prelude::*;

use super::{Change, Hints, TableChange, diff, sample};
use crate::{
    Dialect,
    schema::{Column, Key, ObjectName, Schema, Table, View},
};

fn told(from: &Schema, to: &Schema) -> Vec<String> {
    let changes = diff(from, to, &Hints::default());
    changes.iter().map(ToString::to_string).collect()
}

/// What the changes of a diff make is what was wanted.
fn reaches(from: &Schema, to: &Schema, hints: &Hints) -> Result<(), TestCaseError> {
    let changes = diff(from, to, hints);
    let after = from.after(&changes);
    prop_assert_eq!(told(&after, to), Vec::<String>::new(), "{:#?}", changes);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_diff_leads_from_one_schema_to_the_other(from in sample::sqlite(), to in sample::sqlite()) {
        reaches(&from, &to, &Hints::default())?;
        reaches(&Schema::empty(Dialect::Sqlite), &to, &Hints::default())?;
        reaches(&from, &Schema::empty(Dialect::Sqlite), &Hints::default())?;
    }

    #[test]
    fn nothing_is_different_from_itself(schema in sample::sqlite()) {
        prop_assert_eq!(told(&schema, &schema), Vec::<String>::new());
    }

    #[test]
    fn hints_lead_there_too(
        from in sample::sqlite(),
        to in sample::sqlite(),
        picks in prop::collection::vec((0_usize..4, 0_usize..4, 0_usize..6, 0_usize..6), 0..4),
    ) {
        let table = |schema: &Schema, at: usize| schema.tables[at % schema.tables.len()].clone();
        let mut hints = Hints::default();
        for (old, new, old_column, new_column) in picks {
            let (old, new) = (table(&from, old), table(&to, new));
            let column = |table: &Table, at: usize| table.columns[at % table.columns.len()].name.clone();
            hints.tables.push((old.name.clone(), new.name.clone()));
            hints.columns.push((new.name.clone(), column(&old, old_column), column(&new, new_column)));
        }
        reaches(&from, &to, &hints)?;
    }
}

fn table(name: &str, columns: &[(&str, &str)]) -> Table {
    let mut table = Table::new(ObjectName::bare(name));
    let columns = columns.iter().map(|(name, ty)| Column::new(*name, *ty));
    table.columns.extend(columns);
    table
}

fn schema(dialect: Dialect, tables: Vec<Table>) -> Schema {
    Schema {
        tables,
        ..Schema::empty(dialect)
    }
}

#[test]
fn a_rename_is_only_one_by_a_hint() {
    let from = schema(Dialect::Sqlite, vec![table("a", &[("x", "TEXT")])]);
    let to = schema(Dialect::Sqlite, vec![table("b", &[("y", "TEXT")])]);
    assert_eq!(told(&from, &to), ["table a: removed", "table b: added"]);
    let hints = Hints {
        tables: vec![(ObjectName::bare("a"), ObjectName::bare("b"))],
        columns: vec![(ObjectName::bare("b"), "x".into(), "y".into())],
    };
    let words = |from: &Schema| -> Vec<String> {
        let changes = diff(from, &to, &hints);
        changes.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        words(&from),
        ["table a: renamed to b", "column b.x: renamed to y"]
    );
    // A hint that was followed stays where it is and says nothing any more.
    assert_eq!(words(&to), Vec::<String>::new());
}

#[test]
fn what_nobody_knows_is_not_different() {
    let mut from = schema(Dialect::Postgres, vec![table("a", &[("x", "text")])]);
    let mut to = schema(
        Dialect::Postgres,
        vec![
            table("a", &[("x", "text"), ("y", "text")]),
            table("b", &[("x", "text")]),
        ],
    );
    to.tables[0].uniques.push(Key::on(["x"]));
    assert_eq!(told(&from, &to).len(), 3);
    from.tables[0].open = true;
    from.unknown.push("b".into());
    assert_eq!(told(&from, &to), Vec::<String>::new());
    assert_eq!(told(&to, &from), Vec::<String>::new());
    // What is known of both is compared all the same.
    to.tables[0].columns[0].nullable = false;
    assert_eq!(told(&from, &to), ["column a.x: NOT NULL added"]);
}

#[test]
fn foreign_keys_in_circles_come_when_both_tables_are_there() {
    let refer = |table: &mut Table, to: &str| {
        table.primary_key = Some(Key::on(["id"]));
        table.foreign_keys.push(crate::schema::ForeignKey {
            name: Some(format!("to_{to}")),
            columns: vec!["other".into()],
            table: ObjectName::bare(to),
            referred: vec!["id".into()],
            on_delete: None,
            on_update: None,
            deferrable: crate::schema::Deferrable::No,
            not_valid: false,
        });
    };
    let columns = [("id", "int"), ("other", "int")];
    let (mut a, mut b, mut c) = (
        table("a", &columns),
        table("b", &columns),
        table("c", &columns),
    );
    refer(&mut a, "b");
    refer(&mut b, "a");
    refer(&mut c, "b");
    let empty = Schema::empty(Dialect::Postgres);
    let to = schema(Dialect::Postgres, vec![c, a, b]);
    let made = diff(&empty, &to, &Hints::default());
    let added = (made.iter()).filter(|one| {
        matches!(
            one,
            Change::AlterTable {
                change: TableChange::AddForeignKey(_),
                ..
            }
        )
    });
    assert_eq!(added.count(), 1, "{made:#?}");
    let kinds: Vec<bool> = (made.iter())
        .map(|one| matches!(one, Change::CreateTable(_)))
        .collect();
    assert_eq!(kinds, [true, true, true, false]);
    let gone = told(&to, &empty);
    assert_eq!(
        gone,
        [
            "table a: foreign key to_b (other) to b (id) removed",
            "table c: removed",
            "table b: removed",
            "table a: removed",
        ]
    );
}

#[test]
fn a_view_that_reads_another_goes_first_and_comes_last() {
    let view = |name: &str, query: &str, reads: &str| View {
        name: ObjectName::bare(name),
        materialized: false,
        columns: Vec::new(),
        column_names: Vec::new(),
        query: query.into(),
        reads: vec![ObjectName::bare(reads)],
        indexes: Vec::new(),
        triggers: Vec::new(),
        comment: None,
        made_by: None,
    };
    let mut to = schema(Dialect::Postgres, vec![table("t", &[("x", "int")])]);
    to.views = vec![
        view("v", "SELECT x FROM t", "t"),
        view("w", "SELECT x FROM v", "v"),
    ];
    let empty = Schema::empty(Dialect::Postgres);
    assert_eq!(
        told(&empty, &to),
        ["table t: added", "view v: added", "view w: added"]
    );
    assert_eq!(
        told(&to, &empty),
        ["view w: removed", "view v: removed", "table t: removed"]
    );
}

#[test]
fn a_star_stands_for_any_name() {
    let mut from = Schema::empty(Dialect::Sqlite);
    let mut to = from.clone();
    to.tables.push(Table::new(ObjectName::bare("users")));
    assert_eq!(told(&from, &to), ["table users: added"]);
    from.unknown = vec!["user_*".to_owned()];
    assert_eq!(told(&from, &to), ["table users: added"]);
    for unknown in ["*", "USE*", "users"] {
        from.unknown = vec![unknown.to_owned()];
        assert_eq!(told(&from, &to), [""; 0], "{unknown}");
    }
}
