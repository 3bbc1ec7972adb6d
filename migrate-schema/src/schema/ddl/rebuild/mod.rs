//! The rebuild of a SQLite table whose definition is known, with all that hangs on it.

mod dependents;

pub(super) use dependents::Dependents;

use super::{DdlError, name, table};
use crate::{
    Dialect,
    rebuild::{Rebuild, column_of, rowid_name, scratch_name},
    schema::{IndexOn, Schema, Table, diff::with_table_renamed},
};

const DIALECT: Dialect = Dialect::Sqlite;

/// The statements that make a table again, in the form of `new`, with the indexes and triggers that `new` has. `schema` is what there is before.
pub(super) fn rebuild(schema: &Schema, old: &Table, new: &Table) -> Result<Vec<String>, DdlError> {
    if old.open || new.open {
        return Err(DdlError::new(
            format!("the table {}", old.name),
            "SQLite can do this only by making the table again, and it may have more than is known of it",
            "make it again with `rebuild_table`, which looks at the database when it runs",
        ));
    }
    if old.name.schema.is_some() {
        return Err(DdlError::new(
            format!("the table {}", old.name),
            "only tables of the main database are made again",
            "make it again by hand",
        ));
    }
    let own = old.name.name.clone();
    let scratch = scratch_name(&own, |name| is_taken(schema, name));
    let copied = copied(old, new);
    let rowid = rowid(old, new, &copied);
    let mut after = Vec::new();
    for index in &new.indexes {
        after.extend(super::create_index(DIALECT, &new.name, index));
    }
    after.extend(new.triggers.iter().map(|one| one.sql.trim().to_owned()));
    let rebuild = Rebuild {
        create: create(new, &scratch),
        rowid,
        copied: copied
            .iter()
            .map(|column| (quoted(column), column_of(&own, column, quoted)))
            .collect(),
        numbered: numbered(old) && numbered(new),
        table: own,
        scratch,
        before: Vec::new(),
        after,
    };
    Ok(rebuild.statements(quoted))
}

fn quoted(text: &str) -> String {
    name(text, DIALECT)
}

/// The statement that makes the new table under its first name. Where its checks say its name, they say that one: `RENAME` puts the
/// right one in.
fn create(new: &Table, scratch: &str) -> String {
    let own = new.name.name.clone();
    let mut table = new.clone();
    scratch.clone_into(&mut table.name.name);
    table.indexes.clear();
    table.triggers.clear();
    let again = |text: &mut String| *text = with_table_renamed(text, &own, scratch, DIALECT);
    for check in &mut table.checks {
        again(&mut check.expression);
    }
    table::body(DIALECT, &table, &[])
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// The columns that both have, and that are not computed in the new table.
fn copied(old: &Table, new: &Table) -> Vec<String> {
    let stored = new.columns.iter().filter(|one| one.generated.is_none());
    stored
        .filter(|new| {
            let mut columns = old.columns.iter();
            columns.any(|old| old.name.eq_ignore_ascii_case(&new.name))
        })
        .map(|one| one.name.clone())
        .collect()
}

/// A rowid is copied where no column that is copied is one.
fn rowid(old: &Table, new: &Table, copied: &[String]) -> Option<&'static str> {
    if old.without_rowid || new.without_rowid {
        return None;
    }
    let is_copied = |alias: &str| copied.iter().any(|one| one.eq_ignore_ascii_case(alias));
    if rowid_alias(new).is_some_and(is_copied) {
        return None;
    }
    let columns = old.columns.iter().chain(&new.columns);
    rowid_name(columns.map(|one| one.name.as_str()))
}

/// The column that is the rowid under another name: `INTEGER PRIMARY KEY`.
fn rowid_alias(table: &Table) -> Option<&str> {
    let [part] = table.primary_key.as_ref()?.parts.as_slice() else {
        return None;
    };
    let IndexOn::Column(column) = &part.on else {
        return None;
    };
    let found = (table.columns.iter()).find(|one| one.name.eq_ignore_ascii_case(column))?;
    let is_integer = found.data_type.trim().eq_ignore_ascii_case("integer");
    // One that descends is none where it stands behind its column.
    (is_integer && !part.descending).then_some(column)
}

fn numbered(table: &Table) -> bool {
    table.columns.iter().any(|column| column.auto_increment)
}

fn is_taken(schema: &Schema, name: &str) -> bool {
    let tables = schema.tables.iter().flat_map(|table| {
        let indexes = table.indexes.iter().map(|index| &index.name);
        indexes.chain([&table.name.name])
    });
    let views = schema.views.iter().map(|view| &view.name.name);
    tables
        .chain(views)
        .chain(&schema.unknown)
        .any(|other| other.eq_ignore_ascii_case(name))
}
