use crate::{
    Code, Finding,
    catalog::ConstraintKind,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Alter, AlterTable, ConstraintKind as NewConstraint},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropForeignKey,
        products: ALL,
        summary: "A foreign key is dropped, and none takes its place.",
        why: "From now on rows can refer to what is not there. Making the key again later fails on each of them.",
        instead: "Make the new foreign key in the same migration, or say why the relation need not be kept any more.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint PRIMARY KEY)",
                "CREATE TABLE posts (id bigint PRIMARY KEY, author bigint CONSTRAINT posts_author REFERENCES users)",
            ],
            "ALTER TABLE posts DROP CONSTRAINT posts_author",
            "ALTER TABLE posts DROP CONSTRAINT posts_author, ADD CONSTRAINT posts_author FOREIGN KEY (author) REFERENCES users ON DELETE CASCADE NOT VALID",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::DropConstraint {
        name: Some(name), ..
    } = change
    else {
        return;
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    let Some(columns) = table
        .constraints
        .iter()
        .find_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { columns, .. }
                if context.same(&constraint.name, &name.text) =>
            {
                Some(columns)
            }
            _ => None,
        })
    else {
        return;
    };
    let here = std::iter::once(alter);
    let later = context
        .later_about(&alter.name)
        .filter_map(|action| match action {
            crate::tree::Action::AlterTable(other)
                if context.same_path(&other.name, &alter.name) =>
            {
                Some(other)
            }
            _ => None,
        });
    let replaced = here
        .chain(later)
        .flat_map(|alter| &alter.changes)
        .any(|change| match change {
            Alter::AddConstraint(added) => match &added.kind {
                NewConstraint::ForeignKey(key) => key
                    .columns
                    .iter()
                    .any(|column| columns.iter().any(|old| context.same(old, &column.text))),
                _ => false,
            },
            Alter::DropColumn { name, .. } => {
                columns.iter().any(|old| context.same(old, &name.text))
            }
            _ => false,
        });
    if !replaced {
        findings.push(
            Finding::new(
                Code::DropForeignKey,
                format!(
                    "without foreign key `{name}`, `{}` can hold values of {} that refer to nothing",
                    table.name,
                    columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", "),
                ),
                name.range.clone(),
            )
            .help("make the new foreign key in the same migration"),
        );
    }
}
