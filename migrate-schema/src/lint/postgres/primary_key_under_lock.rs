use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Alter, AlterTable, ConstraintKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PrimaryKeyUnderLock,
        products: POSTGRES,
        summary: "A primary key is added, and nobody can use the table while its index is made.",
        why: "`ADD PRIMARY KEY` reads the whole table and makes an index under an ACCESS EXCLUSIVE lock.",
        instead: "Make the index first with `CREATE UNIQUE INDEX CONCURRENTLY`, in a migration of its own. Then write `ADD CONSTRAINT … PRIMARY KEY USING INDEX …`, which takes a moment.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint NOT NULL, email text)",
                "CREATE UNIQUE INDEX users_id ON users (id)",
            ],
            "ALTER TABLE users ADD CONSTRAINT users_key PRIMARY KEY (id)",
            "ALTER TABLE users ADD CONSTRAINT users_key PRIMARY KEY USING INDEX users_id",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AddConstraint(constraint) = change else {
        return;
    };
    let ConstraintKind::PrimaryKey(_) = &constraint.kind else {
        return;
    };
    if let Some(table) = context.existing(&alter.name) {
        findings.push(
            Finding::new(
                Code::PrimaryKeyUnderLock,
                format!("nobody can read or write `{}` while the primary key is made", table.name),
                constraint.range.clone(),
            )
            .help("make the index first with `CREATE UNIQUE INDEX CONCURRENTLY`, then add the constraint with `USING INDEX`"),
        );
    }
}
