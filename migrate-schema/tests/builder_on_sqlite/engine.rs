//! A database in memory beside the catalog that should describe it.

use std::collections::BTreeSet;

use migrate_schema::{
    Dialect, Finding, Level,
    catalog::{Catalog, Column, ConstraintKind, Relation},
    model::Change,
    render::render,
    settings::{Settings, Target},
    tree::{self, ExpressionKind},
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
            catalog: empty(Dialect::Sqlite),
        }
    }

    /// Makes a change in the database and in the catalog, and compares the two.
    pub(crate) fn make(&mut self, change: &Change) {
        self.catalog = self
            .judge(change)
            .unwrap_or_else(|error| panic!("{change}: {error}"));
        for statement in render(change, Dialect::Sqlite).unwrap() {
            assert!(!statement.ends_with(';'));
            self.run(&statement);
        }
        self.compare();
    }

    /// What the catalog says of a change, which is not kept.
    pub(crate) fn judge(&self, change: &Change) -> Result<Catalog, String> {
        let mut catalog = self.catalog.clone();
        apply(&mut catalog, change)?;
        Ok(catalog)
    }

    /// The tables in the order of their names.
    pub(crate) fn tables(&self) -> Vec<&Relation> {
        tables(&self.catalog)
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
        let known: Vec<String> = (self.tables().iter())
            .map(|table| table.name.clone())
            .collect();
        assert_eq!(tables, known);
        for table in self.tables() {
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

    fn compare_columns(&self, table: &Relation) {
        let mut statement = self
            .connection
            .prepare("SELECT name, lower(type), \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?)")
            .unwrap();
        let engine: Vec<(String, String, bool, bool, i64, i64)> = statement
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
            let mut names = table.primary_key().unwrap_or_default().iter();
            let position = names.position(|name| name.eq_ignore_ascii_case(&column.name));
            position.map_or(0, |position| position as i64 + 1)
        };
        let known: Vec<_> = table
            .columns
            .iter()
            .map(|column| {
                (
                    column.name.clone(),
                    type_name(column).to_lowercase(),
                    column.not_null,
                    column.default.is_some(),
                    key(column),
                    0,
                )
            })
            .collect();
        assert_eq!(engine, known, "columns of {}", table.name);
    }

    fn compare_foreign_keys(&self, table: &Relation) {
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
        let known = table.constraints.iter().filter_map(|one| match &one.kind {
            ConstraintKind::ForeignKey {
                columns,
                table,
                referred,
                on_delete,
                on_update,
            } => Some([
                table.1.clone(),
                columns.join("|"),
                referred.join("|"),
                on_delete.clone().unwrap_or_else(|| "NO ACTION".into()),
                on_update.clone().unwrap_or_else(|| "NO ACTION".into()),
            ]),
            _ => None,
        });
        let engine: BTreeSet<[String; 5]> = (engine.into_iter())
            .map(|mut key| {
                key[0].make_ascii_lowercase();
                key
            })
            .collect();
        assert_eq!(engine, known.collect(), "foreign keys of {}", table.name);
    }

    fn compare_indexes(&self, table: &Relation) {
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
        let known = table.indexes.iter().map(|index| {
            let columns = index.parts.iter().map(|part| match &part.expression.kind {
                ExpressionKind::Column { name, .. } => {
                    (Some(spelled(table, &name.text)), part.descending)
                }
                _ => (None, part.descending),
            });
            (
                index.name.clone(),
                index.unique,
                index.predicate.is_some(),
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
        let other = |columns: &Vec<String>| columns != table.primary_key().unwrap_or_default();
        let known: BTreeSet<_> = (table.constraints.iter())
            .filter_map(|one| match &one.kind {
                ConstraintKind::Unique(columns) => Some(columns.clone()),
                _ => None,
            })
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

/// An empty database in which nothing exists but what the changes make.
pub(crate) fn empty(dialect: Dialect) -> Catalog {
    let settings = Settings {
        closed: true,
        ..Settings::default()
    };
    Catalog::new(&Target::from(dialect), &settings)
}

/// Does to a catalog what a change does, or says why it is refused.
pub(crate) fn apply(catalog: &mut Catalog, change: &Change) -> Result<(), String> {
    change.validate().map_err(|error| error.to_string())?;
    for action in tree::from_change(change, catalog.target()) {
        let findings = catalog.apply(&action, "");
        let refused = |finding: &&Finding| finding.code.level() == Level::Deny;
        if let Some(finding) = findings.iter().find(refused) {
            return Err(finding.message.clone());
        }
    }
    Ok(())
}

pub(crate) fn tables(catalog: &Catalog) -> Vec<&Relation> {
    let mut tables: Vec<&Relation> = catalog.relations().collect();
    tables.sort_by_key(|table| table.name.to_ascii_lowercase());
    tables
}

pub(crate) fn table<'a>(catalog: &'a Catalog, name: &str) -> Option<&'a Relation> {
    catalog
        .relation_by_key(&("main".to_owned(), name.to_ascii_lowercase()))
        .map(AsRef::as_ref)
}

/// The schema that a catalog knows, in words.
pub(crate) fn text(catalog: &Catalog) -> String {
    let mut text = String::new();
    for table in tables(catalog) {
        text += &format!("table {}\n", table.name);
        for column in &table.columns {
            let ty = type_name(column);
            let default = column.default.is_some();
            text += &format!("  {} {ty} {} {default}\n", column.name, column.not_null);
        }
        for one in &table.constraints {
            text += &format!(
                "  {} {}\n",
                one.name,
                match &one.kind {
                    ConstraintKind::Check(expression) =>
                        format!("check {}", names(expression).join(" ")),
                    kind => format!("{kind:?}"),
                }
            );
        }
        for index in &table.indexes {
            text += &format!(
                "  index {} {} {}\n",
                index.name,
                index.unique,
                index.parts.len()
            );
        }
    }
    text
}

/// The columns that an expression names.
pub(crate) fn names(expression: &tree::Expression) -> Vec<String> {
    let mut all = Vec::new();
    if let ExpressionKind::Column { name, .. } = &expression.kind {
        all.push(name.text.clone());
    }
    expression.children(|child| all.extend(names(child)));
    all
}

fn spelled(table: &Relation, name: &str) -> String {
    let mut columns = table.columns.iter();
    let own = columns.find(|column| column.name.eq_ignore_ascii_case(name));
    own.map_or_else(|| name.to_owned(), |own| own.name.clone())
}

fn type_name(column: &Column) -> String {
    let Some(ty) = &column.ty else {
        return String::new();
    };
    match ty.arguments.as_slice() {
        [] => ty.path.to_string(),
        arguments => format!("{}({})", ty.path, arguments.join(", ")),
    }
}
