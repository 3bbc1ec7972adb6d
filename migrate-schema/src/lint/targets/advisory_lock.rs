use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page},
    settings::Product,
    tree::{Expression, ExpressionKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::AdvisoryLock,
        products: &[Product::Cockroach, Product::Galera],
        summary: "An advisory lock is taken where it protects nothing.",
        why: "CockroachDB has no advisory locks that hold between sessions, and on Galera `GET_LOCK` is a lock of one node: two programs on two nodes both get it.",
        instead: "Leave it out: the runner lets only one migration run at a time. For other work take a row of a table with `SELECT … FOR UPDATE`.",
        examples: &[
            Example::new("cockroach", &[], "SELECT pg_advisory_lock(1)", "SELECT 1"),
            Example::new("galera", &[], "SELECT GET_LOCK('a', 10)", "SELECT 1"),
        ],
    },
    down: true,
    check: Check::Expression(check),
};

fn check(_: &Context<'_>, expression: &Expression, findings: &mut Vec<Finding>) {
    let ExpressionKind::Call { name, .. } = &expression.kind else {
        return;
    };
    let lower = name.name.text.to_ascii_lowercase();
    if lower.starts_with("pg_advisory_")
        || lower.starts_with("pg_try_advisory_")
        || matches!(
            lower.as_str(),
            "get_lock" | "release_lock" | "release_all_locks" | "is_free_lock" | "is_used_lock"
        )
    {
        findings.push(
            Finding::new(Code::AdvisoryLock, format!("`{lower}` protects nothing here: another node gives the same lock to somebody else"), name.range())
                .help("leave it out: the runner lets only one migration run at a time"),
        );
    }
}
