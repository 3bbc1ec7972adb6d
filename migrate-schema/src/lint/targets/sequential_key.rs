use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, Page, walk},
    settings::Product,
    tree::ExpressionKind,
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
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let serial = new
        .column
        .ty
        .as_ref()
        .is_some_and(|ty| ty.path.schema.is_none() && ty.path.name.text.contains("serial"));
    let counts = new.column.default.as_ref().is_some_and(|default| {
        let mut found = false;
        walk::inside(default, |part| {
            found |= matches!(&part.kind, ExpressionKind::Call { name, .. } if name.name.text == "nextval");
        });
        found
    });
    if serial || counts || new.column.identity.is_some() {
        findings.push(
            Finding::new(
                Code::SequentialKey,
                format!(
                    "all inserts go to one node: the next `{}` is always beside the last",
                    new.column.name
                ),
                new.column.range.clone(),
            )
            .help("write `uuid DEFAULT gen_random_uuid()`"),
        );
    }
}
