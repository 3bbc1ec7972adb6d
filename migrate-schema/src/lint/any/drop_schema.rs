use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, ObjectKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropSchema,
        products: ALL,
        summary: "A schema (on MySQL: a database) is dropped, with all that is in it.",
        why: "Everything in the schema goes: tables, rows, views, functions. `down` can make the tables again, but not their rows.",
        instead: "Drop the tables one by one, in the order in which nothing refers to them any more, and the empty schema last. If all of it has to go, say so: \
                  `#[migration(\"…\", allow(drop_schema, reason = \"…\"))]`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE SCHEMA old", "CREATE TABLE old.a (id bigint)"],
            "DROP SCHEMA old CASCADE",
            "CREATE SCHEMA new",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Drop(drop) = action else { return };
    for target in drop
        .targets
        .iter()
        .filter(|target| target.kind == ObjectKind::Schema)
    {
        let name = &target.path;
        findings.push(
            Finding::new(
                Code::DropSchema,
                format!("this drops schema `{name}` with every table and row in it"),
                name.range(),
            )
            .help("drop its tables one by one, and the empty schema last"),
        );
    }
}
