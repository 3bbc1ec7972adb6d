use crate::{
    Code, Finding,
    catalog::{ConstraintKind, Relation},
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, IndexPart},
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
    let serves_only_order = !new.unique
        && new.predicate.is_none()
        && new.include.is_empty()
        && is_btree(new.method.as_deref());
    let Some(columns) = plain(&new.parts).filter(|_| serves_only_order) else {
        return;
    };
    let Some(other) = longer(context, table, &columns) else {
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

fn is_btree(method: Option<&str>) -> bool {
    method.is_none_or(|method| method == "btree")
}

/// The columns of parts that are nothing but columns.
fn plain(parts: &[IndexPart]) -> Option<Vec<&str>> {
    let columns = parts.iter().map(|part| {
        let plain = part.collation.is_none()
            && part.operator_class.is_none()
            && part.length.is_none()
            && !part.descending;
        let name = part.expression.as_column().filter(|_| plain)?;
        Some(name.text.as_str())
    });
    columns.collect()
}

/// The index or the key that begins with these columns and has more.
fn longer(context: &Context<'_>, table: &Relation, columns: &[&str]) -> Option<String> {
    let begins = |have: &[&str]| {
        have.len() > columns.len()
            && have
                .iter()
                .zip(columns)
                .all(|(one, other)| context.same(one, other))
    };
    let index = table.indexes.iter().find(|index| {
        let whole = index.predicate.is_none() && is_btree(index.method.as_deref());
        whole && plain(&index.parts).is_some_and(|have| begins(&have))
    });
    if let Some(index) = index {
        return Some(format!("`{}`", index.name));
    }
    table.constraints.iter().find_map(|constraint| {
        let (key, what) = match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => (key, "the primary key"),
            ConstraintKind::Unique(key) => (key, "a UNIQUE constraint"),
            _ => return None,
        };
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        begins(&key).then(|| what.to_owned())
    })
}
