//! Which statement it is, by its first words.

use super::{
    foreign,
    parser::{Parse, Parser, Stop},
    token::Kind,
};
use crate::{
    Code, Finding, nearest,
    tree::{Action, Expression, Output, Query, Require, Select},
};

/// Statements that change nothing that a catalog knows. Only their structure is looked at.
const HARMLESS: &[&str] = &[
    "begin",
    "binlog",
    "cache",
    "change",
    "checksum",
    "clone",
    "commit",
    "deallocate",
    "desc",
    "describe",
    "explain",
    "flush",
    "get",
    "grant",
    "handler",
    "help",
    "import",
    "install",
    "kill",
    "load",
    "purge",
    "release",
    "repair",
    "reset",
    "resignal",
    "restart",
    "revoke",
    "rollback",
    "savepoint",
    "show",
    "shutdown",
    "signal",
    "start",
    "stop",
    "uninstall",
    "unlock",
    "xa",
    "optimize",
    "check",
    "analyze",
    "backup",
];

/// Statements of MariaDB's compound syntax, and others that may do anything with what they name.
const OPAQUE: &[&str] = &[
    "if", "case", "loop", "while", "repeat", "for", "declare", "return", "leave", "iterate",
    "open", "fetch", "close", "elseif", "else", "end",
];

/// Statements that are read.
const READ: &[&str] = &[
    "alter", "call", "create", "delete", "do", "drop", "execute", "insert", "lock", "prepare",
    "rename", "replace", "select", "set", "table", "truncate", "update", "use", "values", "with",
];

impl Parser<'_> {
    /// One statement, to its end or to a `;`.
    pub(super) fn statement(&mut self) -> Parse<Vec<Action>> {
        if self.symbol_at(0, "(") {
            return self.query_statement();
        }
        if self.symbol_at(0, "-") && self.symbol_at(1, "-") {
            let start = self.start();
            return self.refuse(
                Finding::new(
                    Code::SqlSyntax,
                    "this `--` begins no comment: MySQL wants white space behind it",
                    start..start + 2,
                )
                .help("write `-- `, with a space")
                .fix(start..start + 2, "-- "),
            );
        }
        if self.token().kind != Kind::Word {
            return self.expected_here("a statement");
        }
        let word = self.text().to_ascii_lowercase();
        if word == "begin" && self.is_at(1, "not") {
            return Err(Stop::Opaque);
        }
        if HARMLESS.contains(&word.as_str()) {
            self.skip_statement();
            return Ok(Vec::new());
        }
        if OPAQUE.contains(&word.as_str()) {
            return Err(Stop::Opaque);
        }
        if !READ.contains(&word.as_str()) {
            return self.no_statement();
        }
        self.read_statement(&word)
    }

    fn read_statement(&mut self, word: &str) -> Parse<Vec<Action>> {
        if matches!(word, "select" | "values" | "table") {
            return self.query_statement();
        }
        if word == "with" {
            return self.with_statement();
        }
        self.advance();
        let action = match word {
            "create" => return self.create(),
            "alter" => return self.alter(),
            "drop" => return self.drop(),
            "rename" => return self.rename(),
            "truncate" => self.truncate()?,
            "insert" => self.insert(false)?,
            "replace" => self.insert(true)?,
            "update" => self.update(false, Vec::new())?,
            "delete" => self.delete(false, Vec::new())?,
            "use" => Action::SearchPath(vec![self.name("the name of a database")?]),
            "set" => return self.set(),
            "lock" => return self.lock(),
            "do" => {
                let start = self.start();
                let outputs = self.outputs()?;
                self.evaluation(start, outputs)
            }
            "call" => return self.call_statement(),
            "prepare" => return self.prepare(),
            _ => return self.execute(),
        };
        Ok(vec![action])
    }

    /// Goes to the end, or to a `;`.
    pub(super) fn skip_statement(&mut self) {
        while !self.at_end() && !self.symbol_at(0, ";") {
            self.advance();
        }
    }

    fn query_statement(&mut self) -> Parse<Vec<Action>> {
        Ok(vec![Action::Query(Box::new(self.query()?))])
    }

    fn with_statement(&mut self) -> Parse<Vec<Action>> {
        let at = self.at;
        let (recursive, with) = self.with()?;
        let action = if self.word("update") {
            self.update(recursive, with)?
        } else if self.word("delete") {
            self.delete(recursive, with)?
        } else {
            self.back_to(at);
            return self.query_statement();
        };
        Ok(vec![action])
    }

    fn no_statement(&mut self) -> Parse<Vec<Action>> {
        let word = self.text();
        let range = self.token().range();
        if let Some(finding) = foreign::of_statement(self) {
            return self.refuse(finding);
        }
        let finding = Finding::new(
            Code::SqlSyntax,
            format!("no statement begins with `{word}`"),
            range,
        );
        let near = nearest(word, READ.iter().chain(HARMLESS).copied());
        self.refuse(match near {
            Some(near) => finding.help(format!("did you mean `{}`?", near.to_ascii_uppercase())),
            None => finding,
        })
    }

    /// Expressions that are evaluated, as a query without a table.
    pub(super) fn evaluation(&self, start: usize, outputs: Vec<Output>) -> Action {
        Action::Query(Box::new(Query {
            range: self.since(start),
            recursive: false,
            with: Vec::new(),
            body: crate::tree::Body::Select(Box::new(Select {
                outputs,
                from: Vec::new(),
                filter: None,
                group_by: Vec::new(),
                having: None,
                windows: Vec::new(),
                distinct_on: Vec::new(),
            })),
            order_by: Vec::new(),
            limit: Vec::new(),
        }))
    }

    pub(super) fn evaluated(&self, start: usize, expressions: Vec<Expression>) -> Action {
        let output = |expression| Output::Expression {
            expression,
            alias: None,
        };
        self.evaluation(start, expressions.into_iter().map(output).collect())
    }

    /// `LOCK TABLES a READ, b AS c WRITE`
    fn lock(&mut self) -> Parse<Vec<Action>> {
        if self.one_of(&["tables", "table"]).is_none() {
            // MySQL's `LOCK INSTANCE FOR BACKUP`
            self.expect("instance")?;
            self.skip_statement();
            return Ok(Vec::new());
        }
        let targets = self.list(|p| {
            let path = p.path("the name of a table")?;
            if p.word("as") || (p.is_name_at(0) && !p.is_at(0, "read")) {
                p.name("the name of the table here")?;
            }
            p.word("low_priority");
            if p.word("read") {
                p.word("local");
            } else {
                p.expect("write")?;
                p.word("concurrent");
            }
            Ok(super::object::target(crate::tree::ObjectKind::Table, path))
        })?;
        if self.word("wait") {
            self.number()?;
        } else {
            self.word("nowait");
        }
        Ok(vec![Action::Require(Require {
            targets,
            if_exists: false,
            statement: "LOCK TABLES",
            concurrently: false,
            comment: None,
        })])
    }
}
