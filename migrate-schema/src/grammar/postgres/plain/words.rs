//! The tokens of a statement, of the kinds that squawk gives to them.

use std::sync::OnceLock;

use super::super::cst::Kind;
use crate::{
    Dialect,
    lex::{self, TokenKind},
};
use squawk_parser::{is_col_name_keyword, is_reserved_keyword, is_type_func_name_keyword};

/// A token: its kind and its bytes in the text. `IDENT` is any name, in quotes or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// It can be the name of anything.
    pub(super) is_name: bool,
    pub(super) is_quoted: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tokens of a text; none where one is anything out of the ordinary.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let words = Words::get();
    let bytes = text.as_bytes();
    let mut tokens = Vec::with_capacity(bytes.len() / 4 + 1);
    let mut all = lex::tokens(text, Dialect::Postgres);
    let mut next = all.next();
    while let Some(token) = next {
        let (start, mut end) = (token.start, token.end);
        next = all.next();
        let (mut is_name, mut is_quoted) = (false, false);
        let kind = match token.kind {
            TokenKind::Word => {
                let (kind, free) = words.find(&bytes[start..end])?;
                is_name = free;
                kind
            }
            TokenKind::QuotedName => {
                (is_name, is_quoted) = (true, true);
                Kind::IDENT
            }
            TokenKind::Text if bytes[start] == b'\'' => Kind::STRING,
            TokenKind::Number => number(&bytes[start..end])?,
            TokenKind::Symbol if is_operator(bytes[start]) => {
                while let Some(more) = next
                    && matches!(more.kind, TokenKind::Symbol)
                    && more.start == end
                    && is_operator(bytes[more.start])
                {
                    end = more.end;
                    next = all.next();
                }
                operator(&bytes[start..end])?
            }
            TokenKind::Symbol => sign(bytes[start])?,
            TokenKind::Text | TokenKind::Hint => return None,
        };
        tokens.push(Token {
            kind,
            is_name,
            is_quoted,
            start,
            end,
        });
    }
    Some(tokens)
}

const fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'<'
            | b'>'
            | b'='
            | b'~'
            | b'!'
            | b'@'
            | b'#'
            | b'%'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
            | b':'
    )
}

/// Signs that stand beside each other are one operator.
fn operator(run: &[u8]) -> Option<Kind> {
    Some(match run {
        b"=" => Kind::EQ,
        b"<" => Kind::L_ANGLE,
        b">" => Kind::R_ANGLE,
        b"<=" => Kind::LTEQ,
        b">=" => Kind::GTEQ,
        b"<>" => Kind::NEQB,
        b"!=" => Kind::NEQ,
        b"+" => Kind::PLUS,
        b"-" => Kind::MINUS,
        b"*" => Kind::STAR,
        b"/" => Kind::SLASH,
        b"%" => Kind::PERCENT,
        b"||" => Kind::CUSTOM_OP,
        b"::" => Kind::COLON_COLON,
        _ => return None,
    })
}

fn sign(byte: u8) -> Option<Kind> {
    Some(match byte {
        b'(' => Kind::L_PAREN,
        b')' => Kind::R_PAREN,
        b',' => Kind::COMMA,
        b'.' => Kind::DOT,
        b'[' => Kind::L_BRACK,
        b']' => Kind::R_BRACK,
        _ => return None,
    })
}

/// `12`, `1.5`.
fn number(written: &[u8]) -> Option<Kind> {
    let end = written.len();
    let (mut at, mut dots) = (0, 0);
    while at < end {
        match written[at] {
            b'0'..=b'9' => {}
            b'.' if at > 0 && at + 1 < end => dots += 1,
            _ => return None,
        }
        at += 1;
    }
    match dots {
        0 => Some(Kind::INT_NUMBER),
        1 => Some(Kind::NUMERIC_NUMBER),
        _ => None,
    }
}

/// squawk's keywords, in a table that is asked with a few instructions: squawk itself compares a word with all of them.
struct Words {
    /// Places in `all`, from 1; as many as there can be remainders of a hash.
    slots: Vec<u16>,
    all: Vec<Keyword>,
}

struct Keyword {
    /// In lower case.
    text: String,
    kind: Kind,
    /// It can be the name of anything.
    free: bool,
}

const SLOTS: usize = 4096;

impl Words {
    fn get() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(Self::new)
    }

    /// The names of squawk's kinds say what its keywords are.
    fn new() -> Self {
        let mut words = Self {
            slots: vec![0; SLOTS],
            all: Vec::new(),
        };
        for number in 0..u16::from(Kind::WHITESPACE) {
            let kind = Kind::from(number);
            let name = format!("{kind:?}");
            let Some(word) = name.strip_suffix("_KW") else {
                continue;
            };
            let text = word.to_ascii_lowercase();
            let mut slot = hash(text.as_bytes());
            while words.slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            words.all.push(Keyword {
                free: is_free(kind),
                text,
                kind,
            });
            words.slots[slot] = words.all.len() as u16;
        }
        words
    }

    /// What a word is, and whether it can be the name of anything; none where it has letters beyond ASCII, of which squawk
    /// may think otherwise.
    fn find(&self, word: &[u8]) -> Option<(Kind, bool)> {
        let end = word.len();
        let mut at = 0;
        while at < end {
            if word[at] >= 0x80 || word[at] == b'$' {
                return None;
            }
            at += 1;
        }
        let slots = self.slots.as_slice();
        let mut slot = hash(word);
        loop {
            let place = slots[slot] as usize;
            if place == 0 {
                return Some((Kind::IDENT, true));
            }
            let keyword = &self.all[place - 1];
            if is_same(keyword.text.as_bytes(), word) {
                return Some((keyword.kind, keyword.free));
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// All keywords, for tests.
#[cfg(test)]
pub(super) fn keywords() -> Vec<String> {
    let all = Words::get().all.iter();
    all.map(|keyword| keyword.text.clone()).collect()
}

/// Of the letters, whatever their case.
fn hash(word: &[u8]) -> usize {
    let end = word.len();
    let (mut hash, mut at) = (0_usize, 0);
    while at < end {
        hash = (hash & 0xFF_FFFF) * 37 + (word[at] | 0x20) as usize;
        at += 1;
    }
    (hash ^ (hash >> 12)) % SLOTS
}

fn is_same(keyword: &[u8], word: &[u8]) -> bool {
    let end = keyword.len();
    if word.len() != end {
        return false;
    }
    let mut at = 0;
    while at < end {
        if keyword[at] != word[at].to_ascii_lowercase() {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether a keyword can be the name of anything, wherever a name stands here.
fn is_free(kind: Kind) -> bool {
    // These begin something else where a name could stand as well.
    let begins = matches!(
        kind,
        Kind::CASCADE_KW
            | Kind::CUBE_KW
            | Kind::CURRENT_KW
            | Kind::EXCLUDE_KW
            | Kind::GENERATED_KW
            | Kind::IF_KW
            | Kind::OPERATOR_KW
            | Kind::PERIOD_KW
            | Kind::RESTRICT_KW
            | Kind::ROLLUP_KW
    );
    let kept =
        is_reserved_keyword(kind) || is_col_name_keyword(kind) || is_type_func_name_keyword(kind);
    !(begins || kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_of_squawk_is_found() {
        let words = Words::get();
        assert!(words.all.len() > 500, "{}", words.all.len());
        for keyword in &words.all {
            let upper = keyword.text.to_ascii_uppercase();
            let lexed = squawk_parser::LexedStr::new(&upper);
            assert_eq!(lexed.errors().count(), 0, "{upper}");
            assert_eq!(
                words.find(upper.as_bytes()),
                Some((keyword.kind, keyword.free))
            );
        }
    }
}
