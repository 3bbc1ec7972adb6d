use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Alter, AlterTable, ConstraintKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::CheckScans,
        products: POSTGRES,
        summary: "A check is added, and all rows are read under a lock.",
        why: "`ADD CHECK` reads every row under an ACCESS EXCLUSIVE lock. With `NOT VALID` it takes a moment, and holds for new rows from then on.",
        instead: "Write `NOT VALID` behind it, and `ALTER TABLE … VALIDATE CONSTRAINT` in a later migration: that does not stop anybody.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)",
                "CREATE TABLE teams (id bigint PRIMARY KEY)",
            ],
            "ALTER TABLE users ADD CONSTRAINT users_c CHECK (email <> '')",
            "ALTER TABLE users ADD CONSTRAINT users_c CHECK (email <> '') NOT VALID",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AddConstraint(constraint) = change else {
        return;
    };
    if constraint.not_valid || !matches!(constraint.kind, ConstraintKind::Check(..)) {
        return;
    }
    let Some(table) = context.existing(&alter.name) else {
        return;
    };

    findings.push(
        Finding::new(
            Code::CheckScans,
            format!(
                "no query of `{}` runs while every row is checked",
                table.name
            ),
            constraint.range.clone(),
        )
        .help("write `NOT VALID` behind it, and `VALIDATE CONSTRAINT` in a later migration"),
    );
}
