//! `CREATE TABLE`, its columns and constraints.

use super::{super::cst::Kind, cursor::Cursor};
use crate::tree::{
    Action, Column, Constraint, ConstraintKind, CreateTable, Deferrable, Expression,
    ExpressionKind, ForeignKey, Generated, Identity, IndexPart, Name, PrimaryKeyMark, UniqueMark,
};

impl Cursor<'_> {
    /// Behind `CREATE TABLE`.
    pub(super) fn create_table(&mut self) -> Option<Vec<Action>> {
        let if_not_exists = self.if_not_exists();
        let mut table = CreateTable {
            if_not_exists,
            ..CreateTable::new(self.path()?)
        };
        self.need(Kind::L_PAREN)?;
        loop {
            if self.is_name() {
                table.columns.push(self.column()?);
            } else {
                table.constraints.push(self.constraint()?);
            }
            if self.eat(Kind::R_PAREN) {
                return Some(vec![Action::CreateTable(Box::new(table))]);
            }
            self.need(Kind::COMMA)?;
        }
    }

    /// A column of a table, also that of `ADD COLUMN`.
    pub(super) fn column(&mut self) -> Option<Column> {
        let place = self.place();
        let name = self.name()?;
        let mut column = Column {
            ty: Some(self.type_name()?),
            not_null: None,
            default: None,
            primary_key: None,
            unique: None,
            checks: Vec::new(),
            references: Vec::new(),
            generated: None,
            identity: None,
            auto_increment: false,
            invisible: false,
            collation: None,
            comment: None,
            on_update: None,
            position: None,
            range: name.range.clone(),
            name,
        };
        while !matches!(self.kind(), Kind::COMMA | Kind::R_PAREN | Kind::EOF) {
            self.column_clause(&mut column)?;
        }
        if column.default.is_some() && (column.generated.is_some() || column.identity.is_some()) {
            return None;
        }
        column.range = self.since(place);
        Some(column)
    }

    /// What contradicts another clause is left to squawk.
    fn column_clause(&mut self, column: &mut Column) -> Option<()> {
        let name = self.constraint_name()?;
        let clause = self.kind();
        self.advance();
        match clause {
            Kind::NOT_KW | Kind::NULL_KW if column.not_null.is_none() => {
                let not = matches!(clause, Kind::NOT_KW);
                if not {
                    self.need(Kind::NULL_KW)?;
                }
                column.not_null = Some(not);
            }
            Kind::DEFAULT_KW if column.default.is_none() => column.default = Some(self.value()?),
            Kind::PRIMARY_KW if column.primary_key.is_none() => {
                self.need(Kind::KEY_KW)?;
                column.primary_key = Some(PrimaryKeyMark {
                    name,
                    autoincrement: false,
                    descending: false,
                    terms: None,
                });
            }
            Kind::UNIQUE_KW if column.unique.is_none() => {
                column.unique = Some(UniqueMark { name, terms: None });
            }
            Kind::CHECK_KW => {
                let check = self.in_brackets()?;
                column.checks.push((name, check));
            }
            Kind::REFERENCES_KW => {
                let key = self.reference(name, Vec::new())?;
                if key.referred.len() > 1 {
                    return None;
                }
                column.references.push(key);
            }
            Kind::GENERATED_KW if column.generated.is_none() && column.identity.is_none() => {
                self.generated(column)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Behind `GENERATED`.
    fn generated(&mut self, column: &mut Column) -> Option<()> {
        let always = self.eat(Kind::ALWAYS_KW);
        if !always {
            self.need(Kind::BY_KW)?;
            self.need(Kind::DEFAULT_KW)?;
        }
        self.need(Kind::AS_KW)?;
        if always && self.is(Kind::L_PAREN) {
            let expression = self.in_brackets()?;
            self.need(Kind::STORED_KW)?;
            column.generated = Some(Generated {
                expression,
                stored: true,
            });
            return Some(());
        }
        self.need(Kind::IDENTITY_KW)?;
        column.identity = Some(if always {
            Identity::Always
        } else {
            Identity::ByDefault
        });
        Some(())
    }

    /// `CONSTRAINT name`, or nothing.
    fn constraint_name(&mut self) -> Option<Option<Name>> {
        if self.eat(Kind::CONSTRAINT_KW) {
            return Some(Some(self.name()?));
        }
        Some(None)
    }

    /// Behind `REFERENCES`.
    fn reference(&mut self, name: Option<Name>, columns: Vec<Name>) -> Option<ForeignKey> {
        let mut key = ForeignKey {
            name,
            columns,
            table: self.path()?,
            referred: Vec::new(),
            on_delete: None,
            on_update: None,
            deferrable: Deferrable::No,
        };
        if self.eat(Kind::L_PAREN) {
            key.referred = self.names()?;
        }
        while self.eat(Kind::ON_KW) {
            if self.eat(Kind::DELETE_KW) && key.on_delete.is_none() {
                key.on_delete = Some(self.referential_action()?);
            } else if self.eat(Kind::UPDATE_KW) && key.on_update.is_none() {
                key.on_update = Some(self.referential_action()?);
            } else {
                return None;
            }
        }
        Some(key)
    }

    fn referential_action(&mut self) -> Option<String> {
        let first = self.kind();
        self.advance();
        let action = match first {
            Kind::CASCADE_KW => "CASCADE",
            Kind::RESTRICT_KW => "RESTRICT",
            Kind::NO_KW => {
                self.need(Kind::ACTION_KW)?;
                "NO ACTION"
            }
            Kind::SET_KW if self.eat(Kind::NULL_KW) => "SET NULL",
            Kind::SET_KW => {
                self.need(Kind::DEFAULT_KW)?;
                "SET DEFAULT"
            }
            _ => return None,
        };
        Some(action.to_owned())
    }

    /// A constraint of a table.
    pub(super) fn constraint(&mut self) -> Option<Constraint> {
        let place = self.place();
        let name = self.constraint_name()?;
        let first = self.kind();
        self.advance();
        let kind = match first {
            Kind::PRIMARY_KW => {
                self.need(Kind::KEY_KW)?;
                ConstraintKind::PrimaryKey(self.key_parts()?)
            }
            Kind::UNIQUE_KW => ConstraintKind::Unique(self.key_parts()?),
            Kind::FOREIGN_KW => {
                self.need(Kind::KEY_KW)?;
                self.need(Kind::L_PAREN)?;
                let columns = self.names()?;
                self.need(Kind::REFERENCES_KW)?;
                ConstraintKind::ForeignKey(self.reference(name.clone(), columns)?)
            }
            Kind::CHECK_KW => ConstraintKind::Check(self.in_brackets()?),
            _ => return None,
        };
        Some(Constraint {
            name,
            kind,
            terms: None,
            not_valid: false,
            if_not_exists: false,
            range: self.since(place),
        })
    }

    fn key_parts(&mut self) -> Option<Vec<IndexPart>> {
        self.need(Kind::L_PAREN)?;
        let mut parts = Vec::new();
        for name in self.names()? {
            let expression = Expression {
                range: name.range.clone(),
                kind: ExpressionKind::Column { table: None, name },
            };
            parts.push(index_part(expression));
        }
        Some(parts)
    }
}

pub(super) const fn index_part(expression: Expression) -> IndexPart {
    IndexPart {
        expression,
        collation: None,
        operator_class: None,
        descending: false,
        nulls_first: None,
        length: None,
    }
}
