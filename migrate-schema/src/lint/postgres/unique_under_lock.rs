use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Alter, AlterTable, ConstraintKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::UniqueUnderLock,
        products: POSTGRES,
        summary: "A unique constraint is added, and nobody can use the table while its index is made.",
        why: "`ADD UNIQUE` reads the whole table and makes an index under an ACCESS EXCLUSIVE lock.",
        instead: "Make the index first with `CREATE UNIQUE INDEX CONCURRENTLY`, in a migration of its own. Then write `ADD CONSTRAINT … UNIQUE USING INDEX …`, which takes a moment.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint NOT NULL, email text)",
                "CREATE UNIQUE INDEX users_id ON users (id)",
            ],
            "DELETE FROM users WHERE email IS NULL;\nALTER TABLE users ADD CONSTRAINT users_key UNIQUE (id)",
            "ALTER TABLE users ADD CONSTRAINT users_key UNIQUE USING INDEX users_id",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AddConstraint(constraint) = change else {
        return;
    };
    let ConstraintKind::Unique(_) = &constraint.kind else {
        return;
    };
    if let Some(table) = context.existing(&alter.name) {
        findings.push(
            Finding::new(
                Code::UniqueUnderLock,
                format!("nobody can read or write `{}` while the index of this constraint is made", table.name),
                constraint.range.clone(),
            )
            .help("make the index first with `CREATE UNIQUE INDEX CONCURRENTLY`, then add the constraint with `USING INDEX`"),
        );
    }
}
