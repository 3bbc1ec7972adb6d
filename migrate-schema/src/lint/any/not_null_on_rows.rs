use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Alter, AlterTable, ColumnChange, Source},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::NotNullOnRows,
        products: ALL,
        summary: "A column that may have NULLs is made `NOT NULL`, and nothing fills them.",
        why: "If one row has a NULL there, the migration fails: on a machine of the developers it works, in production it does not.",
        instead: "Fill the NULLs in the same migration, before: `UPDATE t SET c = … WHERE c IS NULL`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text)"],
            "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
            "UPDATE users SET email = '' WHERE email IS NULL;\nALTER TABLE users ALTER COLUMN email SET NOT NULL",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let (name, range) = match change {
        Alter::AlterColumn {
            name,
            change: ColumnChange::SetNotNull,
        } => (name, name.range.clone()),
        Alter::Redefine { name, column, .. } if column.not_null == Some(true) => {
            (name, column.range.clone())
        }
        _ => return,
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    let Some(column) = context.column(table, &name.text) else {
        return;
    };
    if column.not_null
        || column.default.is_some()
        || context
            .earlier_about(&alter.name)
            .any(|action| may_fill(context, action, alter, &name.text))
    {
        return;
    }
    findings.push(
        Finding::new(
            Code::NotNullOnRows,
            format!(
                "if `{}.{name}` is NULL in a row, this migration fails",
                table.name
            ),
            range,
        )
        .help(format!(
            "write `UPDATE {} SET {name} = … WHERE {name} IS NULL` before it",
            alter.name
        )),
    );
}

/// Whether an earlier statement of the method gives the column values, removes rows, or proves that there is no NULL.
fn may_fill(context: &Context<'_>, action: &Action, alter: &AlterTable, column: &str) -> bool {
    let is_table = |source: &Source| match source {
        Source::Table { name, .. } => context.same_path(name, &alter.name),
        _ => true,
    };
    match action {
        Action::Update(update) => is_table(&update.target),
        Action::Delete(delete) => delete.targets.iter().any(is_table),
        Action::Truncate { tables, .. } => tables
            .iter()
            .any(|name| context.same_path(name, &alter.name)),
        Action::Opaque { .. } | Action::Perhaps { .. } => true,
        Action::AlterTable(earlier) => {
            context.same_path(&earlier.name, &alter.name)
                && earlier.changes.iter().any(|change| match change {
                    Alter::ValidateConstraint(_)
                    | Alter::AlterConstraint { .. }
                    | Alter::Opaque => true,
                    Alter::AlterColumn {
                        name,
                        change: ColumnChange::DropNotNull | ColumnChange::Type { .. },
                    } => context.same(&name.text, column),
                    // It was defined anew before: mostly on the way to this.
                    Alter::Redefine { column: new, .. } => context.same(&new.name.text, column),
                    _ => false,
                })
        }
        _ => false,
    }
}
