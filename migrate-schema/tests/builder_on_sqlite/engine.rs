//! A database in memory beside the catalog that should describe it.

use std::collections::BTreeSet;

use migrate_schema::{
    Dialect,
    model::{
        Action, Change, Column, ColumnType, DefaultValue, ForeignKey, Index, IndexKey, Literal,
        Table,
    },
    old_catalog::{Catalog, CatalogError},
    render::render,
};
use rusqlite::{Connection, types::Value};

pub(crate) struct Engine {
    pub(crate) connection: Connection,
    pub(crate) catalog: Catalog,
}

impl Engine {
    pub(crate) fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("PRAGMA foreign_keys = ON")
            .unwrap();
        Self {
            connection,
            catalog: Catalog::new(Dialect::Sqlite),
        }
    }

    /// Makes a change in the database and in the catalog, and compares the two.
    pub(crate) fn make(&mut self, change: &Change) {
        self.catalog
            .apply(change)
            .unwrap_or_else(|error| panic!("{change}: {error}"));
        for statement in render(change, Dialect::Sqlite).unwrap() {
            assert!(!statement.ends_with(';'));
            self.run(&statement);
        }
        self.compare();
    }

    /// What the catalog says of a change, which is not kept.
    pub(crate) fn judge(&self, change: &Change) -> Result<Catalog, CatalogError> {
        let mut catalog = self.catalog.clone();
        let verdict = catalog.apply(change);
        if verdict.is_err() {
            assert_eq!(
                catalog, self.catalog,
                "a refused change left a trace: {change}"
            );
        }
        verdict.map(|()| catalog)
    }

    pub(crate) fn run(&self, sql: &str) {
        self.connection
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Whether the database refuses; nothing is left of it when it does not.
    pub(crate) fn refuses(&self, sql: &str) -> bool {
        self.run("SAVEPOINT attempt");
        let refused = self.connection.execute_batch(sql).is_err();
        self.run("ROLLBACK TO attempt; RELEASE attempt");
        refused
    }

    pub(crate) fn row(&self, sql: &str) -> Vec<Value> {
        self.rows(sql).pop().unwrap()
    }

    fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        let mut statement = self.connection.prepare(sql).unwrap();
        let width = statement.column_count();
        let rows = statement
            .query_map([], |row| (0..width).map(|column| row.get(column)).collect())
            .unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Everything the database stores of its schema, but where it lies in the file.
    pub(crate) fn schema(&self) -> Vec<Vec<Value>> {
        self.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
    }

    /// Compares the catalog with the database's own answers.
    pub(crate) fn compare(&self) {
        let tables = self.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY lower(name)", "");
        let known: Vec<String> = self
            .catalog
            .tables()
            .map(|table| table.name.clone())
            .collect();
        assert_eq!(tables, known);
        for table in self.catalog.tables() {
            self.compare_columns(table);
            self.compare_foreign_keys(table);
            self.compare_indexes(table);
        }
    }

    fn texts(&self, sql: &str, parameter: &str) -> Vec<String> {
        let mut statement = self.connection.prepare(sql).unwrap();
        let count = statement.parameter_count();
        let parameters = std::iter::repeat_n(parameter, count);
        let rows = statement
            .query_map(rusqlite::params_from_iter(parameters), |row| row.get(0))
            .unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn compare_columns(&self, table: &Table) {
        let mut statement = self
            .connection
            .prepare("SELECT name, lower(type), \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)")
            .unwrap();
        let engine: Vec<(String, String, bool, Option<String>, i64, i64)> = statement
            .query_map([&table.name], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                ))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let key = |column: &Column| {
            let position = table
                .primary_key
                .iter()
                .position(|name| name.eq_ignore_ascii_case(&column.name));
            position.map_or(0, |position| position as i64 + 1)
        };
        let known: Vec<_> = table
            .columns
            .iter()
            .map(|column| {
                let default = column
                    .default
                    .as_ref()
                    .map(|default| default_text(column, default));
                (
                    column.name.clone(),
                    type_name(column).to_lowercase(),
                    !column.nullable,
                    default,
                    key(column),
                    0,
                )
            })
            .collect();
        assert_eq!(engine, known, "columns of {}", table.name);
    }

    fn compare_foreign_keys(&self, table: &Table) {
        let mut statement = self
            .connection
            .prepare(
                "SELECT \"table\", group_concat(\"from\", '|'), group_concat(\"to\", '|'), on_delete, on_update \
                 FROM (SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq) GROUP BY id",
            )
            .unwrap();
        let engine: BTreeSet<[String; 5]> = statement
            .query_map([&table.name], |row| {
                Ok([
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ])
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let known = table.foreign_keys.iter().map(|key: &ForeignKey| {
            [
                key.table.clone(),
                key.columns.join("|"),
                key.referenced_columns.join("|"),
                action_name(key.on_delete).into(),
                action_name(key.on_update).into(),
            ]
        });
        assert_eq!(engine, known.collect(), "foreign keys of {}", table.name);
    }

    fn compare_indexes(&self, table: &Table) {
        let mut statement = self
            .connection
            .prepare("SELECT name, \"unique\", origin, partial FROM pragma_index_list(?)")
            .unwrap();
        let lists: Vec<(String, bool, String, bool)> = statement
            .query_map([&table.name], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let (made, own): (Vec<_>, Vec<_>) = lists.into_iter().partition(|list| list.2 == "c");
        let engine: BTreeSet<_> = made
            .into_iter()
            .map(|(name, unique, _, partial)| {
                let columns = self.index_columns(&name);
                (name, unique, partial, columns)
            })
            .collect();
        let known = self
            .catalog
            .indexes(&table.name)
            .iter()
            .map(|index: &Index| {
                assert_eq!(index.table, table.name);
                let columns = index.columns.iter().map(|column| match &column.key {
                    IndexKey::Column(name) => (Some(name.clone()), column.descending),
                    IndexKey::Expression(_) => (None, column.descending),
                    other => panic!("{other:?}"),
                });
                (
                    index.name.clone(),
                    index.unique,
                    index.filter.is_some(),
                    columns.collect(),
                )
            });
        assert_eq!(engine, known.collect(), "indexes of {}", table.name);
        let uniques = own.iter().filter(|list| list.2 == "u");
        let engine: BTreeSet<Vec<String>> = uniques
            .map(|list| {
                self.index_columns(&list.0)
                    .into_iter()
                    .filter_map(|column| column.0)
                    .collect()
            })
            .collect();
        // What says the same as the primary key is made a second time or not, as the engine likes.
        let other = |columns: &Vec<String>| *columns != table.primary_key;
        let known: BTreeSet<_> = table
            .uniques
            .iter()
            .map(|unique| unique.columns.clone())
            .filter(other)
            .collect();
        let engine: BTreeSet<_> = engine.into_iter().filter(other).collect();
        assert_eq!(engine, known, "unique constraints of {}", table.name);
    }

    fn index_columns(&self, index: &str) -> Vec<(Option<String>, bool)> {
        let mut statement = self
            .connection
            .prepare("SELECT name, desc FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno")
            .unwrap();
        let columns = statement
            .query_map([index], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        columns.map(Result::unwrap).collect()
    }
}

fn type_name(column: &Column) -> String {
    match &column.column_type {
        // Only this name makes SQLite number the rows.
        _ if column.auto_increment.is_some() => "integer".into(),
        ColumnType::SmallInteger => "smallint".into(),
        ColumnType::Integer | ColumnType::BigInteger => "integer".into(),
        ColumnType::Double => "real".into(),
        ColumnType::Decimal(Some((precision, scale))) => format!("decimal({precision}, {scale})"),
        ColumnType::Decimal(None) => "decimal".into(),
        ColumnType::Boolean => "boolean".into(),
        ColumnType::String(Some(length)) => format!("varchar({length})"),
        ColumnType::String(None) => "varchar".into(),
        ColumnType::Blob => "blob".into(),
        ColumnType::Custom(text) => text.clone(),
        _ => "text".into(),
    }
}

/// The default as SQLite keeps it: its text.
fn default_text(column: &Column, default: &DefaultValue) -> String {
    match default {
        DefaultValue::Expression(text) => text.clone(),
        DefaultValue::Now => match column.column_type {
            ColumnType::Date => "CURRENT_DATE".into(),
            ColumnType::Time => "CURRENT_TIME".into(),
            _ => "CURRENT_TIMESTAMP".into(),
        },
        DefaultValue::Literal(Literal::Null) => "NULL".into(),
        DefaultValue::Literal(Literal::Boolean(value)) => value.to_string().to_uppercase(),
        DefaultValue::Literal(Literal::Integer(value)) => value.to_string(),
        DefaultValue::Literal(Literal::Double(value)) if value.abs() > 1e20 => format!("{value:e}"),
        DefaultValue::Literal(Literal::Double(value)) => value.to_string(),
        DefaultValue::Literal(Literal::Text(value)) => format!("'{}'", value.replace('\'', "''")),
        DefaultValue::Literal(Literal::Blob(value)) => {
            format!(
                "x'{}'",
                value
                    .iter()
                    .map(|byte| format!("{byte:02X}"))
                    .collect::<String>()
            )
        }
        other => panic!("{other:?}"),
    }
}

fn action_name(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NO ACTION",
        Action::Restrict => "RESTRICT",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
        Action::SetDefault => "SET DEFAULT",
        other => panic!("{other:?}"),
    }
}
