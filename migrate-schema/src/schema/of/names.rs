//! Names that an engine chooses by itself: on both sides of a comparison, a constraint that has such a name has none.

use crate::{
    Dialect,
    catalog::{
        Constraint, ConstraintKind, Relation,
        chosen_name::{addition, object_name},
    },
    tree::{Expression, ExpressionKind},
};

/// The name of a constraint, unless it is the one that the engine would choose.
pub(super) fn given(dialect: Dialect, table: &Relation, constraint: &Constraint) -> Option<String> {
    let name = &constraint.name;
    let is_chosen = name.is_empty()
        || match dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => *name == on_postgres(table, constraint),
            Dialect::Mysql => is_of_mysql(table, constraint),
        };
    (!is_chosen).then(|| name.clone())
}

fn on_postgres(table: &Relation, constraint: &Constraint) -> String {
    let named = |columns: &str, label: &str| object_name(&table.name, columns, label);
    match &constraint.kind {
        ConstraintKind::PrimaryKey(_) => named("", "pkey"),
        ConstraintKind::Unique(columns) => named(&addition(columns), "key"),
        ConstraintKind::ForeignKey { columns, .. } => named(&columns.join("_"), "fkey"),
        ConstraintKind::Check(expression) => {
            let mut columns = Vec::new();
            columns_in(table, expression, &mut columns);
            match columns.as_slice() {
                [one] => named(one, "check"),
                _ => named("", "check"),
            }
        }
        ConstraintKind::Exclude(parts) => {
            let columns = parts.iter().map(|part| {
                let column = part.expression.as_column();
                column.map_or_else(String::new, |column| column.text.clone())
            });
            named(&addition(&columns.collect::<Vec<_>>()), "excl")
        }
    }
}

fn columns_in(table: &Relation, expression: &Expression, columns: &mut Vec<String>) {
    if let ExpressionKind::Column { name, .. } = &expression.kind
        && !columns.contains(&name.text)
        && table.columns.iter().any(|column| column.name == name.text)
    {
        columns.push(name.text.clone());
    }
    expression.children(|child| columns_in(table, child, columns));
}

/// MySQL chooses `t_ibfk_1` and `t_chk_1`, MariaDB `CONSTRAINT_1`; a key has the name of its first column.
fn is_of_mysql(table: &Relation, constraint: &Constraint) -> bool {
    let name = constraint.name.as_str();
    let numbered = |start: &str| {
        let rest = name.strip_prefix(start);
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    match &constraint.kind {
        ConstraintKind::PrimaryKey(_) => true,
        ConstraintKind::Unique(columns) => {
            let first = columns.first();
            first.is_some_and(|first| first.eq_ignore_ascii_case(name))
        }
        ConstraintKind::ForeignKey { .. } => numbered(&format!("{}_ibfk_", table.name)),
        ConstraintKind::Check(_) => {
            numbered(&format!("{}_chk_", table.name)) || numbered("CONSTRAINT_")
        }
        ConstraintKind::Exclude(_) => false,
    }
}
