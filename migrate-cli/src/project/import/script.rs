//! One SQL file: its text, and what in it is the runner's business.

use std::{
    fs,
    path::{Path, PathBuf},
};

use migrate_schema::{
    Code, Dialect, Finding, Statement, StatementKind, finding::line_and_column, lex,
    statement::split, syntax,
};

use super::text;
use crate::project::ImportFault;

/// An SQL file that could be read.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) file: PathBuf,
    dialect: Dialect,
    /// Its text with LF for CRLF, except inside quotes.
    text: String,
    pub(super) statements: Vec<Statement>,
}

/// What is left of a script for a migration, and what was taken out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remainder {
    /// Without empty lines at the start and white space at the end.
    pub(super) sql: String,
    /// Whether a statement is left.
    pub(super) has_statements: bool,
    /// The lines (from 1) and statements that were taken out.
    pub(super) removed: Vec<(usize, String)>,
    /// The transactions that the file opened itself.
    pub(super) transactions: usize,
    /// Whether a statement stood outside of them.
    pub(super) outside_of_them: bool,
    /// Whether the file had foreign keys switched, and whether it had them switched off.
    pub(super) foreign_keys: Option<Switched>,
}

/// What a file did with the enforcement of foreign keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Switched {
    On,
    Off,
}

impl Script {
    pub(super) fn read(file: &Path, dialect: Dialect) -> Result<Self, ImportFault> {
        let bytes = fs::read(file)
            .map_err(|error| ImportFault::of_file(file, format!("it cannot be read: {error}")))?;
        let text = text::decode(&bytes).map_err(|(place, message)| ImportFault {
            place: Some(place),
            ..ImportFault::of_file(file, message)
        })?;
        let text = text::with_line_feeds(text, dialect);
        Ok(Self {
            file: file.to_owned(),
            dialect,
            statements: split(&text, dialect),
            text,
        })
    }

    /// The name without its folder.
    pub(super) fn name(&self) -> String {
        self.file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// What the grammar refuses.
    pub(super) fn syntax_faults(&self) -> Vec<ImportFault> {
        let (_, findings) = syntax::check(&self.text, self.dialect);
        let refused = findings
            .into_iter()
            .filter(|finding| finding.code == Code::SqlSyntax);
        refused
            .map(|finding| ImportFault {
                can_be_kept: true,
                ..self.fault(&finding)
            })
            .collect()
    }

    /// The first statement that cannot run in a transaction, with its line.
    pub(super) fn outside_transaction(&self) -> Option<(usize, String)> {
        let mut statements = self.statements.iter();
        statements
            .find(|statement| statement.kind == StatementKind::OutsideTransaction)
            .map(|statement| (self.line(statement), self.words(statement)))
    }

    /// Takes out what the runner does for a migration that it runs in a transaction.
    pub(super) fn for_a_transaction(&self) -> Result<Remainder, Vec<ImportFault>> {
        let (transactions, outside_of_them) = self.transactions()?;
        let is_runners = |statement: &&Statement| {
            matches!(
                statement.kind,
                StatementKind::TransactionControl | StatementKind::ForeignKeysPragma
            )
        };
        let pragmas = self
            .statements
            .iter()
            .filter(|s| s.kind == StatementKind::ForeignKeysPragma);
        let removed: Vec<&Statement> = self.statements.iter().filter(is_runners).collect();
        Ok(Remainder {
            sql: text::trimmed(&text::without(&self.text, &removed, self.dialect)),
            has_statements: removed.len() < self.statements.len(),
            removed: removed
                .iter()
                .map(|s| (self.line(s), self.words(s)))
                .collect(),
            transactions,
            outside_of_them,
            foreign_keys: pragmas.map(|pragma| self.switched(pragma)).max(),
        })
    }

    /// Leaves everything in for a migration that runs without a transaction; it cannot open one of its own either.
    pub(super) fn for_no_transaction(&self, because: &str) -> Result<Remainder, Vec<ImportFault>> {
        let control = self
            .statements
            .iter()
            .find(|s| s.kind == StatementKind::TransactionControl);
        if let Some(statement) = control {
            return Err(vec![self.control_fault(
                statement,
                format!(
                    "a transaction in a migration that has to run without one, because of {because}"
                ),
                "make two migrations of it: one for what runs in the transaction, one for the rest",
            )]);
        }
        Ok(Remainder {
            sql: text::trimmed(&self.text),
            has_statements: !self.statements.is_empty(),
            removed: Vec::new(),
            transactions: 0,
            outside_of_them: false,
            foreign_keys: None,
        })
    }

    pub(super) fn control_fault(
        &self,
        statement: &Statement,
        message: String,
        help: &str,
    ) -> ImportFault {
        let range = statement.start..statement.end;
        self.fault(&Finding::new(Code::TransactionControl, message, range).help(help))
    }

    fn fault(&self, finding: &Finding) -> ImportFault {
        let file = self.file.display();
        ImportFault {
            place: Some(line_and_column(&self.text, finding.range.start)),
            rendered: Some(
                finding.render(&self.text, |line, column| format!("{file}:{line}:{column}")),
            ),
            ..ImportFault::of_file(&self.file, &finding.message)
        }
    }

    fn switched(&self, pragma: &Statement) -> Switched {
        let words = self.words(pragma).to_ascii_lowercase();
        let value = words.split(['=', '(']).next_back().unwrap_or_default();
        match value.trim_matches([' ', ')', '\'', '"']) {
            "on" | "yes" | "true" => Switched::On,
            number if number.parse::<i64>().is_ok_and(|number| number != 0) => Switched::On,
            _ => Switched::Off,
        }
    }

    fn line(&self, statement: &Statement) -> usize {
        line_and_column(&self.text, statement.start).0
    }

    /// The statement on one line, without comments.
    pub(super) fn words(&self, statement: &Statement) -> String {
        let text = statement.text(&self.text);
        let mut words = String::new();
        let mut end = 0;
        for token in lex::tokens(text, self.dialect) {
            if token.start > end {
                words.push(' ');
            }
            words += token.text(text);
            end = token.end;
        }
        words
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::project::import) fn script(text: &str) -> Script {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("1_a.up.sql");
        fs::write(&file, text).unwrap();
        Script::read(&file, Dialect::Sqlite).unwrap()
    }

    fn remainder(text: &str) -> Remainder {
        script(text).for_a_transaction().unwrap()
    }

    #[test]
    fn the_transaction_is_taken_out() {
        let text = "-- One.\nBEGIN TRANSACTION;\n\nCREATE TABLE a (b);\nEND;\n";
        assert_eq!(
            remainder(text),
            Remainder {
                sql: "-- One.\n\nCREATE TABLE a (b);".to_owned(),
                has_statements: true,
                removed: vec![(2, "BEGIN TRANSACTION".to_owned()), (5, "END".to_owned())],
                transactions: 1,
                outside_of_them: false,
                foreign_keys: None,
            }
        );
        let two = remainder("SELECT 1; begin immediate; SELECT 2; commit; BEGIN;COMMIT");
        assert_eq!(two.sql, "SELECT 1;  SELECT 2;");
        assert_eq!((two.transactions, two.outside_of_them), (2, true));
        assert!(!remainder("BEGIN; COMMIT; -- nothing").has_statements);
    }

    #[test]
    fn the_pragma_is_taken_out() {
        for (text, switched) in [
            (
                "PRAGMA foreign_keys=off; SELECT 1; PRAGMA foreign_keys = ON;",
                Switched::Off,
            ),
            ("PRAGMA foreign_keys(0); SELECT 1;", Switched::Off),
            ("PRAGMA main.foreign_keys = 'no'; SELECT 1;", Switched::Off),
            ("pragma foreign_keys = true; SELECT 1;", Switched::On),
            ("PRAGMA foreign_keys(1); SELECT 1;", Switched::On),
        ] {
            let remainder = remainder(text);
            assert_eq!(remainder.sql.trim(), "SELECT 1;");
            assert_eq!(remainder.foreign_keys, Some(switched), "{text}");
        }
        assert_eq!(
            remainder("PRAGMA foreign_keys; SELECT 1;").foreign_keys,
            None
        );
    }

    #[test]
    fn a_trigger_has_no_transaction() {
        let text = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM b;\nEND;";
        assert_eq!(remainder(text).sql, text);
    }

    #[test]
    fn without_a_transaction_everything_stays() {
        let text = "PRAGMA foreign_keys = off;\nVACUUM;";
        let left = script(text);
        assert_eq!(left.outside_transaction(), Some((2, "VACUUM".to_owned())));
        assert_eq!(left.for_no_transaction("`VACUUM`").unwrap().sql, text);
        let mixed = script("BEGIN; SELECT 1; COMMIT; VACUUM;");
        let faults = mixed.for_no_transaction("`VACUUM`").unwrap_err();
        assert!(
            faults[0].to_string().contains("make two migrations"),
            "{}",
            faults[0]
        );
    }

    #[test]
    fn what_the_grammar_refuses_has_its_place_in_the_file() {
        let faults = script("\u{feff}BEGIN;\r\n\r\nCREATE TABEL a (b);\r\nCOMMIT;").syntax_faults();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].place, Some((3, 8)));
        assert!(
            faults[0].to_string().contains("1_a.up.sql:3:8\n"),
            "{}",
            faults[0]
        );
    }
}
