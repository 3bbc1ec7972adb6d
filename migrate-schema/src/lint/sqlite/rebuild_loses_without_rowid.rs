use crate::{
    Code,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

use super::rebuild::{Part, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesWithoutRowid,
        products: SQLITE,
        summary: "A table is made anew without `WITHOUT ROWID`.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. The table becomes larger and slower for queries by its key, and a primary key may be NULL again.",
        instead: "Write `WITHOUT ROWID` again behind the columns. If it is meant to go, make that a migration of its own: where nothing else changes, nothing is said.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER) WITHOUT ROWID"],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER) WITHOUT ROWID;\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        if rebuild.old.without_rowid
            && !rebuild.new.without_rowid
            && rebuild.changes_more_than(context, Part::Rowid)
        {
            rebuild.report(
                context,
                Code::RebuildLosesWithoutRowid,
                format!(
                    "`{}` was WITHOUT ROWID, and is made anew without it",
                    rebuild.new.name
                ),
                "write `WITHOUT ROWID` again behind the columns",
                placed,
            );
        }
    }
}
