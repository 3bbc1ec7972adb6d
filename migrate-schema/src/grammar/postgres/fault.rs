//! What is wrong with the syntax of a statement, said plainly.

use std::ops::Range;

use squawk_syntax::{Parse, SourceFile, syntax_error::SyntaxError};

use super::{
    cst::Kind,
    dialect,
    repair::{self, Repair},
};
use crate::{
    Code, Dialect, Finding,
    lex::{self, Token, TokenKind},
};

/// The first thing that is wrong in a statement.
pub(super) fn find(text: &str, base: usize, parsed: &Parse<SourceFile>) -> Option<Finding> {
    let errors = parsed.errors();
    let error = errors
        .iter()
        .find(|error| !is_trigger_argument(parsed, error))?;
    let tokens: Vec<Token> = lex::tokens(text, Dialect::Postgres).collect();
    let foreign = dialect::find(text, &tokens);
    let is_foreign = foreign.is_some();
    let mut finding = foreign.unwrap_or_else(|| Fault::new(text, &tokens, error).finding());
    if !is_foreign && let Some(open) = errors.iter().find_map(|error| unclosed(text, error)) {
        finding = if open.1.start <= finding.range.start {
            Finding::new(Code::SqlSyntax, open.0, open.1).help(CLOSE_IT)
        } else {
            let (line, _) = crate::finding::line_and_column(text, open.1.start);
            finding.help(format!(
                "is a quote missing before it? The last one, in line {line} of the statement, is never closed"
            ))
        };
    }
    finding.range = base + finding.range.start..base + finding.range.end;
    if let Some(fix) = &mut finding.fix {
        fix.range = base + fix.range.start..base + fix.range.end;
    }
    Some(finding)
}

/// `EXECUTE FUNCTION f(DEFAULT)`: what a trigger gives to its function are words of any kind.
fn is_trigger_argument(parsed: &Parse<SourceFile>, error: &SyntaxError) -> bool {
    let root = parsed.syntax_node();
    let mut statements = root.children();
    error.message().starts_with("DEFAULT is not allowed")
        && statements.any(|statement| statement.kind() == Kind::CREATE_TRIGGER)
}

const CLOSE_IT: &str = "write the closing quote; a quote inside of it is written twice";

/// A string, name or comment that runs to the end of the text.
fn unclosed(text: &str, error: &SyntaxError) -> Option<(&'static str, Range<usize>)> {
    let message = error.message();
    let what = if message.contains("terminate the string") || message.contains("`'` symbol") {
        "this string is never closed"
    } else if message.contains("terminate the quoted identifier") {
        "this name is never closed"
    } else if message.contains("terminate the") {
        "this is never closed"
    } else {
        return None;
    };
    let start = usize::from(error.range().start());
    let line = text.get(start..)?.lines().next().unwrap_or_default();
    Some((what, start..start + line.len().max(1)))
}

/// An error of squawk's, and the token that it is about.
struct Fault<'a> {
    text: &'a str,
    tokens: &'a [Token],
    message: &'a str,
    /// The token that cannot stand where it stands; none where the statement ends too early.
    at: Option<usize>,
    range: Range<usize>,
}

impl<'a> Fault<'a> {
    fn new(text: &'a str, tokens: &'a [Token], error: &'a SyntaxError) -> Self {
        let range = error.range();
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        let mut at = tokens.iter().position(|token| token.end > start);
        // `ALTER x …`: the first word is right, what follows it is not.
        let is_statement = |at: usize| {
            tokens.get(at).is_some_and(|token| {
                ["alter", "create", "drop", "comment"]
                    .iter()
                    .any(|word| token.is_word(text, word))
            })
        };
        if at == Some(0) && is_statement(0) && tokens.len() > 1 {
            at = Some(1);
        }
        let range = if end > start && at != Some(1) {
            start..end
        } else {
            at.and_then(|at| tokens.get(at))
                .map_or(text.len()..text.len(), |token| token.start..token.end)
        };
        Self {
            text,
            tokens,
            message: error.message(),
            at,
            range,
        }
    }

    fn finding(&self) -> Finding {
        let place = self.at.unwrap_or(self.tokens.len());
        match repair::find(self.text, self.tokens, place, expected(self.message)) {
            Some(repair) => self.repaired(&repair),
            None => dialect::suspect(self.text, self.tokens)
                .or_else(|| {
                    let repair = repair::surplus(self.text, self.tokens, place)?;
                    Some(self.repaired(&repair))
                })
                .unwrap_or_else(|| self.plainly()),
        }
    }

    fn plainly(&self) -> Finding {
        let finding = Finding::new(Code::SqlSyntax, self.unexpected(), self.range.clone());
        let is = |at: usize, word| {
            let token = self.tokens.get(at);
            token.is_some_and(|token| token.is_word(self.text, word))
        };
        if is(0, "drop") && ["trigger", "policy", "rule"].iter().any(|kind| is(1, kind)) {
            return finding.help("it belongs to a table: write `ON table` behind its name");
        }
        let labels = self
            .tokens
            .iter()
            .take(6)
            .any(|token| token.is_word(self.text, "enum"));
        if is(0, "create") && labels {
            return finding.help("labels are text: write `'label'`");
        }
        finding
    }

    fn repaired(&self, repair: &Repair) -> Finding {
        let range = self
            .tokens
            .get(repair.token)
            .map_or(self.text.len()..self.text.len(), |token| {
                token.start..token.end
            });
        let finding =
            Finding::new(Code::SqlSyntax, repair.message.clone(), range).help(repair.help.clone());
        match &repair.fix {
            Some((range, text)) => finding.fix(range.clone(), text.clone()),
            None => finding,
        }
    }

    /// What to say where no small change mends it.
    fn unexpected(&self) -> String {
        let found = match self.at.and_then(|at| self.tokens.get(at)) {
            Some(token) => format!("unexpected {}", shown(self.text, *token)),
            None => "the statement ends too early".to_owned(),
        };
        match expected(self.message) {
            Some(Expected::Kind("a statement")) if self.at.is_some_and(|at| at > 0) => found,
            Some(expected) => format!("{found}: expected {}", expected.shown()),
            None => match plain(self.message) {
                Some(rule) => format!("{found}: {rule}"),
                None => found,
            },
        }
    }
}

/// A token in a message; a long one is cut.
pub(super) fn shown(text: &str, token: Token) -> String {
    let own = token.text(text);
    let line = own.lines().next().unwrap_or_default();
    let short: String = line.chars().take(30).collect();
    let dots = if short.len() < own.len() { "…" } else { "" };
    match token.kind {
        TokenKind::Text => format!("the string `{short}{dots}`"),
        _ => format!("`{short}{dots}`"),
    }
}

/// What squawk expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// This word or sign.
    Token(String),
    /// Something of this kind.
    Kind(&'static str),
}

impl Expected {
    fn shown(&self) -> String {
        match self {
            Self::Token(token) => format!("`{token}`"),
            Self::Kind(kind) => (*kind).to_owned(),
        }
    }
}

/// Reads `expected R_PAREN`, `expected ON_KW`, `expected type name, found …`.
fn expected(message: &str) -> Option<Expected> {
    let lower = message.to_ascii_lowercase();
    if lower.contains("missing semicolon") {
        return Some(Expected::Token(";".to_owned()));
    }
    if lower.starts_with("missing comma") {
        return Some(Expected::Token(",".to_owned()));
    }
    let rest = message
        .strip_prefix("expected ")
        .or_else(|| message.strip_prefix("Expected "))?;
    let what = rest.split(',').next().unwrap_or(rest).trim();
    if let Some(word) = what.strip_suffix("_KW") {
        return Some(Expected::Token(word.to_owned()));
    }
    let sign = match what {
        "R_PAREN" => ")",
        "L_PAREN" => "(",
        "COMMA" => ",",
        "EQ" => "=",
        "DOT" => ".",
        "SEMICOLON" => ";",
        "COLON" => ":",
        "R_BRACK" => "]",
        "L_BRACK" => "[",
        "STAR" => "*",
        "R_ANGLE" => ">",
        _ => return kind(what).map(Expected::Kind),
    };
    Some(Expected::Token(sign.to_owned()))
}

fn kind(what: &str) -> Option<&'static str> {
    Some(match what {
        "command" => "a statement",
        "an expression" | "expression" | "expression after comma" => "an expression",
        "path name" | "name" | "IDENT" | "name_ref" | "identifier" => "a name",
        "column list" => "a list of columns in brackets",
        "type name" | "type" => "a type",
        "table relation name" | "relation name" => "the name of a table",
        "string literal" | "STRING" => "a string",
        "alter column option" => {
            "what to change of the column: `TYPE`, `SET DEFAULT`, `SET NOT NULL`, `DROP DEFAULT`, `DROP NOT NULL`, …"
        }
        "select stmt" => "a query",
        "param list" => "the arguments in brackets",
        "from item" => "a table or a query",
        "function option" => "`LANGUAGE`, `AS` or another option of the function",
        "foreign key action" => "`CASCADE`, `RESTRICT`, `NO ACTION`, `SET NULL` or `SET DEFAULT`",
        "at least one item" => "at least one of what stands there",
        _ => return None,
    })
}

/// A rule that squawk states in words of its own.
fn plain(message: &str) -> Option<String> {
    let is_plain = message.contains(' ')
        && !message.contains("_KW")
        && !message.chars().any(|c| c == '_')
        && !message.starts_with("expected")
        && !message.starts_with("unexpected");
    let mut chars = message.trim_end_matches('.').chars();
    let first = chars.next().filter(|_| is_plain)?;
    Some(first.to_lowercase().chain(chars).collect())
}
