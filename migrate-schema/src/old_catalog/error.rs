use crate::model::{ModelError, did_you_mean};

/// Why a change does not fit the catalog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The change is wrong by itself.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// No table of this name.
    #[error("no such table: {table}{}", did_you_mean(.near))]
    NoSuchTable {
        /// The name.
        table: String,
        /// The table that was probably meant.
        near: Option<String>,
    },
    /// No column of this name in the table.
    #[error("no such column: {table}.{column}{}", did_you_mean(.near))]
    NoSuchColumn {
        /// The table.
        table: String,
        /// The name.
        column: String,
        /// The column that was probably meant.
        near: Option<String>,
    },
    /// No index of this name.
    #[error("no such index: {index}{}", did_you_mean(.near))]
    NoSuchIndex {
        /// The name.
        index: String,
        /// The index that was probably meant.
        near: Option<String>,
    },
    /// The index belongs to another table than the change says.
    #[error(
        "the index `{index}` belongs to the table `{actual}`, not to `{table}`: write `{actual}`"
    )]
    IndexOfAnotherTable {
        /// The index.
        index: String,
        /// The table that was written.
        table: String,
        /// The table it belongs to.
        actual: String,
    },
    /// A table, an index or a foreign key of this name is there already.
    #[error("there is already {kind} named `{name}`: write another name")]
    NameTaken {
        /// The name.
        name: String,
        /// What has it: `a table`, `an index` or `a foreign key`.
        kind: &'static str,
    },
    /// The table has a column of this name already.
    #[error("the table `{table}` already has a column `{column}`: write another name")]
    ColumnExists {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The table has a primary key already.
    #[error("the table `{table}` already has a primary key: leave `primary_key()` out")]
    PrimaryKeyExists {
        /// The table.
        table: String,
    },
    /// A table needs a column.
    #[error("`{column}` is the last column of the table `{table}`: drop the table instead")]
    LastColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Something else needs the column.
    #[error("the column `{table}.{column}` is used by {user}: {instead}")]
    ColumnInUse {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What needs it.
        user: String,
        /// What to do before.
        instead: &'static str,
    },
    /// A foreign key of another table needs the table.
    #[error("the table `{table}` is referenced by {user}: drop that table or column first")]
    TableInUse {
        /// The table.
        table: String,
        /// What needs it.
        user: String,
    },
    /// A foreign key needs the index, because it makes its columns unique.
    #[error("the index `{index}` is needed by {user}: drop that table or column first")]
    IndexInUse {
        /// The index.
        index: String,
        /// What needs it.
        user: String,
    },
    /// A foreign key leads to what is not there or cannot be referenced.
    #[error("foreign key {table} ({}): {fault}", .columns.join(", "))]
    BadReference {
        /// The table with the foreign key.
        table: String,
        /// The columns that refer.
        columns: Vec<String>,
        /// What is wrong with what they refer to.
        fault: Box<CatalogError>,
    },
    /// A foreign key leads to columns that do not tell the rows apart.
    #[error("{table} ({}) is neither the primary key nor unique: add a unique constraint or index", .columns.join(", "))]
    NotUnique {
        /// The referenced table.
        table: String,
        /// The referenced columns.
        columns: Vec<String>,
    },
}
