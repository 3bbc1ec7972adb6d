use crate::{
    Code, Finding,
    lint::{Check, Context, Defined, Example, Lint, NewColumn, POSTGRES, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::StoredColumnRewrites,
        products: POSTGRES,
        summary: "A stored generated column is added, and the whole table is written anew.",
        why: "Its value is computed and written for each row, under an ACCESS EXCLUSIVE lock.",
        instead: "Add a plain column, fill it in batches, and keep it by a trigger. On PostgreSQL 18 a `VIRTUAL` column takes a moment.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD COLUMN mail text GENERATED ALWAYS AS (lower(email)) STORED",
            "ALTER TABLE users ADD COLUMN mail text",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let (Defined::Add, Some(generated)) = (new.how, &new.column.generated) else {
        return;
    };
    if !generated.stored {
        return;
    }
    if let Some(table) = context.existing(new.table) {
        findings.push(
            Finding::new(
                Code::StoredColumnRewrites,
                format!(
                    "nobody can read or write `{}` while `{}` is computed for every row",
                    table.name, new.column.name
                ),
                new.column.range.clone(),
            )
            .help("add a plain column, fill it in batches, and keep it by a trigger"),
        );
    }
}
