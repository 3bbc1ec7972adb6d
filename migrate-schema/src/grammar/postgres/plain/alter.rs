//! `ALTER TABLE`, `ALTER TYPE … ADD VALUE`.

use super::{super::cst::Kind, cursor::Cursor};
use crate::tree::{
    Action, Alter, AlterTable, AlterType, ColumnChange, DropWhich, Name, ObjectKind,
};

impl Cursor<'_> {
    /// Behind `ALTER`.
    pub(super) fn alter(&mut self) -> Option<Vec<Action>> {
        if self.eat(Kind::TYPE_KW) {
            return self.alter_type();
        }
        self.need(Kind::TABLE_KW)?;
        let if_exists = self.if_exists();
        self.eat(Kind::ONLY_KW);
        let name = self.path()?;
        let mut changes = Vec::new();
        loop {
            let change = self.alter_change()?;
            let is_alone = matches!(
                change,
                Alter::RenameTo(_) | Alter::RenameColumn { .. } | Alter::RenameConstraint { .. }
            );
            changes.push(change);
            if is_alone && (changes.len() > 1 || !self.is_at_end()) {
                return None;
            }
            if !self.eat(Kind::COMMA) {
                break;
            }
        }
        Some(vec![Action::AlterTable(AlterTable {
            kind: ObjectKind::Table,
            name,
            if_exists,
            changes,
            options: Vec::new(),
        })])
    }

    fn alter_change(&mut self) -> Option<Alter> {
        let first = self.kind();
        self.advance();
        match first {
            Kind::ADD_KW => self.add(),
            Kind::DROP_KW => self.drop_part(),
            Kind::RENAME_KW => self.rename(),
            Kind::ALTER_KW => {
                let name = self.column_reference()?;
                let change = self.column_change()?;
                Some(Alter::AlterColumn { name, change })
            }
            _ => None,
        }
    }

    /// `COLUMN name`; without the word only what is no keyword.
    fn column_reference(&mut self) -> Option<Name> {
        if self.eat(Kind::COLUMN_KW) {
            self.name()
        } else {
            self.plain_name()
        }
    }

    fn add(&mut self) -> Option<Alter> {
        let first = self.kind();
        if matches!(
            first,
            Kind::CONSTRAINT_KW
                | Kind::PRIMARY_KW
                | Kind::UNIQUE_KW
                | Kind::FOREIGN_KW
                | Kind::CHECK_KW
        ) {
            return Some(Alter::AddConstraint(self.constraint()?));
        }
        let is_column = self.eat(Kind::COLUMN_KW);
        let if_not_exists = self.if_not_exists();
        if !is_column && !self.is(Kind::IDENT) {
            return None;
        }
        Some(Alter::AddColumn {
            column: Box::new(self.column()?),
            if_not_exists,
        })
    }

    fn drop_part(&mut self) -> Option<Alter> {
        if self.eat(Kind::CONSTRAINT_KW) {
            let if_exists = self.if_exists();
            return Some(Alter::DropConstraint {
                name: Some(self.name()?),
                which: DropWhich::Constraint,
                if_exists,
                behavior: self.behavior(),
            });
        }
        let is_column = self.eat(Kind::COLUMN_KW);
        let if_exists = self.if_exists();
        if !is_column && !self.is(Kind::IDENT) {
            return None;
        }
        Some(Alter::DropColumn {
            name: self.name()?,
            if_exists,
            behavior: self.behavior(),
        })
    }

    fn rename(&mut self) -> Option<Alter> {
        if self.eat(Kind::TO_KW) {
            let path = self.path()?;
            return path.schema.is_none().then_some(Alter::RenameTo(path));
        }
        if self.eat(Kind::CONSTRAINT_KW) {
            let from = self.name()?;
            self.need(Kind::TO_KW)?;
            let to = self.name()?;
            return Some(Alter::RenameConstraint { from, to });
        }
        let from = self.column_reference()?;
        self.need(Kind::TO_KW)?;
        let to = self.name()?;
        Some(Alter::RenameColumn { from, to })
    }

    fn column_change(&mut self) -> Option<ColumnChange> {
        let first = self.kind();
        self.advance();
        match first {
            Kind::TYPE_KW => self.new_type(),
            Kind::SET_KW if self.eat(Kind::NOT_KW) => {
                self.need(Kind::NULL_KW)?;
                Some(ColumnChange::SetNotNull)
            }
            Kind::SET_KW if self.eat(Kind::DEFAULT_KW) => {
                Some(ColumnChange::SetDefault(self.value()?))
            }
            Kind::SET_KW => {
                self.need(Kind::DATA_KW)?;
                self.need(Kind::TYPE_KW)?;
                self.new_type()
            }
            Kind::DROP_KW if self.eat(Kind::NOT_KW) => {
                self.need(Kind::NULL_KW)?;
                Some(ColumnChange::DropNotNull)
            }
            Kind::DROP_KW => {
                self.need(Kind::DEFAULT_KW)?;
                Some(ColumnChange::DropDefault)
            }
            _ => None,
        }
    }

    fn new_type(&mut self) -> Option<ColumnChange> {
        let ty = self.type_name()?;
        let mut using = None;
        if self.eat(Kind::USING_KW) {
            using = Some(self.expression()?);
        }
        Some(ColumnChange::Type {
            ty,
            collation: None,
            using,
        })
    }

    /// Behind `ALTER TYPE`.
    fn alter_type(&mut self) -> Option<Vec<Action>> {
        let name = self.path()?;
        self.need(Kind::ADD_KW)?;
        self.need(Kind::VALUE_KW)?;
        let if_not_exists = self.if_not_exists();
        let label = self.label()?;
        let mut beside = None;
        let before = self.eat(Kind::BEFORE_KW);
        if before || self.eat(Kind::AFTER_KW) {
            beside = Some(self.label()?);
        }
        Some(vec![Action::AlterType(AlterType::AddValue {
            name,
            label,
            if_not_exists,
            beside,
            before,
        })])
    }
}
