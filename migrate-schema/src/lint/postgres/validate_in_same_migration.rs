use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{Action, Alter, AlterTable},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ValidateInSameMigration,
        products: POSTGRES,
        summary: "A constraint is added as `NOT VALID` and validated in the same transaction.",
        why: "The lock of the first statement is held until the transaction ends, so the table stays locked while all rows are read: the same as without `NOT VALID`.",
        instead: "Validate it in a later migration.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD CONSTRAINT users_c CHECK (email <> '') NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT users_c",
            "ALTER TABLE users ADD CONSTRAINT users_c CHECK (email <> '') NOT VALID",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::ValidateConstraint(name) = change else {
        return;
    };
    if !context.method.transaction || context.existing(&alter.name).is_none() {
        return;
    }
    let added_here = context
        .earlier_about(&alter.name)
        .any(|action| match action {
            Action::AlterTable(earlier) => {
                context.same_path(&earlier.name, &alter.name)
                    && earlier.changes.iter().any(|change| match change {
                        Alter::AddConstraint(added) => {
                            added.not_valid
                                && added.name.as_ref().is_some_and(|it| it.text == name.text)
                        }
                        _ => false,
                    })
            }
            _ => false,
        });
    if added_here {
        findings.push(
            Finding::new(
                Code::ValidateInSameMigration,
                format!("`{name}` is validated under the lock that adding it has taken: `NOT VALID` has won nothing"),
                name.range.clone(),
            )
            .help("validate it in a later migration"),
        );
    }
}
