//! Names in queries, in statements that change rows, and in expressions.
//!
//! Everything is resolved as the engine would do it when it prepares the statement: which sources a name can mean, whether
//! there is exactly one, and how many columns meet how many. A source of which not everything is known makes the names that
//! it might have unknown, and nothing is said about those.
//!
//! - `scope`: what can be named at a place. `from`: the sources of a query. `select`: queries and what they give.
//! - `expression`, `call`: expressions. `fit`: values and types. `insert`, `change`: statements that change rows. `conflict`: `ON CONFLICT`.
//! - `typing`: operators and functions, and the types that they take. `group`: `GROUP BY`. `report`: what is said.

mod call;
mod change;
mod conflict;
mod expression;
pub mod fit;
mod from;
mod group;
mod insert;
mod report;
mod scope;
mod select;
mod stored;
mod typing;

use std::rc::Rc;

use super::{Catalog, Class, Relation, Use};
use crate::{
    Dialect, Finding,
    hash::HashMap,
    tree::{Action, Body, Cte, Expression, Literal, Path, Query, TypeName},
};
use expression::Place;
use scope::{ColumnName, Columns, Frame, Source};

pub use stored::{broken_trigger, broken_view, function_body, trigger, view};

/// A column that a query gives.
#[derive(Clone, Debug)]
pub struct OutputColumn<'a> {
    /// Its name; none where the engine makes one up, or nobody knows it.
    pub name: Option<&'a str>,
    /// Its type, where it is simply known.
    pub ty: Option<&'a TypeName>,
}

/// Where an expression stands that is part of a table's or an index's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// `CHECK`.
    Check,
    /// `DEFAULT`.
    Default,
    /// `GENERATED ALWAYS AS`.
    Generated,
    /// A part of an index.
    Index,
    /// The `WHERE` of an index.
    Predicate,
    /// `PARTITION BY`.
    Partition,
    /// The `USING` of `ALTER COLUMN … TYPE`.
    Using,
}

/// What is wrong with the names of a statement that reads or changes rows, in the order of their places.
///
/// Nothing for any other statement. `sql` is the text that the tree was made from.
pub fn check(catalog: &Catalog, action: &Action, sql: &str) -> Vec<Finding> {
    let mut resolver = Resolver::new(catalog, Some(sql));
    resolver.action(action, &Frame::default());
    resolver.finish()
}

/// What is wrong with an expression of a definition. `relation` is the table with the columns that it has then.
pub fn expression(
    catalog: &Catalog,
    relation: Option<&Relation>,
    expression: &Expression,
    context: Context,
    sql: &str,
) -> Vec<Finding> {
    let mut resolver = Resolver::new(catalog, Some(sql));
    resolver.definition(relation, expression, context);
    resolver.finish()
}

/// What an expression of a definition needs: columns of its own table, functions, types.
pub fn expression_uses(
    catalog: &Catalog,
    relation: Option<&Relation>,
    expression: &Expression,
    context: Context,
) -> Vec<Use> {
    let mut resolver = Resolver::new(catalog, None);
    resolver.silent = 1;
    resolver.definition(relation, expression, context);
    resolver.into_uses()
}

/// The columns that a query gives; none where not all of them are known.
pub fn outputs<'a>(catalog: &'a Catalog, query: &'a Query) -> Option<Vec<OutputColumn<'a>>> {
    let mut resolver = Resolver::new(catalog, None);
    resolver.silent = 1;
    let columns = resolver.query(query, &Frame::default());
    if columns.open {
        return None;
    }
    let visible = columns.list.iter().filter(|column| !column.hidden);
    Some(
        visible
            .map(|column| OutputColumn {
                name: match column.name {
                    ColumnName::Known(name) => Some(name),
                    ColumnName::Odd | ColumnName::Unknown => None,
                },
                ty: column.ty,
            })
            .collect(),
    )
}

/// The relations, columns, functions and types that a statement names, each once.
pub fn uses(catalog: &Catalog, action: &Action) -> Vec<Use> {
    let mut resolver = Resolver::new(catalog, None);
    resolver.silent = 1;
    resolver.action(action, &Frame::default());
    resolver.into_uses()
}

/// The relations, columns, functions and types that a query names, each once.
pub fn query_uses(catalog: &Catalog, query: &Query) -> Vec<Use> {
    let mut resolver = Resolver::new(catalog, None);
    resolver.silent = 1;
    resolver.query(query, &Frame::default());
    resolver.into_uses()
}

/// The table that a statement surely inserts a row into.
pub fn inserts_rows(action: &Action) -> Option<&Path> {
    let Action::Insert(insert) = action else {
        return None;
    };
    // A conflict that is resolved by doing nothing has found a row, too.
    match &insert.rows {
        None => Some(&insert.table),
        Some(rows) => match &rows.body {
            Body::Values(values) if !values.is_empty() && rows.limit.is_empty() => {
                Some(&insert.table)
            }
            _ => None,
        },
    }
}

/// How deep queries and sources may be nested before nothing is said any more.
const DEPTH: usize = 64;
/// How many expressions of a statement are looked at before nothing is said any more.
const WORK: usize = 1_000_000;
/// How many findings a statement can have.
const FINDINGS: usize = 64;

/// Walks a statement.
struct Resolver<'a> {
    catalog: &'a Catalog,
    dialect: Dialect,
    /// The text; none where what is read was stored.
    sql: Option<&'a str>,
    findings: Vec<Finding>,
    uses: std::collections::BTreeSet<Use>,
    /// The types of expressions are judged.
    typed: std::cell::OnceCell<bool>,
    /// Above zero, nothing is told.
    silent: usize,
    depth: usize,
    work: usize,
    ctes: HashMap<*const Cte, Columns<'a>>,
    /// The columns of views that were read (SQLite).
    views: HashMap<*const Relation, Columns<'a>>,
    /// The triggers whose bodies were looked at (SQLite).
    triggers: Vec<*const super::Trigger>,
    /// In the body of a trigger, where `RAISE` may stand.
    in_trigger: bool,
    /// SQLite reads what is stored anew for an `ALTER TABLE`, and looks only for the tables and columns of expressions.
    reread: bool,
    /// How many views and queries of a `FROM` stand around what is read: their rows have no order.
    in_view: usize,
    /// The query that comes next is a statement of a trigger: nobody sees its rows, and SQLite drops its ORDER BY.
    unseen: bool,
}

impl<'a> Resolver<'a> {
    fn new(catalog: &'a Catalog, sql: Option<&'a str>) -> Self {
        Self {
            catalog,
            dialect: catalog.dialect(),
            sql,
            findings: Vec::new(),
            uses: std::collections::BTreeSet::new(),
            typed: std::cell::OnceCell::new(),
            silent: 0,
            depth: 0,
            work: 0,
            ctes: HashMap::default(),
            views: HashMap::default(),
            triggers: Vec::new(),
            in_trigger: false,
            reread: false,
            in_view: 0,
            unseen: false,
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        self.findings
            .sort_by_key(|finding| (finding.range.start, finding.range.end));
        self.findings
            .dedup_by(|a, b| a.range == b.range && a.message == b.message);
        self.findings
    }

    fn into_uses(self) -> Vec<Use> {
        self.uses.into_iter().collect()
    }

    fn say(&mut self, finding: Finding) {
        if self.silent == 0 && self.work < WORK && self.findings.len() < FINDINGS {
            self.findings.push(finding);
        }
    }

    /// For what the catalog says only once: it is not asked where nobody would hear it.
    fn ask(&mut self, finding: impl FnOnce(&'a Catalog) -> Option<Finding>) {
        if self.silent == 0 && self.work < WORK && self.findings.len() < FINDINGS {
            self.findings.extend(finding(self.catalog));
        }
    }

    fn same(&self, a: &str, b: &str) -> bool {
        scope::same(self.dialect, a, b)
    }

    /// Records that the statement needs a relation, or a column of it.
    fn use_relation(&mut self, relation: &Relation, column: Option<&str>) {
        let key = self.catalog.key_of(relation);
        self.uses.insert(match column {
            Some(column) => Use::column(key, self.catalog.fold(column)),
            None => Use::of(Class::Relation, key),
        });
    }

    /// One statement, inside the scopes around it. Gives what `RETURNING` gives.
    fn action(&mut self, action: &'a Action, outer: &Frame<'_, 'a>) -> Columns<'a> {
        match action {
            Action::Insert(insert) => self.insert(insert, outer),
            Action::Update(update) => self.update(update, outer),
            Action::Delete(delete) => self.delete(delete, outer),
            Action::Query(query) => self.query(query, outer),
            _ => Columns::unknown(),
        }
    }

    /// The table itself as a source.
    fn table(&self, relation: &'a Relation, name: &'a str) -> Source<'a> {
        let mut source = Source::new(Some(name), self.stored_columns(relation));
        source.relation = Some(relation);
        source
    }

    /// The columns that a relation has by its definition.
    fn stored_columns(&self, relation: &'a Relation) -> Columns<'a> {
        let mut list: Vec<_> = relation
            .columns
            .iter()
            .map(|column| scope::OutputColumn {
                name: ColumnName::Known(&column.name),
                ty: column.ty.as_ref(),
                hidden: column.invisible,
            })
            .collect();
        let mut open = relation.open;
        if let Some(module) = &relation.module {
            let hidden = |name| scope::OutputColumn {
                hidden: true,
                ..scope::OutputColumn::named(name)
            };
            match module.as_str() {
                "fts5" => list.extend([hidden(relation.name.as_str()), hidden("rank")]),
                // The names of its columns follow from its arguments by rules of its own.
                _ => open = true,
            }
        }
        Columns::of(list, open)
    }

    /// A place in a statement where nothing can be named.
    fn nothing(&mut self, expression: &'a Expression, place: Place, outer: &Frame<'_, 'a>) {
        let frame = Frame::inside(outer);
        self.expression(expression, place, &frame);
    }

    /// One level deeper; gives nothing where it is too deep.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH || self.work >= WORK {
            // What is not looked at may hold anything.
            self.work = WORK;
            return None;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        Some(result)
    }
}

/// The number of a literal like `2` in `ORDER BY 2`.
fn position(expression: &Expression) -> Option<usize> {
    match &expression.kind {
        crate::tree::ExpressionKind::Literal(Literal::Number(number)) => number.parse().ok(),
        _ => None,
    }
}

/// A list that is shared instead of copied.
fn columns_of<'a>(list: Vec<scope::OutputColumn<'a>>, open: bool) -> Columns<'a> {
    Columns {
        list: Rc::new(list),
        open,
    }
}
