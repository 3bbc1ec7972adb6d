use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SERVERS},
    tree::{Action, Alter, ObjectKind, Path},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RenameTable,
        products: SERVERS,
        summary: "A table that programs use is renamed.",
        why: "From the moment the migration commits, every program that still runs with the old name fails, until it is replaced. \
              (On SQLite the program that migrates is mostly the only one, so nothing is said there.)",
        instead: "Make a view with the old name in the same migration, and drop it when nothing uses it any more. Or stop the programs first, and say so: \
                  `#[migration(\"…\", allow(rename_table, reason = \"…\"))]`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY)"],
            "ALTER TABLE users RENAME TO accounts",
            "ALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT id FROM accounts",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    match action {
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                if let Alter::RenameTo(to) = change {
                    renamed(context, &alter.name, to, findings);
                }
            }
        }
        Action::Rename(rename) if rename.target.kind == ObjectKind::Table => {
            renamed(context, &rename.target.path, &rename.to, findings);
        }
        _ => {}
    }
}

fn renamed(context: &Context<'_>, from: &Path, to: &Path, findings: &mut Vec<Finding>) {
    if context.existing(from).is_none() || takes_its_place(context, from) {
        return;
    }
    findings.push(
        Finding::new(
            Code::RenameTable,
            format!("programs that still use `{from}` fail as soon as it is called `{to}`"),
            to.range(),
        )
        .help(format!("make a view `{from}` on `{to}` in the same migration, and drop it when nothing uses it any more")),
    );
}

/// Whether the method makes something else of the old name.
fn takes_its_place(context: &Context<'_>, from: &Path) -> bool {
    super::drop_table::is_made_again(context, from)
        || context.later_about(from)
            .any(|action| matches!(action, Action::CreateView(view) if context.same_path(&view.name, from)))
}
