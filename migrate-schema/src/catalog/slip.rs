//! Slips in the names of columns that a table may have gained or lost.
//!
//! When something that cannot be read has worked on a table, nobody knows what it has. But a column cannot have come without
//! its name having been written: a name that stands in no statement that could not be read, that no other table
//! has, and that is nearly one of the table's own, is that one misspelt.

use super::{Catalog, Relation};
use crate::{
    Finding, nearest,
    tree::{Name, Path},
};

/// The columns of a table when they were last known.
#[derive(Clone, Debug, Default)]
pub(super) struct Had {
    columns: Vec<String>,
    /// When, on the catalog's clock.
    since: u32,
}

impl Had {
    /// The same, and some more that it may have.
    pub(super) fn with(&self, columns: Vec<String>) -> Self {
        let mut had = self.clone();
        had.columns.extend(columns);
        had
    }
}

impl Catalog {
    /// What an open relation had when it was not; nothing for one that never was known.
    pub(super) fn had(&self, relation: &Relation) -> Option<Had> {
        if !relation.open {
            return Some(Had {
                columns: column_names(relation).map(str::to_owned).collect(),
                since: relation.known_since,
            });
        }
        let mut had = relation.had.as_deref().cloned()?;
        had.columns
            .extend(column_names(relation).map(str::to_owned));
        Some(had)
    }

    /// A relation that was there when it was last known.
    pub fn doubted(&self, path: &Path) -> Option<&Relation> {
        let key = self.relation_key(path)?;
        self.store.relations().get(&key).map(AsRef::as_ref)
    }

    /// What to say of a column that a relation, of which nobody knows all, surely does not have.
    pub fn slip(&self, relation: &Relation, name: &Name) -> Option<Finding> {
        let had = self.had(relation)?;
        let folded = self.fold(&name.text);
        if had.columns.iter().any(|column| self.same(column, &folded))
            || self.store.poisoned_since(&folded) > had.since
            || relation.module.is_some()
            || !relation.kind.is_table()
        {
            return None;
        }
        let near = nearest(&name.text, had.columns.iter().map(String::as_str))?;
        // `line1` and `line2` are no slips.
        let is_counted = without_digits(near) == without_digits(&folded);
        let is_elsewhere = || {
            let mut all = self.store.relations().values();
            all.any(|other| self.column(other, &folded).is_some())
        };
        if is_counted || is_elsewhere() {
            return None;
        }
        let message = format!("no such column: {}.{name}", relation.name);
        let finding = Finding::new(crate::Code::NoSuchColumn, message, name.range.clone());
        Some(finding.help(format!("did you mean `{near}`?")))
    }
}

fn column_names(relation: &Relation) -> impl Iterator<Item = &str> {
    relation.columns.iter().map(|column| column.name.as_str())
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}
