//! Defaults of columns, which depend on the column's type; and checks that a type brings with it.

use super::{
    Same, expression,
    node::{Head, Node},
    parse, text, types,
};
use crate::{
    Dialect,
    schema::{Check, Table},
};

/// Whether two defaults of a column of this type are the same. No default is `NULL`, but on SQLite, which keeps what was written.
pub fn default(dialect: Dialect, data_type: &str, a: Option<&str>, b: Option<&str>) -> Same {
    let (a, b) = (
        a.filter(|sql| !is_null(dialect, sql)),
        b.filter(|sql| !is_null(dialect, sql)),
    );
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (None, None) => return Same::Yes,
        _ => return Same::No,
    };
    let same = expression(dialect, a, b);
    if same == Same::Yes {
        return same;
    }
    let (Some(left), Some(right)) = (parse::expression(a, dialect), parse::expression(b, dialect))
    else {
        return same;
    };
    constants(dialect, data_type, left.peeled().1, right.peeled().1).unwrap_or(same)
}

fn is_null(dialect: Dialect, sql: &str) -> bool {
    let Some(node) = parse::expression(sql, dialect) else {
        return false;
    };
    // MySQL: `DEFAULT NULL COLLATE utf8mb4_bin` says the collation of the column.
    let own = match (&node.head, node.parts.first()) {
        (Head::Named("collate", _), Some(inner)) if dialect == Dialect::Mysql => inner,
        _ => &node,
    };
    dialect != Dialect::Sqlite && own.peeled().1.head == Head::Null
}

/// Two constants as values of this type.
fn constants(dialect: Dialect, data_type: &str, a: &Node, b: &Node) -> Option<Same> {
    let base = types::base(dialect, data_type);
    let plain = |node: &Node| match &node.head {
        Head::Text(text) => Some(text.clone()),
        Head::Number(number) => Some(number.clone()),
        Head::Boolean(value) => Some(value.to_string()),
        Head::Bytes(bytes) => Some(format!("x'{bytes}'")),
        _ => None,
    };
    let (a, b) = (plain(a)?, plain(b)?);
    if base == "boolean" {
        let (a, b) = (text::boolean(&a)?, text::boolean(&b)?);
        return Some(Same::from(a == b));
    }
    let whole = |text: &str| text.trim().parse::<i128>().ok();
    if dialect == Dialect::Sqlite
        || (whole(&a).is_some() && whole(&b).is_some() && whole(&a) != whole(&b))
    {
        return None;
    }
    let numeric = [
        "decimal",
        "numeric",
        "float",
        "double",
        "real",
        "double precision",
    ];
    if numeric.contains(&base.as_str()) {
        // What a type with a scale keeps of a number is the engine's business.
        let (a, b) = (a.trim().parse::<f64>().ok()?, b.trim().parse::<f64>().ok()?);
        return Some(if (a - b).abs() < 1e-9 {
            Same::Yes
        } else if (a - b).abs() < 1.0 {
            Same::Unknown
        } else {
            Same::No
        });
    }
    let is_text = ["char", "text", "enum", "set"]
        .iter()
        .any(|part| base.contains(part));
    if is_text && a == b {
        return Some(Same::Yes);
    }
    match text::texts(dialect, &a, &b, &[data_type]) {
        Same::No => None,
        other => Some(other),
    }
}

/// Whether a check is one that a column's type brings with it, where the other side of the comparison has the type:
/// MariaDB's `JSON` is a text with a check.
pub fn is_implied_check(dialect: Dialect, check: &Check, other: &Table) -> bool {
    if dialect != Dialect::Mysql {
        return false;
    }
    let Some(node) = parse::expression(&check.expression, dialect) else {
        return false;
    };
    let column = match (&node.head, node.parts.as_slice()) {
        (Head::Call(_, name), [only]) if name == "json_valid" => match &only.head {
            Head::Column(_, column) => column,
            _ => return false,
        },
        _ => return false,
    };
    other.columns.iter().any(|own| {
        super::name(dialect, &own.name, column) && own.data_type.trim().eq_ignore_ascii_case("json")
    })
}
