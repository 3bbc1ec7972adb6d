use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, walk},
    settings::Product,
    tree::{Action, Expression, ExpressionKind, Literal},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::NodeClock,
        products: &[Product::Rqlite],
        summary: "What each node of rqlite computes when it runs the statement, and again when it starts.",
        why: "rqlite sends the statement to every node, and each reads its own clock for `CURRENT_TIMESTAMP`. A node that starts runs the statements since its last snapshot once more, and reads the clock of that time: the same row has another date there. Since 8.33 a date is put in the place of `datetime('now')` before, but never in that of `CURRENT_TIMESTAMP`, `datetime()`, or what a trigger does. `random()` in a query inside another statement is not replaced by every version either.",
        instead: "Write the value, or compute it in a Rust step.",
        examples: &[Example::new(
            "rqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, born TEXT)"],
            "UPDATE users SET born = CURRENT_TIMESTAMP WHERE born IS NULL",
            "UPDATE users SET born = '2026-01-01 00:00:00' WHERE born IS NULL",
        )],
    },
    down: true,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let triggered = matches!(action, Action::CreateTrigger(_));
    let writes = matches!(
        action,
        Action::Insert(_) | Action::Update(_) | Action::Delete(_)
    );
    if !triggered && !writes {
        return;
    }
    let replaced = !triggered && context.target().at_least(8, 33);
    let mut found: Vec<&Expression> = Vec::new();
    walk::expressions(action, |expression| match &expression.kind {
        _ if reads_the_clock(expression, replaced) => found.push(expression),
        ExpressionKind::Subquery(_)
        | ExpressionKind::Exists(_)
        | ExpressionKind::InQuery { .. }
            if !triggered =>
        {
            walk::inside(expression, |inside| {
                if is_random(inside) && !found.iter().any(|other| other.range == inside.range) {
                    found.push(inside);
                }
            });
        }
        _ => {}
    });
    // Others say more of these.
    let mut others = Vec::new();
    walk::orders(action, |order| {
        walk::inside(order, |expression| others.push(&expression.range));
    });
    found.retain(|expression| !others.contains(&&expression.range));
    for expression in found {
        let what = match &expression.kind {
            ExpressionKind::Literal(Literal::Keyword(word)) => word.clone(),
            ExpressionKind::Call { name, .. } => format!("{name}()"),
            _ => continue,
        };
        findings.push(
            Finding::new(
                Code::NodeClock,
                format!(
                    "each node of rqlite computes `{what}` for itself, and again when it starts"
                ),
                expression.range.clone(),
            )
            .help("write the value, or compute it in a Rust step"),
        );
    }
}

/// Whether the value is one of seconds; what has fractions surely differs, and is another finding.
fn reads_the_clock(expression: &Expression, replaced: bool) -> bool {
    let ExpressionKind::Call {
        name, arguments, ..
    } = &expression.kind
    else {
        return matches!(
            expression.kind,
            ExpressionKind::Literal(Literal::Keyword(_))
        );
    };
    let lower = name.name.text.to_ascii_lowercase();
    let at = match &*lower {
        "date" | "time" | "datetime" | "unixepoch" => 0,
        "strftime" => 1,
        _ => return false,
    };
    let reads = match arguments.get(at).map(|argument| &argument.kind) {
        None => true,
        Some(ExpressionKind::Literal(Literal::Text(text))) => {
            text.eq_ignore_ascii_case("now") && !replaced
        }
        Some(_) => false,
    };
    reads && super::replicas_differ::differs(expression, None).is_none()
}

fn is_random(expression: &Expression) -> bool {
    matches!(&expression.kind, ExpressionKind::Call { name, .. } if name.name.text.eq_ignore_ascii_case("random"))
}

#[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod tests {
    use crate::{Code, lint::tests::found_on};

    #[test]
    fn clocks_are_found_where_no_value_is_put_in_their_place() {
        let of = |target: &'static str, sql: &str| found_on(target, sql, Code::NodeClock);
        for (sql, always) in [
            ("UPDATE b SET v = CURRENT_TIMESTAMP", true),
            ("INSERT INTO b VALUES (1, datetime())", true),
            ("INSERT INTO b VALUES (1, unixepoch('now'))", false),
            ("DELETE FROM b WHERE v < date('now')", false),
            ("INSERT INTO b VALUES (1, strftime('%s', 'now'))", false),
            ("UPDATE b SET v = (SELECT random())", true),
            (
                "CREATE TRIGGER t AFTER INSERT ON b BEGIN UPDATE b SET v = datetime('now'); END",
                true,
            ),
        ] {
            assert_eq!(of("rqlite", sql), 1, "{sql}");
            assert_eq!(of("rqlite>=8.33", sql), usize::from(always), "{sql}");
        }
        for sql in [
            "UPDATE b SET v = datetime(k, 'unixepoch')",
            "UPDATE b SET v = random()",
            "SELECT CURRENT_TIMESTAMP",
            "UPDATE b SET v = (SELECT max(k) FROM b)",
            // Other findings.
            "UPDATE b SET v = strftime('%f', 'now')",
            "INSERT INTO b SELECT k, 1 FROM b ORDER BY random()",
        ] {
            assert_eq!(of("rqlite", sql), 0, "{sql}");
        }
        assert_eq!(of("sqlite", "UPDATE b SET v = CURRENT_TIMESTAMP"), 0);
    }
}
