//! What each change does, and when it is refused. Everything is checked before anything is changed.

use super::{Catalog, CatalogError, Entry, reference::describe};
use crate::{
    Dialect,
    model::{Change, ColumnDefinition, Index, IndexKey, Table},
    nearest,
};

impl Catalog {
    /// Makes a change, or leaves the catalog as it is and says why the engine would refuse it.
    pub fn apply(&mut self, change: &Change) -> Result<(), CatalogError> {
        change.validate()?;
        match change {
            Change::CreateTable(table) => self.create_table(table),
            Change::DropTable { name } => self.drop_table(name),
            Change::AddColumn { table, definition } => self.add_column(table, definition),
            Change::DropColumn {
                table,
                column,
                foreign_keys,
            } => self.drop_column(table, column, foreign_keys),
            Change::RenameTable { from, to } => self.rename_table(from, to),
            Change::RenameColumn { table, from, to } => self.rename_column(table, from, to),
            Change::CreateIndex(index) => self.create_index(index),
            Change::DropIndex { name, table } => self.drop_index(name, table),
        }
    }

    fn create_table(&mut self, table: &Table) -> Result<(), CatalogError> {
        self.check_table_name(&table.name)?;
        for key in &table.foreign_keys {
            self.check_reference(table, key)?;
        }
        self.put(Entry {
            table: table.clone(),
            indexes: Vec::new(),
        });
        Ok(())
    }

    fn drop_table(&mut self, name: &str) -> Result<(), CatalogError> {
        let table = &self.entry(name)?.table;
        // SQLite refuses only when there are rows that refer to rows of the table.
        if self.dialect != Dialect::Sqlite {
            let user = self
                .tables()
                .filter(|owner| !self.same(&owner.name, &table.name))
                .flat_map(|owner| owner.foreign_keys.iter().map(move |key| (owner, key)))
                .find(|(_, key)| self.same(&key.table, &table.name));
            if let Some((owner, key)) = user {
                return Err(CatalogError::TableInUse {
                    table: table.name.clone(),
                    user: describe(owner, key),
                });
            }
        }
        self.tables.remove(&self.key(name));
        Ok(())
    }

    fn add_column(
        &mut self,
        table: &str,
        definition: &ColumnDefinition,
    ) -> Result<(), CatalogError> {
        let mut entry = self.entry(table)?.clone();
        let before = &entry.table;
        let column = &definition.column.name;
        if self.find_column(before, column).is_some() {
            return Err(CatalogError::ColumnExists {
                table: before.name.clone(),
                column: column.clone(),
            });
        }
        if definition.primary_key && !before.primary_key.is_empty() {
            return Err(CatalogError::PrimaryKeyExists {
                table: before.name.clone(),
            });
        }
        entry.table.push(definition.clone());
        for key in &definition.foreign_keys {
            self.check_reference(&entry.table, key)?;
        }
        self.put(entry);
        Ok(())
    }

    fn create_index(&mut self, index: &Index) -> Result<(), CatalogError> {
        let table = &self.entry(&index.table)?.table;
        self.check_index_name(&index.name, table)?;
        for column in &index.columns {
            if let IndexKey::Column(name) = &column.key {
                self.column(table, name)?;
            }
        }
        let mut entry = self.entry(&index.table)?.clone();
        entry.indexes.push(Index {
            table: entry.table.name.clone(),
            ..index.clone()
        });
        self.put(entry);
        Ok(())
    }

    fn drop_index(&mut self, name: &str, table: &str) -> Result<(), CatalogError> {
        let entry = self.entry(table)?;
        let Some(position) = entry
            .indexes
            .iter()
            .position(|index| self.same(&index.name, name))
        else {
            return Err(self.no_such_index(name, &entry.table));
        };
        let mut after = entry.indexes.clone();
        after.remove(position);
        let before = std::mem::replace(&mut self.entry_mut(table)?.indexes, after);
        // PostgreSQL builds a foreign key on the index that makes its columns unique.
        if self.dialect == Dialect::Postgres
            && let Some(user) = self.reference_without_key(table)
        {
            self.entry_mut(table)?.indexes = before;
            return Err(CatalogError::IndexInUse {
                index: name.to_owned(),
                user,
            });
        }
        Ok(())
    }

    fn reference_without_key(&self, table: &str) -> Option<String> {
        self.tables()
            .flat_map(|owner| owner.foreign_keys.iter().map(move |key| (owner, key)))
            .filter(|(_, key)| self.same(&key.table, table))
            .find(|(owner, key)| self.check_reference(owner, key).is_err())
            .map(|(owner, key)| describe(owner, key))
    }

    fn no_such_index(&self, name: &str, table: &Table) -> CatalogError {
        let elsewhere = self
            .all_indexes()
            .find(|index| self.same(&index.name, name));
        if let Some(index) = elsewhere {
            return CatalogError::IndexOfAnotherTable {
                index: index.name.clone(),
                table: table.name.clone(),
                actual: index.table.clone(),
            };
        }
        let names = self.all_indexes().map(|index| index.name.as_str());
        CatalogError::NoSuchIndex {
            index: name.to_owned(),
            near: nearest(name, names).map(str::to_owned),
        }
    }

    fn all_indexes(&self) -> impl Iterator<Item = &Index> {
        self.tables.values().flat_map(|entry| &entry.indexes)
    }

    /// Tables and indexes share their names, except on MySQL, where an index's name is its table's affair.
    pub(super) fn check_table_name(&self, name: &str) -> Result<(), CatalogError> {
        if self.table(name).is_some() {
            return taken(name, "a table");
        }
        let shared = self.dialect != Dialect::Mysql;
        if shared && self.all_indexes().any(|index| self.same(&index.name, name)) {
            return taken(name, "an index");
        }
        Ok(())
    }

    fn check_index_name(&self, name: &str, table: &Table) -> Result<(), CatalogError> {
        let shared = self.dialect != Dialect::Mysql;
        if shared && self.table(name).is_some() {
            return taken(name, "a table");
        }
        let mut others = self
            .all_indexes()
            .filter(|index| shared || self.same(&index.table, &table.name));
        if others.any(|index| self.same(&index.name, name)) {
            return taken(name, "an index");
        }
        Ok(())
    }
}

fn taken(name: &str, kind: &'static str) -> Result<(), CatalogError> {
    let name = name.to_owned();
    Err(CatalogError::NameTaken { name, kind })
}
