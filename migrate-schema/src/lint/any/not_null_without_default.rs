use crate::{
    Code, Finding,
    lint::{Check, Context, Defined, Example, Lint, NewColumn, Page},
    settings::Product,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::NotNullWithoutDefault,
        products: &[
            Product::Sqlite,
            Product::Rqlite,
            Product::Postgres,
            Product::Cockroach,
        ],
        summary: "A column that refuses NULL is added without a default.",
        why: "It works while the table is empty. As soon as it has a row, the database refuses: there is no value for the new column of that row. \
              (MySQL puts in a value of its own: see `implicit_value`.)",
        instead: "Give the column a default. Or add it without `NOT NULL`, fill it, and set `NOT NULL` afterwards.",
        examples: &[
            Example::new(
                "sqlite",
                &["CREATE TABLE users (id INTEGER PRIMARY KEY)"],
                "ALTER TABLE users ADD COLUMN email TEXT NOT NULL",
                "ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT ''",
            ),
            Example::new(
                "postgres",
                &["CREATE TABLE users (id bigint PRIMARY KEY)"],
                "ALTER TABLE users ADD COLUMN email text NOT NULL",
                "ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT ''",
            ),
        ],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let column = new.column;
    if new.how != Defined::Add
        || column.not_null != Some(true)
        || column.default.is_some()
        || column.generated.is_some()
        || column.identity.is_some()
        || column.auto_increment
        || column
            .ty
            .as_ref()
            .is_some_and(|ty| is_serial(&ty.path.name.text))
    {
        return;
    }
    let Some(table) = context.existing(new.table) else {
        return;
    };
    if table.columns.is_empty() || is_emptied(context, new) {
        return;
    }
    let message = if table.has_rows {
        format!(
            "`{}` has rows, and `{}` has no value for them: this migration fails",
            table.name, column.name
        )
    } else {
        format!(
            "if `{}` has a row, this migration fails: `{}` has no value for it",
            table.name, column.name
        )
    };
    findings.push(
        Finding::new(Code::NotNullWithoutDefault, message, column.range.clone())
            .help("write a `DEFAULT`, or add the column without `NOT NULL` and fill it first"),
    );
}

/// Whether an earlier statement of the method deletes all rows.
fn is_emptied(context: &Context<'_>, new: NewColumn<'_>) -> bool {
    use crate::tree::{Action, Source};
    context.earlier_about(new.table).any(|action| match action {
        Action::Truncate { tables, .. } => tables.iter().any(|name| context.same_path(name, new.table)),
        Action::Delete(delete) => {
            delete.filter.is_none()
                && delete
                    .targets
                    .iter()
                    .any(|target| matches!(target, Source::Table { name, .. } if context.same_path(name, new.table)))
        }
        _ => false,
    })
}

fn is_serial(name: &str) -> bool {
    [
        "serial",
        "bigserial",
        "smallserial",
        "serial2",
        "serial4",
        "serial8",
    ]
    .iter()
    .any(|serial| name.eq_ignore_ascii_case(serial))
}
