//! `COMMENT ON` (PostgreSQL).

use super::name::{name, object_name, text};
use crate::{
    Dialect,
    schema::{Column, ObjectName},
};

/// The comment of a thing; none takes it away.
pub(super) fn on(kind: &str, object: &str, comment: Option<&String>) -> String {
    let comment = comment.map_or_else(
        || "NULL".to_owned(),
        |comment| text(comment, Dialect::Postgres),
    );
    format!("COMMENT ON {kind} {object} IS {comment}")
}

/// The comment of a column.
pub(super) fn on_column(table: &ObjectName, column: &str, comment: Option<&String>) -> String {
    let column = format!(
        "{}.{}",
        object_name(table, Dialect::Postgres),
        name(column, Dialect::Postgres)
    );
    on("COLUMN", &column, comment)
}

/// The comments of the columns that have one.
pub(super) fn on_columns<'a>(
    table: &'a ObjectName,
    columns: &'a [Column],
) -> impl Iterator<Item = String> + 'a {
    columns.iter().filter_map(|column| {
        let comment = column.comment.as_ref()?;
        Some(on_column(table, &column.name, Some(comment)))
    })
}
