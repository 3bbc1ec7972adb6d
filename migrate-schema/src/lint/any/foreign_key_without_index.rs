use crate::{
    Code, Finding,
    catalog::{ConstraintKind, Relation},
    lint::{Check, Context, Example, Lint, Page},
    replay::Placed,
    settings::Product,
    tree::{Action, Alter, ConstraintKind as NewConstraint, ForeignKey, Path},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ForeignKeyWithoutIndex,
        products: &[
            Product::Sqlite,
            Product::Rqlite,
            Product::Postgres,
            Product::Cockroach,
        ],
        summary: "The columns of a foreign key have no index.",
        why: "Whenever a row of the other table is deleted or its key changes, the database looks for the rows that refer to it. Without an index it reads the whole table, \
              once for each row. (MySQL makes such an index by itself.)",
        instead: "Make an index that begins with the columns of the foreign key, in the same migration.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY)"],
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id))",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));\nCREATE INDEX posts_author ON posts (author)",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for place in &context.method.statements {
        for action in &place.tree.actions {
            for (table, columns, key) in new_keys(action) {
                let Some(relation) = context.relation(table) else {
                    continue;
                };
                if relation.open || has_index(context, relation, &columns) {
                    continue;
                }
                placed.push(context.placed(
                    place,
                    Finding::new(
                        Code::ForeignKeyWithoutIndex,
                        format!("a change of `{}` reads all of `{}`: no index begins with {}", key.table, relation.name, columns.join(", ")),
                        key.table.range(),
                    )
                    .help(format!("write `CREATE INDEX ON {} ({})` (SQLite wants a name too) in the same migration", relation.name, columns.join(", "))),
                ));
            }
        }
    }
}

/// The foreign keys that an action makes: table, columns, key.
pub(in crate::lint) fn new_keys(action: &Action) -> Vec<(&Path, Vec<&str>, &ForeignKey)> {
    let mut keys = Vec::new();
    match action {
        Action::CreateTable(create) => {
            for column in &create.columns {
                for key in &column.references {
                    keys.push((&create.name, vec![column.name.text.as_str()], key));
                }
            }
            for constraint in &create.constraints {
                if let NewConstraint::ForeignKey(key) = &constraint.kind {
                    keys.push((&create.name, names(key), key));
                }
            }
        }
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                match change {
                    Alter::AddColumn { column, .. } => {
                        for key in &column.references {
                            keys.push((&alter.name, vec![column.name.text.as_str()], key));
                        }
                    }
                    Alter::AddConstraint(constraint) => {
                        if let NewConstraint::ForeignKey(key) = &constraint.kind {
                            keys.push((&alter.name, names(key), key));
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    keys
}

fn names(key: &ForeignKey) -> Vec<&str> {
    key.columns.iter().map(|name| name.text.as_str()).collect()
}

/// Whether an index or a key begins with these columns, in any order.
fn has_index(context: &Context<'_>, table: &Relation, columns: &[&str]) -> bool {
    let begins = |have: Vec<&str>| {
        have.len() >= columns.len()
            && have
                .iter()
                .take(columns.len())
                .all(|name| columns.iter().any(|column| context.same(column, name)))
    };
    table
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                begins(key.iter().map(String::as_str).collect())
            }
            _ => false,
        })
        || table.indexes.iter().any(|index| {
            begins(
                index
                    .parts
                    .iter()
                    .map(|part| {
                        part.expression
                            .as_column()
                            .map_or("", |name| name.text.as_str())
                    })
                    .collect(),
            )
        })
}
