use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Action, Alter, ObjectKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::MergeAlters,
        products: POSTGRES,
        summary: "Two `ALTER TABLE` of one table stand one behind the other.",
        why: "Each takes the lock anew, and where both write or read the table, it is done twice.",
        instead: "Write one `ALTER TABLE` with a comma between the changes.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD COLUMN born date;\nALTER TABLE users ADD COLUMN city text",
            "ALTER TABLE users ADD COLUMN born date, ADD COLUMN city text",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::AlterTable(alter) = action else {
        return;
    };
    let single = |changes: &[Alter]| {
        changes.iter().any(|change| {
            matches!(
                change,
                Alter::RenameTo(_)
                    | Alter::RenameColumn { .. }
                    | Alter::RenameConstraint { .. }
                    | Alter::SetSchema(_)
                    | Alter::Attach { .. }
                    | Alter::Detach(_)
            )
        })
    };
    let Some(Action::AlterTable(before)) = context
        .at
        .checked_sub(1)
        .and_then(|at| context.method.statements.get(at))
        .and_then(|place| place.tree.actions.first())
    else {
        return;
    };
    if context.existing(&alter.name).is_some()
        && alter.kind == ObjectKind::Table
        && before.name.to_string() == alter.name.to_string()
        && !single(&alter.changes)
        && !single(&before.changes)
    {
        findings.push(
            Finding::new(
                Code::MergeAlters,
                format!(
                    "this locks `{}` once more: the statement before alters it too",
                    alter.name
                ),
                alter.name.range(),
            )
            .help("write one `ALTER TABLE` with a comma between the changes"),
        );
    }
}
