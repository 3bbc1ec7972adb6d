//! What depends on the transaction that a tool opens around each migration.

use migrate_schema::{Code, Dialect, Finding, StatementKind, grammar::Parsed};

/// What is wrong with a part because it runs in a transaction of the tool's.
pub(super) fn inside(sql: &str, parsed: &Parsed, dialect: Dialect) -> Vec<Finding> {
    let statements = parsed.statements.iter().map(|parsed| parsed.statement);
    statements
        .filter_map(|statement| {
            let name = name(statement.text(sql));
            let (code, message, help) = match statement.kind {
                StatementKind::TransactionControl => (
                    Code::TransactionControl,
                    format!("`{name}` in a migration that its tool runs in a transaction"),
                    "remove it, or switch the tool's transaction off for this migration",
                ),
                StatementKind::OutsideTransaction => (
                    Code::OutsideTransaction,
                    format!("`{name}` cannot run in the transaction that the tool opens around this migration"),
                    "switch the tool's transaction off for this migration, and leave nothing else in it",
                ),
                StatementKind::ForeignKeysPragma if dialect == Dialect::Sqlite => (
                    Code::ForeignKeysPragma,
                    format!("`{name}` does nothing in the transaction that the tool opens around this migration"),
                    "switch the tool's transaction off for this migration, or foreign keys for the connection",
                ),
                _ => return None,
            };
            let range = statement.start..statement.end;
            Some(Finding::new(code, message, range).help(help))
        })
        .collect()
}

/// Whether the grammar's word on it is about migrations that run in a transaction of the runner's.
pub(super) const fn is_about_transactions(code: Code) -> bool {
    matches!(
        code,
        Code::TransactionControl | Code::OutsideTransaction | Code::ForeignKeysPragma
    )
}

/// A statement by its first words.
fn name(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().take(4).collect();
    match words.as_slice() {
        [first, "INDEX" | "index", third, ..] => format!("{first} INDEX {third}").to_uppercase(),
        [first @ ("PRAGMA" | "pragma"), rest @ ..] => format!("{first} {}", rest.join(" ")),
        [first, ..] => first.to_uppercase(),
        [] => String::new(),
    }
}
