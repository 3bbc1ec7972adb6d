use crate::{
    Code, Dialect, Finding,
    lint::{
        Check, Context, Example, Lint, MYSQL, NewColumn, Page,
        types::{Holds, holds},
    },
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PrimaryKeyType,
        products: MYSQL,
        summary: "A primary key of a type that is none for keys.",
        why: "InnoDB keeps the rows in the order of the primary key, and copies it into every other index: a float is never equal to what was written, a text makes all indexes large, a date is not unique.",
        instead: "Write `bigint`, or `binary(16)` for a UUID.",
        examples: &[Example::new(
            "mysql",
            &[],
            "CREATE TABLE posts (id double PRIMARY KEY)",
            "CREATE TABLE posts (id bigint PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    if new.column.primary_key.is_none() {
        return;
    }
    if let Some(
        Holds::Float { .. } | Holds::Date | Holds::Time | Holds::Timestamp { .. } | Holds::Json,
    ) = holds(ty, Dialect::Mysql)
    {
        findings.push(
            Finding::new(
                Code::PrimaryKeyType,
                format!(
                    "`{}` is no good primary key: its type is not for names of rows",
                    new.column.name
                ),
                ty.range.clone(),
            )
            .help("write `bigint`, or `binary(16)` for a UUID"),
        );
    }
}
