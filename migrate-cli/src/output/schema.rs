//! What commands on whole schemas say.

use std::path::Path;

use anstream::{eprintln, print, println};
use migrate_core::schema::{
    Alteration, Drift,
    ddl::script,
    diff::Change,
    document::{Document, Fault as Wrong},
};
use serde::Serialize;
use serde_json::Value;

use crate::{args::Format, fault::Fault};

use super::{BAD, CAREFUL, FAINT, Found, GOOD, Output};

#[derive(Serialize)]
struct JsonFault<'a> {
    path: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonAlteration<'a> {
    changes: &'a [Change],
    losses: Vec<String>,
    statements: Vec<&'a str>,
    foreign: &'a [migrate_core::schema::Foreign],
    done: bool,
}

/// What `check` and `verify` have found, as one list.
pub(super) fn findings(found: &[Found], drift: Option<&Drift>) -> Result<Vec<Value>, Fault> {
    let mut all = Vec::new();
    for one in found {
        all.push(serde_json::to_value(one)?);
    }
    for change in drift.iter().flat_map(|drift| &drift.changes) {
        all.push(serde_json::json!({
            "state": "drift",
            "message": change.to_string(),
            "change": change,
        }));
    }
    Ok(all)
}

/// `1 change`, `2 changes`.
fn number(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

impl Output {
    /// What is wrong with a document.
    pub(crate) fn faults(&self, file: &Path, faults: &[Wrong]) -> Result<(), Fault> {
        let file = file.display();
        match self.format {
            Format::Json => {
                let faults = faults.iter().map(|fault| JsonFault {
                    path: &fault.path,
                    message: &fault.message,
                });
                self.json(&faults.collect::<Vec<_>>())
            }
            Format::Text | Format::Sql if faults.is_empty() => {
                println!("{GOOD}ok{GOOD:#}: `{file}` is a valid schema document");
                Ok(())
            }
            Format::Text | Format::Sql => {
                for fault in faults {
                    match fault.path.as_str() {
                        "" => println!("{}", fault.message),
                        path => println!("{BAD}{path}{BAD:#}: {}", fault.message),
                    }
                }
                eprintln!(
                    "{FAINT}{} in `{file}`{FAINT:#}",
                    number(faults.len(), "fault")
                );
                Ok(())
            }
        }
    }

    /// A document on standard output, which is JSON in any case.
    pub(crate) fn document(&self, document: &Document) {
        print!("{document}");
    }

    /// A document that was written to a file.
    pub(crate) fn exported(&self, file: &Path, tables: usize) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(&serde_json::json!({ "file": file, "tables": tables })),
            Format::Text | Format::Sql => {
                println!("wrote {}: {}", file.display(), number(tables, "table"));
                Ok(())
            }
        }
    }

    /// What a document could not say.
    pub(crate) fn untold(&self, unknown: &[String]) {
        if self.format != Format::Json && !unknown.is_empty() {
            let names = unknown.join(", ");
            eprintln!("{FAINT}note{FAINT:#}: not understood, and so not in the document: {names}");
        }
    }

    /// Something as JSON.
    pub(crate) fn data(&self, data: &impl Serialize) -> Result<(), Fault> {
        self.json(data)
    }

    /// Statements on standard output.
    pub(crate) fn script(&self, script: &str) {
        print!("{script}");
    }

    /// What is different between two schemas.
    pub(crate) fn changes(&self, changes: &[Change]) {
        if changes.is_empty() {
            println!("Nothing is different");
        }
        for change in changes {
            println!("{}", line(change));
        }
    }

    /// What is to be done to a database, before it is.
    pub(crate) fn planned(&self, alteration: &Alteration, several: bool) {
        if self.format == Format::Json || alteration.is_empty() {
            return;
        }
        if several {
            eprintln!("{FAINT}{}{FAINT:#}", self.database);
        }
        for change in alteration.changes() {
            eprintln!("{}", line(change));
        }
        if self.verbose {
            eprint_script(&script(alteration.statements()));
        }
    }

    /// What was done to a database, or would be.
    pub(crate) fn altered(&self, alteration: &Alteration, dry_run: bool) -> Result<(), Fault> {
        if self.format == Format::Json {
            let statements = alteration.statements().iter();
            return self.json(&JsonAlteration {
                changes: alteration.changes(),
                losses: alteration.losses(),
                statements: statements.map(|one| one.sql.as_str()).collect(),
                foreign: alteration.foreign(),
                done: !dry_run && !alteration.is_empty(),
            });
        }
        for foreign in alteration.foreign() {
            eprintln!(
                "{FAINT}note{FAINT:#}: the table {} of {} is left alone",
                foreign.table, foreign.tool
            );
        }
        let changes = alteration.changes().len();
        match (alteration.is_empty(), dry_run) {
            (true, _) => println!("Nothing to do: {} has this schema already", self.database),
            (false, true) => {
                for change in alteration.changes() {
                    println!("{}", line(change));
                }
                print!("\n{}\n", script(alteration.statements()));
                println!(
                    "{} would be made. Nothing was done: this was a dry run",
                    number(changes, "change")
                );
            }
            (false, false) => println!("{} made in {}", number(changes, "change"), self.database),
        }
        Ok(())
    }

    /// What was done to a database behind the back of its migrations.
    pub(crate) fn drift(&self, drift: &Drift) {
        if self.format == Format::Json {
            return;
        }
        for change in &drift.changes {
            println!("{BAD}drift{BAD:#} {change}");
        }
        if !drift.others.is_empty() {
            let names = drift.others.join(", ");
            println!("{FAINT}note{FAINT:#}: not made by any migration of this program: {names}");
        }
        for foreign in &drift.foreign {
            println!(
                "{FAINT}note{FAINT:#}: the table {} is of {}",
                foreign.table, foreign.tool
            );
        }
        if !drift.not_compared.is_empty() {
            let names = drift.not_compared.join(", ");
            println!(
                "{FAINT}note{FAINT:#}: not compared, because what a migration does with it cannot be read: {names}"
            );
        }
        if !drift.is_empty() {
            eprintln!(
                "{FAINT}help{FAINT:#}: `schema apply applied` takes this back; `pull --from-database` writes the migration \
                 that keeps it, and `baseline` records that one here"
            );
        }
    }
}

fn line(change: &Change) -> String {
    match change.loses() {
        Some(loss) => format!("{change} {CAREFUL}(loses {loss}){CAREFUL:#}"),
        None => change.to_string(),
    }
}

fn eprint_script(script: &str) {
    for line in script.lines() {
        eprintln!("    {line}");
    }
}
