use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Alter, AlterTable, ConstraintKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ExclusionUnderLock,
        products: POSTGRES,
        summary: "An exclusion constraint is added to a table that is in use.",
        why: "`ADD … EXCLUDE` reads the whole table and makes an index under an ACCESS EXCLUSIVE lock. There is no form of it that does not.",
        instead: "Make the table anew with the constraint and move the rows, or do it while nothing runs, and say so: `#[migration(\"…\", allow(exclusion_under_lock, reason = \"…\"))]`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE stays (during tsrange)"],
            "ALTER TABLE stays ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)",
            "CREATE TABLE stays_2 (during tsrange, EXCLUDE USING gist (during WITH &&))",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AddConstraint(constraint) = change else {
        return;
    };
    if matches!(constraint.kind, ConstraintKind::Exclude(_))
        && let Some(table) = context.existing(&alter.name)
    {
        findings.push(
            Finding::new(
                Code::ExclusionUnderLock,
                format!("nobody can read or write `{}` while the index of this constraint is made", table.name),
                constraint.range.clone(),
            )
            .help("do it while nothing uses the table, and say so with `allow(exclusion_under_lock, reason = \"…\")`"),
        );
    }
}
