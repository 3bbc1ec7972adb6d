//! The grammar of MySQL and MariaDB: a parser by recursive descent over our own lexer.
//!
//! It reads what either of them takes, and only MariaDB's where that is the target. What it reads, it judges; statements
//! and clauses that it does not know well are opaque: of them only the structure is looked at (brackets, commas, quotes).

mod alter;
mod body;
mod call;
mod cast;
mod column;
mod definition;
mod event;
mod expression;
mod foreign;
mod object;
mod options;
mod parser;
mod query;
mod routine;
mod rows;
mod session;
mod source;
mod statement;
mod structure;
mod table;
mod token;
mod types;
mod words;

#[cfg(test)]
mod tests;

use parser::{Parser, Stop};
pub(super) use session::Session;

use crate::{Code, Finding, Statement, settings::Target, tree};

/// Parses one statement of a text. The ranges in the tree and in the findings are bytes of the whole text.
pub(super) fn parse(
    sql: &str,
    statement: Statement,
    target: &Target,
    session: &mut Session,
    findings: &mut Vec<Finding>,
) -> Option<tree::Statement> {
    let range = statement.start..statement.end;
    let tokens = token::tokens(sql, range.clone(), target.product);
    if let Some((at, quote)) = tokens.unclosed {
        findings.push(unclosed(sql, at, quote));
        return None;
    }
    let mut parser = Parser::new(sql, target, &tokens.tokens, session);
    let actions = match whole(&mut parser) {
        Ok(actions) => {
            let known = if tokens.versioned {
                0
            } else {
                parser.faults.len()
            };
            findings.extend(parser.faults.drain(..known));
            actions
        }
        // What only some servers execute may be new to the grammar.
        Err(Stop::Refused(finding)) if !tokens.versioned => {
            findings.push(foreign::explained(&parser, *finding));
            return None;
        }
        Err(_) => {
            if let Some(finding) = structure::fault(&parser) {
                findings.push(finding);
                return None;
            }
            vec![tree::Action::Opaque {
                words: parser.words_from(0),
                everything: parser.may_do_anything(),
            }]
        }
    };
    Some(tree::Statement { range, actions })
}

/// All that stands between two separators: mostly one statement.
fn whole(parser: &mut Parser<'_>) -> Result<Vec<tree::Action>, Stop> {
    let mut actions = Vec::new();
    while !parser.at_end() {
        let from = parser.at;
        actions.extend(parser.statement()?);
        if !parser.at_end() && !parser.symbol(";") {
            return parser.unexpected();
        }
        if let Some(finding) = structure::fault_of_skipped(parser, from) {
            return Err(Stop::Refused(Box::new(finding)));
        }
    }
    Ok(actions)
}

/// A comment behind the last statement that is not closed: the server sees no end of the statement before it.
pub(super) fn unclosed_comment(sql: &str, from: usize) -> Option<Finding> {
    let mut at = from;
    loop {
        let rest = sql.get(at..)?;
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        at += rest.len() - trimmed.len();
        at += if trimmed.starts_with("/*") {
            match trimmed.find("*/") {
                Some(end) => end + 2,
                None => return Some(unclosed(sql, at, '*')),
            }
        } else if trimmed.starts_with("-- ") || trimmed.starts_with('#') {
            trimmed.find('\n')?
        } else {
            return None;
        };
    }
}

fn unclosed(sql: &str, at: usize, quote: char) -> Finding {
    if quote == '*' {
        return Finding::new(Code::SqlSyntax, "a `/*` is not closed", at..at + 2)
            .help("close it with `*/`");
    }
    let end = sql.get(at..).and_then(|rest| rest.find('\n'));
    let end = end.map_or(sql.len(), |length| at + length);
    Finding::new(
        Code::SqlSyntax,
        match quote {
            '`' => "a name in backticks is not closed".to_owned(),
            _ => format!("a string is not closed: its second {quote} is missing"),
        },
        at..end.max(at + 1),
    )
}
