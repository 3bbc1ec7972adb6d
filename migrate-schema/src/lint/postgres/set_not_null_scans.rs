use crate::{
    Code, Finding,
    catalog::{ConstraintKind as CheckOf, Relation},
    lint::{Check, Context, Example, Lint, POSTGRES, Page, walk},
    tree::{Alter, AlterTable, ColumnChange, ExpressionKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::SetNotNullScans,
        products: POSTGRES,
        summary: "`SET NOT NULL` reads the whole table under a lock that stops every query.",
        why: "PostgreSQL has to know that no row is NULL. Where a valid `CHECK (c IS NOT NULL)` says so already (PostgreSQL 12 and newer), it does not look.",
        instead: "Add `CHECK (c IS NOT NULL) NOT VALID`, validate it in a later migration, then `SET NOT NULL`, and drop the check.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "UPDATE users SET email = '' WHERE email IS NULL;\nALTER TABLE users ALTER COLUMN email SET NOT NULL",
            "ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AlterColumn {
        name,
        change: ColumnChange::SetNotNull,
    } = change
    else {
        return;
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    let known = context.column(table, &name.text);
    if known.is_none_or(|column| column.not_null || column.origin == context.method.origin)
        || (!context.target().older_than(12, 0) && is_proved(table, &name.text))
    {
        return;
    }
    findings.push(
        Finding::new(
            Code::SetNotNullScans,
            format!(
                "nobody can read or write `{}` while all of it is searched for a NULL",
                table.name
            ),
            name.range.clone(),
        )
        .help(format!(
            "add `CHECK ({name} IS NOT NULL) NOT VALID` first, and validate it in a later migration"
        )),
    );
}

/// Whether a check that names nothing but this column is there: most likely the one that proves it.
fn is_proved(table: &Relation, column: &str) -> bool {
    table
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            CheckOf::Check(check) => {
                let mut names = Vec::new();
                walk::inside(check, |part| {
                    if let ExpressionKind::Column { name, .. } = &part.kind {
                        names.push(name.text.as_str());
                    }
                });
                !names.is_empty() && names.iter().all(|name| *name == column)
            }
            _ => false,
        })
}
