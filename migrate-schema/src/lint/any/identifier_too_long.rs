use crate::{
    Code, Dialect, Finding,
    lint::{Check, Context, Example, Lint, Page, names},
    settings::Product,
    tree::{Action, ObjectKind},
};

/// What MySQL takes as a name, in characters.
const TAKEN: usize = 64;

/// What PostgreSQL keeps of a name, in bytes.
const KEPT: usize = 63;

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::IdentifierTooLong,
        products: &[
            Product::Postgres,
            Product::Mysql,
            Product::Mariadb,
            Product::Galera,
        ],
        summary: "A name is longer than the database keeps.",
        why: "PostgreSQL cuts names after 63 bytes, with no more than a notice. Two long names that begin alike become one; and a tool that looks for the whole name does not find it. \
              MySQL refuses more than 64 characters: there it is an error, `invalid_definition`.",
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
        if context.target().dialect() == Dialect::Mysql {
            refused_by_mysql(given, findings);
            continue;
        }
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

fn refused_by_mysql(given: names::Given<'_>, findings: &mut Vec<Finding>) {
    let length = given.name.text.chars().count();
    if length > TAKEN && given.kind != ObjectKind::Other {
        findings.push(
            Finding::new(
                Code::InvalidDefinition,
                format!("this name has {length} characters; MySQL takes {TAKEN} at most"),
                given.name.range.clone(),
            )
            .help("write a shorter name"),
        );
    }
}
