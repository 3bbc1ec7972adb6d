use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::IntegerPrimaryKey,
        products: SQLITE,
        summary: "A primary key of an integer type that is not exactly `INTEGER`.",
        why: "Only `INTEGER PRIMARY KEY` is the row’s own number. `INT PRIMARY KEY`, `BIGINT PRIMARY KEY` and their kin are an index beside it: no number is given where none is inserted, NULL is let in, and each row is kept twice.",
        instead: "Write `INTEGER PRIMARY KEY`.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "CREATE TABLE users (id INT PRIMARY KEY, name TEXT)",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateTable(create) = action else {
        return;
    };
    if create.without_rowid || create.virtual_table.is_some() {
        return;
    }
    for column in &create.columns {
        let (Some(key), Some(ty)) = (&column.primary_key, &column.ty) else {
            continue;
        };
        let lower = ty.path.name.text.to_ascii_lowercase();
        // `INTEGER PRIMARY KEY DESC` is none either, by an old fault that SQLite keeps.
        if (lower.contains("int") && lower != "integer" && !lower.contains("point"))
            || (lower == "integer" && key.descending)
        {
            findings.push(
                Finding::new(
                    Code::IntegerPrimaryKey,
                    format!(
                        "SQLite gives `{}` no number by itself, and lets NULL in",
                        column.name
                    ),
                    ty.range.clone(),
                )
                .help("write `INTEGER PRIMARY KEY`"),
            );
        }
    }
}
