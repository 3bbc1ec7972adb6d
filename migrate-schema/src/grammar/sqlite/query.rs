//! Queries.

use sqlite3_parser::dialect::TokenType::*;

use super::cursor::{Cursor, Read, Unread, is_identifier, is_name};
use crate::tree::{
    Action, Body, Cte, Expression, Join, JoinCondition, Name, Output, Query, Select, SetOperator,
    Source,
};

/// From here on a compound of queries is built as a tree that is as broad as it is deep, so that nothing that walks it
/// goes as deep as the compound is long. What its parts must have in common does not depend on how they are grouped.
const LONG_COMPOUND: usize = 16;

/// SQLite refuses a join of more tables.
const MOST_JOINED: usize = 64;

impl Cursor<'_> {
    /// A query, with its `WITH`, `ORDER BY` and `LIMIT`.
    pub(super) fn query(&mut self) -> Read<Query> {
        let start = self.start();
        let with = self.with()?;
        self.query_behind_with(start, with)
    }

    pub(super) fn query_behind_with(&mut self, start: usize, with: Vec<Cte>) -> Read<Query> {
        self.deeper(|cursor| {
            let body = cursor.compound()?;
            let (order_by, limit) = cursor.order_and_limit()?;
            Ok(Query {
                range: start..cursor.end(),
                recursive: !with.is_empty(),
                with,
                body,
                order_by,
                limit,
            })
        })
    }

    /// `ORDER BY` and `LIMIT`.
    pub(super) fn order_and_limit(&mut self) -> Read<(Vec<Expression>, Vec<Expression>)> {
        let mut order_by = Vec::new();
        let mut limit = Vec::new();
        if self.eat_both(TK_ORDER, TK_BY) {
            order_by = self.sorted()?;
        }
        if self.eat(TK_LIMIT) {
            limit.push(self.expression()?);
            if self.eat(TK_OFFSET) || self.eat(TK_COMMA) {
                limit.push(self.expression()?);
            }
        }
        Ok((order_by, limit))
    }

    /// `WITH`, if it stands here.
    pub(super) fn with(&mut self) -> Read<Vec<Cte>> {
        if !self.eat(TK_WITH) {
            return Ok(Vec::new());
        }
        if self.peek() == TK_RECURSIVE && is_name(self.peek_at(1)) {
            self.next()?;
        }
        self.list(|cursor| {
            let name = cursor.name()?;
            let columns = cursor.optional_names()?;
            cursor.expect(TK_AS)?;
            let _ = cursor.eat(TK_NOT);
            let _ = cursor.eat(TK_MATERIALIZED);
            cursor.expect(TK_LP)?;
            let query = cursor.deeper(Self::query)?;
            cursor.expect(TK_RP)?;
            Ok(Cte {
                name,
                columns,
                action: Box::new(Action::Query(Box::new(query))),
            })
        })
    }

    /// `(a, b)`, or nothing. A direction or a collation behind a name means nothing.
    pub(super) fn optional_names(&mut self) -> Read<Vec<Name>> {
        if self.peek() != TK_LP {
            return Ok(Vec::new());
        }
        self.bracketed(|cursor| {
            let name = cursor.name()?;
            if cursor.eat(TK_COLLATE) {
                cursor.name()?;
            }
            let _ = cursor.eat(TK_ASC) || cursor.eat(TK_DESC);
            Ok(name)
        })
    }

    fn compound(&mut self) -> Read<Body> {
        let mut parts = Vec::new();
        let start = self.start();
        let first = self.select()?;
        parts.push((SetOperator::Union, bare(start, self.end(), first)));
        loop {
            let operator = match self.peek() {
                TK_UNION => SetOperator::Union,
                TK_INTERSECT => SetOperator::Intersect,
                TK_EXCEPT => SetOperator::Except,
                _ => break,
            };
            self.next()?;
            if operator == SetOperator::Union {
                let _ = self.eat(TK_ALL);
            }
            let start = self.start();
            let body = self.select()?;
            parts.push((operator, bare(start, self.end(), body)));
        }
        if parts.len() > LONG_COMPOUND {
            broad(parts)
        } else {
            deep(parts)
        }
    }

    fn select(&mut self) -> Read<Body> {
        if self.eat(TK_VALUES) {
            let rows = self.list(|cursor| cursor.bracketed(Self::expression))?;
            return Ok(Body::Values(rows));
        }
        self.expect(TK_SELECT)?;
        let _ = self.eat(TK_DISTINCT) || self.eat(TK_ALL);
        let outputs = self.outputs()?;
        let from = if self.eat(TK_FROM) {
            self.sources()?
        } else {
            Vec::new()
        };
        let filter = self.filter()?;
        let mut group_by = Vec::new();
        if self.eat(TK_GROUP) {
            self.expect(TK_BY)?;
            group_by = self.expressions()?;
        }
        let having = if self.eat(TK_HAVING) {
            Some(self.expression()?)
        } else {
            None
        };
        let mut windows = Vec::new();
        if self.eat(TK_WINDOW) {
            windows = self.list(|cursor| {
                let name = cursor.name()?;
                cursor.expect(TK_AS)?;
                cursor.expect(TK_LP)?;
                let (_, parts) = cursor.window()?;
                cursor.expect(TK_RP)?;
                Ok((name, parts))
            })?;
        }
        Ok(Body::Select(Box::new(Select {
            outputs,
            from,
            filter,
            group_by,
            having,
            windows,
            distinct_on: Vec::new(),
        })))
    }

    /// `WHERE`, if it stands here.
    pub(super) fn filter(&mut self) -> Read<Option<Expression>> {
        if self.eat(TK_WHERE) {
            Ok(Some(self.expression()?))
        } else {
            Ok(None)
        }
    }

    /// What a `SELECT` or a `RETURNING` gives.
    pub(super) fn outputs(&mut self) -> Read<Vec<Output>> {
        self.list(|cursor| {
            if cursor.peek() == TK_STAR {
                return Ok(Output::All(cursor.next()?.range()));
            }
            if is_name(cursor.peek()) && cursor.peek_at(1) == TK_DOT && cursor.peek_at(2) == TK_STAR
            {
                let path = crate::tree::Path::bare(cursor.name()?);
                cursor.next()?;
                cursor.next()?;
                return Ok(Output::AllOf(path));
            }
            Ok(Output::Expression {
                expression: cursor.expression()?,
                alias: cursor.alias()?,
            })
        })
    }

    /// `AS name`, or a name alone.
    pub(super) fn alias(&mut self) -> Read<Option<Name>> {
        if self.eat(TK_AS) || self.peek() == TK_STRING || is_identifier(self.peek()) {
            Ok(Some(self.name()?))
        } else {
            Ok(None)
        }
    }

    /// What stands behind `FROM`. What is joined with a comma is an entry of its own, unless a condition hangs on it.
    pub(super) fn sources(&mut self) -> Read<Vec<Source>> {
        let mut sources = Vec::new();
        let mut last = self.source()?;
        for _ in 0..MOST_JOINED {
            let comma = self.eat(TK_COMMA);
            let natural = match self.peek() {
                _ if comma => false,
                TK_JOIN => {
                    self.next()?;
                    false
                }
                TK_JOIN_KW => self.join_words()?,
                _ => {
                    sources.push(last);
                    return Ok(sources);
                }
            };
            let right = self.source()?;
            match self.condition(natural)? {
                JoinCondition::None if comma => sources.push(std::mem::replace(&mut last, right)),
                JoinCondition::None => last = join(last, right, JoinCondition::None),
                // A condition sees everything that stands before it, also before a comma.
                condition => {
                    let left = joined(std::mem::take(&mut sources), last)?;
                    last = join(left, right, condition);
                }
            }
        }
        Err(Unread)
    }

    /// `LEFT OUTER JOIN` and its kin; whether it is `NATURAL`.
    fn join_words(&mut self) -> Read<bool> {
        let mut natural = false;
        while self.peek() != TK_JOIN {
            natural |= self.peek_text().eq_ignore_ascii_case("natural");
            self.name()?;
        }
        self.next()?;
        Ok(natural)
    }

    fn condition(&mut self, natural: bool) -> Read<JoinCondition> {
        if self.eat(TK_ON) {
            return Ok(JoinCondition::On(self.expression()?));
        }
        if self.eat(TK_USING) {
            return Ok(JoinCondition::Using(self.bracketed(Self::name)?));
        }
        Ok(if natural {
            JoinCondition::Natural
        } else {
            JoinCondition::None
        })
    }

    fn source(&mut self) -> Read<Source> {
        let start = self.start();
        if self.query_behind_bracket() {
            self.next()?;
            let query = self.query()?;
            self.expect(TK_RP)?;
            return Ok(Source::Query {
                query: Box::new(query),
                alias: self.alias()?,
                columns: Vec::new(),
                lateral: false,
            });
        }
        if self.eat(TK_LP) {
            let inner = self.deeper(Self::sources)?;
            self.expect(TK_RP)?;
            let mut inner = inner.into_iter();
            let first = inner.next().ok_or(Unread)?;
            let source = inner.fold(first, |left, right| join(left, right, JoinCondition::None));
            return Ok(match self.alias()? {
                None => source,
                // What a name for a join in brackets means is nothing that anybody writes.
                alias => Source::Opaque { alias },
            });
        }
        let name = self.path()?;
        if self.peek() == TK_LP {
            return Ok(Source::Function {
                call: self.call_of(start, name)?,
                alias: self.alias()?,
                columns: Vec::new(),
            });
        }
        Ok(Source::Table {
            name,
            alias: self.alias()?,
            columns: Vec::new(),
            indexes: self.indexed_by()?,
        })
    }

    /// `INDEXED BY name`, `NOT INDEXED`.
    pub(super) fn indexed_by(&mut self) -> Read<Vec<Name>> {
        if self.eat_both(TK_INDEXED, TK_BY) {
            return Ok(vec![self.name()?]);
        }
        let _ = self.eat_both(TK_NOT, TK_INDEXED);
        Ok(Vec::new())
    }
}

fn bare(start: usize, end: usize, body: Body) -> Query {
    Query {
        range: start..end,
        recursive: false,
        with: Vec::new(),
        body,
        order_by: Vec::new(),
        limit: Vec::new(),
    }
}

fn join(left: Source, right: Source, condition: JoinCondition) -> Source {
    Source::Join(Box::new(Join {
        left,
        right,
        condition,
    }))
}

/// Everything up to here as one source.
fn joined(before: Vec<Source>, last: Source) -> Read<Source> {
    let mut all = before.into_iter().chain([last]);
    let first = all.next().ok_or(Unread)?;
    Ok(all.fold(first, |left, right| join(left, right, JoinCondition::None)))
}

fn set(operator: SetOperator, left: Query, right: Query) -> Body {
    Body::Set {
        operator,
        left: Box::new(left),
        right: Box::new(right),
    }
}

fn deep(parts: Vec<(SetOperator, Query)>) -> Read<Body> {
    let mut parts = parts.into_iter();
    let (_, mut left) = parts.next().ok_or(Unread)?;
    for (operator, right) in parts {
        let (start, end) = (left.range.start, right.range.end);
        left = bare(start, end, set(operator, left, right));
    }
    Ok(left.body)
}

fn broad(mut parts: Vec<(SetOperator, Query)>) -> Read<Body> {
    if parts.len() <= LONG_COMPOUND {
        return deep(parts);
    }
    let right = parts.split_off(parts.len() / 2);
    let operator = right.first().ok_or(Unread)?.0;
    let range = |parts: &[(SetOperator, Query)]| {
        let start = parts.first().map_or(0, |(_, query)| query.range.start);
        let end = parts.last().map_or(start, |(_, query)| query.range.end);
        (start, end)
    };
    let ((left_start, left_end), (right_start, right_end)) = (range(&parts), range(&right));
    let left = bare(left_start, left_end, broad(parts)?);
    let right = bare(right_start, right_end, broad(right)?);
    Ok(set(operator, left, right))
}
