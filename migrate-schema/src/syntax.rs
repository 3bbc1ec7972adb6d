//! The verdict on the syntax of SQL text: SQLite's own grammar for SQLite, `sqlparser` for the others.
//!
//! `sqlparser` knows a part of what SQLite takes, so for SQLite it never gives the verdict: a statement that
//! it cannot read is *opaque*, which means that no syntax tree of it exists, and is no error.

use std::ops::Range;

use bumpalo::Bump;
use fallible_iterator::FallibleIterator;
use sqlite3_parser::lexer::sql::{
    Error as SqliteError, Parser as SqliteParser, ParserError as SqliteParserError,
};
use sqlparser::{
    dialect::{Dialect as ParserDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect},
    parser::{Parser, ParserError},
};

use crate::{Code, Dialect, Finding, Statement, StatementKind, lex, nearest, statement::split};

/// A statement and whether a syntax tree of it can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The statement.
    pub statement: Statement,
    /// Valid, but `sqlparser` cannot read it.
    pub opaque: bool,
}

/// Checks every statement of a text.
///
/// ```
/// use migrate_schema::{Dialect, syntax};
/// let (statements, findings) = syntax::check("PRAGMA foreign_keys=off; SELEC 1", Dialect::Sqlite);
/// assert!(statements[0].opaque);
/// assert_eq!(findings[0].message, "near \"SELEC\": syntax error");
/// ```
pub fn check(sql: &str, dialect: Dialect) -> (Vec<Checked>, Vec<Finding>) {
    let mut checked = Vec::new();
    let mut findings = Vec::new();
    for statement in split(sql, dialect) {
        let text = statement.text(sql);
        let tree = parses(text, dialect);
        let fault = match dialect {
            Dialect::Sqlite => sqlite_fault(text),
            Dialect::Postgres | Dialect::Mysql => {
                tree.as_ref().err().map(|e| parser_fault(text, e))
            }
        };
        findings.extend(fault.map(|fault| finding(sql, statement, fault)));
        checked.push(Checked {
            statement,
            opaque: tree.is_err(),
        });
    }
    if checked.is_empty() {
        let only_separators = |c: char| c == ';' || c.is_whitespace();
        let message = if sql.trim_matches(only_separators).is_empty() {
            "this SQL is empty"
        } else {
            "this SQL is only comments"
        };
        findings.push(
            Finding::new(Code::SqlEmpty, message, 0..sql.len())
                .help("write a statement, or leave the step out"),
        );
    }
    for statement in checked.iter().map(|c| c.statement) {
        if statement.kind == StatementKind::TransactionControl {
            findings.push(transaction_control(sql, statement));
        }
    }
    (checked, findings)
}

/// What is wrong in one statement, with bytes counted from its start.
struct Fault {
    message: String,
    range: Range<usize>,
}

fn finding(sql: &str, statement: Statement, fault: Fault) -> Finding {
    let range = statement.start + fault.range.start..statement.start + fault.range.end;
    let help = missing_separator(sql, statement, &range).or_else(|| misspelt(sql, &range));
    let finding = Finding::new(Code::SqlSyntax, fault.message, range);
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

fn transaction_control(sql: &str, statement: Statement) -> Finding {
    let text = statement.text(sql);
    let word = text.split_whitespace().next().unwrap_or(text);
    Finding::new(
        Code::TransactionControl,
        format!(
            "`{}` in a migration: the runner opens and closes the transaction",
            word.to_ascii_uppercase()
        ),
        statement.start..statement.end,
    )
    .help("remove it: the migration is one transaction already, or none with `transaction = false`")
}

fn parses(text: &str, dialect: Dialect) -> Result<(), ParserError> {
    let parser: &dyn ParserDialect = match dialect {
        Dialect::Sqlite => &SQLiteDialect {},
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Mysql => &MySqlDialect {},
    };
    Parser::parse_sql(parser, text).map(|_| ())
}

/// `sqlparser` has the place only in its text: `…, found: x at Line: 1, Column: 8`.
fn parser_fault(text: &str, error: &ParserError) -> Fault {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.clone(),
        ParserError::RecursionLimitExceeded => "this statement is nested too deeply".to_owned(),
    };
    let place = message.rfind(" at Line: ").and_then(|at| {
        let (line, column) = message
            .get(at + " at Line: ".len()..)?
            .split_once(", Column: ")?;
        Some((
            at,
            offset_of(text, line.trim().parse().ok()?, column.trim().parse().ok()?),
        ))
    });
    match place {
        Some((at, offset)) => Fault {
            message: message[..at].to_owned(),
            range: token_at(text, offset),
        },
        None => Fault {
            message,
            range: 0..text.len(),
        },
    }
}

/// The byte at a line and a column in characters, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let rest = &text[start..];
    start
        + rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(rest.len(), |(at, _)| at)
}

fn token_at(text: &str, offset: usize) -> Range<usize> {
    let token = lex::tokens(text, Dialect::Sqlite).find(|t| t.end > offset);
    token.map_or(offset..text.len(), |t| t.start.max(offset)..t.end)
}

fn sqlite_fault(text: &str) -> Option<Fault> {
    let bump = Bump::new();
    let mut parser = SqliteParser::new(&bump, text.as_bytes());
    loop {
        match parser.next() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return Some(sqlite_error(text, &error)),
        }
    }
}

fn sqlite_error(text: &str, error: &SqliteError) -> Fault {
    let (message, position) = match error {
        SqliteError::ParserError(e, _) if is_end(e) => {
            return Fault {
                message: "the statement ends too early".to_owned(),
                range: last_token(text),
            };
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
        other => {
            return Fault {
                message: other.to_string(),
                range: 0..text.len(),
            };
        }
    };
    match position {
        // The parser counts columns in bytes.
        Some(p) => {
            let line_start = offset_of(text, p.line, 1);
            Fault {
                message,
                range: token_at(text, (line_start + p.column - 1).min(text.len())),
            }
        }
        None => Fault {
            message,
            range: 0..text.len(),
        },
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn findings(sql: &str) -> Vec<(Code, String, String)> {
        let (_, findings) = check(sql, Dialect::Sqlite);
        findings
            .into_iter()
            .map(|f| (f.code, f.message, sql[f.range].to_owned()))
            .collect()
    }

    #[test]
    fn every_statement_is_checked_and_placed() {
        let found = findings("CREATE TABLE a (b);\nCREATE TABEL c (d);\nDROP TABLE a b");
        assert_eq!(
            found,
            [
                (
                    Code::SqlSyntax,
                    "near \"TABEL\": syntax error".to_owned(),
                    "TABEL".to_owned()
                ),
                (
                    Code::SqlSyntax,
                    "near \"b\": syntax error".to_owned(),
                    "b".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn what_sqlite_takes_and_sqlparser_does_not_is_opaque() {
        for sql in [
            "PRAGMA foreign_keys=off",
            "CREATE TABLE a (b PRIMARY KEY, UNIQUE (b) ON CONFLICT REPLACE)",
            "CREATE TABLE a (b PRIMARY KEY) STRICT, WITHOUT ROWID",
            "REINDEX",
            "CREATE VIRTUAL TABLE a USING fts5(b, content='c', content_rowid='d')",
        ] {
            assert_eq!(findings(sql), [], "{sql}");
        }
        let (statements, _) = check("PRAGMA foreign_keys=off; DROP TABLE a", Dialect::Sqlite);
        assert_eq!(
            statements.iter().map(|s| s.opaque).collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn a_forgotten_separator_is_suggested() {
        let (_, findings) = check("CREATE TABLE a (b)\nCREATE TABLE c (d)", Dialect::Sqlite);
        assert_eq!(
            findings[0].help.as_deref(),
            Some("is a `;` missing before `CREATE`?")
        );
        assert_eq!(check("SELECT 1 FROM FROM", Dialect::Sqlite).1[0].help, None);
    }

    #[test]
    fn a_misspelt_keyword_is_suggested() {
        let help = |sql: &str| check(sql, Dialect::Sqlite).1[0].help.clone();
        assert_eq!(
            help("CREATE TABEL a (b)").as_deref(),
            Some("did you mean `TABLE`?")
        );
        assert_eq!(
            help("CREATE TABLE a (b TEXT NOT NUL)").as_deref(),
            Some("did you mean `NULL`?")
        );
        assert_eq!(help("SELECT 1 FROM a b c"), None);
    }

    #[test]
    fn ends_and_empties() {
        assert_eq!(
            findings("CREATE TABLE a (b")[0].1,
            "the statement ends too early"
        );
        assert_eq!(findings("SELECT 'a")[0].1, "a quote is not closed");
        assert_eq!(findings(" ")[0].1, "this SQL is empty");
        assert_eq!(findings(" ; ")[0].1, "this SQL is empty");
        assert_eq!(findings("-- later")[0].1, "this SQL is only comments");
        assert_eq!(findings("BEGIN; DROP TABLE a; COMMIT").len(), 2);
    }

    #[test]
    fn the_other_dialects_are_judged_by_sqlparser() {
        let (_, findings) = check("CREATE TABLE a (\n  b int,,\n)", Dialect::Postgres);
        assert_eq!(findings[0].range, 25..26);
        assert!(
            check(
                "ALTER TABLE a ALTER COLUMN b SET NOT NULL",
                Dialect::Postgres
            )
            .1
            .is_empty()
        );
        assert!(
            check(
                "CREATE TABLE a (b int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB",
                Dialect::Mysql
            )
            .1
            .is_empty()
        );
    }

    #[test]
    fn deep_nesting_is_no_overflow() {
        let deep = format!("SELECT {}1{}", "(".repeat(20_000), ")".repeat(20_000));
        for dialect in Dialect::ALL {
            let (statements, _) = check(&deep, dialect);
            assert_eq!(statements.len(), 1);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(sql in "\\PC*|(SELECT|CREATE|TABLE|TRIGGER|'|\"|\\(|\\)|;|,|--|\n|é| |a|1|x'|\\$){0,20}") {
            for dialect in Dialect::ALL {
                let (_, findings) = check(&sql, dialect);
                for finding in findings {
                    finding.render(&sql, |l, c| format!("{l}:{c}"));
                }
            }
        }
    }
}
