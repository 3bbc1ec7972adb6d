//! What is printed: answers on standard output, everything else on standard error. Colours only on a terminal
//! and never with `NO_COLOR`.

mod progress;
mod project;
mod text;

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use migrate_core::{Error, Plan, Report, Request, Status};
use serde::Serialize;

pub(crate) use progress::Progress;

use crate::{args::Format, command::Found, fault::Fault};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const CAREFUL: Style = AnsiColor::Yellow.on_default();
pub(crate) const FAINT: Style = Style::new().dimmed();

/// How a command prints.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) verbose: bool,
    /// What the database is called.
    pub(crate) database: String,
}

/// The URL as it may be shown.
pub(crate) fn shown(url: &str) -> String {
    // Only SQLite can be opened, and a file has no password; a URL of another kind is refused before it is shown.
    url.split('?').next().unwrap_or(url).to_owned()
}

/// A failed command, on standard error, and as JSON on standard output where that was asked for.
pub(crate) fn fault(fault: &Fault, format: Format) {
    match format {
        Format::Text => {
            let label = match fault {
                Fault::NotConfirmed(_) => format!("{CAREFUL}stopped{CAREFUL:#}"),
                _ => format!("{BAD}error{BAD:#}"),
            };
            eprintln!("{label}: {fault}");
        }
        Format::Json => {
            #[derive(Serialize)]
            struct Failed<'a> {
                error: String,
                migration: Option<&'a str>,
                done: &'a [migrate_core::Done],
            }
            let migrate = match fault {
                Fault::Migrate(error) => Some(error),
                _ => None,
            };
            let failed = Failed {
                error: fault.to_string(),
                migration: migrate.and_then(Error::migration),
                done: migrate.map_or(&[], |error| &error.report().done),
            };
            match serde_json::to_string_pretty(&failed) {
                Ok(text) => println!("{text}"),
                Err(_) => eprintln!("error: {fault}"),
            }
        }
    }
}

impl Output {
    pub(crate) fn without_database(format: Format) -> Self {
        Self { format, verbose: false, database: String::new() }
    }

    fn json(&self, value: &impl Serialize) -> Result<(), Fault> {
        println!("{}", serde_json::to_string_pretty(value)?);
        Ok(())
    }

    pub(crate) fn status(&self, status: &Status) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(&text::JsonStatus::new(status)),
            Format::Text => text::status(status),
        }
    }

    pub(crate) fn plan(&self, plan: &Plan, dry_run: bool) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(plan),
            Format::Text => {
                for line in text::plan(plan, dry_run) {
                    println!("{line}");
                }
                Ok(())
            }
        }
    }

    /// The plan, for somebody who is asked whether it may be done.
    pub(crate) fn plan_to_stderr(&self, plan: &Plan) {
        for line in text::plan(plan, false) {
            eprintln!("{line}");
        }
    }

    pub(crate) fn findings(&self, found: &[Found], nothing: &str) -> Result<(), Fault> {
        match self.format {
            Format::Json => self.json(&found),
            Format::Text if found.is_empty() => {
                println!("{GOOD}ok{GOOD:#}: {nothing}");
                Ok(())
            }
            Format::Text => {
                for one in found {
                    println!("{BAD}{}{BAD:#} {}", one.id, one.message);
                }
                Ok(())
            }
        }
    }

    /// The end of a run. What was done has been told as it was done.
    pub(crate) fn report(&self, request: &Request, result: Result<Report, Error>) -> Result<(), Fault> {
        let report = match (result, self.format) {
            (Ok(report), _) => report,
            (Err(error), Format::Text) => {
                let done = error.report().done.len();
                if done > 0 {
                    eprintln!("{FAINT}{} before the failure{FAINT:#}", text::count(done, "done"));
                }
                return Err(error.into());
            }
            (Err(error), Format::Json) => return Err(error.into()),
        };
        match self.format {
            Format::Json => self.json(&report),
            Format::Text => {
                text::summary(request, &report);
                Ok(())
            }
        }
    }
}
