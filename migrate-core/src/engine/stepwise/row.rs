//! How far the row of a migration is, and what a short transaction writes into it.

use std::time::Duration;

use crate::{
    error::Error,
    history::{Change, History, NewRow, Progress, Row},
    plan::{Action, PlanError},
    registry::Registered,
};

use crate::engine::{
    Context,
    prepare::Subject,
    transact::{RowClock, StepsOf},
};

/// What one short transaction writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Write<'a> {
    /// Makes the row, or finds it and tells how far it is.
    Open,
    /// Announces the step behind `done`, with what is there before it.
    Announce { done: u32, before: Option<&'a str> },
    /// Takes that back: the step has not run.
    Withdraw { done: u32 },
    /// Records that one more step is done.
    Advance { done: u32 },
    /// All steps are done.
    Close { took: Duration },
}

/// What a short transaction has found.
pub(super) enum Found {
    /// The row is this far.
    At { done: u32 },
    /// The step behind `done` was begun, and this was there before it.
    Begun { done: u32, before: String },
    /// Another run is further than this one.
    Overtaken,
}

pub(super) fn progress(action: &Action, done: u32, begun: u32) -> Progress {
    match action {
        Action::Revert { .. } | Action::RevertStored { .. } => Progress::Reverting { done, begun },
        _ => Progress::Applying { done, begun },
    }
}

/// How many steps are begun in a row that stands at this step of this direction.
pub(super) fn begun(action: &Action, row: &Row, step: u32) -> Option<u32> {
    match (row.progress, action) {
        (
            Progress::Reverting { done, begun },
            Action::Revert { .. } | Action::RevertStored { .. },
        )
        | (Progress::Applying { done, begun }, Action::Apply { .. })
            if done == step =>
        {
            Some(begun)
        }
        _ => None,
    }
}

/// The row of an action, where there is one. It may still have the id that the migration had before.
pub(super) fn row_of<'h>(
    context: &Context<'_>,
    history: &'h History,
    action: &Action,
    subject: &Subject,
) -> Option<&'h Row> {
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
        Action::RevertStored { seq } => history
            .row(seq)
            .filter(|row| (&*row.set, &*row.id) == (&*subject.set, &*subject.id)),
        _ => None,
    }
}

/// Decides, on the row as it is under the lock, what a short transaction writes.
pub(super) struct Decider<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) history: &'a History,
    pub(super) batch: i64,
    pub(super) steps: &'a StepsOf<'a>,
    pub(super) down: Option<Vec<String>>,
}

impl Decider<'_> {
    pub(super) fn decide(
        self,
        action: &Action,
        write: Write<'_>,
    ) -> Result<(Found, Vec<Change>), Error> {
        let Some(row) = row_of(self.context, self.history, action, self.steps.subject) else {
            return Ok(self.without_a_row(action, write));
        };
        let seq = row.seq;
        let up = matches!(action, Action::Apply { .. });
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
                        before: None,
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
                before: match write {
                    Write::Announce { before, .. } => before.map(str::to_owned),
                    _ => None,
                },
                error: None,
            }]
        };
        Ok(match write {
            Write::Open if begun > done && row.before.is_some() => {
                let before = row.before.clone().unwrap_or_default();
                (Found::Begun { done, before }, Vec::new())
            }
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
            Write::Announce { done: mine, .. } if mine == done && begun == done => {
                (Found::At { done }, moved(done, done + 1))
            }
            Write::Withdraw { done: mine } if mine == done => {
                (Found::At { done }, moved(done, done))
            }
            Write::Advance { done: mine } if mine == done => {
                (Found::At { done: done + 1 }, moved(done + 1, done + 1))
            }
            Write::Announce { .. } | Write::Withdraw { .. } | Write::Advance { .. } => {
                (Found::Overtaken, Vec::new())
            }
            // Another run has taken it back, and another one has begun it anew.
            Write::Close { .. } if (done as usize) < self.steps.total => {
                (Found::Overtaken, Vec::new())
            }
            Write::Close { .. } if !up => (Found::At { done }, vec![Change::Delete { seq }]),
            Write::Close { took } => (
                Found::At { done },
                self.finish(action, seq, &row.environment, took),
            ),
        })
    }

    /// No row: a way up begins with one, and a way down has ended.
    fn without_a_row(self, action: &Action, write: Write<'_>) -> (Found, Vec<Change>) {
        let one = match (action, write) {
            (Action::Apply { at, batch, .. }, Write::Open) => {
                self.context.registry.get(*at).map(|one| (one, *batch))
            }
            _ => None,
        };
        let Some((one, batch)) = one else {
            return (Found::Overtaken, Vec::new());
        };
        let steps = u32::try_from(self.steps.total).unwrap_or(u32::MAX);
        let clock = RowClock {
            context: self.context,
            batch: self.batch,
            took: Duration::ZERO,
        };
        let row = clock.row(self.history, one, batch, steps, progress(action, 0, 0));
        let down = self.down;
        let changes = vec![Change::Insert(Box::new(NewRow { down, ..row }))];
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
