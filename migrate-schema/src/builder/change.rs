use super::{ColumnBuilder, IndexBuilder, NewColumn, RebuildBuilder, TableBuilder};
use crate::model::{Change, Column, ColumnDefinition, ColumnType};

impl Change {
    /// Makes a table, whose columns and constraints the closure writes.
    pub fn create_table(name: impl Into<String>, define: impl FnOnce(&mut TableBuilder)) -> Self {
        let mut builder = TableBuilder::new(name);
        define(&mut builder);
        Self::CreateTable(builder.build())
    }

    /// Drops a table.
    pub fn drop_table(name: impl Into<String>) -> Self {
        Self::DropTable { name: name.into() }
    }

    /// Adds a column: the one that the closure returns.
    ///
    /// ```
    /// use migrate_schema::model::Change;
    /// let change = Change::add_column("users", |c| c.integer("age").not_null().default(0));
    /// assert_eq!(change.describe(), "add column users.age");
    /// ```
    pub fn add_column(
        table: impl Into<String>,
        define: impl FnOnce(NewColumn<'_>) -> ColumnBuilder<'_>,
    ) -> Self {
        // The closure cannot return a column without replacing this one.
        let mut definition = ColumnDefinition::from(Column::new("", ColumnType::Text));
        define(NewColumn::new(&mut definition));
        Self::AddColumn {
            table: table.into(),
            definition,
        }
    }

    /// Drops a column.
    pub fn drop_column(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self::DropColumn {
            table: table.into(),
            column: column.into(),
            foreign_keys: Vec::new(),
        }
    }

    /// Gives a table another name.
    pub fn rename_table(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self::RenameTable {
            from: from.into(),
            to: to.into(),
        }
    }

    /// Gives a column another name.
    pub fn rename_column(
        table: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        Self::RenameColumn {
            table: table.into(),
            from: from.into(),
            to: to.into(),
        }
    }

    /// Makes a table of SQLite again, in the form that the closure writes.
    pub fn rebuild_table(
        name: impl Into<String>,
        define: impl FnOnce(&mut RebuildBuilder),
    ) -> Self {
        let mut builder = RebuildBuilder::new(name);
        define(&mut builder);
        Self::RebuildTable(builder.build())
    }

    /// Makes an index, whose columns the closure writes.
    ///
    /// ```
    /// use migrate_schema::model::Change;
    /// let change = Change::create_index("users_email", "users", |i| i.column("email").unique());
    /// assert_eq!(change.describe(), "create unique index users_email on users (email)");
    /// ```
    pub fn create_index(
        name: impl Into<String>,
        table: impl Into<String>,
        define: impl FnOnce(IndexBuilder) -> IndexBuilder,
    ) -> Self {
        Self::CreateIndex(define(IndexBuilder::new(name, table)).build())
    }

    /// Drops an index of a table.
    pub fn drop_index(name: impl Into<String>, table: impl Into<String>) -> Self {
        Self::DropIndex {
            name: name.into(),
            table: table.into(),
        }
    }
}
