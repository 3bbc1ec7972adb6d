use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, POSTGRES_LIKE, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PreferText,
        products: POSTGRES_LIKE,
        summary: "A text has a fixed greatest length.",
        why: "`varchar(n)` is no faster than `text`, and another length means another migration; a shorter one reads the whole table.",
        instead: "Write `text`, with `CHECK (length(c) <= n)` where the length matters: that can be changed without a lock.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id bigint, name varchar(20))",
            "CREATE TABLE users (id bigint, name text CHECK (length(name) <= 20))",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let name = ty.path.name.text.as_str();
    if ["varchar", "character varying"].contains(&name) && !ty.arguments.is_empty() {
        findings.push(
            Finding::new(
                Code::PreferText,
                format!("`{}` has a length that is hard to change", new.column.name),
                ty.range.clone(),
            )
            .help("write `text`, and a `CHECK` where the length matters"),
        );
    }
}
