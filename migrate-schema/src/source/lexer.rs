//! A lexer for Rust.
//!
//! It knows where strings, comments and groups begin and end, and nothing of what they mean. A parser of the whole
//! language takes many times longer, and there may be thousands of files.

use std::borrow::Cow;

use super::literal;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word, also a raw one and `_`.
    Word,
    /// A string literal that is text.
    Text,
    /// A number, a character, a lifetime, a string of bytes.
    Other,
    /// `(`, `[` or `{`, with the index of the token that closes it.
    Open(usize),
    /// `)`, `]` or `}`.
    Close,
    /// Any other character.
    Punct,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text, as it stands in the source.
    pub text: Cow<'a, str>,
    /// Its first byte in the source; of tokens that come from elsewhere, whatever tells their place there.
    pub start: usize,
}

/// The tokens of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens<'a> {
    list: Vec<Token<'a>>,
    open: Vec<usize>,
}

impl<'a> Tokens<'a> {
    /// Reads a source. What is broken in it ends a token early or late and is never an error: the compiler has
    /// reported it.
    pub fn read(source: &'a str) -> Self {
        let bytes = source.as_bytes();
        let end = bytes.len();
        let mut tokens = Self {
            list: Vec::with_capacity(end / 4),
            open: Vec::new(),
        };
        let mut at = 0;
        while at < end {
            let byte = bytes[at];
            let (kind, length) = match byte {
                b' ' | b'\n' | b'\t' | b'\r' => {
                    at += 1;
                    continue;
                }
                b'/' if source[at..].starts_with("//") => {
                    at += source[at..].find('\n').unwrap_or(end - at);
                    continue;
                }
                b'/' if source[at..].starts_with("/*") => {
                    at += block_comment(&source[at..]);
                    continue;
                }
                b'"' => (Kind::Text, quoted(bytes, at)),
                b'\'' => (Kind::Other, character_or_lifetime(&source[at..])),
                b'(' | b'[' | b'{' => (Kind::Open(usize::MAX), 1),
                b')' | b']' | b'}' => (Kind::Close, 1),
                b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => word(source, at),
                0..128 => (Kind::Punct, 1),
                _ => match source[at..].chars().next() {
                    Some(c) if c.is_alphanumeric() => word(source, at),
                    Some(c) if c.is_whitespace() => {
                        at += c.len_utf8();
                        continue;
                    }
                    other => (Kind::Punct, other.map_or(1, char::len_utf8)),
                },
            };
            tokens.push(Token {
                kind,
                text: Cow::Borrowed(&source[at..at + length]),
                start: at,
            });
            at += length;
        }
        tokens.end();
        tokens
    }

    /// Appends a token. The groups find their ends by themselves.
    pub fn push(&mut self, mut token: Token<'a>) {
        let at = self.list.len();
        match token.kind {
            Kind::Open(_) => {
                token.kind = Kind::Open(usize::MAX);
                self.open.push(at);
            }
            Kind::Close => {
                if let Some(open) = self.open.pop().and_then(|open| self.list.get_mut(open)) {
                    open.kind = Kind::Open(at);
                }
            }
            _ => {}
        }
        self.list.push(token);
    }

    /// Closes the groups that are still open, behind the last token.
    pub fn end(&mut self) {
        let end = self.list.len();
        for open in self.open.drain(..) {
            if let Some(open) = self.list.get_mut(open) {
                open.kind = Kind::Open(end);
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A token.
    pub fn get(&self, at: usize) -> Option<&Token<'a>> {
        self.list.get(at)
    }

    /// The text of a token; empty behind the last one.
    pub fn text(&self, at: usize) -> &str {
        let list = self.list.as_slice();
        if at >= list.len() {
            return "";
        }
        match &list[at].text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => text.as_str(),
        }
    }

    /// Whether a token has this text.
    pub fn is(&self, at: usize, text: &str) -> bool {
        let own = self.text(at);
        // Most differ in their lengths, and this is asked more often than anything else.
        own.len() == text.len() && own == text
    }

    /// The token, if it is a word.
    pub fn word(&self, at: usize) -> Option<&str> {
        let list = self.list.as_slice();
        if at < list.len() && matches!(list[at].kind, Kind::Word) {
            Some(self.text(at))
        } else {
            None
        }
    }

    /// The value of the token, if it is a string literal.
    pub fn string(&self, at: usize) -> Option<Cow<'_, str>> {
        let token = self.list.get(at)?;
        (token.kind == Kind::Text).then(|| literal::value(&token.text))?
    }

    /// The index of the token that closes the group which opens here with this character.
    pub fn group(&self, at: usize, open: &str) -> Option<usize> {
        if self.is(at, open) {
            self.close(at)
        } else {
            None
        }
    }

    /// The index of the token that closes the group which opens here.
    pub fn close(&self, at: usize) -> Option<usize> {
        let list = self.list.as_slice();
        if at >= list.len() {
            return None;
        }
        match list[at].kind {
            Kind::Open(close) => Some(close),
            _ => None,
        }
    }

    /// The first byte of a token; behind the last one, that of the last one.
    pub fn start(&self, at: usize) -> usize {
        let token = self.list.get(at).or(self.list.last());
        token.map_or(0, |token| token.start)
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = rest[at..].find(['/', '*']).map(|found| at + found) {
        if rest[found..].starts_with("/*") {
            depth += 1;
            at = found + 2;
        } else if rest[found..].starts_with("*/") {
            depth = depth.saturating_sub(1);
            at = found + 2;
            if depth == 0 {
                return at;
            }
        } else {
            at = found + 1;
        }
    }
    rest.len()
}

/// The length of a literal that begins with a quote here and ends with the next one that has no `\` before it.
fn quoted(bytes: &[u8], start: usize) -> usize {
    let end = bytes.len();
    let mut at = start + 1;
    while at < end {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return at + 1 - start,
            _ => {}
        }
        at += 1;
    }
    end - start
}

/// `'a'` and `'\''` are characters, `'a` is a lifetime.
fn character_or_lifetime(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((escaped, c))) => {
            let from = escaped + c.len_utf8();
            rest[from..]
                .find('\'')
                .map_or(rest.len(), |at| from + at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        (Some((at, c)), _) if c.is_alphanumeric() || c == '_' => {
            at + rest[at..]
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len() - at)
        }
        _ => 1,
    }
}

/// A word or a number, or the string that a word such as `r#` or `b` begins: what begins here, and its length.
fn word(source: &str, start: usize) -> (Kind, usize) {
    let bytes = source.as_bytes();
    let first = bytes[start];
    let length = word_length(source, start);
    if first.is_ascii_digit() {
        return (Kind::Other, number(&source[start..], length));
    }
    let next = if start + length < bytes.len() {
        bytes[start + length]
    } else {
        b' '
    };
    if length > 2 || !matches!(next, b'"' | b'#' | b'\'') {
        return (Kind::Word, length);
    }
    let rest = &source[start..];
    let (prefix, behind) = rest.split_at(length);
    let kind = if prefix == "r" {
        Kind::Text
    } else {
        Kind::Other
    };
    match (prefix, next) {
        ("r" | "br" | "cr", b'"' | b'#') => {
            let hashes = behind.len() - behind.trim_start_matches('#').len();
            if !behind[hashes..].starts_with('"') {
                // `r#type`.
                return (Kind::Word, length + hashes + word_length(behind, hashes));
            }
            let end = format!("\"{}", "#".repeat(hashes));
            let from = hashes + 1;
            let inner = behind[from..].find(&end).map(|at| from + at + end.len());
            (kind, length + inner.unwrap_or(behind.len()))
        }
        ("b" | "c", b'"') => (Kind::Other, length + quoted(behind.as_bytes(), 0)),
        ("b", b'\'') => (Kind::Other, length + character_or_lifetime(behind)),
        _ => (Kind::Word, length),
    }
}

/// The length of a number, whose part before the point or the sign of the exponent is known.
fn number(rest: &str, mut length: usize) -> usize {
    let bytes = rest.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if bytes.get(length) == Some(&b'.') && is_digit(length + 1) {
        length += 1 + word_length(rest, length + 1);
    }
    let signed = matches!(bytes.get(length), Some(b'+' | b'-')) && is_digit(length + 1);
    let exponent = matches!(bytes.get(length.wrapping_sub(1)), Some(b'e' | b'E'));
    if signed && exponent && !rest.starts_with("0x") {
        length += 1 + word_length(rest, length + 1);
    }
    length
}

/// The length of the word that begins here. It may be empty.
fn word_length(source: &str, start: usize) -> usize {
    let bytes = source.as_bytes();
    let end = bytes.len();
    let mut at = start;
    while at < end && IS_WORD[bytes[at] as usize] {
        at += 1;
    }
    if at < end && !bytes[at].is_ascii() {
        // Other letters than those of ASCII are rare.
        let rest = &source[at..];
        let others = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        at += others.unwrap_or(rest.len());
    }
    at - start
}

/// Whether a byte is an ASCII character of a word.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let tokens = Tokens::read(source);
        let texts = tokens.list.into_iter().map(|token| token.text.into_owned());
        texts.collect()
    }

    fn kinds(source: &str) -> Vec<Kind> {
        let tokens = Tokens::read(source);
        tokens.list.iter().map(|token| token.kind).collect()
    }

    #[test]
    fn strings_and_comments_end_where_they_end() {
        assert_eq!(
            texts(
                r####"a("x\"}", r#"y"}"#, br"z\", b"\"", c"w") // "
                /* /* " */ */ 'q' '"' '\'' '\u{22}' b'"' 'life r#fn é1 0x1F_u8 1.5 1e-5 a.0.1 1..2"####
            ),
            [
                "a",
                "(",
                r#""x\"}""#,
                ",",
                r##"r#"y"}"#"##,
                ",",
                r#"br"z\""#,
                ",",
                r#"b"\"""#,
                ",",
                r#"c"w""#,
                ")",
                "'q'",
                "'\"'",
                r"'\''",
                r"'\u{22}'",
                "b'\"'",
                "'life",
                "r#fn",
                "é1",
                "0x1F_u8",
                "1.5",
                "1e-5",
                "a",
                ".",
                "0.1",
                "1",
                ".",
                ".",
                "2",
            ]
        );
        assert_eq!(
            kinds(r##""a" r"b" r#"c"# b"d" 'e r 'f'"##),
            [
                Kind::Text,
                Kind::Text,
                Kind::Text,
                Kind::Other,
                Kind::Other,
                Kind::Word,
                Kind::Other
            ]
        );
    }

    #[test]
    fn groups_know_their_end() {
        assert_eq!(
            kinds("({})["),
            [
                Kind::Open(3),
                Kind::Open(2),
                Kind::Close,
                Kind::Close,
                Kind::Open(5)
            ]
        );
        assert_eq!(kinds("}("), [Kind::Close, Kind::Open(2)]);
    }

    #[test]
    fn no_broken_text_makes_it_panic() {
        let alphabet = [
            "\"", "'", "\\", "r#", "b", "/*", "*/", "//", "\n", "é", "{", ")", "'a", "0", " ",
        ];
        let mut sources = vec![String::new()];
        for _ in 0..3 {
            sources = sources
                .iter()
                .flat_map(|source| alphabet.iter().map(move |part| format!("{source}{part}")))
                .collect();
            for source in &sources {
                let all = Tokens::read(source).list;
                let end = |token: &Token<'_>| token.start + token.text.len();
                assert!(all.iter().all(|t| !t.text.is_empty()), "{source}");
                assert!(all.iter().all(|t| end(t) <= source.len()), "{source}");
                assert!(
                    all.windows(2).all(|pair| end(&pair[0]) <= pair[1].start),
                    "{source}"
                );
            }
        }
    }
}
