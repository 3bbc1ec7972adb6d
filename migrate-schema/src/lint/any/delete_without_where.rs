use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Source},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DeleteWithoutWhere,
        products: ALL,
        summary: "Every row of a table is deleted.",
        why: "A `DELETE` without `WHERE` (and a `TRUNCATE`) leaves nothing. Where that is meant, `down` cannot bring the rows back.",
        instead: "Write the condition, or say why all rows can go: `#[migration(\"…\", allow(delete_without_where, reason = \"…\"))]`.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE sessions (id INTEGER PRIMARY KEY, expired INTEGER)"],
            "DELETE FROM sessions",
            "DELETE FROM sessions WHERE expired",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    match action {
        Action::Delete(delete)
            if delete.filter.is_none() && delete.rest.is_empty() && delete.using.is_empty() =>
        {
            for target in &delete.targets {
                if let Source::Table { name, .. } = target
                    && let Some(table) = context.existing(name)
                    && !super::drop_table::is_made_again(context, name)
                {
                    findings.push(
                        Finding::new(
                            Code::DeleteWithoutWhere,
                            format!("this deletes every row of `{}`", table.name),
                            name.range(),
                        )
                        .help("write a `WHERE`, or say why all rows can go with `allow(delete_without_where, reason = \"…\")`"),
                    );
                }
            }
        }
        Action::Truncate { tables, .. } => {
            for name in tables {
                if let Some(table) = context.existing(name) {
                    findings.push(
                        Finding::new(
                            Code::DeleteWithoutWhere,
                            format!("this deletes every row of `{}`", table.name),
                            name.range(),
                        )
                        .help("write `DELETE … WHERE`, or say why all rows can go with `allow(delete_without_where, reason = \"…\")`"),
                    );
                }
            }
        }
        _ => {}
    }
}
