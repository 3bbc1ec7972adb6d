//! Tokens in the form in which two texts are compared: no quotes, no case where the dialect has none.

use crate::{
    Dialect,
    lex::{self, TokenKind},
};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a name without quotes, in lower case.
    Word(String),
    /// A name in quotes, without them; in lower case where the dialect's names have no case.
    Name(String),
    /// A text, without its quotes and escapes.
    Text(String),
    /// Bytes: hexadecimal digits in lower case.
    Bytes(String),
    /// A number, in lower case.
    Number(String),
    /// An operator or a separator.
    Symbol(String),
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text == word)
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(text) if text == symbol)
    }

    /// What a name or a word says.
    pub(super) fn as_name(&self) -> Option<&str> {
        match self {
            Self::Word(text) | Self::Name(text) => Some(text),
            _ => None,
        }
    }
}

const OPERATORS: [&str; 16] = [
    "<=>", "->>", ":=", "::", "<=", ">=", "<>", "!=", "==", "<<", ">>", "||", "&&", "->", "=>",
    "..",
];

/// The tokens of a text.
pub(super) fn tokens(sql: &str, dialect: Dialect) -> Vec<Token> {
    let raw: Vec<lex::Token> = lex::tokens(sql, dialect).collect();
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(token) = raw.get(at) {
        let next = raw.get(at + 1);
        let adjacent = next.filter(|next| next.start == token.end);
        let text = token.text(sql);
        at += 1;
        match token.kind {
            // MySQL's word for the character set of the text behind it.
            TokenKind::Word
                if dialect == Dialect::Mysql
                    && text.starts_with('_')
                    && next.is_some_and(|next| next.kind == TokenKind::Text) => {}
            TokenKind::Word => out.push(Token::Word(text.to_lowercase())),
            TokenKind::QuotedName => out.push(Token::Name(name(text, dialect))),
            TokenKind::Text => out.push(literal(text, dialect)),
            TokenKind::Number => {
                let mut number = text.to_ascii_lowercase();
                let sign = adjacent.map(|next| next.text(sql));
                if open_exponent(&number) && matches!(sign, Some("+" | "-")) {
                    let digits = raw.get(at + 1).map_or("", |digits| digits.text(sql));
                    number = format!("{number}{}{digits}", sign.unwrap_or_default());
                    at += 2;
                }
                out.push(number_of(number));
            }
            TokenKind::Symbol
                if text == "."
                    && adjacent.is_some_and(|next| next.kind == TokenKind::Number)
                    && begins_number(out.last()) =>
            {
                let digits = adjacent.map_or("", |next| next.text(sql));
                out.push(Token::Number(format!("0.{}", digits.to_ascii_lowercase())));
                at += 1;
            }
            TokenKind::Symbol => {
                let end = operator(sql, token.start, dialect);
                let whole = sql.get(token.start..end).unwrap_or(text);
                while raw.get(at).is_some_and(|next| next.start < end) {
                    at += 1;
                }
                out.push(Token::Symbol(whole.to_owned()));
            }
            TokenKind::Hint => {}
        }
    }
    out
}

/// A point stands before the digits of a number, and not between two names.
fn begins_number(before: Option<&Token>) -> bool {
    match before {
        None => true,
        Some(Token::Symbol(text)) => text != ")" && text != "]",
        Some(Token::Word(_)) => true,
        Some(_) => false,
    }
}

fn open_exponent(number: &str) -> bool {
    number.strip_suffix('e').is_some_and(|mantissa| {
        !mantissa.is_empty() && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

fn number_of(number: String) -> Token {
    match number.strip_prefix("0x") {
        Some(digits) => Token::Bytes(digits.to_owned()),
        None => Token::Number(number),
    }
}

/// Where the operator that begins here ends.
fn operator(sql: &str, start: usize, dialect: Dialect) -> usize {
    let rest = sql.get(start..).unwrap_or_default();
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if let Some(known) = OPERATORS.iter().find(|known| rest.starts_with(**known))
        && (dialect != Dialect::Postgres || matches!(*known, "::" | ":=" | ".." | "=>"))
    {
        return start + known.len();
    }
    if dialect != Dialect::Postgres {
        return start + first;
    }
    let is_part = |c: char| "+-*/<>=~!@#%^&|`?".contains(c);
    let run: &str = &rest[..rest.find(|c: char| !is_part(c)).unwrap_or(rest.len())];
    // A comment begins inside a run of such characters.
    let comment = run.find("--").into_iter().chain(run.find("/*")).min();
    let mut run = &run[..comment.unwrap_or(run.len())];
    while run.len() > 1
        && run.ends_with(['+', '-'])
        && !run.contains(|c: char| "~!@#%^&|`?".contains(c))
    {
        run = &run[..run.len() - 1];
    }
    start + run.len().max(first)
}

/// A name without its quotes.
fn name(written: &str, dialect: Dialect) -> String {
    let quote = written.chars().next().unwrap_or('"');
    let inner = inner(written);
    let text = match quote {
        '[' => inner.to_owned(),
        _ => inner.replace(&format!("{quote}{quote}"), &quote.to_string()),
    };
    match dialect {
        Dialect::Postgres => text,
        Dialect::Sqlite | Dialect::Mysql => text.to_lowercase(),
    }
}

/// What stands between the first and the last character.
fn inner(written: &str) -> &str {
    let mut chars = written.chars();
    chars.next();
    chars.next_back();
    chars.as_str()
}

fn literal(written: &str, dialect: Dialect) -> Token {
    if let Some(rest) = written.strip_prefix('$') {
        let tag = rest.find('$').map_or(0, |at| at + 2);
        let end = written.len().saturating_sub(tag).max(tag);
        return Token::Text(written.get(tag..end).unwrap_or_default().to_owned());
    }
    let prefix = written.chars().next().map(|c| c.to_ascii_lowercase());
    let prefix = prefix.filter(char::is_ascii_alphabetic);
    let quoted = prefix.map_or(written, |_| &written[1..]);
    match prefix {
        Some('x') => Token::Bytes(inner(quoted).to_ascii_lowercase()),
        Some('b') => match i64::from_str_radix(inner(quoted), 2) {
            Ok(number) if dialect == Dialect::Mysql => Token::Number(number.to_string()),
            _ => Token::Bytes(format!("b{}", inner(quoted))),
        },
        _ => {
            let escapes = dialect == Dialect::Mysql || prefix == Some('e');
            Token::Text(unescaped(quoted, escapes))
        }
    }
}

fn unescaped(quoted: &str, escapes: bool) -> String {
    let quote = quoted.chars().next().unwrap_or('\'');
    let mut out = String::with_capacity(quoted.len());
    let mut chars = inner(quoted).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if escapes => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('0') => out.push('\0'),
                Some(other) => out.push(other),
                None => {}
            },
            c if c == quote && chars.peek() == Some(&quote) => {
                chars.next();
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(sql: &str, dialect: Dialect) -> String {
        let all = tokens(sql, dialect);
        let words: Vec<String> = all.iter().map(|token| format!("{token:?}")).collect();
        words.join(" ").replace("\")", ")").replace("(\"", "(")
    }

    #[test]
    fn what_a_token_says_is_told_without_its_quotes() {
        assert_eq!(
            shown("\"Ab\" CD E'a\\'b' 'c''d' $x$e$x$", Dialect::Postgres),
            "Name(Ab) Word(cd) Text(a'b) Text(c'd) Text(e)"
        );
        assert_eq!(
            shown("`Ab` _utf8mb4'c' \"d\" b'101' 0xFF", Dialect::Mysql),
            "Name(ab) Text(c) Text(d) Number(5) Bytes(ff)"
        );
    }

    #[test]
    fn operators_and_numbers_are_whole() {
        assert_eq!(
            shown("a->>'b'!~~*-1", Dialect::Postgres),
            "Word(a) Symbol(->>) Text(b) Symbol(!~~*-) Number(1)"
        );
        assert_eq!(
            shown("a=-1e-5", Dialect::Postgres),
            "Word(a) Symbol(=) Symbol(-) Number(1e-5)"
        );
        assert_eq!(
            shown("a<=-.5", Dialect::Sqlite),
            "Word(a) Symbol(<=) Symbol(-) Number(0.5)"
        );
    }

    proptest! {
        #[test]
        fn any_text_has_tokens(sql in "\\PC*|[-'\"$*/a\\\\;.e0é\\[\\]`xb:<>=!~]{0,40}") {
            for dialect in Dialect::ALL {
                tokens(&sql, dialect);
            }
        }
    }
}
