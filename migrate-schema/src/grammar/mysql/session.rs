//! What one statement leaves for the next: variables that hold SQL, prepared statements, procedures.
//!
//! Migrations build statements from strings (`SET @sql = IF(…, 'ALTER TABLE …', 'SELECT 1'); PREPARE s FROM @sql;
//! EXECUTE s`). Where the text comes from constants alone, the statement can do something only to what they name.

use std::collections::HashMap;

use super::{
    parser::{Parse, Parser},
    routine::words_of,
    token::Kind,
};
use crate::{
    Code, Finding,
    tree::{Action, Body, Expression, ExpressionKind, Literal, Output, Query},
};

/// What is known from the statements before.
#[derive(Debug, Default)]
pub(in crate::grammar) struct Session {
    /// The words in the text of a variable, by its name; none where the text may be anything.
    variables: HashMap<String, Option<Vec<String>>>,
    /// The same of a prepared statement.
    prepared: HashMap<String, Option<Vec<String>>>,
    /// The procedures of this text.
    pub(super) routines: HashMap<String, Routine>,
    /// `sql_mode` has `ANSI_QUOTES`.
    pub(super) ansi_quotes: bool,
}

/// A procedure.
#[derive(Debug)]
pub(super) struct Routine {
    /// The words of its body.
    pub(super) words: Vec<String>,
    /// It runs text.
    pub(super) prepares: bool,
    /// It runs text that may be anything, or calls others.
    pub(super) everything: bool,
    /// How many arguments it takes.
    pub(super) arguments: usize,
}

/// What is known of the routine whose body is read.
#[derive(Debug, Default)]
pub(super) struct Locals {
    /// Its arguments and variables.
    pub(super) names: Vec<String>,
    /// One of them, or of the session's, may hold any text: it came from a row.
    pub(super) any_text: bool,
}

fn variable_name(written: &str) -> String {
    written
        .trim_start_matches('@')
        .trim_matches(['`', '\'', '"'])
        .to_ascii_lowercase()
}

impl Parser<'_> {
    /// The words that the text of an expression may hold; none where it may hold anything.
    fn words_in(&self, expression: &Expression) -> Option<Vec<String>> {
        let all = |parts: &[Expression]| -> Option<Vec<String>> {
            let mut words = Vec::new();
            for part in parts {
                words.extend(self.words_in(part)?);
            }
            Some(words)
        };
        match &expression.kind {
            ExpressionKind::Literal(Literal::Text(text)) => Some(words_of(text).collect()),
            ExpressionKind::Literal(_) | ExpressionKind::Exists(_) => Some(Vec::new()),
            ExpressionKind::Parameter => {
                let name = variable_name(self.sql.get(expression.range.clone())?);
                match &self.locals {
                    Some(locals) => locals.names.contains(&format!("@{name}")).then(Vec::new),
                    None => self.session.variables.get(&name).cloned().flatten(),
                }
            }
            ExpressionKind::Column { table: None, name } => {
                let locals = self.locals.as_ref()?;
                let is_local = |local: &String| local.eq_ignore_ascii_case(&name.text);
                locals.names.iter().any(is_local).then(Vec::new)
            }
            ExpressionKind::Collate { expression, .. } => self.words_in(expression),
            ExpressionKind::Operation { operator, operands } => match operator.as_str() {
                "CASE" => all(operands),
                "OR" | "AND" | "XOR" | "NOT" | "=" | "<>" | "!=" | "<" | ">" | "<=" | ">="
                | "<=>" | "IS" | "IN" | "BETWEEN" | "LIKE" | "+" | "-" | "*" => Some(Vec::new()),
                _ => all(operands),
            },
            ExpressionKind::Call {
                name, arguments, ..
            } => match name.name.text.to_ascii_lowercase().as_str() {
                "if" => all(arguments.get(1..)?),
                "concat" if joins_whole_words(arguments) => all(arguments),
                "ifnull" | "coalesce" | "nullif" => all(arguments),
                "database" | "schema" | "count" | "sum" | "length" | "found_rows" | "row_count" => {
                    Some(Vec::new())
                }
                _ => None,
            },
            ExpressionKind::Subquery(query) => self.words_of_query(query),
            _ => None,
        }
    }

    /// The words in the one value of a query.
    fn words_of_query(&self, query: &Query) -> Option<Vec<String>> {
        let Body::Select(select) = &query.body else {
            return None;
        };
        match select.outputs.as_slice() {
            [Output::Expression { expression, .. }] => self.words_in(expression),
            _ => None,
        }
    }

    fn note(&mut self, variable: String, words: Option<Vec<String>>) {
        match &mut self.locals {
            Some(locals) => {
                locals.any_text |= words.is_none();
                locals.names.push(format!("@{variable}"));
            }
            None => {
                self.session.variables.insert(variable, words);
            }
        }
    }

    /// Notes what a query leaves in the variables that are named behind its `INTO`.
    pub(super) fn query_into(&mut self, query: &Query, variables: &[String]) {
        let outputs: &[Output] = match &query.body {
            Body::Select(select) => &select.outputs,
            _ => &[],
        };
        for (at, variable) in variables.iter().enumerate() {
            let words = match outputs.get(at) {
                Some(Output::Expression { expression, .. }) => self.words_in(expression),
                _ => None,
            };
            self.note(variable.clone(), words);
        }
    }

    /// Notes that a variable was assigned inside an expression.
    pub(super) fn assigned(&mut self, written: &str, value: &Expression) {
        let words = self.words_in(value);
        self.note(variable_name(written), words);
    }

    /// The name of the variable that stands here.
    pub(super) fn variable_here(&self) -> String {
        variable_name(self.text())
    }

    /// Behind `SET`.
    pub(super) fn set(&mut self) -> Parse<Vec<Action>> {
        if self.is_at(0, "statement") {
            // MariaDB: `SET STATEMENT a=1 FOR …`
            return Err(super::parser::Stop::Opaque);
        }
        let mut actions = Vec::new();
        loop {
            self.one_setting(&mut actions)?;
            if !self.symbol(",") {
                return Ok(actions);
            }
        }
    }

    fn one_setting(&mut self, actions: &mut Vec<Action>) -> Parse<()> {
        if self.word("transaction") {
            return self.transaction();
        }
        let skipped = ["password", "role", "resource", "default"];
        if self.any_at(0, &skipped) && !self.symbol_at(1, "=") {
            self.skip_statement();
            return Ok(());
        }
        if self.word("names") || self.words(&["character", "set"]) || self.word("charset") {
            self.character_set()?;
            if self.word("collate") {
                self.character_set()?;
            }
            return Ok(());
        }
        if self.token().kind == Kind::Variable && !self.text().starts_with("@@") {
            return self.set_variable(actions);
        }
        if self
            .one_of(&["global", "session", "local", "persist", "persist_only"])
            .is_some()
            && self.word("transaction")
        {
            return self.transaction();
        }
        let name = if self.token().kind == Kind::Variable {
            let name = self.variable_here();
            self.advance();
            name.rsplit('.').next().unwrap_or_default().to_owned()
        } else {
            let path = self.path("the name of a variable")?;
            path.name.text.to_ascii_lowercase()
        };
        if !self.symbol(":=") {
            self.expect_symbol("=")?;
        }
        let start = self.start();
        if self.any_at(
            0,
            &["on", "off", "default", "all", "binary", "row", "system"],
        ) && !self.symbol_at(1, "(")
        {
            self.advance();
        } else {
            let value = self.expression()?;
            if self.locals.is_some() {
                let words = self.words_in(&value);
                self.note(name.clone(), words);
            } else if !matches!(value.kind, ExpressionKind::Column { .. }) {
                actions.push(self.evaluated(start, vec![value]));
            }
        }
        let text = self.sql.get(self.since(start)).unwrap_or_default();
        if name == "sql_mode" && self.locals.is_none() {
            let upper = text.to_ascii_uppercase();
            self.session.ansi_quotes = upper.contains("ANSI");
        }
        let value = text.trim_matches(['\'', '"']).to_owned();
        actions.push(Action::Setting {
            name,
            value: Some(value),
        });
        Ok(())
    }

    /// Behind `SET TRANSACTION`: `ISOLATION LEVEL …`, `READ ONLY`.
    fn transaction(&mut self) -> Parse<()> {
        self.list(|p| {
            let found = if p.words(&["isolation", "level"]) {
                p.word("serializable")
                    || p.words(&["repeatable", "read"])
                    || p.words(&["read", "committed"])
                    || p.words(&["read", "uncommitted"])
            } else {
                p.words(&["read", "only"]) || p.words(&["read", "write"])
            };
            if found { Ok(()) } else { p.unexpected() }
        })?;
        Ok(())
    }

    /// `@a = e`
    fn set_variable(&mut self, actions: &mut Vec<Action>) -> Parse<()> {
        let start = self.start();
        let written = self.text();
        self.advance();
        if !self.symbol(":=") {
            self.expect_symbol("=")?;
        }
        let value = self.expression()?;
        self.assigned(written, &value);
        actions.push(self.evaluated(start, vec![value]));
        Ok(())
    }

    /// Behind `PREPARE`: `s FROM @sql`, `s FROM 'text'`.
    pub(super) fn prepare(&mut self) -> Parse<Vec<Action>> {
        let name = self.name("the name of the prepared statement")?;
        self.expect("from")?;
        let value = self.expression()?;
        let words = self.words_in(&value);
        if self.locals.is_some() {
            self.note(String::new(), words);
            return Ok(Vec::new());
        }
        self.session
            .prepared
            .insert(name.text.to_ascii_lowercase(), words);
        Ok(Vec::new())
    }

    /// Behind `EXECUTE`: `s USING @a`, `IMMEDIATE 'text'`.
    pub(super) fn execute(&mut self) -> Parse<Vec<Action>> {
        let words = if self.word("immediate") {
            let value = self.expression()?;
            let words = self.words_in(&value);
            self.note(String::new(), words.clone());
            words
        } else {
            let name = self.name("the name of a prepared statement")?;
            self.session
                .prepared
                .get(&name.text.to_ascii_lowercase())
                .cloned()
                .flatten()
        };
        if self.word("using") {
            self.list(Self::expression)?;
        }
        Ok(vec![Action::Opaque {
            everything: words.is_none(),
            words: words.unwrap_or_default(),
        }])
    }

    /// Behind `CALL`.
    pub(super) fn call_statement(&mut self) -> Parse<Vec<Action>> {
        let start = self.start();
        let name = self.path("the name of a procedure")?;
        let mut arguments = Vec::new();
        if self.is_symbol("(") {
            arguments = self.in_brackets(|p| {
                if p.symbol_at(0, ")") {
                    return Ok(Vec::new());
                }
                p.list(Self::expression)
            })?;
        }
        let range = self.since(start);
        let called = name.name.text.to_ascii_lowercase();
        let Some(routine) = self.session.routines.get(&called) else {
            return Ok(vec![Action::Opaque {
                words: Vec::new(),
                everything: true,
            }]);
        };
        if name.schema.is_none() && arguments.len() != routine.arguments {
            let message = format!(
                "the procedure `{}` takes {} arguments, and is given {}",
                name.name,
                routine.arguments,
                arguments.len()
            );
            return self.refuse(Finding::new(Code::UnknownFunction, message, range));
        }
        let mut words = routine.words.clone();
        let (prepares, mut everything) = (routine.prepares, routine.everything);
        for argument in arguments.iter().filter(|_| prepares) {
            match self.words_in(argument) {
                Some(more) => words.extend(more),
                None => everything = true,
            }
        }
        Ok(vec![Action::Opaque { words, everything }])
    }
}

/// Whether the texts that are joined end and begin between words, so that no name is made of two parts.
fn joins_whole_words(parts: &[Expression]) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let text = |part: &Expression| match &part.kind {
        ExpressionKind::Literal(Literal::Text(text)) => Some(text.clone()),
        _ => None,
    };
    parts.windows(2).all(|pair| {
        let before =
            text(&pair[0]).is_some_and(|text| !text.ends_with(is_part) && !text.is_empty());
        let behind =
            text(&pair[1]).is_some_and(|text| !text.starts_with(is_part) && !text.is_empty());
        before || behind
    })
}
