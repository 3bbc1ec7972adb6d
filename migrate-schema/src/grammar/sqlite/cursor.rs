//! The tokens of a statement, as SQLite's own tokenizer makes them, and the way through them.

use std::ops::Range;

use sqlite3_parser::{
    dialect::TokenType::{self, *},
    lexer::{Scanner, sql::Tokenizer},
};

use crate::{
    Code, Finding, Statement,
    tree::{Name, Path},
};

/// A token: what it is, and its bytes in the SQL text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenType,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) const fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The tree of this statement cannot be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread;

pub(super) type Read<T> = Result<T, Unread>;

/// How deep brackets, operators and queries may stand in each other before the tree is not built any more.
pub(super) const DEEPEST: usize = 64;

/// The tokens of one statement, and how far they have been read.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// What SQLite refuses in a statement that its grammar takes.
    pub(super) findings: Vec<Finding>,
    /// The first parameter (`?`) of the statement.
    pub(super) parameter: Option<Range<usize>>,
    /// The first `RAISE` of the statement.
    pub(super) raise: Option<Range<usize>>,
    /// `AUTOINCREMENT` in a `PRIMARY KEY (…)`.
    pub(super) autoincrement: Option<Range<usize>>,
    /// The reading has ended because it went too deep, which says nothing about the syntax.
    pub(super) too_deep: bool,
}

impl<'a> Cursor<'a> {
    /// None where the tokenizer refuses the text.
    pub(super) fn new(sql: &'a str, statement: Statement) -> Option<Self> {
        let text = statement.text(sql).as_bytes();
        let mut scanner = Scanner::new(Tokenizer::new());
        let mut tokens = Vec::with_capacity(text.len() / 5);
        while let (start, Some((_, kind)), end) = scanner.scan(text).ok()? {
            tokens.push(Token {
                kind,
                start: statement.start + start,
                end: statement.start + end,
            });
        }
        resolve_window_words(&mut tokens);
        Some(Self {
            sql,
            tokens,
            at: 0,
            depth: 0,
            findings: Vec::new(),
            parameter: None,
            raise: None,
            autoincrement: None,
            too_deep: false,
        })
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    pub(super) fn peek(&self) -> TokenType {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> TokenType {
        self.tokens
            .get(self.at + ahead)
            .map_or(TK_EOF, |token| token.kind)
    }

    /// The text of the token that comes next.
    pub(super) fn peek_text(&self) -> &'a str {
        self.tokens
            .get(self.at)
            .and_then(|token| self.sql.get(token.range()))
            .unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Read<Token> {
        let token = *self.tokens.get(self.at).ok_or(Unread)?;
        self.at += 1;
        Ok(token)
    }

    pub(super) fn eat(&mut self, kind: TokenType) -> bool {
        let found = self.peek() == kind;
        self.at += usize::from(found);
        found
    }

    /// Two keywords that follow each other, or neither.
    pub(super) fn eat_both(&mut self, first: TokenType, second: TokenType) -> bool {
        let found = self.peek() == first && self.peek_at(1) == second;
        self.at += if found { 2 } else { 0 };
        found
    }

    pub(super) fn expect(&mut self, kind: TokenType) -> Read<Token> {
        if self.peek() == kind {
            self.next()
        } else {
            Err(Unread)
        }
    }

    pub(super) const fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Where the token that comes next stands; at the end, the last one.
    pub(super) fn next_range(&self) -> Range<usize> {
        self.tokens
            .get(self.at)
            .or(self.tokens.last())
            .map_or(0..0, Token::range)
    }

    /// The first byte of what comes next.
    pub(super) fn start(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or_else(|| self.end(), |token| token.start)
    }

    /// The byte behind what was read last.
    pub(super) fn end(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.end)
    }

    pub(super) fn text(&self, range: Range<usize>) -> &'a str {
        self.sql.get(range).unwrap_or_default()
    }

    /// Something that SQLite refuses whatever the database holds, and what to write instead.
    pub(super) fn refuse(&mut self, range: Range<usize>, message: impl Into<String>, help: &str) {
        self.findings
            .push(Finding::new(Code::InvalidDefinition, message, range).help(help));
    }

    /// Reads something that can hold another of its kind.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEEPEST {
            self.too_deep = true;
            return Err(Unread);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// A name as the grammar's `nm` takes it.
    pub(super) fn name(&mut self) -> Read<Name> {
        if is_name(self.peek()) {
            let token = self.next()?;
            Ok(self.name_of(token))
        } else {
            Err(Unread)
        }
    }

    pub(super) fn name_of(&self, token: Token) -> Name {
        let text = self.text(token.range());
        Name {
            text: unquoted(text),
            quoted: text.starts_with(['"', '`', '[', '\'']),
            range: token.range(),
        }
    }

    /// `name` or `schema.name`.
    pub(super) fn path(&mut self) -> Read<Path> {
        let first = self.name()?;
        if self.eat(TK_DOT) {
            self.findings.extend(super::foreign::schema(&first));
            Ok(Path {
                schema: Some(first),
                name: self.name()?,
            })
        } else {
            Ok(Path::bare(first))
        }
    }

    /// What stands between commas, once or more often.
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat(TK_COMMA) {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// The same in brackets.
    pub(super) fn bracketed<T>(&mut self, item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect(TK_LP)?;
        let items = self.list(item)?;
        self.expect(TK_RP)?;
        Ok(items)
    }

    /// `IF NOT EXISTS`.
    pub(super) fn if_not_exists(&mut self) -> Read<bool> {
        if self.peek() == TK_IF && self.peek_at(1) == TK_NOT {
            self.next()?;
            self.next()?;
            self.expect(TK_EXISTS)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Everything up to the bracket that closes the one that was just read, which is read too.
    pub(super) fn skip_brackets(&mut self) -> Read<()> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next()?.kind {
                TK_LP => open += 1,
                TK_RP => open -= 1,
                _ => {}
            }
        }
        Ok(())
    }
}

/// A name without its quotes.
pub(super) fn unquoted(text: &str) -> String {
    let mut inner = text.chars();
    match (inner.next(), inner.next_back()) {
        (Some('['), Some(']')) => inner.as_str().to_owned(),
        (Some(quote @ ('"' | '`' | '\'')), Some(last)) if last == quote => {
            let doubled: String = [quote, quote].iter().collect();
            inner
                .as_str()
                .replace(&doubled, quote.encode_utf8(&mut [0; 4]))
        }
        _ => text.to_owned(),
    }
}

/// `WINDOW`, `OVER` and `FILTER` are keywords only where what stands around them says so.
fn resolve_window_words(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let kind = |at: usize| tokens.get(at).map_or(TK_EOF, |token| token.kind);
        let before = at.checked_sub(1).map_or(TK_EOF, kind);
        let is_keyword = match kind(at) {
            TK_WINDOW => is_name_ahead(kind(at + 1)) && kind(at + 2) == TK_AS,
            TK_OVER => before == TK_RP && (kind(at + 1) == TK_LP || is_name_ahead(kind(at + 1))),
            TK_FILTER => before == TK_RP && kind(at + 1) == TK_LP,
            _ => true,
        };
        if !is_keyword && let Some(token) = tokens.get_mut(at) {
            token.kind = TK_ID;
        }
    }
}

fn is_name_ahead(kind: TokenType) -> bool {
    matches!(kind, TK_STRING | TK_JOIN_KW | TK_WINDOW | TK_OVER) || is_identifier(kind)
}

/// What the grammar's `nm` takes.
pub(super) fn is_name(kind: TokenType) -> bool {
    matches!(kind, TK_STRING | TK_JOIN_KW | TK_INDEXED) || is_identifier(kind)
}

/// An identifier, or a keyword that is one where it cannot be a keyword.
pub(super) const fn is_identifier(kind: TokenType) -> bool {
    matches!(
        kind,
        TK_ID
            | TK_ABORT
            | TK_ACTION
            | TK_AFTER
            | TK_ALWAYS
            | TK_ANALYZE
            | TK_ASC
            | TK_ATTACH
            | TK_BEFORE
            | TK_BEGIN
            | TK_BY
            | TK_CASCADE
            | TK_CAST
            | TK_COLUMNKW
            | TK_CONFLICT
            | TK_CTIME_KW
            | TK_CURRENT
            | TK_DATABASE
            | TK_DEFERRED
            | TK_DESC
            | TK_DETACH
            | TK_DO
            | TK_EACH
            | TK_END
            | TK_EXCLUDE
            | TK_EXCLUSIVE
            | TK_EXPLAIN
            | TK_FAIL
            | TK_FIRST
            | TK_FOLLOWING
            | TK_FOR
            | TK_GENERATED
            | TK_GROUPS
            | TK_IF
            | TK_IGNORE
            | TK_IMMEDIATE
            | TK_INITIALLY
            | TK_INSTEAD
            | TK_KEY
            | TK_LAST
            | TK_LIKE_KW
            | TK_MATCH
            | TK_MATERIALIZED
            | TK_NO
            | TK_NULLS
            | TK_OF
            | TK_OFFSET
            | TK_OTHERS
            | TK_PARTITION
            | TK_PLAN
            | TK_PRAGMA
            | TK_PRECEDING
            | TK_QUERY
            | TK_RAISE
            | TK_RANGE
            | TK_RECURSIVE
            | TK_REINDEX
            | TK_RELEASE
            | TK_RENAME
            | TK_REPLACE
            | TK_RESTRICT
            | TK_ROLLBACK
            | TK_ROW
            | TK_ROWS
            | TK_SAVEPOINT
            | TK_TEMP
            | TK_TIES
            | TK_TRIGGER
            | TK_UNBOUNDED
            | TK_VACUUM
            | TK_VIEW
            | TK_VIRTUAL
            | TK_WITH
            | TK_WITHOUT
    )
}
