//! Indexes, views, types, schemas, extensions; `DROP` and `COMMENT ON`.

use super::{
    super::{cst::Kind, object::target},
    cursor::Cursor,
    table::index_part,
};
use crate::tree::{
    Action, CreateIndex, CreateType, CreateView, Drop, ExpressionKind, IndexPart, ObjectKind, Path,
    Require, Target, TypeShape,
};

impl Cursor<'_> {
    /// Behind `CREATE INDEX`.
    pub(super) fn create_index(&mut self, unique: bool) -> Option<Vec<Action>> {
        let concurrently = self.eat(Kind::CONCURRENTLY_KW);
        let if_not_exists = self.if_not_exists();
        let name = Path::bare(self.name()?);
        self.need(Kind::ON_KW)?;
        let table = self.path()?;
        let mut method = None;
        if self.eat(Kind::USING_KW) {
            method = Some(self.plain_name()?.text);
        }
        self.need(Kind::L_PAREN)?;
        let mut parts = Vec::new();
        loop {
            parts.push(self.index_part()?);
            if self.eat(Kind::R_PAREN) {
                break;
            }
            self.need(Kind::COMMA)?;
        }
        let mut predicate = None;
        if self.eat(Kind::WHERE_KW) {
            predicate = Some(self.expression()?);
        }
        Some(vec![Action::CreateIndex(CreateIndex {
            name: Some(name),
            if_not_exists,
            or_replace: false,
            unique,
            concurrently,
            table,
            method,
            parts,
            include: Vec::new(),
            nulls_not_distinct: false,
            comment: None,
            predicate,
        })])
    }

    /// A column, a call, or an expression in brackets.
    fn index_part(&mut self) -> Option<IndexPart> {
        let is_bracket = self.is(Kind::L_PAREN);
        let expression = self.primary()?;
        let is_valid = is_bracket
            || expression.as_column().is_some()
            || matches!(expression.kind, ExpressionKind::Call { .. });
        if !is_valid {
            return None;
        }
        let mut part = index_part(expression);
        if self.is(Kind::IDENT) {
            part.operator_class = Some(Path::bare(self.name()?));
        }
        if self.eat(Kind::DESC_KW) {
            part.descending = true;
        } else {
            self.eat(Kind::ASC_KW);
        }
        part.nulls_first = self.nulls()?;
        Some(part)
    }

    /// `NULLS FIRST`, `NULLS LAST`, or nothing.
    pub(super) fn nulls(&mut self) -> Option<Option<bool>> {
        if !self.eat(Kind::NULLS_KW) {
            return Some(None);
        }
        if self.eat(Kind::FIRST_KW) {
            return Some(Some(true));
        }
        self.need(Kind::LAST_KW)?;
        Some(Some(false))
    }

    /// Behind `CREATE VIEW`.
    pub(super) fn create_view(&mut self, or_replace: bool) -> Option<Vec<Action>> {
        let name = self.path()?;
        let mut columns = Vec::new();
        if self.eat(Kind::L_PAREN) {
            columns = self.names()?;
        }
        self.need(Kind::AS_KW)?;
        Some(vec![Action::CreateView(CreateView {
            name,
            materialized: false,
            if_not_exists: false,
            or_replace,
            temporary: false,
            columns,
            query: self.query()?,
        })])
    }

    /// Behind `CREATE TYPE`.
    pub(super) fn create_enum(&mut self) -> Option<Vec<Action>> {
        let name = self.path()?;
        self.need(Kind::AS_KW)?;
        self.need(Kind::ENUM_KW)?;
        self.need(Kind::L_PAREN)?;
        let mut labels = Vec::new();
        loop {
            labels.push(self.label()?);
            if self.eat(Kind::R_PAREN) {
                break;
            }
            self.need(Kind::COMMA)?;
        }
        let shape = TypeShape::Enum(labels);
        Some(vec![Action::CreateType(CreateType { name, shape })])
    }

    /// Behind `CREATE SCHEMA`.
    pub(super) fn create_schema(&mut self) -> Option<Vec<Action>> {
        let if_not_exists = self.if_not_exists();
        let name = Some(self.name()?);
        Some(vec![Action::CreateSchema {
            name,
            if_not_exists,
        }])
    }

    /// Behind `CREATE EXTENSION`.
    pub(super) fn create_extension(&mut self) -> Option<Vec<Action>> {
        let if_not_exists = self.if_not_exists();
        let name = self.name()?;
        Some(vec![Action::CreateExtension {
            name,
            if_not_exists,
        }])
    }

    /// Behind `DROP`.
    pub(super) fn drop_objects(&mut self) -> Option<Vec<Action>> {
        let first = self.kind();
        self.advance();
        let kind = match first {
            Kind::TABLE_KW => ObjectKind::Table,
            Kind::VIEW_KW => ObjectKind::View,
            Kind::INDEX_KW => ObjectKind::Index,
            Kind::SEQUENCE_KW => ObjectKind::Sequence,
            Kind::TYPE_KW => ObjectKind::Type,
            Kind::SCHEMA_KW => ObjectKind::Schema,
            Kind::EXTENSION_KW => ObjectKind::Extension,
            Kind::MATERIALIZED_KW => {
                self.need(Kind::VIEW_KW)?;
                ObjectKind::MaterializedView
            }
            _ => return None,
        };
        let concurrently = matches!(kind, ObjectKind::Index) && self.eat(Kind::CONCURRENTLY_KW);
        let if_exists = self.if_exists();
        let mut targets = Vec::new();
        loop {
            let path = self.path()?;
            let is_bare = matches!(kind, ObjectKind::Schema | ObjectKind::Extension);
            if is_bare && path.schema.is_some() {
                return None;
            }
            targets.push(target(kind, path));
            if !self.eat(Kind::COMMA) {
                break;
            }
        }
        Some(vec![Action::Drop(Drop {
            targets,
            if_exists,
            behavior: self.behavior(),
            concurrently,
        })])
    }

    /// Behind `COMMENT`.
    pub(super) fn comment(&mut self) -> Option<Vec<Action>> {
        self.need(Kind::ON_KW)?;
        let target = if self.eat(Kind::COLUMN_KW) {
            let (table, column) = self.column_path()?;
            Target {
                on: Some(table),
                ..target(ObjectKind::Column, Path::bare(column))
            }
        } else {
            self.need(Kind::TABLE_KW)?;
            target(ObjectKind::Table, self.path()?)
        };
        self.need(Kind::IS_KW)?;
        let comment = if self.eat(Kind::NULL_KW) {
            None
        } else {
            Some(self.string()?)
        };
        Some(vec![Action::Require(Require {
            targets: vec![target],
            if_exists: false,
            statement: "COMMENT ON",
            concurrently: false,
            comment,
        })])
    }
}
