//! A migration outside a transaction: every step is recorded, and the next run goes on where one was cut off.
//!
//! A statement that works in a transaction gets one of its own, together with its record, so it is done
//! exactly once. One that stands alone is recorded behind, where doing it twice does no harm (`VACUUM`, some pragmas);
//! else it is announced before, with what the schema has then, and confirmed behind. Where the confirmation is missing,
//! the schema tells whether it ran. Of a Rust step, and of what leaves nothing in the schema, nobody can tell, and
//! somebody has to look: `resolve`.

mod row;

use crate::{
    error::Error,
    history::Change,
    plan::{Action, PlanError},
    steps::Task,
};

use super::{
    Run,
    driver::{Driver, DriverError, DriverErrorKind, ForeignKeys, Look, Settled, Transaction},
    is_wanted,
    prepare::{self, Subject},
    reread,
    transact::StepsOf,
    wait::{self, Patience, Uncommitted},
};
use row::{Decider, Found, Write, begun, progress, row_of};

/// What a step that failed has left behind.
#[derive(Clone, Copy, Debug, Default)]
enum Trace {
    /// Nothing that its row does not tell.
    #[default]
    Nothing,
    /// It was announced, and has said that it failed.
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
    /// The answer to its commit was lost.
    Unheard(Vec<Change>, Found, DriverError),
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
        self.steps_in_turn(action).await
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
            executed: Vec::new(),
        };
        let found = match self.write(action, Write::Open, &steps, None).await? {
            Found::Begun { done, before } => {
                let text = match prepared.tasks.get(done as usize) {
                    Some(Task::Statement { text, .. }) => text.to_string(),
                    _ => String::new(),
                };
                self.find_out(action, &steps, done, &text, &before).await?
            }
            found => found,
        };
        let Found::At { done } = found else {
            return self.overtaken(&steps);
        };
        subject.started(&context, total);
        for (step, text) in self.session_settings(&prepared.tasks, done) {
            let set = self.outside(&text).await;
            set.map_err(|error| steps.failure(step, &text, None, error))?;
        }
        for (at, task) in prepared.tasks.into_iter().enumerate().skip(done as usize) {
            let done = u32::try_from(at).unwrap_or(u32::MAX);
            let mut trace = Trace::default();
            match self.step(action, &steps, done, task, &mut trace).await {
                Ok(Found::Overtaken) => return self.overtaken(&steps),
                Ok(_) => {}
                Err(error) => {
                    self.note_failure(action, &subject, done, trace, &error)
                        .await;
                    return Err(error);
                }
            }
        }
        let took = self.driver.now().saturating_sub(began);
        match self
            .write(action, Write::Close { took }, &steps, None)
            .await?
        {
            Found::Overtaken => self.overtaken(&steps)?,
            _ => self.done(action, &[], took),
        }
        Ok(())
    }

    /// What the steps before have set of their session, where a migration is gone on with.
    fn session_settings(&self, tasks: &[Task], done: u32) -> Vec<(usize, String)> {
        let before = tasks.iter().take(done as usize).zip(1..);
        before
            .filter_map(|(task, step)| match task {
                Task::Statement { text, .. } if self.driver.sets_session(text) => {
                    Some((step, text.to_string()))
                }
                _ => None,
            })
            .collect()
    }

    /// Whether the step behind `done` has run, of which nobody has heard, and records that.
    async fn find_out(
        &mut self,
        action: &Action,
        steps: &StepsOf<'_>,
        done: u32,
        text: &str,
        before: &str,
    ) -> Result<Found, Error> {
        let step = done as usize + 1;
        let settled = self.driver.settle(text, before).await;
        let write = match settled.map_err(|error| steps.failure(step, text, None, error))? {
            Settled::Done => Write::Advance { done },
            Settled::NotDone => Write::Withdraw { done },
            Settled::Unknown => {
                return Err(PlanError::Unresolved {
                    id: steps.subject.id.clone(),
                    step: done + 1,
                    what: Some(text.to_owned()),
                }
                .into());
            }
        };
        self.write(action, write, steps, None).await
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
            Task::Statement { text, kind, origin } if self.driver.stands_alone(&text, kind) => {
                self.alone(action, steps, done, (&text, origin), trace)
                    .await
            }
            Task::Statement { text, origin, .. } => {
                self.write(action, advance, steps, Some((&text, origin)))
                    .await
            }
            Task::Run { label, native } => {
                if let Found::Overtaken = self
                    .write(action, Write::Announce { done, before: None }, steps, None)
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

    /// Runs a statement that cannot be recorded together with what it does.
    async fn alone(
        &mut self,
        action: &Action,
        steps: &StepsOf<'_>,
        done: u32,
        (text, origin): (&str, Option<crate::sql::Origin>),
        trace: &mut Trace,
    ) -> Result<Found, Error> {
        let step = done as usize + 1;
        let failure = |error| steps.failure(step, text, origin, error);
        let look = self.driver.look(text).await.map_err(failure)?;
        if look != Look::Repeatable {
            let before = match &look {
                Look::Trace(before) => Some(&**before),
                _ => None,
            };
            let announce = Write::Announce { done, before };
            if let Found::Overtaken = self.write(action, announce, steps, None).await? {
                return Ok(Found::Overtaken);
            }
        }
        let mut patience = Patience::for_any_lock(self.driver);
        while let Err(error) = self.outside(text).await {
            match error.kind {
                DriverErrorKind::Unknown => {}
                // Whoever has taken over says how far it is.
                DriverErrorKind::Fenced => return Err(failure(error)),
                _ => {
                    *trace = Trace::Announced;
                    return Err(failure(error));
                }
            }
            match self.has_run(text, &look).await.map_err(failure)? {
                Some(true) => break,
                Some(false) => patience.wait(self.driver, &self.context, error).await?,
                None => return Err(failure(error)),
            }
        }
        self.write(action, Write::Advance { done }, steps, None)
            .await
    }

    /// Whether a statement ran whose answer was lost, where that can be told now. The only error is that another run has
    /// taken over.
    async fn has_run(&mut self, text: &str, look: &Look) -> Result<Option<bool>, DriverError> {
        match self.driver.recover().await {
            Ok(true) => {}
            Err(fenced) if fenced.kind == DriverErrorKind::Fenced => return Err(fenced),
            _ => return Ok(None),
        }
        let before = match look {
            Look::Repeatable => return Ok(Some(false)),
            Look::Trace(before) => before,
            Look::Opaque => return Ok(None),
        };
        Ok(match self.driver.settle(text, before).await {
            Ok(Settled::Done) => Some(true),
            Ok(Settled::NotDone) => Some(false),
            Ok(Settled::Unknown) | Err(_) => None,
        })
    }

    /// Runs a statement outside a transaction, however long somebody holds the lock.
    async fn outside(&mut self, sql: &str) -> Result<(), DriverError> {
        let mut patience = Patience::for_any_lock(self.driver);
        loop {
            match self.driver.execute(sql).await {
                Err(error) if error.is_busy() => {
                    let again = DriverError::new(error.kind, error.message.clone());
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
    async fn note_failure(
        &mut self,
        action: &Action,
        subject: &Subject,
        done: u32,
        trace: Trace,
        error: &Error,
    ) {
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
        let row = row_of(&self.context, history, action, subject);
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
            before: row.before.clone().filter(|_| begun > done),
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
        write: Write<'_>,
        steps: &StepsOf<'_>,
        statement: Option<(&str, Option<crate::sql::Origin>)>,
    ) -> Result<Found, Error> {
        let mut patience = Patience::new(self.driver);
        loop {
            match self
                .try_write(action, write, steps, statement.map(|(text, _)| text))
                .await
            {
                Ok(found) => return Ok(found),
                Err(Fault::Unheard(changes, found, error)) => {
                    let id = &steps.subject.id;
                    if self.took_place(id, &changes, &error).await? {
                        for change in &changes {
                            self.snapshot.history.apply(change);
                        }
                        return Ok(found);
                    }
                    patience.wait(self.driver, &self.context, error).await?;
                }
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
        write: Write<'_>,
        steps: &StepsOf<'_>,
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
            steps,
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
                Uncommitted::Failed(error) if error.kind == DriverErrorKind::Unknown => {
                    Fault::Unheard(changes, found, error)
                }
                // One that is sent whole fails with its statement.
                Uncommitted::Failed(error) if error.deferred.is_some() => Fault::statement(error),
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
