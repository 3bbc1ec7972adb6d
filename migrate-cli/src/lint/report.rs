//! What was found, for people and for programs.

use std::io::Write;

use anstyle::Style;
use migrate_schema::Level;
use serde::Serialize;

use super::{Checked, Found, arguments::LintFormat, files::Files, sarif};
use crate::{
    fault::Fault,
    output::{BAD, CAREFUL, GOOD, migrations},
};

/// Prints it on standard output.
pub(super) fn print(files: &Files, checked: &Checked, format: LintFormat) -> Result<(), Fault> {
    let mut text = match format {
        LintFormat::Text => text(files, checked),
        LintFormat::Json => serde_json::to_string_pretty(&json(files, checked))?,
        LintFormat::Sarif => serde_json::to_string_pretty(&sarif::log(files, checked))?,
    };
    text.push('\n');
    let written = anstream::stdout().lock().write_all(text.as_bytes());
    match written {
        // Somebody has read enough, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|source| Fault::Io {
            what: "cannot write to standard output".to_owned(),
            source,
        }),
    }
}

/// The word for a level.
pub(super) const fn word(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        _ => "warning",
    }
}

const fn style(level: Level) -> Style {
    match level {
        Level::Deny => BAD,
        _ => CAREFUL,
    }
}

fn text(files: &Files, checked: &Checked) -> String {
    let mut out = String::new();
    for Found {
        file,
        level,
        finding,
        ..
    } in &checked.found
    {
        let file = &files.files[*file];
        let style = style(*level);
        let rendered = finding.render(&file.text, |line, column| {
            format!("{}:{line}:{column}", file.shown)
        });
        out += &format!("{style}{}{style:#}: {rendered}\n\n", word(*level));
    }
    out + &closing(checked)
}

fn closing(checked: &Checked) -> String {
    let count = |level| {
        checked
            .found
            .iter()
            .filter(|one| one.level == level)
            .count()
    };
    let counted = |count: usize, level| {
        let (style, word) = (style(level), word(level));
        let ending = if count == 1 { "" } else { "s" };
        format!("{style}{count} {word}{ending}{style:#}")
    };
    let parts: Vec<String> = [Level::Deny, Level::Warn]
        .into_iter()
        .filter_map(|level| {
            Some(count(level))
                .filter(|n| *n > 0)
                .map(|n| counted(n, level))
        })
        .collect();
    let migrations = migrations(checked.migrations.len());
    match parts.is_empty() {
        true => format!("{GOOD}ok{GOOD:#}: nothing found in {migrations}"),
        false => format!("{} in {migrations}", parts.join(", ")),
    }
}

/// A finding as JSON.
#[derive(Serialize)]
struct JsonFinding<'a> {
    level: &'static str,
    code: &'static str,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    help: Option<&'a str>,
    notes: &'a [String],
    migration: Option<&'a str>,
}

fn json<'a>(files: &'a Files, checked: &'a Checked) -> Vec<JsonFinding<'a>> {
    let found = checked.found.iter();
    found
        .map(|one| {
            let file = &files.files[one.file];
            let (line, column) = file.place(one.finding.range.start);
            let (end_line, end_column) = file.place(one.finding.range.end);
            JsonFinding {
                level: word(one.level),
                code: one.finding.code.name(),
                file: &file.shown,
                line,
                column,
                end_line,
                end_column,
                message: &one.finding.message,
                help: one.finding.help.as_deref(),
                notes: &one.finding.notes,
                migration: one.migration.map(|at| checked.migrations[at].as_str()),
            }
        })
        .collect()
}
