use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, Page, SQLITE},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::NumericAffinity,
        products: SQLITE,
        summary: "A date, a time, a UUID or JSON in a column that SQLite takes for numeric.",
        why: "SQLite has no such types. `DATETIME`, `TIMESTAMP`, `UUID`, `JSON` and their kin mean NUMERIC: a text that looks like a number is changed into one (`1e3` to 1000, JSON’s `1.0` to 1).",
        instead: "Write `TEXT` for dates in ISO 8601, UUIDs and JSON, `INTEGER` for Unix time.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "CREATE TABLE users (id INTEGER PRIMARY KEY, data JSON)",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, data TEXT)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let lower = ty.path.name.text.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "datetime"
            | "date"
            | "time"
            | "timestamp"
            | "timestamptz"
            | "uuid"
            | "guid"
            | "json"
            | "jsonb"
            | "timestamp with time zone"
            | "timestamp without time zone"
    ) {
        findings.push(
            Finding::new(
                Code::NumericAffinity,
                format!(
                    "SQLite takes `{}` for a number: a text that looks like one is changed",
                    ty.path
                ),
                ty.range.clone(),
            )
            .help("write `TEXT`, or `INTEGER` for Unix time"),
        );
    }
}
