use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page, walk},
    tree::{Action, ExpressionKind, Source},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::UpdateWithoutWhere,
        products: ALL,
        summary: "Every row of a table gets the same new value, and the old ones are lost.",
        why: "An `UPDATE` without `WHERE` that sets an old column to a constant makes all rows alike. Nothing is said where the column was added by the same migration or the one before, \
              or where the new value is computed from the row.",
        instead: "Write the condition, or say why the old values can go: `#[migration(\"…\", allow(update_without_where, reason = \"…\"))]`.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT)",
                "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
            ],
            "UPDATE users SET role = 'member'",
            "UPDATE users SET role = 'member' WHERE role IS NULL",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Update(update) = action else {
        return;
    };
    if update.filter.is_some() || !update.rest.is_empty() || !update.from.is_empty() {
        return;
    }
    let Source::Table { name, .. } = &update.target else {
        return;
    };
    let Some(table) = context.existing(name) else {
        return;
    };
    for (targets, value) in &update.assignments {
        let mut constant = true;
        walk::inside(value, |part| {
            constant &= matches!(
                part.kind,
                ExpressionKind::Literal(_) | ExpressionKind::Cast { .. }
            );
        });
        let Some(target) = targets.first().filter(|_| constant) else {
            continue;
        };
        let is_old = context
            .column(table, &target.name.text)
            .is_some_and(|column| column.origin.0 + 1 < context.method.origin.0);
        if is_old {
            findings.push(
                Finding::new(
                    Code::UpdateWithoutWhere,
                    format!("this overwrites `{}` in every row of `{}`", target.name, table.name),
                    target.range(),
                )
                .help("write a `WHERE`, or say why the old values can go with `allow(update_without_where, reason = \"…\")`"),
            );
        }
    }
}
