//! The steps that are not SQL text: one migration for every dialect.

use migrate_schema::{
    builder::{ColumnBuilder, IndexBuilder, NewColumn, RebuildBuilder, TableBuilder},
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

    /// Makes a table of SQLite again, in the form that the closure writes, with its rows and all that hangs on it: what `ALTER TABLE` cannot do
    /// there.
    ///
    /// The closure says what the table is to be, as for [`create_table`](Self::create_table). A column has the values of the old column of its
    /// name, or those that [`copy`](RebuildBuilder::copy) says; [`keep`](RebuildBuilder::keep) leaves one as it is with all that is written on
    /// it. Rowids, numbers that were given once, `STRICT`, `WITHOUT ROWID` and collations stay. When the step runs, it reads what hangs on
    /// the table (indexes, triggers, views, and what names them) and makes it again afterwards as it was. Foreign keys are not enforced
    /// meanwhile and are checked before the commit, so the rows of other tables that refer to this one stay.
    ///
    /// ```
    /// use migrate_core::prelude::*;
    ///
    /// pub struct EmailsAreUnique;
    ///
    /// #[migration("20260216_emails_are_unique", irreversible = "the old spelling is not kept")]
    /// impl Migration for EmailsAreUnique {
    ///     fn up(&self, steps: &mut Steps) {
    ///         steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT); CREATE INDEX users_id ON users (id)"));
    ///         steps.rebuild_table("users", |t| {
    ///             t.id();
    ///             t.text("email").not_null().unique();
    ///             t.copy("email", "lower(mail)");
    ///         });
    ///     }
    /// }
    /// # fn main() -> Result<(), migrate_core::Error> {
    /// # let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    /// # Migrator::new().up(&mut connection)?;
    /// # let index = "SELECT count(*) FROM sqlite_schema WHERE name = 'users_id'";
    /// # assert_eq!(connection.query_row(index, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// On other databases the plan is refused: they change a table as it stands.
    pub fn rebuild_table(
        &mut self,
        name: impl Into<String>,
        define: impl FnOnce(&mut RebuildBuilder),
    ) {
        self.change(Change::rebuild_table(name, define));
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
