use crate::{
    Code,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

use super::rebuild::{Part, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesAutoincrement,
        products: SQLITE,
        summary: "A table is made anew without `AUTOINCREMENT`.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. Numbers of rows that were deleted are given again from now on.",
        instead: "Write `AUTOINCREMENT` again. If it is meant to go, make that a migration of its own: where nothing else changes, nothing is said.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, team INTEGER)"],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        if !rebuild.changes_more_than(context, Part::Autoincrement) {
            continue;
        }
        for (old, new) in rebuild.kept(context) {
            if old.auto_increment && !new.auto_increment {
                rebuild.report(
                    context,
                    Code::RebuildLosesAutoincrement,
                    format!("`{}` is made anew, and `{}` loses AUTOINCREMENT: numbers of deleted rows are given again", rebuild.new.name, new.name),
                    "write `AUTOINCREMENT` again behind `PRIMARY KEY`",
                    placed,
                );
            }
        }
    }
}
