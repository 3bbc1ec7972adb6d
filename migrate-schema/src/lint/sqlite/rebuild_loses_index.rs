use crate::{
    Code,
    catalog::{ConstraintKind, Index},
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
    tree::{IndexPart, ObjectKind},
};

use super::rebuild::{Rebuild, names, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesIndex,
        products: SQLITE,
        summary: "A table is made anew, and its index is not.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. The indexes of the old table go with it: also those that keep values unique, those with a `WHERE` and those on expressions.",
        instead: "Write `CREATE INDEX` again behind the `RENAME`, or `DROP INDEX` before, if it is meant to go.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)",
                "CREATE UNIQUE INDEX users_name ON users (lower(name)) WHERE team IS NULL",
            ],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users;\nCREATE UNIQUE INDEX users_name ON users (lower(name)) WHERE team IS NULL",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        for index in &rebuild.old.indexes {
            let covered = rebuild.new.indexes.iter().any(|new| {
                context.same(&new.name, &index.name)
                    || serves(index.unique, &columns(&new.parts), &columns(&index.parts))
            }) || is_a_key_now(&rebuild, index);
            let gone = index
                .parts
                .iter()
                .flat_map(|part| names(&part.expression))
                .any(|column| !rebuild.keeps(context, &column));
            if covered
                || gone
                || Rebuild::is_dropped_by_name(context, ObjectKind::Index, &index.name)
            {
                continue;
            }
            let kind = match (index.unique, index.predicate.is_some()) {
                (true, true) => "partial unique index",
                (true, false) => "unique index",
                (false, true) => "partial index",
                (false, false) => "index",
            };
            rebuild.report(
                context,
                Code::RebuildLosesIndex,
                format!("`{}` is made anew, and loses its {kind} `{}`", rebuild.new.name, index.name),
                "write its `CREATE INDEX` again behind the `RENAME`, or `DROP INDEX` before, if it is meant to go",
                placed,
            );
        }
    }
}

/// Whether an index on the new columns stands for one on the old ones. One that is longer does; and a unique one on (a)
/// is mostly made again as one on (b, a).
fn serves(unique: bool, new: &[Vec<String>], old: &[Vec<String>]) -> bool {
    new.starts_with(old) || (unique && old.iter().all(|part| new.contains(part)))
}

fn columns(parts: &[IndexPart]) -> Vec<Vec<String>> {
    parts.iter().map(|part| names(&part.expression)).collect()
}

/// Whether the new table has a key on these columns.
fn is_a_key_now(rebuild: &Rebuild<'_>, index: &Index) -> bool {
    rebuild
        .new
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                let key: Vec<Vec<String>> = key
                    .iter()
                    .map(|name| vec![name.to_ascii_lowercase()])
                    .collect();
                serves(index.unique, &key, &columns(&index.parts))
            }
            _ => false,
        })
}
