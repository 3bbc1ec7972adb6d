use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, POSTGRES_LIKE, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::CharType,
        products: POSTGRES_LIKE,
        summary: "A text is filled with spaces to a fixed length.",
        why: "`char(n)` fills with spaces, ignores them when it compares, and is no faster than `text`.",
        instead: "Write `text`, with `CHECK (length(c) = n)` where the length matters.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id bigint, country char(2))",
            "CREATE TABLE users (id bigint, country text CHECK (length(country) = 2))",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let name = ty.path.name.text.as_str();
    if ["char", "character", "bpchar"].contains(&name)
        && !new.column.name.text.is_empty()
        && !(name == "char" && ty.path.name.quoted)
    {
        findings.push(
            Finding::new(
                Code::CharType,
                format!("`{}` is filled with spaces to its length", new.column.name),
                ty.range.clone(),
            )
            .help("write `text`, and a `CHECK` where the length matters"),
        );
    }
}
