use crate::{
    Code,
    catalog::ConstraintKind,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
    tree::Action,
};

use super::rebuild::rebuilds;

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildDeletesChildren,
        products: SQLITE,
        summary: "A table is made anew while foreign keys are enforced, and the rows that refer to it are deleted.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. `DROP TABLE` deletes the rows of the old table first. With `ON DELETE CASCADE` those that refer to them go too; with `SET NULL` they forget what they referred to. \
              A migration that runs in a transaction is safe: the runner sees the rebuild and switches foreign keys off around it.",
        instead: "Leave `transaction = false` out. If it is needed, write `PRAGMA foreign_keys = OFF` before and `ON` behind: outside of a transaction it works.",
        examples: &[
            Example::new(
                "sqlite",
                &["CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT)", "CREATE TABLE users (id INTEGER PRIMARY KEY, team INTEGER REFERENCES teams (id) ON DELETE CASCADE)"],
                "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO new SELECT id, name FROM teams;\nDROP TABLE teams;\nALTER TABLE new RENAME TO teams",
                "PRAGMA foreign_keys = OFF;\nCREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO new SELECT id, name FROM teams;\nDROP TABLE teams;\nALTER TABLE new RENAME TO teams",
            )
            .without_transaction(),
        ],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    if context.method.transaction {
        return;
    }
    for rebuild in rebuilds(context) {
        if is_switched_off(context, rebuild.dropped.at) {
            continue;
        }
        let mut deleted: Vec<String> = Vec::new();
        let mut emptied: Vec<String> = Vec::new();
        for child in context.catalog.relations() {
            let actions =
                child
                    .constraints
                    .iter()
                    .filter_map(|constraint| match &constraint.kind {
                        ConstraintKind::ForeignKey {
                            table, on_delete, ..
                        } if context.same(&table.1, &rebuild.dropped.name) => on_delete.as_deref(),
                        _ => None,
                    });
            for action in actions {
                let list = match action {
                    "CASCADE" => &mut deleted,
                    "SET NULL" | "SET DEFAULT" => &mut emptied,
                    _ => continue,
                };
                let name = format!("`{}`", child.name);
                if child.name != rebuild.new.name && !list.contains(&name) {
                    list.push(name);
                }
            }
        }
        for (mut tables, what) in [
            (deleted, "deletes every row that refers to it from"),
            (emptied, "takes away every reference to it from"),
        ] {
            tables.sort();
            if tables.is_empty() {
                continue;
            }
            rebuild.report(
                context,
                Code::RebuildDeletesChildren,
                format!(
                    "with foreign keys enforced, dropping `{}` {what} {}",
                    rebuild.dropped.relation.name,
                    tables.join(", ")
                ),
                "write `PRAGMA foreign_keys = OFF` before, outside of a transaction",
                placed,
            );
        }
    }
}

fn is_switched_off(context: &Context<'_>, at: usize) -> bool {
    let before = context.method.statements.get(..at).unwrap_or_default();
    before.iter().flat_map(|place| &place.tree.actions).any(|action| {
        matches!(action, Action::Setting { name, value: Some(value) }
            if name == "foreign_keys" && matches!(value.to_ascii_lowercase().as_str(), "off" | "0" | "false" | "no"))
    })
}
