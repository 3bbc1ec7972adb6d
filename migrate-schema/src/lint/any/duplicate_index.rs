use crate::{
    Code, Finding,
    catalog::{ConstraintKind, Relation},
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, CreateIndex, IndexPart, Path},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DuplicateIndex,
        products: ALL,
        summary: "An index is made that is there already.",
        why: "The database keeps both: each write costs more, and no query is faster.",
        instead: "Leave it out. A primary key and a `UNIQUE` have an index already.",
        examples: &[
            Example::new(
                "sqlite",
                &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE)"],
                "CREATE INDEX users_email ON users (email)",
                "CREATE INDEX users_email_id ON users (email, id)",
            ),
            Example::new(
                "postgres",
                &[
                    "CREATE TABLE users (id bigint PRIMARY KEY, email text)",
                    "CREATE INDEX users_email ON users (email)",
                ],
                "CREATE INDEX CONCURRENTLY by_email ON users (email)",
                "CREATE INDEX CONCURRENTLY by_email ON users (lower(email))",
            )
            .without_transaction(),
        ],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateIndex(new) = action else {
        return;
    };
    let Some(table) = context.relation(&new.table) else {
        return;
    };
    let Some(old) = same_index(context, table, new) else {
        return;
    };
    let (Some(first), Some(last)) = (new.parts.first(), new.parts.last()) else {
        return;
    };
    // The old one goes later in the same migration: this is how an index is made anew.
    let goes = context.later().any(|action| match action {
        Action::Drop(drop) => drop
            .targets
            .iter()
            .any(|target| context.same(&target.path.name.text, &old)),
        Action::AlterTable(alter) => context.same_path(&alter.name, &new.table),
        _ => false,
    });
    if !goes {
        findings.push(
            Finding::new(
                Code::DuplicateIndex,
                format!(
                    "`{}` has an index on the same columns already: {old}",
                    table.name
                ),
                first.expression.range.start..last.expression.range.end,
            )
            .help("leave it out"),
        );
    }
}

fn same_index(context: &Context<'_>, table: &Relation, new: &CreateIndex) -> Option<String> {
    let is_btree = |method: Option<&str>| method.is_none_or(|method| method == "btree");
    for index in &table.indexes {
        let named = new
            .name
            .as_ref()
            .is_some_and(|path| context.same(&path.name.text, &index.name));
        // An index that must be unique does more than one that need not be.
        let serves = index.unique || !new.unique;
        let methods = index.method == new.method
            || (is_btree(index.method.as_deref()) && is_btree(new.method.as_deref()));
        if !named
            && serves
            && methods
            && index.predicate.is_none()
            && new.predicate.is_none()
            && index.include.len() == new.include.len()
            && index.parts.len() == new.parts.len()
            && !index.parts.is_empty()
            && index
                .parts
                .iter()
                .zip(&new.parts)
                .all(|(one, other)| same_part(context, one, other))
        {
            return Some(format!("`{}`", index.name));
        }
    }
    let plain = |part: &IndexPart| {
        part.collation.is_none() && part.operator_class.is_none() && part.length.is_none()
    };
    if !is_btree(new.method.as_deref())
        || new.predicate.is_some()
        || !new.include.is_empty()
        || !new.parts.iter().all(plain)
    {
        return None;
    }
    table.constraints.iter().find_map(|constraint| {
        let (columns, what) = match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => (columns, "the primary key"),
            ConstraintKind::Unique(columns) => (columns, "a UNIQUE constraint"),
            _ => return None,
        };
        // A descending part of an index over several columns serves another order.
        let descending = new.parts.len() > 1 && new.parts.iter().any(|part| part.descending);
        (columns.len() == new.parts.len()
            && !columns.is_empty()
            && !descending
            && columns.iter().zip(&new.parts).all(|(column, part)| {
                part.expression
                    .as_column()
                    .is_some_and(|name| context.same(&name.text, column))
            }))
        .then(|| what.to_owned())
    })
}

fn same_part(context: &Context<'_>, one: &IndexPart, other: &IndexPart) -> bool {
    let same_column = match (one.expression.as_column(), other.expression.as_column()) {
        (Some(one), Some(other)) => context.same(&one.text, &other.text),
        _ => false,
    };
    let text = |path: &Option<Path>| {
        path.as_ref()
            .map(|path| path.name.text.to_ascii_lowercase())
    };
    same_column
        && one.descending == other.descending
        && one.length == other.length
        && text(&one.collation) == text(&other.collation)
        && text(&one.operator_class) == text(&other.operator_class)
}
