use crate::{
    Code, Finding,
    catalog::ConstraintKind,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::RedundantIndex,
        products: ALL,
        summary: "The columns of an index are the first ones of another.",
        why: "The longer index serves every query that the shorter one does. Both cost at each write.",
        instead: "Leave the shorter one out, unless it is much smaller and used much more.",
        examples: &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER, day TEXT)",
                "CREATE INDEX posts_author_day ON posts (author, day)",
            ],
            "CREATE INDEX posts_author ON posts (author)",
            "CREATE INDEX posts_day ON posts (day)",
        )],
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
    if new.unique
        || new.predicate.is_some()
        || !new.include.is_empty()
        || new
            .method
            .as_deref()
            .is_some_and(|method| method != "btree")
    {
        return;
    }
    let plain: Option<Vec<&str>> = new
        .parts
        .iter()
        .map(|part| {
            let simple = part.collation.is_none()
                && part.operator_class.is_none()
                && part.length.is_none()
                && !part.descending;
            part.expression
                .as_column()
                .filter(|_| simple)
                .map(|name| name.text.as_str())
        })
        .collect();
    let Some(columns) = plain.filter(|columns| !columns.is_empty()) else {
        return;
    };
    let begins = |have: Vec<&str>| {
        have.len() > columns.len()
            && have
                .iter()
                .zip(&columns)
                .all(|(one, other)| context.same(one, other))
    };
    let index = table.indexes.iter().find(|index| {
        let parts = index.parts.iter().map(|part| {
            let simple = part.collation.is_none()
                && part.operator_class.is_none()
                && part.length.is_none()
                && !part.descending;
            part.expression
                .as_column()
                .filter(|_| simple)
                .map_or("", |name| name.text.as_str())
        });
        index.predicate.is_none()
            && index
                .method
                .as_deref()
                .is_none_or(|method| method == "btree")
            && begins(parts.collect())
    });
    let key = || {
        table
            .constraints
            .iter()
            .find_map(|constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey(key)
                    if begins(key.iter().map(String::as_str).collect()) =>
                {
                    Some("the primary key".to_owned())
                }
                ConstraintKind::Unique(key) if begins(key.iter().map(String::as_str).collect()) => {
                    Some("a UNIQUE constraint".to_owned())
                }
                _ => None,
            })
    };
    let Some(other) = index.map(|index| format!("`{}`", index.name)).or_else(key) else {
        return;
    };
    if let (Some(first), Some(last)) = (new.parts.first(), new.parts.last()) {
        findings.push(
            Finding::new(
                Code::RedundantIndex,
                format!(
                    "the index of {other} begins with the same columns, and serves the same queries"
                ),
                first.expression.range.start..last.expression.range.end,
            )
            .help("leave it out"),
        );
    }
}
