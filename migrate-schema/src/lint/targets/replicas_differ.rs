use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, walk},
    settings::Product,
    tree::{Action, Expression, ExpressionKind, Literal},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ReplicasDiffer,
        products: &[Product::Rqlite],
        summary: "A function that gives each replica of rqlite another value.",
        why: "rqlite sends the statement, not the rows, to every node. `randomblob`, `julianday('now')` and `unixepoch('subsec')` are computed by each node for itself, so the nodes differ from then on, and nothing says so.",
        instead: "Compute the value in a Rust step and bind it.",
        examples: &[Example::new(
            "rqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, token TEXT)"],
            "UPDATE users SET token = hex(randomblob(16)) WHERE token IS NULL",
            "UPDATE users SET token = 'none' WHERE token IS NULL",
        )],
    },
    down: true,
    check: Check::Action(check),
};

fn check(_: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    // A trigger is run by each node, too.
    if !matches!(
        action,
        Action::Insert(_) | Action::Update(_) | Action::Delete(_) | Action::CreateTrigger(_)
    ) {
        return;
    }
    walk::expressions(action, |expression| {
        if differs(expression)
            && let ExpressionKind::Call { name, .. } = &expression.kind
        {
            findings.push(
                Finding::new(
                    Code::ReplicasDiffer,
                    format!(
                        "each node of rqlite computes its own `{name}`: from here on they differ"
                    ),
                    expression.range.clone(),
                )
                .help("compute the value in a Rust step and bind it"),
            );
        }
    });
}

/// Whether a call gives each replica another value. What rqlite replaces by a value before it sends the statement round does not.
pub(super) fn differs(expression: &Expression) -> bool {
    let ExpressionKind::Call {
        name, arguments, ..
    } = &expression.kind
    else {
        return false;
    };
    let text = |at: usize| match arguments.get(at).map(|argument| &argument.kind) {
        Some(ExpressionKind::Literal(Literal::Text(text))) => Some(text.to_ascii_lowercase()),
        _ => None,
    };
    match name.name.text.to_ascii_lowercase().as_str() {
        "randomblob" => true,
        "julianday" => arguments.is_empty() || text(0).as_deref() == Some("now"),
        "unixepoch" => (0..arguments.len())
            .any(|at| matches!(text(at).as_deref(), Some("subsec" | "subsecond"))),
        _ => false,
    }
}
