//! Dropping a column, where the dialects differ most: SQLite refuses while anything but the column itself names it,
//! PostgreSQL drops what names it, MySQL shortens keys and indexes.

use super::{Catalog, CatalogError, Entry, names::mentions, reference::describe};
use crate::{
    Dialect,
    model::{Check, Index, IndexKey, Table},
};

/// What needs a column, and what to do about it.
type User = (String, &'static str);

const REBUILD: &str = "build the table anew without it, in SQL steps";
const DROP_INDEX: &str = "drop the index first";

impl Catalog {
    pub(super) fn drop_column(
        &mut self,
        table: &str,
        column: &str,
        foreign_keys: &[String],
    ) -> Result<(), CatalogError> {
        let entry = self.entry(table)?;
        let column = self.column(&entry.table, column)?.name.clone();
        if entry.table.columns.len() == 1 && self.dialect != Dialect::Postgres {
            let table = entry.table.name.clone();
            return Err(CatalogError::LastColumn { table, column });
        }
        let user = match self.dialect {
            Dialect::Sqlite => self.user_on_sqlite(entry, &column),
            Dialect::Postgres => None,
            Dialect::Mysql => self.user_on_mysql(entry, &column, foreign_keys),
        };
        let user = user.or_else(|| {
            let (owner, key) = self.first_reference_to(&entry.table, &column)?;
            Some((describe(owner, key), "drop that table or column first"))
        });
        if let Some((user, instead)) = user {
            return Err(CatalogError::ColumnInUse {
                table: entry.table.name.clone(),
                column,
                user,
                instead,
            });
        }
        let entry = self.without(entry, &column);
        self.put(entry);
        Ok(())
    }

    fn user_on_sqlite(&self, entry: &Entry, column: &str) -> Option<User> {
        let Entry { table, indexes } = entry;
        if self.contains(&table.primary_key, column) {
            return Some(("the primary key".into(), REBUILD));
        }
        if let Some(unique) = table
            .uniques
            .iter()
            .find(|unique| self.contains(&unique.columns, column))
        {
            return Some((
                format!("the unique constraint over ({})", unique.columns.join(", ")),
                REBUILD,
            ));
        }
        let mut keys = table
            .foreign_keys
            .iter()
            .filter(|key| key.columns.len() > 1);
        if let Some(key) = keys.find(|key| self.contains(&key.columns, column)) {
            return Some((describe(table, key), REBUILD));
        }
        let mut checks = table
            .checks
            .iter()
            .filter(|check| !self.is_on(check, column));
        if let Some(check) = checks.find(|check| mentions(&check.expression, column, self.dialect))
        {
            return Some((format!("the check `{}`", check.expression), REBUILD));
        }
        let index = indexes.iter().find(|index| self.names(index, column))?;
        Some((format!("the index `{}`", index.name), DROP_INDEX))
    }

    fn user_on_mysql(&self, entry: &Entry, column: &str, dropped: &[String]) -> Option<User> {
        let Entry { table, indexes } = entry;
        let mut keys = table
            .foreign_keys
            .iter()
            .filter(|key| self.contains(&key.columns, column));
        if let Some(key) =
            keys.find(|key| !self.contains(dropped, &key.constraint_name(&table.name)))
        {
            let name = key.constraint_name(&table.name);
            return Some((
                format!("the foreign key `{name}`"),
                "name it in `Change::DropColumn`",
            ));
        }
        let mut checks = table
            .checks
            .iter()
            .filter(|check| mentions(&check.expression, column, self.dialect));
        if let Some(check) = checks.find(|check| self.names_another(check, table, column)) {
            return Some((
                format!("the check `{}`", check.expression),
                "drop the check first",
            ));
        }
        let index = indexes
            .iter()
            .find(|index| self.names_in_expression(index, column))?;
        Some((
            format!("an expression of the index `{}`", index.name),
            DROP_INDEX,
        ))
    }

    fn is_on(&self, check: &Check, column: &str) -> bool {
        check
            .column
            .as_ref()
            .is_some_and(|own| self.same(own, column))
    }

    fn names_another(&self, check: &Check, table: &Table, column: &str) -> bool {
        let mut others = table
            .columns
            .iter()
            .filter(|other| !self.same(&other.name, column));
        others.any(|other| mentions(&check.expression, &other.name, self.dialect))
    }

    /// Whether an index names the column anywhere: as a key, in an expression or in its condition.
    fn names(&self, index: &Index, column: &str) -> bool {
        let as_key = index
            .columns
            .iter()
            .any(|key| matches!(&key.key, IndexKey::Column(name) if self.same(name, column)));
        let in_filter = index
            .filter
            .as_ref()
            .is_some_and(|filter| mentions(filter, column, self.dialect));
        as_key || in_filter || self.names_in_expression(index, column)
    }

    fn names_in_expression(&self, index: &Index, column: &str) -> bool {
        index.columns.iter().any(|key| {
            matches!(&key.key, IndexKey::Expression(text) if mentions(text, column, self.dialect))
        })
    }

    /// What is left of a table when nothing stands against dropping the column.
    fn without(&self, entry: &Entry, column: &str) -> Entry {
        let Entry {
            mut table,
            mut indexes,
        } = entry.clone();
        table
            .columns
            .retain(|other| !self.same(&other.name, column));
        table
            .foreign_keys
            .retain(|key| !self.contains(&key.columns, column));
        table.checks.retain(|check| {
            !self.is_on(check, column) && !mentions(&check.expression, column, self.dialect)
        });
        if self.dialect == Dialect::Mysql {
            let other = |name: &String| !self.same(name, column);
            table.primary_key.retain(other);
            table
                .uniques
                .iter_mut()
                .for_each(|unique| unique.columns.retain(other));
            table.uniques.retain(|unique| !unique.columns.is_empty());
            for index in &mut indexes {
                index.columns.retain(
                    |key| !matches!(&key.key, IndexKey::Column(name) if self.same(name, column)),
                );
            }
            indexes.retain(|index| !index.columns.is_empty());
        } else {
            if self.contains(&table.primary_key, column) {
                table.primary_key.clear();
            }
            table
                .uniques
                .retain(|unique| !self.contains(&unique.columns, column));
            indexes.retain(|index| !self.names(index, column));
        }
        Entry { table, indexes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{builder::TableBuilder, model::Change};

    fn table(dialect: Dialect, define: impl FnOnce(&mut TableBuilder)) -> Catalog {
        let mut catalog = Catalog::new(dialect);
        let parent = Change::create_table("parent", |t| {
            t.id();
            t.integer("code").unique();
        });
        let own = Change::create_table("t", |t| {
            t.integer("a");
            t.integer("b");
            t.integer("c");
            define(t);
        });
        catalog.apply(&parent).unwrap();
        catalog.apply(&own).unwrap();
        catalog
    }

    /// What dropping `a` says, or what is left.
    fn drop_a(catalog: &mut Catalog) -> Result<Table, String> {
        let before = catalog.clone();
        match catalog.apply(&Change::drop_column("t", "a")) {
            Ok(()) => Ok(catalog.table("t").unwrap().clone()),
            Err(error) => {
                assert_eq!(*catalog, before);
                Err(error.to_string())
            }
        }
    }

    #[test]
    fn sqlite_refuses_while_anything_names_it() {
        type Define = fn(&mut TableBuilder);
        let cases: [(Define, &str); 6] = [
            (|t| t.primary_key(["a", "b"]), "the primary key"),
            (
                |t| {
                    t.unique(["b", "a"]);
                },
                "the unique constraint over (b, a)",
            ),
            (|t| t.check("n", "b < \"A\""), "the check `b < \"A\"`"),
            (
                |t| {
                    t.integer("d").check("d < a");
                },
                "the check `d < a`",
            ),
            (
                |t| {
                    t.foreign_key(["a", "b"], "parent", ["id", "code"]);
                },
                "the foreign key t (a, b)",
            ),
            (
                |t| {
                    t.foreign_key(["b"], "t", ["a"]);
                },
                "the foreign key t (b)",
            ),
        ];
        for (define, user) in cases {
            let error = drop_a(&mut table(Dialect::Sqlite, define)).unwrap_err();
            assert!(
                error.starts_with(&format!("the column `t.a` is used by {user}: ")),
                "{error}"
            );
        }
        let left = drop_a(&mut table(Dialect::Sqlite, |t| {
            t.check("n", "b < f(c) AND b <> 'a'");
            t.foreign_key(["a"], "parent", ["id"]);
        }));
        let left = left.unwrap();
        assert_eq!(
            (
                left.columns.len(),
                left.checks.len(),
                left.foreign_keys.len()
            ),
            (2, 1, 0)
        );
    }

    #[test]
    fn an_index_keeps_its_columns_on_sqlite() {
        let indexes = [
            Change::create_index("i", "t", |i| i.columns(["b", "a"])),
            Change::create_index("i", "t", |i| i.expression("a + 1")),
            Change::create_index("i", "t", |i| i.column("b").filter("a > 0")),
        ];
        for index in indexes {
            let mut catalog = table(Dialect::Sqlite, |_| {});
            catalog.apply(&index).unwrap();
            assert_eq!(
                drop_a(&mut catalog).unwrap_err(),
                "the column `t.a` is used by the index `i`: drop the index first"
            );
            let mut catalog = table(Dialect::Postgres, |_| {});
            catalog.apply(&index).unwrap();
            drop_a(&mut catalog).unwrap();
            assert_eq!(catalog.indexes("t"), []);
        }
    }

    #[test]
    fn the_last_column_stays_but_on_postgres() {
        for dialect in Dialect::ALL {
            let mut catalog = Catalog::new(dialect);
            catalog
                .apply(&Change::create_table("t", |t| {
                    t.integer("a");
                }))
                .unwrap();
            let verdict = catalog.apply(&Change::drop_column("t", "a"));
            match dialect {
                Dialect::Postgres => assert_eq!(verdict, Ok(())),
                _ => assert_eq!(
                    verdict.unwrap_err().to_string(),
                    "`a` is the last column of the table `t`: drop the table instead"
                ),
            }
        }
    }

    #[test]
    fn what_is_referenced_stays_everywhere() {
        for dialect in Dialect::ALL {
            let mut catalog = table(dialect, |t| {
                t.foreign_key(["b"], "parent", ["code"]);
            });
            let error = catalog
                .apply(&Change::drop_column("parent", "code"))
                .unwrap_err();
            assert!(matches!(error, CatalogError::ColumnInUse { .. }), "{error}");
        }
    }

    #[test]
    fn postgres_drops_what_names_it() {
        let mut catalog = table(Dialect::Postgres, |t| {
            t.primary_key(["a", "b"]);
            t.unique(["b", "a"]);
            t.unique(["b", "c"]);
            t.check("n", "b < a");
            t.foreign_key(["a"], "parent", ["id"]);
        });
        catalog.apply(&Change::drop_column("t", "a")).unwrap();
        let left = catalog.table("t").unwrap();
        assert_eq!(left.primary_key, [] as [&str; 0]);
        assert_eq!(
            (
                left.uniques.len(),
                left.checks.len(),
                left.foreign_keys.len()
            ),
            (1, 0, 0)
        );
    }

    #[test]
    fn mysql_shortens_keys_and_asks_for_foreign_keys() {
        let mut catalog = table(Dialect::Mysql, |t| {
            t.primary_key(["a", "b"]);
            t.unique(["b", "a"]);
            t.unique(["a"]);
            t.check("n", "a > 0");
            t.foreign_key(["a"], "parent", ["id"]);
        });
        catalog
            .apply(&Change::create_index("i", "t", |i| i.columns(["a", "c"])))
            .unwrap();
        assert_eq!(
            drop_a(&mut catalog).unwrap_err(),
            "the column `t.a` is used by the foreign key `t_a_fkey`: name it in `Change::DropColumn`"
        );
        let with_key = Change::DropColumn {
            table: "t".into(),
            column: "a".into(),
            foreign_keys: vec!["t_a_fkey".into()],
        };
        catalog.apply(&with_key).unwrap();
        let left = catalog.table("t").unwrap();
        assert_eq!(left.primary_key, ["b"]);
        assert_eq!(left.uniques.len(), 1);
        assert_eq!(left.uniques[0].columns, ["b"]);
        assert_eq!((left.checks.len(), left.foreign_keys.len()), (0, 0));
        assert_eq!(catalog.indexes("t")[0].columns.len(), 1);
        let mut catalog = table(Dialect::Mysql, |t| t.check("n", "b < a"));
        assert_eq!(
            drop_a(&mut catalog).unwrap_err(),
            "the column `t.a` is used by the check `b < a`: drop the check first"
        );
        let mut catalog = table(Dialect::Mysql, |_| {});
        catalog
            .apply(&Change::create_index("i", "t", |i| i.expression("a + 1")))
            .unwrap();
        assert_eq!(
            drop_a(&mut catalog).unwrap_err(),
            "the column `t.a` is used by an expression of the index `i`: drop the index first"
        );
    }
}
