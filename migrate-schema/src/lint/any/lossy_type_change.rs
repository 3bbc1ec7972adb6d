use crate::{
    Code, Finding,
    lint::{
        Check, Context, Example, Lint, Page,
        types::{holds, lost},
    },
    settings::Product,
    tree::{Alter, AlterTable, ColumnChange},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::LossyTypeChange,
        products: &[
            Product::Postgres,
            Product::Cockroach,
            Product::Mysql,
            Product::Mariadb,
            Product::Galera,
        ],
        summary: "A column gets a type that cannot hold all values of the old one.",
        why: "Where a row has such a value, the migration fails, or (a fraction, a time of the day, MySQL without strict mode) the value is changed without a word.",
        instead: "Look for such values first, and change or refuse them in the same migration. On PostgreSQL write with `USING` how the values are converted: \
                  then nothing is said.",
        examples: &[
            Example::new(
                "postgres",
                &["CREATE TABLE users (id bigint PRIMARY KEY, name text)"],
                "ALTER TABLE users ALTER COLUMN name TYPE varchar(20)",
                "ALTER TABLE users ALTER COLUMN name TYPE varchar(20) USING left(name, 20)",
            ),
            Example::new(
                "mysql",
                &["CREATE TABLE users (id bigint PRIMARY KEY, visits bigint)"],
                "ALTER TABLE users MODIFY COLUMN visits int",
                "ALTER TABLE users MODIFY COLUMN visits bigint NULL DEFAULT 0",
            ),
        ],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let (name, ty) = match change {
        Alter::AlterColumn {
            name,
            change: ColumnChange::Type {
                ty, using: None, ..
            },
        } => (name, ty),
        Alter::Redefine { name, column, .. } => match &column.ty {
            Some(ty) => (name, ty),
            None => return,
        },
        _ => return,
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    let dialect = context.target().dialect();
    let Some(old) = context
        .column(table, &name.text)
        .and_then(|column| column.ty.as_ref())
    else {
        return;
    };
    let (Some(before), Some(behind)) = (holds(old, dialect), holds(ty, dialect)) else {
        return;
    };
    if let Some(what) = lost(before, behind) {
        findings.push(
            Finding::new(
                Code::LossyTypeChange,
                format!(
                    "`{}.{name}` cannot hold {what} any more: it was {}, and becomes {}",
                    table.name,
                    written(old),
                    written(ty),
                ),
                ty.range.clone(),
            )
            .help("look for such values and change them before this statement"),
        );
    }
}

/// A type as people write it.
pub(super) fn written(ty: &crate::tree::TypeName) -> String {
    let arguments = if ty.arguments.is_empty() {
        String::new()
    } else {
        format!("({})", ty.arguments.join(","))
    };
    format!("{}{arguments}{}", ty.path, if ty.array { "[]" } else { "" })
}
