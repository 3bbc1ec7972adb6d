//! A column: its type and its attributes, in any order.

use super::{
    definition,
    parser::{Parse, Parser},
    token::Kind,
};
use crate::tree::{
    Column, Deferrable, Expression, ExpressionKind, ForeignKey, Generated, Literal, Name, Position,
    PrimaryKeyMark, UniqueMark,
};

impl Parser<'_> {
    /// `name type attributes`
    pub(super) fn column(&mut self) -> Parse<Column> {
        let name = self.column_name()?;
        self.column_called(name)
    }

    /// The name of a column, perhaps with that of its table and database before it.
    pub(super) fn column_name(&mut self) -> Parse<Name> {
        let dotted =
            self.symbol_at(0, ".") && matches!(self.token_at(1).kind, Kind::Word | Kind::Quoted);
        let mut name = if dotted {
            self.advance();
            self.take_name()
        } else {
            self.name("the name of a column")?
        };
        while self.symbol_at(0, ".") {
            self.advance();
            if !matches!(self.token().kind, Kind::Word | Kind::Quoted) {
                return self.expected_here("the name of a column");
            }
            name = self.take_name();
        }
        Ok(name)
    }

    /// The rest of a column behind its name.
    pub(super) fn column_called(&mut self, name: Name) -> Parse<Column> {
        let start = name.range.start;
        let mut column = Column {
            name,
            ty: None,
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
        let serial = self.is_at(0, "serial");
        // MariaDB's `CREATE TABLE t (a) SELECT …` leaves types out nowhere: a type always follows.
        column.ty = Some(self.data_type()?);
        if serial {
            column.serial();
        }
        while self.column_attribute(&mut column)? {}
        column.range = self.since(start);
        definition::of_column(&column, &mut self.faults);
        Ok(column)
    }

    /// One attribute; false where none follows.
    fn column_attribute(&mut self, column: &mut Column) -> Parse<bool> {
        if self.is("not") {
            self.not_attribute(column)?;
        } else if self.word("null") {
            column.not_null = Some(false);
        } else if self.word("default") {
            column.default = Some(self.default_value()?);
        } else if self.is("on") {
            self.expect_words(&["on", "update"])?;
            column.on_update = Some(self.current_time()?);
        } else if self.word("auto_increment") {
            column.auto_increment = true;
        } else if self.words(&["serial", "default", "value"]) {
            column.serial();
        } else if self.word("primary") {
            self.expect("key")?;
            column.primary();
        } else if self.word("key") {
            column.primary();
        } else if self.word("unique") {
            self.word("key");
            column.unique = Some(UniqueMark::default());
        } else if self.word("comment") {
            column.comment = Some(self.string()?);
        } else if self.word("collate") {
            column.collation = Some(crate::tree::Path::bare(self.collation()?));
        } else if self.word("references") {
            let key = self.references(None, Vec::new())?;
            column.references.push(key);
        } else if self.is_any(&["check", "constraint"]) {
            return self.column_check(column);
        } else if self.is_any(&["generated", "as"]) {
            self.generated(column)?;
        } else {
            return self.rare_attribute(column);
        }
        Ok(true)
    }

    fn not_attribute(&mut self, column: &mut Column) -> Parse<()> {
        self.expect("not")?;
        // MySQL's `NOT SECONDARY` keeps a column from a secondary engine.
        if self.word("secondary") {
            return Ok(());
        }
        self.expect("null")?;
        column.not_null = Some(true);
        // MariaDB: `NOT NULL ENABLE`.
        self.word("enable");
        Ok(())
    }

    fn column_check(&mut self, column: &mut Column) -> Parse<bool> {
        let mut name = None;
        if self.word("constraint") && !self.is_at(0, "check") {
            name = Some(self.name("the name of a constraint")?);
        }
        self.expect("check")?;
        let check = self.in_brackets(Self::expression)?;
        self.enforced();
        column.checks.push((name, check));
        Ok(true)
    }

    /// `[NOT] ENFORCED`
    pub(super) fn enforced(&mut self) {
        if !self.words(&["not", "enforced"]) {
            self.word("enforced");
        }
    }

    fn generated(&mut self, column: &mut Column) -> Parse<()> {
        if self.word("generated") {
            self.expect("always")?;
        }
        self.expect("as")?;
        // MariaDB's system versioning.
        if self.word("row") {
            if self.one_of(&["start", "end"]).is_none() {
                return self.unexpected();
            }
            column.invisible |= self.one_of(&["invisible"]).is_some();
            return Ok(());
        }
        let expression = self.in_brackets(Self::expression)?;
        let kind = self.one_of(&["virtual", "stored", "persistent"]);
        column.generated = Some(Generated {
            expression,
            stored: matches!(kind, Some("stored" | "persistent")),
        });
        Ok(())
    }

    /// What only some servers have.
    fn rare_attribute(&mut self, column: &mut Column) -> Parse<bool> {
        if let Some(word) = self.one_of(&["invisible", "visible"]) {
            column.invisible = word == "invisible";
        } else if self.word("column_format") || self.word("storage") {
            if self
                .one_of(&["fixed", "dynamic", "default", "disk", "memory"])
                .is_none()
            {
                return self.unexpected();
            }
        } else if self
            .one_of(&["engine_attribute", "secondary_engine_attribute"])
            .is_some()
        {
            self.equals();
            self.string()?;
        } else if self.word("srid") {
            self.number()?;
        } else if self.one_of(&["with", "without"]).is_some() {
            self.expect_words(&["system", "versioning"])?;
        } else if self.word("ref_system_id") {
            self.equals();
            self.number()?;
        } else if self.is_name_at(0)
            && self.symbol_at(1, "=")
            && !self.any_at(0, &["algorithm", "lock"])
        {
            // MariaDB's engines have attributes of their own: `ENCRYPTED=YES`.
            self.back_to(self.at + 2);
            self.option_value()?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// The value of an option: a word, a number, a string.
    pub(super) fn option_value(&mut self) -> Parse<String> {
        match self.token().kind {
            Kind::Text => self.string(),
            Kind::Number => self.number(),
            Kind::Word | Kind::Quoted => Ok(self.take_name().text),
            _ => self.expected_here("the value of an option"),
        }
    }

    /// `DEFAULT`: MariaDB takes an expression, MySQL a constant or an expression in brackets.
    pub(super) fn default_value(&mut self) -> Parse<Expression> {
        let start = self.start();
        if self.symbol_at(0, "-") || self.symbol_at(0, "+") {
            self.advance();
            let mut value = self.simple_expression()?;
            value.range = self.since(start);
            return Ok(Expression {
                range: value.range.clone(),
                kind: ExpressionKind::Operation {
                    operator: "-".to_owned(),
                    operands: vec![value],
                },
            });
        }
        if self.words(&["next", "value", "for"]) {
            self.path("the name of a sequence")?;
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::Opaque,
            });
        }
        self.simple_expression()
    }

    /// `CURRENT_TIMESTAMP`, with brackets or without.
    fn current_time(&mut self) -> Parse<Expression> {
        let start = self.start();
        let words = ["current_timestamp", "now", "localtime", "localtimestamp"];
        let Some(word) = self.one_of(&words) else {
            return self.unexpected();
        };
        if self.symbol("(") {
            if !self.symbol_at(0, ")") {
                self.number()?;
            }
            self.expect_symbol(")")?;
        } else if word == "now" {
            return self.unexpected();
        }
        Ok(Expression {
            range: self.since(start),
            kind: ExpressionKind::Literal(Literal::Keyword("CURRENT_TIMESTAMP".to_owned())),
        })
    }

    /// Behind `REFERENCES`.
    pub(super) fn references(
        &mut self,
        name: Option<Name>,
        columns: Vec<Name>,
    ) -> Parse<ForeignKey> {
        let mut key = ForeignKey {
            name,
            columns,
            table: self.path("the name of a table")?,
            referred: Vec::new(),
            on_delete: None,
            on_update: None,
            deferrable: Deferrable::No,
        };
        if self.is_symbol("(") {
            key.referred = self.names_in_brackets("the name of a column")?;
        }
        if self.word("match") && self.one_of(&["full", "partial", "simple"]).is_none() {
            return self.unexpected();
        }
        while self.is_at(0, "on") && self.any_at(1, &["delete", "update"]) {
            self.advance();
            let on_delete = self.word("delete");
            if !on_delete {
                self.expect("update")?;
            }
            let action = self.referential_action()?;
            let slot = if on_delete {
                &mut key.on_delete
            } else {
                &mut key.on_update
            };
            if slot.is_some() {
                self.back_to(self.at - 1);
                return self.unexpected();
            }
            *slot = Some(action.to_owned());
        }
        Ok(key)
    }

    fn referential_action(&mut self) -> Parse<&'static str> {
        if self.word("cascade") {
            return Ok("CASCADE");
        }
        if self.word("restrict") {
            return Ok("RESTRICT");
        }
        if self.word("no") {
            self.expect("action")?;
            return Ok("NO ACTION");
        }
        if self.word("set") {
            if self.word("null") {
                return Ok("SET NULL");
            }
            self.expect("default")?;
            return Ok("SET DEFAULT");
        }
        self.unexpected()
    }

    /// `FIRST`, `AFTER column`
    pub(super) fn position(&mut self) -> Parse<Option<Position>> {
        if self.word("first") {
            return Ok(Some(Position::First));
        }
        if self.word("after") {
            return Ok(Some(Position::After(self.name("the name of a column")?)));
        }
        Ok(None)
    }
}

trait Mark {
    fn primary(&mut self);
    fn serial(&mut self);
}

impl Mark for Column {
    fn primary(&mut self) {
        self.primary_key = Some(PrimaryKeyMark {
            name: None,
            autoincrement: false,
            descending: false,
            terms: None,
        });
    }

    /// `SERIAL` is short for `BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE`.
    fn serial(&mut self) {
        self.not_null = Some(true);
        self.auto_increment = true;
        self.unique = Some(UniqueMark::default());
    }
}
