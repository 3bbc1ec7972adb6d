use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, Page, SQLITE},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::NeedlessAutoincrement,
        products: SQLITE,
        summary: "`AUTOINCREMENT` is used.",
        why: "`INTEGER PRIMARY KEY` gives a new number already. `AUTOINCREMENT` only makes sure that the number of a deleted row is never given again, and writes to one more table at each insert.",
        instead: "Leave it out, unless numbers of deleted rows must never come again.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    if new
        .column
        .primary_key
        .as_ref()
        .is_some_and(|key| key.autoincrement)
    {
        findings.push(
            Finding::new(
                Code::NeedlessAutoincrement,
                format!(
                    "`{}` counts without AUTOINCREMENT too, and cheaper",
                    new.column.name
                ),
                new.column.range.clone(),
            )
            .help(
                "leave `AUTOINCREMENT` out, unless numbers of deleted rows must never come again",
            ),
        );
    }
}
