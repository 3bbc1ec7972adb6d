//! The history of a database, as it happened.

use anstream::println;
use migrate_core::{Applied, Progress, Status};

use crate::{args::Format, fault::Fault};

use super::{
    BAD, FAINT, Output,
    status::{columns, seconds},
};

impl Output {
    pub(crate) fn log(&self, status: Status, limit: Option<u32>) -> Result<(), Fault> {
        let rows = status.migrations.into_iter().filter_map(|one| one.applied);
        let mut rows: Vec<Applied> = rows.collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        let all = rows.len();
        rows.truncate(limit.map_or(all, |limit| limit as usize));
        match self.format {
            Format::Json => self.json(&rows),
            Format::Text | Format::Sql => text(&rows, all),
        }
    }
}

fn text(rows: &[Applied], all: usize) -> Result<(), Fault> {
    if rows.is_empty() {
        println!("Nothing is applied");
        return Ok(());
    }
    let set = &rows[0].set;
    let several = rows.iter().any(|row| row.set != *set);
    let mut table = String::from("Batch\tApplied at (UTC)\tTook\tBy\tMigration\n");
    for row in rows {
        let name = match several {
            true => format!("{}/{}", row.set, row.id),
            false => row.id.clone(),
        };
        let (batch, at, by) = (row.batch, seconds(&row.applied_at), by(row));
        let took = format!("{} ms", row.duration_ms);
        table += &format!("{batch}\t{at}\t{took}\t{by}\t{name}{}\n", cut_off(row));
    }
    for line in columns(&table)?.lines() {
        println!("{}", line.trim_end());
    }
    for row in rows {
        if let Some(error) = &row.error {
            println!("\n{BAD}error{BAD:#}: {}: {error}", row.id);
        }
    }
    if rows.len() < all {
        let left = super::migrations(all - rows.len());
        println!("{FAINT}… and {left} before{FAINT:#}");
    }
    Ok(())
}

/// Who, and in which environment where that is not the usual one.
fn by(row: &Applied) -> String {
    let who = row
        .applied_by
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    match row.environment.as_str() {
        "" | "development" => who,
        environment => format!("{who} ({environment})"),
    }
}

/// Where it has stopped, if it has: only of such a one the history knows which way it went.
fn cut_off(row: &Applied) -> String {
    match row.progress {
        Progress::Applied => String::new(),
        Progress::Applying { done, .. } => {
            format!("  {BAD}up: {done} of {} steps{BAD:#}", row.steps)
        }
        Progress::Reverting { done, .. } => format!("  {BAD}down: {done} steps{BAD:#}"),
    }
}
