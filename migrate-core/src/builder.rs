//! The steps that are not SQL text: one migration for every dialect.

use migrate_schema::{
    builder::{ColumnBuilder, IndexBuilder, NewColumn, TableBuilder},
    model::Change,
};

use crate::steps::Steps;

/// Steps that are rendered for the dialect of the run.
///
/// ```
/// use migrate_core::prelude::*;
///
/// pub struct CreateUsers;
///
/// #[migration("20260215_create_users")]
/// impl Migration for CreateUsers {
///     fn up(&self, steps: &mut Steps) {
///         steps.create_table("users", |t| {
///             t.id();
///             t.text("email").not_null().unique();
///             t.integer("age").check("age >= 0");
///         });
///         steps.create_index("users_age", "users", |i| i.column("age"));
///     }
///     fn down(&self, steps: &mut Steps) {
///         steps.drop_table("users");
///     }
/// }
/// # fn main() -> Result<(), migrate_core::Error> {
/// # let mut connection = rusqlite::Connection::open_in_memory().unwrap();
/// # Migrator::new().up(&mut connection)?;
/// # connection.execute("INSERT INTO users (email, age) VALUES ('a', 1)", []).unwrap();
/// # assert!(connection.execute("INSERT INTO users (email, age) VALUES ('b', -1)", []).is_err());
/// # assert_eq!(Migrator::new().down(&mut connection)?.names(), ["20260215_create_users"]);
/// # Ok(())
/// # }
/// ```
impl Steps {
    /// Makes a table, whose columns and constraints the closure writes.
    pub fn create_table(
        &mut self,
        name: impl Into<String>,
        define: impl FnOnce(&mut TableBuilder),
    ) {
        self.change(Change::create_table(name, define));
    }

    /// Drops a table.
    pub fn drop_table(&mut self, name: impl Into<String>) {
        self.change(Change::drop_table(name));
    }

    /// Adds a column: `steps.add_column("users", |c| c.integer("age").not_null().default(0))`.
    pub fn add_column(
        &mut self,
        table: impl Into<String>,
        define: impl FnOnce(NewColumn<'_>) -> ColumnBuilder<'_>,
    ) {
        self.change(Change::add_column(table, define));
    }

    /// Drops a column.
    pub fn drop_column(&mut self, table: impl Into<String>, column: impl Into<String>) {
        self.change(Change::drop_column(table, column));
    }

    /// Gives a table another name.
    pub fn rename_table(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.change(Change::rename_table(from, to));
    }

    /// Gives a column another name.
    pub fn rename_column(
        &mut self,
        table: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) {
        self.change(Change::rename_column(table, from, to));
    }

    /// Makes an index: `steps.create_index("users_email", "users", |i| i.column("email").unique())`.
    pub fn create_index(
        &mut self,
        name: impl Into<String>,
        table: impl Into<String>,
        define: impl FnOnce(IndexBuilder) -> IndexBuilder,
    ) {
        self.change(Change::create_index(name, table, define));
    }

    /// Drops an index of a table.
    pub fn drop_index(&mut self, name: impl Into<String>, table: impl Into<String>) {
        self.change(Change::drop_index(name, table));
    }
}
