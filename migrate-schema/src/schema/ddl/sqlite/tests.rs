//! What the statements do, on SQLite itself and in the catalog.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rusqlite::{Connection, types::Value};

use super::change;
use crate::{
    Dialect,
    schema::{
        Schema,
        ddl::{self, Planned},
        diff::{Hints, diff, sample},
    },
    settings::Settings,
};

fn statements(from: &Schema, to: &Schema) -> Vec<String> {
    let changes = diff(from, to, &Hints::default());
    let planned = change(from, to, &changes).unwrap();
    planned.into_iter().map(|one: Planned| one.sql).collect()
}

fn creation(schema: &Schema) -> Vec<String> {
    let planned = ddl::create(schema).unwrap();
    planned.into_iter().map(|one| one.sql).collect()
}

/// A database, without enforced foreign keys, as the runner has it where a table is made again.
fn database(schema: &Schema) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    for sql in creation(schema) {
        if let Err(error) = connection.execute_batch(&sql) {
            panic!("{error}: {sql}");
        }
    }
    connection
}

fn run(connection: &Connection, statements: &[String]) -> Result<(), String> {
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    for sql in statements {
        if let Err(error) = connection.execute_batch(sql) {
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK").unwrap();
            }
            return Err(format!("{error} in: {sql}"));
        }
    }
    connection.execute_batch("COMMIT").unwrap();
    Ok(())
}

fn texts(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn read<'a>(texts: impl IntoIterator<Item = &'a String>) -> (Schema, Vec<String>) {
    let (schema, findings) = Schema::from_sql(
        &Dialect::Sqlite.into(),
        &Settings::default(),
        texts.into_iter().map(String::as_str),
    );
    let findings = findings.iter().map(|finding| finding.message.clone());
    (schema, findings.collect())
}

fn told(from: &Schema, to: &Schema) -> Vec<String> {
    let changes = diff(from, to, &Hints::default());
    changes.iter().map(ToString::to_string).collect()
}

/// The rows of every table with their rowids, by the names of tables and columns.
type Rows = BTreeMap<String, Vec<(Option<i64>, BTreeMap<String, Value>)>>;

fn rows(connection: &Connection, schema: &Schema) -> Rows {
    let mut all = Rows::new();
    for table in &schema.tables {
        let name = sample::quoted(&table.name.name);
        let rowid = if table.without_rowid {
            "NULL"
        } else {
            "_rowid_"
        };
        let columns: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
        let list: Vec<String> = columns.iter().map(|one| sample::quoted(one)).collect();
        let sql = format!(
            "SELECT {rowid}, {} FROM {name} ORDER BY 1, 2",
            list.join(", ")
        );
        let mut statement = connection.prepare(&sql).unwrap();
        let found = statement.query_map([], |row| {
            let mut values = BTreeMap::new();
            for (at, column) in columns.iter().enumerate() {
                values.insert(column.clone(), row.get::<_, Value>(at + 1)?);
            }
            Ok((row.get(0)?, values))
        });
        let found = found.unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        all.insert(table.name.name.clone(), found);
    }
    all
}

/// A few rows in every table that takes them.
fn fill(connection: &Connection, schema: &Schema) {
    for table in &schema.tables {
        for number in [7_i64, 3, 12] {
            let stored = table.columns.iter().filter(|one| one.generated.is_none());
            let (columns, values): (Vec<String>, Vec<String>) = stored
                .enumerate()
                .map(|(at, column)| {
                    let value = number * 10 + i64::try_from(at).unwrap();
                    let text = match column.data_type.as_str() {
                        "BLOB" => format!("x'{value:04}'"),
                        "TEXT" | "VARCHAR(10)" => format!("'n{value}'"),
                        _ => value.to_string(),
                    };
                    (sample::quoted(&column.name), text)
                })
                .unzip();
            let name = sample::quoted(&table.name.name);
            let sql = format!(
                "INSERT OR IGNORE INTO {name} ({}) VALUES ({})",
                columns.join(", "),
                values.join(", ")
            );
            if let Err(error) = connection.execute_batch(&sql) {
                panic!("{error}: {sql}");
            }
        }
    }
}

/// Errors that the rows are to blame for, and not the statements.
fn is_about_rows(error: &str) -> bool {
    [
        "constraint failed",
        "cannot store",
        "Cannot add a NOT NULL column",
        "datatype mismatch",
    ]
    .iter()
    .any(|known| error.contains(known))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_catalog_takes_the_statements_and_is_what_was_wanted(
        from in sample::sqlite(),
        to in sample::sqlite(),
    ) {
        let made = creation(&from);
        let changes = statements(&from, &to);
        let (read_from, findings) = read(&made);
        prop_assert_eq!(findings, Vec::<String>::new(), "{:#?}", made);
        prop_assert_eq!(told(&read_from, &from), Vec::<String>::new(), "{:#?}", made);
        let (after, findings) = read(made.iter().chain(&changes));
        prop_assert_eq!(findings, Vec::<String>::new(), "{:#?}", changes);
        prop_assert_eq!(told(&after, &to), Vec::<String>::new(), "{:#?}", changes);
    }

    #[test]
    fn sqlite_takes_the_statements_and_is_what_was_wanted(
        from in sample::sqlite(),
        to in sample::sqlite(),
    ) {
        database(&to);
        let connection = database(&from);
        let changes = statements(&from, &to);
        let done = run(&connection, &changes);
        prop_assert_eq!(done, Ok(()), "{:#?}", changes);
        let (after, _) = read(&texts(&connection));
        prop_assert_eq!(told(&after, &to), Vec::<String>::new(), "{:#?}", changes);
    }

    #[test]
    fn rows_are_kept(from in sample::sqlite(), to in sample::sqlite()) {
        let connection = database(&from);
        fill(&connection, &from);
        let before = rows(&connection, &from);
        let was = texts(&connection);
        let changes = statements(&from, &to);
        if let Err(error) = run(&connection, &changes) {
            prop_assert!(is_about_rows(&error), "{error}\n{changes:#?}");
            prop_assert_eq!(texts(&connection), was);
            prop_assert_eq!(rows(&connection, &from), before);
            return Ok(());
        }
        let after = rows(&connection, &to);
        for table in &to.tables {
            let Some(old_table) = from.tables.iter().find(|one| one.name == table.name) else {
                continue;
            };
            let (old, new) = (&before[&table.name.name], &after[&table.name.name]);
            prop_assert_eq!(old.len(), new.len(), "{:#?}", changes);
            // What has the same type and is computed on neither side has its values.
            let kept: Vec<&String> = (table.columns.iter())
                .filter(|column| old_table.columns.iter().any(|one| {
                    one.name == column.name && one.data_type == column.data_type
                        && one.generated.is_none() && column.generated.is_none()
                }))
                .map(|column| &column.name)
                .collect();
            let values = |rows: &[(Option<i64>, BTreeMap<String, Value>)]| -> Vec<String> {
                let mut all: Vec<String> = rows
                    .iter()
                    .map(|(_, row)| format!("{:?}", kept.iter().map(|one| &row[*one]).collect::<Vec<_>>()))
                    .collect();
                all.sort();
                all
            };
            prop_assert_eq!(values(old), values(new), "{:#?}", changes);
            let ids = |rows: &[(Option<i64>, BTreeMap<String, Value>)]| -> Vec<Option<i64>> {
                let mut all: Vec<Option<i64>> = rows.iter().map(|(id, _)| *id).collect();
                all.sort_unstable();
                all
            };
            let alias = |table: &crate::schema::Table| {
                let key = table.primary_key.as_ref().map(sample::columns_of).unwrap_or_default();
                let integer = |name: &String| table.columns.iter().any(|one| {
                    one.name == *name && one.data_type == "INTEGER"
                });
                key.first().filter(|only| key.len() == 1 && integer(only)).cloned()
            };
            if !old_table.without_rowid && !table.without_rowid && alias(old_table) == alias(table) {
                prop_assert_eq!(ids(old), ids(new), "{:#?}", changes);
            }
        }
    }
}
