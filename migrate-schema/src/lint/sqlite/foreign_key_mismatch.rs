use crate::{
    Code, Finding,
    catalog::{ConstraintKind, Relation, RelationKind},
    lint::{Check, Context, Example, Lint, Page, SQLITE, any::new_keys},
    replay::Placed,
    tree::ForeignKey,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ForeignKeyMismatch,
        products: SQLITE,
        summary: "A foreign key refers to columns that are no key.",
        why: "SQLite makes the table, and fails at the first row that is inserted (\"foreign key mismatch\"): what is referred to must be the primary key, or have a `UNIQUE` of its own.",
        instead: "Refer to the primary key, or make what is referred to `UNIQUE`.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT)"],
            "CREATE TABLE users (id INTEGER PRIMARY KEY, team TEXT REFERENCES teams (name))",
            "CREATE UNIQUE INDEX teams_name ON teams (name);\nCREATE TABLE users (id INTEGER PRIMARY KEY, team TEXT REFERENCES teams (name))",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for place in &context.method.statements {
        for action in &place.tree.actions {
            for (_, columns, key) in new_keys(action) {
                let Some(parent) = context.relation(&key.table) else {
                    continue;
                };
                if parent.open
                    || parent.kind != RelationKind::Table
                    || is_key(context, parent, key, columns.len())
                {
                    continue;
                }
                let message = if key.referred.is_empty() {
                    format!(
                        "every insert will fail: `{}` has no primary key of {} columns",
                        parent.name,
                        columns.len()
                    )
                } else {
                    let names: Vec<String> = key
                        .referred
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect();
                    format!(
                        "every insert will fail: {} of `{}` is neither the primary key nor UNIQUE",
                        names.join(", "),
                        parent.name
                    )
                };
                placed.push(
                    context.placed(
                        place,
                        Finding::new(Code::ForeignKeyMismatch, message, key.table.range())
                            .help("refer to the primary key, or make what is referred to `UNIQUE`"),
                    ),
                );
            }
        }
    }
}

fn is_key(context: &Context<'_>, parent: &Relation, key: &ForeignKey, width: usize) -> bool {
    let matches = |names: &[&str]| {
        names.len() == key.referred.len()
            && key
                .referred
                .iter()
                .all(|name| names.iter().any(|other| context.same(other, &name.text)))
    };
    // `rowid` is no column, and cannot be referred to; SQLite says so itself where there is none of this name.
    let by_constraint = parent
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(names) if key.referred.is_empty() => names.len() == width,
            ConstraintKind::PrimaryKey(names) | ConstraintKind::Unique(names) => {
                matches(&names.iter().map(String::as_str).collect::<Vec<_>>())
            }
            _ => false,
        });
    by_constraint
        || parent.indexes.iter().any(|index| {
            let names: Vec<&str> = index
                .parts
                .iter()
                .map(|part| {
                    part.expression
                        .as_column()
                        .map_or("", |name| name.text.as_str())
                })
                .collect();
            index.unique && index.predicate.is_none() && matches(&names)
        })
}
