//! What nobody can see from two schemas: that a table or a column was renamed, and is not another one.

use super::{Change, TableChange, names::Names};
use crate::schema::{ObjectName, Schema, Table};

/// What was renamed. A hint that does not fit (any more) is left out, so that it can stay where it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Tables: the name on the first side, and the one on the second.
    pub tables: Vec<(ObjectName, ObjectName)>,
    /// Columns: their table, as it is called on the second side; the name on the first side, and the one on the second.
    pub columns: Vec<(ObjectName, String, String)>,
}

/// The renames that fit.
pub(super) fn renames(from: &Schema, to: &Schema, hints: &Hints) -> Vec<Change> {
    let names = Names(to.dialect);
    let mut changes = Vec::new();
    let mut schema = from.clone();
    let tables = |now: &Schema, (old, new): &(ObjectName, ObjectName)| {
        let fits = find(from, old).is_some()
            && find(now, old).is_some()
            && find(now, new).is_none()
            && find(to, new).is_some();
        fits.then(|| Change::RenameTable {
            from: old.clone(),
            to: new.clone(),
        })
    };
    rounds(&mut schema, &mut changes, &hints.tables, tables);
    let before = schema.clone();
    let columns = |now: &Schema, (table, old, new): &(ObjectName, String, String)| {
        let has = |schema: &Schema, column: &str| {
            find(schema, table).is_some_and(|table| {
                table
                    .columns
                    .iter()
                    .any(|one| names.same(&one.name, column))
            })
        };
        let fits = has(&before, old) && has(now, old) && !has(now, new) && has(to, new);
        fits.then(|| {
            Change::alter(
                table.clone(),
                TableChange::RenameColumn {
                    from: old.clone(),
                    to: new.clone(),
                },
            )
        })
    };
    rounds(&mut schema, &mut changes, &hints.columns, columns);
    changes
}

/// What takes a name that another one leaves comes behind it.
fn rounds<H>(
    schema: &mut Schema,
    changes: &mut Vec<Change>,
    hints: &[H],
    fits: impl Fn(&Schema, &H) -> Option<Change>,
) {
    let mut open: Vec<&H> = hints.iter().collect();
    loop {
        let count = open.len();
        open.retain(|hint| match fits(schema, hint) {
            Some(change) => {
                schema.change(&change);
                changes.push(change);
                false
            }
            None => true,
        });
        if open.len() == count {
            return;
        }
    }
}

fn find<'a>(schema: &'a Schema, name: &ObjectName) -> Option<&'a Table> {
    let names = Names(schema.dialect);
    (schema.tables.iter()).find(|table| names.same_object(&table.name, name))
}
