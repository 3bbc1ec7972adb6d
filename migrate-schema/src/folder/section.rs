//! The parts of a file that markers make: `-- +goose Up`, `-- migrate:down`, `-- @UNDO`.

use std::ops::Range;

use super::{
    goose,
    marker::{Marked, Marker, What, markers},
};
use crate::{Code, Dialect, Finding, lex};

/// What the markers make of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sections {
    pub(super) up: Option<Range<usize>>,
    pub(super) down: Option<Range<usize>>,
    /// A marker says that it runs without a transaction.
    pub(super) no_transaction: bool,
    /// Variables are put into it before it runs.
    pub(super) template: bool,
    pub(super) findings: Vec<Finding>,
}

/// Takes a text apart at its markers.
pub(super) fn sections(text: &str, marked: Marked, dialect: Dialect) -> Sections {
    let markers = markers(text, marked, dialect);
    let mut sections = Sections::default();
    if marked == Marked::Undo {
        undo(text, &markers, &mut sections);
        return sections;
    }
    let end_of = |at: usize| {
        let mut behind = markers[at + 1..].iter();
        let next = behind.find(|m| matches!(m.what, What::Up { .. } | What::Down { .. }));
        next.map_or(text.len(), |next| start_of_line(text, next.line.start))
    };
    before_the_first(text, &markers, marked, dialect, &mut sections);
    for (at, Marker { what, line }) in markers.iter().enumerate() {
        let range = start_of_next_line(text, line.end)..end_of(at);
        let (half, other, transaction, name) = match what {
            What::Up { transaction } => (&mut sections.up, &sections.down, transaction, "up"),
            What::Down { transaction } => (&mut sections.down, &sections.up, transaction, "down"),
            What::Unknown(help) => {
                sections.findings.push(unknown(text, line, marked, help));
                continue;
            }
            What::NoTransaction => {
                sections.no_transaction = true;
                continue;
            }
            What::Template => {
                sections.template = true;
                continue;
            }
            What::Begin | What::End => continue,
        };
        sections.no_transaction |= !transaction;
        let shown = &text[line.clone()];
        if half.is_some() {
            let message = format!("`{shown}` stands twice in this file");
            let help = format!("keep one `{name}`, or make two files of it");
            sections.findings.push(wrong(line, message).help(help));
            continue;
        }
        if name == "up" && other.is_some() {
            let message = format!("`{shown}` stands behind `down`");
            let help = format!(
                "put `up` first: {} reads a file in that order",
                marked.tool()
            );
            sections.findings.push(wrong(line, message).help(help));
        }
        hidden(
            text,
            line,
            sections.up.as_ref(),
            marked,
            dialect,
            &mut sections.findings,
        );
        match name {
            "up" => sections.up = Some(range),
            _ => sections.down = Some(range),
        }
    }
    if marked == Marked::Goose {
        goose::pairs(text, &markers, &mut sections.findings);
        // Where the parts are not what they should be, their statements are not either.
        let parts = match sections.findings.is_empty() {
            true => [sections.up.clone(), sections.down.clone()],
            false => [None, None],
        };
        for part in parts.iter().flatten() {
            goose::cut(text, part, &markers, dialect, &mut sections.findings);
        }
    }
    sections.findings.sort_by_key(|finding| finding.range.start);
    sections
}

/// `-- @UNDO` parts a file in two, and stands in it once.
fn undo(text: &str, markers: &[Marker], sections: &mut Sections) {
    sections.up = Some(0..text.len());
    for Marker { what, line } in markers {
        if let What::Unknown(help) = what {
            sections
                .findings
                .push(unknown(text, line, Marked::Undo, help));
        } else if sections.down.is_some() {
            let message = "`-- @UNDO` stands twice in this file";
            let help = "keep one: what is before it is `up`, and what is behind it is `down`";
            sections.findings.push(wrong(line, message).help(help));
        } else {
            sections.up = Some(0..start_of_line(text, line.start));
            sections.down = Some(start_of_next_line(text, line.end)..text.len());
        }
    }
}

/// Statements that stand before the first section.
fn before_the_first(
    text: &str,
    markers: &[Marker],
    marked: Marked,
    dialect: Dialect,
    sections: &mut Sections,
) {
    let mut halves = markers.iter();
    let first = halves.find(|m| matches!(m.what, What::Up { .. } | What::Down { .. }));
    let end = first.map_or(text.len(), |first| first.line.start);
    let before = &text[..end];
    if let Some(token) = lex::tokens(before, dialect).next() {
        let line_end = before[token.start..]
            .find('\n')
            .map_or(end, |n| token.start + n);
        let range = token.start..line_end;
        let message = format!(
            "SQL before `{}`, which {} does not run",
            marked.first(),
            marked.tool()
        );
        let help = format!("write `{}` above it", marked.first());
        sections.findings.push(wrong(&range, message).help(help));
    }
}

/// The tool looks at lines alone, so a marker works inside a string or a comment, and cuts it in two.
fn hidden(
    text: &str,
    line: &Range<usize>,
    before: Option<&Range<usize>>,
    marked: Marked,
    dialect: Dialect,
    findings: &mut Vec<Finding>,
) {
    let Some(before) = before else { return };
    let section = &text[before.start..];
    let at = line.start - before.start;
    let covering = lex::tokens(section, dialect)
        .take_while(|token| token.start < at)
        .find(|token| token.end > at);
    if let Some(token) = covering {
        let (open, _) = crate::finding::line_and_column(text, before.start + token.start);
        let message = format!(
            "`{}` stands inside what is opened in line {open} and not closed before it",
            &text[line.clone()]
        );
        let help = format!(
            "close it above this line: {} ends the part here, whatever is open",
            marked.tool()
        );
        findings.push(wrong(line, message).help(help));
    }
}

pub(super) fn wrong(range: &Range<usize>, message: impl Into<String>) -> Finding {
    Finding::new(Code::Marker, message, range.clone())
}

fn unknown(text: &str, line: &Range<usize>, marked: Marked, help: &str) -> Finding {
    let shown = &text[line.clone()];
    let message = match marked {
        Marked::Undo => {
            format!("`{shown}` is not the marker `-- @UNDO`, so what follows is part of `up`")
        }
        _ => format!("{} knows no `{shown}`", marked.tool()),
    };
    wrong(line, message).help(help)
}

fn start_of_line(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

pub(super) fn start_of_next_line(text: &str, at: usize) -> usize {
    text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::{super::marker::marked, *};
    use proptest::prelude::*;

    fn halves(text: &str, dialect: Dialect) -> (Option<&str>, Option<&str>, Vec<String>) {
        let marked = marked(text, dialect).unwrap();
        let sections = sections(text, marked, dialect);
        let part = |range: Option<Range<usize>>| range.map(|range| text[range].trim());
        let messages = sections.findings.into_iter().map(|f| f.message).collect();
        (part(sections.up), part(sections.down), messages)
    }

    fn clean(text: &str) -> (Option<&str>, Option<&str>) {
        let (up, down, findings) = halves(text, Dialect::Postgres);
        assert_eq!(findings, [] as [String; 0], "{text}");
        (up, down)
    }

    fn faults(text: &str) -> Vec<String> {
        halves(text, Dialect::Postgres).2
    }

    #[test]
    fn goose_files() {
        let text = "-- A comment.\r\n-- +goose Up\r\n-- +goose StatementBegin\r\nA;\r\n-- +goose StatementEnd\r\n\r\n-- +goose Down\r\nB;\r\n";
        let (up, down) = clean(text);
        assert_eq!(
            up,
            Some("-- +goose StatementBegin\r\nA;\r\n-- +goose StatementEnd")
        );
        assert_eq!(down, Some("B;"));
        assert_eq!(clean("--+goose up\nA;"), (Some("A;"), None));
        let no = sections(
            "-- +goose NO TRANSACTION\n-- +goose Up\nA",
            Marked::Goose,
            Dialect::Sqlite,
        );
        assert!(no.no_transaction && !no.template);
        let template = sections(
            "-- +goose ENVSUB ON\n-- +goose Up\nA",
            Marked::Goose,
            Dialect::Sqlite,
        );
        assert!(template.template);
    }

    #[test]
    fn dbmate_files() {
        let text = "-- migrate:up transaction:false\nA;\n-- migrate:down\nB;\n";
        assert_eq!(clean(text), (Some("A;"), Some("B;")));
        assert!(sections(text, Marked::Dbmate, Dialect::Postgres).no_transaction);
    }

    #[test]
    fn undo_counts_as_a_whole_line_outside_of_everything() {
        assert_eq!(clean("A;\n  -- @UNDO  \r\nB;"), (Some("A;"), Some("B;")));
        for text in [
            "SELECT '\n-- @UNDO\n';",
            "/*\n-- @UNDO\n*/ SELECT 1;",
            "/* /* */\n-- @UNDO\n*/ SELECT 1;",
            "SELECT $$\n-- @UNDO\n$$;",
            "SELECT \"\n-- @UNDO\n\";",
            "SELECT 1; -- -- @UNDO",
            "-- see @UNDO",
            "-- @UNDONE",
        ] {
            assert_eq!(marked(text, Dialect::Postgres), None, "{text}");
        }
        let text = "SELECT '\n-- @UNDO\n';\n-- @undo\nB";
        assert_eq!(clean(text), (Some("SELECT '\n-- @UNDO\n';"), Some("B")));
        let twice = faults("A;\n-- @UNDO\nB;\n-- @UNDO\nC;");
        assert_eq!(twice, ["`-- @UNDO` stands twice in this file"]);
        let more = faults("A;\n-- @UNDO drop it\nB;");
        assert_eq!(
            more,
            ["`-- @UNDO drop it` is not the marker `-- @UNDO`, so what follows is part of `up`"]
        );
    }

    #[test]
    fn what_is_wrong_with_markers_is_said() {
        for (text, expected) in [
            (
                "-- +goose Up\nA;\n-- +goose Up\nB;",
                "`-- +goose Up` stands twice in this file",
            ),
            (
                "-- migrate:down\nA;\n-- migrate:up\nB;",
                "`-- migrate:up` stands behind `down`",
            ),
            (
                "A;\n-- +goose Up\nB;",
                "SQL before `-- +goose Up`, which goose does not run",
            ),
            (
                "-- +goose Up\nA;\n-- +goose Dwon\nB;",
                "goose knows no `-- +goose Dwon`",
            ),
            (
                "-- migrate:up\nA;\n-- migrate:donw\nB;",
                "dbmate knows no `-- migrate:donw`",
            ),
            (
                "-- +goose Up\nSELECT $$a;\nb$$;\n-- +goose Down\nB;",
                "goose ends the statement here, in the middle of it",
            ),
            (
                "-- +goose Up\nA;\n-- +goose Down\nB -- ;",
                "the last statement has no `;`, without which goose does not run it",
            ),
            (
                "-- +goose Up\nSELECT ';\n-- +goose Down\nB;'",
                "`-- +goose Down` stands inside what is opened in line 2 and not closed before it",
            ),
            (
                "-- +goose Up\n-- +goose StatementBegin\nA;\n-- +goose Down\nB;",
                "`-- +goose StatementBegin` has no `-- +goose StatementEnd`",
            ),
            (
                "-- +goose Up\nA;\n-- +goose StatementEnd",
                "`-- +goose StatementEnd` without `-- +goose StatementBegin`",
            ),
        ] {
            assert_eq!(faults(text), [expected], "{text}");
        }
    }

    #[test]
    fn the_first_markers_count_where_there_are_two_kinds() {
        let text = "-- migrate:up\n-- +goose Up\nA";
        assert_eq!(marked(text, Dialect::Sqlite), Some(Marked::Dbmate));
        assert_eq!(marked("-- migrate the users\nA", Dialect::Sqlite), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            text in "(-- \\+goose (Up|Down|StatementBegin|x)|-- migrate:(up|down)|-- @UNDO|\n|\r\n|'|\\$\\$|/\\*|\\*/|é|a;| |#){0,24}"
        ) {
            for dialect in Dialect::ALL {
                for kind in Marked::ALL {
                    let sections = sections(&text, kind, dialect);
                    for range in [sections.up, sections.down].into_iter().flatten() {
                        prop_assert!(text.get(range).is_some());
                    }
                }
            }
        }
    }
}
