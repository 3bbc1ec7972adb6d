use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Action, Body},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::StatementAfterLock,
        products: POSTGRES,
        summary: "More statements follow one that has locked a table against every query.",
        why: "A lock is held until the transaction ends. Each statement behind an ACCESS EXCLUSIVE lock makes every query of the table wait longer.",
        instead: "Put what takes long (updates, indexes) into a migration of its own, before.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD COLUMN born date;\nUPDATE users SET email = lower(email) WHERE email <> lower(email)",
            "UPDATE users SET email = lower(email) WHERE email <> lower(email)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    if !context.method.transaction || !takes_long(action) {
        return;
    }
    let locked = context.earlier().find_map(|action| match action {
        Action::AlterTable(alter) => context.existing(&alter.name).map(|_| &alter.name),
        _ => None,
    });
    if let Some(table) = locked {
        findings.push(
            Finding::new(
                Code::StatementAfterLock,
                format!("every query of `{table}` waits until this is done: an earlier statement has locked it"),
                context.statement(),
            )
            .help("put it into a migration of its own"),
        );
    }
}

/// Whether a statement may run as long as a table is big.
const fn takes_long(action: &Action) -> bool {
    matches!(
        action,
        Action::Update(_) | Action::Delete(_) | Action::CreateIndex(_)
    ) || matches!(action, Action::Insert(insert) if matches!(&insert.rows, Some(rows) if matches!(rows.body, Body::Select(_))))
}
