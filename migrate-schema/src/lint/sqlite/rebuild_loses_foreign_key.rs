use crate::{
    Code,
    catalog::ConstraintKind,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

use super::rebuild::{Part, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesForeignKey,
        products: SQLITE,
        summary: "A table is made anew, and a foreign key of it is not.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. From now on rows can refer to what is not there.",
        instead: "Write the `REFERENCES` again in the new table. If it is meant to go, make that a migration of its own: where nothing else changes, nothing is said.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE teams (id INTEGER PRIMARY KEY)",
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER REFERENCES teams (id))",
            ],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER REFERENCES teams (id));\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        if !rebuild.changes_more_than(context, Part::ForeignKeys) {
            continue;
        }
        for constraint in &rebuild.old.constraints {
            let ConstraintKind::ForeignKey { columns, table, .. } = &constraint.kind else {
                continue;
            };
            let kept = rebuild.new.constraints.iter().any(|new| match &new.kind {
                ConstraintKind::ForeignKey { columns: new, .. } => columns
                    .iter()
                    .any(|column| new.iter().any(|other| context.same(other, column))),
                _ => false,
            });
            if kept || columns.iter().any(|column| !rebuild.keeps(context, column)) {
                continue;
            }
            rebuild.report(
                context,
                Code::RebuildLosesForeignKey,
                format!(
                    "`{}` is made anew, and loses its foreign key from {} to `{}`",
                    rebuild.new.name,
                    columns.join(", "),
                    context.memory.first_name(&table.1)
                ),
                "write the `REFERENCES` again in the new table",
                placed,
            );
        }
    }
}
