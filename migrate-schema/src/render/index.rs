//! Indexes.

use sea_query::{ConditionalStatement, Index as SeaIndex, IndexColumn as SeaColumn, IndexOrder};

use super::{
    RenderError,
    error::unsupported,
    sql,
    text::{check_expression, expression},
};
use crate::{
    Dialect,
    model::{Index, IndexKey},
    quote::{escaped, quoted},
};

pub(super) fn create(index: &Index, dialect: Dialect) -> Result<String, RenderError> {
    if dialect == Dialect::Sqlite {
        return create_on_sqlite(index);
    }
    let mut statement = SeaIndex::create();
    statement
        .name(escaped(&index.name, dialect))
        .table(index.table.clone());
    if index.unique {
        statement.unique();
    }
    for column in &index.columns {
        statement.col::<SeaColumn>(match (&column.key, column.descending) {
            (IndexKey::Column(name), false) => name.clone().into(),
            (IndexKey::Column(name), true) => (name.clone(), IndexOrder::Desc).into(),
            (IndexKey::Expression(text), false) => expression(text, dialect)?.into(),
            (IndexKey::Expression(text), true) => {
                (expression(text, dialect)?, IndexOrder::Desc).into()
            }
        });
    }
    if let Some(filter) = &index.filter {
        if dialect == Dialect::Mysql {
            return unsupported(
                dialect,
                format!("has no partial indexes, such as `{}`", index.name),
                "leave `filter` out, or make the index in an SQL step of its own for this engine",
            );
        }
        statement.and_where(expression(filter, dialect)?);
    }
    Ok(sql(dialect, &statement))
}

/// sea-query does not write expressions in an index of SQLite. And it puts columns in double quotes, in which SQLite takes a
/// name that no column has for a text: the index would be made, over a constant. In backticks it is an error.
fn create_on_sqlite(index: &Index) -> Result<String, RenderError> {
    let dialect = Dialect::Sqlite;
    let mut columns = Vec::new();
    for column in &index.columns {
        let key = match &column.key {
            IndexKey::Column(name) => format!("`{}`", name.replace('`', "``")),
            IndexKey::Expression(text) => {
                check_expression(text, dialect)?;
                format!("({text})")
            }
        };
        columns.push(if column.descending {
            format!("{key} DESC")
        } else {
            key
        });
    }
    let filter = match &index.filter {
        Some(filter) => {
            check_expression(filter, dialect)?;
            format!(" WHERE {filter}")
        }
        None => String::new(),
    };
    Ok(format!(
        "CREATE {}INDEX {} ON {} ({}){filter}",
        if index.unique { "UNIQUE " } else { "" },
        quoted(&index.name, dialect),
        quoted(&index.table, dialect),
        columns.join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Change, render::render};

    fn all(change: &Change) -> [String; 3] {
        Dialect::ALL.map(|dialect| match render(change, dialect) {
            Ok(statements) => statements.join(";"),
            Err(error) => error.to_string(),
        })
    }

    #[test]
    fn columns() {
        let change = Change::create_index("i\"`", "t\"`", |i| {
            i.column("a\"`").descending("b").unique()
        });
        assert_eq!(
            all(&change),
            [
                "CREATE UNIQUE INDEX \"i\"\"`\" ON \"t\"\"`\" (`a\"```, `b` DESC)",
                "CREATE UNIQUE INDEX \"i\"\"`\" ON \"t\"\"`\" (\"a\"\"`\", \"b\" DESC)",
                "CREATE UNIQUE INDEX `i\"``` ON `t\"``` (`a\"```, `b` DESC)",
            ]
        );
        assert_eq!(
            all(&change.inverse().unwrap()),
            [
                "DROP INDEX \"i\"\"`\"",
                "DROP INDEX \"i\"\"`\"",
                "DROP INDEX `i\"``` ON `t\"```",
            ]
        );
    }

    #[test]
    fn expressions() {
        let change = Change::create_index("i", "t", |i| {
            i.column("a")
                .expression("lower(b || '?')")
                .descending_expression("c + 1")
        });
        assert_eq!(
            all(&change),
            [
                "CREATE INDEX \"i\" ON \"t\" (`a`, (lower(b || '?')), (c + 1) DESC)",
                "CREATE INDEX \"i\" ON \"t\" (\"a\", (lower(b || '?')), (c + 1) DESC)",
                "CREATE INDEX `i` ON `t` (`a`, (lower(b || '?')), (c + 1) DESC)",
            ]
        );
    }

    #[test]
    fn conditions() {
        let change = Change::create_index("i", "t", |i| i.column("a").filter("b = '?' OR c = $1"));
        assert_eq!(
            all(&change),
            [
                "CREATE INDEX \"i\" ON \"t\" (`a`) WHERE b = '?' OR c = $1",
                "CREATE INDEX \"i\" ON \"t\" (\"a\") WHERE b = '?' OR c = $1",
                "MySQL has no partial indexes, such as `i`: \
                 leave `filter` out, or make the index in an SQL step of its own for this engine",
            ]
        );
    }
}
