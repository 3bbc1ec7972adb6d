use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SERVERS},
    tree::{Alter, AlterTable, Name},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RenameColumn,
        products: SERVERS,
        summary: "A column that programs use is renamed.",
        why: "From the moment the migration commits, every program that still runs with the old name fails, until it is replaced. \
              (On SQLite the program that migrates is mostly the only one, so nothing is said there.)",
        instead: "Add the new column, let the program write both, copy the values, let it read the new one, and drop the old one last: each in a migration of its own. \
                  Or stop the programs first, and say so: `#[migration(\"…\", allow(rename_column, reason = \"…\"))]`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, mail text)"],
            "ALTER TABLE users RENAME COLUMN mail TO email",
            "ALTER TABLE users ADD COLUMN email text",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let (from, to): (&Name, &Name) = match change {
        Alter::RenameColumn { from, to } => (from, to),
        Alter::Redefine { name, column, .. } if !context.same(&name.text, &column.name.text) => {
            (name, &column.name)
        }
        _ => return,
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    if context
        .column(table, &from.text)
        .is_none_or(|column| column.origin == context.method.origin)
    {
        return;
    }
    findings.push(
        Finding::new(
            Code::RenameColumn,
            format!("programs that still use `{}.{from}` fail as soon as it is called `{to}`", table.name),
            to.range.clone(),
        )
        .help(format!("add `{to}` as a column of its own, copy the values, and drop `{from}` when nothing uses it any more")),
    );
}
