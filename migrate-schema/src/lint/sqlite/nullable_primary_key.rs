use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::NullablePrimaryKey,
        products: SQLITE,
        summary: "A primary key that lets NULL in.",
        why: "By an old fault that SQLite keeps, a primary key other than `INTEGER PRIMARY KEY` takes NULL, also more than once.",
        instead: "Write `NOT NULL` behind the column, or make the table `STRICT` or `WITHOUT ROWID`.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "CREATE TABLE users (email TEXT PRIMARY KEY)",
            "CREATE TABLE users (email TEXT NOT NULL PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateTable(create) = action else {
        return;
    };
    // STRICT tables refuse it too only for INTEGER PRIMARY KEY; WITHOUT ROWID refuses it for all.
    if create.without_rowid || create.virtual_table.is_some() {
        return;
    }
    for column in &create.columns {
        let integer = column
            .ty
            .as_ref()
            .is_some_and(|ty| ty.path.name.text.eq_ignore_ascii_case("integer"));
        if column.primary_key.is_some() && !integer && column.not_null != Some(true) {
            findings.push(
                Finding::new(
                    Code::NullablePrimaryKey,
                    format!(
                        "primary key `{}` takes NULL, also more than once",
                        column.name
                    ),
                    column.name.range.clone(),
                )
                .help("write `NOT NULL` behind it"),
            );
        }
    }
}
