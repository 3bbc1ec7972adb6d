//! Columns that are added and changed: with their whole definition, because what is not said again is lost.

use super::{DIALECT, name};
use crate::schema::{
    Column, Generated, Table,
    ddl::{column::definition, expression::in_parentheses},
};

/// `ADD COLUMN …`, in its place.
pub(super) fn add(column: &Column, place: &str) -> String {
    format!("ADD COLUMN {}{place}", definition(column, DIALECT))
}

/// `MODIFY COLUMN …`. MariaDB has the checks behind a column as parts of it; MySQL would add anew those that are there.
pub(super) fn modify(table: &Table, column: &Column, before: &Table) -> String {
    let mut clause = format!("MODIFY COLUMN {}", definition(column, DIALECT));
    for check in &table.checks {
        if check.name.is_none() && check.column.as_ref() == Some(&column.name) {
            let condition = in_parentheses(&check.expression, DIALECT);
            clause += &match before.checks.contains(check) {
                true => format!(" /*M! CHECK {condition} */"),
                false => format!(" CHECK {condition}"),
            };
        }
    }
    clause
}

/// Where a column goes: behind the one that stands before it in the end, unless it is the last.
pub(super) fn place(column: &str, there: &[String], then: &Table) -> String {
    let mut all = then.columns.iter();
    let Some(at) = all.position(|one| one.name == column) else {
        return String::new();
    };
    let is_there = |one: &&Column| there.contains(&one.name);
    let before = then.columns[..at].iter().rev().find(is_there);
    match before {
        Some(before) if there.last() == Some(&before.name) => String::new(),
        Some(before) => format!(" AFTER {}", name(&before.name, DIALECT)),
        None if there.is_empty() => String::new(),
        None => " FIRST".to_owned(),
    }
}

/// Whether a column can only go and come again: what is computed when it is read cannot become what is kept.
pub(super) fn has_to_be_made_again(before: &Column, after: &Column) -> bool {
    let is_virtual = |generated: &Option<Generated>| {
        generated
            .as_ref()
            .is_some_and(|generated| !generated.stored)
    };
    is_virtual(&before.generated) != is_virtual(&after.generated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Check, ObjectName};

    #[test]
    fn a_new_column_gets_its_place() {
        let mut then = Table::new(ObjectName::bare("t"));
        then.columns = ["a", "b", "c"].map(|name| Column::new(name, "int")).into();
        let place = |column: &str, there: &[&str]| {
            let there: Vec<String> = there.iter().map(|one| (*one).to_owned()).collect();
            super::place(column, &there, &then)
        };
        assert_eq!(place("a", &["b", "c"]), " FIRST");
        assert_eq!(place("b", &["a", "c"]), " AFTER a");
        assert_eq!(place("c", &["a", "b"]), "");
        assert_eq!(place("b", &["a"]), "");
    }

    #[test]
    fn nothing_is_lost_where_a_column_is_changed() {
        let mut table = Table::new(ObjectName::bare("t"));
        let mut column = Column::new("a", "varchar(10)");
        column.collation = Some("utf8mb4_bin".into());
        column.default = Some("'x'".into());
        column.comment = Some("c".into());
        table.checks = vec![Check {
            name: None,
            expression: "a <> ''".into(),
            column: Some("a".into()),
            no_inherit: false,
            not_valid: false,
        }];
        assert_eq!(
            modify(&table, &column, &table),
            "MODIFY COLUMN a varchar(10) COLLATE utf8mb4_bin DEFAULT 'x' COMMENT 'c' /*M! CHECK (a <> '') */"
        );
    }
}
