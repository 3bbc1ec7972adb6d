//! A place in the tokens, and the names there.

use std::ops::Range;

use super::{super::cst::Kind, words::Token};
use crate::tree::{Behavior, Name, Path};

/// How deep brackets may be nested; what is deeper is left to squawk.
const DEEPEST: usize = 12;

/// What is longer may be cut by the engine, and is left to squawk.
const LONGEST_NAME: usize = 63;

/// Reads a statement. What is not as it expects is none, and then the whole statement is left to squawk.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    base: usize,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str, base: usize, tokens: &'a [Token]) -> Self {
        Self {
            text,
            base,
            tokens,
            at: 0,
            depth: 0,
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// The token that comes; `EOF` behind the last one.
    pub(super) fn kind(&self) -> Kind {
        self.kind_at(0)
    }

    pub(super) fn kind_at(&self, ahead: usize) -> Kind {
        let at = self.at + ahead;
        if at < self.tokens.len() {
            self.tokens[at].kind
        } else {
            Kind::EOF
        }
    }

    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kind_at(0) as u16 == kind as u16
    }

    /// Reads a token of this kind, if it comes.
    pub(super) fn eat(&mut self, kind: Kind) -> bool {
        let is = self.is(kind);
        if is {
            self.at += 1;
        }
        is
    }

    pub(super) fn need(&mut self, kind: Kind) -> Option<()> {
        if self.eat(kind) { Some(()) } else { None }
    }

    /// The place of what comes, for [`Self::since`].
    pub(super) const fn place(&self) -> usize {
        self.at
    }

    /// The bytes from a place to the last token that was read, in the larger text.
    pub(super) fn since(&self, place: usize) -> Range<usize> {
        let start = self.tokens[place].start;
        let end = self.tokens[self.at - 1].end;
        self.base + start..self.base + end
    }

    /// The token that was read last, as it is written.
    pub(super) fn last(&self) -> &'a str {
        let token = &self.tokens[self.at - 1];
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    pub(super) fn last_range(&self) -> Range<usize> {
        self.since(self.at - 1)
    }

    /// One level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let made = read(self);
        self.depth -= 1;
        made
    }

    /// Whether a name comes.
    pub(super) fn is_name(&self) -> bool {
        self.at < self.tokens.len() && self.tokens[self.at].is_name
    }

    /// A name, which may be a keyword that means nothing here.
    pub(super) fn name(&mut self) -> Option<Name> {
        if !self.is_name() {
            return None;
        }
        let token = self.tokens[self.at];
        self.at += 1;
        self.name_of(token)
    }

    /// A name that is no keyword at all.
    pub(super) fn plain_name(&mut self) -> Option<Name> {
        if self.is(Kind::IDENT) {
            self.name()
        } else {
            None
        }
    }

    /// The name that a token is, whether it can stand as one or not.
    fn name_of(&self, token: Token) -> Option<Name> {
        let mut own = self.text.get(token.start..token.end)?;
        if token.is_quoted {
            own = own.strip_prefix('"')?.strip_suffix('"')?;
            if own.is_empty() || own.as_bytes().contains(&b'"') {
                return None;
            }
        }
        if own.len() > LONGEST_NAME {
            return None;
        }
        let mut text = own.to_owned();
        if !token.is_quoted {
            text.make_ascii_lowercase();
        }
        Some(Name {
            text,
            quoted: token.is_quoted,
            range: self.base + token.start..self.base + token.end,
        })
    }

    /// The last token as a name, whatever keyword it is.
    pub(super) fn last_as_name(&self) -> Option<Name> {
        self.name_of(self.tokens[self.at - 1])
    }

    /// `name`, `schema.name`.
    pub(super) fn path(&mut self) -> Option<Path> {
        let name = self.name()?;
        if !self.eat(Kind::DOT) {
            return Some(Path::bare(name));
        }
        let schema = Some(name);
        let name = self.name()?;
        if self.is(Kind::DOT) {
            return None;
        }
        Some(Path { schema, name })
    }

    /// `name, name)`, behind the opening bracket.
    pub(super) fn names(&mut self) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        loop {
            names.push(self.name()?);
            if self.eat(Kind::R_PAREN) {
                return Some(names);
            }
            self.need(Kind::COMMA)?;
        }
    }

    /// What a string in quotes says.
    pub(super) fn string(&mut self) -> Option<String> {
        self.need(Kind::STRING)?;
        let inner = self.last().strip_prefix('\'')?.strip_suffix('\'')?;
        // Only pairs of quotes may be left.
        let bytes = inner.as_bytes();
        let (mut at, end, mut pairs) = (0, bytes.len(), false);
        while at < end {
            if bytes[at] == b'\'' {
                if at + 1 >= end || bytes[at + 1] != b'\'' {
                    return None;
                }
                pairs = true;
                at += 1;
            }
            at += 1;
        }
        if pairs {
            return Some(inner.replace("''", "'"));
        }
        Some(inner.to_owned())
    }

    /// What a string in quotes says, as a name (the label of an enum).
    pub(super) fn label(&mut self) -> Option<Name> {
        let text = self.string()?;
        Some(Name {
            text,
            quoted: true,
            range: self.last_range(),
        })
    }

    /// `IF EXISTS`.
    pub(super) fn if_exists(&mut self) -> bool {
        let is = self.is(Kind::IF_KW) && matches!(self.kind_at(1), Kind::EXISTS_KW);
        if is {
            self.at += 2;
        }
        is
    }

    /// `IF NOT EXISTS`.
    pub(super) fn if_not_exists(&mut self) -> bool {
        let is = self.is(Kind::IF_KW)
            && matches!(self.kind_at(1), Kind::NOT_KW)
            && matches!(self.kind_at(2), Kind::EXISTS_KW);
        if is {
            self.at += 3;
        }
        is
    }

    /// `CASCADE`, `RESTRICT`.
    pub(super) fn behavior(&mut self) -> Behavior {
        if self.eat(Kind::CASCADE_KW) {
            Behavior::Cascade
        } else if self.eat(Kind::RESTRICT_KW) {
            Behavior::Restrict
        } else {
            Behavior::Default
        }
    }
}
