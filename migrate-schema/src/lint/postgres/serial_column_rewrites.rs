use crate::{
    Code, Finding,
    lint::{Check, Context, Defined, Example, Lint, NewColumn, POSTGRES, Page},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::SerialColumnRewrites,
        products: POSTGRES,
        summary: "A column that counts is added, and the whole table is written anew.",
        why: "`serial` and `GENERATED … AS IDENTITY` give each row that is there a number: every row is written again under an ACCESS EXCLUSIVE lock.",
        instead: "Add a plain column, fill it in batches, and then give it a sequence or `ADD GENERATED … AS IDENTITY`.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",
            "ALTER TABLE users ADD COLUMN number bigint",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let serial = new
        .column
        .ty
        .as_ref()
        .is_some_and(|ty| ty.path.schema.is_none() && ty.path.name.text.contains("serial"));
    if new.how != Defined::Add || !(serial || new.column.identity.is_some()) {
        return;
    }
    if let Some(table) = context.existing(new.table) {
        findings.push(
            Finding::new(
                Code::SerialColumnRewrites,
                format!(
                    "nobody can read or write `{}` while every row is written anew with its number",
                    table.name
                ),
                new.column.range.clone(),
            )
            .help("add a plain column, fill it in batches, and let it count afterwards"),
        );
    }
}
