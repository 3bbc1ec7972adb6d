//! The one error of this crate.

use std::{fmt, time::Duration};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    observer::Report,
    plan::{ActionKind, PlanError},
    registry::RegistryError,
    steps::StepFault,
};

/// Why a run, or a look at a database, has failed.
///
/// Its text says what failed, where, and what to do; [`report`](Self::report) tells what the run had done before,
/// and [`source`](std::error::Error::source) leads to the error of the driver.
///
/// ```
/// use migrate_core::Migrator;
/// let mut connection = rusqlite::Connection::open_in_memory().unwrap();
/// let error = Migrator::of("not_linked").up(&mut connection).unwrap_err();
/// assert!(error.is_nothing_registered());
/// assert!(error.to_string().contains("no migration of the set `not_linked` is linked"));
/// ```
pub struct Error {
    kind: Box<Kind>,
    report: Report,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Registry(RegistryError),
    Plan(PlanError),
    /// A migration whose steps cannot be made.
    Prepare {
        migration: String,
        place: String,
        fault: StepFault,
    },
    /// A migration that has a statement for which it would need an option.
    NeedsOption {
        migration: String,
        place: String,
        statement: String,
        advice: &'static str,
    },
    /// A Rust step of another driver, or for a connection instead of a transaction.
    WrongClosure {
        migration: String,
        label: String,
        expected: &'static str,
    },
    Locked {
        what: String,
        waited: Duration,
        source: DriverError,
    },
    Step(Failure),
    /// A statement that was to bring the schema to another one.
    #[cfg(feature = "schema")]
    Alter(Altering),
    /// The schema is another one than that which was planned on.
    #[cfg(feature = "schema")]
    Moved(String),
    /// Outside of a step: opening, reading the history, committing.
    Driver {
        what: String,
        source: DriverError,
    },
    Open {
        url: String,
        reason: String,
    },
}

/// A step that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) action: ActionKind,
    pub(crate) migration: String,
    pub(crate) place: String,
    pub(crate) step: usize,
    pub(crate) of: usize,
    pub(crate) what: String,
    pub(crate) left: Left,
    pub(crate) source: DriverError,
}

/// A statement that failed, of those that were to bring the schema to another one.
#[cfg(feature = "schema")]
#[derive(Debug)]
pub(crate) struct Altering {
    pub(crate) step: usize,
    pub(crate) of: usize,
    /// How many are done and stay.
    pub(crate) done: usize,
    pub(crate) what: String,
    pub(crate) source: DriverError,
}

/// What a step that failed has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// It was in the migration's transaction, so nothing.
    Nothing,
    /// It was outside a transaction: the steps before it.
    StepsBefore,
    /// The same, and what the Rust code of the step has done.
    RustCode,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind: Box::new(kind),
            report: Report::default(),
        }
    }

    pub(crate) fn driver(what: impl Into<String>, source: DriverError) -> Self {
        Self::new(Kind::Driver {
            what: what.into(),
            source,
        })
    }

    /// A connection has answered another question than it was asked; only a fault of ours could do that.
    pub(crate) fn unanswered() -> Self {
        let error = DriverError::new(DriverErrorKind::Other, "it has answered something else");
        Self::driver("the connection cannot be used", error)
    }

    pub(crate) fn with_report(mut self, report: Report) -> Self {
        self.report = report;
        self
    }

    /// What the run had done, and recorded, before it failed.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Why the request was refused, where it was. Nothing was done then, unless another run has come in between:
    /// [`report`](Self::report) has what was.
    pub fn plan_error(&self) -> Option<&PlanError> {
        match &*self.kind {
            Kind::Plan(error) => Some(error),
            _ => None,
        }
    }

    /// Whether no migration is linked into the program at all.
    pub fn is_nothing_registered(&self) -> bool {
        matches!(&*self.kind, Kind::Registry(RegistryError::Empty { .. }))
    }

    /// Whether another connection held the database until the timeout.
    pub fn is_locked(&self) -> bool {
        matches!(&*self.kind, Kind::Locked { .. })
    }

    /// Whether a name or a number of the request is wrong, so that no other state of the database would help.
    pub fn is_usage(&self) -> bool {
        match &*self.kind {
            Kind::Plan(error) => error.is_usage(),
            // A set that is not in the program, which has others.
            Kind::Registry(RegistryError::Empty { linked, .. }) => !linked.is_empty(),
            Kind::Open { .. } => true,
            _ => false,
        }
    }

    /// The migration that failed, where one did.
    pub fn migration(&self) -> Option<&str> {
        match &*self.kind {
            Kind::Step(Failure { migration, .. })
            | Kind::Prepare { migration, .. }
            | Kind::NeedsOption { migration, .. }
            | Kind::WrongClosure { migration, .. } => Some(migration),
            _ => None,
        }
    }
}

/// As the text, because this is what a `main` that returns the error prints, and what `unwrap` says.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Registry(error) => error.fmt(f),
            Kind::Plan(error) => error.fmt(f),
            Kind::Prepare {
                migration,
                place,
                fault,
            } => write!(f, "`{migration}` ({place}): {fault}. Nothing was done"),
            Kind::NeedsOption {
                migration,
                place,
                statement,
                advice,
            } => write!(
                f,
                "`{migration}` ({place}) has a statement that does not work in a transaction: {statement}. {advice}. \
                 Nothing was done"
            ),
            Kind::WrongClosure {
                migration,
                label,
                expected,
            } => {
                write!(
                    f,
                    "the Rust step `{label}` of `{migration}` is not for this run: it has to take {expected}. Nothing was done"
                )
            }
            Kind::Locked {
                what,
                waited,
                source,
            } => write!(
                f,
                "waited {} s for {what} ({source}). End the program that holds it, or wait longer with a higher timeout",
                waited.as_secs()
            ),
            Kind::Step(failure) => failure.fmt(f),
            #[cfg(feature = "schema")]
            Kind::Alter(failure) => failure.fmt(f),
            #[cfg(feature = "schema")]
            Kind::Moved(database) => write!(
                f,
                "somebody has changed the schema of {database} since the changes were planned: plan them again. Nothing was done"
            ),
            Kind::Driver { what, source } => write!(f, "{what}: {source}"),
            Kind::Open { url, reason } => write!(f, "cannot open `{url}`: {reason}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.action {
            ActionKind::Apply => "up",
            _ => "down",
        };
        writeln!(
            f,
            "`{}` {direction} failed at step {} of {}: {}",
            self.migration, self.step, self.of, self.source
        )?;
        writeln!(f, "  at {}", self.place)?;
        for line in self.what.lines() {
            writeln!(f, "  | {line}")?;
        }
        match (self.left, self.source.kind) {
            (Left::Nothing, DriverErrorKind::TransactionEnded) => f.write_str(
                "  The step has ended the transaction: what ran before it is in the database, and is not recorded. \
                 Remove the COMMIT or ROLLBACK from the step, and undo by hand what it left",
            ),
            (Left::Nothing, _) => f.write_str("  It was rolled back whole; the migrations before it stay applied"),
            (Left::StepsBefore, _) => f.write_str(
                "  It runs outside a transaction: the steps before stay, and the next run goes on with this step",
            ),
            (Left::RustCode, _) => f.write_str(
                "  It runs outside a transaction, and its Rust code is done: the steps before stay, and `resolve` has to \
                 say whether this one counts as done",
            ),
        }
    }
}

#[cfg(feature = "schema")]
impl fmt::Display for Altering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "statement {} of {} failed: {}",
            self.step, self.of, self.source
        )?;
        for line in self.what.lines() {
            writeln!(f, "  | {line}")?;
        }
        match (self.source.kind, self.done) {
            (DriverErrorKind::Unknown, _) => {
                f.write_str("  Whether it took place is not known. Do the same again: it does what is left")
            }
            (_, 0) => f.write_str("  Nothing was changed"),
            (_, 1) => f.write_str("  The statement before it stays. Do the same again when that is mended: it does what is left"),
            (_, done) => write!(
                f,
                "  The {done} statements before it stay. Do the same again when that is mended: it does what is left"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.kind {
            Kind::Registry(error) => Some(error),
            Kind::Plan(error) => Some(error),
            Kind::Prepare { fault, .. } => Some(fault),
            Kind::Locked { source, .. }
            | Kind::Driver { source, .. }
            | Kind::Step(Failure { source, .. }) => std::error::Error::source(source),
            #[cfg(feature = "schema")]
            Kind::Alter(Altering { source, .. }) => std::error::Error::source(source),
            #[cfg(feature = "schema")]
            Kind::Moved(_) => None,
            Kind::NeedsOption { .. } | Kind::WrongClosure { .. } | Kind::Open { .. } => None,
        }
    }
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        Self::new(Kind::Plan(error))
    }
}

impl From<RegistryError> for Error {
    fn from(error: RegistryError) -> Self {
        Self::new(Kind::Registry(error))
    }
}
