use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page, text},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ReindexNotConcurrent,
        products: POSTGRES,
        summary: "An index is made anew under a lock that stops writing, and reading by it.",
        why: "`REINDEX` locks the table against writes and the index against reads until it is done.",
        instead: "Write `REINDEX … CONCURRENTLY` (PostgreSQL 12 and newer) in a migration of its own.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "REINDEX TABLE users",
            "REINDEX TABLE CONCURRENTLY users",
        )
        .without_transaction()],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Require(require) = action else {
        return;
    };
    if require.statement != "REINDEX"
        || text::word(context, "concurrently").is_some()
        || context.target().older_than(12, 0)
    {
        return;
    }
    findings.push(
        Finding::new(
            Code::ReindexNotConcurrent,
            "nobody can write to the table while its index is made anew",
            context.statement(),
        )
        .help("write `REINDEX … CONCURRENTLY` in a migration of its own"),
    );
}
