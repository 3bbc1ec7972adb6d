//! What goose asks of statements, which it finds by looking at lines.

use std::ops::Range;

use super::{
    marker::{Marker, What},
    section::wrong,
};
use crate::{Dialect, Finding, lex, statement::split};

/// goose's `StatementBegin` and `StatementEnd` stand in pairs, inside one section.
pub(super) fn pairs(text: &str, markers: &[Marker], findings: &mut Vec<Finding>) {
    let mut open: Option<&Range<usize>> = None;
    let unclosed = |line: &Range<usize>| {
        let message = format!("`{}` has no `-- +goose StatementEnd`", &text[line.clone()]);
        wrong(line, message).help("write `-- +goose StatementEnd` behind the statement")
    };
    for Marker { what, line } in markers {
        match (what, open) {
            (What::Begin, None) => open = Some(line),
            (What::End, Some(_)) => open = None,
            (What::End, None) => {
                let message = "`-- +goose StatementEnd` without `-- +goose StatementBegin`";
                let help = "write `-- +goose StatementBegin` before the statement";
                findings.push(wrong(line, message).help(help));
            }
            (What::Begin, Some(first)) => {
                findings.push(unclosed(first));
                open = Some(line);
            }
            (What::Up { .. } | What::Down { .. }, Some(first)) => {
                findings.push(unclosed(first));
                open = None;
            }
            _ => {}
        }
    }
    findings.extend(open.map(unclosed));
}

/// goose ends a statement at each line that ends with `;`, whatever is open, unless it is told where the statement ends;
/// and the last one needs its `;` too.
pub(super) fn cut(
    text: &str,
    part: &Range<usize>,
    markers: &[Marker],
    dialect: Dialect,
    findings: &mut Vec<Finding>,
) {
    let is_told = |at: usize| {
        let before = markers.iter().take_while(|marker| marker.line.start <= at);
        let last = before
            .filter(|marker| !matches!(marker.what, What::Unknown(_)))
            .last();
        last.is_some_and(|marker| marker.what == What::Begin)
    };
    let sql = &text[part.clone()];
    for statement in split(sql, dialect) {
        let range = part.start + statement.start..part.start + statement.end;
        if is_told(range.start) {
            continue;
        }
        let mut at = range.start;
        for line in text[range.clone()].split_inclusive('\n') {
            let end = at + line.len();
            let code = line.split("--").next().unwrap_or_default().trim_end();
            if code.ends_with(';') && end < range.end {
                let message = "goose ends the statement here, in the middle of it";
                let help = "write `-- +goose StatementBegin` before the statement and `-- +goose StatementEnd` behind it";
                let place = at + code.len() - 1..at + code.len();
                findings.push(wrong(&place, message).help(help));
                break;
            }
            at = end;
        }
        let behind = &text[range.end..part.end];
        let next = lex::tokens(behind, dialect).next();
        if next.is_none_or(|token| !token.is_symbol(behind, ';')) {
            let message = "the last statement has no `;`, without which goose does not run it";
            let place = last_character(text, &range);
            let finding = wrong(&place, message).help("write `;` behind it");
            findings.push(finding.fix(range.end..range.end, ";"));
        }
    }
}

fn last_character(text: &str, range: &Range<usize>) -> Range<usize> {
    let last = text[range.clone()].char_indices().next_back();
    range.start + last.map_or(0, |(at, _)| at)..range.end
}
