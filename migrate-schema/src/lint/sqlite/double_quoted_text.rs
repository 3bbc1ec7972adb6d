use crate::{
    Code, Finding,
    catalog::Relation,
    lint::{Check, Context, Example, Lint, Page, SQLITE, walk},
    nearest,
    tree::{
        Action, Body, ConstraintKind, CreateTable, Expression, ExpressionKind, Insert, Path, Source,
    },
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DoubleQuotedText,
        products: SQLITE,
        summary: "A name in double quotes that is no column, so SQLite takes it for a text.",
        why: "By an old kindness that SQLite regrets, `\"x\"` is the text `x` where there is no column `x`. A misspelt column becomes a constant without a word, and a text becomes \
              a column as soon as one has its name. Newer builds of SQLite refuse it.",
        instead: "Write texts in single quotes, and names of columns as they are.",
        examples: &[
            Example::new(
                "sqlite",
                &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"],
                "UPDATE users SET email = NULL WHERE \"emial\" = ''",
                "UPDATE users SET email = NULL WHERE \"email\" = ''",
            ),
            Example::new(
                "sqlite",
                &[],
                "CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT CHECK (role IN (\"admin\", 'member')))",
                "CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT CHECK (role IN ('admin', 'member')))",
            ),
        ],
    },
    down: true,
    check: Check::Action(check),
};

/// The names that rows have of themselves.
const ROW: &[&str] = &["rowid", "oid", "_rowid_"];

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    match action {
        Action::CreateTable(create) => table(context, create, findings),
        Action::CreateIndex(create) => {
            let Some(columns) = columns(context, &create.table) else {
                return;
            };
            for part in &create.parts {
                scope(context, &columns, &part.expression, findings);
            }
            if let Some(predicate) = &create.predicate {
                scope(context, &columns, predicate, findings);
            }
        }
        Action::Update(update) if update.from.is_empty() => {
            if let Some(columns) = source(context, &update.target) {
                let values = update.assignments.iter().map(|(_, value)| value);
                for expression in values.chain(&update.filter) {
                    scope(context, &columns, expression, findings);
                }
            }
        }
        Action::Delete(delete) if delete.using.is_empty() => {
            if let [target] = delete.targets.as_slice()
                && let Some(columns) = source(context, target)
                && let Some(filter) = &delete.filter
            {
                scope(context, &columns, filter, findings);
            }
        }
        Action::Insert(insert) => rows(context, insert, findings),
        _ => {}
    }
}

fn table(context: &Context<'_>, create: &CreateTable, findings: &mut Vec<Finding>) {
    if create.virtual_table.is_some() || create.query.is_some() {
        return;
    }
    let columns: Vec<&str> = create
        .columns
        .iter()
        .map(|column| column.name.text.as_str())
        .collect();
    for column in &create.columns {
        let checks = column.checks.iter().map(|(_, check)| check);
        let generated = column
            .generated
            .iter()
            .map(|generated| &generated.expression);
        for expression in checks.chain(generated) {
            scope(context, &columns, expression, findings);
        }
    }
    for constraint in &create.constraints {
        if let ConstraintKind::Check(check) = &constraint.kind {
            scope(context, &columns, check, findings);
        }
    }
}

fn rows(context: &Context<'_>, insert: &Insert, findings: &mut Vec<Finding>) {
    let Some(query) = insert.rows.as_ref().filter(|query| query.with.is_empty()) else {
        return;
    };
    match &query.body {
        Body::Values(rows) => {
            for value in rows.iter().flatten() {
                scope(context, &[], value, findings);
            }
        }
        Body::Select(select) => {
            let [from] = select.from.as_slice() else {
                return;
            };
            let Some(columns) = source(context, from) else {
                return;
            };
            for output in &select.outputs {
                if let crate::tree::Output::Expression { expression, .. } = output {
                    scope(context, &columns, expression, findings);
                }
            }
            if let Some(filter) = &select.filter {
                scope(context, &columns, filter, findings);
            }
        }
        _ => {}
    }
}

fn source<'a>(context: &Context<'a>, source: &Source) -> Option<Vec<&'a str>> {
    match source {
        Source::Table {
            name,
            columns: given,
            ..
        } if given.is_empty() => columns(context, name),
        _ => None,
    }
}

/// The columns of a table, where all of them are known.
fn columns<'a>(context: &Context<'a>, path: &Path) -> Option<Vec<&'a str>> {
    let relation: &Relation = context.relation(path)?;
    let known = !relation.open && relation.module.is_none() && !relation.columns.is_empty();
    known.then(|| {
        relation
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect()
    })
}

/// Looks for names in quotes that are none of these columns. What stands in a query inside has columns of its own.
fn scope(
    context: &Context<'_>,
    columns: &[&str],
    expression: &Expression,
    findings: &mut Vec<Finding>,
) {
    let mut inner: Vec<std::ops::Range<usize>> = Vec::new();
    walk::inside(expression, |part| {
        match &part.kind {
            ExpressionKind::Subquery(query)
            | ExpressionKind::Exists(query)
            | ExpressionKind::InQuery { query, .. } => inner.push(query.range.clone()),
            _ => {}
        }
        let ExpressionKind::Column { table: None, name } = &part.kind else {
            return;
        };
        let in_quotes = context
            .sql()
            .get(name.range.clone())
            .is_some_and(|text| text.starts_with('"'));
        let known = columns
            .iter()
            .chain(ROW)
            .any(|column| context.same(column, &name.text));
        if !in_quotes || known || inner.iter().any(|query| query.contains(&name.range.start)) {
            return;
        }
        let finding = Finding::new(
            Code::DoubleQuotedText,
            format!("there is no column `{name}` here: SQLite takes this for the text '{name}'"),
            name.range.clone(),
        );
        findings.push(match nearest(&name.text, columns.iter().copied()) {
            Some(near) => finding.help(format!(
                "did you mean column `{near}`? Text is written in single quotes"
            )),
            None => finding.help("write text in single quotes").fix(
                name.range.clone(),
                format!("'{}'", name.text.replace('\'', "''")),
            ),
        });
    });
}
