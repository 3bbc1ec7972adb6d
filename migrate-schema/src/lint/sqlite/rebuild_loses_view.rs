use crate::{
    Code, Finding,
    catalog::Lookup,
    lint::{Check, Context, Example, Lint, Page, SQLITE, walk},
    replay::Placed,
    tree::{Name, Path},
};

use super::rebuild::{Rebuild, rebuilds};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RebuildLosesView,
        products: SQLITE,
        summary: "A table is made anew, and a view that reads it is not.",
        why: "SQLite changes most of a table only by making another, copying the rows, dropping the old one and giving its name to the new one. A view that stands in the way of the `RENAME` is dropped before, and forgotten behind it.",
        instead: "Write `CREATE VIEW` again behind the `RENAME`.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)",
                "CREATE VIEW names AS SELECT name FROM users",
            ],
            "DROP VIEW names;\nCREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
            "DROP VIEW names;\nCREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\nINSERT INTO new SELECT id, name, team FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users;\nCREATE VIEW names AS SELECT name FROM users",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    let rebuilds = rebuilds(context);
    for (view, at, range) in &context.memory.dropped_views {
        let reads = |rebuild: &Rebuild<'_>| {
            view.query.as_ref().is_some_and(|query| {
                let mut found = false;
                walk::tables_of(query, |path| {
                    found |= context.same(&path.name.text, &rebuild.dropped.name)
                });
                found
            })
        };
        let Some(rebuild) = rebuilds.iter().find(|rebuild| reads(rebuild)) else {
            continue;
        };
        let path = Path::bare(Name {
            text: view.name.clone(),
            quoted: false,
            range: 0..0,
        });
        let Some(place) = context.method.statements.get(*at) else {
            continue;
        };
        if matches!(context.catalog.relation(&path), Lookup::Absent) {
            placed.push(
                context.placed(
                    place,
                    Finding::new(
                        Code::RebuildLosesView,
                        format!(
                            "view `{}` is dropped while `{}` is made anew, and does not come back",
                            view.name, rebuild.new.name
                        ),
                        range.clone(),
                    )
                    .help("write its `CREATE VIEW` again behind the `RENAME`"),
                ),
            );
        }
    }
}
