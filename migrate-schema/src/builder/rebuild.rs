use std::ops::{Deref, DerefMut};

use super::TableBuilder;
use crate::model::{ColumnType, Rebuild};

/// Says what a table is to be that is made again: all of [`TableBuilder`], and where the values come from.
///
/// A column has the values of the old column of its name, if it is not said otherwise; one that is new has its default.
///
/// ```
/// use migrate_schema::model::Change;
/// let change = Change::rebuild_table("users", |t| {
///     t.id();
///     t.text("email").not_null().unique();
///     t.copy("email", "lower(mail)");
///     t.keep("full_name");
/// });
/// assert_eq!(change.describe(), "rebuild table users");
/// ```
#[derive(Debug)]
pub struct RebuildBuilder {
    table: TableBuilder,
    rebuild: Rebuild,
}

impl RebuildBuilder {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            table: TableBuilder::new(name),
            rebuild: Rebuild::default(),
        }
    }

    pub(super) fn build(self) -> Rebuild {
        Rebuild {
            table: self.table.build(),
            ..self.rebuild
        }
    }

    /// The values of this column are those of an expression over the old table, which is written as given: the old name of the column,
    /// `coalesce(age, 0)`.
    pub fn copy(&mut self, column: impl Into<String>, expression: impl Into<String>) {
        self.rebuild.copies.push((column.into(), expression.into()));
    }

    /// This column stays exactly as it is, with all that is written on it: one that is generated, for which there is no other word.
    pub fn keep(&mut self, column: impl Into<String>) {
        let column = column.into();
        self.table.column(column.clone(), ColumnType::Text);
        self.rebuild.kept.push(column);
    }

    /// Makes the table `STRICT`. One that is stays so without this.
    pub fn strict(&mut self) {
        self.rebuild.strict = true;
    }

    /// Makes the table one `WITHOUT ROWID`. One that is stays so without this.
    pub fn without_rowid(&mut self) {
        self.rebuild.without_rowid = true;
    }
}

impl Deref for RebuildBuilder {
    type Target = TableBuilder;

    fn deref(&self) -> &TableBuilder {
        &self.table
    }
}

impl DerefMut for RebuildBuilder {
    fn deref_mut(&mut self) -> &mut TableBuilder {
        &mut self.table
    }
}
