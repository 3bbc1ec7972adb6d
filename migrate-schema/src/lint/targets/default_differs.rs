use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, Page, walk},
    settings::Product,
    tree::{ExpressionKind, Literal},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DefaultDiffers,
        products: &[Product::Rqlite],
        summary: "A default that each replica of rqlite computes for itself.",
        why: "rqlite sends the statement to every node, and each puts in its own default: `CURRENT_TIMESTAMP` is read from the clock of each node, so the nodes may differ by a second and more.",
        instead: "Leave the default out, and let the program bind the value.",
        examples: &[Example::new(
            "rqlite",
            &[],
            "CREATE TABLE users (id INTEGER PRIMARY KEY, born TEXT DEFAULT CURRENT_TIMESTAMP)",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, born TEXT)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(default) = &new.column.default else {
        return;
    };
    let mut found = false;
    walk::inside(default, |part| {
        found |= match &part.kind {
            ExpressionKind::Literal(Literal::Keyword(_)) => true,
            ExpressionKind::Call { name, .. } => [
                "random",
                "randomblob",
                "date",
                "time",
                "datetime",
                "julianday",
                "unixepoch",
                "strftime",
            ]
            .iter()
            .any(|function| name.name.text.eq_ignore_ascii_case(function)),
            _ => false,
        };
    });
    if found {
        findings.push(
            Finding::new(
                Code::DefaultDiffers,
                format!(
                    "each node of rqlite computes this default of `{}` for itself",
                    new.column.name
                ),
                default.range.clone(),
            )
            .help("leave the default out, and let the program bind the value"),
        );
    }
}
