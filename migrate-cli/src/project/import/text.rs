//! What is left of SQL when statements are taken out.

use std::ops::Range;

use migrate_schema::{Dialect, Statement, lex};

/// The text without these statements and their `;`, and without the lines that this leaves empty.
pub(super) fn without(text: &str, statements: &[&Statement], dialect: Dialect) -> String {
    let mut holes: Vec<Range<usize>> = Vec::new();
    for statement in statements {
        holes.push(statement.start..statement.end);
        let rest = &text[statement.end..];
        let next = lex::tokens(rest, dialect).next();
        if let Some(next) = next.filter(|token| token.is_symbol(rest, ';')) {
            holes.push(statement.end + next.start..statement.end + next.end);
        }
    }
    let (mut out, mut start) = (String::with_capacity(text.len()), 0);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let (mut kept, mut at, mut cut) = (String::new(), start, false);
        for hole in holes
            .iter()
            .filter(|hole| hole.start < end && hole.end > start)
        {
            kept += &text[at..hole.start.max(start)];
            at = hole.end.min(end);
            cut = true;
        }
        kept += &text[at..end];
        if !cut || !kept.trim().is_empty() {
            out += &kept;
        }
        start = end;
    }
    out
}

/// The text without empty lines at its start and white space at its end.
pub(super) fn trimmed(text: &str) -> String {
    let text = text.trim_end();
    let first = text.len() - text.trim_start().len();
    let line = text[..first].rfind('\n').map_or(0, |at| at + 1);
    text[line..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_schema::{StatementKind, statement::split};
    use proptest::prelude::*;

    #[test]
    fn lines_that_become_empty_go_with_their_statement() {
        let text = "-- a\nBEGIN /* b */ ; -- c\n\nSELECT 1;\n  COMMIT\n;\nSELECT 2; END;\n";
        let statements = split(text, Dialect::Sqlite);
        let control: Vec<_> = statements
            .iter()
            .filter(|s| s.kind == StatementKind::TransactionControl)
            .collect();
        assert_eq!(
            without(text, &control, Dialect::Sqlite),
            "-- a\n /* b */  -- c\n\nSELECT 1;\nSELECT 2; \n"
        );
        assert_eq!(trimmed("\n \n  a\nb\n\n"), "  a\nb");
        assert_eq!(trimmed(" \n"), "");
    }

    proptest! {
        #[test]
        fn what_is_left_has_the_other_statements(text in "(BEGIN|COMMIT|PRAGMA foreign_keys=off|SELECT 1|DROP TABLE a|-- c|;|\n| |/\\* d \\*/|'é;'){0,20}") {
            let statements = split(&text, Dialect::Sqlite);
            let (removed, kept): (Vec<&Statement>, Vec<&Statement>) =
                statements.iter().partition(|s| s.kind == StatementKind::TransactionControl);
            let left = trimmed(&without(&text, &removed, Dialect::Sqlite));
            let tokens = |text: &str| -> Vec<String> {
                let tokens = lex::tokens(text, Dialect::Sqlite).filter(|t| !t.is_symbol(text, ';'));
                tokens.map(|t| t.text(text).to_owned()).collect()
            };
            let expected: Vec<String> = kept.iter().flat_map(|s| tokens(s.text(&text))).collect();
            prop_assert_eq!(tokens(&left), expected);
        }
    }
}
