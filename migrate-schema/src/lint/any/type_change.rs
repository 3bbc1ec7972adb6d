use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SERVERS},
    tree::{Alter, AlterTable, ColumnChange},
};

use super::lossy_type_change::written;

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::TypeChange,
        products: SERVERS,
        summary: "A column that programs use gets another type.",
        why: "A program that still runs with the old type may read what it does not expect, or write what is refused. (What the new type cannot hold is `lossy_type_change`; \
              what it costs on PostgreSQL is `type_change_rewrites`.)",
        instead: "Add a column of the new type, let the program write both, copy the values, and drop the old one last.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, born date)"],
            "ALTER TABLE users ALTER COLUMN born TYPE text",
            "ALTER TABLE users ADD COLUMN born_text text",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let (name, ty) = match change {
        Alter::AlterColumn {
            name,
            change: ColumnChange::Type { ty, .. },
        } => (name, Some(ty)),
        Alter::Redefine { name, column, .. } => (name, column.ty.as_ref()),
        _ => return,
    };
    let (Some(ty), Some(table)) = (ty, context.existing(&alter.name)) else {
        return;
    };
    let Some(old) = context
        .column(table, &name.text)
        .filter(|column| column.origin != context.method.origin)
        .and_then(|column| column.ty.as_ref())
    else {
        return;
    };
    if written(old).eq_ignore_ascii_case(&written(ty)) && old.words == ty.words {
        return;
    }
    findings.push(
        Finding::new(
            Code::TypeChange,
            format!("`{}.{name}` was {}, and becomes {}", table.name, written(old), written(ty)),
            ty.range.clone(),
        )
        .help("add a column of the new type, copy the values, and drop the old one when nothing uses it any more"),
    );
}
