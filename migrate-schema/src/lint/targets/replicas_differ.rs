use std::ops::Range;

use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, walk},
    settings::{Product, Target},
    tree::{Action, Expression, ExpressionKind, Literal},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ReplicasDiffer,
        products: &[Product::Rqlite],
        summary: "A function that gives each replica of rqlite another value.",
        why: "rqlite sends the statement, not the rows, to every node. Before it does, it puts a value in the place of `random()`, since 8.33 of `'now'`, and since 8.34 of `randomblob(16)`; but not in an `ORDER BY`, nor in what a trigger does. What is left, as `unixepoch('subsec')`, is computed by each node for itself, so the nodes differ from then on, and nothing says so.",
        instead: "Compute the value in a Rust step. Where the cluster is new enough, say so: `dialects = [\"rqlite>=8.34\"]`.",
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

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let mut found: Vec<(&Expression, String)> = Vec::new();
    // A trigger is run by each node, as it stands there.
    let triggered = matches!(action, Action::CreateTrigger(_));
    if !triggered
        && !matches!(
            action,
            Action::Insert(_) | Action::Update(_) | Action::Delete(_)
        )
    {
        return;
    }
    let target = (!triggered).then_some(context.target());
    walk::expressions(action, |expression| {
        if let Some(name) = differs(expression, target) {
            found.push((expression, name));
        }
    });
    walk::orders(action, |order| {
        walk::inside(order, |expression| {
            if let Some(name) = random(expression) {
                found.push((expression, name));
            }
        });
    });
    let mut told: Vec<&Range<usize>> = Vec::new();
    for (expression, name) in &found {
        if told.contains(&&expression.range) {
            continue;
        }
        told.push(&expression.range);
        findings.push(
            Finding::new(
                Code::ReplicasDiffer,
                format!("each node of rqlite computes its own `{name}`: from here on they differ"),
                expression.range.clone(),
            )
            .help("compute the value in a Rust step"),
        );
    }
}

/// The function, where it gives each node another value. `target` is there where rqlite gets a chance to put a value in
/// its place.
pub(super) fn differs(expression: &Expression, target: Option<&Target>) -> Option<String> {
    let ExpressionKind::Call {
        name, arguments, ..
    } = &expression.kind
    else {
        return None;
    };
    let raw = |at: usize| match arguments.get(at).map(|argument| &argument.kind) {
        Some(ExpressionKind::Literal(Literal::Text(text))) => Some(text.as_str()),
        _ => None,
    };
    let since = |major, minor| target.is_some_and(|target| target.at_least(major, minor));
    let now = |at: usize| match arguments.get(at) {
        // Where it is left out, now is meant; and that is never replaced.
        None => true,
        Some(_) => raw(at).is_some_and(|text| text.eq_ignore_ascii_case("now")) && !since(8, 33),
    };
    let is_one_of = |at: usize, words: &[&str]| {
        raw(at).is_some_and(|text| words.iter().any(|word| text.eq_ignore_ascii_case(word)))
    };
    let has = |words: &[&str]| (0..arguments.len()).any(|at| is_one_of(at, words));
    let parts = ["subsec", "subsecond"];
    let is = match &*name.name.text.to_ascii_lowercase() {
        "random" => target.is_none(),
        "randomblob" => {
            let is_number = arguments.first().is_some_and(|argument| {
                matches!(argument.kind, ExpressionKind::Literal(Literal::Number(_)))
            });
            !(since(8, 34) && is_number)
        }
        // A day has no time that could differ.
        "julianday" => now(0) && !has(&["start of day", "start of month", "start of year"]),
        "unixepoch" | "datetime" | "time" => has(&parts) && (now(0) || is_one_of(0, &parts)),
        "strftime" => {
            let fraction = |text: &str| text.contains("%f") || text.contains("%J");
            raw(0).is_some_and(fraction) && now(1)
        }
        "timediff" => has(&["now"]) && !since(8, 33),
        _ => false,
    };
    is.then(|| name.to_string())
}

fn random(expression: &Expression) -> Option<String> {
    match &expression.kind {
        ExpressionKind::Call { name, .. } if name.name.text.eq_ignore_ascii_case("random") => {
            Some(name.to_string())
        }
        _ => None,
    }
}

#[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod tests {
    use crate::{Code, lint::tests::found_on};

    /// What each node computed for itself on a cluster of 8.26, and what it did not.
    #[test]
    fn what_three_nodes_had() {
        let of = |target: &'static str, sql: &str| found_on(target, sql, Code::ReplicasDiffer);
        for call in [
            "unixepoch('subsec')",
            "unixepoch('now', 'subsec')",
            "julianday('now')",
            "julianday()",
            "datetime('now', 'subsec')",
            "datetime('subsec')",
            "time('now', 'subsec')",
            "strftime('%f')",
            "strftime('%f', 'NOW')",
            "strftime('%J', 'now')",
            "timediff('now', '2000-01-01')",
            "lower(hex(randomblob(2)))",
        ] {
            let sql = format!("INSERT INTO b VALUES (1, {call})");
            assert_eq!(of("rqlite", &sql), 1, "{call}");
        }
        for call in [
            "random()",
            "unixepoch('now')",
            "datetime('now')",
            "strftime('%s', 'now')",
            "strftime('%j', 'now')",
            "julianday('now', 'start of day')",
            "julianday('2020-01-01')",
            "date('now')",
            "CURRENT_TIMESTAMP",
        ] {
            let sql = format!("INSERT INTO b VALUES (1, {call})");
            assert_eq!(of("rqlite", &sql), 0, "{call}");
        }
        for (sql, times) in [
            (
                "INSERT INTO b SELECT k, 1 FROM b ORDER BY random() LIMIT 1",
                1,
            ),
            (
                "DELETE FROM b WHERE k IN (SELECT k FROM b ORDER BY abs(random()) LIMIT 1)",
                1,
            ),
            ("INSERT INTO b SELECT k, random() FROM b ORDER BY k", 0),
            (
                "CREATE TRIGGER t AFTER INSERT ON b BEGIN UPDATE b SET v = random(); END",
                1,
            ),
            (
                "CREATE TRIGGER t AFTER INSERT ON b BEGIN UPDATE b SET v = julianday('now'); END",
                1,
            ),
        ] {
            assert_eq!(of("rqlite", sql), times, "{sql}");
            assert_eq!(of("rqlite>=8.34", sql), times, "{sql}");
        }
    }

    #[test]
    fn what_newer_ones_replace() {
        let of = |target: &'static str, call: &str| {
            let sql = format!("UPDATE b SET v = {call}");
            found_on(target, &sql, Code::ReplicasDiffer)
        };
        for (call, since) in [
            ("julianday('now')", "rqlite>=8.33"),
            ("strftime('%f', 'now')", "rqlite>=8.33"),
            ("datetime('now', 'subsec')", "rqlite>=8.33"),
            ("timediff('2000-01-01', 'now')", "rqlite>=8.33"),
            ("hex(randomblob(4))", "rqlite>=8.34"),
        ] {
            assert_eq!(
                (of("rqlite>=8.32", call), of(since, call)),
                (1, 0),
                "{call}"
            );
        }
        for call in [
            "julianday()",
            "strftime('%f')",
            "unixepoch('subsec')",
            "randomblob(k)",
        ] {
            assert_eq!(of("rqlite>=8.34", call), 1, "{call}");
        }
    }
}
