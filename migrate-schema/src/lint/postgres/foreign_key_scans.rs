use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Alter, AlterTable, ConstraintKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ForeignKeyScans,
        products: POSTGRES,
        summary: "A foreign key is added, and all rows are read under a lock.",
        why: "`ADD FOREIGN KEY` looks up every row in the other table, and stops writes to both until it is done. With `NOT VALID` it takes a moment, and holds for new rows from then on.",
        instead: "Write `NOT VALID` behind it, and `ALTER TABLE … VALIDATE CONSTRAINT` in a later migration: that does not stop anybody.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)",
                "CREATE TABLE teams (id bigint PRIMARY KEY)",
            ],
            "ALTER TABLE users ADD CONSTRAINT users_c FOREIGN KEY (team) REFERENCES teams",
            "ALTER TABLE users ADD CONSTRAINT users_c FOREIGN KEY (team) REFERENCES teams NOT VALID",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AddConstraint(constraint) = change else {
        return;
    };
    if constraint.not_valid || !matches!(constraint.kind, ConstraintKind::ForeignKey(..)) {
        return;
    }
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    // NOT VALID is not to be had for a foreign key of a partitioned table before PostgreSQL 18.
    if table.partitioned {
        return;
    }
    findings.push(
        Finding::new(
            Code::ForeignKeyScans,
            format!(
                "nobody can write to `{}` while every row is checked",
                table.name
            ),
            constraint.range.clone(),
        )
        .help("write `NOT VALID` behind it, and `VALIDATE CONSTRAINT` in a later migration"),
    );
}
