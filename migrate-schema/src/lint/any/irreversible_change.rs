use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Source},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::IrreversibleChange,
        products: ALL,
        summary: "Rows are changed or deleted, and the migration does not say that this cannot be undone.",
        why: "`down` can undo a change of the schema; the old values of the rows are gone. A migration that can go down, and leaves other rows behind than there were, \
              is a surprise.",
        instead: "Write `#[migration(\"…\", irreversible = \"…\")]`, or keep what is overwritten in a table from which `down` takes it back.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"],
            "UPDATE users SET email = lower(email) WHERE email <> lower(email)",
            "ALTER TABLE users ADD COLUMN email_lower TEXT;\nUPDATE users SET email_lower = lower(email)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    if context.method.irreversible {
        return;
    }
    let (source, verb) = match action {
        Action::Update(update) => {
            let Source::Table { name, .. } = &update.target else {
                return;
            };
            let Some(table) = context.existing(name) else {
                return;
            };
            let new = update
                .assignments
                .iter()
                .flat_map(|(targets, _)| targets)
                .all(|target| {
                    context
                        .column(table, &target.name.text)
                        .is_none_or(|column| column.origin == context.method.origin)
                });
            if new {
                return;
            }
            (&update.target, "changes")
        }
        Action::Delete(delete) => {
            let Some(target) = delete.targets.first() else {
                return;
            };
            (target, "deletes")
        }
        _ => return,
    };
    if let Source::Table { name, .. } = source
        && let Some(table) = context.existing(name)
    {
        findings.push(
            Finding::new(
                Code::IrreversibleChange,
                format!(
                    "this {verb} rows of `{}`, and `down` cannot bring them back",
                    table.name
                ),
                name.range(),
            )
            .help(
                "write `irreversible = \"…\"` on the migration, or keep what is lost in a table of its own",
            ),
        );
    }
}
