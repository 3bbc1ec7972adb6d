use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Alter, AlterTable},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropColumn,
        products: ALL,
        summary: "A column is dropped, with its values.",
        why: "The values are gone, and `down` cannot bring them back. A program that still runs with the old schema fails as soon as it names the column.",
        instead: "Deploy a version that neither reads nor writes the column first. Then drop it, and say why that is safe: \
                  `#[migration(\"…\", allow(drop_column, reason = \"…\"))]`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, nickname text)"],
            "ALTER TABLE users DROP COLUMN nickname",
            "COMMENT ON COLUMN users.nickname IS 'no longer used: to be dropped'",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::DropColumn { name, .. } = change else {
        return;
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    // Of a column that this migration added, nothing is lost.
    if context
        .column(table, &name.text)
        .is_none_or(|column| column.origin == context.method.origin)
    {
        return;
    }
    findings.push(
        Finding::new(
            Code::DropColumn,
            format!("this drops column `{name}` of `{}` with every value in it", table.name),
            name.range.clone(),
        )
        .help("drop it when no running program uses it any more, and say why that is safe with `allow(drop_column, reason = \"…\")`"),
    );
}
