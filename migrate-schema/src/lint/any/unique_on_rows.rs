use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Alter, Constraint, ConstraintKind, IndexPart, Path},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::UniqueOnRows,
        products: ALL,
        summary: "A column that has values is made unique.",
        why: "If two rows have the same value, the migration fails: on a machine of the developers it works, in production it does not.",
        instead: "Remove what is there twice in the same migration, before the index is made. If it is known that there is nothing, say why.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"],
            "CREATE UNIQUE INDEX users_email ON users (email)",
            "DELETE FROM users WHERE id NOT IN (SELECT min(id) FROM users GROUP BY email);\nCREATE UNIQUE INDEX users_email ON users (email)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    match action {
        Action::CreateIndex(index) if index.unique => {
            unique(context, &index.table, &index.parts, findings);
        }
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                if let Alter::AddConstraint(Constraint {
                    kind: ConstraintKind::Unique(parts),
                    ..
                }) = change
                {
                    unique(context, &alter.name, parts, findings);
                }
            }
        }
        _ => {}
    }
}

fn unique(context: &Context<'_>, path: &Path, parts: &[IndexPart], findings: &mut Vec<Finding>) {
    let (Some(table), Some(first)) = (context.existing(path), parts.first()) else {
        return;
    };
    let columns: Option<Vec<&str>> = parts
        .iter()
        .map(|part| part.expression.as_column().map(|name| name.text.as_str()))
        .collect();
    // Of expressions nobody knows here what values they have.
    let Some(columns) = columns else { return };
    let is_old = |name: &str| {
        context
            .column(table, name)
            .is_some_and(|column| column.origin != context.method.origin)
    };
    // A column that was added just now has no values, or those that an UPDATE gave it.
    if !columns.iter().all(|name| is_old(name))
        || is_unique_already(context, path, table, &columns)
        || context
            .earlier_about(path)
            .any(|action| changes_rows(context, action, path))
    {
        return;
    }
    let last = parts.last().unwrap_or(first);
    findings.push(
        Finding::new(
            Code::UniqueOnRows,
            format!(
                "if two rows of `{}` have the same {}, this migration fails",
                table.name,
                text(&columns)
            ),
            first.expression.range.start..last.expression.range.end,
        )
        .help("remove what is there twice before this statement, in the same migration"),
    );
}

fn text(columns: &[&str]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    quoted.join(" and ")
}

/// Whether a key or a unique index on some of these columns is there, or was there until this migration.
fn is_unique_already(
    context: &Context<'_>,
    path: &Path,
    table: &crate::catalog::Relation,
    columns: &[&str],
) -> bool {
    use crate::catalog::ConstraintKind::{PrimaryKey, Unique};
    let covered = |have: Vec<&str>| {
        have.iter()
            .all(|name| columns.iter().any(|column| context.same(column, name)))
    };
    table
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            PrimaryKey(key) | Unique(key) => covered(key.iter().map(String::as_str).collect()),
            _ => false,
        })
        || table.indexes.iter().any(|index| {
            index.unique
                && index.predicate.is_none()
                && covered(
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
        // Mostly the old form of the same key.
        || context.has_dropped_an_index()
        || context.earlier_about(path).any(|action| match action {
            Action::AlterTable(alter) => alter
                .changes
                .iter()
                .any(|change| matches!(change, Alter::DropConstraint { .. })),
            _ => false,
        })
}

fn changes_rows(context: &Context<'_>, action: &Action, table: &Path) -> bool {
    match action {
        Action::Delete(delete) => delete
            .targets
            .iter()
            .any(|source| is_table(context, source, table)),
        Action::Update(update) => is_table(context, &update.target, table),
        Action::Truncate { tables, .. } => tables.iter().any(|name| context.same_path(name, table)),
        // A block of code: nobody knows what it does.
        Action::Opaque { .. } | Action::Perhaps { .. } => true,
        Action::Query(_) => false,
        _ => false,
    }
}

fn is_table(context: &Context<'_>, source: &crate::tree::Source, table: &Path) -> bool {
    matches!(source, crate::tree::Source::Table { name, .. } if context.same_path(name, table))
        || matches!(source, crate::tree::Source::Join(_))
}
