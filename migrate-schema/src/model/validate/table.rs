//! What a table may be by itself: its columns, keys and constraints.

use super::{column::validate_column, distinct, expression, name_of, object_name};
use crate::{
    model::{Action, ColumnDefinition, ForeignKey, ModelError, Table},
    nearest,
};

pub(super) fn validate_table(table: &Table) -> Result<(), ModelError> {
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
        let what = format!("a check of `{owner}`");
        constraint_name(&what, check.name.as_deref())?;
        expression(|| what.clone(), &check.expression)?;
        if let Some(column) = &check.column {
            known_columns(table, &what, std::slice::from_ref(column))?;
        }
    }
    for key in &table.foreign_keys {
        validate_foreign_key(table, key)?;
        if key.table == *owner {
            known_columns(table, &foreign_key(table, key), &key.referenced_columns)?;
        }
    }
    distinct_constraints(table)?;
    validate_auto_increment(table)
}

fn distinct_constraints(table: &Table) -> Result<(), ModelError> {
    let uniques = table.uniques.iter().map(|unique| &unique.name);
    let checks = table.checks.iter().map(|check| &check.name);
    let keys = table.foreign_keys.iter().map(|key| &key.name);
    let names: Vec<&String> = uniques.chain(checks).chain(keys).flatten().collect();
    for (position, name) in names.iter().enumerate() {
        if names[..position]
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
        {
            return Err(ModelError::DuplicateConstraint {
                table: table.name.clone(),
                name: (*name).clone(),
            });
        }
    }
    Ok(())
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
pub(super) fn validate_definition(
    table: &str,
    definition: &ColumnDefinition,
) -> Result<(), ModelError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        builder::TableBuilder,
        model::{Change, Check, Column, ColumnType},
    };

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
    fn constraints_have_names_of_their_own() {
        type Define = fn(&mut TableBuilder);
        let define: [Define; 3] = [
            |t| t.check("Same", "a > 0"),
            |t| {
                t.unique(["a"]).named("Same");
            },
            |t| {
                t.foreign_key(["a"], "p", ["x"]).named("Same");
            },
        ];
        for second in define {
            let message = table(|t| {
                t.integer("a");
                t.integer("b");
                t.unique(["b"]).named("same");
                second(t);
            });
            assert!(
                message.starts_with("table `t` has two constraints named `"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_check_stands_on_a_column_that_is_there() {
        let mut table = Table::new("t");
        table.columns.push(Column::new("email", ColumnType::Text));
        table.checks.push(Check::new("TRUE"));
        table.checks[0].column = Some("mail".into());
        assert_eq!(
            message(&Change::CreateTable(table)),
            "a check of `t` names a column that is not there: `mail`; did you mean `email`?"
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
