//! The transactions that an SQL file opens itself.

use migrate_schema::{Statement, StatementKind};

use super::script::Script;
use crate::project::ImportFault;

/// What a statement does with the transaction.
#[derive(Clone, Copy, Debug)]
enum Control {
    Begin,
    Commit,
    Other,
}

impl Script {
    /// How many transactions the file opens and commits, and whether a statement stands outside of them.
    pub(super) fn transactions(&self) -> Result<(usize, bool), Vec<ImportFault>> {
        let (mut faults, mut count, mut outside) = (Vec::new(), 0, false);
        let mut open: Option<&Statement> = None;
        for statement in &self.statements {
            let control = match statement.kind {
                StatementKind::TransactionControl => self.control(statement),
                StatementKind::ForeignKeysPragma => continue,
                _ => {
                    outside |= open.is_none();
                    continue;
                }
            };
            let (message, help) = match (control, open) {
                (Control::Begin, None) => {
                    (open, count) = (Some(statement), count + 1);
                    continue;
                }
                (Control::Commit, Some(_)) => {
                    open = None;
                    continue;
                }
                (Control::Begin, Some(_)) => ("a transaction inside a transaction", "remove it"),
                (Control::Commit, None) => {
                    ("a commit without a transaction before it", "remove it")
                }
                (Control::Other, _) => (
                    "the transaction is the runner's, and this cannot be taken out without a loss",
                    "write the file without it; a failing migration is rolled back whole",
                ),
            };
            faults.push(self.control_fault(statement, message.to_owned(), help));
        }
        if let (Some(statement), true) = (open, faults.is_empty()) {
            let message = "this transaction is never committed".to_owned();
            faults.push(self.control_fault(statement, message, "write its COMMIT, or remove it"));
        }
        if faults.is_empty() {
            Ok((count, outside))
        } else {
            Err(faults)
        }
    }

    fn control(&self, statement: &Statement) -> Control {
        let words = self.words(statement).to_ascii_lowercase();
        let words: Vec<&str> = words.split(' ').collect();
        match words.as_slice() {
            ["begin"]
            | [
                "begin",
                "transaction" | "work" | "deferred" | "immediate" | "exclusive",
            ]
            | [
                "begin",
                "deferred" | "immediate" | "exclusive",
                "transaction",
            ]
            | ["start", "transaction"] => Control::Begin,
            ["commit" | "end"] | ["commit" | "end", "transaction" | "work"] => Control::Commit,
            _ => Control::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::project::import::script::tests::script;

    fn refused(text: &str) -> Vec<(Option<(usize, usize)>, String)> {
        let faults = script(text).transactions().unwrap_err();
        faults
            .into_iter()
            .map(|fault| (fault.place, fault.message))
            .collect()
    }

    #[test]
    fn transactions_are_counted() {
        let counted = |text: &str| script(text).transactions().unwrap();
        assert_eq!(counted("SELECT 1;"), (0, true));
        assert_eq!(counted("BEGIN; SELECT 1; COMMIT TRANSACTION"), (1, false));
        assert_eq!(
            counted("PRAGMA foreign_keys = off; BEGIN EXCLUSIVE; END;"),
            (1, false)
        );
        assert_eq!(
            counted("begin immediate transaction; commit; SELECT 1; BEGIN; END"),
            (2, true)
        );
    }

    #[test]
    fn stranger_transactions_are_refused_with_their_place() {
        assert_eq!(refused("BEGIN;\n BEGIN; COMMIT;")[0].0, Some((2, 2)));
        assert!(
            refused("BEGIN; BEGIN; COMMIT;")[0]
                .1
                .contains("inside a transaction")
        );
        assert!(
            refused("SELECT 1; COMMIT;")[0]
                .1
                .contains("without a transaction")
        );
        assert!(refused("BEGIN; SELECT 1;")[0].1.contains("never committed"));
        for control in [
            "ROLLBACK",
            "SAVEPOINT a",
            "RELEASE a",
            "BEGIN CONCURRENT",
            "COMMIT CREATE TABLE a (b)",
        ] {
            let faults = refused(&format!("SELECT 1; {control};"));
            assert!(faults[0].1.contains("without a loss"), "{control}");
        }
        assert_eq!(refused("SAVEPOINT a;\nRELEASE a;\nROLLBACK;").len(), 3);
    }
}
