//! What `check` and `verify` find.

use migrate_core::{MigrationStatus, Progress, State, Status};

use crate::output::{self, Found};

pub(super) fn findings(status: &Status, pending: bool) -> Vec<Found> {
    let several = output::has_several_sets(status);
    let found = |one: &MigrationStatus| {
        Some(Found {
            set: one.set.clone(),
            id: one.id.clone(),
            state: one.state.clone(),
            message: finding(one, pending)?,
            name: output::name(one, several),
        })
    };
    status.migrations.iter().filter_map(found).collect()
}

fn finding(one: &MigrationStatus, pending: bool) -> Option<String> {
    let message = match one.state {
        State::Pending if pending => "is pending: run `up`",
        State::OutOfOrder => {
            "is pending, and comes before one that is applied: give it a later version, or allow it with \
             `--out-of-order warn`"
        }
        State::Changed => {
            "has changed since it was applied: restore it, or accept it with `repair`"
        }
        State::Missing => {
            "is applied, but not in this program: run a newer program, or take it out with `forget`"
        }
        State::Incomplete => return Some(cut_off(one)),
        _ => return None,
    };
    Some(message.to_owned())
}

pub(super) fn cut_off(one: &MigrationStatus) -> String {
    let row = one.applied.as_ref();
    let (command, done, begun) = match row.map(|row| row.progress) {
        Some(Progress::Reverting { done, begun }) => ("down", done, begun),
        Some(Progress::Applying { done, begun }) => ("up", done, begun),
        _ => ("up", 0, 0),
    };
    let steps = row.map_or(0, |row| row.steps);
    if begun > done {
        return format!(
            "was cut off in step {begun} of {steps}, and it cannot be seen whether that was done: look at the \
             database, then say so with `resolve`"
        );
    }
    format!("was cut off after {done} of {steps} steps: run `{command}` to finish it")
}
