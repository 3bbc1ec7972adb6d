//! Whether two words are one thing: an engine shows what it holds in other words than people write.
//!
//! `int4` is `integer`, `(a > (0)::numeric)` is `a > 0`. Everything here answers [`Same::Yes`] only for what is surely the
//! same, [`Same::No`] only for what is surely another thing, and else [`Same::Unknown`]: of that nothing is concluded.
//!
//! ```
//! use migrate_schema::{Dialect::Postgres, schema::same::{self, Same}};
//! assert_eq!(same::data_type(Postgres, "varchar(20)", "character varying(20)"), Same::Yes);
//! let (written, shown) = ("state IN ('new', 'old')", "(state = ANY (ARRAY['new'::text, 'old'::text]))");
//! assert_eq!(same::expression(Postgres, written, shown), Same::Yes);
//! assert_eq!(same::expression(Postgres, "a > 0", "(b > 0)"), Same::No);
//! ```

mod compare;
mod defaults;
mod node;
mod normal;
mod options;
mod parse;
mod primary;
mod query;
mod routine;
mod statement;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod types;

use super::{IndexOn, IndexPart, Routine};
use crate::Dialect;
use compare::{Comparison, no_columns};

pub use defaults::{default, is_implied_check};
pub use types::data_type_of as data_type;

/// Whether two things are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// It cannot be told.
    Unknown,
}

impl Same {
    /// Of two parts of one thing.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// They surely are.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// They surely are not.
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }
}

impl From<bool> for Same {
    fn from(same: bool) -> Self {
        if same { Self::Yes } else { Self::No }
    }
}

/// Whether two names, as the engine stores them, mean one thing.
pub fn name(dialect: Dialect, a: &str, b: &str) -> bool {
    match dialect {
        Dialect::Postgres => a == b,
        Dialect::Sqlite => a.eq_ignore_ascii_case(b),
        Dialect::Mysql => a.to_lowercase() == b.to_lowercase(),
    }
}

/// Whether two lists of names are the same, in their order.
pub fn names(dialect: Dialect, a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| name(dialect, a, b))
}

/// Whether two expressions of one table are the same: checks, what a column is computed from, parts and conditions of
/// indexes. For the default of a column there is [`default`].
pub fn expression(dialect: Dialect, a: &str, b: &str) -> Same {
    if a == b || token::tokens(a, dialect) == token::tokens(b, dialect) {
        return Same::Yes;
    }
    match (parse::expression(a, dialect), parse::expression(b, dialect)) {
        (Some(a), Some(b)) => {
            let comparison = Comparison {
                dialect,
                columns: &no_columns,
            };
            let (a, b) = (of_one_table(a), of_one_table(b));
            as_written(dialect, comparison.nodes(&a, &b))
        }
        _ => clause(dialect, a, b),
    }
}

/// SQLite shows everything as it was written: what is not surely the same is another thing there.
const fn as_written(dialect: Dialect, same: Same) -> Same {
    match (dialect, same) {
        (Dialect::Sqlite, Same::Unknown) => Same::No,
        (_, same) => same,
    }
}

/// In a check or an index the table's name before a column says nothing.
fn of_one_table(mut node: node::Node) -> node::Node {
    if let node::Head::Column(path, _) = &mut node.head
        && !path.last().is_some_and(|row| row == "new" || row == "old")
    {
        path.clear();
    }
    if !node.is_form("query") {
        node.parts = node.parts.into_iter().map(of_one_table).collect();
    }
    node
}

/// Whether two expressions are the same, which may be left out.
pub fn optional(dialect: Dialect, a: Option<&str>, b: Option<&str>) -> Same {
    match (a, b) {
        (Some(a), Some(b)) => expression(dialect, a, b),
        (None, None) => Same::Yes,
        _ => Same::No,
    }
}

/// Whether two queries are the same, of views mostly. `columns` gives the columns of a table or view where they are
/// known, in their order: what `*` stands for.
pub fn query(
    dialect: Dialect,
    a: &str,
    b: &str,
    columns: &dyn Fn(&str) -> Option<Vec<String>>,
) -> Same {
    if a == b || token::tokens(a, dialect) == token::tokens(b, dialect) {
        return Same::Yes;
    }
    match (query::query(a, dialect), query::query(b, dialect)) {
        (Some(a), Some(b)) => as_written(dialect, Comparison { dialect, columns }.nodes(&a, &b)),
        _ => clause(dialect, a, b),
    }
}

/// Whether two pieces of SQL of which the form is not known are the same: they are where their tokens are.
pub fn clause(dialect: Dialect, a: &str, b: &str) -> Same {
    statement::clauses(dialect, a, b)
}

/// Whether the parts of two indexes or keys are the same.
pub fn index_parts(dialect: Dialect, a: &[IndexPart], b: &[IndexPart]) -> Same {
    if a.len() != b.len() {
        return Same::No;
    }
    let pairs = a.iter().zip(b);
    pairs.fold(Same::Yes, |same, (a, b)| {
        same.and(index_part(dialect, a, b))
    })
}

fn index_part(dialect: Dialect, a: &IndexPart, b: &IndexPart) -> Same {
    let on = match (&a.on, &b.on) {
        (IndexOn::Column(a), IndexOn::Column(b)) => Same::from(name(dialect, a, b)),
        (IndexOn::Expression(a), IndexOn::Expression(b)) => expression(dialect, a, b),
        // A column in brackets is an expression to read, and a column to the engine.
        (IndexOn::Column(column), IndexOn::Expression(text))
        | (IndexOn::Expression(text), IndexOn::Column(column)) => {
            expression(dialect, text, &crate::quote::quoted(column, dialect))
        }
    };
    let collations = match (&a.collation, &b.collation) {
        (Some(_), None) | (None, Some(_)) => {
            match options::collation(dialect, a.collation.as_deref(), b.collation.as_deref()) {
                // It may be the column's own.
                Same::No => Same::Unknown,
                other => other,
            }
        }
        (a, b) => options::collation(dialect, a.as_deref(), b.as_deref()),
    };
    let nulls_first = |part: &IndexPart| part.nulls_first.unwrap_or(part.descending);
    let nulls = dialect != Dialect::Postgres || nulls_first(a) == nulls_first(b);
    on.and(collations)
        .and(operator_class(
            a.operator_class.as_deref(),
            b.operator_class.as_deref(),
        ))
        .and(Same::from(a.descending == b.descending && nulls))
        .and(Same::from(a.length == b.length))
}

/// Whether two operator classes are the same: the usual one of a type is not shown.
fn operator_class(a: Option<&str>, b: Option<&str>) -> Same {
    let plain = |class: &str| {
        let class = class.rsplit('.').next().unwrap_or(class);
        match class.trim_matches('"') {
            "varchar_ops" => "text_ops".to_owned(),
            other => other.to_owned(),
        }
    };
    match (a.map(plain), b.map(plain)) {
        (Some(a), Some(b)) => Same::from(a == b),
        (None, None) => Same::Yes,
        (Some(only), None) | (None, Some(only)) => {
            let unusual = [
                "_pattern_ops",
                "_trgm_ops",
                "jsonb_path_ops",
                "_bloom_ops",
                "_minmax_multi_ops",
            ];
            if unusual.iter().any(|end| only.ends_with(end)) {
                Same::No
            } else if USUAL_CLASSES.contains(&only.as_str()) {
                Same::Yes
            } else {
                Same::Unknown
            }
        }
    }
}

/// Operator classes that are the usual ones of their types.
const USUAL_CLASSES: [&str; 18] = [
    "text_ops",
    "int4_ops",
    "int8_ops",
    "int2_ops",
    "jsonb_ops",
    "array_ops",
    "uuid_ops",
    "timestamp_ops",
    "timestamptz_ops",
    "date_ops",
    "numeric_ops",
    "bool_ops",
    "float8_ops",
    "float4_ops",
    "bytea_ops",
    "tsvector_ops",
    "range_ops",
    "enum_ops",
];

/// Whether two collations are the same.
pub fn collation(dialect: Dialect, a: Option<&str>, b: Option<&str>) -> Same {
    options::collation(dialect, a, b)
}

/// Whether two lists of a table's options are the same: what a server fills in by itself is no difference.
pub fn options(dialect: Dialect, a: &[(String, String)], b: &[(String, String)]) -> Same {
    options::options(dialect, a, b)
}

/// Whether two statements that make a trigger are the same.
pub fn trigger(dialect: Dialect, a: &str, b: &str) -> Same {
    statement::triggers(dialect, a, b)
}

/// Whether two statements that make a sequence are the same.
pub fn sequence(dialect: Dialect, a: &str, b: &str) -> Same {
    statement::sequences(dialect, a, b)
}

/// Whether two functions or procedures of one name are the same.
pub fn routine(dialect: Dialect, a: &Routine, b: &Routine) -> Same {
    if a.kind != b.kind {
        return Same::No;
    }
    routine::routines(dialect, &a.sql, &b.sql)
}
