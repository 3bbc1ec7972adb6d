use crate::{
    Code,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

use super::rebuild::{Part, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesStrict,
        products: SQLITE,
        summary: "A table is made anew without `STRICT`.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. Without `STRICT` every column takes values of every type.",
        instead: "Write `STRICT` again behind the columns. If it is meant to go, make that a migration of its own: where nothing else changes, nothing is said.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER) STRICT"],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER) STRICT;\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        if rebuild.old.strict
            && !rebuild.new.strict
            && rebuild.changes_more_than(context, Part::Strict)
        {
            rebuild.report(
                context,
                Code::RebuildLosesStrict,
                format!(
                    "`{}` was STRICT, and is made anew without it",
                    rebuild.new.name
                ),
                "write `STRICT` again behind the columns",
                placed,
            );
        }
    }
}
