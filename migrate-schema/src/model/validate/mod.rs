mod column;
mod table;

use super::{Change, Index, IndexKey, ModelError, Rebuild};
use table::{validate_definition, validate_table};

impl Change {
    /// What is wrong with this change by itself. Whether it fits the database is for the catalog to say.
    pub fn validate(&self) -> Result<(), ModelError> {
        match self {
            Self::CreateTable(table) => validate_table(table),
            Self::DropTable { name } => object_name("a table", name),
            Self::AddColumn { table, definition } => {
                object_name("a table", table)?;
                validate_definition(table, definition)
            }
            Self::DropColumn {
                table,
                column,
                foreign_keys,
            } => {
                object_name("a table", table)?;
                name_of("a column", column)?;
                foreign_keys
                    .iter()
                    .try_for_each(|key| name_of("a foreign key", key))
            }
            Self::RenameTable { from, to } => {
                object_name("a table", from)?;
                object_name("a table", to)?;
                differ(format!("table `{from}`"), from, to)
            }
            Self::RenameColumn { table, from, to } => {
                object_name("a table", table)?;
                name_of("a column", from)?;
                name_of("a column", to)?;
                differ(format!("column `{table}.{from}`"), from, to)
            }
            Self::CreateIndex(index) => validate_index(index),
            Self::DropIndex { name, table } => {
                object_name("an index", name)?;
                object_name("a table", table)
            }
            Self::RebuildTable(rebuild) => validate_rebuild(rebuild),
        }
    }
}

pub(super) fn name_of(what: &str, name: &str) -> Result<(), ModelError> {
    if name.is_empty() {
        return Err(ModelError::EmptyName { what: what.into() });
    }
    if name.contains('\0') {
        return Err(ModelError::BadName {
            what: what.into(),
            name: name.into(),
            reason: "a name cannot contain a NUL character",
        });
    }
    Ok(())
}

/// The name of a table or index, which the engines also know with a schema before it.
fn object_name(what: &str, name: &str) -> Result<(), ModelError> {
    name_of(what, name)?;
    if name.contains('.') {
        return Err(ModelError::BadName {
            what: what.into(),
            name: name.into(),
            reason: "the dot would be a part of the name; for a table in a schema write an SQL step",
        });
    }
    Ok(())
}

fn differ(what: String, from: &str, to: &str) -> Result<(), ModelError> {
    if from == to {
        let name = to.to_owned();
        return Err(ModelError::SameName { what, name });
    }
    Ok(())
}

pub(super) fn expression(what: impl FnOnce() -> String, text: &str) -> Result<(), ModelError> {
    if text.trim().is_empty() {
        return Err(ModelError::EmptyExpression { what: what() });
    }
    if text.contains('\0') {
        return Err(ModelError::NulCharacter { what: what() });
    }
    Ok(())
}

fn distinct<'a>(
    what: &str,
    columns: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), ModelError> {
    let mut count = 0;
    for (position, column) in columns.clone().enumerate() {
        count = position + 1;
        name_of(&format!("a column of {what}"), column)?;
        if columns
            .clone()
            .take(position)
            .any(|other| other.eq_ignore_ascii_case(column))
        {
            return Err(ModelError::RepeatedColumn {
                what: what.into(),
                column: column.into(),
            });
        }
    }
    if count == 0 {
        return Err(ModelError::EmptyKey { what: what.into() });
    }
    Ok(())
}

fn validate_rebuild(rebuild: &Rebuild) -> Result<(), ModelError> {
    let table = &rebuild.table;
    validate_table(table)?;
    let own = format!("the table `{}`", table.name);
    for (column, text) in &rebuild.copies {
        if table.column(column).is_none() || rebuild.keeps(column) {
            return Err(ModelError::UnknownColumn {
                what: format!("`copy` of {own}"),
                column: column.clone(),
                near: None,
            });
        }
        expression(|| format!("what is copied into `{column}` of {own}"), text)?;
    }
    let copied = rebuild.copies.iter().map(|(column, _)| column.as_str());
    if rebuild.copies.is_empty() {
        return Ok(());
    }
    distinct(&format!("what is copied into {own}"), copied)
}

fn validate_index(index: &Index) -> Result<(), ModelError> {
    object_name("an index", &index.name)?;
    object_name("a table", &index.table)?;
    let what = format!("the index `{}`", index.name);
    if index.columns.is_empty() {
        return Err(ModelError::EmptyKey { what });
    }
    let mut names = Vec::new();
    for column in &index.columns {
        match &column.key {
            IndexKey::Column(name) => names.push(name.as_str()),
            IndexKey::Expression(text) => expression(|| format!("an expression of {what}"), text)?,
        }
    }
    if !names.is_empty() {
        distinct(&what, names.into_iter())?;
    }
    match &index.filter {
        Some(filter) => expression(|| format!("the condition of {what}"), filter),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{builder::TableBuilder, model::ColumnType};

    fn message(change: &Change) -> String {
        match change.validate() {
            Ok(()) => "valid".into(),
            Err(error) => error.to_string(),
        }
    }

    fn table(define: impl FnOnce(&mut TableBuilder)) -> String {
        message(&Change::create_table("t", define))
    }

    #[test]
    fn valid_changes() {
        assert_eq!(
            table(|t| {
                t.id();
            }),
            "valid"
        );
        let valid = [
            Change::drop_table("t"),
            Change::add_column("t", |c| c.integer("parent").references("T", "id")),
            Change::drop_column("t", "a"),
            Change::rename_table("t", "T"),
            Change::rename_column("t", "a", "A"),
            Change::create_index("i", "t", |i| {
                i.column("a").expression("a + 1").filter("a > 0")
            }),
            Change::create_index("i", "t", |i| i.expression("a").expression("a")),
            Change::drop_index("i", "t"),
        ];
        for change in valid {
            assert_eq!(message(&change), "valid", "{change}");
        }
    }

    #[test]
    fn names() {
        let no_name = "a table has no name: write one";
        assert_eq!(message(&Change::drop_table("")), no_name);
        assert_eq!(message(&Change::rename_table("a", "")), no_name);
        assert_eq!(
            message(&Change::create_table("", |t| {
                t.id();
            })),
            no_name
        );
        assert_eq!(
            message(&Change::drop_column("t", "")),
            "a column has no name: write one"
        );
        assert_eq!(
            message(&Change::rename_column("t", "", "a")),
            "a column has no name: write one"
        );
        assert_eq!(
            message(&Change::drop_index("", "t")),
            "an index has no name: write one"
        );
        assert_eq!(
            table(|t| {
                t.text("");
            }),
            "a column of `t` has no name: write one"
        );
        assert_eq!(
            table(|t| {
                t.id();
                t.unique(["id"]).named("");
            }),
            "the unique constraint `` of `t` has no name: write one"
        );
        assert_eq!(
            message(&Change::drop_table("a\0b")),
            "a table cannot be named `a\\0b`: a name cannot contain a NUL character"
        );
        assert_eq!(
            message(&Change::drop_table("app.users")),
            "a table cannot be named `app.users`: the dot would be a part of the name; \
             for a table in a schema write an SQL step"
        );
        assert_eq!(
            message(&Change::rename_table("a", "a")),
            "table `a` is renamed to its own name `a`: write another name or leave the step out"
        );
        assert!(
            message(&Change::rename_column("t", "a", "a")).starts_with("column `t.a` is renamed")
        );
    }

    #[test]
    fn expressions() {
        assert_eq!(
            table(|t| {
                t.text("a").check(" ");
            }),
            "a check of `t` is empty: write an SQL expression"
        );
        assert_eq!(
            table(|t| {
                t.text("a").default_expression("a\0");
            }),
            "the default of column `a` contains a NUL character: no engine takes it in SQL text"
        );
        assert_eq!(
            table(|t| {
                t.column("a", ColumnType::custom(""));
            }),
            "the type of column `a` is empty: write an SQL expression"
        );
        let index = Change::create_index("i", "t", |i| i.expression(""));
        assert_eq!(
            message(&index),
            "an expression of the index `i` is empty: write an SQL expression"
        );
        let index = Change::create_index("i", "t", |i| i.column("a").filter(""));
        assert_eq!(
            message(&index),
            "the condition of the index `i` is empty: write an SQL expression"
        );
    }
}
