//! `INSERT`, `UPDATE`, `DELETE`.

use super::{super::cst::Kind, cursor::Cursor};
use crate::tree::{
    Action, AssignmentTarget, Body, Conflict, ConflictAction, Delete, Expression, ExpressionKind,
    Insert, Path, Query, Source, Update,
};

impl Cursor<'_> {
    /// Behind `INSERT`.
    pub(super) fn insert(&mut self) -> Option<Vec<Action>> {
        self.need(Kind::INTO_KW)?;
        let table = self.path()?;
        let mut columns = Vec::new();
        if self.eat(Kind::L_PAREN) {
            columns = self.names()?;
        }
        let rows = if self.is(Kind::VALUES_KW) {
            self.values()?
        } else {
            self.query()?
        };
        let mut conflicts = Vec::new();
        if self.eat(Kind::ON_KW) {
            conflicts.push(self.conflict()?);
        }
        Some(vec![Action::Insert(Box::new(Insert {
            with: Vec::new(),
            recursive: false,
            table,
            alias: None,
            columns,
            rows: Some(rows),
            set: false,
            conflicts,
            returning: Vec::new(),
        }))])
    }

    fn values(&mut self) -> Option<Query> {
        let place = self.place();
        self.advance();
        let mut rows = Vec::new();
        loop {
            self.need(Kind::L_PAREN)?;
            rows.push(self.row()?);
            if !self.eat(Kind::COMMA) {
                break;
            }
        }
        Some(Query {
            range: self.since(place),
            recursive: false,
            with: Vec::new(),
            body: Body::Values(rows),
            order_by: Vec::new(),
            limit: Vec::new(),
        })
    }

    fn row(&mut self) -> Option<Vec<Expression>> {
        let mut row = Vec::new();
        loop {
            row.push(self.value_or_default()?);
            if self.eat(Kind::R_PAREN) {
                return Some(row);
            }
            self.need(Kind::COMMA)?;
        }
    }

    fn value_or_default(&mut self) -> Option<Expression> {
        if self.eat(Kind::DEFAULT_KW) {
            return Some(Expression {
                range: self.last_range(),
                kind: ExpressionKind::Default,
            });
        }
        self.expression()
    }

    /// Behind `ON`: `CONFLICT DO NOTHING`, `CONFLICT (columns) DO NOTHING`.
    fn conflict(&mut self) -> Option<Conflict> {
        self.need(Kind::CONFLICT_KW)?;
        let mut columns = Vec::new();
        if self.eat(Kind::L_PAREN) {
            for name in self.names()? {
                columns.push(Expression {
                    range: name.range.clone(),
                    kind: ExpressionKind::Column { table: None, name },
                });
            }
        }
        self.need(Kind::DO_KW)?;
        self.need(Kind::NOTHING_KW)?;
        Some(Conflict {
            columns,
            constraint: None,
            predicate: None,
            action: ConflictAction::Nothing,
        })
    }

    /// Behind `UPDATE`.
    pub(super) fn update(&mut self) -> Option<Vec<Action>> {
        let target = table(self.path()?);
        self.need(Kind::SET_KW)?;
        let mut assignments = Vec::new();
        loop {
            let column = AssignmentTarget::bare(self.name()?);
            self.need(Kind::EQ)?;
            assignments.push((vec![column], self.value_or_default()?));
            if !self.eat(Kind::COMMA) {
                break;
            }
        }
        Some(vec![Action::Update(Box::new(Update {
            with: Vec::new(),
            recursive: false,
            target,
            assignments,
            from: Vec::new(),
            filter: self.filter()?,
            rest: Vec::new(),
            returning: Vec::new(),
        }))])
    }

    /// Behind `DELETE`.
    pub(super) fn delete(&mut self) -> Option<Vec<Action>> {
        self.need(Kind::FROM_KW)?;
        let target = table(self.path()?);
        Some(vec![Action::Delete(Box::new(Delete {
            with: Vec::new(),
            recursive: false,
            targets: vec![target],
            using: Vec::new(),
            filter: self.filter()?,
            rest: Vec::new(),
            returning: Vec::new(),
        }))])
    }

    /// `WHERE`, or nothing.
    fn filter(&mut self) -> Option<Option<Expression>> {
        if self.eat(Kind::WHERE_KW) {
            return Some(Some(self.expression()?));
        }
        Some(None)
    }
}

fn table(name: Path) -> Source {
    Source::Table {
        name,
        alias: None,
        columns: Vec::new(),
        indexes: Vec::new(),
    }
}
