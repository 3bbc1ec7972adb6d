use super::{Change, Table};

/// A table of SQLite as it is to be, for [`Change::RebuildTable`].
///
/// What the builder has no words for stays as it is: `STRICT`, `WITHOUT ROWID`, the collations of columns; and what hangs on the table:
/// indexes, triggers, views, the foreign keys of others.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Rebuild {
    /// The table. A column that is kept stands in it by its name alone.
    pub table: Table,
    /// Where the values of columns come from that are not just copied: columns, and expressions of the old table.
    pub copies: Vec<(String, String)>,
    /// The columns that stay as they are, with all that is written on them.
    pub kept: Vec<String>,
    /// Makes the table `STRICT`, if it is not.
    pub strict: bool,
    /// Makes the table one `WITHOUT ROWID`, if it is not.
    pub without_rowid: bool,
}

impl Rebuild {
    /// Whether this column stays as it is.
    pub fn keeps(&self, column: &str) -> bool {
        self.kept
            .iter()
            .any(|kept| kept.eq_ignore_ascii_case(column))
    }
}

impl From<Rebuild> for Change {
    fn from(rebuild: Rebuild) -> Self {
        Self::RebuildTable(rebuild)
    }
}
