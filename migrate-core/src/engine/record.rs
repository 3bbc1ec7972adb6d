//! Several changes of the history that touch nothing else, in one transaction: all of them or none.

use std::time::Duration;

use crate::{error::Error, history::Change, observer::Event, plan::Action};

use super::{
    Others, Run,
    driver::{Driver, DriverError, DriverErrorKind, ForeignKeys, Snapshot, Transaction},
    is_wanted,
    prepare::subject,
    reread,
    transact::{RowClock, write},
    wait::{self, Patience, Uncommitted},
};

/// How a try has ended, when it has not failed for good.
enum Try {
    /// What was recorded of each; nothing where another run has done it.
    Done(Vec<Vec<Change>>),
    /// Somebody holds the lock.
    Busy(DriverError),
    /// The answer to the commit was lost.
    Unheard(Vec<Vec<Change>>, DriverError),
}

impl<D: Driver> Run<'_, D> {
    pub(super) async fn record_together(&mut self, actions: &[Action]) -> Result<(), Error> {
        let mut patience = Patience::new(self.driver);
        loop {
            match self.try_to_record(actions).await {
                Ok(Try::Busy(error)) => patience.wait(self.driver, &self.context, error).await?,
                Ok(Try::Done(all)) => {
                    self.all_recorded(actions, &all);
                    return Ok(());
                }
                Ok(Try::Unheard(all, error)) => {
                    let changes: Vec<Change> = all.iter().flatten().cloned().collect();
                    let id = actions
                        .first()
                        .map(|first| subject(&self.context, &self.snapshot, first).id)
                        .unwrap_or_default();
                    if self.took_place(&id, &changes, &error).await? {
                        self.all_recorded(actions, &all);
                        return Ok(());
                    }
                    patience.wait(self.driver, &self.context, error).await?;
                }
                Err(error) => {
                    if let Some(first) = actions.first() {
                        self.failed(first, &error);
                    }
                    return Err(error);
                }
            }
        }
    }

    fn all_recorded(&mut self, actions: &[Action], all: &[Vec<Change>]) {
        for (action, changes) in actions.iter().zip(all) {
            self.recorded(action, changes);
        }
    }

    fn recorded(&mut self, action: &Action, changes: &[Change]) {
        let subject = subject(&self.context, &self.snapshot, action);
        let (set, id) = (&*subject.set, &*subject.id);
        if changes.is_empty() {
            self.context.tell(&Event::Skipped { set, id });
            return;
        }
        self.context.tell(&Event::MigrationStarted {
            action: subject.action,
            set,
            id,
            steps: 0,
        });
        self.done(action, changes, Duration::ZERO);
    }

    async fn try_to_record(&mut self, actions: &[Action]) -> Result<Try, Error> {
        let fault = |error: DriverError| {
            if error.is_busy() {
                return Ok(Try::Busy(error));
            }
            let what = "cannot write the history, and so all of it is as it was";
            Err(Error::driver(what, error))
        };
        let downs: Vec<_> = actions
            .iter()
            .map(|action| self.stored_down(action))
            .collect();
        let mut tx = match self.driver.begin(ForeignKeys::AsSet).await {
            Ok(tx) => tx,
            Err(error) => return fault(error),
        };
        match tx.changed_since(self.snapshot.stamp).await {
            Ok(None) => {}
            Ok(Some(now)) => reread(&mut self.snapshot, &mut self.others, now),
            Err(error) => return fault(error),
        }
        self.batch = self.batch.max(self.snapshot.history.last_batch());
        let recorder = Recorder {
            clock: RowClock {
                context: &self.context,
                batch: self.batch,
                took: Duration::ZERO,
            },
            snapshot: &self.snapshot,
            others: &self.others,
        };
        let all = recorder.changes(actions.iter().zip(downs))?;
        let changes: Vec<Change> = all.iter().flatten().cloned().collect();
        if let Err(error) = write(&mut tx, false, self.snapshot.exists, &changes).await {
            return fault(error);
        }
        match wait::commit(&mut tx, &self.context).await {
            Ok(()) => {}
            Err(Uncommitted::Locked(error)) => return Err(error),
            Err(Uncommitted::Failed(error)) if error.kind == DriverErrorKind::Unknown => {
                return Ok(Try::Unheard(all, error));
            }
            Err(Uncommitted::Failed(error)) => return fault(error),
        }
        self.snapshot.exists = true;
        Ok(Try::Done(all))
    }
}

struct Recorder<'a> {
    clock: RowClock<'a>,
    snapshot: &'a Snapshot,
    others: &'a Others,
}

impl Recorder<'_> {
    fn changes<'a>(
        &self,
        actions: impl Iterator<Item = (&'a Action, Option<Vec<String>>)>,
    ) -> Result<Vec<Vec<Change>>, Error> {
        // Each change is made on what the ones before it leave.
        let mut history = self.snapshot.history.clone();
        let mut all = Vec::new();
        for (action, down) in actions {
            let mut changes = Vec::new();
            if is_wanted(self.clock.context, self.snapshot, self.others, action)? {
                changes = self.clock.changes(&history, action, 0, down);
            }
            for change in &changes {
                history.apply(change);
            }
            all.push(changes);
        }
        Ok(all)
    }
}
