use crate::{
    Code,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

use super::rebuild::{Part, collation, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesCollation,
        products: SQLITE,
        summary: "A table is made anew, and a column of it loses its collation.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. Without `COLLATE NOCASE`, `a` and `A` are two: queries find less, and unique indexes let more in.",
        instead: "Write `COLLATE` again in the new table. If it is meant to go, make that a migration of its own: where nothing else changes, nothing is said.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, team INTEGER)",
            ],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        if !rebuild.changes_more_than(context, Part::Collations) {
            continue;
        }
        for (old, new) in rebuild.kept(context) {
            if let (Some(name), None) = (collation(old), collation(new)) {
                rebuild.report(
                    context,
                    Code::RebuildLosesCollation,
                    format!(
                        "`{}` is made anew, and `{}` loses its collation {}",
                        rebuild.new.name,
                        new.name,
                        name.to_uppercase()
                    ),
                    "write `COLLATE` again in the new table",
                    placed,
                );
            }
        }
    }
}
