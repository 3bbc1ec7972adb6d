use crate::model::{Index, IndexColumn};

/// Says what an index is ordered by, in the order of the calls.
#[derive(Debug)]
#[must_use = "return it from the closure"]
pub struct IndexBuilder {
    index: Index,
}

impl IndexBuilder {
    pub(super) fn new(name: impl Into<String>, table: impl Into<String>) -> Self {
        Self {
            index: Index::new(name, table),
        }
    }

    pub(super) fn build(self) -> Index {
        self.index
    }

    fn push(mut self, column: IndexColumn) -> Self {
        self.index.columns.push(column);
        self
    }

    /// A column, the smallest first.
    pub fn column(self, name: impl Into<String>) -> Self {
        self.push(IndexColumn::column(name))
    }

    /// Several columns, each with the smallest first.
    pub fn columns(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.index
            .columns
            .extend(names.into_iter().map(IndexColumn::column));
        self
    }

    /// A column, the greatest first.
    pub fn descending(self, name: impl Into<String>) -> Self {
        self.push(IndexColumn::column(name).descending())
    }

    /// An SQL expression such as `lower(email)`, which is written as given; the smallest first.
    pub fn expression(self, text: impl Into<String>) -> Self {
        self.push(IndexColumn::expression(text))
    }

    /// An SQL expression, which is written as given; the greatest first.
    pub fn descending_expression(self, text: impl Into<String>) -> Self {
        self.push(IndexColumn::expression(text).descending())
    }

    /// No two rows are equal in this index.
    pub fn unique(mut self) -> Self {
        self.index.unique = true;
        self
    }

    /// A partial index: only the rows that meet this condition, which is written as given (the text behind `WHERE`).
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.index.filter = Some(condition.into());
        self
    }
}
