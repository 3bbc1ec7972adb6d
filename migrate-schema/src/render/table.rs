//! Tables and their columns.

use sea_query::{
    Check as SeaCheck, ColumnDef, ForeignKeyAction, ForeignKeyCreateStatement, Index,
    Table as SeaTable,
};

use super::{
    RenderError, column,
    error::unsupported,
    sql,
    text::{check_expression, expression},
};
use crate::{
    Dialect,
    model::{
        Action, Check, ColumnDefinition, ColumnType, DefaultValue, ForeignKey, Literal, Table,
        Unique,
    },
    quote::{escaped, quoted},
};

pub(super) fn create(table: &Table, dialect: Dialect) -> Result<String, RenderError> {
    check_keys(table, dialect)?;
    let mut statement = SeaTable::create();
    statement.table(table.name.clone());
    for column in &table.columns {
        let mut definition = column::definition(column, dialect)?;
        if is_alone(&table.primary_key, &column.name) {
            definition.primary_key();
        }
        if table
            .uniques
            .iter()
            .any(|unique| is_plain(unique, &column.name))
        {
            definition.unique_key();
        }
        let checks = table
            .checks
            .iter()
            .filter(|check| is_on(check, &column.name, dialect));
        let checks: Vec<&str> = checks.map(|check| check.expression.as_str()).collect();
        let keys = table
            .foreign_keys
            .iter()
            .filter(|key| dialect == Dialect::Sqlite && is_alone(&key.columns, &column.name));
        write_on_column(&mut definition, &checks, keys, dialect)?;
        statement.col(definition);
    }
    if table.primary_key.len() > 1 {
        statement.primary_key(columns_of(&mut Index::create(), &table.primary_key));
    }
    for unique in &table.uniques {
        if unique.name.is_some() || unique.columns.len() > 1 {
            let mut index = Index::create();
            if let Some(name) = &unique.name {
                index.name(escaped(name, dialect));
            }
            statement.index(columns_of(index.unique(), &unique.columns));
        }
    }
    for key in &table.foreign_keys {
        check_actions(key, dialect)?;
        if dialect != Dialect::Sqlite || key.columns.len() > 1 {
            statement.foreign_key(&mut foreign_key(&table.name, key, dialect));
        }
    }
    for check in &table.checks {
        if check.column.is_none() || dialect == Dialect::Mysql {
            let condition = expression(&check.expression, dialect)?;
            statement.check(match &check.name {
                Some(name) => SeaCheck::named(name.clone(), condition),
                None => SeaCheck::unnamed(condition),
            });
        }
    }
    Ok(sql(dialect, &statement))
}

pub(super) fn add_column(
    table: &str,
    definition: &ColumnDefinition,
    dialect: Dialect,
) -> Result<String, RenderError> {
    match dialect {
        Dialect::Sqlite => check_added_on_sqlite(table, definition)?,
        Dialect::Mysql => {
            let mut alone = Table::new(table);
            alone.push(definition.clone());
            check_keys(&alone, dialect)?;
        }
        Dialect::Postgres => {}
    }
    let mut column = column::definition(&definition.column, dialect)?;
    if definition.primary_key {
        column.not_null().primary_key();
    }
    if definition.unique {
        column.unique_key();
    }
    let checks: Vec<&str> = definition.checks.iter().map(String::as_str).collect();
    let keys = definition
        .foreign_keys
        .iter()
        .filter(|_| dialect == Dialect::Sqlite);
    write_on_column(&mut column, &checks, keys, dialect)?;
    let mut statement = SeaTable::alter();
    statement.table(table.to_owned()).add_column(column);
    for key in &definition.foreign_keys {
        check_actions(key, dialect)?;
        if dialect != Dialect::Sqlite {
            statement.add_foreign_key(foreign_key(table, key, dialect).get_foreign_key());
        }
    }
    Ok(sql(dialect, &statement))
}

pub(super) fn drop_column(
    table: &str,
    column: &str,
    foreign_keys: &[String],
    dialect: Dialect,
) -> String {
    let mut statement = SeaTable::alter();
    statement.table(table.to_owned());
    // The others drop a column's foreign keys with it.
    if dialect == Dialect::Mysql {
        for key in foreign_keys {
            statement.drop_foreign_key(escaped(key, dialect));
        }
    }
    statement.drop_column(column.to_owned());
    sql(dialect, &statement)
}

fn is_alone(columns: &[String], name: &str) -> bool {
    matches!(columns, [column] if column.eq_ignore_ascii_case(name))
}

/// Whether the constraint can be written as `UNIQUE` on the column.
fn is_plain(unique: &Unique, column: &str) -> bool {
    unique.name.is_none() && is_alone(&unique.columns, column)
}

/// Whether the check is written on the column. MySQL lets such a check name no other column, so there all are the table's.
fn is_on(check: &Check, column: &str, dialect: Dialect) -> bool {
    dialect != Dialect::Mysql
        && check
            .column
            .as_ref()
            .is_some_and(|own| own.eq_ignore_ascii_case(column))
}

fn columns_of<'a>(
    index: &'a mut sea_query::IndexCreateStatement,
    columns: &[String],
) -> &'a mut sea_query::IndexCreateStatement {
    for column in columns {
        index.col(column.clone());
    }
    index
}

/// The checks and foreign keys that stand on a column. SQLite drops these with the column, and those of the table never.
fn write_on_column<'a>(
    column: &mut ColumnDef,
    checks: &[&str],
    keys: impl Iterator<Item = &'a ForeignKey>,
    dialect: Dialect,
) -> Result<(), RenderError> {
    let mut extra = Vec::new();
    for check in checks {
        check_expression(check, dialect)?;
        extra.push(format!("CHECK ({check})"));
    }
    extra.extend(keys.map(|key| reference(key, dialect)));
    if !extra.is_empty() {
        column.extra(extra.join(" "));
    }
    Ok(())
}

/// A foreign key as it is written on a column.
fn reference(key: &ForeignKey, dialect: Dialect) -> String {
    let columns: Vec<String> = key
        .referenced_columns
        .iter()
        .map(|name| quoted(name, dialect))
        .collect();
    let mut text = format!(
        "REFERENCES {} ({})",
        quoted(&key.table, dialect),
        columns.join(", ")
    );
    for (when, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        text.push_str(&format!(" ON {when} {action}"));
    }
    text
}

fn foreign_key(table: &str, key: &ForeignKey, dialect: Dialect) -> ForeignKeyCreateStatement {
    let mut statement = sea_query::ForeignKey::create();
    // PostgreSQL makes this name itself. MySQL would make one that only the server knows, and dropping asks for it.
    let name = match dialect {
        Dialect::Mysql => Some(key.constraint_name(table)),
        Dialect::Sqlite | Dialect::Postgres => key.name.clone(),
    };
    if let Some(name) = name {
        statement.name(escaped(&name, dialect));
    }
    statement
        .from_tbl(table.to_owned())
        .to_tbl(key.table.clone());
    for column in &key.columns {
        statement.from_col(column.clone());
    }
    for column in &key.referenced_columns {
        statement.to_col(column.clone());
    }
    if let Some(action) = action(key.on_delete) {
        statement.on_delete(action);
    }
    if let Some(action) = action(key.on_update) {
        statement.on_update(action);
    }
    statement
}

const fn action(action: Action) -> Option<ForeignKeyAction> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some(ForeignKeyAction::Restrict),
        Action::Cascade => Some(ForeignKeyAction::Cascade),
        Action::SetNull => Some(ForeignKeyAction::SetNull),
        Action::SetDefault => Some(ForeignKeyAction::SetDefault),
    }
}

fn check_actions(key: &ForeignKey, dialect: Dialect) -> Result<(), RenderError> {
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
fn check_keys(table: &Table, dialect: Dialect) -> Result<(), RenderError> {
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
fn check_added_on_sqlite(table: &str, definition: &ColumnDefinition) -> Result<(), RenderError> {
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
