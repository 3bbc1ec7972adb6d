use crate::{
    Code, Dialect, Finding,
    lint::{
        Check, Context, Example, Lint, MYSQL, NewColumn, Page,
        types::{Holds, holds},
    },
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DisplayWidth,
        products: MYSQL,
        summary: "An integer has a display width.",
        why: "`int(11)` holds the same numbers as `int`; MySQL 8.0.17 calls the width out of date. `tinyint(1)`, by which drivers know a boolean, is left alone.",
        instead: "Leave the width out.",
        examples: &[Example::new(
            "mysql",
            &[],
            "CREATE TABLE posts (id bigint(20) PRIMARY KEY)",
            "CREATE TABLE posts (id bigint PRIMARY KEY)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let one = ty.path.name.text.eq_ignore_ascii_case("tinyint") && ty.arguments == ["1"];
    if !one
        && !ty.arguments.is_empty()
        && !ty.words.iter().any(|word| word == "zerofill")
        && matches!(holds(ty, Dialect::Mysql), Some(Holds::Integer { .. }))
    {
        let mut finding = Finding::new(
            Code::DisplayWidth,
            format!(
                "the width of `{}` changes nothing, and is out of date",
                new.column.name
            ),
            ty.range.clone(),
        )
        .help("leave it out");
        if let Some(written) = context.sql().get(ty.range.clone())
            && let (Some(open), Some(close)) = (written.find('('), written.find(')'))
            && open < close
        {
            finding = finding.fix(ty.range.start + open..ty.range.start + close + 1, "");
        }
        findings.push(finding);
    }
}
