//! Where foreign keys lead.

use super::{Catalog, CatalogError, Entry};
use crate::{
    Dialect,
    model::{ForeignKey, Index, IndexKey, Table},
};

impl Catalog {
    /// The foreign keys that lead nowhere, or to columns that are not unique.
    ///
    /// SQLite takes such a key, because what it leads to may be made later, but refuses every row that uses it. At the
    /// end of a history there should be none.
    pub fn dangling_references(&self) -> Vec<CatalogError> {
        self.tables()
            .flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)))
            .filter_map(|(table, key)| self.fault_of(table, key))
            .collect()
    }

    /// What is wrong with a key of `owner`, which may not be in the catalog yet, so far that the engine refuses it.
    pub(super) fn check_reference(
        &self,
        owner: &Table,
        key: &ForeignKey,
    ) -> Result<(), CatalogError> {
        match self.fault_of(owner, key) {
            Some(CatalogError::BadReference { fault, .. })
                if self.dialect == Dialect::Sqlite
                    && !matches!(*fault, CatalogError::NoSuchColumn { .. }) =>
            {
                Ok(())
            }
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// The first foreign key that needs a column of a table, apart from those that go with the column.
    pub(super) fn first_reference_to(
        &self,
        table: &Table,
        column: &str,
    ) -> Option<(&Table, &ForeignKey)> {
        self.tables()
            .flat_map(|owner| owner.foreign_keys.iter().map(move |key| (owner, key)))
            .find(|(owner, key)| {
                let own = self.same_table(&owner.name, &table.name)
                    && self.contains(&key.columns, column);
                !own && self.same_table(&key.table, &table.name)
                    && self.contains(&key.referenced_columns, column)
            })
    }

    fn fault_of(&self, owner: &Table, key: &ForeignKey) -> Option<CatalogError> {
        let fault = self.fault(owner, key).err()?;
        Some(CatalogError::BadReference {
            table: owner.name.clone(),
            columns: key.columns.clone(),
            fault: Box::new(fault),
        })
    }

    fn fault(&self, owner: &Table, key: &ForeignKey) -> Result<(), CatalogError> {
        // A table that refers to itself may not be in the catalog yet.
        let (target, indexes): (&Table, &[Index]) = if self.same_table(&owner.name, &key.table) {
            (owner, self.indexes(&owner.name))
        } else {
            let Entry { table, indexes } = self.entry(&key.table)?;
            (table, indexes)
        };
        for column in &key.referenced_columns {
            self.column(target, column)?;
        }
        let found = match self.dialect {
            Dialect::Mysql => self.is_indexed(target, indexes, &key.referenced_columns),
            Dialect::Sqlite | Dialect::Postgres => {
                self.is_unique(target, indexes, &key.referenced_columns)
            }
        };
        if found {
            return Ok(());
        }
        Err(CatalogError::NotUnique {
            table: target.name.clone(),
            columns: key.referenced_columns.clone(),
        })
    }

    /// Whether these columns, in whatever order, are the primary key or have a constraint or whole index of their own.
    fn is_unique(&self, table: &Table, indexes: &[Index], columns: &[String]) -> bool {
        let whole = indexes
            .iter()
            .filter(|index| index.unique && index.filter.is_none());
        let mut keys = constraints(table).chain(whole.filter_map(columns_of));
        keys.any(|key| {
            key.len() == columns.len() && key.iter().all(|name| self.contains(columns, name))
        })
    }

    /// Whether any index begins with these columns in this order, which is all that MySQL asks for. It makes one for each
    /// foreign key.
    fn is_indexed(&self, table: &Table, indexes: &[Index], columns: &[String]) -> bool {
        let own = table
            .foreign_keys
            .iter()
            .map(|key| key.columns.iter().collect());
        let mut keys = constraints(table)
            .chain(own)
            .chain(indexes.iter().filter_map(columns_of));
        keys.any(|key| {
            key.len() >= columns.len()
                && key
                    .iter()
                    .zip(columns)
                    .all(|(name, column)| self.same(name, column))
        })
    }
}

/// The columns of the primary key and of the unique constraints.
fn constraints(table: &Table) -> impl Iterator<Item = Vec<&String>> {
    let uniques = table.uniques.iter().map(|unique| &unique.columns);
    std::iter::once(&table.primary_key)
        .chain(uniques)
        .map(|columns| columns.iter().collect())
}

/// The columns of an index, unless it is over expressions.
fn columns_of(index: &Index) -> Option<Vec<&String>> {
    let keys = index.columns.iter().map(|column| match &column.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    });
    keys.collect()
}

/// A foreign key as a message names it.
pub(super) fn describe(owner: &Table, key: &ForeignKey) -> String {
    format!(
        "the foreign key {} ({})",
        owner.name,
        key.columns.join(", ")
    )
}
