use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, walk},
    settings::Product,
    tree::{Action, Column, ConstraintKind, ExpressionKind, TypeName},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::SequentialKey,
        products: &[Product::Cockroach],
        summary: "Keys that count up, on a cluster that keeps rows by their key.",
        why: "CockroachDB spreads rows by their key. Where each new key is the next one, all inserts go to one node. A sequence also is a place that every insert has to visit.",
        instead: "Write `uuid DEFAULT gen_random_uuid()`, or let the index be hashed: `PRIMARY KEY (id) USING HASH`.",
        examples: &[Example::new(
            "cockroach",
            &[],
            "CREATE TABLE users (id bigserial PRIMARY KEY)",
            "CREATE TABLE users (id uuid DEFAULT gen_random_uuid() PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateTable(create) = action else {
        return;
    };
    for column in &create.columns {
        let in_key = create
            .constraints
            .iter()
            .any(|constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey(parts) => {
                    let first = parts.first().and_then(|part| part.expression.as_column());
                    first.is_some_and(|name| name.text == column.name.text)
                }
                _ => false,
            });
        if (column.primary_key.is_some() || in_key) && counts(column) {
            findings.push(
                Finding::new(
                    Code::SequentialKey,
                    format!(
                        "all inserts go to one node: the next `{}` is always beside the last",
                        column.name
                    ),
                    column.range.clone(),
                )
                .help("write `uuid DEFAULT gen_random_uuid()`"),
            );
        }
    }
}

/// Whether each new value is the next one.
fn counts(column: &Column) -> bool {
    let serial = |ty: &TypeName| ty.path.schema.is_none() && ty.path.name.text.contains("serial");
    let mut found = column.identity.is_some() || column.ty.as_ref().is_some_and(serial);
    if let Some(default) = &column.default {
        walk::inside(default, |part| {
            found |= matches!(&part.kind, ExpressionKind::Call { name, .. } if name.name.text == "nextval");
        });
    }
    found
}
