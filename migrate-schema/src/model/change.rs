use std::fmt;

use super::{ColumnDefinition, Index, IndexKey, Rebuild, Table};

/// One change to a schema: what a builder step does, the same for every dialect.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Change {
    /// Makes a table.
    CreateTable(Table),
    /// Drops a table with its rows.
    DropTable {
        /// The table.
        name: String,
    },
    /// Adds a column.
    AddColumn {
        /// The table.
        table: String,
        /// The column.
        definition: ColumnDefinition,
    },
    /// Drops a column with its values.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The foreign keys that go with it, by name: MySQL keeps the column as long as it has one.
        foreign_keys: Vec<String>,
    },
    /// Gives a table another name.
    RenameTable {
        /// The name it has.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// Gives a column another name.
    RenameColumn {
        /// The table.
        table: String,
        /// The name the column has.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// Makes an index.
    CreateIndex(Index),
    /// Drops an index.
    DropIndex {
        /// The index.
        name: String,
        /// The table it belongs to: on MySQL the name alone does not say.
        table: String,
    },
    /// Makes a table again in another form, with its rows and all that hangs on it (SQLite).
    RebuildTable(Rebuild),
}

impl Change {
    /// A short line for people, such as `create table users`.
    pub fn describe(&self) -> String {
        self.to_string()
    }

    /// The change that takes this one back, where it can be told from this one alone: none for what drops.
    pub fn inverse(&self) -> Option<Self> {
        match self {
            Self::CreateTable(table) => Some(Self::DropTable {
                name: table.name.clone(),
            }),
            Self::AddColumn { table, definition } => Some(Self::DropColumn {
                table: table.clone(),
                column: definition.column.name.clone(),
                foreign_keys: definition
                    .foreign_keys
                    .iter()
                    .map(|key| key.constraint_name(table))
                    .collect(),
            }),
            Self::RenameTable { from, to } => Some(Self::RenameTable {
                from: to.clone(),
                to: from.clone(),
            }),
            Self::RenameColumn { table, from, to } => Some(Self::RenameColumn {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Self::CreateIndex(index) => Some(Self::DropIndex {
                name: index.name.clone(),
                table: index.table.clone(),
            }),
            Self::DropTable { .. }
            | Self::DropColumn { .. }
            | Self::DropIndex { .. }
            | Self::RebuildTable(_) => None,
        }
    }
}

/// The same line as [`Change::describe`].
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable(table) => write!(f, "create table {}", table.name),
            Self::DropTable { name } => write!(f, "drop table {name}"),
            Self::AddColumn { table, definition } => {
                write!(f, "add column {table}.{}", definition.column.name)
            }
            Self::DropColumn { table, column, .. } => write!(f, "drop column {table}.{column}"),
            Self::RenameTable { from, to } => write!(f, "rename table {from} to {to}"),
            Self::RenameColumn { table, from, to } => {
                write!(f, "rename column {table}.{from} to {to}")
            }
            Self::CreateIndex(index) => {
                let unique = if index.unique { "unique " } else { "" };
                let keys: Vec<&str> = index
                    .columns
                    .iter()
                    .map(|column| match &column.key {
                        IndexKey::Column(text) | IndexKey::Expression(text) => text.as_str(),
                    })
                    .collect();
                write!(
                    f,
                    "create {unique}index {} on {} ({})",
                    index.name,
                    index.table,
                    keys.join(", ")
                )
            }
            Self::DropIndex { name, table } => write!(f, "drop index {name} on {table}"),
            Self::RebuildTable(rebuild) => write!(f, "rebuild table {}", rebuild.table.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Action;

    fn add_team() -> Change {
        Change::add_column("users", |c| {
            c.integer("team_id")
                .references("teams", "id")
                .on_delete(Action::Cascade)
        })
    }

    #[test]
    fn descriptions() {
        let lines: Vec<String> = [
            Change::create_table("users", |t| {
                t.id();
            }),
            Change::drop_table("users"),
            add_team(),
            Change::drop_column("users", "age"),
            Change::rename_table("users", "people"),
            Change::rename_column("users", "email", "mail"),
            Change::create_index("users_email", "users", |i| {
                i.column("team_id").expression("lower(email)")
            }),
            Change::create_index("users_email", "users", |i| i.column("email").unique()),
            Change::drop_index("users_email", "users"),
        ]
        .iter()
        .map(Change::describe)
        .collect();
        assert_eq!(
            lines,
            [
                "create table users",
                "drop table users",
                "add column users.team_id",
                "drop column users.age",
                "rename table users to people",
                "rename column users.email to mail",
                "create index users_email on users (team_id, lower(email))",
                "create unique index users_email on users (email)",
                "drop index users_email on users",
            ]
        );
    }

    #[test]
    fn inverses() {
        let created = Change::create_table("users", |t| {
            t.id();
        });
        assert_eq!(created.inverse(), Some(Change::drop_table("users")));
        assert_eq!(
            add_team().inverse(),
            Some(Change::DropColumn {
                table: "users".into(),
                column: "team_id".into(),
                foreign_keys: vec!["users_team_id_fkey".into()],
            })
        );
        assert_eq!(
            Change::rename_table("a", "b").inverse(),
            Some(Change::rename_table("b", "a"))
        );
        assert_eq!(
            Change::rename_column("t", "a", "b").inverse(),
            Some(Change::rename_column("t", "b", "a"))
        );
        assert_eq!(
            Change::create_index("i", "t", |i| i.column("a")).inverse(),
            Some(Change::drop_index("i", "t"))
        );
        assert_eq!(Change::drop_table("t").inverse(), None);
        assert_eq!(Change::drop_column("t", "a").inverse(), None);
        assert_eq!(Change::drop_index("i", "t").inverse(), None);
    }

    #[test]
    fn two_ways_to_say_one_thing_are_equal() {
        let on_the_column = Change::create_table("users", |t| {
            t.integer("id").primary_key();
            t.text("email").unique();
            t.integer("team_id").references("teams", "id");
        });
        let on_the_table = Change::create_table("users", |t| {
            t.integer("id");
            t.text("email");
            t.integer("team_id");
            t.primary_key(["id"]);
            t.unique(["email"]);
            t.foreign_key(["team_id"], "teams", ["id"]);
        });
        assert_eq!(on_the_column, on_the_table);
        let Change::CreateTable(table) = on_the_column else {
            panic!("not a table")
        };
        assert!(!table.columns[0].nullable);
    }
}
