//! `CREATE TABLE`, `ALTER TABLE`.

use sqlite3_parser::dialect::TokenType::*;

use super::{
    check::is_integer,
    cursor::{Cursor, Read, Unread, is_identifier},
};
use crate::tree::{
    Alter, AlterTable, Behavior, Column, ColumnChange, Constraint, ConstraintKind, CreateTable,
    Deferrable, DropWhich, Expression, ExpressionKind, ForeignKey, Generated, Literal, Name,
    ObjectKind, Path, PrimaryKeyMark, Terms, UniqueMark, VirtualTable,
};

impl Cursor<'_> {
    /// What stands behind `CREATE TABLE`.
    pub(super) fn create_table(&mut self, temporary: bool) -> Read<CreateTable> {
        let mut table = CreateTable {
            if_not_exists: self.if_not_exists()?,
            temporary,
            ..CreateTable::new(self.path()?)
        };
        if self.eat(TK_AS) {
            table.query = Some(self.query()?);
            return Ok(table);
        }
        self.expect(TK_LP)?;
        table.columns.push(self.column_definition()?);
        while self.eat(TK_COMMA) {
            if self.constraint_ahead() {
                self.constraints(&mut table.constraints)?;
                break;
            }
            table.columns.push(self.column_definition()?);
        }
        self.expect(TK_RP)?;
        self.count_up(&mut table);
        while !self.at_end() {
            let _ = self.eat(TK_COMMA);
            if self.eat(TK_WITHOUT) {
                self.name()?;
                table.without_rowid = true;
            } else {
                self.name()?;
                table.strict = true;
            }
        }
        Ok(table)
    }

    /// `PRIMARY KEY (a AUTOINCREMENT)` means the same as `AUTOINCREMENT` behind the column.
    fn count_up(&mut self, table: &mut CreateTable) {
        let Some(range) = self.autoincrement.take() else {
            return;
        };
        let key = table
            .constraints
            .iter()
            .find_map(|constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey(parts) => match parts.as_slice() {
                    [part] => part.expression.as_column().map(|name| name.text.clone()),
                    _ => None,
                },
                _ => None,
            });
        let column = table.columns.iter_mut().find(|column| {
            key.as_ref()
                .is_some_and(|key| key.eq_ignore_ascii_case(&column.name.text))
                && is_integer(column)
        });
        match column {
            Some(column) => column.auto_increment = true,
            None => self.refuse(
                range,
                super::check::AUTOINCREMENT,
                super::check::AUTOINCREMENT_HELP,
            ),
        }
    }

    /// What stands behind `CREATE VIRTUAL TABLE`.
    pub(super) fn create_virtual_table(&mut self) -> Read<CreateTable> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path()?;
        self.expect(TK_USING)?;
        let module = self.name()?;
        let mut arguments = Vec::new();
        if self.eat(TK_LP) {
            let mut start = self.start();
            while !self.eat(TK_RP) {
                if self.peek() == TK_COMMA {
                    arguments.push(self.text(start..self.end().max(start)).trim().to_owned());
                    self.next()?;
                    start = self.start();
                } else if self.eat(TK_LP) {
                    self.skip_brackets()?;
                } else {
                    self.next()?;
                }
                if self.peek() == TK_RP {
                    arguments.push(self.text(start..self.end().max(start)).trim().to_owned());
                }
            }
        }
        Ok(CreateTable {
            if_not_exists,
            virtual_table: Some(VirtualTable { module, arguments }),
            ..CreateTable::new(name)
        })
    }

    fn constraint_ahead(&self) -> bool {
        matches!(
            self.peek(),
            TK_CONSTRAINT | TK_PRIMARY | TK_UNIQUE | TK_CHECK | TK_FOREIGN
        )
    }

    /// The constraints of a table; the commas between them may be missing.
    fn constraints(&mut self, constraints: &mut Vec<Constraint>) -> Read<()> {
        let mut name = None;
        let mut start = self.start();
        loop {
            if self.eat(TK_COMMA) {
                name = None;
                start = self.start();
            }
            if self.eat(TK_CONSTRAINT) {
                name = Some(self.name()?);
                continue;
            }
            if self.peek() == TK_RP {
                return Ok(());
            }
            let name = name.take();
            let (kind, terms) = self.constraint_kind(name.as_ref())?;
            constraints.push(Constraint {
                name,
                kind,
                terms,
                not_valid: false,
                if_not_exists: false,
                range: start..self.end(),
            });
            start = self.start();
        }
    }

    fn constraint_kind(
        &mut self,
        name: Option<&Name>,
    ) -> Read<(ConstraintKind, Option<Box<Terms>>)> {
        let kind = match self.next()?.kind {
            TK_PRIMARY => {
                self.expect(TK_KEY)?;
                self.expect(TK_LP)?;
                let parts = self.list(Self::index_part)?;
                if self.peek() == TK_AUTOINCR {
                    self.autoincrement = Some(self.next()?.range());
                }
                self.expect(TK_RP)?;
                ConstraintKind::PrimaryKey(parts)
            }
            TK_UNIQUE => ConstraintKind::Unique(self.index_parts()?),
            TK_CHECK => {
                self.expect(TK_LP)?;
                let expression = self.expression()?;
                self.expect(TK_RP)?;
                ConstraintKind::Check(expression)
            }
            TK_FOREIGN => {
                self.expect(TK_KEY)?;
                let columns = self.optional_names()?;
                self.expect(TK_REFERENCES)?;
                let mut key = self.references(name.cloned(), columns)?;
                let not = self.eat(TK_NOT);
                let deferrable = self.deferrable()?;
                if !not {
                    key.deferrable = deferrable;
                }
                ConstraintKind::ForeignKey(key)
            }
            _ => return Err(Unread),
        };
        let terms = Terms {
            on_conflict: self.on_conflict()?,
            ..Terms::default()
        };
        Ok((kind, terms.boxed()))
    }

    /// `ON CONFLICT …` behind a constraint.
    fn on_conflict(&mut self) -> Read<Option<String>> {
        if !self.eat_both(TK_ON, TK_CONFLICT) {
            return Ok(None);
        }
        let range = self.next()?.range();
        Ok(Some(self.text(range).to_ascii_uppercase()))
    }

    fn deferrable(&mut self) -> Read<Deferrable> {
        if !self.eat(TK_DEFERRABLE) {
            return Ok(Deferrable::No);
        }
        let deferred = self.eat(TK_INITIALLY) && self.next()?.kind == TK_DEFERRED;
        Ok(if deferred {
            Deferrable::Deferred
        } else {
            Deferrable::Immediate
        })
    }

    /// What stands behind `REFERENCES`.
    fn references(&mut self, name: Option<Name>, columns: Vec<Name>) -> Read<ForeignKey> {
        let mut key = ForeignKey {
            name,
            columns,
            table: Path::bare(self.name()?),
            referred: self.optional_names()?,
            on_delete: None,
            on_update: None,
            deferrable: Deferrable::No,
        };
        loop {
            if self.eat(TK_MATCH) {
                self.name()?;
            } else if self.peek() == TK_ON && self.peek_at(1) != TK_CONFLICT {
                self.next()?;
                let event = self.next()?.kind;
                let action = Some(self.action()?);
                match event {
                    TK_DELETE => key.on_delete = action,
                    TK_UPDATE => key.on_update = action,
                    _ => {}
                }
            } else {
                return Ok(key);
            }
        }
    }

    fn action(&mut self) -> Read<String> {
        let token = self.next()?;
        let mut action = self.text(token.range()).to_ascii_uppercase();
        if matches!(token.kind, TK_SET | TK_NO) {
            let second = self.next()?;
            action.push(' ');
            action.push_str(&self.text(second.range()).to_ascii_uppercase());
        }
        Ok(action)
    }

    fn column_definition(&mut self) -> Read<Column> {
        let start = self.start();
        let name = self.name()?;
        let ty = self.type_name(false)?;
        let mut column = Column {
            name,
            ty,
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
            range: start..start,
        };
        let mut name = None;
        while self.column_constraint(&mut column, &mut name)? {}
        column.range = start..self.end();
        Ok(column)
    }

    /// One constraint of a column, if another stands here.
    fn column_constraint(&mut self, column: &mut Column, name: &mut Option<Name>) -> Read<bool> {
        match self.peek() {
            TK_CONSTRAINT => {
                self.next()?;
                *name = Some(self.name()?);
                return Ok(true);
            }
            TK_DEFAULT => {
                self.next()?;
                column.default = Some(self.default_value()?);
            }
            TK_NULL => {
                self.next()?;
                column.not_null = column.not_null.or(Some(false));
                self.on_conflict()?;
            }
            TK_NOT if self.peek_at(1) == TK_DEFERRABLE => {
                self.next()?;
                self.deferrable()?;
            }
            TK_DEFERRABLE => {
                let deferrable = self.deferrable()?;
                if let Some(key) = column.references.last_mut() {
                    key.deferrable = deferrable;
                }
            }
            TK_NOT => {
                self.next()?;
                self.expect(TK_NULL)?;
                column.not_null = Some(true);
                self.on_conflict()?;
            }
            TK_PRIMARY => self.primary_key(column, name.take())?,
            TK_UNIQUE => {
                self.next()?;
                let terms = Terms {
                    on_conflict: self.on_conflict()?,
                    ..Terms::default()
                };
                column.unique = Some(UniqueMark {
                    name: name.take(),
                    terms: terms.boxed(),
                });
            }
            TK_CHECK => {
                self.next()?;
                self.expect(TK_LP)?;
                let check = self.expression()?;
                self.expect(TK_RP)?;
                column.checks.push((name.take(), check));
            }
            TK_REFERENCES => {
                self.next()?;
                let key = self.references(name.take(), Vec::new())?;
                column.references.push(key);
            }
            TK_COLLATE => {
                self.next()?;
                column.collation = Some(Path::bare(self.name()?));
            }
            TK_GENERATED => {
                self.next()?;
                self.expect(TK_ALWAYS)?;
                self.expect(TK_AS)?;
                self.generated(column)?;
            }
            TK_AS => {
                self.next()?;
                self.generated(column)?;
            }
            _ => return Ok(false),
        }
        *name = None;
        Ok(true)
    }

    fn primary_key(&mut self, column: &mut Column, name: Option<Name>) -> Read<()> {
        let start = self.start();
        self.next()?;
        self.expect(TK_KEY)?;
        let descending = self.eat(TK_DESC);
        let _ = self.eat(TK_ASC);
        let terms = Terms {
            on_conflict: self.on_conflict()?,
            ..Terms::default()
        };
        let mark = PrimaryKeyMark {
            name,
            autoincrement: self.eat(TK_AUTOINCR),
            descending,
            terms: terms.boxed(),
        };
        if column.primary_key.replace(mark).is_some() {
            self.refuse(
                start..self.end(),
                format!("column `{}` is the primary key twice", column.name),
                "once is enough",
            );
        }
        Ok(())
    }

    fn generated(&mut self, column: &mut Column) -> Read<()> {
        self.expect(TK_LP)?;
        let expression = self.expression()?;
        self.expect(TK_RP)?;
        let mut stored = false;
        if is_identifier(self.peek()) && self.peek() != TK_GENERATED {
            let word = self.peek_text();
            stored = word.eq_ignore_ascii_case("stored");
            let known = stored || word.eq_ignore_ascii_case("virtual");
            let range = self.next()?.range();
            if !known {
                self.refuse(
                    range,
                    format!("`{word}`: a generated column is `STORED` or `VIRTUAL`"),
                    "write `STORED` to keep the value in the table, `VIRTUAL` to compute it when it is read",
                );
            }
        }
        column.generated = Some(Generated { expression, stored });
        Ok(())
    }

    /// What stands behind `DEFAULT`: an expression in brackets, a constant with its sign, or a word, which is text.
    fn default_value(&mut self) -> Read<Expression> {
        let start = self.start();
        if self.eat(TK_LP) {
            let mut expression = self.expression()?;
            self.expect(TK_RP)?;
            expression.range = start..self.end();
            return Ok(expression);
        }
        let sign = match self.peek() {
            TK_PLUS => Some("+"),
            TK_MINUS => Some("-"),
            _ => None,
        };
        if sign.is_some() {
            self.next()?;
        }
        let value_start = self.start();
        let literal = match self.literal()? {
            Some(literal) => literal,
            None if self.peek_text().eq_ignore_ascii_case("true") => {
                self.next()?;
                Literal::Boolean(true)
            }
            None if self.peek_text().eq_ignore_ascii_case("false") => {
                self.next()?;
                Literal::Boolean(false)
            }
            None => Literal::Text(self.name()?.text),
        };
        let value = Expression {
            range: value_start..self.end(),
            kind: ExpressionKind::Literal(literal),
        };
        Ok(match sign {
            None => value,
            Some(sign) => Expression {
                range: start..self.end(),
                kind: ExpressionKind::Operation {
                    operator: sign.to_owned(),
                    operands: vec![value],
                },
            },
        })
    }

    /// What stands behind `ALTER TABLE`.
    pub(super) fn alter_table(&mut self) -> Read<AlterTable> {
        let name = self.path()?;
        let change = match self.next()?.kind {
            TK_RENAME if self.eat(TK_TO) => Alter::RenameTo(Path::bare(self.name()?)),
            TK_RENAME => {
                let _ = self.eat(TK_COLUMNKW);
                let from = self.name()?;
                self.expect(TK_TO)?;
                let to = self.name()?;
                Alter::RenameColumn { from, to }
            }
            TK_ADD if self.constraint_ahead() => self.add_constraint()?,
            TK_ADD => {
                let _ = self.eat(TK_COLUMNKW);
                Alter::AddColumn {
                    column: Box::new(self.column_definition()?),
                    if_not_exists: false,
                }
            }
            TK_DROP if self.eat(TK_CONSTRAINT) => Alter::DropConstraint {
                name: Some(self.name()?),
                which: DropWhich::Constraint,
                if_exists: false,
                behavior: Behavior::Default,
            },
            TK_DROP => {
                let _ = self.eat(TK_COLUMNKW);
                Alter::DropColumn {
                    name: self.name()?,
                    if_exists: false,
                    behavior: Behavior::Default,
                }
            }
            TK_ALTER => self.alter_column()?,
            _ => return Err(Unread),
        };
        Ok(AlterTable {
            kind: ObjectKind::Table,
            name,
            if_exists: false,
            changes: vec![change],
            options: Vec::new(),
        })
    }

    fn add_constraint(&mut self) -> Read<Alter> {
        let start = self.start();
        let name = if self.eat(TK_CONSTRAINT) {
            Some(self.name()?)
        } else {
            None
        };
        let (kind, terms) = self.constraint_kind(name.as_ref())?;
        Ok(Alter::AddConstraint(Constraint {
            name,
            kind,
            terms,
            not_valid: false,
            if_not_exists: false,
            range: start..self.end(),
        }))
    }

    fn alter_column(&mut self) -> Read<Alter> {
        let _ = self.eat(TK_COLUMNKW);
        let name = self.name()?;
        let change = match self.next()?.kind {
            TK_DROP => ColumnChange::DropNotNull,
            TK_SET => ColumnChange::SetNotNull,
            _ => return Err(Unread),
        };
        self.expect(TK_NOT)?;
        self.expect(TK_NULL)?;
        self.on_conflict()?;
        Ok(Alter::AlterColumn { name, change })
    }
}
