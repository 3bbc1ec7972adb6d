use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page, text},
    tree::{Action, ObjectKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropIndexNotConcurrent,
        products: POSTGRES,
        summary: "An index is dropped under a lock that also stops reading.",
        why: "`DROP INDEX` takes an ACCESS EXCLUSIVE lock on the table. It waits for every query that runs, and all later ones wait behind it.",
        instead: "Write `DROP INDEX CONCURRENTLY` in a migration of its own.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)",
                "CREATE INDEX users_email ON users (email)",
            ],
            "DROP INDEX users_email",
            "DROP INDEX CONCURRENTLY users_email",
        )
        .without_transaction()],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Drop(drop) = action else { return };
    if drop.concurrently {
        return;
    }
    for target in drop
        .targets
        .iter()
        .filter(|target| target.kind == ObjectKind::Index)
    {
        // Only one index can be dropped concurrently at a time, and none with CASCADE.
        let mut finding = Finding::new(
            Code::DropIndexNotConcurrent,
            format!(
                "nobody can read or write the table of `{}` while this waits for its lock",
                target.path
            ),
            target.path.range(),
        )
        .help("write `DROP INDEX CONCURRENTLY` in a migration of its own");
        if !context.method.transaction
            && drop.targets.len() == 1
            && let Some(word) = text::word(context, "index")
        {
            finding = finding.fix(word.end..word.end, " CONCURRENTLY");
        }
        findings.push(finding);
    }
}
