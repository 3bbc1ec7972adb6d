//! What depends on the transaction that is opened around each migration.

use super::Runner;
use crate::{
    Code, Dialect, Finding, StatementKind,
    grammar::Parsed,
    settings::Target,
    source::{asks_for_option, is_mixed},
};

/// What is wrong with a part because it runs in a transaction.
pub fn in_transaction(sql: &str, parsed: &Parsed, target: &Target, runner: Runner) -> Vec<Finding> {
    let dialect = target.dialect();
    // Our runner runs what has to stand alone so by itself, where nothing else is beside it.
    let is_right = runner == Runner::Ours && !is_mixed(parsed) || !asks_for_option(target);
    let statements = parsed.statements.iter().map(|parsed| parsed.statement);
    let (around, switch) = match runner {
        Runner::Ours => (
            "this migration runs in",
            "write `-- no-transaction` in the first line of the file",
        ),
        Runner::Rust => (
            "this migration runs in",
            "write `transaction = false` on the migration",
        ),
        Runner::Other => (
            "its tool opens around this migration",
            "switch the tool's transaction off for this migration",
        ),
    };
    let of = |kind, name: String| {
        Some(match kind {
            // The grammar has told it already, as what it is to our runner.
            StatementKind::TransactionControl if runner == Runner::Other => (
                Code::TransactionControl,
                format!("`{name}` in the transaction that {around}"),
                format!("remove it, or {switch}"),
            ),
            StatementKind::OutsideTransaction if !is_right => (
                Code::OutsideTransaction,
                format!("`{name}` cannot run in the transaction that {around}"),
                match runner {
                    Runner::Other => format!("{switch}, and leave nothing else in it"),
                    Runner::Ours | Runner::Rust => format!(
                        "put it into a migration of its own, which then runs outside a transaction by itself; or {switch}: then what ran before a failure stays"
                    ),
                },
            ),
            StatementKind::ForeignKeysPragma if dialect == Dialect::Sqlite => (
                Code::ForeignKeysPragma,
                format!("`{name}` does nothing in the transaction that {around}"),
                match runner {
                    Runner::Ours | Runner::Rust => "remove it: around the rebuild of a table foreign keys are switched off and checked by themselves".to_owned(),
                    Runner::Other => format!("{switch}, or foreign keys for the connection"),
                },
            ),
            _ => return None,
        })
    };
    let finding = |statement: crate::Statement| {
        let (code, message, help) = of(statement.kind, name(statement.text(sql)))?;
        let range = statement.start..statement.end;
        Some(Finding::new(code, message, range).help(help))
    };
    statements.filter_map(finding).collect()
}

/// Whether the grammar's word on it is about migrations that our runner runs.
pub(super) const fn is_about_it(code: Code) -> bool {
    matches!(
        code,
        Code::TransactionControl | Code::OutsideTransaction | Code::ForeignKeysPragma
    )
}

/// A statement by its first words.
fn name(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().take(4).collect();
    match words.as_slice() {
        [first, index, third, ..] if index.eq_ignore_ascii_case("index") => {
            format!("{first} {index} {third}").to_uppercase()
        }
        [first, ..] if first.eq_ignore_ascii_case("pragma") => words.join(" "),
        [first, ..] => first.to_uppercase(),
        [] => String::new(),
    }
}
