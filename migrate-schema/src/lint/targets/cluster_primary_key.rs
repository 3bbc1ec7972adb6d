use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, any::lacks_primary_key},
    settings::Product,
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ClusterPrimaryKey,
        products: &[Product::Galera],
        summary: "A table without a primary key on a cluster that needs one.",
        why: "Galera tells rows apart by the primary key. Without one the order of rows differs between nodes, and a `DELETE` fails.",
        instead: "Write `PRIMARY KEY` behind the column, or behind the columns, by which a row is known.",
        examples: &[Example::new(
            "galera",
            &[],
            "CREATE TABLE visits (page varchar(100))",
            "CREATE TABLE visits (id bigint AUTO_INCREMENT PRIMARY KEY, page varchar(100))",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    if let Action::CreateTable(create) = action
        && lacks_primary_key(context, create)
    {
        findings.push(
            Finding::new(
                Code::ClusterPrimaryKey,
                format!(
                    "table `{}` has no primary key: Galera cannot tell its rows apart",
                    create.name
                ),
                create.name.range(),
            )
            .help("write `PRIMARY KEY` behind the column by which a row is known"),
        );
    }
}
