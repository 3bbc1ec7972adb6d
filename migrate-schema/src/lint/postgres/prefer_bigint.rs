use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, POSTGRES_LIKE, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PreferBigint,
        products: POSTGRES_LIKE,
        summary: "A column that counts has 32 bits or fewer.",
        why: "After two thousand million rows (or numbers that were thrown away) the next insert fails, and to change the type then means to write the whole table anew.",
        instead: "Write `bigint`.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id integer PRIMARY KEY)",
            "CREATE TABLE users (id bigint PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let name = ty.path.name.text.as_str();
    let counts = new.column.primary_key.is_some()
        || new.column.identity.is_some()
        || name.contains("serial");
    if ty.path.schema.is_none()
        && !ty.array
        && counts
        && [
            "int",
            "int2",
            "int4",
            "integer",
            "smallint",
            "serial",
            "serial2",
            "serial4",
            "smallserial",
        ]
        .contains(&name)
    {
        findings.push(
            Finding::new(
                Code::PreferBigint,
                format!("`{}` runs out of numbers", new.column.name),
                ty.range.clone(),
            )
            .help("write `bigint`"),
        );
    }
}
