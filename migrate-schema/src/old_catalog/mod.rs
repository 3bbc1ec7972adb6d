//! What a database holds after a series of changes, without a database.
//!
//! ```
//! use migrate_schema::{Dialect, old_catalog::Catalog, model::Change};
//!
//! let mut catalog = Catalog::new(Dialect::Sqlite);
//! catalog.apply(&Change::create_table("users", |t| {
//!     t.id();
//!     t.text("email").not_null();
//! }))?;
//! let index = Change::create_index("users_email", "users", |i| i.column("emial"));
//! assert_eq!(
//!     catalog.apply(&index).unwrap_err().to_string(),
//!     "no such column: users.emial; did you mean `email`?",
//! );
//! # Ok::<(), migrate_schema::catalog::CatalogError>(())
//! ```
//!
//! A change is refused when the dialect's engine would refuse it on any database with this schema, whatever rows it
//! holds. Expressions are not parsed: they are only looked through for names.

mod apply;
mod drop_column;
mod error;
mod names;
mod reference;
mod rename;

use std::collections::BTreeMap;

pub use error::CatalogError;
#[cfg(feature = "render")]
pub(crate) use names::mentions;

use crate::{
    Dialect,
    model::{Column, Index, Table},
    nearest,
};
use names::{same_name, same_table};

/// Tables and their indexes.
///
/// Two catalogs are equal when all their tables are, with their columns and constraints in the same order.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Catalog {
    dialect: Dialect,
    /// By the name under which the dialect finds a table.
    tables: BTreeMap<String, Entry>,
}

/// A table and what hangs on it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Entry {
    table: Table,
    /// In the order in which they were made.
    indexes: Vec<Index>,
}

impl Catalog {
    /// An empty database. The dialect decides how names are compared and what depends on what.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            tables: BTreeMap::new(),
        }
    }

    /// The dialect whose rules it follows.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tables in the order of their names.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values().map(|entry| &entry.table)
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(&self.key(name)).map(|entry| &entry.table)
    }

    /// The indexes of a table in the order in which they were made; none when there is no such table.
    pub fn indexes(&self, table: &str) -> &[Index] {
        self.tables
            .get(&self.key(table))
            .map_or(&[], |entry| &entry.indexes)
    }

    /// How the dialect finds a table: two keys are equal where [`same_table`] says so.
    fn key(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => name.to_ascii_lowercase(),
            Dialect::Postgres | Dialect::Mysql => name.to_owned(),
        }
    }

    fn same_table(&self, left: &str, right: &str) -> bool {
        same_table(self.dialect, left, right)
    }

    /// Whether two names of columns, indexes or constraints are one.
    fn same(&self, left: &str, right: &str) -> bool {
        same_name(self.dialect, left, right)
    }

    fn contains(&self, names: &[String], name: &str) -> bool {
        names.iter().any(|other| self.same(other, name))
    }

    fn entry(&self, table: &str) -> Result<&Entry, CatalogError> {
        self.tables.get(&self.key(table)).ok_or_else(|| {
            let names = self.tables().map(|table| table.name.as_str());
            CatalogError::NoSuchTable {
                table: table.to_owned(),
                near: nearest(table, names).map(str::to_owned),
            }
        })
    }

    fn entry_mut(&mut self, table: &str) -> Result<&mut Entry, CatalogError> {
        // The error needs the other tables, so the table is looked up twice.
        self.entry(table)?;
        let key = self.key(table);
        self.tables
            .get_mut(&key)
            .ok_or_else(|| CatalogError::NoSuchTable {
                table: table.to_owned(),
                near: None,
            })
    }

    /// Adds a table or replaces the one of its name.
    fn put(&mut self, entry: Entry) {
        let key = self.key(&entry.table.name);
        self.tables.insert(key, entry.spelled(self.dialect));
    }

    fn find_column<'a>(&self, table: &'a Table, name: &str) -> Option<&'a Column> {
        table
            .columns
            .iter()
            .find(|column| self.same(&column.name, name))
    }

    fn column<'a>(&self, table: &'a Table, name: &str) -> Result<&'a Column, CatalogError> {
        self.find_column(table, name).ok_or_else(|| {
            let names = table.columns.iter().map(|column| column.name.as_str());
            CatalogError::NoSuchColumn {
                table: table.name.clone(),
                column: name.to_owned(),
                near: nearest(name, names).map(str::to_owned),
            }
        })
    }
}
