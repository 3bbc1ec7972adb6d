//! One action in one transaction: the migration and its row, or neither.

use std::{borrow::Cow, sync::Arc, time::Duration};

use crate::{
    error::{Error, Failure, Kind, Left},
    history::{Change, History, NewRow, Progress, Row},
    observer::{Done, Event},
    plan::{Action, ActionKind},
    registry::Registered,
    sql::{Origin, Sql},
    steps::{Prepared, Task},
};

use super::{
    Context, Run,
    driver::{Driver, DriverError, DriverErrorKind, Transaction},
    is_wanted,
    prepare::{self, Subject, foreign_keys, subject},
    reread,
    wait::{self, Patience, Uncommitted},
};

/// How a try has ended, when it has not failed for good.
pub(super) enum Try {
    Done {
        changes: Vec<Change>,
        took: Duration,
    },
    /// Another run has done it.
    Skipped,
    /// Somebody holds the lock.
    Busy(DriverError),
    /// Its steps do not run in one transaction.
    Stepwise,
    /// The answer to the commit was lost.
    Unheard {
        changes: Vec<Change>,
        took: Duration,
        error: DriverError,
    },
}

impl<D: Driver> Run<'_, D> {
    /// Tries until the lock is had. Every try makes the steps anew.
    pub(super) async fn transact(&mut self, action: &Action) -> Result<(), Error> {
        let mut patience = Patience::new(self.driver);
        loop {
            match self.attempt(action).await? {
                Try::Busy(error) => patience.wait(self.driver, &self.context, error).await?,
                Try::Skipped => {
                    subject(&self.context, &self.snapshot, action).skipped(&self.context);
                    return Ok(());
                }
                Try::Done { changes, took } => {
                    self.done(action, &changes, took);
                    return Ok(());
                }
                Try::Stepwise => return self.stepwise(action).await,
                Try::Unheard {
                    changes,
                    took,
                    error,
                } => {
                    let subject = subject(&self.context, &self.snapshot, action);
                    if self.took_place(&subject.id, &changes, &error).await? {
                        self.done(action, &changes, took);
                        return Ok(());
                    }
                    patience.wait(self.driver, &self.context, error).await?;
                }
            }
        }
    }

    /// Whether a commit took place whose answer was lost: the history tells, because it is part of it.
    pub(super) async fn took_place(
        &mut self,
        id: &str,
        changes: &[Change],
        error: &DriverError,
    ) -> Result<bool, Error> {
        let unheard = |error| {
            let what = format!(
                "the answer to the commit of `{id}` was lost, and `status` tells whether it took place"
            );
            Error::driver(what, error)
        };
        match self.driver.recover().await {
            Ok(true) => {}
            Ok(false) => {
                return Err(unheard(DriverError::new(error.kind, error.message.clone())));
            }
            Err(failed) => return Err(unheard(failed)),
        }
        let now = wait::history(self.driver, &self.context).await?;
        // What leaves no trace in the history does no harm twice.
        let took_place = now.exists
            && !changes.is_empty()
            && changes.iter().all(|change| now.history.shows(change));
        if !took_place {
            reread(&mut self.snapshot, &mut self.others, now);
        }
        self.snapshot.stamp = None;
        Ok(took_place)
    }

    async fn attempt(&mut self, action: &Action) -> Result<Try, Error> {
        let prepared = prepare::prepare(self.driver, &self.context, &self.snapshot, action).await?;
        if prepared.stepwise {
            return Ok(Try::Stepwise);
        }
        let down = self.stored_down(action);
        let keys = foreign_keys(&self.context, action, &prepared);
        let subject = subject(&self.context, &self.snapshot, action);
        let begun = self.driver.now();
        let mut tx = match self.driver.begin(keys).await {
            Ok(tx) => tx,
            Err(error) => {
                return busy_or(error, |error| {
                    Error::driver("cannot begin a transaction", error)
                });
            }
        };
        // From here on nobody else writes, so what is decided now holds until the commit.
        match tx.changed_since(self.snapshot.stamp).await {
            Ok(None) => {}
            Ok(Some(now)) => reread(&mut self.snapshot, &mut self.others, now),
            Err(error) => {
                return busy_or(error, |error| {
                    Error::driver("cannot read the history", error)
                });
            }
        }
        if !is_wanted(&self.context, &self.snapshot, &self.others, action)? {
            return Ok(Try::Skipped);
        }
        self.batch = self.batch.max(self.snapshot.history.last_batch());
        let total = prepared.tasks.len();
        subject.started(&self.context, total);
        let steps = u32::try_from(total).unwrap_or(u32::MAX);
        let mut steps_of = StepsOf {
            context: &self.context,
            subject: &subject,
            total,
            transaction: true,
            executed: Vec::new(),
        };
        if let Err(error) = steps_of.all(&mut tx, prepared.tasks).await {
            return match error {
                Stop::Busy(error) => Ok(Try::Busy(error)),
                Stop::Failed(error) => Err(error),
            };
        }
        let took = tx.now().saturating_sub(begun);
        let clock = RowClock {
            context: &self.context,
            batch: self.batch,
            took,
        };
        let changes = clock.changes(&self.snapshot.history, action, steps, down);
        let wipe = *action == Action::Wipe;
        let exists = self.snapshot.exists && !wipe;
        match write(&mut tx, wipe, exists, &changes).await {
            Ok(()) => {}
            Err(error) if error.is_busy() => return Ok(Try::Busy(error)),
            Err(error) => return Err(steps_of.uncommitted(error)),
        }
        match wait::commit(&mut tx, &self.context).await {
            Ok(()) => {}
            Err(Uncommitted::Locked(error)) => return Err(error),
            Err(Uncommitted::Failed(error)) if error.is_busy() => return Ok(Try::Busy(error)),
            Err(Uncommitted::Failed(error)) if error.kind == DriverErrorKind::Unknown => {
                return Ok(Try::Unheard {
                    changes,
                    took,
                    error,
                });
            }
            Err(Uncommitted::Failed(error)) => return Err(steps_of.uncommitted(error)),
        }
        if wipe {
            self.snapshot.history = History::default();
            self.batch = 1;
        }
        self.snapshot.exists = true;
        Ok(Try::Done { changes, took })
    }

    /// The SQL of `down`, to be kept for a program that no longer has the migration.
    pub(super) fn stored_down(&self, action: &Action) -> Option<Vec<String>> {
        let (Action::Apply { at, .. } | Action::Record { at }) = action else {
            return None;
        };
        let one = self.context.registry.get(*at)?;
        if one.irreversible().is_some() {
            return None;
        }
        let prepared = one
            .down(&self.context.settings.environment)
            .prepare(self.context.dialect)
            .ok()?;
        // It will run in one transaction, whatever the migration itself does.
        if prepared.needs_no_transaction() {
            return None;
        }
        let statements: Vec<String> = prepared
            .only_sql()?
            .into_iter()
            .map(str::to_owned)
            .collect();
        (!statements.is_empty()).then_some(statements)
    }

    /// Does to the copy of the history what was done to the table, and reports it.
    pub(super) fn done(&mut self, action: &Action, changes: &[Change], took: Duration) {
        let subject = subject(&self.context, &self.snapshot, action);
        let checksums = changes.iter().find_map(|change| match change {
            Change::Finish { seq, checksum, .. } if matches!(action, Action::Accept { .. }) => {
                Some((
                    self.snapshot.history.row(*seq)?.checksum.to_string(),
                    checksum.to_string(),
                ))
            }
            _ => None,
        });
        for change in changes {
            self.snapshot.history.apply(change);
        }
        self.context.tell(&Event::MigrationDone {
            action: subject.action,
            set: &subject.set,
            id: &subject.id,
            duration: took,
        });
        self.report.done.push(Done {
            action: subject.action,
            set: subject.set,
            id: subject.id,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            checksums,
        });
    }
}

fn busy_or(error: DriverError, make: impl FnOnce(DriverError) -> Error) -> Result<Try, Error> {
    if error.is_busy() {
        Ok(Try::Busy(error))
    } else {
        Err(make(error))
    }
}

/// Writes what goes with a change of the history; the commit is still to come.
pub(super) async fn write<T: Transaction>(
    tx: &mut T,
    wipes: bool,
    exists: bool,
    changes: &[Change],
) -> Result<(), DriverError> {
    if wipes {
        tx.wipe().await?;
    }
    if !exists {
        tx.create_history().await?;
    }
    for change in changes {
        tx.record(change).await?;
    }
    Ok(())
}

/// Makes rows.
pub(super) struct RowClock<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) batch: i64,
    /// How long the migration has taken so far.
    pub(super) took: Duration,
}

impl RowClock<'_> {
    /// What an action changes in the history.
    pub(super) fn changes(
        &self,
        history: &History,
        action: &Action,
        steps: u32,
        down: Option<Vec<String>>,
    ) -> Vec<Change> {
        let one = |at: usize| self.context.registry.get(at);
        match *action {
            Action::Apply { at, batch, .. } => one(at)
                .map(|one| {
                    let row = self.row(history, one, batch, steps, Progress::Applied);
                    Change::Insert(Box::new(NewRow { down, ..row }))
                })
                .into_iter()
                .collect(),
            Action::Record { at } => one(at)
                .map(|one| {
                    let row = self.row(history, one, None, 0, Progress::Applied);
                    Change::Insert(Box::new(NewRow { down, ..row }))
                })
                .into_iter()
                .collect(),
            Action::Revert { seq, .. } | Action::RevertStored { seq } | Action::Forget { seq } => {
                vec![Change::Delete { seq }]
            }
            Action::Rename { at, seq } => one(at)
                .map(|one| Change::Rename {
                    seq,
                    set: one.set().to_owned(),
                    id: one.id().to_string(),
                })
                .into_iter()
                .collect(),
            Action::Accept { at, seq } => one(at)
                .zip(history.row(seq))
                .map(|(one, row)| self.finish(one, seq, &row.environment, false))
                .into_iter()
                .collect(),
            Action::Resolve {
                seq,
                done: finished,
            } => history
                .row(seq)
                .map(|row| resolved(row, finished))
                .into_iter()
                .collect(),
            Action::Wipe => Vec::new(),
        }
    }

    pub(super) fn row(
        &self,
        history: &History,
        one: &Registered,
        batch: Option<i64>,
        steps: u32,
        progress: Progress,
    ) -> NewRow {
        let registration = one.registration;
        let environment = &self.context.settings.environment;
        NewRow {
            row: Row {
                seq: history.next_seq(),
                set: Arc::from(one.set()),
                id: Cow::Borrowed(one.registration.id),
                checksum: one.checksum(environment, self.context.dialect),
                body: registration.body.map(str::to_owned),
                environment: Arc::from(environment.as_str()),
                batch: batch.unwrap_or(self.batch),
                progress,
                before: None,
            },
            description: one.description().to_owned(),
            applied_at: now(),
            duration_ms: milliseconds(self.took),
            steps,
            applied_by: self.context.applied_by.get().to_owned(),
            program_version: registration.program_version.to_owned(),
            down: None,
        }
    }

    pub(super) fn finish(
        &self,
        one: &Registered,
        seq: i64,
        environment: &str,
        timed: bool,
    ) -> Change {
        Change::Finish {
            seq,
            checksum: one.checksum(environment, self.context.dialect),
            body: one.registration.body.map(str::to_owned),
            duration_ms: timed.then(|| milliseconds(self.took)),
        }
    }
}

fn resolved(row: &Row, finished: bool) -> Change {
    let count = |done: u32| done + u32::from(finished);
    let progress = match row.progress {
        Progress::Applying { done, .. } => Progress::Applying {
            done: count(done),
            begun: count(done),
        },
        Progress::Reverting { done, .. } => Progress::Reverting {
            done: count(done),
            begun: count(done),
        },
        Progress::Applied => Progress::Applied,
    };
    Change::Progress {
        seq: row.seq,
        progress,
        before: None,
        error: None,
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// Why the steps of a transaction have stopped.
pub(super) enum Stop {
    Busy(DriverError),
    Failed(Error),
}

/// Runs the tasks of one migration, and tells of them.
pub(super) struct StepsOf<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) subject: &'a Subject,
    pub(super) total: usize,
    pub(super) transaction: bool,
    /// The step of each statement that was executed, for an error that comes with the commit.
    pub(super) executed: Vec<usize>,
}

impl StepsOf<'_> {
    pub(super) async fn all<T: Transaction>(
        &mut self,
        tx: &mut T,
        tasks: Vec<Task>,
    ) -> Result<(), Stop> {
        for (at, task) in tasks.into_iter().enumerate() {
            self.one(tx, at + 1, task).await?;
        }
        Ok(())
    }

    async fn one<T: Transaction>(
        &mut self,
        tx: &mut T,
        step: usize,
        task: Task,
    ) -> Result<(), Stop> {
        self.started(step, &task);
        match task {
            Task::Log(message) => self.logged(&message),
            Task::Statement { text, origin, .. } => {
                self.executed.push(step);
                tx.execute(&text)
                    .await
                    .map_err(|error| self.stop(step, &text, origin, error))?;
            }
            Task::Run { label, native } => {
                let sqls = tx
                    .run(native)
                    .await
                    .map_err(|error| self.stop(step, &label, None, error))?;
                for text in self.returned(step, &label, &sqls).map_err(Stop::Failed)? {
                    self.executed.push(step);
                    tx.execute(&text)
                        .await
                        .map_err(|error| self.stop(step, &text, None, error))?;
                }
            }
        }
        Ok(())
    }

    /// Why all of it was rolled back though every step had been taken.
    fn uncommitted(&self, mut source: DriverError) -> Error {
        if let Some(deferred) = source.deferred.take() {
            let step = self.executed.get(deferred.at).copied();
            return self.failure(step.unwrap_or(self.total), &deferred.text, None, source);
        }
        if source.kind == DriverErrorKind::ForeignKeys {
            return self.failure(self.total, "PRAGMA foreign_key_check", None, source);
        }
        let what = match self.subject.action {
            ActionKind::Wipe => "cannot drop everything, and so all of it is as it was".to_owned(),
            _ => format!(
                "cannot record `{}`, and so it was rolled back",
                self.subject.id
            ),
        };
        Error::driver(what, source)
    }

    /// The failure of what comes behind the Rust code of a step.
    pub(super) fn failure_behind(&self, step: usize, what: &str, source: DriverError) -> Error {
        let left = if self.transaction {
            Left::Nothing
        } else {
            Left::RustCode
        };
        self.failure_with(left, step, what, None, source)
    }

    /// The statements that a Rust step has returned.
    pub(super) fn returned(
        &self,
        step: usize,
        label: &str,
        sqls: &[Sql],
    ) -> Result<Vec<String>, Error> {
        match Prepared::returned(sqls, self.context.dialect) {
            Ok(tasks) => Ok(tasks.iter().map(|task| task.what().to_owned()).collect()),
            Err(fault) => {
                let message = format!("the SQL that it returned: {fault}");
                let source = DriverError::new(DriverErrorKind::Step, message);
                Err(self.failure_behind(step, label, source))
            }
        }
    }

    pub(super) fn logged(&self, message: &str) {
        let (set, id) = (&self.subject.set, &self.subject.id);
        self.context.tell(&Event::Logged { set, id, message });
    }

    pub(super) fn started(&self, step: usize, task: &Task) {
        if !matches!(task, Task::Log(_)) {
            self.context.tell(&Event::StepStarted {
                step,
                of: self.total,
                what: task.what(),
            });
        }
    }

    fn stop(&self, step: usize, what: &str, origin: Option<Origin>, source: DriverError) -> Stop {
        if source.is_busy() {
            Stop::Busy(source)
        } else {
            Stop::Failed(self.failure(step, what, origin, source))
        }
    }

    pub(super) fn failure(
        &self,
        step: usize,
        what: &str,
        origin: Option<Origin>,
        source: DriverError,
    ) -> Error {
        let left = if self.transaction {
            Left::Nothing
        } else {
            Left::StepsBefore
        };
        self.failure_with(left, step, what, origin, source)
    }

    fn failure_with(
        &self,
        left: Left,
        step: usize,
        what: &str,
        origin: Option<Origin>,
        source: DriverError,
    ) -> Error {
        let place = match origin {
            Some(origin) => format!("{}:{}", origin.file, origin.line),
            None => self.subject.place.clone(),
        };
        Error::new(Kind::Step(Failure {
            action: self.subject.action,
            migration: self.subject.id.clone(),
            place,
            step,
            of: self.total,
            what: what.to_owned(),
            left,
            source,
        }))
    }
}
