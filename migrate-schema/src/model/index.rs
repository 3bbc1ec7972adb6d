/// An index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Index {
    /// The index's name.
    pub name: String,
    /// The table it belongs to.
    pub table: String,
    /// What it is ordered by.
    pub columns: Vec<IndexColumn>,
    /// Whether no two rows may be equal in it.
    pub unique: bool,
    /// The condition of a partial index, as it was written.
    pub filter: Option<String>,
}

impl Index {
    /// An index without columns.
    pub fn new(name: impl Into<String>, table: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            table: table.into(),
            columns: Vec::new(),
            unique: false,
            filter: None,
        }
    }
}

/// One of the things an index is ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IndexColumn {
    /// The column or expression.
    pub key: IndexKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl IndexColumn {
    /// An ascending column.
    pub fn column(name: impl Into<String>) -> Self {
        Self {
            key: IndexKey::Column(name.into()),
            descending: false,
        }
    }

    /// An ascending expression, written as given.
    pub fn expression(text: impl Into<String>) -> Self {
        Self {
            key: IndexKey::Expression(text.into()),
            descending: false,
        }
    }

    /// The same, with the greatest first.
    #[must_use]
    pub fn descending(self) -> Self {
        Self {
            descending: true,
            ..self
        }
    }
}

/// A column's name or an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum IndexKey {
    /// A column of the table.
    Column(String),
    /// An SQL expression over its columns, as it was written.
    Expression(String),
}
