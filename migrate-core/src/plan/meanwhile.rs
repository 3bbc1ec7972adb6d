//! What is left to do when another run has changed the history.

use crate::{
    history::{History, Key, Progress, Row},
    registry::Registered,
};

use super::{Action, PlanError, Settings, State, Survey, Surveyed, actions::audit};

/// Whether an action that was decided on one history is still to be done on the one of now, which another run
/// has changed. A `seq` may have gone to another migration meanwhile; `gone` is what had a row until others took it.
pub(crate) fn still_wanted(
    survey: &Survey<'_>,
    before: &History,
    gone: &[Key],
    action: &Action,
    settings: &Settings,
) -> Result<bool, PlanError> {
    match action {
        Action::Apply { at, .. } => {
            audit(survey, settings)?;
            let one = survey.list.get(*at);
            let is_wanted = one.is_some_and(|one| {
                !matches!(
                    one.state,
                    State::Applied | State::Changed | State::BodyChanged
                )
            });
            match taken_back(survey, gone, *at) {
                Some(id) if is_wanted => Err(PlanError::TakenBack(id)),
                _ => Ok(is_wanted),
            }
        }
        Action::Revert { at, seq } => match survey.of_row(*seq) {
            Some(one) if one.registered == Some(*at) => newest(survey, *seq),
            _ => Ok(false),
        },
        Action::RevertStored { seq } => match same_row(survey, before, *seq) {
            Some(_) => newest(survey, *seq),
            None => Ok(false),
        },
        Action::Forget { seq } => Ok(same_row(survey, before, *seq).is_some()),
        Action::Resolve { seq, .. } => {
            Ok(same_row(survey, before, *seq)
                .is_some_and(|(was, row)| was.progress == row.progress))
        }
        Action::Rename { at, seq } => Ok(survey
            .of_row(*seq)
            .is_some_and(|one| one.registered == Some(*at) && one.renamed)),
        Action::Accept { at, seq } => Ok(survey.of_row(*seq).is_some_and(|one| {
            one.registered == Some(*at) && matches!(one.state, State::Changed | State::BodyChanged)
        })),
        Action::Record { at } => Ok(survey.list.get(*at).is_some_and(|one| one.row.is_none())),
        Action::Wipe => Ok(true),
    }
}

/// What another run has taken back, or is about to, of that on which a migration may rely: all that comes before it.
fn taken_back(survey: &Survey<'_>, gone: &[Key], at: usize) -> Option<String> {
    let mut earlier = survey.registry.iter().zip(&survey.list).take(at);
    let is_back = |(one, surveyed): &(&Registered, &Surveyed<'_>)| match surveyed.row {
        Some(row) => matches!(row.progress, Progress::Reverting { .. }),
        None => gone
            .iter()
            .any(|(set, id)| **set == *one.set() && *id == one.id().as_str()),
    };
    earlier.find(is_back).map(|(one, _)| one.id().to_string())
}

/// A row as it was and as it is, where it still is that of the same migration.
fn same_row<'s>(
    survey: &'s Survey<'_>,
    before: &'s History,
    seq: i64,
) -> Option<(&'s Row, &'s Row)> {
    let (was, row) = (before.row(seq)?, survey.history.row(seq)?);
    (was.set == row.set && was.id == row.id).then_some((was, row))
}

/// A way down takes the newest; what was applied meanwhile may rely on it.
fn newest(survey: &Survey<'_>, seq: i64) -> Result<bool, PlanError> {
    let rows = survey.history.rows().iter().rev();
    let mut newer = rows.take_while(|other| other.seq > seq);
    let own = newer.find(|other| {
        survey
            .of_row(other.seq)
            .is_some_and(|one| one.state != State::Foreign)
    });
    match own {
        Some(newer) => Err(PlanError::Interference(newer.id.to_string())),
        None => Ok(true),
    }
}
