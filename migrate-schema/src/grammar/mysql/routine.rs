//! Triggers, procedures and functions. Of their bodies the syntax is judged (`body.rs`), and only the words are kept.

use super::{
    foreign,
    parser::{Parse, Parser, Stop},
    session::{Locals, Routine},
    token::Kind,
};
use crate::tree::{
    Action, Argument, CreateFunction, CreateTrigger, FunctionKind, RowColumn, TriggerBody,
    TriggerEvent, TriggerTime,
};

impl Parser<'_> {
    /// Behind `CREATE … TRIGGER`.
    pub(super) fn create_trigger(&mut self, or_replace: bool) -> Parse<Vec<Action>> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path("the name of the trigger")?;
        let time = match self.one_of(&["before", "after"]) {
            Some("before") => TriggerTime::Before,
            Some(_) => TriggerTime::After,
            None => return self.unexpected(),
        };
        let event = match self.one_of(&["insert", "update", "delete"]) {
            Some("insert") => TriggerEvent::Insert,
            Some("update") => TriggerEvent::Update(Vec::new()),
            Some(_) => TriggerEvent::Delete,
            None => return self.unexpected(),
        };
        // MariaDB 12 has several events and columns.
        if self.is_any(&["or", "of"]) {
            self.foreign_trigger()?;
            return Err(Stop::Opaque);
        }
        self.expect("on")?;
        let table = self.path("the name of a table")?;
        self.expect_words(&["for", "each", "row"])?;
        if self.one_of(&["follows", "precedes"]).is_some() {
            self.name("the name of a trigger")?;
        }
        self.foreign_trigger()?;
        let columns = self.columns_of_row();
        let (words, _) = self.body(Vec::new())?;
        Ok(vec![Action::CreateTrigger(CreateTrigger {
            name,
            if_not_exists,
            or_replace,
            temporary: false,
            constraint: false,
            time,
            events: vec![event],
            table,
            when: None,
            body: TriggerBody::Opaque { words, columns },
        })])
    }

    /// What the body names behind `NEW` and `OLD`; nothing where that may be an alias.
    fn columns_of_row(&mut self) -> Vec<RowColumn> {
        let start = self.at;
        let rows = ["new", "old"];
        let mut columns = Vec::new();
        while !self.at_end() {
            if self.is_at(0, "as") && self.any_at(1, &rows) {
                columns.clear();
                break;
            }
            let is_row = self.any_at(0, &rows)
                && self.symbol_at(1, ".")
                && !(self.at > start
                    && self.tokens[self.at - 1].kind == Kind::Symbol
                    && self.sql.get(self.tokens[self.at - 1].range()) == Some("."));
            if !is_row {
                self.at += 1;
                continue;
            }
            let is_new = self.any_at(0, &["new"]);
            let before = (self.at > start).then(|| self.tokens[self.at - 1]);
            let behind_set = before.is_some_and(|token| {
                let text = self.sql.get(token.range()).unwrap_or_default();
                text.eq_ignore_ascii_case("set")
            });
            self.at += 2;
            let name = self.take_name();
            let is_set = behind_set && (self.symbol_at(0, "=") || self.symbol_at(0, ":="));
            columns.push(RowColumn {
                is_new,
                is_set,
                name,
            });
        }
        self.back_to(start);
        columns
    }

    /// PostgreSQL's triggers call a function.
    fn foreign_trigger(&self) -> Parse<()> {
        let calls = |at: &usize| {
            let ahead = at - self.at;
            self.is_at(ahead, "execute") && self.any_at(ahead + 1, &["function", "procedure"])
        };
        match (self.at..self.tokens.len()).find(calls) {
            Some(at) => {
                let range = self.tokens[at].start..self.tokens[at + 1].end;
                self.refuse(foreign::trigger_function(range))
            }
            None => Ok(()),
        }
    }

    /// The statement that a routine consists of: its words, and whether it may run any text if it runs text.
    pub(super) fn body(&mut self, arguments: Vec<String>) -> Parse<(Vec<String>, bool)> {
        if self.at_end() {
            return self.expected_here("the body");
        }
        let words = self.words_from(self.at);
        self.locals = Some(Locals {
            names: arguments,
            any_text: false,
        });
        let read = self.body_statement();
        let locals = self.locals.take().unwrap_or_default();
        match read {
            Ok(()) => Ok((words, locals.any_text)),
            Err(Stop::Opaque) => {
                self.back_to(self.tokens.len());
                Ok((words, true))
            }
            Err(refused) => Err(refused),
        }
    }

    /// All words from a token on that can be names, also those in strings.
    pub(super) fn words_from(&self, at: usize) -> Vec<String> {
        let mut words = Vec::new();
        for token in self.tokens.iter().skip(at) {
            let text = self.sql.get(token.range()).unwrap_or_default();
            match token.kind {
                Kind::Word => words.push(text.to_owned()),
                Kind::Quoted => words.push(text.trim_matches('`').replace("``", "`")),
                Kind::Text => words.extend(words_of(text)),
                _ => {}
            }
        }
        words
    }

    /// Behind `CREATE … PROCEDURE` or `FUNCTION`.
    pub(super) fn create_routine(
        &mut self,
        or_replace: bool,
        procedure: bool,
    ) -> Parse<Vec<Action>> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path("the name of the routine")?;
        let mut function = CreateFunction {
            name,
            kind: if procedure {
                FunctionKind::Procedure
            } else {
                FunctionKind::Function
            },
            or_replace,
            if_not_exists,
            arguments: Vec::new(),
            returns: None,
            language: None,
            body: Vec::new(),
            fault: None,
        };
        if !procedure
            && self.is_at(0, "returns")
            && self.any_at(1, &["string", "integer", "int", "real", "decimal"])
        {
            // A loadable function: `RETURNS STRING SONAME 'x.so'`.
            return Err(Stop::Opaque);
        }
        function.arguments = self.arguments_of_routine(procedure)?;
        if !procedure {
            self.expect("returns")?;
            function.returns = Some(self.data_type()?);
            self.routine_collation()?;
            if self.word("aggregate") {
                self.expect("function")?;
            }
        }
        function.language = self.characteristics()?;
        let dynamic = self.tokens.iter().enumerate().skip(self.at).any(|(at, _)| {
            let ahead = at - self.at;
            self.any_at(ahead, &["prepare", "execute"])
        });
        let calls = (self.at..self.tokens.len()).any(|at| self.is_at(at - self.at, "call"));
        let names = function.arguments.iter().flat_map(|one| &one.name);
        let names: Vec<String> = names.map(|name| name.text.clone()).collect();
        let (words, any_text) = self.body(names)?;
        if procedure {
            let called = function.name.name.text.to_ascii_lowercase();
            self.session.routines.insert(
                called,
                Routine {
                    words,
                    prepares: dynamic,
                    everything: calls || (dynamic && any_text),
                    arguments: function.arguments.len(),
                },
            );
        }
        Ok(vec![Action::CreateFunction(function)])
    }

    fn routine_collation(&mut self) -> Parse<()> {
        if self.word("collate") {
            self.character_set()?;
        }
        Ok(())
    }

    fn arguments_of_routine(&mut self, procedure: bool) -> Parse<Vec<Argument>> {
        self.in_brackets(|p| {
            if p.symbol_at(0, ")") {
                return Ok(Vec::new());
            }
            p.list(|p| {
                let direction = if procedure || p.any_at(0, &["in", "out", "inout"]) {
                    p.one_of(&["in", "out", "inout"])
                } else {
                    None
                };
                let name = p.name("the name of an argument")?;
                let ty = p.data_type()?;
                p.routine_collation()?;
                let has_default = p.word("default");
                if has_default {
                    p.expression()?;
                }
                Ok(Argument {
                    name: Some(name),
                    ty,
                    has_default,
                    output: direction == Some("out"),
                    variadic: false,
                })
            })
        })
    }

    /// `DETERMINISTIC`, `READS SQL DATA`, `COMMENT 'x'`, ….
    pub(super) fn characteristics(&mut self) -> Parse<Option<String>> {
        let mut language = None;
        loop {
            if self.word("comment") {
                self.string()?;
            } else if self.word("language") {
                let name = self.take_name();
                language = Some(name.text.to_ascii_lowercase());
                if !name.text.eq_ignore_ascii_case("sql") {
                    return Err(Stop::Opaque);
                }
            } else if self.word("deterministic")
                || self.words(&["not", "deterministic"])
                || self.words(&["contains", "sql"])
                || self.words(&["no", "sql"])
            {
            } else if self.one_of(&["reads", "modifies"]).is_some() {
                self.expect_words(&["sql", "data"])?;
            } else if self.words(&["sql", "security"]) {
                if self.one_of(&["definer", "invoker"]).is_none() {
                    return self.unexpected();
                }
            } else {
                return Ok(language);
            }
        }
    }
}

/// The words of a text.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.split(move |c| !is_part(c))
        .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}
