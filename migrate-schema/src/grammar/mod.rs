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

use crate::{Dialect, Finding, Statement, settings::Target, statement::split, tree};

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
pub fn parse(sql: &str, target: &Target) -> Parsed {
    let mut parsed = Parsed::default();
    for statement in split(sql, target.dialect()) {
        let tree = match target.dialect() {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => sqlite::parse(sql, statement, target, &mut parsed.findings),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => postgres::parse(sql, statement, target, &mut parsed.findings),
            #[cfg(feature = "mysql")]
            Dialect::Mysql => mysql::parse(sql, statement, target, &mut parsed.findings),
            #[allow(
                unreachable_patterns,
                reason = "which are left depends on the features"
            )]
            _ => None,
        };
        parsed.statements.push(ParsedStatement { statement, tree });
    }
    parsed
}
