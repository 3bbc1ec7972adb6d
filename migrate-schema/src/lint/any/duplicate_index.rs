use crate::{
    Code, Dialect, Finding,
    catalog::{ConstraintKind, Index, Relation},
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Alter, ConstraintKind as New, CreateTable, Expression, IndexPart, Name, Path},
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
            Example::new(
                "mysql",
                &[],
                "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100), KEY by_id (id))",
                "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100), KEY by_email (email))",
            ),
        ],
    },
    down: false,
    check: Check::Action(check),
};

/// An index that a statement makes.
struct Wanted<'a> {
    table: &'a Path,
    name: Option<&'a Name>,
    unique: bool,
    method: Option<&'a str>,
    parts: &'a [IndexPart],
    include: usize,
    predicate: Option<&'a Expression>,
}

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    match action {
        Action::CreateIndex(new) => {
            let wanted = Wanted {
                table: &new.table,
                name: new.name.as_ref().map(|path| &path.name),
                unique: new.unique,
                method: new.method.as_deref(),
                parts: &new.parts,
                include: new.include.len(),
                predicate: new.predicate.as_ref(),
            };
            in_catalog(context, &wanted, findings);
        }
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                if let Alter::AddConstraint(constraint) = change
                    && let New::Index { parts, method } = &constraint.kind
                {
                    let wanted = Wanted {
                        table: &alter.name,
                        name: constraint.name.as_ref(),
                        unique: false,
                        method: method.as_deref(),
                        parts,
                        include: 0,
                        predicate: None,
                    };
                    in_catalog(context, &wanted, findings);
                }
            }
        }
        Action::CreateTable(create) => in_table(context, create, findings),
        _ => {}
    }
}

fn found(table: &str, old: &str, parts: &[IndexPart], findings: &mut Vec<Finding>) {
    if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
        findings.push(
            Finding::new(
                Code::DuplicateIndex,
                format!("`{table}` has an index on the same columns already: {old}"),
                first.expression.range.start..last.expression.range.end,
            )
            .help("leave it out"),
        );
    }
}

fn in_catalog(context: &Context<'_>, new: &Wanted<'_>, findings: &mut Vec<Finding>) {
    let Some(table) = context.relation(new.table) else {
        return;
    };
    let Some((name, old)) = same_index(context, table, new) else {
        return;
    };
    // The old one goes later in the same migration: this is how an index is made anew.
    let goes = context.later_about_name(name).any(|action| match action {
        Action::Drop(drop) => drop
            .targets
            .iter()
            .any(|target| context.same(&target.path.name.text, name)),
        _ => false,
    }) || context
        .later_about(new.table)
        .any(|action| matches!(action, Action::AlterTable(_)));
    if !goes {
        found(&table.name, &old, new.parts, findings);
    }
}

/// The keys of a `CREATE TABLE` (MySQL), among themselves.
fn in_table(context: &Context<'_>, create: &CreateTable, findings: &mut Vec<Finding>) {
    let mut known: Vec<(Vec<&str>, &str)> = Vec::new();
    for column in &create.columns {
        if column.primary_key.is_some() {
            known.push((vec![&column.name.text], "the primary key"));
        } else if column.unique.is_some() {
            known.push((vec![&column.name.text], "a UNIQUE constraint"));
        }
    }
    for constraint in &create.constraints {
        let (New::PrimaryKey(parts) | New::Unique(parts) | New::Index { parts, .. }) =
            &constraint.kind
        else {
            continue;
        };
        let Some(columns) = plain(parts) else {
            continue;
        };
        let index = matches!(&constraint.kind, New::Index { method: None, .. });
        if index
            && let Some((_, what)) = known.iter().find(|(known, _)| {
                known.len() == columns.len()
                    && known
                        .iter()
                        .zip(&columns)
                        .all(|(one, other)| context.same(one, other))
            })
        {
            found(&create.name.name.text, what, parts, findings);
            continue;
        }
        let what = match &constraint.kind {
            New::PrimaryKey(_) => "the primary key",
            New::Unique(_) => "a UNIQUE constraint",
            New::Index { method: None, .. } => "another `KEY`",
            _ => continue,
        };
        known.push((columns, what));
    }
}

/// The columns of parts that are nothing but columns.
fn plain(parts: &[IndexPart]) -> Option<Vec<&str>> {
    let columns = parts.iter().map(|part| {
        let plain =
            part.collation.is_none() && part.operator_class.is_none() && part.length.is_none();
        part.expression
            .as_column()
            .filter(|_| plain)
            .map(|name| name.text.as_str())
    });
    columns
        .collect::<Option<Vec<&str>>>()
        .filter(|columns| !columns.is_empty())
}

/// The index that does the same: its name (empty for that of a key), and what to call it.
fn same_index<'a>(
    context: &Context<'_>,
    table: &'a Relation,
    new: &Wanted<'_>,
) -> Option<(&'a str, String)> {
    let is_btree = |method: Option<&str>| method.is_none_or(|method| method == "btree");
    for index in &table.indexes {
        let named = new
            .name
            .is_some_and(|name| context.same(&name.text, &index.name));
        // An index that must be unique does more than one that need not be.
        let serves = index.unique || !new.unique;
        let methods = index.method.as_deref() == new.method
            || (is_btree(index.method.as_deref()) && is_btree(new.method));
        if !named
            && serves
            && methods
            && index.predicate.is_none()
            && new.predicate.is_none()
            && index.include.len() == new.include
            && index.parts.len() == new.parts.len()
            && !index.parts.is_empty()
            && !is_of_foreign_key(context, table, index)
            && index
                .parts
                .iter()
                .zip(new.parts)
                .all(|(one, other)| same_part(context, one, other))
        {
            return Some((&index.name, format!("`{}`", index.name)));
        }
    }
    if !is_btree(new.method) || new.predicate.is_some() || new.include > 0 {
        return None;
    }
    let columns = plain(new.parts)?;
    // A descending part of an index over several columns serves another order.
    if columns.len() > 1 && new.parts.iter().any(|part| part.descending) {
        return None;
    }
    table.constraints.iter().find_map(|constraint| {
        let (key, what) = match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => (key, "the primary key"),
            ConstraintKind::Unique(key) => (key, "a UNIQUE constraint"),
            _ => return None,
        };
        let same = key.len() == columns.len()
            && key
                .iter()
                .zip(&columns)
                .all(|(one, other)| context.same(one, other));
        same.then(|| (constraint.name.as_str(), what.to_owned()))
    })
}

/// MySQL makes an index for a foreign key, and drops it without a word as soon as another serves.
fn is_of_foreign_key(context: &Context<'_>, table: &Relation, index: &Index) -> bool {
    let is_on = |columns: &[String]| {
        columns.len() == index.parts.len()
            && columns.iter().zip(&index.parts).all(|(column, part)| {
                let name = part.expression.as_column();
                name.is_some_and(|name| context.same(&name.text, column))
            })
    };
    context.target().dialect() == Dialect::Mysql
        && !index.unique
        && table.constraints.iter().any(|constraint| {
            matches!(&constraint.kind, ConstraintKind::ForeignKey { columns, .. } if is_on(columns))
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
