use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, names},
    settings::Product,
    tree::{Action, ObjectKind},
};

/// What PostgreSQL keeps of a name, in bytes.
const KEPT: usize = 63;

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::IdentifierTooLong,
        products: &[Product::Postgres],
        summary: "A name is longer than the database keeps.",
        why: "PostgreSQL cuts names after 63 bytes, with no more than a notice. Two long names that begin alike become one; and a tool that looks for the whole name does not find it. \
              (MySQL refuses more than 64 characters.)",
        instead: "Write a shorter name.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text)"],
            "CREATE TABLE the_recommendations_of_the_customers_of_the_regional_sales_offices (id bigint PRIMARY KEY)",
            "CREATE TABLE recommendations (id bigint PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    for given in names::given(action) {
        // The name in the tree is what PostgreSQL keeps.
        let Some(written) = context.sql().get(given.name.range.clone()) else {
            continue;
        };
        let quoted = written
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let bytes = quoted.map_or(written.len(), |inside| inside.replace("\"\"", "\"").len());
        if bytes <= KEPT || given.kind == ObjectKind::Other || written.starts_with('\'') {
            continue;
        }
        findings.push(
            Finding::new(
                Code::IdentifierTooLong,
                format!(
                    "this name has {bytes} bytes; PostgreSQL keeps {KEPT}: the {} will be called `{}`",
                    given.kind.noun(),
                    given.name
                ),
                given.name.range.clone(),
            )
            .help("write a shorter name"),
        );
    }
}
