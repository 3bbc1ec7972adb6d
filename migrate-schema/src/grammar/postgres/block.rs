//! How a body in PL/pgSQL is put together: blocks, statements and their ends, as PostgreSQL's `pl_gram.y` has them.
//!
//! The verdict on SQL statements and expressions is that of the grammar of SQL: PostgreSQL reads each of them when the
//! function is made.

use std::ops::Range;

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    nearest,
};

use super::conditions;

/// A body, taken apart. The ranges are bytes of the body.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// What it evaluates, in order.
    pub(super) parts: Vec<Part>,
    /// The names that mean values in it.
    pub(super) variables: Vec<String>,
}

/// Something that is SQL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) range: Range<usize>,
    /// It runs whenever the body does.
    pub(super) certain: bool,
    /// It is tried whenever the body runs, and taken back where it fails.
    pub(super) tried: bool,
}

/// What kind of SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    /// A statement.
    Statement,
    /// What stands behind `SELECT`.
    Expression,
    /// The same, of `PERFORM`.
    Perform,
}

/// Why PostgreSQL refuses the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) range: Range<usize>,
    pub(super) help: Option<String>,
}

/// What a body may give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// `RETURN` stands alone: `DO`, procedures, `RETURNS void`.
    Nothing,
    /// `RETURN` needs a value.
    Value,
    /// Sets, arguments that are `OUT`, whatever else.
    Anything,
}

/// Where a body stops; nothing is said of one that is nested too deep to be read.
pub(super) enum Stop {
    Fault(Fault),
    TooDeep,
}

pub(super) type Read<T = ()> = Result<T, Stop>;

/// Blocks in blocks, before nothing is said any more.
const DEPTH: usize = 100;

/// Takes a body apart, or says why PostgreSQL would not; nothing where nobody can say.
pub(super) fn read(body: &str, parameters: &[String], gives: Gives) -> Option<Result<Body, Fault>> {
    let tokens: Vec<Token> = lex::tokens(body, Dialect::Postgres).collect();
    let mut reader = Reader {
        text: body,
        tokens: &tokens,
        at: 0,
        depth: 0,
        doubt: 0,
        handled: 0,
        gives,
        last_handler: last_handler(body, &tokens),
        may_have_left: false,
        body: Body {
            variables: parameters.iter().map(|name| folded(name)).collect(),
            ..Body::default()
        },
    };
    match reader.whole() {
        Ok(()) => Some(Ok(reader.body)),
        Err(Stop::Fault(fault)) => Some(Err(fault)),
        Err(Stop::TooDeep) => None,
    }
}

fn last_handler(body: &str, tokens: &[Token]) -> usize {
    let mut pairs = tokens.windows(2);
    let found =
        pairs.rposition(|pair| pair[0].is_word(body, "exception") && pair[1].is_word(body, "when"));
    found.unwrap_or(0)
}

pub(super) fn folded(name: &str) -> String {
    match name.strip_prefix('"') {
        Some(inner) => inner.trim_end_matches('"').to_owned(),
        None => name.to_ascii_lowercase(),
    }
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) depth: usize,
    /// How many conditions and loops stand around what is read, and handlers that it may be in.
    pub(super) doubt: usize,
    /// How many blocks with handlers.
    pub(super) handled: usize,
    pub(super) gives: Gives,
    /// Where the last handler stands: every block before it may be the one that has it.
    pub(super) last_handler: usize,
    /// A `RETURN` or `EXIT` before this may have ended it.
    pub(super) may_have_left: bool,
    pub(super) body: Body,
}

impl Reader<'_> {
    fn whole(&mut self) -> Read {
        while self.is_symbol(0, '#') {
            // `#variable_conflict use_column`
            self.at += 3;
        }
        self.label()?;
        if !self.is_word(0, "declare") && !self.is_word(0, "begin") {
            return self.unexpected("`BEGIN` or `DECLARE`");
        }
        self.block()?;
        if self.is_symbol(0, ';') {
            self.at += 1;
        }
        if self.peek(0).is_some() {
            return self.unexpected("nothing: the body has ended");
        }
        Ok(())
    }

    /// `DECLARE … BEGIN … EXCEPTION … END`, without the sign behind it.
    fn block(&mut self) -> Read {
        self.deeper(|reader| {
            while reader.is_word(0, "declare") {
                reader.at += 1;
                reader.declarations()?;
            }
            let start = reader.at;
            reader.word("begin")?;
            // What a handler catches is taken back.
            let handled = reader.last_handler > start;
            reader.handled += usize::from(handled);
            reader.statements(&["end", "exception"])?;
            if reader.is_word(0, "exception") {
                reader.at += 1;
                reader.doubt += 1;
                reader.handlers()?;
                reader.doubt -= 1;
            }
            reader.handled -= usize::from(handled);
            reader.word("end")?;
            if reader.peek(0).is_some() && !reader.is_symbol(0, ';') {
                reader.name()?;
            }
            Ok(())
        })
    }

    fn handlers(&mut self) -> Read {
        if !self.is_word(0, "when") {
            return self.unexpected("`WHEN`");
        }
        while self.is_word(0, "when") {
            self.at += 1;
            loop {
                self.condition()?;
                if !self.is_word(0, "or") {
                    break;
                }
                self.at += 1;
            }
            self.word("then")?;
            self.statements(&["when", "end"])?;
        }
        Ok(())
    }

    /// The name of an error.
    fn condition(&mut self) -> Read {
        if self.is_word(0, "sqlstate") {
            self.at += 2;
            return Ok(());
        }
        let Some(token) = self.peek(0) else {
            return self.unexpected("the name of an error");
        };
        let name = folded(token.text(self.text));
        if !conditions::is_condition(&name) {
            return Err(no_condition(&name, token));
        }
        self.at += 1;
        Ok(())
    }

    /// Everything between `DECLARE` and `BEGIN`.
    fn declarations(&mut self) -> Read {
        loop {
            if self.is_word(0, "begin") || self.is_word(0, "declare") {
                return Ok(());
            }
            self.label()?;
            let Some(token) = self.peek(0) else {
                return self.unexpected("`BEGIN`");
            };
            if !matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) {
                return self.unexpected("the name of a variable");
            }
            self.body.variables.push(folded(token.text(self.text)));
            self.at += 1;
            self.declaration()?;
        }
    }

    /// What stands behind the name of a variable.
    fn declaration(&mut self) -> Read {
        let start = self.at;
        let end = self.end_of_statement()?;
        let rest = &self.tokens[start..end];
        if rest.is_empty() {
            self.at = end;
            return self.unexpected("a type");
        }
        let is_cursor = (rest.iter()).any(|token| token.is_word(self.text, "cursor"));
        let value = (0..rest.len()).find(|at| {
            let token = rest[*at];
            token.is_word(self.text, "default") || token.is_symbol(self.text, '=')
        });
        if let Some(value) = value
            && !is_cursor
        {
            if value + 1 == rest.len() {
                self.at = end;
                return self.unexpected("a value");
            }
            self.part(PartKind::Expression, start + value + 1, end);
        }
        self.at = end + 1;
        Ok(())
    }

    pub(super) fn statements(&mut self, ends: &[&str]) -> Read {
        loop {
            if ends.iter().any(|end| self.is_word(0, end)) {
                return Ok(());
            }
            if self.peek(0).is_none() {
                return self.unexpected("`END`");
            }
            self.statement()?;
        }
    }

    fn statement(&mut self) -> Read {
        self.label()?;
        let Some(first) = self.peek(0) else {
            return self.unexpected("a statement");
        };
        let word = match first.kind {
            TokenKind::Word => first.text(self.text).to_ascii_lowercase(),
            _ => String::new(),
        };
        if self.is_assignment() {
            return self.assignment();
        }
        match word.as_str() {
            "declare" | "begin" => {
                self.block()?;
                self.sign()
            }
            "if" => self.branches(),
            "case" => self.case(),
            "loop" | "while" | "for" | "foreach" => self.repeated(&word),
            "return" => self.returned(),
            "raise" => self.raise(),
            "perform" => self.expressions(PartKind::Perform),
            "assert" => self.expressions(PartKind::Expression),
            "exit" | "continue" => {
                self.may_have_left = true;
                self.skipped()
            }
            "null" => {
                self.at += 1;
                self.sign()
            }
            "execute" | "get" | "open" | "fetch" | "move" | "close" | "commit" | "rollback" => {
                self.skipped()
            }
            // They end what stands around them.
            "end" | "else" | "elsif" | "elseif" | "exception" | "then" | "when" => {
                self.unexpected("a statement")
            }
            _ if COMMANDS.contains(&word.as_str()) || self.is_symbol(0, '(') => {
                let start = self.at;
                let end = self.end_of_sql()?;
                self.part(PartKind::Statement, start, end);
                self.at = end + 1;
                Ok(())
            }
            _ => self.unexpected("a statement"),
        }
    }

    pub(super) fn part(&mut self, kind: PartKind, start: usize, end: usize) {
        let (Some(first), Some(last)) = (
            self.tokens.get(start),
            end.checked_sub(1).and_then(|last| self.tokens.get(last)),
        ) else {
            return;
        };
        if start < end {
            self.body.parts.push(Part {
                kind,
                range: first.start..last.end,
                certain: self.doubt == 0 && self.handled == 0 && !self.may_have_left,
                tried: self.doubt == 0 && !self.may_have_left,
            });
        }
    }

    /// Where the `;` stands that ends the statement.
    pub(super) fn end_of_statement(&self) -> Read<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(self.at) {
            if is_open(self.text, *token) {
                depth += 1;
            } else if is_close(self.text, *token) {
                depth = depth.saturating_sub(1);
            } else if token.is_symbol(self.text, ';') {
                if depth > 0 {
                    return Err(Stop::Fault(Fault {
                        message: "a bracket is never closed".to_owned(),
                        range: token.start..token.end,
                        help: Some(
                            "the statement ends before it: write the closing one".to_owned(),
                        ),
                    }));
                }
                return Ok(at);
            }
        }
        Err(self.without_end())
    }

    /// The same for SQL, in which a `;` can stand in brackets, and a function can be made.
    fn end_of_sql(&self) -> Read<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(self.at) {
            if is_open(self.text, *token) {
                depth += 1;
            } else if is_close(self.text, *token) {
                depth = depth.saturating_sub(1);
            } else if token.is_word(self.text, "atomic") {
                return Err(Stop::TooDeep);
            } else if depth == 0 && token.is_symbol(self.text, ';') {
                return Ok(at);
            }
        }
        Err(self.without_end())
    }

    pub(super) fn without_end(&self) -> Stop {
        let end = self.text.trim_end().len();
        Stop::Fault(Fault {
            message: "the body ends in the middle of a statement: no `;` follows".to_owned(),
            range: end.saturating_sub(1)..end,
            help: Some("end every statement with `;`, and every block with `END`".to_owned()),
        })
    }

    /// Where this word stands, outside of brackets, before the statement ends.
    pub(super) fn find_word(&self, word: &str, over_case: bool) -> Read<usize> {
        let mut depth = 0_usize;
        let mut cases = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(self.at) {
            if is_open(self.text, *token) {
                depth += 1;
            } else if is_close(self.text, *token) {
                depth = depth.saturating_sub(1);
            } else if over_case && token.is_word(self.text, "case") {
                cases += 1;
            } else if cases > 0 && token.is_word(self.text, "end") {
                cases -= 1;
            } else if depth == 0 && cases == 0 && token.is_word(self.text, word) {
                return Ok(at);
            } else if depth == 0 && token.is_symbol(self.text, ';') {
                let word = word.to_ascii_uppercase();
                return Err(Stop::Fault(Fault {
                    message: format!("unexpected `;`: expected `{word}` before it"),
                    range: token.start..token.end,
                    help: None,
                }));
            }
        }
        Err(self.without_end())
    }

    /// `<<name>>`
    fn label(&mut self) -> Read {
        if !(self.is_symbol(0, '<') && self.is_symbol(1, '<')) {
            return Ok(());
        }
        if let Some(token) = self.peek(2) {
            self.body.variables.push(folded(token.text(self.text)));
        }
        if !(self.is_symbol(3, '>') && self.is_symbol(4, '>')) {
            self.at += 3;
            return self.unexpected("`>>`");
        }
        self.at += 5;
        Ok(())
    }

    pub(super) fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.depth >= DEPTH {
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        let read = inner(self);
        self.depth -= 1;
        read
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    pub(super) fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.peek(ahead)
            .is_some_and(|token| token.is_word(self.text, word))
    }

    pub(super) fn is_symbol(&self, ahead: usize, symbol: char) -> bool {
        self.peek(ahead)
            .is_some_and(|token| token.is_symbol(self.text, symbol))
    }

    pub(super) fn word(&mut self, word: &str) -> Read {
        if !self.is_word(0, word) {
            return self.unexpected(&format!("`{}`", word.to_ascii_uppercase()));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn name(&mut self) -> Read {
        match self.peek(0) {
            Some(token) if matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) => {
                self.at += 1;
                Ok(())
            }
            _ => self.unexpected("`;`"),
        }
    }

    pub(super) fn sign(&mut self) -> Read {
        if !self.is_symbol(0, ';') {
            return self.unexpected("`;`");
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn unexpected<T>(&self, expected: &str) -> Read<T> {
        let Some(token) = self.peek(0) else {
            return match expected {
                "`;`" => Err(self.without_end()),
                _ => {
                    let end = self.text.trim_end().len();
                    Err(Stop::Fault(Fault {
                        message: format!("the body ends where {expected} is expected"),
                        range: end.saturating_sub(1)..end,
                        help: None,
                    }))
                }
            };
        };
        let text = token.text(self.text);
        let help = (expected == "a statement")
            .then(|| nearest(&text.to_ascii_lowercase(), words()))
            .flatten()
            .map(|near| format!("did you mean `{}`?", near.to_ascii_uppercase()));
        Err(Stop::Fault(Fault {
            message: format!("unexpected `{text}`: expected {expected}"),
            range: token.start..token.end,
            help,
        }))
    }
}

pub(super) fn no_condition(name: &str, token: Token) -> Stop {
    Stop::Fault(Fault {
        message: format!("no such error: {name}"),
        range: token.start..token.end,
        help: nearest(name, conditions::all()).map(|near| format!("did you mean `{near}`?")),
    })
}

pub(super) fn is_open(text: &str, token: Token) -> bool {
    token.is_symbol(text, '(') || token.is_symbol(text, '[')
}

pub(super) fn is_close(text: &str, token: Token) -> bool {
    token.is_symbol(text, ')') || token.is_symbol(text, ']')
}

/// What can begin a statement of PL/pgSQL and is no SQL.
const OWN: [&str; 18] = [
    "begin", "declare", "if", "case", "loop", "while", "for", "foreach", "return", "raise",
    "perform", "assert", "exit", "continue", "null", "execute", "get", "end",
];

/// What can begin a statement of SQL.
const COMMANDS: [&str; 44] = [
    "abort",
    "alter",
    "analyse",
    "analyze",
    "call",
    "checkpoint",
    "cluster",
    "comment",
    "copy",
    "create",
    "deallocate",
    "delete",
    "discard",
    "do",
    "drop",
    "explain",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "lock",
    "merge",
    "notify",
    "prepare",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "reset",
    "revoke",
    "savepoint",
    "security",
    "select",
    "set",
    "show",
    "start",
    "table",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
    "values",
    "with",
];

fn words() -> impl Iterator<Item = &'static str> {
    OWN.into_iter().chain(COMMANDS)
}
