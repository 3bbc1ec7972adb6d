//! One SQL file: its text, and what in it is the runner's business.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    rc::Rc,
};

use migrate_schema::{
    Code, Dialect, Finding, Level, Statement, StatementKind, finding::line_and_column, grammar,
    lex, settings::Target, statement::split,
};

use super::text;
use crate::project::ImportFault;

/// A file of SQL, or a part of one.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) file: PathBuf,
    dialect: Dialect,
    /// All of the file, with LF for CRLF except inside quotes.
    whole: Rc<str>,
    /// Where the part stands in it.
    range: Range<usize>,
    /// Of the part.
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
    /// A part of a file that begins at the start of a line.
    pub(super) fn new(file: &Path, whole: &Rc<str>, range: Range<usize>, dialect: Dialect) -> Self {
        Self {
            file: file.to_owned(),
            dialect,
            statements: split(&whole[range.clone()], dialect),
            whole: Rc::clone(whole),
            range,
        }
    }

    fn text(&self) -> &str {
        &self.whole[self.range.clone()]
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
        let parsed = grammar::parse(self.text(), &Target::from(self.dialect));
        let refused = parsed.findings.into_iter().filter(|finding| {
            // What the runner has its own mind about is looked at elsewhere.
            !matches!(finding.code, Code::SqlEmpty | Code::TransactionControl)
                && finding.code.level() == Level::Deny
        });
        refused
            .map(|finding| ImportFault {
                can_be_kept: true,
                ..self.fault(finding)
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
            sql: text::trimmed(&text::without(self.text(), &removed, self.dialect)),
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
            sql: text::trimmed(self.text()),
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
        self.fault(Finding::new(Code::TransactionControl, message, range).help(help))
    }

    fn fault(&self, mut finding: Finding) -> ImportFault {
        let start = self.range.start;
        finding.range = finding.range.start + start..finding.range.end + start;
        ImportFault::at(&self.file, &self.whole, &finding)
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
        line_and_column(&self.whole, self.range.start + statement.start).0
    }

    /// The statement on one line, without comments.
    pub(super) fn words(&self, statement: &Statement) -> String {
        let text = statement.text(self.text());
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
        let text: Rc<str> = migrate_schema::folder::with_line_feeds(text, Dialect::Sqlite).into();
        let all = 0..text.len();
        Script::new(Path::new("1_a.up.sql"), &text, all, Dialect::Sqlite)
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
    fn a_part_has_its_places_in_the_whole() {
        let whole: Rc<str> = "-- migrate:up\nVACUUM;\nCREATE TABEL a (b);\n".into();
        let script = Script::new(
            Path::new("1_a.sql"),
            &whole,
            14..whole.len(),
            Dialect::Sqlite,
        );
        assert_eq!(script.outside_transaction(), Some((2, "VACUUM".to_owned())));
        let faults = script.syntax_faults();
        assert_eq!(faults[0].place, Some((3, 8)));
        let text = faults[0].to_string();
        assert!(text.contains("--> 1_a.sql:3:8\n"), "{text}");
        assert!(text.contains(" 3 | CREATE TABEL a (b);\n"), "{text}");
    }

    #[test]
    fn what_the_grammar_refuses_has_its_place_in_the_file() {
        let faults = script("BEGIN;\r\n\r\nCREATE TABEL a (b);\r\nCOMMIT;").syntax_faults();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].place, Some((3, 8)));
        assert!(
            faults[0].to_string().contains("1_a.up.sql:3:8\n"),
            "{}",
            faults[0]
        );
    }
}
