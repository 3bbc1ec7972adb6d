use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, MYSQL, NewColumn, Page},
    tree::{ExpressionKind, Literal},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ZeroDate,
        products: MYSQL,
        summary: "A date has the default `0000-00-00`.",
        why: "There is no such day. With the server’s default settings (strict mode, `NO_ZERO_DATE`) MySQL refuses the table, and most drivers cannot read the value.",
        instead: "Leave the default out and let the column be NULL, or write `DEFAULT CURRENT_TIMESTAMP`.",
        examples: &[Example::new(
            "mariadb",
            &[],
            "CREATE TABLE posts (id bigint PRIMARY KEY, day datetime DEFAULT '0000-00-00 00:00:00')",
            "CREATE TABLE posts (id bigint PRIMARY KEY, day datetime DEFAULT CURRENT_TIMESTAMP)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    if let Some(default) = &new.column.default
        && let ExpressionKind::Literal(Literal::Text(text)) = &default.kind
        && text.starts_with("0000-00-00")
    {
        findings.push(
            Finding::new(
                Code::ZeroDate,
                format!(
                    "`{}` has a day that does not exist as its default",
                    new.column.name
                ),
                default.range.clone(),
            )
            .help("leave the default out, or write `CURRENT_TIMESTAMP`"),
        );
    }
}
