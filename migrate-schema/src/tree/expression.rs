//! Expressions, as far as names, functions and types go.

use std::ops::Range;

use super::{Name, Path, Query, TypeName};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// Its bytes in the SQL text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: ExpressionKind,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// A column: `c`, `t.c`, `s.t.c`. On SQLite `"c"` may be a string instead; `name.quoted` tells.
    Column {
        /// The table, with its schema.
        table: Option<Path>,
        /// The column.
        name: Name,
    },
    /// A constant.
    Literal(Literal),
    /// `?`, `$1`, `:name`, `@variable`, and what else is neither a constant nor a name of the schema.
    Parameter,
    /// `DEFAULT` in the place of a value.
    Default,
    /// A call.
    Call {
        /// The function.
        name: Path,
        /// What is given to it, in order; what stands in `FILTER`, `OVER`, `ORDER BY` too is in `inner`.
        arguments: Vec<Expression>,
        /// `f(*)`.
        star: bool,
        /// Arguments by name (`f(a => 1)`), `VARIADIC`, or a special form of the grammar (`EXTRACT(… FROM …)`): the number of arguments says nothing.
        special: bool,
        /// The expressions of `FILTER`, `OVER`, `WITHIN GROUP`, `ORDER BY`.
        inner: Vec<Expression>,
        /// `OVER name`.
        window: Option<Name>,
    },
    /// `CAST(e AS type)`, `e::type`, `type 'text'`.
    Cast {
        /// What is cast.
        expression: Box<Expression>,
        /// To what.
        ty: TypeName,
    },
    /// A query in brackets that gives one value.
    Subquery(Box<Query>),
    /// `EXISTS (query)`, `ARRAY(query)`: any number of columns.
    Exists(Box<Query>),
    /// `e IN (query)`, `e = ANY (query)`: as many columns as `e` is wide.
    InQuery {
        /// The left side.
        expression: Box<Expression>,
        /// The right side.
        query: Box<Query>,
    },
    /// `(a, b)`, `ROW(a, b)`.
    Row(Vec<Expression>),
    /// `e COLLATE name`.
    Collate {
        /// What is collated.
        expression: Box<Expression>,
        /// The collation.
        collation: Path,
    },
    /// Anything that has a value and is made of others: operators, `CASE`, `BETWEEN`, `IN (list)`, arrays, subscripts, ….
    Operation {
        /// The operator in capitals where it is one (`+`, `AND`, `LIKE`, `CASE`), else empty.
        operator: String,
        /// Its parts, in order.
        operands: Vec<Expression>,
    },
    /// Nothing is known of it.
    Opaque,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `NULL`.
    Null,
    /// `TRUE`, `FALSE`.
    Boolean(bool),
    /// A number, as written.
    Number(String),
    /// Text, without its quotes.
    Text(String),
    /// Bytes, as written.
    Blob(String),
    /// `CURRENT_TIMESTAMP` and its kin, in capitals.
    Keyword(String),
}

impl Expression {
    /// The column, if the expression is nothing but one without a table.
    pub fn as_column(&self) -> Option<&Name> {
        match &self.kind {
            ExpressionKind::Column { table: None, name } => Some(name),
            _ => None,
        }
    }

    /// Calls `visit` for the expressions right inside this one; not for those of a query inside it.
    pub fn children<'a>(&'a self, mut visit: impl FnMut(&'a Expression)) {
        match &self.kind {
            ExpressionKind::Column { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Parameter
            | ExpressionKind::Default
            | ExpressionKind::Subquery(_)
            | ExpressionKind::Exists(_)
            | ExpressionKind::Opaque => {}
            ExpressionKind::Call {
                arguments, inner, ..
            } => arguments.iter().chain(inner).for_each(visit),
            ExpressionKind::Cast { expression, .. }
            | ExpressionKind::InQuery { expression, .. }
            | ExpressionKind::Collate { expression, .. } => visit(expression),
            ExpressionKind::Row(parts)
            | ExpressionKind::Operation {
                operands: parts, ..
            } => parts.iter().for_each(visit),
        }
    }
}
