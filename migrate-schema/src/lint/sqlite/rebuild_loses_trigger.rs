use crate::{
    Code,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
    tree::ObjectKind,
};

use super::rebuild::{Rebuild, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesTrigger,
        products: SQLITE,
        summary: "A table is made anew, and its trigger is not.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. The triggers of the old table go with it.",
        instead: "Write `CREATE TRIGGER` again behind the `RENAME`, or `DROP TRIGGER` before, if it is meant to go.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)",
                "CREATE TRIGGER users_name AFTER INSERT ON users BEGIN UPDATE users SET name = 'new' WHERE id = NEW.id AND name IS NULL; END",
            ],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users;\nCREATE TRIGGER users_name AFTER INSERT ON users BEGIN UPDATE users SET name = 'new' WHERE id = NEW.id AND name IS NULL; END",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        for trigger in &rebuild.old.triggers {
            let again = rebuild
                .new
                .triggers
                .iter()
                .any(|new| context.same(&new.name, &trigger.name));
            if !again && !Rebuild::is_dropped_by_name(context, ObjectKind::Trigger, &trigger.name) {
                rebuild.report(
                    context,
                    Code::RebuildLosesTrigger,
                    format!("`{}` is made anew, and loses its trigger `{}`", rebuild.new.name, trigger.name),
                    "write its `CREATE TRIGGER` again behind the `RENAME`, or `DROP TRIGGER` before, if it is meant to go",
                    placed,
                );
            }
        }
    }
}
