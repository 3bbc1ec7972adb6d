//! What happens, as it happens: a bar on a terminal, plain lines elsewhere.

#[cfg(feature = "interrupt")]
use std::sync::{Arc, Mutex, PoisonError};
use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use anstream::{eprintln, println};
use indicatif::{ProgressBar, ProgressStyle};
use migrate_core::{ActionKind, Event, Observer};

use crate::args::Format;

use super::{BAD, CAREFUL, FAINT, GOOD, Output};

/// How far a run has come: what somebody who interrupts it is told.
#[cfg(feature = "interrupt")]
#[derive(Clone, Debug, Default)]
pub(crate) struct At {
    /// How many migrations are done.
    pub(crate) done: usize,
    /// The one at work: what is done to it, its set and its id.
    pub(crate) migration: Option<(ActionKind, String, String)>,
    /// Its step, and how many it has.
    pub(crate) step: Option<(usize, usize)>,
}

/// Shows the events of a run.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    #[cfg(feature = "interrupt")]
    at: Arc<Mutex<At>>,
    format: Format,
    verbose: bool,
}

impl Progress {
    pub(crate) fn new(out: &Output) -> Self {
        let shown = out.format == Format::Text && stderr().is_terminal();
        let bar = if shown {
            ProgressBar::no_length()
        } else {
            ProgressBar::hidden()
        };
        // The template is a constant; were it wrong, the default style would do.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            #[cfg(feature = "interrupt")]
            at: Arc::default(),
            format: out.format,
            verbose: out.verbose,
        }
    }

    /// Where the run is.
    #[cfg(feature = "interrupt")]
    pub(crate) fn at(&self) -> At {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.clone()
    }

    #[cfg(feature = "interrupt")]
    fn note(&self, event: &Event<'_>) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        match *event {
            Event::MigrationStarted {
                action, set, id, ..
            } => {
                at.migration = Some((action, set.to_owned(), id.to_owned()));
                at.step = None;
            }
            Event::StepStarted { step, of, .. } => at.step = Some((step, of)),
            Event::MigrationDone { .. } => {
                at.done += 1;
                at.migration = None;
            }
            Event::Skipped { .. } => at.migration = None,
            _ => {}
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// A line above the bar.
    fn line(&self, text: &str) {
        if self.format == Format::Text {
            self.bar.suspend(|| println!("{text}"));
        }
    }

    /// A line about the run itself, which is no part of the answer.
    fn aside(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    fn done(&self, action: ActionKind, id: &str, duration: Duration) {
        let took = format!("{FAINT}{}{FAINT:#}", human(duration));
        let (style, word) = match action {
            ActionKind::Apply => (GOOD, "applied"),
            ActionKind::Record => (GOOD, "recorded"),
            ActionKind::Revert | ActionKind::RevertStored => (CAREFUL, "reverted"),
            ActionKind::Forget => (CAREFUL, "forgotten"),
            ActionKind::Rename => (GOOD, "renamed"),
            ActionKind::Accept => (GOOD, "accepted"),
            ActionKind::Resolve => (GOOD, "resolved"),
            ActionKind::Wipe => (CAREFUL, "dropped everything in the database"),
            _ => (GOOD, "done"),
        };
        let name = if id.is_empty() {
            String::new()
        } else {
            format!(" {id}")
        };
        self.line(&format!("{style}{word}{style:#}{name} {took}"));
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        #[cfg(feature = "interrupt")]
        self.note(event);
        match event {
            Event::Started { steps, .. } => self.bar.set_length(*steps as u64),
            Event::Waiting {
                what,
                waited,
                timeout,
            } => self.aside(&format!(
                "{CAREFUL}waiting{CAREFUL:#} for {what} ({} s of {} s)",
                waited.as_secs(),
                timeout.as_secs()
            )),
            Event::Warned(warning) => {
                self.aside(&format!("{CAREFUL}warning{CAREFUL:#}: {warning}"))
            }
            Event::MigrationStarted { action, id, .. } => {
                self.bar.set_message((*id).to_owned());
                if self.verbose {
                    self.aside(&format!("{} {id}", action.word()));
                }
            }
            Event::StepStarted { step, of, what } => {
                self.bar.inc(1);
                if self.verbose {
                    self.aside(&format!("{FAINT}step {step} of {of}{FAINT:#}\n{what}"));
                }
            }
            Event::Logged { id, message, .. } => {
                self.aside(&format!("{FAINT}{id}{FAINT:#}: {message}"))
            }
            Event::MigrationDone {
                action,
                id,
                duration,
                ..
            } => self.done(*action, id, *duration),
            Event::Skipped { id, .. } => self.line(&format!(
                "{FAINT}skipped{FAINT:#} {id}: another run has done it"
            )),
            Event::MigrationFailed { id, .. } => self.line(&format!("{BAD}failed{BAD:#} {id}")),
            _ => {}
        }
    }
}

fn human(duration: Duration) -> String {
    match duration.as_millis() {
        0 => format!("{} µs", duration.as_micros()),
        short @ 1..1000 => format!("{short} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}
