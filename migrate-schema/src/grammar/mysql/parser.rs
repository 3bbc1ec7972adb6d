//! The parser's ground: a place in the tokens, what was expected there, names, and what to say when something else stands there.

use std::ops::Range;

use super::{
    session::{Locals, Session},
    token::{Kind, Token, unquote},
    words::{is_reserved, nearest_keyword},
};
use crate::{
    Code, Finding, nearest,
    settings::Target,
    tree::{Name, Path},
};

/// Why reading ends before the end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The engine refuses it.
    Refused(Box<Finding>),
    /// Nobody here knows how it goes on: nothing is said of the statement.
    Opaque,
}

pub(super) type Parse<T> = Result<T, Stop>;

/// How deep brackets may be nested. What is deeper is opaque.
const DEPTH: usize = 80;

/// Reads one statement.
pub(super) struct Parser<'a> {
    pub(super) sql: &'a str,
    pub(super) target: &'a Target,
    pub(super) tokens: &'a [Token],
    pub(super) session: &'a mut Session,
    /// What is known inside the body of a routine, which does nothing yet.
    pub(super) locals: Option<Locals>,
    /// What is wrong with the meaning of what was read.
    pub(super) faults: Vec<Finding>,
    /// The variables behind `INTO`.
    pub(super) into: Vec<String>,
    pub(super) at: usize,
    depth: usize,
    /// What was asked for at this place, and not there.
    expected: Vec<&'static str>,
    end: Token,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        sql: &'a str,
        target: &'a Target,
        tokens: &'a [Token],
        session: &'a mut Session,
    ) -> Self {
        let end = tokens.last().map_or(0, |token| token.end);
        Self {
            sql,
            target,
            tokens,
            session,
            locals: None,
            faults: Vec::new(),
            into: Vec::new(),
            at: 0,
            depth: 0,
            expected: Vec::new(),
            end: Token {
                kind: Kind::End,
                start: end,
                end,
            },
        }
    }

    // Where we are.

    pub(super) fn token(&self) -> Token {
        self.token_at(0)
    }

    pub(super) fn token_at(&self, ahead: usize) -> Token {
        self.tokens
            .get(self.at + ahead)
            .copied()
            .unwrap_or(self.end)
    }

    pub(super) fn text_at(&self, ahead: usize) -> &'a str {
        self.sql
            .get(self.token_at(ahead).range())
            .unwrap_or_default()
    }

    pub(super) fn text(&self) -> &'a str {
        self.text_at(0)
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
        self.expected.clear();
    }

    /// Goes back to an earlier place.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
        self.expected.clear();
    }

    /// The first byte of what comes.
    pub(super) fn start(&self) -> usize {
        self.token().start
    }

    /// Whether a statement that nobody has read may do something to what it does not name.
    pub(super) fn may_do_anything(&self) -> bool {
        (0..self.tokens.len()).any(|at| {
            let text = self.sql.get(self.tokens[at].range()).unwrap_or_default();
            ["prepare", "execute", "call"]
                .iter()
                .any(|word| text.eq_ignore_ascii_case(word))
        })
    }

    /// From `start` to the last byte that was read.
    pub(super) fn since(&self, start: usize) -> Range<usize> {
        let end = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(start, |token| token.end);
        start..end.max(start)
    }

    /// Goes one level deeper for as long as `read` takes.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= DEPTH {
            return Err(Stop::Opaque);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    // Keywords and symbols. The words are given in lower case.

    pub(super) fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.token_at(ahead).kind == Kind::Word
            && self.text_at(ahead).eq_ignore_ascii_case(word)
            && !self.is_qualifier_at(ahead)
    }

    pub(super) fn any_at(&self, ahead: usize, words: &[&str]) -> bool {
        self.token_at(ahead).kind == Kind::Word
            && words
                .iter()
                .any(|word| self.text_at(ahead).eq_ignore_ascii_case(word))
    }

    pub(super) fn symbol_at(&self, ahead: usize, symbol: &str) -> bool {
        self.token_at(ahead).kind == Kind::Symbol && self.text_at(ahead) == symbol
    }

    pub(super) fn is(&mut self, word: &'static str) -> bool {
        let is = self.is_at(0, word);
        if !is {
            self.expected.push(word);
        }
        is
    }

    pub(super) fn is_any(&mut self, words: &[&'static str]) -> bool {
        let is = self.any_at(0, words);
        if !is {
            self.expected.extend(words);
        }
        is
    }

    pub(super) fn is_symbol(&mut self, symbol: &'static str) -> bool {
        let is = self.symbol_at(0, symbol);
        if !is {
            self.expected.push(symbol);
        }
        is
    }

    /// Reads the word, if it is there.
    pub(super) fn word(&mut self, word: &'static str) -> bool {
        let is = self.is(word);
        if is {
            self.advance();
        }
        is
    }

    /// Reads one of the words, if one is there.
    pub(super) fn one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let found = words.iter().find(|word| self.is_at(0, word)).copied();
        match found {
            Some(_) => self.advance(),
            None => self.expected.extend(words),
        }
        found
    }

    /// Reads these words, if all of them are there.
    pub(super) fn words(&mut self, words: &[&'static str]) -> bool {
        let first = words.first().copied().unwrap_or_default();
        if !self.is(first) {
            return false;
        }
        let all = words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.is_at(ahead, word));
        if all {
            self.back_to(self.at + words.len());
        }
        all
    }

    pub(super) fn symbol(&mut self, symbol: &'static str) -> bool {
        let is = self.is_symbol(symbol);
        if is {
            self.advance();
        }
        is
    }

    pub(super) fn expect(&mut self, word: &'static str) -> Parse<()> {
        if self.word(word) {
            return Ok(());
        }
        self.unexpected()
    }

    pub(super) fn expect_words(&mut self, words: &[&'static str]) -> Parse<()> {
        words.iter().try_for_each(|word| self.expect(word))
    }

    pub(super) fn expect_symbol(&mut self, symbol: &'static str) -> Parse<()> {
        if self.symbol(symbol) {
            return Ok(());
        }
        self.unexpected()
    }

    /// Reads `( … )`.
    pub(super) fn in_brackets<T>(&mut self, read: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.expect_symbol("(")?;
        let result = self.deeper(read)?;
        self.expect_symbol(")")?;
        Ok(result)
    }

    /// Reads `a, b, c`.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let mut items = vec![read(self)?];
        while self.symbol(",") {
            items.push(read(self)?);
        }
        Ok(items)
    }

    // Names and constants.

    /// Whether a name stands there: a word that is not reserved, or one in backticks.
    pub(super) fn is_name_at(&self, ahead: usize) -> bool {
        match self.token_at(ahead).kind {
            Kind::Quoted => true,
            Kind::Word => !self.is_reserved_at(ahead),
            Kind::Text => self.session.ansi_quotes && self.text_at(ahead).starts_with('"'),
            _ => false,
        }
    }

    /// Whether the word has a dot and a name right behind it: then it is a name, even if it is reserved.
    pub(super) fn is_qualifier_at(&self, ahead: usize) -> bool {
        let dot = self.token_at(ahead + 1);
        dot.kind == Kind::Symbol
            && dot.start == self.token_at(ahead).end
            && self.text_at(ahead + 1) == "."
            && self.token_at(ahead + 2).kind == Kind::Word
            && self.token_at(ahead + 2).start == dot.end
    }

    pub(super) fn is_reserved_at(&self, ahead: usize) -> bool {
        let text = self.text_at(ahead);
        text.len() < 30
            && !self.is_qualifier_at(ahead)
            && is_reserved(&text.to_ascii_lowercase(), self.target)
    }

    /// A name; `what` says of what, for the message.
    pub(super) fn name(&mut self, what: &'static str) -> Parse<Name> {
        if !self.is_name_at(0) {
            return self.no_name(what);
        }
        Ok(self.take_name())
    }

    /// The token as a name, whatever it is.
    pub(super) fn take_name(&mut self) -> Name {
        let token = self.token();
        let written = self.text();
        let quoted = token.kind != Kind::Word;
        let text = match (token.kind, written.len()) {
            (Kind::Quoted, 2..) => written[1..written.len() - 1].replace("``", "`"),
            (Kind::Text, _) => unquote(written),
            _ => written.to_owned(),
        };
        self.advance();
        Name {
            text,
            quoted,
            range: token.range(),
        }
    }

    /// Whether a name can stand there behind a dot: no word is reserved, and digits are a name.
    pub(super) fn is_part_at(&self, ahead: usize) -> bool {
        matches!(
            self.token_at(ahead).kind,
            Kind::Word | Kind::Quoted | Kind::Number
        ) || self.is_name_at(ahead)
    }

    /// The name of an object, perhaps with its database. A dot before it says nothing.
    pub(super) fn path(&mut self, what: &'static str) -> Parse<Path> {
        if self.symbol_at(0, ".") && self.is_part_at(1) {
            self.advance();
            return Ok(Path::bare(self.take_name()));
        }
        let first = self.name(what)?;
        if !self.symbol_at(0, ".") {
            return Ok(Path::bare(first));
        }
        self.advance();
        if !self.is_part_at(0) {
            return self.expected_here(what);
        }
        Ok(Path {
            schema: Some(first),
            name: self.take_name(),
        })
    }

    /// `(a, b)`
    pub(super) fn names_in_brackets(&mut self, what: &'static str) -> Parse<Vec<Name>> {
        self.in_brackets(|p| p.list(|p| p.name(what)))
    }

    /// A string, without its quotes.
    pub(super) fn string(&mut self) -> Parse<String> {
        if self.token().kind != Kind::Text {
            return self.expected_here("a string");
        }
        let text = unquote(self.text());
        self.advance();
        Ok(text)
    }

    /// A number.
    pub(super) fn number(&mut self) -> Parse<String> {
        if self.token().kind != Kind::Number {
            return self.expected_here("a number");
        }
        let text = self.text().to_owned();
        self.advance();
        Ok(text)
    }

    /// `[=]`
    pub(super) fn equals(&mut self) {
        if self.symbol_at(0, "=") {
            self.advance();
        }
    }

    // What is wrong.

    pub(super) fn refuse<T>(&self, finding: Finding) -> Parse<T> {
        Err(Stop::Refused(Box::new(finding)))
    }

    fn no_name<T>(&mut self, what: &'static str) -> Parse<T> {
        let token = self.token();
        if token.kind == Kind::Word {
            let word = self.text();
            // Where a comma or a bracket was lost, a keyword follows that nobody meant as a name.
            return self.refuse(
                Finding::new(
                    Code::SqlSyntax,
                    format!("`{word}` is a reserved word, and stands where {what} should be"),
                    token.range(),
                )
                .help(format!(
                    "if it is meant as a name, write it in backticks: `{word}`"
                )),
            );
        }
        if token.kind == Kind::Text {
            let name = unquote(self.text());
            return self.refuse(
                Finding::new(
                    Code::SqlSyntax,
                    format!(
                        "{} is a string, and stands where {what} should be",
                        self.text()
                    ),
                    token.range(),
                )
                .help(format!("a name stands in backticks: `{name}`")),
            );
        }
        self.expected_here(what)
    }

    /// What stands here is not what should: `what`.
    pub(super) fn expected_here<T>(&mut self, what: &str) -> Parse<T> {
        let finding = if self.at_end() {
            self.early_end(what)
        } else {
            let range = self.token().range();
            let message = format!("{} stands where {what} should be", self.shown());
            let finding = Finding::new(Code::SqlSyntax, message, range);
            match self.advice() {
                Some(help) => finding.help(help),
                None => finding,
            }
        };
        self.refuse(finding)
    }

    /// What stands here is none of what was asked for since the last token.
    pub(super) fn unexpected<T>(&mut self) -> Parse<T> {
        let what = self.wanted();
        if self.at_end() {
            let what = what.unwrap_or_else(|| "something".to_owned());
            let finding = self.early_end(&what);
            return self.refuse(finding);
        }
        let mut message = format!("{} does not belong here", self.shown());
        if let Some(what) = what {
            message += &format!(": {what} is expected");
        }
        let finding = Finding::new(Code::SqlSyntax, message, self.token().range());
        match self.advice() {
            Some(help) => self.refuse(finding.help(help)),
            None => self.refuse(finding),
        }
    }

    fn early_end(&self, what: &str) -> Finding {
        let range = self.tokens.last().map_or(0..0, Token::range);
        let finding = Finding::new(
            Code::SqlSyntax,
            format!("the statement ends too early: {what} is expected behind its last word"),
            range,
        );
        match self.tokens.last() {
            Some(last) if self.sql[last.range()] == *"," => finding.help("remove the last `,`"),
            _ => finding,
        }
    }

    fn shown(&self) -> String {
        let text = self.text();
        let short: String = text.chars().take(40).collect();
        if text.starts_with('`') || text.starts_with('\'') {
            return short;
        }
        format!("`{short}`")
    }

    /// The list of what was asked for, if it is short enough to be of use.
    fn wanted(&self) -> Option<String> {
        let mut wanted: Vec<String> = Vec::new();
        for item in &self.expected {
            let item = format!("`{}`", item.to_ascii_uppercase());
            if !wanted.contains(&item) {
                wanted.push(item);
            }
        }
        match wanted.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [most @ .., last] if most.len() < 5 => Some(format!("{} or {last}", most.join(", "))),
            _ => None,
        }
    }

    /// What to write instead, where that can be guessed.
    fn advice(&self) -> Option<String> {
        let token = self.token();
        let text = self.text();
        if token.kind == Kind::Symbol {
            return self.advice_on_symbol(text);
        }
        if token.kind != Kind::Word {
            return self.advice_on_previous();
        }
        let starts_statement = STATEMENTS
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
        if starts_statement && self.begins_line(token.start) {
            return Some(format!("is a `;` missing before `{text}`?"));
        }
        let expected = nearest(
            text,
            self.expected.iter().copied().filter(|word| word.len() > 2),
        );
        let near = expected.or_else(|| nearest_keyword(text).filter(|_| !self.is_reserved_at(0)));
        match near {
            Some(near) if !near.eq_ignore_ascii_case(text) => {
                Some(format!("did you mean `{}`?", near.to_ascii_uppercase()))
            }
            _ => self.advice_on_previous().or_else(|| {
                (self.begins_line(token.start) && self.expected.contains(&","))
                    .then(|| format!("is a `,` missing before `{text}`?"))
            }),
        }
    }

    fn advice_on_symbol(&self, symbol: &str) -> Option<String> {
        let before = self
            .at
            .checked_sub(1)
            .map(|at| &self.sql[self.tokens[at].range()]);
        match (before, symbol) {
            (Some(","), "," | ")") => Some("remove the `,`".to_owned()),
            (_, ")") if self.depth == 0 => Some("this `)` has no `(`".to_owned()),
            _ => self.advice_on_previous(),
        }
    }

    /// A misspelt keyword is taken as a name, and what follows does not fit.
    fn advice_on_previous(&self) -> Option<String> {
        let before = self.tokens.get(self.at.checked_sub(1)?)?;
        if before.kind != Kind::Word {
            return None;
        }
        let text = self.sql.get(before.range())?;
        if is_reserved(&text.to_ascii_lowercase(), self.target) {
            return None;
        }
        let near = nearest_keyword(text)?;
        Some(format!(
            "did you mean `{}` instead of `{text}`?",
            near.to_ascii_uppercase()
        ))
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.sql[..at].trim_end_matches([' ', '\t', '\r']);
        before.is_empty() || before.ends_with('\n')
    }
}

/// Words that begin a statement, and hardly ever a line inside one.
const STATEMENTS: [&str; 13] = [
    "create", "alter", "drop", "insert", "update", "delete", "truncate", "rename", "select",
    "call", "set", "grant", "replace",
];
