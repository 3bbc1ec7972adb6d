use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES_LIKE, Page},
    tree::{Alter, AlterTable, ColumnChange},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropNotNull,
        products: POSTGRES_LIKE,
        summary: "A column that refused NULL takes it from now on.",
        why: "A program that was built on the old schema may read a NULL where it expects none.",
        instead: "Let the program deal with NULL first, and say so: `#[migration(\"…\", allow(drop_not_null, reason = \"…\"))]`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint, email text NOT NULL)"],
            "ALTER TABLE users ALTER COLUMN email DROP NOT NULL",
            "ALTER TABLE users ALTER COLUMN email SET DEFAULT ''",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AlterColumn {
        name,
        change: ColumnChange::DropNotNull,
    } = change
    else {
        return;
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    if context
        .column(table, &name.text)
        .is_some_and(|column| column.not_null)
    {
        findings.push(
            Finding::new(
                Code::DropNotNull,
                format!(
                    "a program may read a NULL from `{}.{name}`, where there was none",
                    table.name
                ),
                name.range.clone(),
            )
            .help("let the program deal with NULL first"),
        );
    }
}
