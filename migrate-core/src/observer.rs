//! Watching a run.

use std::{fmt, time::Duration};

use crate::plan::{ActionKind, Plan, Warning};

/// What happens in a run, as it happens.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The run begins, and there is something to do.
    Started {
        /// How many migrations are touched.
        migrations: usize,
        /// How many steps they have, where that is known.
        steps: usize,
    },
    /// Another connection holds the database; the run tries again until the timeout.
    Waiting {
        /// What it waits for.
        what: &'a str,
        /// For how long, since the history last moved.
        waited: Duration,
        /// The timeout.
        timeout: Duration,
    },
    /// Something that a policy let pass.
    Warned(&'a Warning),
    /// A migration begins.
    MigrationStarted {
        /// What is done to it.
        action: ActionKind,
        /// Its set.
        set: &'a str,
        /// Its id.
        id: &'a str,
        /// How many steps it has.
        steps: usize,
    },
    /// A step begins.
    StepStarted {
        /// Its place, from 1.
        step: usize,
        /// How many there are.
        of: usize,
        /// The statement, or the label of the Rust step.
        what: &'a str,
    },
    /// A message of the migration.
    Logged {
        /// Its set.
        set: &'a str,
        /// Its id.
        id: &'a str,
        /// The message.
        message: &'a str,
    },
    /// A migration is done and recorded.
    MigrationDone {
        /// What was done to it.
        action: ActionKind,
        /// Its set.
        set: &'a str,
        /// Its id.
        id: &'a str,
        /// How long it took.
        duration: Duration,
    },
    /// Another run has done it meanwhile.
    Skipped {
        /// Its set.
        set: &'a str,
        /// Its id.
        id: &'a str,
    },
    /// A migration has failed. The run ends with the error.
    MigrationFailed {
        /// Its set.
        set: &'a str,
        /// Its id.
        id: &'a str,
        /// The error in one line.
        error: &'a str,
    },
}

/// Something that is told the events of a run: a progress bar, a log.
///
/// ```
/// use migrate_core::{Event, Observer};
/// struct Print;
/// impl Observer for Print {
///     fn event(&self, event: &Event<'_>) {
///         if let Event::MigrationDone { id, duration, .. } = event {
///             println!("{id}: {} ms", duration.as_millis());
///         }
///     }
/// }
/// let migrator = migrate_core::Migrator::new().observer(Print);
/// ```
pub trait Observer: Send + Sync + 'static {
    /// An event. It is called between steps, so it should be quick.
    fn event(&self, event: &Event<'_>);
}

impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// Observes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}

/// Sends the events of a run to [`tracing`](https://docs.rs/tracing), target `migrate`: migrations and
/// messages as `info`, steps as `debug`, waiting and policies as `warn`, failures as `error`.
#[cfg(feature = "tracing")]
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingObserver;

#[cfg(feature = "tracing")]
impl Observer for TracingObserver {
    fn event(&self, event: &Event<'_>) {
        use tracing::{debug, error, info, warn};
        match event {
            Event::Started { migrations, steps } => {
                info!(target: "migrate", migrations, steps, "run started")
            }
            Event::Waiting { what, waited, .. } => {
                warn!(target: "migrate", waited_ms = waited.as_millis() as u64, "waiting for {what}");
            }
            Event::Warned(warning) => warn!(target: "migrate", "{warning}"),
            Event::MigrationStarted {
                action,
                set,
                id,
                steps,
            } => {
                info!(target: "migrate", set, id, steps, "{} started", action.word());
            }
            Event::StepStarted { step, of, what } => debug!(target: "migrate", step, of, "{what}"),
            Event::Logged { set, id, message } => info!(target: "migrate", set, id, "{message}"),
            Event::MigrationDone {
                action,
                set,
                id,
                duration,
            } => {
                info!(target: "migrate", set, id, duration_ms = duration.as_millis() as u64, "{} done", action.word());
            }
            Event::Skipped { set, id } => {
                info!(target: "migrate", set, id, "done by another run meanwhile")
            }
            Event::MigrationFailed { set, id, error } => {
                error!(target: "migrate", set, id, "{error}")
            }
        }
    }
}

/// What a run has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// The migrations that were touched, in order.
    pub done: Vec<Done>,
    /// What the policies let pass.
    pub warnings: Vec<Warning>,
}

/// A migration that a run has touched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Done {
    /// What was done.
    pub action: ActionKind,
    /// The set.
    pub set: String,
    /// The identifier.
    pub id: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// For an accepted checksum: the one in the history until now, and the one of the program.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub checksums: Option<(String, String)>,
}

impl Report {
    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// The ids of what was done, in order.
    pub fn names(&self) -> Vec<&str> {
        self.done.iter().map(|one| one.id.as_str()).collect()
    }
}

/// How many steps a plan has.
pub(crate) fn steps_of(plan: &Plan) -> usize {
    plan.migrations.iter().map(|one| one.steps.len()).sum()
}
