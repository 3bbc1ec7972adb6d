//! What each change does, and when it is refused. Everything is checked before anything is changed.

use super::{Catalog, CatalogError, Entry, reference::describe};
use crate::{
    Dialect,
    model::{Change, ColumnDefinition, ForeignKey, Index, IndexKey, Table},
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
        self.check_constraint_names(table)?;
        for key in &table.foreign_keys {
            self.check_reference(table, key)?;
        }
        let mut table = table.clone();
        self.name_foreign_keys(&table.name, &mut table.foreign_keys)?;
        self.put(Entry {
            table,
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
                .filter(|owner| !self.same_table(&owner.name, &table.name))
                .flat_map(|owner| owner.foreign_keys.iter().map(move |key| (owner, key)))
                .find(|(_, key)| self.same_table(&key.table, &table.name));
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
        let mut definition = definition.clone();
        self.name_foreign_keys(&entry.table.name, &mut definition.foreign_keys)?;
        let keys = definition.foreign_keys.clone();
        entry.table.push(definition);
        for key in &keys {
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
            .filter(|(_, key)| self.same_table(&key.table, table))
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
        if self.dialect != Dialect::Mysql && self.is_index_name(name, None) {
            return taken(name, "an index");
        }
        Ok(())
    }

    fn check_index_name(&self, name: &str, table: &Table) -> Result<(), CatalogError> {
        let of = (self.dialect == Dialect::Mysql).then_some(table.name.as_str());
        if of.is_none() && self.table(name).is_some() {
            return taken(name, "a table");
        }
        if self.is_index_name(name, of) {
            return taken(name, "an index");
        }
        Ok(())
    }

    /// On MySQL a foreign key has the name that the renderer gives it, which it keeps when its table gets another one.
    /// No other in the database may have it.
    fn name_foreign_keys(&self, table: &str, keys: &mut [ForeignKey]) -> Result<(), CatalogError> {
        if self.dialect != Dialect::Mysql {
            return Ok(());
        }
        for key in keys {
            let name = key.constraint_name(table);
            let mut others = self.tables().flat_map(|table| &table.foreign_keys);
            if others.any(|other| other.name.as_ref().is_some_and(|own| self.same(own, &name))) {
                return taken(&name, "a foreign key");
            }
            key.name = Some(name);
        }
        Ok(())
    }

    /// PostgreSQL makes an index for a unique constraint and gives it the constraint's name.
    fn check_constraint_names(&self, table: &Table) -> Result<(), CatalogError> {
        if self.dialect != Dialect::Postgres {
            return Ok(());
        }
        let mut names = table
            .uniques
            .iter()
            .filter_map(|unique| unique.name.as_ref());
        names.try_for_each(|name| {
            if self.same_table(name, &table.name) {
                return taken(name, "a table");
            }
            self.check_index_name(name, table)
        })
    }

    /// Whether an index, or what the dialect makes an index for, has this name: in any table or in one.
    fn is_index_name(&self, name: &str, of: Option<&str>) -> bool {
        let mut entries = self
            .tables
            .values()
            .filter(|entry| of.is_none_or(|table| self.same_table(&entry.table.name, table)));
        entries.any(|Entry { table, indexes }| {
            let uniques = table
                .uniques
                .iter()
                .filter(|_| self.dialect != Dialect::Sqlite);
            let uniques = uniques.filter_map(|unique| unique.name.as_ref());
            let mut names = indexes.iter().map(|index| &index.name).chain(uniques);
            names.any(|other| self.same(other, name))
        })
    }
}

fn taken(name: &str, kind: &'static str) -> Result<(), CatalogError> {
    let name = name.to_owned();
    Err(CatalogError::NameTaken { name, kind })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Action;

    fn blog(dialect: Dialect) -> Catalog {
        let mut catalog = Catalog::new(dialect);
        let changes = [
            Change::create_table("teams", |t| {
                t.id();
                t.string("code", 9);
            }),
            Change::create_table("users", |t| {
                t.id();
                t.string("email", 99).unique();
                t.integer("team_id")
                    .references("teams", "id")
                    .on_delete(Action::Cascade);
            }),
            Change::create_index("users_email", "users", |i| i.column("email")),
        ];
        for change in changes {
            catalog.apply(&change).unwrap();
        }
        catalog
    }

    fn message(dialect: Dialect, change: &Change) -> String {
        let mut catalog = blog(dialect);
        match catalog.apply(change) {
            Ok(()) => "fits".into(),
            Err(error) => {
                assert_eq!(catalog, blog(dialect), "a refused change left a trace");
                error.to_string()
            }
        }
    }

    fn on_sqlite(change: &Change) -> String {
        message(Dialect::Sqlite, change)
    }

    #[test]
    fn what_is_not_there_is_named_with_what_is_near() {
        let no_table = "no such table: user; did you mean `users`?";
        assert_eq!(on_sqlite(&Change::drop_table("user")), no_table);
        assert_eq!(on_sqlite(&Change::rename_table("user", "people")), no_table);
        assert_eq!(
            on_sqlite(&Change::rename_column("user", "a", "b")),
            no_table
        );
        assert_eq!(on_sqlite(&Change::drop_column("user", "email")), no_table);
        assert_eq!(
            on_sqlite(&Change::add_column("user", |c| c.text("a"))),
            no_table
        );
        assert_eq!(
            on_sqlite(&Change::create_index("i", "user", |i| i.column("a"))),
            no_table
        );
        let no_column = "no such column: users.emial; did you mean `email`?";
        assert_eq!(on_sqlite(&Change::drop_column("users", "emial")), no_column);
        assert_eq!(
            on_sqlite(&Change::rename_column("users", "emial", "b")),
            no_column
        );
        assert_eq!(
            on_sqlite(&Change::create_index("i", "users", |i| i.column("emial"))),
            no_column
        );
        assert_eq!(
            on_sqlite(&Change::drop_column("users", "zzz")),
            "no such column: users.zzz"
        );
        assert_eq!(
            on_sqlite(&Change::drop_index("users_mail", "users")),
            "no such index: users_mail; did you mean `users_email`?"
        );
        assert_eq!(
            on_sqlite(&Change::drop_index("USERS_email", "teams")),
            "the index `users_email` belongs to the table `users`, not to `teams`: write `users`"
        );
    }

    #[test]
    fn what_is_there_already() {
        let table = |name| {
            Change::create_table(name, |t| {
                t.id();
            })
        };
        let index = |name| Change::create_index(name, "users", |i| i.column("id"));
        let a_table = "there is already a table named `Users`: write another name";
        let an_index = "there is already an index named `users_email`: write another name";
        assert_eq!(on_sqlite(&table("Users")), a_table);
        assert_eq!(on_sqlite(&Change::rename_table("teams", "Users")), a_table);
        assert_eq!(on_sqlite(&index("Users")), a_table);
        assert_eq!(on_sqlite(&table("users_email")), an_index);
        assert_eq!(on_sqlite(&index("users_email")), an_index);
        let column = "the table `users` already has a column `Email`: write another name";
        assert_eq!(
            on_sqlite(&Change::add_column("users", |c| c.text("Email"))),
            column
        );
        assert_eq!(
            on_sqlite(&Change::rename_column("users", "id", "Email")),
            column
        );
        assert_eq!(
            message(
                Dialect::Postgres,
                &Change::add_column("users", |c| c.text("a").primary_key())
            ),
            "the table `users` already has a primary key: leave `primary_key()` out"
        );
    }

    #[test]
    fn dialects_differ_in_what_names_are_one() {
        let upper = Change::create_table("Users", |t| {
            t.id();
        });
        assert_eq!(message(Dialect::Postgres, &upper), "fits");
        assert_eq!(message(Dialect::Mysql, &upper), "fits");
        assert_eq!(
            message(Dialect::Postgres, &Change::drop_table("Users")),
            "no such table: Users; did you mean `users`?"
        );
        let index = |name, table: &str| Change::create_index(name, table, |i| i.column("id"));
        assert_eq!(message(Dialect::Mysql, &index("users", "users")), "fits");
        assert_eq!(
            message(Dialect::Mysql, &index("users_email", "teams")),
            "fits"
        );
        assert!(
            message(Dialect::Mysql, &index("users_email", "users"))
                .starts_with("there is already an index")
        );
        assert!(
            message(Dialect::Postgres, &index("users", "users"))
                .starts_with("there is already a table")
        );
    }

    #[test]
    fn a_unique_constraint_has_an_index_of_its_name() {
        let table = |name: &str, unique: &str| {
            Change::create_table(name, |t| {
                t.text("a");
                t.unique(["a"]).named(unique);
            })
        };
        let is_taken = "there is already an index named `users_email`: write another name";
        assert_eq!(
            message(Dialect::Postgres, &table("t", "users_email")),
            is_taken
        );
        assert_eq!(on_sqlite(&table("t", "users_email")), "fits");
        assert_eq!(message(Dialect::Mysql, &table("t", "users_email")), "fits");
        for name in ["t", "users"] {
            let is_taken = format!("there is already a table named `{name}`: write another name");
            assert_eq!(message(Dialect::Postgres, &table("t", name)), is_taken);
        }
        let after = |dialect| {
            let mut catalog = blog(dialect);
            catalog.apply(&table("t", "u")).unwrap();
            ["t", "users"].map(|table| {
                let index = Change::create_index("u", table, |i| i.expression("1"));
                catalog.clone().apply(&index).is_ok()
            })
        };
        assert_eq!(after(Dialect::Sqlite), [true, true]);
        assert_eq!(after(Dialect::Postgres), [false, false]);
        assert_eq!(after(Dialect::Mysql), [false, true]);
    }

    #[test]
    fn a_foreign_key_keeps_its_name_on_mysql() {
        let mut catalog = blog(Dialect::Mysql);
        catalog
            .apply(&Change::rename_table("users", "people"))
            .unwrap();
        let users = Change::create_table("users", |t| {
            t.integer("team_id").references("teams", "id");
        });
        assert_eq!(
            catalog.apply(&users).unwrap_err().to_string(),
            "there is already a foreign key named `users_team_id_fkey`: write another name"
        );
        let without_key = Change::drop_column("people", "team_id");
        assert_eq!(
            catalog.apply(&without_key).unwrap_err().to_string(),
            "the column `people.team_id` is used by the foreign key `users_team_id_fkey`: \
             name it in `Change::DropColumn`"
        );
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let mut catalog = blog(dialect);
            catalog
                .apply(&Change::rename_table("users", "people"))
                .unwrap();
            catalog.apply(&users).unwrap();
        }
    }

    #[test]
    fn references() {
        let to = |table: &'static str, column: &'static str| {
            Change::add_column("users", move |c| c.integer("x").references(table, column))
        };
        let misspelt = "foreign key users (x): no such table: team; did you mean `teams`?";
        assert_eq!(on_sqlite(&to("team", "id")), "fits");
        assert_eq!(message(Dialect::Postgres, &to("team", "id")), misspelt);
        assert_eq!(message(Dialect::Mysql, &to("team", "id")), misspelt);
        for dialect in Dialect::ALL {
            assert_eq!(
                message(dialect, &to("teams", "ID_")),
                "foreign key users (x): no such column: teams.ID_; did you mean `id`?"
            );
            assert_eq!(message(dialect, &to("users", "id")), "fits");
            assert_eq!(message(dialect, &to("users", "email")), "fits");
        }
        let not_unique = "foreign key users (x): teams (code) is neither the primary key nor unique: \
                          add a unique constraint or index";
        assert_eq!(message(Dialect::Postgres, &to("teams", "code")), not_unique);
        assert_eq!(on_sqlite(&to("teams", "code")), "fits");
        let posts = Change::create_table("posts", |t| {
            t.integer("parent").references("posts", "id");
        });
        assert!(posts.validate().is_err());
        let posts = Change::create_table("posts", |t| {
            t.integer("user_id").references("users", "ident");
        });
        for dialect in Dialect::ALL {
            assert_eq!(
                message(dialect, &posts),
                "foreign key posts (user_id): no such column: users.ident"
            );
        }
        let mut catalog = blog(Dialect::Sqlite);
        assert_eq!(catalog.dangling_references(), []);
        catalog.apply(&to("teams", "code")).unwrap();
        let dangling: Vec<String> = catalog
            .dangling_references()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(dangling, [not_unique]);
        let partial =
            Change::create_index("i", "teams", |i| i.column("code").unique().filter("id > 1"));
        catalog.apply(&partial).unwrap();
        assert_eq!(catalog.dangling_references().len(), 1);
        catalog
            .apply(&Change::create_index("j", "teams", |i| {
                i.column("code").unique()
            }))
            .unwrap();
        assert_eq!(catalog.dangling_references(), []);
    }

    #[test]
    fn what_is_referenced() {
        let change = Change::drop_table("teams");
        assert_eq!(on_sqlite(&change), "fits");
        for dialect in [Dialect::Postgres, Dialect::Mysql] {
            assert_eq!(
                message(dialect, &change),
                "the table `teams` is referenced by the foreign key users (team_id): drop that table or column first"
            );
        }
        let mut catalog = blog(Dialect::Postgres);
        let changes = [
            Change::create_index("codes", "teams", |i| i.column("code").unique()),
            Change::add_column("users", |c| {
                c.string("team_code", 9).references("teams", "code")
            }),
        ];
        for change in changes {
            catalog.apply(&change).unwrap();
        }
        let before = catalog.clone();
        assert_eq!(
            catalog
                .apply(&Change::drop_index("codes", "teams"))
                .unwrap_err()
                .to_string(),
            "the index `codes` is needed by the foreign key users (team_code): drop that table or column first"
        );
        assert_eq!(catalog, before);
        catalog
            .apply(&Change::drop_index("users_email", "users"))
            .unwrap();
    }

    #[test]
    fn a_faulty_change_is_refused() {
        assert_eq!(
            on_sqlite(&Change::drop_table("")),
            "a table has no name: write one"
        );
    }

    #[test]
    fn what_was_made_is_known() {
        let catalog = blog(Dialect::Sqlite);
        assert_eq!(catalog.dialect(), Dialect::Sqlite);
        let names: Vec<&str> = catalog.tables().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["teams", "users"]);
        assert!(catalog.table("USERS").unwrap().column("email").is_some());
        assert_eq!(catalog.indexes("Users")[0].name, "users_email");
        assert_eq!(catalog.indexes("posts"), []);
        assert_eq!(Catalog::default(), Catalog::new(Dialect::Sqlite));
    }
}
