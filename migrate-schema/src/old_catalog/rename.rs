//! Renaming: whatever refers to the old name refers to the new one.

use super::{
    Catalog, CatalogError, Entry,
    names::{self, mentions, same_name, same_table},
};
use crate::{
    Dialect,
    model::{Index, IndexKey, Table},
};

impl Catalog {
    pub(super) fn rename_table(&mut self, from: &str, to: &str) -> Result<(), CatalogError> {
        let old = self.entry(from)?.table.name.clone();
        self.check_table_name(to)?;
        let dialect = self.dialect;
        let Some(mut entry) = self.tables.remove(&self.key(from)) else {
            return Ok(());
        };
        for expression in expressions(&mut entry) {
            *expression = names::rename_table(expression, &old, to, dialect);
        }
        for index in &mut entry.indexes {
            index.table = to.to_owned();
        }
        entry.table.name = to.to_owned();
        self.tables.insert(self.key(to), entry);
        for entry in self.tables.values_mut() {
            for key in &mut entry.table.foreign_keys {
                if same_table(dialect, &key.table, &old) {
                    key.table = to.to_owned();
                }
            }
        }
        Ok(())
    }

    pub(super) fn rename_column(
        &mut self,
        table: &str,
        from: &str,
        to: &str,
    ) -> Result<(), CatalogError> {
        let entry = self.entry(table)?;
        let old = self.column(&entry.table, from)?.name.clone();
        let owner = entry.table.name.clone();
        if !self.same(&old, to) && self.find_column(&entry.table, to).is_some() {
            return Err(CatalogError::ColumnExists {
                table: owner,
                column: to.to_owned(),
            });
        }
        if self.dialect == Dialect::Mysql {
            check_expressions_on_mysql(entry, &old)?;
        }
        let dialect = self.dialect;
        let rename = |name: &mut String| {
            if same_name(dialect, name, &old) {
                *name = to.to_owned();
            }
        };
        let entry = self.entry_mut(table)?;
        for expression in expressions(entry) {
            *expression = names::rename_column(expression, &old, to, dialect);
        }
        own_names(&mut entry.table, &mut entry.indexes).for_each(rename);
        for entry in self.tables.values_mut() {
            for key in &mut entry.table.foreign_keys {
                if same_table(dialect, &key.table, &owner) {
                    key.referenced_columns.iter_mut().for_each(rename);
                }
            }
        }
        Ok(())
    }
}

impl Entry {
    /// Writes each name of a column as the column itself is written, whatever case was used.
    pub(super) fn spelled(mut self, dialect: Dialect) -> Self {
        let names: Vec<String> = self
            .table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        for name in own_names(&mut self.table, &mut self.indexes) {
            if let Some(own) = names.iter().find(|own| same_name(dialect, own, name)) {
                name.clone_from(own);
            }
        }
        self
    }
}

/// Everything in an entry that is SQL text over the table's columns.
fn expressions(entry: &mut Entry) -> impl Iterator<Item = &mut String> {
    let checks = entry
        .table
        .checks
        .iter_mut()
        .map(|check| &mut check.expression);
    let indexes = entry.indexes.iter_mut().flat_map(|index| {
        let keys = index
            .columns
            .iter_mut()
            .filter_map(|column| match &mut column.key {
                IndexKey::Expression(text) => Some(text),
                IndexKey::Column(_) => None,
            });
        keys.chain(index.filter.as_mut())
    });
    checks.chain(indexes)
}

/// Every place that names a column of the table itself.
fn own_names<'a>(
    table: &'a mut Table,
    indexes: &'a mut [Index],
) -> impl Iterator<Item = &'a mut String> {
    let columns = table.columns.iter_mut().map(|column| &mut column.name);
    let uniques = table
        .uniques
        .iter_mut()
        .flat_map(|unique| &mut unique.columns);
    let checks = table
        .checks
        .iter_mut()
        .filter_map(|check| check.column.as_mut());
    let keys = table
        .foreign_keys
        .iter_mut()
        .flat_map(|key| &mut key.columns);
    let indexed = indexes.iter_mut().flat_map(|index| &mut index.columns);
    let indexed = indexed.filter_map(|column| match &mut column.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    });
    columns
        .chain(&mut table.primary_key)
        .chain(uniques)
        .chain(checks)
        .chain(keys)
        .chain(indexed)
}

/// MySQL keeps the columns that an index's expression names. What a check names it keeps too, but MariaDB rewrites it.
fn check_expressions_on_mysql(entry: &Entry, column: &str) -> Result<(), CatalogError> {
    let named = |text: &str| mentions(text, column, Dialect::Mysql);
    let user = entry.indexes.iter().find(|index| {
        let mut keys = index.columns.iter();
        keys.any(|column| matches!(&column.key, IndexKey::Expression(text) if named(text)))
    });
    match user {
        Some(index) => Err(CatalogError::ColumnInUse {
            table: entry.table.name.clone(),
            column: column.to_owned(),
            user: format!("an expression of the index `{}`", index.name),
            instead: "drop the index first",
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Change;

    fn blog(dialect: Dialect) -> Catalog {
        let mut catalog = Catalog::new(dialect);
        let size = if dialect == Dialect::Postgres {
            "size"
        } else {
            "SIZE"
        };
        let changes = [
            Change::create_table("teams", |t| {
                t.id();
                t.integer("size").check("teams.size > 0");
                t.unique([size]);
            }),
            Change::create_table("users", |t| {
                t.integer("team_id").references("teams", "id");
                t.integer("other_id").references("teams", "id");
                t.primary_key(["team_id"]);
                t.check("others", "other_id <> team_id");
            }),
            Change::create_index("by_team", "users", |i| {
                i.column("team_id")
                    .expression("team_id + 1")
                    .filter("team_id > 1")
            }),
        ];
        for change in changes {
            catalog.apply(&change).unwrap();
        }
        catalog
    }

    #[test]
    fn a_table_keeps_what_refers_to_it() {
        let mut catalog = blog(Dialect::Sqlite);
        catalog
            .apply(&Change::rename_table("Teams", "groups"))
            .unwrap();
        catalog
            .apply(&Change::rename_table("users", "people"))
            .unwrap();
        assert!(catalog.table("teams").is_none());
        assert_eq!(catalog.table("groups").unwrap().name, "groups");
        assert_eq!(
            catalog.table("groups").unwrap().checks[0].expression,
            "groups.size > 0"
        );
        let people = catalog.table("people").unwrap();
        assert!(people.foreign_keys.iter().all(|key| key.table == "groups"));
        assert_eq!(catalog.indexes("people")[0].table, "people");
        assert_eq!(catalog.dangling_references(), []);
    }

    #[test]
    fn a_column_keeps_what_refers_to_it() {
        let mut catalog = blog(Dialect::Sqlite);
        assert_eq!(catalog.table("teams").unwrap().uniques[0].columns, ["size"]);
        let changes = [
            Change::rename_column("TEAMS", "ID", "number"),
            Change::rename_column("teams", "size", "the size"),
            Change::rename_column("users", "team_id", "group_id"),
        ];
        for change in changes {
            catalog.apply(&change).unwrap();
        }
        let teams = catalog.table("teams").unwrap();
        assert_eq!(teams.primary_key, ["number"]);
        assert_eq!(teams.uniques[0].columns, ["the size"]);
        assert_eq!(teams.checks[0].expression, "teams.\"the size\" > 0");
        assert_eq!(teams.checks[0].column.as_deref(), Some("the size"));
        let users = catalog.table("users").unwrap();
        assert_eq!(users.primary_key, ["group_id"]);
        assert_eq!(users.foreign_keys[0].columns, ["group_id"]);
        assert_eq!(users.foreign_keys[0].referenced_columns, ["number"]);
        assert_eq!(users.checks[0].expression, "other_id <> group_id");
        let index = &catalog.indexes("users")[0];
        assert_eq!(index.columns[0].key, IndexKey::Column("group_id".into()));
        assert_eq!(
            index.columns[1].key,
            IndexKey::Expression("group_id + 1".into())
        );
        assert_eq!(index.filter.as_deref(), Some("group_id > 1"));
        assert_eq!(catalog.dangling_references(), []);
    }

    #[test]
    fn another_case_is_a_rename_of_a_column_but_not_of_a_table() {
        let mut catalog = blog(Dialect::Sqlite);
        catalog
            .apply(&Change::rename_column("teams", "size", "Size"))
            .unwrap();
        assert_eq!(catalog.table("teams").unwrap().columns[1].name, "Size");
        assert_eq!(
            catalog
                .apply(&Change::rename_table("teams", "Teams"))
                .unwrap_err()
                .to_string(),
            "there is already a table named `Teams`: write another name"
        );
        for dialect in [Dialect::Postgres, Dialect::Mysql] {
            let mut catalog = blog(dialect);
            catalog
                .apply(&Change::rename_table("teams", "Teams"))
                .unwrap();
            assert!(catalog.table("teams").is_none());
        }
    }

    #[test]
    fn mysql_keeps_columns_that_expressions_name() {
        let mut catalog = Catalog::new(Dialect::Mysql);
        let changes = [
            Change::create_table("t", |t| {
                t.id();
                t.integer("a");
            }),
            Change::create_index("i", "t", |i| i.expression("a + 1")),
        ];
        for change in changes {
            catalog.apply(&change).unwrap();
        }
        assert_eq!(
            catalog
                .apply(&Change::rename_column("t", "a", "b"))
                .unwrap_err()
                .to_string(),
            "the column `t.a` is used by an expression of the index `i`: drop the index first"
        );
        catalog
            .apply(&Change::rename_column("t", "id", "number"))
            .unwrap();
    }
}
