use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, POSTGRES_LIKE, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PreferTimestamptz,
        products: POSTGRES_LIKE,
        summary: "A point in time has no time zone.",
        why: "`timestamp` keeps what a clock somewhere showed. Which moment that was depends on the settings of whoever reads it.",
        instead: "Write `timestamptz`. It takes the same eight bytes.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id bigint, born timestamp)",
            "CREATE TABLE users (id bigint, born timestamptz)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let name = ty.path.name.text.as_str();
    if ["timestamp", "timestamp without time zone"].contains(&name) {
        findings.push(
            Finding::new(
                Code::PreferTimestamptz,
                format!(
                    "which moment `{}` means depends on who reads it",
                    new.column.name
                ),
                ty.range.clone(),
            )
            .help("write `timestamptz`"),
        );
    }
}
