//! The one form of what has several.

use super::node::{Head, Node};
use crate::Dialect;

/// `NOT`; twice is not at all.
pub(super) fn not(mut inner: Node) -> Option<Node> {
    if inner.is_form("not") {
        return inner.parts.pop();
    }
    Node::new(Head::Form("not"), vec![inner])
}

pub(super) fn is_null(inner: Node) -> Option<Node> {
    Node::new(Head::Form("is null"), vec![inner])
}

/// A sign before a value.
pub(super) fn sign(sign: &str, inner: Node) -> Option<Node> {
    match (sign, &inner.head) {
        ("+", _) => Some(inner),
        ("-", Head::Number(number)) => {
            Some(Node::leaf(Head::Number(match number.strip_prefix('-') {
                Some(positive) => positive.to_owned(),
                None if number == "0" => number.clone(),
                None => format!("-{number}"),
            })))
        }
        _ => Node::new(Head::Operator(format!("unary {sign}")), vec![inner]),
    }
}

/// `AND` and `OR`, flat.
pub(super) fn joined(form: &'static str, left: Node, right: Node) -> Option<Node> {
    // A chain grows at its right end, and may be long.
    let mut chain = if left.is_form(form) {
        left
    } else {
        Node::new(Head::Form(form), vec![left])?
    };
    if !right.is_form(form) {
        return chain.with(right);
    }
    for part in right.parts {
        chain = chain.with(part)?;
    }
    Some(chain)
}

/// An operator between two values.
pub(super) fn binary(dialect: Dialect, operator: &str, left: Node, right: Node) -> Option<Node> {
    let call =
        |name: &str, parts: Vec<Node>| Node::new(Head::Call(Vec::new(), name.to_owned()), parts);
    let mysql = dialect == Dialect::Mysql;
    let postgres = dialect == Dialect::Postgres;
    match operator {
        "and" => joined("and", left, right),
        "&&" if mysql => joined("and", left, right),
        "or" => joined("or", left, right),
        "||" if mysql => joined("or", left, right),
        "~~" if postgres => like("like", left, right, None),
        "!~~" if postgres => not(like("like", left, right, None)?),
        "~~*" if postgres => like("ilike", left, right, None),
        "!~~*" if postgres => not(like("ilike", left, right, None)?),
        "mod" if mysql => Node::new(Head::Operator("%".into()), vec![left, right]),
        "->" if mysql => call("json_extract", vec![left, right]),
        "->>" if mysql => call(
            "json_unquote",
            vec![call("json_extract", vec![left, right])?],
        ),
        "=" | "==" => Node::new(Head::Operator("=".into()), vec![left, right]),
        "<>" | "!=" => Node::new(Head::Operator("<>".into()), vec![left, right]),
        _ => Node::new(Head::Operator(operator.to_owned()), vec![left, right]),
    }
}

/// `LIKE` and its kin.
pub(super) fn like(operator: &str, left: Node, right: Node, escape: Option<Node>) -> Option<Node> {
    let operator = match operator {
        "rlike" => "regexp",
        other => other,
    };
    let mut parts = vec![left];
    let is_escape = |node: &Node| {
        matches!(&node.head, Head::Call(_, name) if name == "like_escape") && node.parts.len() == 2
    };
    // PostgreSQL shows `a ~~ like_escape(b, '!')`.
    if escape.is_none() && is_escape(&right) {
        parts.extend(right.parts);
    } else {
        parts.push(right);
        parts.extend(escape);
    }
    Node::new(Head::Operator(operator.to_owned()), parts)
}

/// `IN (…)`.
pub(super) fn one_of(dialect: Dialect, left: Node, mut list: Vec<Node>) -> Option<Node> {
    if list.len() == 1
        && let Some(only) = list.pop()
    {
        return binary(dialect, "=", left, only);
    }
    let mut parts = vec![left];
    parts.extend(list);
    Node::new(Head::Form("in"), parts)
}

/// `a = ANY (…)`, `a <> ALL (…)`: PostgreSQL's words for `IN` and `NOT IN`.
pub(super) fn each(
    dialect: Dialect,
    operator: &str,
    form: &'static str,
    left: Node,
    right: Node,
) -> Option<Node> {
    let as_in = matches!((operator, form), ("=", "any") | ("<>" | "!=", "all"));
    let negated = form == "all";
    if as_in {
        let found = if right.is_form("query") {
            Node::new(Head::Form("in query"), vec![left, right])
        } else if let Some(list) = listed(&right) {
            one_of(dialect, left, list)
        } else {
            return Node::new(Head::Named(form, operator.to_owned()), vec![left, right]);
        };
        return if negated { not(found?) } else { found };
    }
    Node::new(Head::Named(form, operator.to_owned()), vec![left, right])
}

/// The values of an array that is written out.
fn listed(array: &Node) -> Option<Vec<Node>> {
    let (types, inner) = array.peeled();
    if inner.is_form("array") {
        return Some(inner.parts.clone());
    }
    let Head::Text(text) = &inner.head else {
        return None;
    };
    types.first().filter(|ty| ty.ends_with("[]"))?;
    let list = text.strip_prefix('{')?.strip_suffix('}')?;
    if list.contains(['"', '{', '\\']) {
        return None;
    }
    let values = list.split(',');
    Some(
        values
            .map(|value| Node::leaf(Head::Text(value.trim().to_owned())))
            .collect(),
    )
}

/// A call, in the one form that it has.
pub(super) fn call(
    dialect: Dialect,
    path: Vec<String>,
    name: String,
    mut arguments: Vec<Node>,
) -> Option<Node> {
    let mysql = dialect == Dialect::Mysql;
    match (name.as_str(), arguments.len()) {
        ("isnull", 1) if mysql => return is_null(arguments.pop()?),
        ("mod", 2) if mysql => return Node::new(Head::Operator("%".into()), arguments),
        ("not", 1) => return not(arguments.pop()?),
        ("date_add" | "adddate", 2) if mysql => {
            return Node::new(Head::Operator("+".into()), arguments);
        }
        ("date_sub" | "subdate", 2) if mysql => {
            return Node::new(Head::Operator("-".into()), arguments);
        }
        ("regexp_like", 2) if mysql => {
            return Node::new(Head::Operator("regexp".into()), arguments);
        }
        ("current_timestamp", 1) if mysql => {
            if matches!(&arguments.first()?.head, Head::Number(zero) if zero == "0") {
                arguments.clear();
            }
        }
        _ => {}
    }
    Node::new(Head::Call(path, name), arguments)
}

/// The one name of a function that has several.
pub(super) fn function(dialect: Dialect, name: &str) -> String {
    let known = match dialect {
        Dialect::Postgres => match name {
            "now" | "transaction_timestamp" => "current_timestamp",
            "current_role" | "user" => "current_user",
            "substr" => "substring",
            "extract" => "date_part",
            "char_length" | "character_length" => "length",
            "ceiling" => "ceil",
            "pow" => "power",
            other => other,
        },
        Dialect::Mysql => match name.to_ascii_lowercase().as_str() {
            "now" | "localtime" | "localtimestamp" => "current_timestamp",
            "curdate" => "current_date",
            "curtime" => "current_time",
            "substr" | "mid" => "substring",
            "ucase" => "upper",
            "lcase" => "lower",
            "character_length" => "char_length",
            "ceil" => "ceiling",
            "power" => "pow",
            "day" => "dayofmonth",
            "schema" => "database",
            "std" | "stddev" | "stddev_pop" => "std",
            "var_pop" => "variance",
            "json_append" => "json_array_append",
            _ => return name.to_ascii_lowercase(),
        },
        Dialect::Sqlite => return name.to_ascii_lowercase(),
    };
    known.to_owned()
}

/// A number, so that `1`, `1.0` and `01` are one.
pub(super) fn number(written: &str) -> String {
    let text = written.replace('_', "").to_ascii_lowercase();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain {
        return match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value.abs() < 1e15 => number(&value.to_string()),
            _ => text,
        };
    }
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0');
    let rest = rest.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{rest}")
    }
}
