//! Queries, and what changes rows.

use std::ops::Range;

use super::{Expression, Name, Path};

/// A query: `SELECT` and what can stand in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Its bytes in the SQL text.
    pub range: Range<usize>,
    /// `WITH RECURSIVE`. (SQLite takes any `WITH` as recursive.)
    pub recursive: bool,
    /// `WITH`.
    pub with: Vec<Cte>,
    /// What gives the rows.
    pub body: Body,
    /// `ORDER BY`: may name the outputs.
    pub order_by: Vec<Expression>,
    /// `LIMIT`, `OFFSET`, `FETCH`.
    pub limit: Vec<Expression>,
}

/// A common table expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Name,
    /// The names of its columns, where they were written.
    pub columns: Vec<Name>,
    /// What it is: a query, or (PostgreSQL) a statement with `RETURNING`.
    pub action: Box<super::Action>,
}

/// What gives the rows of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `SELECT`.
    Select(Box<Select>),
    /// `VALUES`, a row each.
    Values(Vec<Vec<Expression>>),
    /// `TABLE name`.
    Table(Path),
    /// `UNION`, `INTERSECT`, `EXCEPT`.
    Set {
        /// Which.
        operator: SetOperator,
        /// The left side.
        left: Box<Query>,
        /// The right side.
        right: Box<Query>,
    },
    /// Nothing is known of it.
    Opaque,
}

/// What joins two queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// `UNION`, `UNION ALL`.
    Union,
    /// `INTERSECT`.
    Intersect,
    /// `EXCEPT`.
    Except,
}

/// `SELECT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// What it gives.
    pub outputs: Vec<Output>,
    /// `FROM`: the parts between the commas.
    pub from: Vec<Source>,
    /// `WHERE`.
    pub filter: Option<Expression>,
    /// `GROUP BY`: may name the outputs.
    pub group_by: Vec<Expression>,
    /// `HAVING`.
    pub having: Option<Expression>,
    /// The names of `WINDOW`, and the expressions in them.
    pub windows: Vec<(Name, Vec<Expression>)>,
    /// `DISTINCT ON (…)`.
    pub distinct_on: Vec<Expression>,
}

/// What a `SELECT` or `RETURNING` gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// An expression, with its name.
    Expression {
        /// The expression.
        expression: Expression,
        /// `AS name`.
        alias: Option<Name>,
    },
    /// `*`
    All(Range<usize>),
    /// `t.*`
    AllOf(Path),
}

/// What a `FROM` reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A table, a view, a common table expression.
    Table {
        /// Its name.
        name: Path,
        /// `AS name`.
        alias: Option<Name>,
        /// `AS name (columns)`.
        columns: Vec<Name>,
        /// SQLite's `INDEXED BY`, MySQL's `USE INDEX`: indexes that must be there.
        indexes: Vec<Name>,
    },
    /// A function that gives rows: `generate_series(1, 3)`, `json_each(x)`.
    Function {
        /// The call, as an expression.
        call: Expression,
        /// `AS name`.
        alias: Option<Name>,
        /// `AS name (columns)`.
        columns: Vec<Name>,
    },
    /// A query in brackets.
    Query {
        /// The query.
        query: Box<Query>,
        /// `AS name`.
        alias: Option<Name>,
        /// `AS name (columns)`.
        columns: Vec<Name>,
        /// `LATERAL`.
        lateral: bool,
    },
    /// A join.
    Join(Box<Join>),
    /// Nothing is known of it.
    Opaque {
        /// `AS name`.
        alias: Option<Name>,
    },
}

/// A join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The left side.
    pub left: Source,
    /// The right side.
    pub right: Source,
    /// How they are joined.
    pub condition: JoinCondition,
}

/// How two sources are joined.
#[derive(Clone, Debug, PartialEq)]
pub enum JoinCondition {
    /// `CROSS JOIN`, a comma.
    None,
    /// `ON`.
    On(Expression),
    /// `USING`.
    Using(Vec<Name>),
    /// `NATURAL`.
    Natural,
}

/// `INSERT`, `REPLACE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// The table.
    pub table: Path,
    /// `AS name`.
    pub alias: Option<Name>,
    /// The columns, where they were written.
    pub columns: Vec<Name>,
    /// What is inserted; none for `DEFAULT VALUES`.
    pub rows: Option<Query>,
    /// `INSERT … SET a = 1` (MySQL), whose columns are in `columns` and whose one row is in `rows` too.
    pub set: bool,
    /// `ON CONFLICT`, `ON DUPLICATE KEY UPDATE`.
    pub conflicts: Vec<Conflict>,
    /// `RETURNING`.
    pub returning: Vec<Output>,
}

/// `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// `(a, b)`: columns or expressions.
    pub columns: Vec<Expression>,
    /// `ON CONSTRAINT name`.
    pub constraint: Option<Name>,
    /// `WHERE` of the index.
    pub predicate: Option<Expression>,
    /// What is done.
    pub action: ConflictAction,
}

/// What `ON CONFLICT` does.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictAction {
    /// `DO NOTHING`.
    Nothing,
    /// `DO UPDATE SET …`.
    Update {
        /// `a = 1`, `(a, b) = (1, 2)`.
        assignments: Vec<(Vec<Name>, Expression)>,
        /// `WHERE`.
        filter: Option<Box<Expression>>,
    },
}

/// `UPDATE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// What is updated: one table, or (MySQL) a join.
    pub target: Source,
    /// `a = 1`, `(a, b) = (1, 2)`; on MySQL a column may have its table.
    pub assignments: Vec<(Vec<AssignmentTarget>, Expression)>,
    /// `FROM`.
    pub from: Vec<Source>,
    /// `WHERE`.
    pub filter: Option<Expression>,
    /// `ORDER BY`, `LIMIT`.
    pub rest: Vec<Expression>,
    /// `RETURNING`.
    pub returning: Vec<Output>,
}

/// The column that an assignment is to.
pub type AssignmentTarget = Path;

/// `DELETE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// What rows are deleted from: one table, or (MySQL) names or aliases of those in `using`.
    pub targets: Vec<Source>,
    /// `USING`, MySQL's `DELETE a FROM a JOIN b`.
    pub using: Vec<Source>,
    /// `WHERE`.
    pub filter: Option<Expression>,
    /// `ORDER BY`, `LIMIT`.
    pub rest: Vec<Expression>,
    /// `RETURNING`.
    pub returning: Vec<Output>,
}
