use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Alter, ObjectKind, Path},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropTable,
        products: ALL,
        summary: "A table is dropped, with its rows.",
        why: "The rows are gone, and `down` cannot bring them back. A program that still runs with the old schema fails at its next query.\n\n\
              Nothing is said about a table that the same migration makes, or makes again under the same name (the way SQLite needs for most changes).",
        instead: "Deploy a version that no longer uses the table first. Then drop it, and say why that is safe: \
                  `#[migration(\"…\", allow(drop_table, reason = \"…\"))]`.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE visits (id INTEGER PRIMARY KEY, page TEXT)"],
            "DROP TABLE visits",
            "CREATE TABLE visits_new (id INTEGER PRIMARY KEY, page TEXT NOT NULL);\n\
             INSERT INTO visits_new SELECT id, coalesce(page, '') FROM visits;\n\
             DROP TABLE visits;\n\
             ALTER TABLE visits_new RENAME TO visits",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Drop(drop) = action else { return };
    for target in drop
        .targets
        .iter()
        .filter(|target| target.kind == ObjectKind::Table)
    {
        let name = &target.path;
        if context.existing(name).is_none()
            || is_made_again(context, name)
            || was_renamed(context, name)
        {
            continue;
        }
        findings.push(
            Finding::new(
                Code::DropTable,
                format!("this drops table `{name}` with every row in it"),
                name.range(),
            )
            .help("drop it when no running program uses it any more, and say why that is safe with `allow(drop_table, reason = \"…\")`"),
        );
    }
}

/// Whether a later statement of the method gives a table this name.
pub(super) fn is_made_again(context: &Context<'_>, name: &Path) -> bool {
    context.later_about(name).any(|action| match action {
        Action::CreateTable(create) => context.same_path(&create.name, name),
        Action::Rename(rename) => context.same_path(&rename.to, name),
        Action::AlterTable(alter) => alter
            .changes
            .iter()
            .any(|change| matches!(change, Alter::RenameTo(to) if context.same(&to.name.text, &name.name.text))),
        _ => false,
    })
}

/// Whether the method gave the table this name, so that another could take its place.
fn was_renamed(context: &Context<'_>, name: &Path) -> bool {
    context.earlier_about(name).any(|action| match action {
        Action::Rename(rename) => context.same_path(&rename.to, name),
        Action::AlterTable(alter) => alter
            .changes
            .iter()
            .any(|change| matches!(change, Alter::RenameTo(to) if context.same(&to.name.text, &name.name.text))),
        _ => false,
    })
}
