//! The state of every migration, for people and for programs.

use std::io::Write;

use anstream::println;
use anstyle::Style;
use migrate_core::{MigrationStatus, Progress, State, Status, schema::Drift};
use serde::Serialize;
use tabwriter::TabWriter;

use crate::fault::Fault;

use super::{BAD, CAREFUL, FAINT, GOOD, Ways};

/// Whether ids alone do not say which migration is meant.
pub(crate) fn has_several_sets(status: &Status) -> bool {
    let mut sets = status.migrations.iter().map(|one| &one.set);
    let first = sets.next();
    sets.any(|set| Some(set) != first)
}

/// The id, with the set where there are several.
pub(crate) fn name(one: &MigrationStatus, several_sets: bool) -> String {
    if several_sets {
        format!("{}/{}", one.set, one.id)
    } else {
        one.id.clone()
    }
}

pub(super) fn status(status: &Status) -> Result<(), Fault> {
    let several = has_several_sets(status);
    let mut rows = String::from("State\tMigration\tBatch\tApplied at (UTC)\tDescription\n");
    for one in &status.migrations {
        let (style, word) = word(one);
        let name = name(one, several);
        let row = one.applied.as_ref();
        let batch = row.map_or_else(String::new, |row| row.batch.to_string());
        let at = row.map_or_else(String::new, |row| seconds(&row.applied_at));
        let description: Vec<&str> = one.description.split_whitespace().collect();
        let description = description.join(" ");
        rows += &format!("{style}{word}{style:#}\t{name}\t{batch}\t{at}\t{description}\n");
    }
    for line in columns(&rows)?.lines() {
        println!("{}", line.trim_end());
    }
    println!();
    println!("{}", sums(status));
    if (status.migrations.iter()).any(|one| one.state == State::BodyChanged) {
        println!("* The Rust code of its steps has changed since it was applied.");
    }
    for one in &status.migrations {
        if let Some(error) = one.applied.as_ref().and_then(|row| row.error.as_deref()) {
            println!("\n{BAD}error{BAD:#}: {error}");
        }
    }
    Ok(())
}

/// `2026-02-15 09:30:00` of `2026-02-15T09:30:00.123Z`.
pub(super) fn seconds(timestamp: &str) -> String {
    timestamp
        .replace('T', " ")
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Lines with tabs as columns.
pub(super) fn columns(rows: &str) -> Result<String, Fault> {
    let fault = |source| Fault::Io {
        what: "cannot lay out the table".to_owned(),
        source,
    };
    let mut writer = TabWriter::new(Vec::new()).ansi(true);
    writer
        .write_all(rows.as_bytes())
        .and_then(|()| writer.flush())
        .map_err(fault)?;
    let bytes = writer
        .into_inner()
        .map_err(|error| fault(std::io::Error::other(error.to_string())))?;
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
        Some((Progress::Applying { done, .. } | Progress::Reverting { done, .. }, steps)) => {
            (done, steps)
        }
        _ => (0, 0),
    };
    format!("INCOMPLETE {done}/{steps}")
}

/// How many of this program's are applied.
fn own(status: &Status) -> usize {
    let own = status.applied().filter(|one| one.state != State::Foreign);
    own.count()
}

fn sums(status: &Status) -> String {
    let (applied, pending) = (own(status), status.pending().count());
    let problems = status.problems().count();
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
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sql: &'a [Ways],
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<&'a Drift>,
}

impl<'a> JsonStatus<'a> {
    pub(super) fn new(status: &'a Status, sql: &'a [Ways], drift: Option<&'a Drift>) -> Self {
        Self {
            current: status.current().map(|one| one.id.as_str()),
            applied: own(status),
            pending: status.pending().count(),
            migrations: &status.migrations,
            sql,
            drift,
        }
    }
}
