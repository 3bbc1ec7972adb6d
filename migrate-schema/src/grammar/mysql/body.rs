//! The bodies of triggers, procedures and functions: blocks, loops, conditions, and the statements in them.

use super::{
    parser::{Parse, Parser, Stop},
    token::Kind,
};

impl Parser<'_> {
    /// One statement of a body, without the `;` behind it.
    pub(super) fn body_statement(&mut self) -> Parse<()> {
        self.deeper(Self::body_statement_here)
    }

    fn body_statement_here(&mut self) -> Parse<()> {
        if self.token().kind == Kind::Word && self.symbol_at(1, ":") {
            self.name("a label")?;
            self.expect_symbol(":")?;
            if !self.is_any(&["begin", "loop", "repeat", "while", "for"]) {
                return self.unexpected();
            }
        }
        if self.word("begin") {
            self.words(&["not", "atomic"]);
            self.statements_until(&["end"])?;
            self.expect("end")?;
            self.end_label();
            return Ok(());
        }
        if self.is_at(0, "if") && !self.is_qualifier_at(0) {
            self.advance();
            return self.if_statement();
        }
        if self.is_at(0, "case") {
            self.advance();
            return self.case_statement();
        }
        if self.word("loop") {
            self.statements_until(&["end"])?;
            return self.end_of("loop");
        }
        if self.is_at(0, "repeat") && !self.symbol_at(1, "(") {
            self.advance();
            self.statements_until(&["until"])?;
            self.expect("until")?;
            self.expression()?;
            return self.end_of("repeat");
        }
        if self.word("while") {
            self.expression()?;
            self.expect("do")?;
            self.statements_until(&["end"])?;
            return self.end_of("while");
        }
        self.plain_statement()
    }

    fn plain_statement(&mut self) -> Parse<()> {
        if self.word("declare") {
            return self.declare();
        }
        if self.word("return") {
            self.expression()?;
            return Ok(());
        }
        if self.one_of(&["leave", "iterate"]).is_some() {
            self.name("a label")?;
            return Ok(());
        }
        if self.one_of(&["open", "close"]).is_some() {
            self.name("the name of a cursor")?;
            // MariaDB's cursors may have arguments.
            if self.symbol_at(0, "(") {
                self.in_brackets(|p| p.list(Self::expression))?;
            }
            return Ok(());
        }
        if self.word("fetch") {
            self.word("next");
            self.word("from");
            self.name("the name of a cursor")?;
            self.expect("into")?;
            self.list(|p| p.path("the name of a variable"))?;
            if let Some(locals) = &mut self.locals {
                locals.any_text = true;
            }
            return Ok(());
        }
        // MariaDB's `FOR … DO`, and other things of its Oracle mode.
        if self.any_at(0, &["for", "goto", "exit", "continue", "raise"]) {
            return Err(Stop::Opaque);
        }
        self.statement()?;
        Ok(())
    }

    /// The label behind `END`.
    fn end_label(&mut self) {
        if self.is_name_at(0) {
            self.take_name();
        }
    }

    fn end_of(&mut self, what: &'static str) -> Parse<()> {
        self.expect_words(&["end", what])?;
        self.end_label();
        Ok(())
    }

    /// `statement; statement;` up to one of the words.
    fn statements_until(&mut self, words: &[&'static str]) -> Parse<()> {
        while !self.is_any(words) {
            if self.at_end() {
                return self.unexpected();
            }
            self.body_statement()?;
            self.expect_symbol(";")?;
        }
        Ok(())
    }

    /// Behind `IF`.
    fn if_statement(&mut self) -> Parse<()> {
        loop {
            self.expression()?;
            self.expect("then")?;
            self.statements_until(&["elseif", "else", "end"])?;
            if !self.word("elseif") {
                break;
            }
        }
        if self.word("else") {
            self.statements_until(&["end"])?;
        }
        self.expect_words(&["end", "if"])
    }

    /// Behind `CASE`.
    fn case_statement(&mut self) -> Parse<()> {
        if !self.is("when") {
            self.expression()?;
        }
        self.expect("when")?;
        loop {
            self.expression()?;
            self.expect("then")?;
            self.statements_until(&["when", "else", "end"])?;
            if !self.word("when") {
                break;
            }
        }
        if self.word("else") {
            self.statements_until(&["end"])?;
        }
        self.expect_words(&["end", "case"])
    }

    /// Behind `DECLARE`: variables, a cursor, a condition, a handler.
    fn declare(&mut self) -> Parse<()> {
        if self.any_at(0, &["continue", "exit", "undo"]) && self.is_at(1, "handler") {
            self.back_to(self.at + 2);
            self.expect("for")?;
            self.list(Self::condition)?;
            return self.body_statement();
        }
        let names = self.list(|p| p.name("the name of a variable"))?;
        if let Some(locals) = &mut self.locals {
            locals
                .names
                .extend(names.iter().map(|name| name.text.clone()));
        }
        if names.len() == 1 && self.word("condition") {
            self.expect("for")?;
            self.condition()?;
            return Ok(());
        }
        if names.len() == 1 && self.is_at(0, "cursor") {
            self.advance();
            if self.symbol_at(0, "(") {
                return Err(Stop::Opaque);
            }
            self.expect("for")?;
            // What `PREPARE` has made may stand here too (MariaDB).
            if self.is_name_at(0) {
                self.take_name();
                return Ok(());
            }
            self.query()?;
            return Ok(());
        }
        // MariaDB: `TYPE OF t.a`, `ROW TYPE OF t`, `ROW (a INT)`.
        if self.any_at(0, &["type", "row"]) {
            return Err(Stop::Opaque);
        }
        self.data_type()?;
        if self.word("collate") {
            self.character_set()?;
        }
        if self.word("default") || self.symbol(":=") {
            let value = self.expression()?;
            for name in &names {
                self.assigned(&name.text, &value);
            }
        }
        Ok(())
    }

    /// What a handler is for: `SQLEXCEPTION`, `NOT FOUND`, `SQLSTATE '23000'`, `1062`, a name.
    fn condition(&mut self) -> Parse<()> {
        if self.one_of(&["sqlexception", "sqlwarning"]).is_some() || self.words(&["not", "found"]) {
            return Ok(());
        }
        if self.word("sqlstate") {
            self.word("value");
            self.string()?;
            return Ok(());
        }
        if self.token().kind == Kind::Number {
            self.number()?;
            return Ok(());
        }
        self.name("a condition")?;
        Ok(())
    }
}
