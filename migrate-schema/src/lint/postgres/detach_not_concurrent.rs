use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page, text},
    tree::{Alter, AlterTable},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DetachNotConcurrent,
        products: POSTGRES,
        summary: "A partition is detached under a lock that stops every query of the whole table.",
        why: "`DETACH PARTITION` takes an ACCESS EXCLUSIVE lock on the partitioned table.",
        instead: "Write `DETACH PARTITION … CONCURRENTLY` (PostgreSQL 14 and newer) in a migration of its own.",
        examples: &[
            Example::new(
                "postgres",
                &["CREATE TABLE visits (day date) PARTITION BY RANGE (day)", "CREATE TABLE visits_2020 PARTITION OF visits FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"],
                "ALTER TABLE visits DETACH PARTITION visits_2020",
                "ALTER TABLE visits DETACH PARTITION visits_2020 CONCURRENTLY",
            )
            .without_transaction(),
        ],
    },
    down: false,
    check: Check::Change(check),
};

fn check(context: &Context<'_>, alter: &AlterTable, change: &Alter, findings: &mut Vec<Finding>) {
    let Alter::Detach(partition) = change else {
        return;
    };
    let Some(table) = context.existing(&alter.name) else {
        return;
    };
    if !table.partitioned
        || context.target().older_than(14, 0)
        || text::word(context, "concurrently").is_some()
    {
        return;
    }
    findings.push(
        Finding::new(
            Code::DetachNotConcurrent,
            format!(
                "no query of `{}` runs while this waits for its lock",
                table.name
            ),
            partition.range(),
        )
        .help("write `DETACH PARTITION … CONCURRENTLY` in a migration of its own"),
    );
}
