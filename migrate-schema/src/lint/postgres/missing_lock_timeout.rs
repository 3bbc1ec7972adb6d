use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::MissingLockTimeout,
        products: POSTGRES,
        summary: "A table is locked without a limit to how long that is waited for.",
        why: "An `ALTER TABLE` waits for every query that runs; all later queries wait behind it. One long report is enough to stop the program.",
        instead: "Write `SET LOCAL lock_timeout = '5s'` before it. The migration then fails, and is tried again later.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD COLUMN born date",
            "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN born date",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::AlterTable(alter) = action else {
        return;
    };
    if context.existing(&alter.name).is_none() {
        return;
    }
    let limited = context.earlier().any(|action| match action {
        Action::Setting { name, .. } => {
            name.contains("lock_timeout") || name.contains("statement_timeout")
        }
        // It was said of the first one.
        Action::AlterTable(earlier) => context.existing(&earlier.name).is_some(),
        _ => false,
    });
    if !limited {
        findings.push(
            Finding::new(
                Code::MissingLockTimeout,
                format!(
                    "queries of `{}` wait for as long as this waits for its lock",
                    alter.name
                ),
                alter.name.range(),
            )
            .help("write `SET LOCAL lock_timeout = '5s'` before it"),
        );
    }
}
