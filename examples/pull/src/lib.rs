//! A bookshop whose tables are defined in `meta/`, a JSON file for each. `migrate pull` writes the migrations.

pub mod migrations;

/// What a query of the application reads: the test of the history says when the table has it no more.
///
/// ```
/// use migrate_core::Table;
/// assert_eq!(pull::Book::MODEL.table, "books");
/// ```
#[derive(Debug, migrate_core::Table)]
#[table(name = "books", partial)]
pub struct Book {
    /// The key.
    #[column(primary_key)]
    pub id: String,
    /// What stands on the cover.
    pub title: String,
    /// How long it is.
    pub pages: Option<i64>,
}
