use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES_LIKE, Page},
    tree::{Action, AlterType, TypeShape},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DomainConstraint,
        products: POSTGRES_LIKE,
        summary: "A domain has a constraint, which is hard to change later.",
        why: "A constraint of a domain holds in every table that uses it. Adding one reads all of them, and no `NOT VALID` lets them go on meanwhile for the rows that are there.",
        instead: "Put the `CHECK` on the columns of the tables.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')",
            "CREATE DOMAIN email AS text",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let name = match action {
        Action::CreateType(create) => match &create.shape {
            TypeShape::Domain {
                checks, not_null, ..
            } if !checks.is_empty() || *not_null => &create.name,
            _ => return,
        },
        Action::AlterType(AlterType::AddConstraint { name, .. }) => name,
        _ => return,
    };
    findings.push(
        Finding::new(
            Code::DomainConstraint,
            format!("the constraint of domain `{name}` holds in every table that uses it, and is hard to change"),
            name.range(),
        )
        .help("put the `CHECK` on the columns of the tables"),
    );
}
