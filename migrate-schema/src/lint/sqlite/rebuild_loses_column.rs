use crate::{
    Code,
    lint::{Check, Context, Example, Lint, Page, SQLITE, walk},
    replay::Placed,
    tree::Action,
};

use super::rebuild::{Rebuild, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesColumn,
        products: SQLITE,
        summary: "A table is made anew without the values of a column.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. A column that the new table has not, or that the `INSERT` does not fill, loses its values.",
        instead: "Name the column in the new table and in the `INSERT … SELECT`. If it is meant to go, `ALTER TABLE … DROP COLUMN` (SQLite 3.35 and newer) says so.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)"],
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new (id, name) SELECT id, name FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new (id, name, team) SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for rebuild in rebuilds(context) {
        let filled = filled(context, &rebuild);
        for old in &rebuild.old.columns {
            if old.generated.is_some() {
                continue;
            }
            let message = match context.column(rebuild.new, &old.name) {
                None if rebuild.new.columns.len() >= rebuild.old.columns.len() => continue,
                None => format!(
                    "`{}` is made anew without its column `{}`",
                    rebuild.new.name, old.name
                ),
                Some(new)
                    if new.generated.is_none()
                        && filled.as_ref().is_some_and(|filled| {
                            !filled.iter().any(|name| context.same(name, &old.name))
                        }) =>
                {
                    format!(
                        "`{}` is made anew, and the values of `{}` are not copied",
                        rebuild.new.name, old.name
                    )
                }
                Some(_) => continue,
            };
            rebuild.report(context, Code::RebuildLosesColumn, message, "name it in the `INSERT … SELECT` too, or say with `allow(rebuild_loses_column, reason = \"…\")` why it can go", placed);
        }
    }
}

/// The columns that one `INSERT … (columns) SELECT … FROM old` fills; none where that is not how the rows were copied.
fn filled(context: &Context<'_>, rebuild: &Rebuild<'_>) -> Option<Vec<String>> {
    let mut filled: Option<Vec<String>> = None;
    for place in &context.method.statements {
        for action in &place.tree.actions {
            match action {
                Action::Insert(insert) => {
                    let mut copies = false;
                    walk::tables_of(insert.rows.as_ref()?, |path| {
                        copies |= context.same(&path.name.text, &rebuild.old.name)
                            || context.same(&path.name.text, &rebuild.dropped.name);
                    });
                    if !copies {
                        continue;
                    }
                    if insert.columns.is_empty() {
                        return None;
                    }
                    filled
                        .get_or_insert_default()
                        .extend(insert.columns.iter().map(|name| name.text.clone()));
                }
                // Whatever else fills columns: then nothing is said of them.
                Action::Update(_) | Action::Opaque { .. } => return None,
                _ => {}
            }
        }
    }
    filled
}
