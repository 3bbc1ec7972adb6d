//! Markers: comments that say what a part of a file is for.

use std::ops::Range;

use super::section::start_of_next_line;
use crate::{Dialect, lex, nearest};

/// Whose markers a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Marked {
    Goose,
    Dbmate,
    Undo,
}

impl Marked {
    pub(super) const ALL: [Self; 3] = [Self::Goose, Self::Dbmate, Self::Undo];

    /// The first marker that a file of it needs.
    pub(super) const fn first(self) -> &'static str {
        match self {
            Self::Goose => "-- +goose Up",
            Self::Dbmate => "-- migrate:up",
            Self::Undo => "-- @UNDO",
        }
    }

    /// The word that all of its markers have.
    const fn word(self) -> &'static str {
        match self {
            Self::Goose => "+goose",
            Self::Dbmate => "migrate:",
            Self::Undo => "@undo",
        }
    }

    pub(super) const fn tool(self) -> &'static str {
        match self {
            Self::Goose => "goose",
            Self::Dbmate => "dbmate",
            Self::Undo => "`-- @UNDO`",
        }
    }
}

/// A marker, and its line without white space around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) what: What,
    pub(super) line: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Up {
        transaction: bool,
    },
    Down {
        transaction: bool,
    },
    Begin,
    End,
    NoTransaction,
    Template,
    /// No such marker.
    Unknown(String),
}

/// Whose markers a text has; the first of them where it has several.
pub(super) fn marked(text: &str, dialect: Dialect) -> Option<Marked> {
    let of = |marked: &Marked| {
        markers(text, *marked, dialect)
            .first()
            .map(|marker| marker.line.start)
    };
    let found = Marked::ALL
        .iter()
        .filter_map(|marked| Some((of(marked)?, *marked)));
    found.min().map(|(_, marked)| marked)
}

/// The markers of one kind, in order.
pub(super) fn markers(text: &str, marked: Marked, dialect: Dialect) -> Vec<Marker> {
    let word = marked.word();
    let has_word = |line: &str| {
        let bytes = line.as_bytes().windows(word.len());
        bytes
            .into_iter()
            .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    if !has_word(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.starts_with("--") && has_word(trimmed) {
            let at = start + (line.len() - line.trim_start().len());
            let what = match marked {
                Marked::Goose => goose(trimmed),
                Marked::Dbmate => dbmate(trimmed),
                Marked::Undo => undo_marker(trimmed),
            };
            let line = at..at + trimmed.len();
            found.extend(what.map(|what| Marker { what, line }));
        }
        start += line.len();
    }
    if marked == Marked::Undo && !found.is_empty() {
        let comments = comments(text, dialect);
        found.retain(|marker| comments.binary_search(&marker.line.start).is_ok());
    }
    found
}

fn goose(line: &str) -> Option<What> {
    let words: Vec<String> = line
        .trim_start_matches('-')
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let (first, rest) = words.split_first()?;
    if first != "+goose" {
        return None;
    }
    let rest = rest.join(" ");
    Some(match rest.as_str() {
        "up" => What::Up { transaction: true },
        "down" => What::Down { transaction: true },
        "statementbegin" => What::Begin,
        "statementend" => What::End,
        "no transaction" => What::NoTransaction,
        "envsub on" | "envsubst on" => What::Template,
        "envsub off" | "envsubst off" => return None,
        other => {
            let known = [
                "Up",
                "Down",
                "StatementBegin",
                "StatementEnd",
                "NO TRANSACTION",
            ];
            let near = nearest(other, known).unwrap_or("Up");
            What::Unknown(format!("did you mean `-- +goose {near}`?"))
        }
    })
}

fn dbmate(line: &str) -> Option<What> {
    let mut words = line.trim_start_matches('-').split_whitespace();
    let first = words.next()?;
    let transaction = !words.any(|option| option == "transaction:false");
    match first {
        "migrate:up" => Some(What::Up { transaction }),
        "migrate:down" => Some(What::Down { transaction }),
        _ => {
            let name = first.get(.."migrate:".len())?;
            if !name.eq_ignore_ascii_case("migrate:") {
                return None;
            }
            let near = nearest(first, ["migrate:up", "migrate:down"]).unwrap_or("migrate:up");
            Some(What::Unknown(format!("did you mean `-- {near}`?")))
        }
    }
}

fn undo_marker(line: &str) -> Option<What> {
    let words = line.trim_start_matches('-').trim_start();
    let rest = words.get("@undo".len()..)?;
    if !words.get(.."@undo".len())?.eq_ignore_ascii_case("@undo") {
        return None;
    }
    Some(match rest.trim() {
        "" => What::Down { transaction: true },
        _ if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => return None,
        _ => What::Unknown("write nothing else on the line of `-- @UNDO`".to_owned()),
    })
}

/// Where line comments begin, in order.
fn comments(text: &str, dialect: Dialect) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in lex::tokens(text, dialect) {
        gap(text, at..token.start, dialect, &mut found);
        at = token.end;
    }
    gap(text, at..text.len(), dialect, &mut found);
    found
}

/// The line comments of a gap between tokens, in which there is nothing but white space and comments.
fn gap(text: &str, range: Range<usize>, dialect: Dialect, found: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    let mut at = range.start;
    while at < range.end {
        let line_comment = bytes[at..].starts_with(b"--") || bytes[at] == b'#';
        if line_comment {
            found.push(at);
            at = start_of_next_line(text, at);
        } else if bytes[at..].starts_with(b"/*") {
            at = end_of_comment(bytes, at, dialect);
        } else {
            at += 1;
        }
    }
}

fn end_of_comment(bytes: &[u8], start: usize, dialect: Dialect) -> usize {
    let (mut depth, mut at) = (1_usize, start + 2);
    while depth > 0 && at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
            (b'/', Some(b'*')) if dialect == Dialect::Postgres => (depth, at) = (depth + 1, at + 2),
            _ => at += 1,
        }
    }
    at
}
