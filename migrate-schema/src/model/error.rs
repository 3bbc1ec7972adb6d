use super::ColumnType;

/// What is wrong with a model by itself, whatever the database looks like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A name is empty.
    #[error("{what} has no name: write one")]
    EmptyName {
        /// What the name belongs to.
        what: String,
    },
    /// A name no engine takes, or none as it was meant.
    #[error("{what} cannot be named `{}`: {reason}", .name.escape_debug())]
    BadName {
        /// What the name belongs to.
        what: String,
        /// The name.
        name: String,
        /// Why not, and what to write instead.
        reason: &'static str,
    },
    /// An expression without text.
    #[error("{what} is empty: write an SQL expression")]
    EmptyExpression {
        /// What the expression is for.
        what: String,
    },
    /// A NUL character in a text.
    #[error("{what} contains a NUL character: no engine takes it in SQL text")]
    NulCharacter {
        /// What the text is for.
        what: String,
    },
    /// A table without columns.
    #[error("table `{table}` has no columns: write at least one, such as `t.id();`")]
    NoColumns {
        /// The table.
        table: String,
    },
    /// An index, key or constraint without columns.
    #[error("{what} names no columns: write at least one")]
    EmptyKey {
        /// The index, key or constraint.
        what: String,
    },
    /// Two columns of one name; case does not count.
    #[error("table `{table}` has two columns named `{column}`: give one of them another name")]
    DuplicateColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Two constraints of one name; case does not count.
    #[error("table `{table}` has two constraints named `{name}`: give one of them another name")]
    DuplicateConstraint {
        /// The table.
        table: String,
        /// The name.
        name: String,
    },
    /// A column that an index, key or constraint names twice.
    #[error("{what} names the column `{column}` twice: write it once")]
    RepeatedColumn {
        /// The index, key or constraint.
        what: String,
        /// The column.
        column: String,
    },
    /// A key or constraint over a column the table does not have.
    #[error("{what} names a column that is not there: `{column}`{}", did_you_mean(.near))]
    UnknownColumn {
        /// The key or constraint.
        what: String,
        /// The column.
        column: String,
        /// The column that was probably meant.
        near: Option<String>,
    },
    /// `on_delete` or `on_update` without `references`.
    #[error(
        "{what} has an action but references no table: write `.references(table, column)` before it"
    )]
    ReferencesNothing {
        /// The foreign key.
        what: String,
    },
    /// A foreign key whose sides differ in length.
    #[error("{what} has {columns} columns but references {referenced}: they have to be as many")]
    ColumnCount {
        /// The foreign key.
        what: String,
        /// How many refer.
        columns: usize,
        /// How many are referred to.
        referenced: usize,
    },
    /// `SET NULL` on a column that is not nullable.
    #[error(
        "{what} sets `{column}` to NULL, which is declared NOT NULL: leave `not_null()` out or take another action"
    )]
    SetNullOnNotNull {
        /// The foreign key.
        what: String,
        /// The column.
        column: String,
    },
    /// A type with impossible numbers.
    #[error("column `{column}` has the type `{column_type}`: {reason}")]
    BadType {
        /// The column.
        column: String,
        /// The type.
        column_type: ColumnType,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A default that is no value of the column's type.
    #[error(
        "column `{column}` of type `{column_type}` cannot have {default} as its default: write {instead}"
    )]
    BadDefault {
        /// The column.
        column: String,
        /// The column's type.
        column_type: ColumnType,
        /// The default.
        default: &'static str,
        /// What to write instead.
        instead: &'static str,
    },
    /// A column that the engine cannot number.
    #[error("column `{column}` cannot be numbered by the engine: {reason}")]
    BadAutoIncrement {
        /// The column.
        column: String,
        /// Why not.
        reason: &'static str,
    },
    /// A rename to the name that is there already.
    #[error("{what} is renamed to its own name `{name}`: write another name or leave the step out")]
    SameName {
        /// The table or column.
        what: String,
        /// The name.
        name: String,
    },
}

/// The end of a message that knows a name which was probably meant.
fn did_you_mean(near: &Option<String>) -> String {
    near.as_ref()
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
