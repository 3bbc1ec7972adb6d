//! A whole schema.

use super::{
    DdlError, Planned, constraint, name,
    name::object_name,
    order::{self, Object},
    table, types, view,
};
use crate::{
    Dialect,
    schema::{ForeignKey, ObjectName, Schema, Table, TableKind},
};

/// The statements that make all that a schema has, on an empty database.
///
/// Foreign keys in circles are added when their tables are there; SQLite does not look for the table that one refers to.
pub fn create(schema: &Schema) -> Result<Vec<Planned>, DdlError> {
    let dialect = schema.dialect;
    let mut statements: Vec<String> = Vec::new();
    for namespace in &schema.namespaces {
        statements.push(create_namespace(namespace));
    }
    for extension in &schema.extensions {
        statements.push(create_extension(extension));
    }
    let mut made: Vec<&ObjectName> = Vec::new();
    let mut afterwards: Vec<String> = Vec::new();
    for object in order::objects(schema) {
        match object {
            Object::Type(one) => statements.push(types::create_type(one)?),
            Object::Sequence(one) => statements.push(types::create_sequence(one)?),
            Object::Routine(one) => statements.push(one.sql.trim().to_owned()),
            Object::View(one) => statements.extend(view::without_triggers(dialect, one)),
            Object::Table(one) => {
                refuse_unknown(one)?;
                made.push(&one.name);
                let (now, later) = split_foreign_keys(dialect, one, &made);
                statements.extend(table::body(dialect, &now, &parents(schema, one)));
                afterwards.extend(later);
            }
        }
    }
    statements.append(&mut afterwards);
    let triggers = (schema.tables.iter().flat_map(|table| &table.triggers))
        .chain(schema.views.iter().flat_map(|view| &view.triggers));
    statements.extend(triggers.map(|trigger| trigger.sql.trim().to_owned()));
    Ok(statements.into_iter().map(Planned::new).collect())
}

/// A table of which not everything is known would be made without the rest.
pub(super) fn refuse_unknown(table: &Table) -> Result<(), DdlError> {
    match table.open {
        false => Ok(()),
        true => Err(DdlError::new(
            format!("the table {}", table.name),
            "not everything that it has is known",
            "make it with a statement of your own",
        )),
    }
}

pub(super) fn create_namespace(namespace: &str) -> String {
    format!("CREATE SCHEMA {}", name(namespace, Dialect::Postgres))
}

pub(super) fn create_extension(extension: &str) -> String {
    format!("CREATE EXTENSION {}", name(extension, Dialect::Postgres))
}

/// The tables that a table is a partition of, or inherits from.
pub(super) fn parents<'a>(schema: &'a Schema, table: &Table) -> Vec<&'a Table> {
    match &table.kind {
        TableKind::Child { parents, .. } => {
            let tables = schema.tables.iter();
            tables.filter(|one| parents.contains(&one.name)).collect()
        }
        _ => Vec::new(),
    }
}

/// A table with the foreign keys to tables that are there, and the statements that add the others; and those that were
/// not proven, which `CREATE TABLE` would take for proven.
fn split_foreign_keys(
    dialect: Dialect,
    table: &Table,
    made: &[&ObjectName],
) -> (Table, Vec<String>) {
    let mut now = table.clone();
    if dialect == Dialect::Sqlite {
        return (now, Vec::new());
    }
    let is_now = |key: &ForeignKey| made.contains(&&key.table) && !key.not_valid;
    now.foreign_keys.retain(is_now);
    now.checks.retain(|check| !check.not_valid);
    let keys = table.foreign_keys.iter().filter(|key| !is_now(key));
    let keys = keys.map(|key| add_foreign_key(dialect, &table.name, key));
    let checks = table.checks.iter().filter(|check| check.not_valid);
    let checks = checks.map(|check| {
        format!(
            "ALTER TABLE {} ADD {} NOT VALID",
            object_name(&table.name, dialect),
            constraint::check(check, dialect)
        )
    });
    let later = keys.chain(checks).collect();
    (now, later)
}

pub(super) fn add_foreign_key(dialect: Dialect, table: &ObjectName, key: &ForeignKey) -> String {
    let not_valid = match key.not_valid {
        true if dialect == Dialect::Postgres => " NOT VALID",
        _ => "",
    };
    format!(
        "ALTER TABLE {} ADD {}{not_valid}",
        object_name(table, dialect),
        constraint::foreign_key(key, dialect)
    )
}
