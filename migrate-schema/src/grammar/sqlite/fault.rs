//! What SQLite's own grammar refuses, and where.

use std::ops::Range;

use sqlite3_parser::{
    Bump, FallibleIterator,
    lexer::sql::{Error as SqliteError, Parser as SqliteParser, ParserError as SqliteParserError},
};

use crate::{Code, Dialect, Finding, Statement, lex, nearest};

/// The verdict on the syntax of a statement.
pub(super) enum Verdict {
    /// It is good.
    Good,
    /// It is wrong.
    Wrong(Box<Finding>),
    /// A column is listed or made twice, which is not the grammar's affair, and behind which the parser does not look.
    /// What it says counts only where nothing else can be told.
    Unfinished(Box<Finding>),
}

/// What is wrong with the syntax of a statement.
pub(super) fn verdict(sql: &str, statement: Statement) -> Verdict {
    let text = statement.text(sql);
    let bump = Bump::new();
    let mut parser = SqliteParser::new(&bump, text.as_bytes());
    loop {
        match parser.next() {
            Ok(Some(_)) => {}
            Ok(None) => return Verdict::Good,
            Err(SqliteError::ParserError(SqliteParserError::Custom(message), _))
                if message.ends_with("specified more than once")
                    || message.starts_with("duplicate column name") =>
            {
                let range = statement.start..statement.end;
                let finding = finding(sql, statement, message, range);
                return Verdict::Unfinished(Box::new(finding));
            }
            Err(error) => {
                let (message, range) = place(text, &error);
                let range = statement.start + range.start..statement.start + range.end;
                return Verdict::Wrong(Box::new(finding(sql, statement, message, range)));
            }
        }
    }
}

/// What stands here cannot stand here.
pub(super) fn near(sql: &str, statement: Statement, range: Range<usize>) -> Finding {
    let near = sql.get(range.clone()).unwrap_or_default();
    let message = format!("near \"{near}\": syntax error");
    finding(sql, statement, message, range)
}

fn finding(sql: &str, statement: Statement, message: String, range: Range<usize>) -> Finding {
    let help = missing_separator(sql, statement, &range).or_else(|| misspelt(sql, &range));
    let finding = Finding::new(Code::SqlSyntax, message, range);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// A word that is nearly a keyword, and none, was probably meant to be it.
fn misspelt(sql: &str, range: &Range<usize>) -> Option<String> {
    const KEYWORDS: &str = "ADD ALTER AND AS ASC AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CHECK COLLATE COLUMN \
        CONFLICT CONSTRAINT CREATE CURRENT_TIMESTAMP DEFAULT DELETE DESC DISTINCT DROP ELSE END EXISTS FOREIGN FROM \
        GENERATED GROUP HAVING INDEX INSERT INSTEAD INTO JOIN KEY LIKE LIMIT NOT NULL ORDER PRAGMA PRIMARY REFERENCES \
        REINDEX RENAME REPLACE RESTRICT ROWID SELECT SET STRICT TABLE TEMPORARY THEN TRIGGER UNION UNIQUE UPDATE USING \
        VACUUM VALUES VIEW VIRTUAL WHEN WHERE WITHOUT";
    let word = sql.get(range.clone()).filter(|word| word.len() > 2)?;
    let near = nearest(word, KEYWORDS.split_whitespace())?;
    (!near.eq_ignore_ascii_case(word)).then(|| format!("did you mean `{near}`?"))
}

/// A statement keyword at the start of a later line mostly means that a `;` was forgotten before it.
fn missing_separator(sql: &str, statement: Statement, range: &Range<usize>) -> Option<String> {
    const STARTS: [&str; 9] = [
        "alter", "create", "delete", "drop", "insert", "pragma", "select", "update", "with",
    ];
    let word = sql.get(range.clone())?;
    let before = sql.get(statement.start..range.start)?;
    let first_of_line = before
        .rfind('\n')
        .is_some_and(|at| before[at..].trim().is_empty());
    let starts = STARTS.iter().any(|start| word.eq_ignore_ascii_case(start));
    (first_of_line && starts).then(|| format!("is a `;` missing before `{word}`?"))
}

fn place(text: &str, error: &SqliteError) -> (String, Range<usize>) {
    let (message, position) = match error {
        SqliteError::ParserError(e, _) if is_end(e) => {
            return ("the statement ends too early".to_owned(), last_token(text));
        }
        SqliteError::ParserError(SqliteParserError::SyntaxError(near), position) => {
            (format!("near \"{near}\": syntax error"), position)
        }
        SqliteError::ParserError(SqliteParserError::Custom(message), position) => {
            (message.clone(), position)
        }
        SqliteError::UnterminatedLiteral(position) => {
            ("a quote is not closed".to_owned(), position)
        }
        SqliteError::UnterminatedBracket(position) => ("a `[` is not closed".to_owned(), position),
        SqliteError::UnterminatedBlockComment(position) => {
            ("a `/*` is not closed".to_owned(), position)
        }
        SqliteError::BadVariableName(position) => {
            ("a parameter without a name".to_owned(), position)
        }
        SqliteError::BadNumber(position) => ("a number that is none".to_owned(), position),
        SqliteError::ExpectedEqualsSign(position) => ("`!` without `=`".to_owned(), position),
        SqliteError::MalformedBlobLiteral(position) => {
            ("a blob literal that is none".to_owned(), position)
        }
        SqliteError::MalformedHexInteger(position) => {
            ("a hexadecimal number that is none".to_owned(), position)
        }
        SqliteError::UnrecognizedToken(position) => ("unrecognized token".to_owned(), position),
        other => return (other.to_string(), 0..text.len()),
    };
    let range = match position {
        // The parser counts columns in bytes.
        Some(p) => token_at(
            text,
            (start_of_line(text, p.line) + p.column - 1).min(text.len()),
        ),
        None => 0..text.len(),
    };
    (message, range)
}

/// The first byte of a line, which is counted from 1.
fn start_of_line(text: &str, line: usize) -> usize {
    match line {
        0 | 1 => 0,
        _ => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(at, _)| at + 1),
    }
}

fn token_at(text: &str, offset: usize) -> Range<usize> {
    let token = lex::tokens(text, Dialect::Sqlite).find(|t| t.end > offset);
    token.map_or(offset..text.len(), |t| t.start.max(offset)..t.end)
}

/// At the end of the text the grammar names an empty token.
fn is_end(error: &SqliteParserError) -> bool {
    match error {
        SqliteParserError::UnexpectedEof => true,
        SqliteParserError::SyntaxError(near) => near.is_empty(),
        SqliteParserError::Custom(_) => false,
    }
}

fn last_token(text: &str) -> Range<usize> {
    lex::tokens(text, Dialect::Sqlite)
        .last()
        .map_or(0..text.len(), |t| t.start..t.end)
}
