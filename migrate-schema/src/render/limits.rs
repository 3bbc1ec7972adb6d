//! What a dialect cannot do with a table.

use super::{RenderError, error::unsupported};
use crate::{
    Dialect,
    model::{Action, ColumnDefinition, ColumnType, DefaultValue, ForeignKey, Literal, Table},
};

pub(super) fn check_actions(key: &ForeignKey, dialect: Dialect) -> Result<(), RenderError> {
    let actions = [key.on_delete, key.on_update];
    if dialect == Dialect::Mysql && actions.contains(&Action::SetDefault) {
        return unsupported(
            dialect,
            format!(
                "cannot set `{}` to its default when the row it references goes",
                key.columns.join(", ")
            ),
            "take `Action::SetNull`, `Action::Cascade` or `Action::Restrict`",
        );
    }
    Ok(())
}

/// MySQL has no keys over columns whose length it does not know.
pub(super) fn check_keys(table: &Table, dialect: Dialect) -> Result<(), RenderError> {
    if dialect != Dialect::Mysql {
        return Ok(());
    }
    let uniques = table.uniques.iter().map(|unique| &unique.columns);
    let foreign_keys = table.foreign_keys.iter().map(|key| &key.columns);
    let keys = std::iter::once(&table.primary_key)
        .chain(uniques)
        .chain(foreign_keys);
    for column in keys.flatten().filter_map(|name| table.column(name)) {
        let instead = match column.column_type {
            ColumnType::Text => format!("write `string(\"{}\", 255)`", column.name),
            ColumnType::Blob => "write `ColumnType::custom(\"varbinary(255)\")` as its type".into(),
            ColumnType::Json => "leave it out of keys".into(),
            _ => continue,
        };
        return unsupported(
            dialect,
            format!(
                "has no keys over a column of type `{}`, such as `{}`",
                column.column_type, column.name
            ),
            instead,
        );
    }
    Ok(())
}

/// SQLite does not look at the rows when it adds a column, so it refuses what would ask for that, most of it only when
/// there are rows: then the migration would run for its author and fail for the user.
pub(super) fn check_added_on_sqlite(
    table: &str,
    definition: &ColumnDefinition,
) -> Result<(), RenderError> {
    let column = &definition.column;
    let name = &column.name;
    let constant = match &column.default {
        Some(DefaultValue::Literal(literal)) => Some(literal),
        Some(DefaultValue::Now | DefaultValue::Expression(_)) => {
            return unsupported(
                Dialect::Sqlite,
                format!("cannot add the column `{name}` with a default that is not constant"),
                "write a constant default, or none and an SQL step that fills the column",
            );
        }
        None => None,
    };
    let null = matches!(constant, None | Some(Literal::Null));
    let fills_rows = !null || !column.nullable;
    let (problem, instead) = if definition.primary_key {
        (
            "as the primary key",
            "write it into `create_table`, or build the table anew in SQL steps".into(),
        )
    } else if definition.unique {
        (
            "with `unique()`",
            format!(
                "leave it out and write \
                 `create_index(\"{table}_{name}\", \"{table}\", |i| i.column(\"{name}\").unique())` behind it"
            ),
        )
    } else if fills_rows && !definition.foreign_keys.is_empty() {
        (
            "with a reference and a value in the rows that are there",
            "leave `not_null()` and the default out, and fill the column in an SQL step".into(),
        )
    } else if null && !column.nullable {
        (
            "with `not_null()` and without a default",
            "write a default, or leave `not_null()` out".into(),
        )
    } else {
        return Ok(());
    };
    unsupported(
        Dialect::Sqlite,
        format!("cannot add the column `{name}` {problem}"),
        instead,
    )
}
