//! `SELECT` from tables.

use super::{super::cst::Kind, cursor::Cursor};
use crate::tree::{
    Body, Expression, Join, JoinCondition, Name, Output, Path, Query, Select, Source,
};

impl Cursor<'_> {
    /// A query.
    pub(super) fn query(&mut self) -> Option<Query> {
        let place = self.place();
        self.need(Kind::SELECT_KW)?;
        let mut select = Select {
            outputs: self.outputs()?,
            from: Vec::new(),
            filter: None,
            group_by: Vec::new(),
            having: None,
            windows: Vec::new(),
            distinct_on: Vec::new(),
        };
        if self.eat(Kind::FROM_KW) {
            select.from = self.sources()?;
        }
        if self.eat(Kind::WHERE_KW) {
            select.filter = Some(self.expression()?);
        }
        if self.eat(Kind::GROUP_KW) {
            self.need(Kind::BY_KW)?;
            select.group_by = self.list(false)?;
        }
        let mut order_by = Vec::new();
        if self.eat(Kind::ORDER_KW) {
            self.need(Kind::BY_KW)?;
            order_by = self.list(true)?;
        }
        let mut limit = Vec::new();
        if self.eat(Kind::LIMIT_KW) {
            if !self.is(Kind::INT_NUMBER) {
                return None;
            }
            limit.push(self.primary()?);
        }
        Some(Query {
            range: self.since(place),
            recursive: false,
            with: Vec::new(),
            body: Body::Select(Box::new(select)),
            order_by,
            limit,
        })
    }

    /// Expressions, and the order of each where that can be said.
    fn list(&mut self, is_order: bool) -> Option<Vec<Expression>> {
        let mut list = Vec::new();
        loop {
            list.push(self.expression()?);
            if is_order {
                if !self.eat(Kind::DESC_KW) {
                    self.eat(Kind::ASC_KW);
                }
                self.nulls()?;
            }
            if !self.eat(Kind::COMMA) {
                return Some(list);
            }
        }
    }

    fn outputs(&mut self) -> Option<Vec<Output>> {
        let mut outputs = Vec::new();
        loop {
            outputs.push(self.output()?);
            if !self.eat(Kind::COMMA) {
                return Some(outputs);
            }
        }
    }

    fn output(&mut self) -> Option<Output> {
        if self.eat(Kind::STAR) {
            return Some(Output::All(self.last_range()));
        }
        let is_all = matches!(self.kind(), Kind::IDENT)
            && matches!(self.kind_at(1), Kind::DOT)
            && matches!(self.kind_at(2), Kind::STAR);
        if is_all {
            let name = self.name()?;
            self.advance();
            self.advance();
            return Some(Output::AllOf(Path::bare(name)));
        }
        let expression = self.expression()?;
        let mut alias = None;
        if self.eat(Kind::AS_KW) {
            alias = Some(self.name()?);
        }
        Some(Output::Expression { expression, alias })
    }

    fn sources(&mut self) -> Option<Vec<Source>> {
        let mut sources = Vec::new();
        loop {
            let mut left = self.source()?;
            let mut joins = 0;
            while let Some(joined) = self.join(&mut left) {
                joined?;
                joins += 1;
                if joins > 8 {
                    return None;
                }
            }
            sources.push(left);
            if !self.eat(Kind::COMMA) {
                return Some(sources);
            }
        }
    }

    fn source(&mut self) -> Option<Source> {
        let name = self.path()?;
        if self.is(Kind::L_PAREN) {
            return None;
        }
        Some(Source::Table {
            name,
            alias: self.alias()?,
            columns: Vec::new(),
            indexes: Vec::new(),
        })
    }

    /// `AS name`, `name`, or nothing.
    fn alias(&mut self) -> Option<Option<Name>> {
        let named = self.eat(Kind::AS_KW);
        if !named && !self.is(Kind::IDENT) {
            return Some(None);
        }
        let name = self.plain_name()?;
        (!self.is(Kind::L_PAREN)).then_some(Some(name))
    }

    /// Joins the next table to what is there; none where no join comes.
    fn join(&mut self, left: &mut Source) -> Option<Option<()>> {
        let first = self.kind();
        match first {
            Kind::JOIN_KW => {}
            Kind::INNER_KW => self.advance(),
            Kind::LEFT_KW | Kind::RIGHT_KW | Kind::FULL_KW => {
                self.advance();
                self.eat(Kind::OUTER_KW);
            }
            _ => return None,
        }
        Some(self.joined(left))
    }

    fn joined(&mut self, left: &mut Source) -> Option<()> {
        self.need(Kind::JOIN_KW)?;
        let right = self.source()?;
        self.need(Kind::ON_KW)?;
        let condition = JoinCondition::On(self.expression()?);
        let before = std::mem::replace(left, Source::Opaque { alias: None });
        *left = Source::Join(Box::new(Join {
            left: before,
            right,
            condition,
        }));
        Some(())
    }
}
