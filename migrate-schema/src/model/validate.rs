use super::{
    Action, Change, ColumnDefinition, ForeignKey, Index, IndexKey, ModelError, Table,
    validate_column::validate_column,
};
use crate::nearest;

impl Change {
    /// What is wrong with this change by itself. Whether it fits the database is for [`crate::catalog::Catalog`] to say.
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

fn validate_table(table: &Table) -> Result<(), ModelError> {
    object_name("a table", &table.name)?;
    if table.columns.is_empty() {
        return Err(ModelError::NoColumns {
            table: table.name.clone(),
        });
    }
    for (position, column) in table.columns.iter().enumerate() {
        validate_column(&table.name, column)?;
        if table.columns[..position]
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(&column.name))
        {
            return Err(ModelError::DuplicateColumn {
                table: table.name.clone(),
                column: column.name.clone(),
            });
        }
    }
    let owner = &table.name;
    if !table.primary_key.is_empty() {
        known_columns(
            table,
            &format!("the primary key of `{owner}`"),
            &table.primary_key,
        )?;
    }
    for unique in &table.uniques {
        let what = match &unique.name {
            Some(name) => format!("the unique constraint `{name}` of `{owner}`"),
            None => format!("a unique constraint of `{owner}`"),
        };
        constraint_name(&what, unique.name.as_deref())?;
        known_columns(table, &what, &unique.columns)?;
    }
    for check in &table.checks {
        constraint_name(&format!("a check of `{owner}`"), check.name.as_deref())?;
        expression(|| format!("a check of `{owner}`"), &check.expression)?;
    }
    for key in &table.foreign_keys {
        validate_foreign_key(table, key)?;
        if key.table.eq_ignore_ascii_case(owner) {
            known_columns(table, &foreign_key(table, key), &key.referenced_columns)?;
        }
    }
    validate_auto_increment(table)
}

fn constraint_name(what: &str, name: Option<&str>) -> Result<(), ModelError> {
    name.map_or(Ok(()), |name| name_of(what, name))
}

/// The columns are at least one, each one once, and all in the table.
fn known_columns(table: &Table, what: &str, columns: &[String]) -> Result<(), ModelError> {
    distinct(what, columns.iter().map(String::as_str))?;
    for column in columns {
        if table.column(column).is_none() {
            let names = table.columns.iter().map(|column| column.name.as_str());
            return Err(ModelError::UnknownColumn {
                what: what.into(),
                column: column.clone(),
                near: nearest(column, names).map(str::to_owned),
            });
        }
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

fn foreign_key(table: &Table, key: &ForeignKey) -> String {
    format!(
        "the foreign key of `{}` ({})",
        table.name,
        key.columns.join(", ")
    )
}

fn validate_foreign_key(table: &Table, key: &ForeignKey) -> Result<(), ModelError> {
    let what = foreign_key(table, key);
    if key.table.is_empty() {
        return Err(ModelError::ReferencesNothing { what });
    }
    object_name("a referenced table", &key.table)?;
    constraint_name("a foreign key", key.name.as_deref())?;
    known_columns(table, &what, &key.columns)?;
    distinct(
        &format!("{what}, on the referenced side,"),
        key.referenced_columns.iter().map(String::as_str),
    )?;
    if key.columns.len() != key.referenced_columns.len() {
        return Err(ModelError::ColumnCount {
            what,
            columns: key.columns.len(),
            referenced: key.referenced_columns.len(),
        });
    }
    if key.on_delete == Action::SetNull || key.on_update == Action::SetNull {
        let fixed = key
            .columns
            .iter()
            .find(|name| table.column(name).is_some_and(|column| !column.nullable));
        if let Some(column) = fixed {
            let column = column.clone();
            return Err(ModelError::SetNullOnNotNull { what, column });
        }
    }
    Ok(())
}

/// An added column is looked at as a table of this one column. Its references may lead to the rest of its own table.
fn validate_definition(table: &str, definition: &ColumnDefinition) -> Result<(), ModelError> {
    let mut definition = definition.clone();
    let keys = std::mem::take(&mut definition.foreign_keys);
    let mut alone = Table::new(table);
    alone.push(definition);
    validate_table(&alone)?;
    keys.iter()
        .try_for_each(|key| validate_foreign_key(&alone, key))
}

fn validate_auto_increment(table: &Table) -> Result<(), ModelError> {
    for column in table
        .columns
        .iter()
        .filter(|column| column.auto_increment.is_some())
    {
        let alone =
            matches!(table.primary_key.as_slice(), [key] if key.eq_ignore_ascii_case(&column.name));
        let reason = if !column.column_type.is_integer() {
            "its type is no integer: write `integer` or `bigint`"
        } else if !alone {
            "it is not the primary key by itself: write `.primary_key()` on it and on no other column"
        } else if column.default.is_some() {
            "it has a default: leave that out"
        } else {
            continue;
        };
        return Err(ModelError::BadAutoIncrement {
            column: column.name.clone(),
            reason,
        });
    }
    Ok(())
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
    fn columns_and_keys() {
        assert_eq!(
            table(|_| {}),
            "table `t` has no columns: write at least one, such as `t.id();`"
        );
        assert_eq!(
            table(|t| {
                t.text("email");
                t.text("Email");
            }),
            "table `t` has two columns named `Email`: give one of them another name"
        );
        assert_eq!(
            table(|t| {
                t.text("email");
                t.primary_key(["emial"]);
            }),
            "the primary key of `t` names a column that is not there: `emial`; did you mean `email`?"
        );
        assert_eq!(
            table(|t| {
                t.text("a").primary_key();
                t.primary_key(["A"]);
            }),
            "the primary key of `t` names the column `A` twice: write it once"
        );
        assert_eq!(
            table(|t| {
                t.text("a");
                t.unique([] as [&str; 0]);
            }),
            "a unique constraint of `t` names no columns: write at least one"
        );
        assert_eq!(
            message(&Change::create_index("i", "t", |i| i.unique())),
            "the index `i` names no columns: write at least one"
        );
        assert_eq!(
            message(&Change::create_index("i", "t", |i| i
                .column("a")
                .descending("A"))),
            "the index `i` names the column `A` twice: write it once"
        );
    }

    #[test]
    fn foreign_keys() {
        let key = |define: fn(&mut TableBuilder)| {
            table(|t| {
                t.integer("a");
                t.integer("b").not_null();
                define(t);
            })
        };
        assert_eq!(
            key(|t| {
                t.integer("c").on_delete(Action::Cascade);
            }),
            "the foreign key of `t` (c) has an action but references no table: \
             write `.references(table, column)` before it"
        );
        assert_eq!(
            key(|t| {
                t.foreign_key(["a", "b"], "p", ["x"]);
            }),
            "the foreign key of `t` (a, b) has 2 columns but references 1: they have to be as many"
        );
        assert_eq!(
            key(|t| {
                t.foreign_key(["a"], "t", ["c"]);
            }),
            "the foreign key of `t` (a) names a column that is not there: `c`"
        );
        assert_eq!(
            key(|t| {
                t.foreign_key(["a", "b"], "p", ["x", "y"])
                    .on_update(Action::SetNull);
            }),
            "the foreign key of `t` (a, b) sets `b` to NULL, which is declared NOT NULL: \
             leave `not_null()` out or take another action"
        );
        assert!(
            key(|t| {
                t.foreign_key(["a"], "p", ["x.y"]);
            }) == "valid"
        );
        assert!(
            key(|t| {
                t.foreign_key(["a"], "p.q", ["x"]);
            })
            .contains("a referenced table cannot be named")
        );
        let added = Change::add_column("t", |c| {
            c.text("a")
                .not_null()
                .references("p", "x")
                .on_delete(Action::SetNull)
        });
        assert!(message(&added).contains("sets `a` to NULL"));
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

    #[test]
    fn numbered_columns() {
        assert_eq!(
            table(|t| {
                t.id().auto_increment();
            }),
            "valid"
        );
        assert_eq!(
            table(|t| {
                t.text("a").primary_key().auto_increment();
            }),
            "column `a` cannot be numbered by the engine: its type is no integer: write `integer` or `bigint`"
        );
        let not_alone = "column `id` cannot be numbered by the engine: it is not the primary key by itself: \
                         write `.primary_key()` on it and on no other column";
        assert_eq!(
            table(|t| {
                t.integer("id").auto_increment();
            }),
            not_alone
        );
        assert_eq!(
            table(|t| {
                t.id();
                t.text("a").primary_key();
            }),
            not_alone
        );
        assert_eq!(
            table(|t| {
                t.id().default(1);
            }),
            "column `id` cannot be numbered by the engine: it has a default: leave that out"
        );
    }
}
