//! The tokens of SQL text, as far as splitting, classifying and checksums need them.
//!
//! This lexer is frozen: a checksum in a user's database is made from its tokens, so a change that
//! moves one is a new version of the checksum. It never fails; what it cannot close runs to the end.

use crate::Dialect;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or an unquoted name.
    Word,
    /// A quoted name.
    QuotedName,
    /// A string or blob literal, with its prefix and quotes.
    Text,
    /// A number.
    Number,
    /// A comment that the server executes (`/*! … */`) or obeys (`/*+ … */`).
    Hint,
    /// Any other single character.
    Symbol,
}

/// A token: its kind and its bytes in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The first byte.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
}

impl Token {
    /// The token's own text.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether it is this keyword, which has to be given in lower case.
    pub fn is_word(&self, source: &str, word: &str) -> bool {
        // Most differ in their lengths.
        self.end - self.start == word.len()
            && matches!(self.kind, TokenKind::Word)
            && self.text(source).eq_ignore_ascii_case(word)
    }

    /// Whether it is this one character.
    pub fn is_symbol(&self, source: &str, symbol: char) -> bool {
        matches!(self.kind, TokenKind::Symbol)
            && self.start < source.len()
            && source.as_bytes()[self.start] as char == symbol
    }
}

/// The tokens of `source` in order; white space and comments are left out.
///
/// ```
/// use migrate_schema::{Dialect, lex};
/// let sql = "SELECT 'a;b' -- c";
/// let texts: Vec<_> = lex::tokens(sql, Dialect::Sqlite).map(|t| t.text(sql)).collect();
/// assert_eq!(texts, ["SELECT", "'a;b'"]);
/// ```
pub fn tokens(source: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens {
        source,
        dialect,
        position: 0,
    }
}

/// The iterator that [`tokens`] returns.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    source: &'a str,
    dialect: Dialect,
    position: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.source.as_bytes();
        let length = bytes.len();
        loop {
            let mut start = self.position;
            while start < length && matches!(bytes[start], b' ' | b'\t' | b'\n' | b'\x0C' | b'\r') {
                start += 1;
            }
            let (kind, end) = self.token_at(start)?;
            self.position = end.max(start + 1);
            if let Some(kind) = kind {
                return Some(Token { kind, start, end });
            }
        }
    }
}

impl Tokens<'_> {
    /// The kind (none for what is skipped) and the end of what begins at `start`.
    fn token_at(&self, start: usize) -> Option<(Option<TokenKind>, usize)> {
        let bytes = self.source.as_bytes();
        let first = *bytes.get(start)?;
        let second = bytes.get(start + 1).copied();
        let mysql = self.dialect == Dialect::Mysql;
        let postgres = self.dialect == Dialect::Postgres;
        Some(match first {
            b'-' if second == Some(b'-') && self.dashes_are_a_comment(start) => {
                (None, self.end_of_line(start))
            }
            b'#' if mysql => (None, self.end_of_line(start)),
            b'/' if second == Some(b'*') => self.block_comment(start),
            b'\'' => (Some(TokenKind::Text), self.quoted(start, b'\'', mysql)),
            b'"' if mysql => (Some(TokenKind::Text), self.quoted(start, b'"', true)),
            b'"' => (Some(TokenKind::QuotedName), self.quoted(start, b'"', false)),
            b'`' if !postgres => (Some(TokenKind::QuotedName), self.quoted(start, b'`', false)),
            b'[' if self.dialect == Dialect::Sqlite => {
                let end = self.find(start + 1, "]").map_or(bytes.len(), |at| at + 1);
                (Some(TokenKind::QuotedName), end)
            }
            b'$' if postgres => self.dollar_quoted(start),
            b if b.is_ascii_digit() => (Some(TokenKind::Number), self.while_number(start)),
            b if IS_WORD[b as usize] => self.word(start),
            _ => (Some(TokenKind::Symbol), start + 1),
        })
    }

    /// MySQL asks for white space behind `--`: `5--3` is a subtraction there.
    fn dashes_are_a_comment(&self, start: usize) -> bool {
        self.dialect != Dialect::Mysql
            || self
                .source
                .as_bytes()
                .get(start + 2)
                .is_some_and(|b| b.is_ascii_whitespace() || b.is_ascii_control())
    }

    fn end_of_line(&self, start: usize) -> usize {
        self.find(start, "\n").unwrap_or(self.source.len())
    }

    fn find(&self, from: usize, what: &str) -> Option<usize> {
        Some(from + self.source.get(from..)?.find(what)?)
    }

    fn block_comment(&self, start: usize) -> (Option<TokenKind>, usize) {
        let bytes = self.source.as_bytes();
        let hint = matches!(bytes.get(start + 2), Some(b'!' | b'+'));
        let (mut depth, mut at) = (1_usize, start + 2);
        while depth > 0 && at < bytes.len() {
            match (bytes[at], bytes.get(at + 1)) {
                (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
                (b'/', Some(b'*')) if self.dialect == Dialect::Postgres => {
                    (depth, at) = (depth + 1, at + 2)
                }
                _ => at += 1,
            }
        }
        (hint.then_some(TokenKind::Hint), at.min(bytes.len()))
    }

    /// The end of a quoted run in which the quote is doubled, or escaped where the dialect has that.
    fn quoted(&self, start: usize, quote: u8, backslash: bool) -> usize {
        let bytes = self.source.as_bytes();
        let length = bytes.len();
        let mut at = start + 1;
        while at < length {
            match bytes[at] {
                b'\\' if backslash => at += 2,
                b if b == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
                b if b == quote => return at + 1,
                _ => at += 1,
            }
        }
        bytes.len()
    }

    fn dollar_quoted(&self, start: usize) -> (Option<TokenKind>, usize) {
        let rest = &self.source[start + 1..];
        let tag = rest
            .bytes()
            .take_while(|b| is_word_byte(*b) && *b != b'$')
            .count();
        let parameter = rest.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if parameter || rest.as_bytes().get(tag) != Some(&b'$') {
            return (Some(TokenKind::Symbol), start + 1);
        }
        let delimiter = &self.source[start..start + tag + 2];
        let end = self
            .find(start + delimiter.len(), delimiter)
            .map_or(self.source.len(), |at| at + delimiter.len());
        (Some(TokenKind::Text), end)
    }

    fn while_number(&self, start: usize) -> usize {
        let bytes = self.source.as_bytes();
        let length = bytes.len();
        let mut end = start;
        while end < length
            && (bytes[end].is_ascii_alphanumeric() || matches!(bytes[end], b'.' | b'_'))
        {
            end += 1;
        }
        end
    }

    /// A word, or a literal that a one-letter word opens: `x'00'`, `E'a\n'`, `N'a'`, `b'01'`.
    fn word(&self, start: usize) -> (Option<TokenKind>, usize) {
        let bytes = self.source.as_bytes();
        let length = bytes.len();
        let mut end = start;
        while end < length && IS_WORD[bytes[end] as usize] {
            end += 1;
        }
        if end - start == 1 && bytes.get(end) == Some(&b'\'') {
            let backslash = match self.dialect {
                Dialect::Postgres => bytes[start].eq_ignore_ascii_case(&b'e'),
                Dialect::Mysql => true,
                Dialect::Sqlite => false,
            };
            return (Some(TokenKind::Text), self.quoted(end, b'\'', backslash));
        }
        (Some(TokenKind::Word), end)
    }
}

/// [`is_word_byte`] of every byte: what is not optimised is done with a table in a tenth of the time.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_word_byte(byte as u8);
        byte += 1;
    }
    table
};

/// Bytes above ASCII count as letters in every dialect, so a token never ends inside a character.
const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(sql: &str, dialect: Dialect) -> Vec<&str> {
        tokens(sql, dialect).map(|t| t.text(sql)).collect()
    }

    #[test]
    fn quotes_and_comments_hide_what_they_hold() {
        assert_eq!(
            texts("a 'b''c' \"d\"\"e\" [f]]`g`", Dialect::Sqlite),
            ["a", "'b''c'", "\"d\"\"e\"", "[f]", "]", "`g`"]
        );
        assert_eq!(texts("a--b\nc/*d;*/e", Dialect::Sqlite), ["a", "c", "e"]);
        assert_eq!(texts("x'00' y 'z'", Dialect::Sqlite), ["x'00'", "y", "'z'"]);
    }

    #[test]
    fn dialects_differ() {
        assert_eq!(texts("'a\\'b'", Dialect::Mysql), ["'a\\'b'"]);
        assert_eq!(texts("'a\\' b", Dialect::Sqlite), ["'a\\'", "b"]);
        assert_eq!(texts("E'a\\'b' c", Dialect::Postgres), ["E'a\\'b'", "c"]);
        assert_eq!(
            texts("$a$ ; $b$ $a$ $1", Dialect::Postgres),
            ["$a$ ; $b$ $a$", "$", "1"]
        );
        assert_eq!(texts("/* a /* b */ c */ d", Dialect::Postgres), ["d"]);
        assert_eq!(texts("/* a /* b */ c", Dialect::Sqlite), ["c"]);
        assert_eq!(texts("5--3 # x", Dialect::Mysql), ["5", "-", "-", "3"]);
        assert_eq!(
            texts("/*!40000 x */ y /* z */", Dialect::Mysql),
            ["/*!40000 x */", "y"]
        );
    }

    #[test]
    fn what_is_not_closed_runs_to_the_end() {
        for open in ["'a", "\"a", "`a", "[a", "/* a"] {
            assert!(texts(open, Dialect::Sqlite).len() <= 1, "{open}");
        }
    }

    proptest! {
        #[test]
        fn tokens_cover_the_text_in_order_and_never_split_a_character(sql in "\\PC*|[-'\"$*/a\\\\;\n éx\\[\\]`]{0,40}") {
            for dialect in Dialect::ALL {
                let mut last = 0;
                for token in tokens(&sql, dialect) {
                    prop_assert!(token.start >= last && token.end > token.start);
                    prop_assert!(sql.get(token.start..token.end).is_some());
                    last = token.end;
                }
            }
        }
    }
}
