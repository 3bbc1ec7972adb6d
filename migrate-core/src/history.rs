//! The history: which migrations a database has had. The history table is the only state there is.

use std::{borrow::Cow, sync::Arc};

/// How far a migration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Progress {
    /// It is applied.
    Applied,
    /// It runs outside a transaction, and `done` steps of its `up` are done.
    Applying {
        /// Steps done.
        done: u32,
        /// Steps begun: one more than `done` while a step runs whose effect cannot be recorded with it.
        begun: u32,
    },
    /// It runs outside a transaction, and `done` steps of its `down` are done.
    Reverting {
        /// Steps done.
        done: u32,
        /// Steps begun.
        begun: u32,
    },
}

/// The set and the id of a row.
pub(crate) type Key = (Arc<str>, Cow<'static, str>);

/// A row of the history: what planning needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) set: Arc<str>,
    /// Borrowed from the program where it has the same, which is nearly always.
    pub(crate) id: Cow<'static, str>,
    pub(crate) checksum: Cow<'static, str>,
    pub(crate) body: Option<String>,
    pub(crate) environment: Arc<str>,
    pub(crate) batch: i64,
    pub(crate) progress: Progress,
    /// What was there before the step that is begun, by which it can be seen whether it ran.
    pub(crate) before: Option<String>,
}

/// A row of the history, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Applied {
    /// The place in the order in which migrations were applied, from 1.
    pub seq: i64,
    /// The set.
    pub set: String,
    /// The identifier.
    pub id: String,
    /// What it does, in words.
    pub description: String,
    /// The checksum of its SQL when it was applied.
    pub checksum: String,
    /// The batch: what one run applied.
    pub batch: i64,
    /// How far it has come.
    pub progress: Progress,
    /// When it was applied: UTC, RFC 3339, to the millisecond.
    pub applied_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// How many steps it has.
    pub steps: u32,
    /// The error of the step that failed, where one outside a transaction did.
    pub error: Option<String>,
    /// The environment of the run.
    pub environment: String,
    /// Who ran it: `user@host`.
    pub applied_by: String,
    /// The version of the crate with the migration.
    pub program_version: String,
}

/// All rows, in ascending `seq`.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    rows: Vec<Row>,
    /// A redo keeps batches, so the newest row need not have the highest one.
    highest_batch: i64,
}

impl History {
    pub(crate) fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| row.seq);
        let highest_batch = rows.iter().map(|row| row.batch).max().unwrap_or(0);
        Self {
            rows,
            highest_batch,
        }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn row(&self, seq: i64) -> Option<&Row> {
        self.position(seq).and_then(|at| self.rows.get(at))
    }

    pub(crate) fn next_seq(&self) -> i64 {
        self.rows.last().map_or(1, |row| row.seq + 1)
    }

    /// The highest batch that was there when this was read, or has come since.
    pub(crate) fn last_batch(&self) -> i64 {
        self.highest_batch
    }

    /// Does to this copy what the change does to the table.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Insert(new) => {
                self.highest_batch = self.highest_batch.max(new.row.batch);
                self.rows.push(new.row.clone());
            }
            Change::Progress {
                seq,
                progress,
                before,
                ..
            } => self.edit(*seq, |row| {
                row.progress = *progress;
                row.before.clone_from(before);
            }),
            Change::Finish {
                seq,
                checksum,
                body,
                ..
            } => self.edit(*seq, |row| {
                row.progress = Progress::Applied;
                row.before = None;
                row.checksum = checksum.clone();
                row.body.clone_from(body);
            }),
            Change::Rename { seq, set, id } => self.edit(*seq, |row| {
                row.set = Arc::from(set.as_str());
                row.id = Cow::Owned(id.clone());
            }),
            Change::Delete { seq } => {
                if let Some(at) = self.position(*seq) {
                    self.rows.remove(at);
                }
            }
        }
    }

    /// Whether this history is one in which the change has taken place.
    pub(crate) fn shows(&self, change: &Change) -> bool {
        match change {
            Change::Insert(new) => self.row(new.row.seq) == Some(&new.row),
            Change::Progress { seq, progress, .. } => {
                self.row(*seq).is_some_and(|row| row.progress == *progress)
            }
            Change::Finish { seq, checksum, .. } => self
                .row(*seq)
                .is_some_and(|row| row.progress == Progress::Applied && row.checksum == *checksum),
            Change::Rename { seq, set, id } => self
                .row(*seq)
                .is_some_and(|row| (&*row.set, &*row.id) == (&**set, &**id)),
            Change::Delete { seq } => self.row(*seq).is_none(),
        }
    }

    pub(crate) fn position(&self, seq: i64) -> Option<usize> {
        self.rows.binary_search_by_key(&seq, |row| row.seq).ok()
    }

    fn edit(&mut self, seq: i64, edit: impl FnOnce(&mut Row)) {
        if let Some(row) = self.position(seq).and_then(|at| self.rows.get_mut(at)) {
            edit(row);
        }
    }
}

/// A row to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewRow {
    pub(crate) row: Row,
    pub(crate) description: String,
    pub(crate) applied_at: String,
    pub(crate) duration_ms: i64,
    pub(crate) steps: u32,
    pub(crate) applied_by: String,
    pub(crate) program_version: String,
    /// The SQL of `down`, for a program that no longer has the migration.
    pub(crate) down: Option<Vec<String>>,
}

/// A change of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Insert(Box<NewRow>),
    /// A step of a migration outside a transaction.
    Progress {
        seq: i64,
        progress: Progress,
        /// What was there before the step that it announces.
        before: Option<String>,
        error: Option<String>,
    },
    /// The last step of a migration outside a transaction, or a checksum that was accepted.
    Finish {
        seq: i64,
        checksum: Cow<'static, str>,
        body: Option<String>,
        duration_ms: Option<i64>,
    },
    Rename {
        seq: i64,
        set: String,
        id: String,
    },
    Delete {
        seq: i64,
    },
}

impl Change {
    /// The row that it is about.
    pub(crate) fn seq(&self) -> i64 {
        match self {
            Self::Insert(new) => new.row.seq,
            Self::Progress { seq, .. }
            | Self::Finish { seq, .. }
            | Self::Rename { seq, .. }
            | Self::Delete { seq } => *seq,
        }
    }
}
