use crate::{
    Code,
    catalog::{ConstraintKind, Relation},
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

use super::rebuild::{Part, names, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesCheck,
        products: SQLITE,
        summary: "A table is made anew, and a `CHECK` of it is not.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. What the `CHECK` kept out can come in from now on.",
        instead: "Write the `CHECK` again in the new table. If it is meant to go, make that a migration of its own: where nothing else changes, nothing is said.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER CHECK (team > 0))",
            ],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER CHECK (team > 0));\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        if !rebuild.changes_more_than(context, Part::Checks) {
            continue;
        }
        let checks = |relation: &Relation| -> Vec<Vec<String>> {
            let constraints = relation.constraints.iter();
            constraints
                .filter_map(|constraint| match &constraint.kind {
                    ConstraintKind::Check(check) => Some(names(check)),
                    _ => None,
                })
                .collect()
        };
        let new = checks(rebuild.new);
        for columns in checks(rebuild.old) {
            let kept = new
                .iter()
                .any(|other| columns.iter().all(|column| other.contains(column)));
            let gone = columns.iter().any(|column| !rebuild.keeps(context, column));
            if kept || gone || columns.is_empty() {
                continue;
            }
            rebuild.report(
                context,
                Code::RebuildLosesCheck,
                format!(
                    "`{}` is made anew, and loses its CHECK on {}",
                    rebuild.new.name,
                    listed(&columns)
                ),
                "write the `CHECK` again in the new table",
                placed,
            );
        }
    }
}

/// The first few of the columns.
fn listed(columns: &[String]) -> String {
    match columns {
        [one, two, three, rest @ ..] if rest.len() > 1 => {
            format!("{one}, {two}, {three} and {} more columns", rest.len())
        }
        _ => columns.join(", "),
    }
}
