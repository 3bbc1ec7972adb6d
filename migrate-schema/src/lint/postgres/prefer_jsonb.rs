use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, POSTGRES, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PreferJsonb,
        products: POSTGRES,
        summary: "A column is `json` and not `jsonb`.",
        why: "`json` keeps the text: it is parsed at each access, has no equality (so `DISTINCT` and `GROUP BY` fail), and no index.",
        instead: "Write `jsonb`, unless the order of keys and the white space matter.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id bigint, data json)",
            "CREATE TABLE users (id bigint, data jsonb)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    if let Some(ty) = &new.column.ty
        && ty.path.name.text == "json"
    {
        findings.push(
            Finding::new(
                Code::PreferJsonb,
                format!(
                    "`{}` is parsed at each access, and cannot be compared",
                    new.column.name
                ),
                ty.range.clone(),
            )
            .help("write `jsonb`"),
        );
    }
}
