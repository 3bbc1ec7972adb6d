use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES_LIKE, Page},
    tree::{Action, Behavior},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::TruncateCascade,
        products: POSTGRES_LIKE,
        summary: "`TRUNCATE … CASCADE` also empties every table that refers to this one.",
        why: "The tables are not named, and may be many. All their rows go.",
        instead: "Name every table that is to be emptied, without `CASCADE`: if one was forgotten, PostgreSQL says so.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "CREATE TABLE fresh (id bigint);\nTRUNCATE fresh CASCADE",
            "CREATE TABLE fresh (id bigint);\nTRUNCATE fresh",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Truncate {
        tables,
        behavior: Behavior::Cascade,
    } = action
    else {
        return;
    };
    if let (Some(first), Some(last)) = (tables.first(), tables.last()) {
        findings.push(
            Finding::new(
                Code::TruncateCascade,
                "`CASCADE` also empties every table that refers to these",
                first.range().start..last.range().end,
            )
            .help("name every table that is to be emptied, and leave `CASCADE` out"),
        );
    }
}
