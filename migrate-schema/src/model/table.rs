use super::ColumnType;

/// A table: its columns and constraints. Indexes are [`super::Index`] values of their own.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Table {
    /// The table's name.
    pub name: String,
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The columns of the primary key, in the key's order; empty when there is none.
    pub primary_key: Vec<String>,
    /// The unique constraints.
    pub uniques: Vec<Unique>,
    /// The check constraints.
    pub checks: Vec<Check>,
    /// The foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The column of this name; the case of ASCII letters does not count.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Adds a column together with the constraints that are written on it.
    ///
    /// The columns of a primary key are made `NOT NULL`, as standard SQL says (SQLite alone would allow NULL there).
    pub fn push(&mut self, definition: ColumnDefinition) {
        let ColumnDefinition {
            mut column,
            primary_key,
            unique,
            checks,
            foreign_keys,
        } = definition;
        if primary_key {
            column.nullable = false;
            self.primary_key.push(column.name.clone());
        }
        if unique {
            self.uniques.push(Unique::new([column.name.as_str()]));
        }
        self.checks
            .extend(checks.into_iter().map(|expression| Check {
                name: None,
                expression,
                column: Some(column.name.clone()),
            }));
        self.foreign_keys.extend(foreign_keys);
        self.columns.push(column);
    }
}

/// A column by itself, without the constraints it takes part in.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// The type.
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What a row gets that does not say.
    pub default: Option<DefaultValue>,
    /// Whether the engine numbers the rows.
    pub auto_increment: Option<AutoIncrement>,
}

impl Column {
    /// A column that may be NULL and has no default.
    pub fn new(name: impl Into<String>, column_type: ColumnType) -> Self {
        Self {
            name: name.into(),
            column_type,
            nullable: true,
            default: None,
            auto_increment: None,
        }
    }
}

/// A column and the constraints that are written on it: what `add_column` adds.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ColumnDefinition {
    /// The column.
    pub column: Column,
    /// Whether it is (part of) the primary key.
    pub primary_key: bool,
    /// Whether it is unique by itself.
    pub unique: bool,
    /// The expressions of its checks.
    pub checks: Vec<String>,
    /// What it references.
    pub foreign_keys: Vec<ForeignKey>,
}

impl From<Column> for ColumnDefinition {
    fn from(column: Column) -> Self {
        Self {
            column,
            primary_key: false,
            unique: false,
            checks: Vec::new(),
            foreign_keys: Vec::new(),
        }
    }
}

/// How the engine numbers the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum AutoIncrement {
    /// The numbers of deleted rows may come back: `INTEGER PRIMARY KEY` on SQLite, which reuses the highest ones.
    /// The other dialects do not reuse numbers either way.
    MayReuse,
    /// A number is never used twice: `AUTOINCREMENT` on SQLite, which keeps a table for it and is a little slower.
    NeverReuse,
}

/// What a column holds in a row that does not say.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum DefaultValue {
    /// A constant.
    Literal(Literal),
    /// The time of the insert: `CURRENT_TIMESTAMP`, or on a date or time column its part.
    Now,
    /// An SQL expression, written as given.
    Expression(String),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Literal {
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Double(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! literal_from {
    ($($from:ty => |$value:ident| $literal:expr;)+) => {$(
        impl From<$from> for Literal {
            fn from($value: $from) -> Self {
                $literal
            }
        }
    )+};
}

literal_from! {
    bool => |value| Self::Boolean(value);
    i32 => |value| Self::Integer(value.into());
    i64 => |value| Self::Integer(value);
    u32 => |value| Self::Integer(value.into());
    f64 => |value| Self::Double(value);
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    Vec<u8> => |value| Self::Blob(value);
    &[u8] => |value| Self::Blob(value.to_vec());
}

impl<T: Into<Literal>> From<Option<T>> for Literal {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A unique constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Unique {
    /// The constraint's name, when it was given one.
    pub name: Option<String>,
    /// The columns that are unique together.
    pub columns: Vec<String>,
}

impl Unique {
    /// A constraint without a name.
    pub fn new(columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
        }
    }
}

/// A check constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Check {
    /// The constraint's name, when it was given one.
    pub name: Option<String>,
    /// The condition, as it was written.
    pub expression: String,
    /// The column it is written on: SQLite drops the two together. None for a check of the table.
    pub column: Option<String>,
}

impl Check {
    /// A check of the table.
    pub fn new(expression: impl Into<String>) -> Self {
        Self {
            name: None,
            expression: expression.into(),
            column: None,
        }
    }
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ForeignKey {
    /// The constraint's name, when it was given one. SQLite keeps none.
    pub name: Option<String>,
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table they refer to.
    pub table: String,
    /// The columns they refer to, in the same order.
    pub referenced_columns: Vec<String>,
    /// What happens to the row when the referenced row is deleted.
    pub on_delete: Action,
    /// What happens to the row when the referenced key is changed.
    pub on_update: Action,
}

impl ForeignKey {
    /// A foreign key without a name whose actions are the engine's default.
    pub fn new(
        columns: impl IntoIterator<Item = impl Into<String>>,
        table: impl Into<String>,
        referenced_columns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
            table: table.into(),
            referenced_columns: referenced_columns.into_iter().map(Into::into).collect(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
        }
    }

    /// The name it has in the database as a constraint of the table `owner`: its own, else `owner_columns_fkey`.
    pub fn constraint_name(&self, owner: &str) -> String {
        self.name
            .clone()
            .unwrap_or_else(|| format!("{owner}_{}_fkey", self.columns.join("_")))
    }
}

/// What a foreign key does to the rows that refer to one that goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Action {
    /// Refuse, at the latest when the transaction commits.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Delete or change them too.
    Cascade,
    /// Set the referring columns to NULL.
    SetNull,
    /// Set the referring columns to their default.
    SetDefault,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_on_a_column_stands_in_the_lists() {
        let mut definition = ColumnDefinition::from(Column::new("a", ColumnType::Text));
        definition.primary_key = true;
        definition.unique = true;
        definition.checks.push("a > 0".into());
        let mut table = Table::new("t");
        table.push(definition);
        assert!(!table.column("A").unwrap().nullable);
        assert_eq!(table.primary_key, ["a"]);
        assert_eq!(table.uniques, [Unique::new(["a"])]);
        assert_eq!(table.checks[0].column.as_deref(), Some("a"));
    }

    #[test]
    fn literals() {
        assert_eq!(Literal::from(1), Literal::Integer(1));
        assert_eq!(Literal::from(1_u32), Literal::Integer(1));
        assert_eq!(Literal::from(i64::MAX), Literal::Integer(i64::MAX));
        assert_eq!(Literal::from(0.5), Literal::Double(0.5));
        assert_eq!(Literal::from(true), Literal::Boolean(true));
        assert_eq!(Literal::from(String::from("a")), Literal::from("a"));
        assert_eq!(Literal::from(&[1_u8][..]), Literal::Blob(vec![1]));
        assert_eq!(Literal::from(None::<&str>), Literal::Null);
        assert_eq!(Literal::from(Some("a")), Literal::Text("a".into()));
    }
}
