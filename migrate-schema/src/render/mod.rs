//! From a [`Change`] to the statements of a dialect.
//!
//! What a dialect cannot do as asked is an error that says what to write instead; it is never left out.
//! The sole exception is the name of a foreign key on SQLite, which has no use for one.

mod check;
mod column;
mod error;
mod index;
mod limits;
mod mentions;
mod rebuild;
mod table;
mod text;

use sea_query::{
    Index, MysqlQueryBuilder, PostgresQueryBuilder, SchemaStatementBuilder, SqliteQueryBuilder,
    Table,
};

pub use column::column_type;
pub use error::RenderError;
pub use rebuild::{Existing, Object, rebuild};

use crate::{Dialect, model::Change, quote::escaped};

/// The statements that make a change, in order and without a `;` at the end.
///
/// ```
/// use migrate_schema::{Dialect, model::Change, render::render};
///
/// let change = Change::rename_column("users", "email", "mail");
/// assert_eq!(
///     render(&change, Dialect::Sqlite)?,
///     [r#"ALTER TABLE "users" RENAME COLUMN "email" TO "mail""#],
/// );
/// # Ok::<(), migrate_schema::render::RenderError>(())
/// ```
pub fn render(change: &Change, dialect: Dialect) -> Result<Vec<String>, RenderError> {
    change.validate()?;
    check::names(change, dialect)?;
    let statement = match change {
        Change::CreateTable(table) => table::create(table, dialect)?,
        Change::DropTable { name } => sql(dialect, Table::drop().table(name.clone())),
        Change::AddColumn { table, definition } => table::add_column(table, definition, dialect)?,
        Change::DropColumn {
            table,
            column,
            foreign_keys,
        } => table::drop_column(table, column, foreign_keys, dialect),
        Change::RenameTable { from, to } => {
            sql(dialect, Table::rename().table(from.clone(), to.clone()))
        }
        Change::RenameColumn { table, from, to } => sql(
            dialect,
            Table::alter()
                .table(table.clone())
                .rename_column(from.clone(), to.clone()),
        ),
        Change::CreateIndex(index) => index::create(index, dialect)?,
        Change::DropIndex { name, table } => sql(
            dialect,
            Index::drop()
                .name(escaped(name, dialect))
                .table(table.clone()),
        ),
        Change::RebuildTable(rebuild) => return rebuild::refused(rebuild, dialect),
    };
    Ok(vec![statement])
}

fn sql(dialect: Dialect, statement: &impl SchemaStatementBuilder) -> String {
    match dialect {
        Dialect::Sqlite => statement.build(SqliteQueryBuilder),
        Dialect::Postgres => statement.build(PostgresQueryBuilder),
        Dialect::Mysql => statement.build(MysqlQueryBuilder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(change: &Change) -> [String; 3] {
        Dialect::ALL.map(|dialect| render(change, dialect).unwrap().join(";"))
    }

    #[test]
    fn tables_and_columns_are_dropped_and_renamed() {
        let cases = [
            (
                Change::drop_table("t"),
                ["DROP TABLE \"t\"", "DROP TABLE \"t\"", "DROP TABLE `t`"],
            ),
            (
                Change::rename_table("a\"`", "b"),
                [
                    "ALTER TABLE \"a\"\"`\" RENAME TO \"b\"",
                    "ALTER TABLE \"a\"\"`\" RENAME TO \"b\"",
                    "RENAME TABLE `a\"``` TO `b`",
                ],
            ),
            (
                Change::rename_column("t", "a", "b\"`"),
                [
                    "ALTER TABLE \"t\" RENAME COLUMN \"a\" TO \"b\"\"`\"",
                    "ALTER TABLE \"t\" RENAME COLUMN \"a\" TO \"b\"\"`\"",
                    "ALTER TABLE `t` RENAME COLUMN `a` TO `b\"```",
                ],
            ),
            (
                Change::drop_column("t", "a"),
                [
                    "ALTER TABLE \"t\" DROP COLUMN \"a\"",
                    "ALTER TABLE \"t\" DROP COLUMN \"a\"",
                    "ALTER TABLE `t` DROP COLUMN `a`",
                ],
            ),
        ];
        for (change, statements) in cases {
            assert_eq!(all(&change), statements);
        }
    }

    #[test]
    fn what_is_wrong_by_itself_is_not_rendered() {
        for dialect in Dialect::ALL {
            let error = render(&Change::create_table("t", |_| {}), dialect).unwrap_err();
            assert_eq!(
                error.to_string(),
                "table `t` has no columns: write at least one, such as `t.id();`"
            );
        }
    }
}
