use crate::{
    Code, Finding,
    lint::{Check, Context, Defined, Example, Lint, MYSQL, NewColumn, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ImplicitValue,
        products: MYSQL,
        summary: "A column that refuses NULL is added without a default, and MySQL fills it with a value of its own.",
        why: "Every row that is there gets `''`, `0` or the first label of an enum: values that nobody chose, and that look like real ones.",
        instead: "Write the `DEFAULT` that is meant. Or add the column without `NOT NULL`, fill it, and make it `NOT NULL` afterwards.",
        examples: &[Example::new(
            "mysql",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))"],
            "ALTER TABLE users ADD COLUMN country varchar(2) NOT NULL",
            "ALTER TABLE users ADD COLUMN country varchar(2) NOT NULL DEFAULT 'FR'",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let column = new.column;
    if new.how != Defined::Add
        || column.not_null != Some(true)
        || column.default.is_some()
        || column.auto_increment
        || column.generated.is_some()
    {
        return;
    }
    let Some(table) = context.existing(new.table) else {
        return;
    };
    findings.push(
        Finding::new(
            Code::ImplicitValue,
            format!(
                "in every row of `{}`, MySQL fills `{}` with a value of its own",
                table.name, column.name
            ),
            column.range.clone(),
        )
        .help("write the `DEFAULT` that is meant"),
    );
}
