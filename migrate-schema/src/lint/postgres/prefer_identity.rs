use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, POSTGRES_LIKE, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PreferIdentity,
        products: POSTGRES_LIKE,
        summary: "`serial` is used.",
        why: "A `serial` makes a sequence with rights and an owner of its own, and lets everybody write any number into the column.",
        instead: "Write `bigint GENERATED ALWAYS AS IDENTITY`, which is the way of the SQL standard (PostgreSQL 10 and newer).",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id bigserial PRIMARY KEY)",
            "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let name = ty.path.name.text.as_str();
    if ty.path.schema.is_none()
        && [
            "serial",
            "serial2",
            "serial4",
            "serial8",
            "smallserial",
            "bigserial",
        ]
        .contains(&name)
    {
        findings.push(
            Finding::new(
                Code::PreferIdentity,
                format!(
                    "`{}` has a sequence that has rights of its own",
                    new.column.name
                ),
                ty.range.clone(),
            )
            .help("write `bigint GENERATED ALWAYS AS IDENTITY`"),
        );
    }
}
