use crate::{
    Code, Dialect, Finding,
    lint::{
        Check, Context, Example, Lint, POSTGRES, Page,
        types::{Holds, holds, lost},
    },
    tree::{Alter, AlterTable, ColumnChange, TypeName},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::TypeChangeRewrites,
        products: POSTGRES,
        summary: "A column gets another type, and the whole table is written anew.",
        why: "Under an ACCESS EXCLUSIVE lock every row is written again and every index made again. Nothing is said of the changes that only touch the catalog: \
              a longer `varchar`, `varchar` to `text`, more digits of a `numeric`.",
        instead: "Add a column of the new type, copy the values in batches, and drop the old one last.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint, email varchar(20))"],
            "ALTER TABLE users ALTER COLUMN id TYPE text USING id::text",
            "ALTER TABLE users ALTER COLUMN email TYPE text",
        )],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::AlterColumn {
        name,
        change: ColumnChange::Type { ty, .. },
    } = change
    else {
        return;
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    let Some(old) = context
        .column(table, &name.text)
        .and_then(|column| column.ty.as_ref())
    else {
        return;
    };
    let (Some(before), Some(behind)) =
        (holds(old, Dialect::Postgres), holds(ty, Dialect::Postgres))
    else {
        return;
    };
    if before == behind || only_the_catalog(before, behind, ty) {
        return;
    }
    findings.push(
        Finding::new(
            Code::TypeChangeRewrites,
            format!("nobody can read or write `{}` while every row is written anew with the new type of `{name}`", table.name),
            ty.range.clone(),
        )
        .help("add a column of the new type, copy the values in batches, and drop the old one last"),
    );
}

/// Whether PostgreSQL leaves the rows as they are.
fn only_the_catalog(before: Holds, behind: Holds, ty: &TypeName) -> bool {
    let padded = matches!(ty.path.name.text.as_str(), "char" | "character" | "bpchar");
    match (before, behind) {
        (Holds::Text(_), Holds::Text(_)) => !padded && lost(before, behind).is_none(),
        (Holds::Decimal(_), Holds::Decimal(None)) => true,
        (Holds::Decimal(Some((_, old))), Holds::Decimal(Some((_, new)))) => {
            old == new && lost(before, behind).is_none()
        }
        // Both hold the same bytes, and it depends on the time zone of the session whether they are read anew.
        (Holds::Timestamp { .. }, Holds::Timestamp { .. }) => true,
        _ => false,
    }
}
