//! The engine: does what was decided, step by step, on any driver. Written once, async; a blocking driver's
//! futures are ready at their first poll.

#[cfg(feature = "schema")]
pub(crate) mod alter;
pub(crate) mod driver;
pub(crate) mod prepare;
mod record;
mod stepwise;
#[cfg(test)]
mod tests;
mod transact;
mod wait;

use std::{collections::HashSet, sync::OnceLock, time::Duration};

use migrate_schema::Dialect;

use crate::{
    error::Error,
    history::{Applied, History, Key},
    observer::{Event, Observer, Report, steps_of},
    plan::{Action, Decision, Plan, PlanError, Request, Settings, Survey, decide, still_wanted},
    registry::Registry,
};
use driver::{Driver, Snapshot};
#[cfg(feature = "schema")]
use driver::{DriverError, DriverErrorKind};

/// What a run is given.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) settings: &'a Settings,
    pub(crate) dialect: Dialect,
    pub(crate) timeout: Duration,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) applied_by: &'a AppliedBy,
}

/// Who runs it: as given, or asked of the system when a row needs it.
#[derive(Debug, Default)]
pub(crate) struct AppliedBy(OnceLock<String>);

impl AppliedBy {
    pub(crate) fn new(given: Option<&str>) -> Self {
        Self(
            given
                .map(str::to_owned)
                .map_or_else(OnceLock::new, OnceLock::from),
        )
    }

    fn get(&self) -> &str {
        self.0.get_or_init(|| {
            let user = whoami::username().unwrap_or_else(|_| "unknown".to_owned());
            let host = whoami::hostname().unwrap_or_else(|_| "unknown".to_owned());
            format!("{user}@{host}")
        })
    }
}

impl Context<'_> {
    pub(crate) fn survey<'s>(&'s self, snapshot: &'s Snapshot) -> Survey<'s> {
        Survey::new(
            self.registry,
            &snapshot.history,
            &self.settings.environment,
            self.dialect,
        )
    }

    fn tell(&self, event: &Event<'_>) {
        self.observer.event(event);
    }
}

/// A run at work.
struct Run<'r, D> {
    driver: &'r mut D,
    context: Context<'r>,
    snapshot: Snapshot,
    others: Others,
    report: Report,
    /// The batch of this run; at least this, and at least that of the last row when it is used.
    batch: i64,
}

/// What other runs have done to the history since this one was planned.
#[derive(Default)]
struct Others {
    /// The history before the first change. From then on each action may be done already.
    before: Option<History>,
    /// What they have taken out of it.
    gone: Vec<Key>,
}

/// Does what the request asks for.
pub(crate) async fn run<D: Driver>(
    driver: &mut D,
    context: Context<'_>,
    request: &Request,
) -> Result<Report, Error> {
    let result = decide_and_do(driver, context, request).await;
    driver.release().await;
    result
}

async fn decide_and_do<D: Driver>(
    driver: &mut D,
    context: Context<'_>,
    request: &Request,
) -> Result<Report, Error> {
    let (snapshot, decision) = decided(driver, &context, request).await?;
    for warning in &decision.warnings {
        context.tell(&Event::Warned(warning));
    }
    if decision.actions.is_empty() {
        return Ok(Report {
            warnings: decision.warnings,
            ..Report::default()
        });
    }
    let batch = snapshot.history.last_batch() + 1;
    let report = Report {
        warnings: decision.warnings.clone(),
        ..Report::default()
    };
    // Every step is made once before the first one runs, so that a fault in the last migration stops the run
    // while nothing is done.
    let plan = prepare::plan(driver, &context, &snapshot, request, &decision).await?;
    context.tell(&Event::Started {
        migrations: decision.actions.len(),
        steps: steps_of(&plan),
    });
    let mut run = Run {
        driver,
        context,
        snapshot,
        others: Others::default(),
        report,
        batch,
    };
    match run.all(&decision.actions).await {
        Ok(()) => Ok(run.report),
        Err(error) => Err(error.with_report(run.report)),
    }
}

/// What the request comes to. A migration that looks cut off may be at work in another run, which is waited for.
async fn decided<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
    request: &Request,
) -> Result<(Snapshot, Decision), Error> {
    // Nobody may be at a step while it is said what became of it, or while everything is dropped below it.
    let stays_alone = matches!(request, Request::Resolve { .. } | Request::Fresh);
    let mut alone = stays_alone;
    if stays_alone {
        wait::claim(driver, context).await?;
    }
    loop {
        let snapshot = wait::history(driver, context).await?;
        let other = wait::other(driver, context, request).await?;
        let survey = context.survey(&snapshot).beside(other.as_ref());
        match decide(&survey, request, context.settings) {
            Err(PlanError::Unresolved { .. } | PlanError::Incomplete { .. }) if !alone => {
                wait::claim(driver, context).await?;
                alone = true;
            }
            decision => {
                if alone && !stays_alone {
                    driver.release().await;
                }
                return Ok((snapshot, decision?));
            }
        }
    }
}

/// What a run would do. Reads the history, and writes nothing.
pub(crate) async fn plan<D: Driver>(
    driver: &mut D,
    context: Context<'_>,
    request: &Request,
) -> Result<Plan, Error> {
    let snapshot = wait::history(driver, &context).await?;
    let other = wait::other(driver, &context, request).await?;
    let survey = context.survey(&snapshot).beside(other.as_ref());
    let decision: Decision = decide(&survey, request, context.settings)?;
    prepare::plan(driver, &context, &snapshot, request, &decision).await
}

/// The history as planning sees it, and the same with all columns.
pub(crate) async fn applied<D: Driver>(
    driver: &mut D,
    context: Context<'_>,
) -> Result<(Snapshot, Vec<Applied>), Error> {
    wait::applied(driver, &context).await
}

/// What the database holds, in its own words. Writes nothing.
#[cfg(feature = "schema")]
pub(crate) async fn definitions<D: Driver>(
    driver: &mut D,
    context: Context<'_>,
    scope: &migrate_schema::schema::live::Scope,
) -> Result<migrate_schema::schema::live::Definitions, Error> {
    use migrate_schema::schema::live::{Next, inquiry};
    let what = |name: String| format!("cannot read the schema of {name}");
    let mut inquiry = inquiry(&context.dialect.into(), scope);
    let mut answers = Vec::new();
    loop {
        let next = inquiry.next(&answers).map_err(|fault| {
            let error = DriverError::new(DriverErrorKind::Other, fault.to_string());
            Error::driver(what(driver.name()), error)
        })?;
        let queries = match next {
            Next::Done(definitions) => return Ok(definitions),
            Next::Ask(queries) => queries,
        };
        answers = Vec::with_capacity(queries.len());
        for query in &queries {
            answers.push(wait::rows(driver, &context, query, &what).await?);
        }
    }
}

impl<D: Driver> Run<'_, D> {
    async fn all(&mut self, actions: &[Action]) -> Result<(), Error> {
        // What only changes the history happens together or not at all: a baseline that is half recorded
        // could neither be repeated nor be gone on with.
        for group in actions.chunk_by(|one, next| one.is_record() && next.is_record()) {
            match group {
                [one] => self.one(one).await?,
                several => self.record_together(several).await?,
            }
        }
        Ok(())
    }

    async fn one(&mut self, action: &Action) -> Result<(), Error> {
        let result = if prepare::begins_stepwise(&self.context, &self.snapshot.history, action) {
            self.stepwise(action).await
        } else {
            self.transact(action).await
        };
        // Who had to wait for too long has not even begun.
        if let Err(error) = &result
            && !error.is_locked()
        {
            self.failed(action, error);
        }
        result
    }

    fn failed(&self, action: &Action, error: &Error) {
        let subject = prepare::subject(&self.context, &self.snapshot, action);
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        self.context.tell(&Event::MigrationFailed {
            set: &subject.set,
            id: &subject.id,
            error: line,
        });
    }
}

/// Takes over what a transaction has read.
fn reread(snapshot: &mut Snapshot, others: &mut Others, now: Snapshot) {
    let old = std::mem::replace(snapshot, now);
    if old.history.rows() == snapshot.history.rows() {
        return;
    }
    let rows = snapshot.history.rows().iter();
    let still: HashSet<(&str, &str)> = rows.map(|row| (&*row.set, &*row.id)).collect();
    let gone = old.history.rows().iter();
    let gone = gone.filter(|row| !still.contains(&(&*row.set, &*row.id)));
    others
        .gone
        .extend(gone.map(|row| (row.set.clone(), row.id.clone())));
    others.before.get_or_insert(old.history);
}

/// Whether no other run has done an action already, and nothing speaks against it by now. What others have done
/// is not forgotten: an earlier action may have seen more than was planned on.
fn is_wanted(
    context: &Context<'_>,
    snapshot: &Snapshot,
    others: &Others,
    action: &Action,
) -> Result<bool, PlanError> {
    match &others.before {
        Some(before) => {
            let survey = context.survey(snapshot);
            still_wanted(&survey, before, &others.gone, action, context.settings)
        }
        None => Ok(true),
    }
}
