//! From SQL text to the tree: an exact grammar for each dialect.
//!
//! A grammar is the verdict on syntax. It never refuses what the engine takes; what it takes and cannot say in the tree
//! is opaque there.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use crate::{
    Code, Dialect, Finding, Statement, StatementKind, settings::Target, statement::split, tree,
};

/// A text, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Its statements, in order.
    pub statements: Vec<ParsedStatement>,
    /// What is wrong with their syntax, in the order of their places.
    pub findings: Vec<Finding>,
}

/// A statement and what it says.
#[derive(Clone, Debug)]
pub struct ParsedStatement {
    /// Where it is, and what the runner has to know.
    pub statement: Statement,
    /// What it says; none where its syntax is wrong.
    pub tree: Option<tree::Statement>,
}

/// Whether this build can read the dialect: each grammar is a feature of its own.
pub const fn is_built_in(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite => cfg!(feature = "sqlite"),
        Dialect::Postgres => cfg!(feature = "postgres"),
        Dialect::Mysql => cfg!(feature = "mysql"),
    }
}

/// Parses every statement of a text.
///
/// Of a dialect that is not [built in](is_built_in), the statements are found, and nothing is said about them.
///
/// ```
/// use migrate_schema::{Dialect, grammar};
/// let parsed = grammar::parse("PRAGMA foreign_keys=off; SELEC 1", &Dialect::Sqlite.into());
/// assert_eq!(parsed.statements.len(), 2);
/// # #[cfg(feature = "sqlite")]
/// assert_eq!(parsed.findings[0].message, "near \"SELEC\": syntax error");
/// ```
pub fn parse(sql: &str, target: &Target) -> Parsed {
    let mut parsed = Parsed::default();
    #[cfg(feature = "mysql")]
    let mut session = mysql::Session::default();
    for statement in split(sql, target.dialect()) {
        let tree = match target.dialect() {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => sqlite::parse(sql, statement, target, &mut parsed.findings),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => postgres::parse(sql, statement, target, &mut parsed.findings),
            #[cfg(feature = "mysql")]
            Dialect::Mysql => {
                mysql::parse(sql, statement, target, &mut session, &mut parsed.findings)
            }
            #[allow(
                unreachable_patterns,
                reason = "which are left depends on the features"
            )]
            _ => None,
        };
        parsed.statements.push(ParsedStatement { statement, tree });
    }
    #[cfg(feature = "mysql")]
    if target.dialect() == Dialect::Mysql {
        let end = parsed
            .statements
            .last()
            .map_or(0, |last| last.statement.end);
        parsed.findings.extend(mysql::unclosed_comment(sql, end));
    }
    if parsed.statements.is_empty() {
        parsed.findings.push(empty(sql));
    }
    for ParsedStatement { statement, .. } in &parsed.statements {
        if statement.kind == StatementKind::TransactionControl {
            parsed.findings.push(transaction_control(sql, *statement));
        }
    }
    if target.dialect() == Dialect::Sqlite {
        begun_twice(sql, &mut parsed);
    }
    parsed
        .findings
        .sort_by_key(|finding| (finding.range.start, finding.range.end));
    parsed
}

fn empty(sql: &str) -> Finding {
    let only_separators = |c: char| c == ';' || c.is_whitespace();
    let message = if sql.trim_matches(only_separators).is_empty() {
        "this SQL is empty"
    } else {
        "this SQL is only comments"
    };
    Finding::new(Code::SqlEmpty, message, 0..sql.len())
        .help("write a statement, or leave the step out")
}

/// SQLite refuses a `BEGIN` while a transaction is open.
fn begun_twice(sql: &str, parsed: &mut Parsed) {
    let mut open = false;
    for ParsedStatement { statement, .. } in &parsed.statements {
        if statement.kind != StatementKind::TransactionControl {
            continue;
        }
        let mut words = statement.text(sql).split_whitespace();
        let first = words.next().unwrap_or_default().to_ascii_uppercase();
        match first.as_str() {
            "BEGIN" if open => parsed.findings.push(
                Finding::new(
                    Code::InvalidDefinition,
                    "`BEGIN` while the transaction that was begun before is still open",
                    statement.start..statement.end,
                )
                .help("leave one of the two out, or write `COMMIT` between them"),
            ),
            "BEGIN" => open = true,
            "ROLLBACK" if words.any(|word| word.eq_ignore_ascii_case("to")) => {}
            "COMMIT" | "END" | "ROLLBACK" => open = false,
            _ => {}
        }
    }
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
