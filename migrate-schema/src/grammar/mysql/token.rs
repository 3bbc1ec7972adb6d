//! MySQL's tokens, made from those of the frozen lexer: operators of several characters, variables, numbers with an
//! exponent, names that begin with a digit, and the content of comments that the server executes.

use std::ops::Range;

use crate::{
    Dialect,
    lex::{self, TokenKind},
    settings::Product,
};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in backticks.
    Quoted,
    /// A string, with its prefix and quotes.
    Text,
    /// A number.
    Number,
    /// `@a`, `@@global.a`, `@'a'`.
    Variable,
    /// An operator or a separator.
    Symbol,
    /// The end of the statement.
    End,
}

/// A token: its kind and its bytes in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) const fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The tokens of a statement.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    /// Some stood in a comment that only certain servers execute.
    pub(super) versioned: bool,
    /// Where a quote or a comment is opened and not closed.
    pub(super) unclosed: Option<(usize, char)>,
}

const OPERATORS: [&str; 12] = [
    "<=>", "->>", ":=", "<=", ">=", "<>", "!=", "<<", ">>", "||", "&&", "->",
];

/// Takes `sql[range]` apart.
pub(super) fn tokens(sql: &str, range: Range<usize>, product: Product) -> Tokens {
    let mut reader = Reader {
        sql,
        product,
        out: Tokens::default(),
    };
    reader.read(range);
    reader.drop_empty_comment();
    reader.out
}

struct Reader<'a> {
    sql: &'a str,
    product: Product,
    out: Tokens,
}

impl Reader<'_> {
    fn read(&mut self, range: Range<usize>) {
        let text = self.sql.get(range.clone()).unwrap_or_default();
        for token in lex::tokens(text, Dialect::Mysql) {
            let (start, end) = (range.start + token.start, range.start + token.end);
            match token.kind {
                TokenKind::Hint => self.hint(start, end),
                TokenKind::Text => self.text(start, end),
                TokenKind::QuotedName => {
                    self.unclosed(start, end, '`');
                    self.push(Kind::Quoted, start, end);
                }
                TokenKind::Word => self.push(Kind::Word, start, end),
                TokenKind::Number => self.number(start, end),
                TokenKind::Symbol => {
                    self.push(Kind::Symbol, start, end);
                }
            }
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let joined = self.join(kind, start, end);
        if !joined {
            self.out.tokens.push(Token { kind, start, end });
        }
    }

    /// Joins a token to the one right before it, where both are one in MySQL.
    fn join(&mut self, kind: Kind, start: usize, end: usize) -> bool {
        let sql = self.sql;
        let last_is = |token: &Token, text: &str| sql.get(token.range()) == Some(text);
        let count = self.out.tokens.len();
        let before_last = count.checked_sub(2).map(|at| self.out.tokens[at]);
        let Some(last) = self.out.tokens.last_mut().filter(|last| last.end == start) else {
            return false;
        };
        let new = &sql[start..end];
        let joins = match (last.kind, kind) {
            (Kind::Symbol, Kind::Symbol) => {
                let both = &sql[last.start..end];
                let at_sign = both == "@@";
                at_sign || OPERATORS.contains(&both) || both == "--"
            }
            (Kind::Symbol, Kind::Word | Kind::Quoted | Kind::Text | Kind::Number) => {
                let variable = last_is(last, "@") || last_is(last, "@@");
                let fraction = kind == Kind::Number
                    && last_is(last, ".")
                    && before_last.is_none_or(|before| {
                        before.end != last.start || before.kind == Kind::Symbol
                    });
                if variable {
                    last.kind = Kind::Variable;
                } else if fraction {
                    last.kind = Kind::Number;
                }
                variable || fraction
            }
            (Kind::Variable, Kind::Symbol) => new == ".",
            (Kind::Variable, Kind::Word | Kind::Quoted | Kind::Number) => {
                sql[last.range()].ends_with('.')
            }
            // `1e` `-` `5`
            (Kind::Number, Kind::Symbol) => {
                (new == "-" || new == "+") && is_open_exponent(&sql[last.range()])
            }
            (Kind::Number, Kind::Number) => sql[last.range()].ends_with(['-', '+']),
            _ => false,
        };
        // Two minus signs are two, unless nothing follows: that is seen at the end.
        let joins = joins && &sql[last.start..end] != "--";
        if joins {
            last.end = end;
        }
        joins
    }

    fn text(&mut self, start: usize, end: usize) {
        let text = &self.sql[start..end];
        let prefixed = !text.starts_with(['\'', '"']);
        if prefixed && !text.starts_with(['b', 'B', 'x', 'X', 'n', 'N']) {
            self.push(Kind::Word, start, start + 1);
            return self.text(start + 1, end);
        }
        let quote = start + usize::from(prefixed);
        let with = if text.starts_with('"') { '"' } else { '\'' };
        self.unclosed(quote, end, with);
        self.push(Kind::Text, start, end);
    }

    /// Notes a quote at `start` that runs to `end` and is not closed there.
    fn unclosed(&mut self, start: usize, end: usize, quote: char) {
        let bytes = self.sql.as_bytes();
        let quote_byte = quote as u8;
        let mut at = start + 1;
        while at < end {
            match bytes[at] {
                b'\\' if quote != '`' => at += 2,
                b if b == quote_byte && at + 1 < end && bytes[at + 1] == quote_byte => at += 2,
                b if b == quote_byte => return,
                _ => at += 1,
            }
        }
        self.out.unclosed.get_or_insert((start, quote));
    }

    /// A number, or names that begin with a digit.
    fn number(&mut self, start: usize, end: usize) {
        let text = &self.sql[start..end];
        // `1e` is a number before a sign and a digit, and a name else.
        let signed = matches!(
            self.sql.as_bytes().get(end..end + 2),
            Some([b'+' | b'-', b'0'..=b'9'])
        );
        if is_number(text) || (signed && is_open_exponent(text)) {
            return self.push(Kind::Number, start, end);
        }
        let mut at = start;
        for part in text.split_inclusive('.') {
            let name = part.trim_end_matches('.');
            if !name.is_empty() {
                let digits = name.bytes().all(|b| b.is_ascii_digit());
                let kind = if digits { Kind::Number } else { Kind::Word };
                self.push(kind, at, at + name.len());
            }
            if part.ends_with('.') {
                self.push(Kind::Symbol, at + part.len() - 1, at + part.len());
            }
            at += part.len();
        }
    }

    /// `/*+ … */` says nothing to the grammar; `/*! … */` is SQL, if the server is new enough.
    fn hint(&mut self, start: usize, end: usize) {
        let text = &self.sql[start..end];
        if !text.ends_with("*/") || text.len() < 5 {
            self.out.unclosed.get_or_insert((start, '*'));
            return;
        }
        if text.as_bytes()[2] == b'+' {
            return;
        }
        let digits = text[3..].bytes().take_while(u8::is_ascii_digit).count();
        let version = text[3..3 + digits].parse::<u32>().unwrap_or(0);
        let runs = match self.product {
            // MariaDB leaves out what is for a MySQL that it has never followed.
            Product::Mariadb | Product::Galera => !(50_700..=99_999).contains(&version),
            _ => version < 100_000,
        };
        if runs {
            // Whether it is executed is known of what all servers are new enough for.
            self.out.versioned |= version >= 50_600;
            self.read(start + 3 + digits..end - 2);
        }
    }

    /// `--` begins a comment at the end of the text too.
    fn drop_empty_comment(&mut self) {
        if let [.., a, b] = self.out.tokens.as_slice()
            && a.end == b.start
            && &self.sql[a.start..b.end] == "--"
        {
            let left = self.out.tokens.len() - 2;
            self.out.tokens.truncate(left);
        }
    }
}

/// `1`, `1.5`, `1.`, `1e5`, `0xFF`, `0b01`.
fn is_number(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix("0x") {
        return !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(rest) = text.strip_prefix("0b") {
        return !rest.is_empty() && rest.bytes().all(|b| matches!(b, b'0' | b'1'));
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|part| !part.is_empty() && digits(part))
}

fn is_open_exponent(text: &str) -> bool {
    text.strip_suffix(['e', 'E']).is_some_and(|mantissa| {
        let plain = mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        plain && mantissa.bytes().any(|b| b.is_ascii_digit())
    })
}

/// A string without its prefix and quotes.
pub(super) fn unquote(written: &str) -> String {
    let text = written.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        return written.to_owned();
    };
    let inner = text
        .get(1..text.len().saturating_sub(1))
        .unwrap_or_default();
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('0') => out.push('\0'),
                Some(other @ ('%' | '_')) => out.extend(['\\', other]),
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

    fn texts(sql: &str) -> Vec<(Kind, &str)> {
        tokens(sql, 0..sql.len(), Product::Mysql)
            .tokens
            .iter()
            .map(|t| (t.kind, &sql[t.range()]))
            .collect()
    }

    #[test]
    fn what_belongs_together_is_one() {
        use Kind::*;
        assert_eq!(
            texts("a<=>b ->> @x:=@@global.y"),
            [
                (Word, "a"),
                (Symbol, "<=>"),
                (Word, "b"),
                (Symbol, "->>"),
                (Variable, "@x"),
                (Symbol, ":="),
                (Variable, "@@global.y")
            ]
        );
        assert_eq!(
            texts("1e-5 .5 t.5a 2fa 0x1F 1 - 2 a.2fa.b"),
            [
                (Number, "1e-5"),
                (Number, ".5"),
                (Word, "t"),
                (Symbol, "."),
                (Word, "5a"),
                (Word, "2fa"),
                (Number, "0x1F"),
                (Number, "1"),
                (Symbol, "-"),
                (Number, "2"),
                (Word, "a"),
                (Symbol, "."),
                (Word, "2fa"),
                (Symbol, "."),
                (Word, "b"),
            ]
        );
        assert_eq!(
            texts("`r`@'%' N'a' e'b' < = 5--3 --"),
            [
                (Quoted, "`r`"),
                (Variable, "@'%'"),
                (Text, "N'a'"),
                (Word, "e"),
                (Text, "'b'"),
                (Symbol, "<"),
                (Symbol, "="),
                (Number, "5"),
                (Symbol, "-"),
                (Symbol, "-"),
                (Number, "3"),
            ]
        );
    }

    #[test]
    fn executed_comments_are_sql() {
        assert_eq!(
            texts("/*!40101 SET a */ /*+ x */ /*!100100 b */"),
            [(Kind::Word, "SET"), (Kind::Word, "a")]
        );
        let sql = "a /*!80013 b */";
        assert!(tokens(sql, 0..sql.len(), Product::Mysql).versioned);
        assert_eq!(tokens(sql, 0..sql.len(), Product::Mariadb).tokens.len(), 1);
    }

    #[test]
    fn what_is_not_closed_is_found() {
        for (sql, at) in [
            ("a 'b", 2),
            ("a `b", 2),
            ("\"b", 0),
            ("x'0", 1),
            ("'a\\'", 0),
            ("/*! a", 0),
        ] {
            let found = tokens(sql, 0..sql.len(), Product::Mysql).unclosed;
            assert_eq!(found.map(|(at, _)| at), Some(at), "{sql}");
        }
        for sql in ["'a''b'", "'a\\\\'", "`a``b`", "''", "\"\""] {
            assert_eq!(
                tokens(sql, 0..sql.len(), Product::Mysql).unclosed,
                None,
                "{sql}"
            );
        }
    }
}
