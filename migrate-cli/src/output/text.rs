//! Text for people.

use std::io::Write;

use anstream::println;
use anstyle::Style;
use migrate_core::{
    ActionKind, MigrationStatus, Plan, PlannedMigration, PlannedStep, Progress, Report, Request, State, Status,
};
use serde::Serialize;
use tabwriter::TabWriter;

use crate::fault::Fault;

use super::{BAD, CAREFUL, FAINT, GOOD};

/// `3 migrations WORD`.
pub(super) fn count(number: usize, word: &str) -> String {
    let noun = if number == 1 { "migration" } else { "migrations" };
    format!("{number} {noun} {word}")
}

pub(super) fn status(status: &Status) -> Result<(), Fault> {
    let several = status.migrations.iter().any(|one| one.set != status.migrations[0].set);
    let mut rows = String::from("State\tMigration\tBatch\tApplied at (UTC)\tDescription\n");
    for one in &status.migrations {
        let (style, word) = word(one);
        let name = if several { format!("{}/{}", one.set, one.id) } else { one.id.clone() };
        let row = one.applied.as_ref();
        let batch = row.map_or_else(String::new, |row| row.batch.to_string());
        let at = row.map_or_else(String::new, |row| seconds(&row.applied_at));
        rows += &format!("{style}{word}{style:#}\t{name}\t{batch}\t{at}\t{}\n", one.description);
    }
    for line in columns(&rows)?.lines() {
        println!("{}", line.trim_end());
    }
    println!();
    println!("{}", sums(status));
    for one in &status.migrations {
        if let Some(error) = one.applied.as_ref().and_then(|row| row.error.as_deref()) {
            println!("\n{BAD}{}{BAD:#}: {error}", one.id);
        }
    }
    Ok(())
}

/// `2026-02-15 09:30:00` of `2026-02-15T09:30:00.123Z`.
fn seconds(timestamp: &str) -> String {
    timestamp.replace('T', " ").split('.').next().unwrap_or_default().to_owned()
}

/// Lines with tabs as columns.
fn columns(rows: &str) -> Result<String, Fault> {
    let fault = |source| Fault::Io { what: "cannot lay out the table".to_owned(), source };
    let mut writer = TabWriter::new(Vec::new()).ansi(true);
    writer.write_all(rows.as_bytes()).and_then(|()| writer.flush()).map_err(fault)?;
    let bytes = writer.into_inner().map_err(|error| fault(std::io::Error::other(error.to_string())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn word(one: &MigrationStatus) -> (Style, String) {
    let (style, word) = match one.state {
        State::Applied => (GOOD, "APPLIED"),
        State::Pending => (CAREFUL, "PENDING"),
        State::OutOfOrder => (CAREFUL, "OUT OF ORDER"),
        State::Changed => (BAD, "CHANGED"),
        State::BodyChanged => (GOOD, "APPLIED*"),
        State::Missing => (BAD, "MISSING"),
        State::Incomplete => return (BAD, incomplete(one)),
        State::OtherEnvironment => (FAINT, "OTHER ENV"),
        State::FeatureOff => (FAINT, "FEATURE OFF"),
        State::Foreign => (FAINT, "FOREIGN"),
        _ => (FAINT, "UNKNOWN"),
    };
    (style, word.to_owned())
}

fn incomplete(one: &MigrationStatus) -> String {
    let row = one.applied.as_ref();
    let (done, steps) = match row.map(|row| (row.progress, row.steps)) {
        Some((Progress::Applying { done, .. } | Progress::Reverting { done, .. }, steps)) => (done, steps),
        _ => (0, 0),
    };
    format!("INCOMPLETE {done}/{steps}")
}

fn sums(status: &Status) -> String {
    let applied = status.applied().filter(|one| one.state != State::Foreign).count();
    let pending = status.pending().count();
    let problems = status.problems().filter(|one| one.state != State::OutOfOrder).count();
    let mut text = format!("{applied} applied, {pending} pending");
    if problems > 0 {
        text += &format!(", {problems} to look at: `verify` says more");
    }
    text
}

#[derive(Serialize)]
pub(super) struct JsonStatus<'a> {
    current: Option<&'a str>,
    applied: usize,
    pending: usize,
    migrations: &'a [MigrationStatus],
}

impl<'a> JsonStatus<'a> {
    pub(super) fn new(status: &'a Status) -> Self {
        Self {
            current: status.current().map(|one| one.id.as_str()),
            applied: status.applied().count(),
            pending: status.pending().count(),
            migrations: &status.migrations,
        }
    }
}

pub(super) fn plan(plan: &Plan, dry_run: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for warning in &plan.warnings {
        lines.push(format!("{CAREFUL}warning{CAREFUL:#}: {warning}"));
    }
    for one in &plan.migrations {
        lines.push(head(one));
        for step in &one.steps {
            match step {
                PlannedStep::Sql { sql } => {
                    let indented = sql.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
                    lines.push(format!("{indented};"));
                }
                PlannedStep::Run { label } => lines.push(format!("    {CAREFUL}run{CAREFUL:#}: {label}")),
                PlannedStep::Log { message } => lines.push(format!("    {FAINT}log{FAINT:#}: {message}")),
                _ => {}
            }
        }
    }
    let done = if dry_run { ". Nothing was done: this was a dry run" } else { "" };
    lines.push(match plan.migrations.len() {
        0 => format!("Nothing to do{done}"),
        number => format!("{}{done}", count(number, &format!("for `{}`", plan.request))),
    });
    lines
}

fn head(one: &PlannedMigration) -> String {
    let mut notes = Vec::new();
    if !one.transaction {
        notes.push("outside a transaction");
    }
    if one.foreign_keys_off {
        notes.push("foreign keys off, checked before the commit");
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" {FAINT}({}){FAINT:#}", notes.join("; ")) };
    let style = if matches!(one.action, ActionKind::Apply | ActionKind::Record) { GOOD } else { CAREFUL };
    let description = if one.description.is_empty() { String::new() } else { format!("  {}", one.description) };
    format!("{style}{}{style:#} {}{description}{notes}", one.action.word(), one.id)
}

pub(super) fn summary(request: &Request, report: &Report) {
    if report.is_empty() {
        println!("{}", nothing(request));
        return;
    }
    let of = |kinds: &[ActionKind]| report.done.iter().filter(|one| kinds.contains(&one.action)).count();
    let parts = [
        (of(&[ActionKind::Revert, ActionKind::RevertStored]), "taken back"),
        (of(&[ActionKind::Apply]), "applied"),
        (of(&[ActionKind::Record]), "recorded as applied"),
        (of(&[ActionKind::Forget]), "taken out of the history"),
        (of(&[ActionKind::Accept]), "accepted as changed"),
        (of(&[ActionKind::Rename]), "renamed"),
        (of(&[ActionKind::Resolve]), "resolved: run `up` or `down` to go on"),
    ];
    let told: Vec<String> =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(number, word)).collect();
    for one in &report.done {
        if let Some((old, new)) = &one.checksums {
            println!("{}: {old} → {new}", one.id);
        }
    }
    println!("{}", told.join(", "));
}

fn nothing(request: &Request) -> &'static str {
    match request {
        Request::Up(_) => "Nothing to do: no migration is pending",
        Request::Down(_) | Request::Redo(_) => "Nothing to do: no migration is applied",
        _ => "Nothing to do",
    }
}
