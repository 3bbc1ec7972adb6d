//! What is printed: answers on standard output, everything else on standard error. Colours only on a terminal
//! and never with `NO_COLOR`.

mod log;
mod plan;
mod progress;
mod project;
mod pull;
mod schema;
mod several;
mod status;
mod ways;

use std::{cell::RefCell, ffi::OsString, io::Write};

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use migrate_core::{Error, Plan, Report, Request, State, Status, Tool, schema::Drift};
use serde::Serialize;
use serde_json::Value;

pub(crate) use plan::migrations;
#[cfg(feature = "interrupt")]
pub(crate) use progress::At;
pub(crate) use progress::Progress;
pub(crate) use project::near;
pub(crate) use pull::Pulled;
pub(crate) use several::Several;
pub(crate) use status::{has_several_sets, name};
pub(crate) use ways::Ways;

use crate::{
    args::Format,
    fault::{Exit, Fault},
};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const CAREFUL: Style = AnsiColor::Yellow.on_default();
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Something that `check` or `verify` has found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) set: String,
    pub(crate) id: String,
    pub(crate) state: State,
    pub(crate) message: String,
    /// The id, with the set where there are several.
    #[serde(skip)]
    pub(crate) name: String,
}

/// How a command prints.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) verbose: bool,
    /// What the database is called.
    pub(crate) database: String,
    /// Where the document goes that else would be printed, because it is only a part of the answer.
    pub(crate) part: Option<RefCell<Option<Value>>>,
}

/// Arguments that cannot be understood, or a wish for help. Somebody who reads JSON gets the error as such.
pub(crate) fn usage(error: &clap::Error, arguments: &[OsString]) -> Exit {
    if !error.use_stderr() {
        // Where standard output is closed there is nobody to tell.
        let _ = error.print();
        return Exit::Done;
    }
    let json = arguments
        .windows(2)
        .any(|pair| pair[0] == "--format" && pair[1] == "json")
        || arguments.iter().any(|argument| argument == "--format=json");
    if json {
        let text = error.to_string();
        // Behind the message stand the usage and a hint at `--help`.
        let message = text.split("\n\n").next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message).trim();
        fault(&Fault::Usage(message.to_owned()), Format::Json, None);
    } else {
        let _ = error.print();
    }
    Exit::Usage
}

/// A failed command, on standard error, or as JSON on standard output where that was asked for. The database is named
/// where there are several.
pub(crate) fn fault(fault: &Fault, format: Format, database: Option<&str>) {
    match format {
        Format::Text | Format::Sql => {
            let label = match fault {
                Fault::NotConfirmed(_) | Fault::Interrupted(_) => {
                    format!("{CAREFUL}stopped{CAREFUL:#}")
                }
                _ => format!("{BAD}error{BAD:#}"),
            };
            let database = database.map_or_else(String::new, |name| format!("{name}: "));
            eprintln!("{label}: {database}{fault}");
        }
        Format::Json => match serde_json::to_string_pretty(&failed(fault)) {
            Ok(text) => println!("{text}"),
            Err(_) => eprintln!("error: {fault}"),
        },
    }
}

/// The document of a failed command.
fn failed(fault: &Fault) -> impl Serialize {
    #[derive(Serialize)]
    struct Failed {
        error: String,
        migration: Option<String>,
        done: Vec<migrate_core::Done>,
    }
    let migrate = match fault {
        Fault::Migrate(error) => Some(error),
        _ => None,
    };
    Failed {
        error: fault.to_string(),
        migration: migrate.and_then(Error::migration).map(str::to_owned),
        done: migrate.map_or_else(Vec::new, |error| error.report().done.clone()),
    }
}

impl Output {
    pub(crate) fn without_database(format: Format) -> Self {
        Self {
            format,
            verbose: false,
            database: String::new(),
            part: None,
        }
    }

    fn json(&self, value: &impl Serialize) -> Result<(), Fault> {
        match &self.part {
            Some(part) => {
                part.replace(Some(serde_json::to_value(value)?));
            }
            None => println!("{}", serde_json::to_string_pretty(value)?),
        }
        Ok(())
    }

    pub(crate) fn status(
        &self,
        status: &Status,
        sql: &[Ways],
        drift: Option<&Drift>,
    ) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(&status::JsonStatus::new(status, sql, drift)),
            Format::Text | Format::Sql => {
                status::status(status)?;
                for line in sql
                    .iter()
                    .flat_map(|one| ways::lines(one, has_several_sets(status)))
                {
                    println!("{line}");
                }
                if let Some(drift) = drift {
                    println!();
                    if drift.is_empty() {
                        println!(
                            "{GOOD}no drift{GOOD:#}: the database is as the migrations have made it"
                        );
                    }
                    self.drift(drift);
                }
                Ok(())
            }
        }
    }

    pub(crate) fn plan(&self, plan: &Plan, request: &Request, dry_run: bool) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(plan),
            Format::Text | Format::Sql => {
                for line in plan::plan(plan, request, dry_run) {
                    println!("{line}");
                }
                Ok(())
            }
        }
    }

    /// A text that is the answer as it is: a script, a picture. As JSON it is the member of an object.
    pub(crate) fn text(&self, name: &str, text: &str) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(&serde_json::json!({ name: text })),
            Format::Text | Format::Sql => {
                // Not through the colours: what looks like one is a part of it.
                match std::io::stdout().lock().write_all(text.as_bytes()) {
                    Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
                        let what = "cannot write to standard output".to_owned();
                        Err(Fault::Io { what, source })
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// The plan, for somebody who is asked whether it may be done.
    pub(crate) fn plan_to_stderr(&self, plan: &Plan) {
        for line in plan::actions(plan) {
            eprintln!("{line}");
        }
    }

    /// A database that is looked at, and is not there.
    pub(crate) fn no_database(&self) {
        if self.format == Format::Text {
            eprintln!("{FAINT}note{FAINT:#}: {} does not exist yet", self.database);
        }
    }

    /// What is pending after the history of another tool was taken over.
    pub(crate) fn left_by_tool(&self, tool: Tool, pending: &[String]) {
        if self.format == Format::Text && !pending.is_empty() {
            let (number, names) = (migrations(pending.len()), pending.join(", "));
            println!("{number} left pending, because {tool} has not applied them: {names}");
        }
    }

    pub(crate) fn findings(
        &self,
        found: &[Found],
        drift: Option<&Drift>,
        nothing: &str,
    ) -> Result<(), Fault> {
        let is_drift = drift.is_some_and(|drift| !drift.is_empty());
        match self.format {
            Format::Json => self.json(&schema::findings(found, drift)?),
            Format::Text | Format::Sql => {
                for one in found {
                    println!("{BAD}{}{BAD:#} {}", one.name, one.message);
                }
                if found.is_empty() && !is_drift {
                    let no_drift = match drift {
                        Some(_) => "; the database is as they have made it",
                        None => "",
                    };
                    println!("{GOOD}ok{GOOD:#}: {nothing}{no_drift}");
                }
                if let Some(drift) = drift {
                    self.drift(drift);
                }
                Ok(())
            }
        }
    }

    /// The end of a run. What was done has been told as it was done.
    pub(crate) fn report(
        &self,
        request: &Request,
        result: Result<Report, Error>,
    ) -> Result<(), Fault> {
        let report = match (result, self.format) {
            (Ok(report), _) => report,
            (Err(error), Format::Text | Format::Sql) => {
                let done = error.report().done.len();
                if done > 0 {
                    eprintln!(
                        "{FAINT}{} before the failure{FAINT:#}",
                        migrations(done) + " done"
                    );
                }
                return Err(error.into());
            }
            (Err(error), Format::Json) => return Err(error.into()),
        };
        match self.format {
            Format::Json => self.json(&report),
            Format::Text | Format::Sql => {
                plan::summary(request, &report);
                Ok(())
            }
        }
    }
}
