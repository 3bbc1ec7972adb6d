//! What was decided, as the engine takes it.

use super::Warning;

/// One thing to do to one migration. Migrations are named by their place in the registry, rows by `seq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Apply; `row` is where one that was cut off goes on, `batch` what a redo keeps.
    Apply {
        at: usize,
        row: Option<i64>,
        batch: Option<i64>,
    },
    /// Take back.
    Revert { at: usize, seq: i64 },
    /// Take back by the stored SQL what the program no longer has.
    RevertStored { seq: i64 },
    /// Take out of the history.
    Forget { seq: i64 },
    /// Record under the new id.
    Rename { at: usize, seq: i64 },
    /// Record as applied.
    Record { at: usize },
    /// Accept the checksum of the program.
    Accept { at: usize, seq: i64 },
    /// Say how far a cut-off migration came.
    Resolve { seq: i64, done: bool },
    /// Drop everything.
    Wipe,
}

impl Action {
    /// Whether it changes the history and nothing else.
    pub(crate) fn is_record(&self) -> bool {
        matches!(
            self,
            Self::Forget { .. }
                | Self::Rename { .. }
                | Self::Record { .. }
                | Self::Accept { .. }
                | Self::Resolve { .. }
        )
    }
}

/// What to do, and what to say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) actions: Vec<Action>,
    pub(crate) warnings: Vec<Warning>,
}
