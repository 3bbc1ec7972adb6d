//! SQLite's grammar.
//!
//! The verdict is that of `sqlite3-parser`, which is SQLite's own grammar. Its tree has no places in it, so the tree is
//! read a second time from the same tokens; what that reading cannot follow is opaque.

mod check;
mod cursor;
mod expression;
mod fault;
mod foreign;
mod plain;
mod query;
mod statement;
mod table;

use cursor::{Cursor, Token};
use fault::Verdict;
use sqlite3_parser::dialect::TokenType;

use crate::{
    Dialect, Finding, Statement, lex,
    settings::Target,
    tree::{self, Action},
};

/// How deep brackets may stand in each other before a statement is not even given to the grammar: what it builds of
/// them is taken down by recursion.
const DEEPEST_BRACKETS: usize = 1_000;

/// Parses one statement of a text. The ranges in the tree and in the findings are bytes of the whole text.
pub(super) fn parse(
    sql: &str,
    statement: Statement,
    _target: &Target,
    findings: &mut Vec<Finding>,
) -> Option<tree::Statement> {
    let range = statement.start..statement.end;
    let cursor = Cursor::new(sql, statement);
    let shallow = cursor
        .as_ref()
        .is_none_or(|cursor| brackets(cursor.tokens()) <= DEEPEST_BRACKETS);
    let is_good = |cursor: &Cursor<'_>| plain::is_good(sql, cursor.tokens());
    let verdict = if shallow && !cursor.as_ref().is_some_and(is_good) {
        fault::verdict(sql, statement)
    } else {
        Verdict::Good
    };
    if let Verdict::Wrong(finding) = verdict {
        let explained = foreign::explain(sql, statement, &finding);
        findings.push(explained.unwrap_or(*finding));
        return None;
    }
    if let (None, Verdict::Unfinished(finding)) = (&cursor, &verdict) {
        findings.push(finding.as_ref().clone());
        return None;
    }
    let actions = cursor.and_then(|mut cursor| {
        let Ok(mut actions) = cursor.statement() else {
            if matches!(verdict, Verdict::Unfinished(_)) && !cursor.too_deep {
                findings.push(fault::near(sql, statement, cursor.next_range()));
            }
            return None;
        };
        for action in &actions {
            cursor.check(action);
            findings.extend(foreign::swallowed(action));
        }
        match actions.first_mut() {
            Some(Action::CreateTable(table)) if table.if_not_exists => {
                table.faults = cursor.findings;
            }
            _ => findings.append(&mut cursor.findings),
        }
        Some(actions)
    });
    let actions = actions.unwrap_or_else(|| vec![opaque(sql, statement)]);
    Some(tree::Statement { range, actions })
}

/// How deep brackets stand in each other.
fn brackets(tokens: &[Token]) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for token in tokens {
        match token.kind {
            TokenType::TK_LP => open += 1,
            TokenType::TK_RP => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// A statement of which only the words are known.
fn opaque(sql: &str, statement: Statement) -> Action {
    let words = lex::tokens(statement.text(sql), Dialect::Sqlite)
        .filter(|token| {
            matches!(
                token.kind,
                lex::TokenKind::Word | lex::TokenKind::QuotedName | lex::TokenKind::Text
            )
        })
        .map(|token| cursor::unquoted(token.text(statement.text(sql))))
        .collect();
    Action::Opaque {
        words,
        everything: false,
    }
}

#[cfg(test)]
mod tests;
