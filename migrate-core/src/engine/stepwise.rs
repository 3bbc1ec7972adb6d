//! A migration outside a transaction: every step is recorded, and the next run goes on where one was cut off.
//!
//! A statement that works in a transaction gets one of its own, together with its record, so it is done
//! exactly once. What does not (`VACUUM`, some pragmas) does no harm when it is done again, and is recorded
//! behind. Only a Rust step is announced before and confirmed behind, and where the confirmation is missing
//! somebody has to look: `resolve`.

use std::time::Duration;

use crate::{
    error::Error,
    history::{Change, History, Progress, Row},
    plan::{Action, PlanError},
    registry::Registered,
    steps::{Task, is_outside},
};

use super::{
    Context, Run,
    driver::{Driver, DriverError, DriverErrorKind, ForeignKeys, Transaction},
    is_wanted, prepare, reread,
    transact::{RowClock, StepsOf},
    wait::{self, Patience, Uncommitted},
};

/// What one short transaction writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Write {
    /// Makes the row, or finds it and tells how far it is.
    Open,
    /// Announces the step behind `done`.
    Announce { done: u32 },
    /// Records that one more step is done.
    Advance { done: u32 },
    /// All steps are done.
    Close { took: Duration },
}

/// What a short transaction has found.
enum Found {
    /// The row is this far.
    At { done: u32 },
    /// Another run is further than this one.
    Overtaken,
}

/// What a step that failed has left behind.
#[derive(Clone, Copy, Debug, Default)]
enum Trace {
    /// Nothing that its row does not tell.
    #[default]
    Nothing,
    /// It was announced, and its Rust code has said that it failed.
    Announced,
    /// Its Rust code is done, and what came behind has failed.
    Ran,
}

/// How a short transaction has failed.
enum Fault {
    Busy(DriverError),
    Recording(DriverError),
    /// The statement in it has failed.
    Statement(DriverError),
    Other(Error),
}

impl Fault {
    fn recording(error: DriverError) -> Self {
        if error.is_busy() {
            Self::Busy(error)
        } else {
            Self::Recording(error)
        }
    }

    fn plan(error: PlanError) -> Self {
        Self::Other(error.into())
    }

    fn statement(error: DriverError) -> Self {
        if error.is_busy() {
            Self::Busy(error)
        } else {
            Self::Statement(error)
        }
    }
}

impl<D: Driver> Run<'_, D> {
    pub(super) async fn stepwise(&mut self, action: &Action) -> Result<(), Error> {
        wait::claim(self.driver, &self.context).await?;
        let result = self.steps_in_turn(action).await;
        self.driver.release().await;
        result
    }

    async fn steps_in_turn(&mut self, action: &Action) -> Result<(), Error> {
        let began = self.driver.now();
        let prepared = prepare::prepare(self.driver, &self.context, &self.snapshot, action).await?;
        let total = prepared.tasks.len();
        let subject = prepare::subject(&self.context, &self.snapshot, action);
        let context = self.context;
        let steps = StepsOf {
            context: &context,
            subject: &subject,
            total,
            transaction: false,
        };
        let Found::At { done } = self.write(action, Write::Open, &steps, None).await? else {
            return self.overtaken(&steps);
        };
        subject.started(&context, total);
        for (at, task) in prepared.tasks.into_iter().enumerate().skip(done as usize) {
            let done = u32::try_from(at).unwrap_or(u32::MAX);
            let mut trace = Trace::default();
            match self.step(action, &steps, done, task, &mut trace).await {
                Ok(Found::At { .. }) => {}
                Ok(Found::Overtaken) => return self.overtaken(&steps),
                Err(error) => {
                    self.note_failure(action, done, trace, &error).await;
                    return Err(error);
                }
            }
        }
        let took = self.driver.now().saturating_sub(began);
        match self
            .write(action, Write::Close { took }, &steps, None)
            .await?
        {
            Found::At { .. } => self.done(action, &[], took),
            Found::Overtaken => self.overtaken(&steps)?,
        }
        Ok(())
    }

    async fn step(
        &mut self,
        action: &Action,
        steps: &StepsOf<'_>,
        done: u32,
        task: Task,
        trace: &mut Trace,
    ) -> Result<Found, Error> {
        let step = done as usize + 1;
        let advance = Write::Advance { done };
        steps.started(step, &task);
        match task {
            Task::Log(message) => {
                steps.logged(&message);
                self.write(action, advance, steps, None).await
            }
            Task::Statement { text, kind, origin } if is_outside(kind) => {
                self.outside(&text)
                    .await
                    .map_err(|error| steps.failure(step, &text, origin, error))?;
                self.write(action, advance, steps, None).await
            }
            Task::Statement { text, origin, .. } => {
                self.write(action, advance, steps, Some((&text, origin)))
                    .await
            }
            Task::Run { label, native } => {
                if let Found::Overtaken = self
                    .write(action, Write::Announce { done }, steps, None)
                    .await?
                {
                    return Ok(Found::Overtaken);
                }
                *trace = Trace::Announced;
                // A closure that returns has said itself whether it failed, so nobody has to be asked then.
                let sqls = self
                    .driver
                    .run(native)
                    .await
                    .map_err(|error| steps.failure(step, &label, None, error))?;
                *trace = Trace::Ran;
                for text in steps.returned(step, &label, &sqls)? {
                    self.outside(&text)
                        .await
                        .map_err(|error| steps.failure_behind(step, &text, error))?;
                }
                self.write(action, advance, steps, None).await
            }
        }
    }

    /// Runs a statement outside a transaction, however long somebody holds the lock.
    async fn outside(&mut self, sql: &str) -> Result<(), DriverError> {
        let mut patience = Patience::for_any_lock(self.driver);
        loop {
            match self.driver.execute(sql).await {
                Err(error) if error.is_busy() => {
                    let again = DriverError::new(DriverErrorKind::Busy, error.message.clone());
                    if patience
                        .wait(self.driver, &self.context, again)
                        .await
                        .is_err()
                    {
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
    }

    fn overtaken(&self, steps: &StepsOf<'_>) -> Result<(), Error> {
        steps.subject.skipped(&self.context);
        Ok(())
    }

    /// Keeps the error in the row. Where that fails, the error itself is still returned to the caller.
    async fn note_failure(&mut self, action: &Action, done: u32, trace: Trace, error: &Error) {
        let stamp = self.snapshot.stamp;
        let Ok(mut tx) = self.driver.begin(ForeignKeys::AsSet).await else {
            return;
        };
        let snapshot = match tx.changed_since(stamp).await {
            Ok(snapshot) => snapshot,
            Err(_) => return,
        };
        // The step may be recorded though its answer was lost, and another run may have gone on with it.
        let history = snapshot
            .as_ref()
            .map_or(&self.snapshot.history, |now| &now.history);
        let row = row_of(&self.context, history, action);
        let Some((row, begun)) = row.and_then(|row| Some((row, begun(action, row, done)?))) else {
            return;
        };
        let begun = match trace {
            Trace::Nothing => begun,
            Trace::Announced => done,
            Trace::Ran => done + 1,
        };
        let change = Change::Progress {
            seq: row.seq,
            progress: progress(action, done, begun),
            error: Some(error.to_string()),
        };
        // The run ends with the error, so its copy of the history is not kept up.
        if tx.record(&change).await.is_ok() {
            let _ = wait::commit(&mut tx, &self.context).await;
        }
    }

    /// One short transaction: looks at the row, runs the statement if there is one, and writes.
    async fn write(
        &mut self,
        action: &Action,
        write: Write,
        steps: &StepsOf<'_>,
        statement: Option<(&str, Option<crate::sql::Origin>)>,
    ) -> Result<Found, Error> {
        let mut patience = Patience::new(self.driver);
        loop {
            match self
                .try_write(action, write, steps.total, statement.map(|(text, _)| text))
                .await
            {
                Ok(found) => return Ok(found),
                Err(Fault::Busy(error)) => patience.wait(self.driver, &self.context, error).await?,
                Err(Fault::Recording(error)) => {
                    let what = format!("cannot record a step of `{}`", steps.subject.id);
                    return Err(Error::driver(what, error));
                }
                Err(Fault::Other(error)) => return Err(error),
                Err(Fault::Statement(error)) => {
                    let (text, origin) = statement.unwrap_or_default();
                    let step = if let Write::Advance { done } = write {
                        done as usize + 1
                    } else {
                        0
                    };
                    return Err(steps.failure(step, text, origin, error));
                }
            }
        }
    }

    async fn try_write(
        &mut self,
        action: &Action,
        write: Write,
        total: usize,
        statement: Option<&str>,
    ) -> Result<Found, Fault> {
        let down = if write == Write::Open {
            self.stored_down(action)
        } else {
            None
        };
        let mut tx = self
            .driver
            .begin(ForeignKeys::AsSet)
            .await
            .map_err(Fault::recording)?;
        if let Some(now) = tx
            .changed_since(self.snapshot.stamp)
            .await
            .map_err(Fault::recording)?
        {
            reread(&mut self.snapshot, &mut self.others, now);
        }
        let others = &self.others;
        if write == Write::Open
            && !is_wanted(&self.context, &self.snapshot, others, action).map_err(Fault::plan)?
        {
            return Ok(Found::Overtaken);
        }
        self.batch = self.batch.max(self.snapshot.history.last_batch());
        let decider = Decider {
            context: &self.context,
            history: &self.snapshot.history,
            batch: self.batch,
            total,
            down,
        };
        let (found, changes) = decider.decide(action, write).map_err(Fault::Other)?;
        if let Found::Overtaken = found {
            tx.rollback().await.map_err(Fault::recording)?;
            return Ok(found);
        }
        if let Some(text) = statement {
            tx.execute(text).await.map_err(Fault::statement)?;
        }
        if !self.snapshot.exists {
            tx.create_history().await.map_err(Fault::recording)?;
        }
        for change in &changes {
            tx.record(change).await.map_err(Fault::recording)?;
        }
        if let Err(error) = wait::commit(&mut tx, &self.context).await {
            // Whether it took place cannot be known, and what a session writes itself does not change its stamp.
            self.snapshot.stamp = None;
            return Err(match error {
                Uncommitted::Locked(error) => Fault::Other(error),
                Uncommitted::Failed(error) => Fault::recording(error),
            });
        }
        self.snapshot.exists = true;
        for change in &changes {
            self.snapshot.history.apply(change);
        }
        Ok(found)
    }
}

fn progress(action: &Action, done: u32, begun: u32) -> Progress {
    match action {
        Action::Revert { .. } => Progress::Reverting { done, begun },
        _ => Progress::Applying { done, begun },
    }
}

/// How many steps are begun in a row that stands at this step of this direction.
fn begun(action: &Action, row: &Row, step: u32) -> Option<u32> {
    match (row.progress, action) {
        (Progress::Reverting { done, begun }, Action::Revert { .. })
        | (Progress::Applying { done, begun }, Action::Apply { .. })
            if done == step =>
        {
            Some(begun)
        }
        _ => None,
    }
}

/// The row of an action, where there is one. It may still have the id that the migration had before.
fn row_of<'h>(context: &Context<'_>, history: &'h History, action: &Action) -> Option<&'h Row> {
    let is = |one: &Registered, row: &Row| {
        let row = (&*row.set, &*row.id);
        row == (one.set(), one.id().as_str()) || one.renamed_from() == Some(row)
    };
    match *action {
        Action::Revert { at, seq } => {
            let one = context.registry.get(at)?;
            history.row(seq).filter(|row| is(one, row))
        }
        Action::Apply { at, .. } => {
            let one = context.registry.get(at)?;
            history.rows().iter().rev().find(|row| is(one, row))
        }
        _ => None,
    }
}

/// Decides, on the row as it is under the lock, what a short transaction writes.
struct Decider<'a> {
    context: &'a Context<'a>,
    history: &'a History,
    batch: i64,
    total: usize,
    down: Option<Vec<String>>,
}

impl Decider<'_> {
    fn decide(self, action: &Action, write: Write) -> Result<(Found, Vec<Change>), Error> {
        let Some(row) = row_of(self.context, self.history, action) else {
            return Ok(self.without_a_row(action, write));
        };
        let seq = row.seq;
        let up = !matches!(action, Action::Revert { .. });
        let cut_off = |up| {
            Error::from(PlanError::Incomplete {
                id: row.id.to_string(),
                up,
            })
        };
        let (done, begun) = match (row.progress, up) {
            (Progress::Applying { done, begun }, true)
            | (Progress::Reverting { done, begun }, false) => (done, begun),
            (Progress::Applied, false) if write == Write::Open => {
                let progress = progress(action, 0, 0);
                return Ok((
                    Found::At { done: 0 },
                    vec![Change::Progress {
                        seq,
                        progress,
                        error: None,
                    }],
                ));
            }
            (Progress::Applied, _) => return Ok((Found::Overtaken, Vec::new())),
            (Progress::Applying { .. }, false) => return Err(cut_off(true)),
            (Progress::Reverting { .. }, true) => return Err(cut_off(false)),
        };
        let moved = |done, begun| {
            vec![Change::Progress {
                seq,
                progress: progress(action, done, begun),
                error: None,
            }]
        };
        Ok(match write {
            Write::Open if begun > done => {
                let one = match *action {
                    Action::Apply { at, .. } | Action::Revert { at, .. } => {
                        self.context.registry.get(at)
                    }
                    _ => None,
                };
                let (step, dialect) = (done + 1, self.context.dialect);
                return Err(PlanError::Unresolved {
                    id: row.id.to_string(),
                    step,
                    what: one.and_then(|one| one.step(up, step, &row.environment, dialect)),
                }
                .into());
            }
            Write::Open => (Found::At { done }, Vec::new()),
            Write::Announce { done: mine } if mine == done && begun == done => {
                (Found::At { done }, moved(done, done + 1))
            }
            Write::Advance { done: mine } if mine == done => {
                (Found::At { done: done + 1 }, moved(done + 1, done + 1))
            }
            Write::Announce { .. } | Write::Advance { .. } => (Found::Overtaken, Vec::new()),
            // Another run has taken it back, and another one has begun it anew.
            Write::Close { .. } if (done as usize) < self.total => (Found::Overtaken, Vec::new()),
            Write::Close { .. } if !up => (Found::At { done }, vec![Change::Delete { seq }]),
            Write::Close { took } => (
                Found::At { done },
                self.finish(action, seq, &row.environment, took),
            ),
        })
    }

    /// No row: a way up begins with one, and a way down has ended.
    fn without_a_row(self, action: &Action, write: Write) -> (Found, Vec<Change>) {
        let one = match (action, write) {
            (Action::Apply { at, batch, .. }, Write::Open) => {
                self.context.registry.get(*at).map(|one| (one, *batch))
            }
            _ => None,
        };
        let Some((one, batch)) = one else {
            return (Found::Overtaken, Vec::new());
        };
        let steps = u32::try_from(self.total).unwrap_or(u32::MAX);
        let clock = RowClock {
            context: self.context,
            batch: self.batch,
            took: Duration::ZERO,
        };
        let mut changes = vec![clock.row(self.history, one, batch, steps, progress(action, 0, 0))];
        let seq = self.history.next_seq();
        changes.extend(
            self.down
                .map(|statements| Change::StoreDown { seq, statements }),
        );
        (Found::At { done: 0 }, changes)
    }

    fn finish(&self, action: &Action, seq: i64, environment: &str, took: Duration) -> Vec<Change> {
        let Action::Apply { at, .. } = *action else {
            return Vec::new();
        };
        let clock = RowClock {
            context: self.context,
            batch: self.batch,
            took,
        };
        self.context
            .registry
            .get(at)
            .map(|one| clock.finish(one, seq, environment, true))
            .into_iter()
            .collect()
    }
}
