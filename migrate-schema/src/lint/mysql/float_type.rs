use crate::{
    Code, Dialect, Finding,
    lint::{
        Check, Context, Example, Lint, MYSQL, NewColumn, Page,
        types::{Holds, holds},
    },
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::FloatType,
        products: MYSQL,
        summary: "A number is kept as a float.",
        why: "`float` and `double` do not keep decimal fractions: 0.1 + 0.2 is not 0.3. `float(10,2)` is out of date, too.",
        instead: "Write `decimal(p, s)` for money and whatever is counted; keep floats for what is measured.",
        examples: &[Example::new(
            "mysql",
            &[],
            "CREATE TABLE bills (id bigint PRIMARY KEY, total float)",
            "CREATE TABLE bills (id bigint PRIMARY KEY, total decimal(12, 2))",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    if let Some(Holds::Float { .. }) = holds(ty, Dialect::Mysql) {
        findings.push(
            Finding::new(
                Code::FloatType,
                format!(
                    "`{}` does not keep decimal fractions as they were written",
                    new.column.name
                ),
                ty.range.clone(),
            )
            .help("write `decimal(p, s)`"),
        );
    }
}
