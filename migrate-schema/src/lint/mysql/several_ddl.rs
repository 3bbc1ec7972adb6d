use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, MYSQL, Page},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::SeveralDdl,
        products: MYSQL,
        summary: "A migration changes the schema in several statements.",
        why: "Each of them commits by itself here. Where the third fails, the first two stay; the runner records how far it came and goes on from there, another tool does not.",
        instead: "One change of the schema for each migration, where it matters that a migration is done or not done.",
        examples: &[Example::new(
            "mysql",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))"],
            "ALTER TABLE users ADD COLUMN born date;\nCREATE TABLE posts (id bigint PRIMARY KEY)",
            "ALTER TABLE users ADD COLUMN born date",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let mut before = context
        .earlier()
        .filter(|action| changes_the_schema(action));
    // Said once, of the second.
    if changes_the_schema(action) && before.next().is_some() && before.next().is_none() {
        findings.push(
            Finding::new(
                Code::SeveralDdl,
                "the statements before this one stay when this one fails: each change of the schema commits by itself",
                context.statement(),
            )
            .help("put it into a migration of its own"),
        );
    }
}

const fn changes_the_schema(action: &Action) -> bool {
    matches!(
        action,
        Action::CreateTable(_)
            | Action::AlterTable(_)
            | Action::CreateIndex(_)
            | Action::CreateView(_)
            | Action::CreateTrigger(_)
            | Action::CreateFunction(_)
            | Action::Drop(_)
            | Action::Rename(_)
            | Action::Truncate { .. }
    )
}
