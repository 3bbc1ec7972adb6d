use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page},
    settings::Product,
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DdlInTransaction,
        products: &[Product::Cockroach],
        summary: "Several changes of the schema in one transaction, which is not atomic here.",
        why: "CockroachDB does changes of the schema as jobs behind the commit. Where the second fails, the first may be done, and the transaction is committed all the same (XXA00).",
        instead: "One change of the schema for each migration, or `transaction = false`: then the runner does them one by one.",
        examples: &[Example::new(
            "cockroach",
            &["CREATE TABLE users (id uuid PRIMARY KEY)"],
            "ALTER TABLE users ADD COLUMN born date;\nCREATE INDEX users_born ON users (born)",
            "ALTER TABLE users ADD COLUMN born date",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    if !context.method.transaction || !changes_old(context, action) {
        return;
    }
    let mut before = context
        .earlier()
        .filter(|action| changes_old(context, action));
    // Said once, of the second.
    if before.next().is_some() && before.next().is_none() {
        findings.push(
            Finding::new(Code::DdlInTransaction, "when this fails, the statements before it may stay: they are not undone together here", context.statement())
                .help("put it into a migration of its own"),
        );
    }
}

/// Whether an action changes something that an earlier migration made.
fn changes_old(context: &Context<'_>, action: &Action) -> bool {
    match action {
        Action::AlterTable(alter) => context.existing(&alter.name).is_some(),
        Action::CreateIndex(index) => context.existing(&index.table).is_some(),
        Action::Drop(_) | Action::Truncate { .. } | Action::AlterType(_) => true,
        _ => false,
    }
}
