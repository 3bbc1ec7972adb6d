//! The registry beside the history: what state each migration is in. Pure; everything that is decided is
//! decided on this.

use std::{cell::OnceCell, collections::HashMap};

use migrate_schema::Dialect;

use crate::{
    adopt::OtherHistory,
    history::{History, Progress, Row},
    registry::{Registered, Registry},
};

/// The state of a migration in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum State {
    /// Applied, and the same in the program.
    Applied,
    /// Not applied yet.
    Pending,
    /// Not applied, though a later one of its set is.
    OutOfOrder,
    /// Applied, but its SQL is another one in the program now.
    Changed,
    /// Applied, and only the Rust code of its steps is another one now.
    BodyChanged,
    /// Applied, but the program does not have it.
    Missing,
    /// Begun outside a transaction and not finished, up or down.
    Incomplete,
    /// Not applied, and for other environments only.
    OtherEnvironment,
    /// Not applied, and behind a feature that is off.
    FeatureOff,
    /// Applied by another program that shares the history: no set of this program.
    Foreign,
}

/// A migration as the program and the database see it.
#[derive(Clone, Debug)]
pub(crate) struct Surveyed<'a> {
    pub(crate) registered: Option<usize>,
    pub(crate) row: Option<&'a Row>,
    pub(crate) state: State,
    /// The row still has the id that the migration had before.
    pub(crate) renamed: bool,
}

/// The registry in order, each with its row, then the rows without a migration.
#[derive(Debug)]
pub(crate) struct Survey<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) history: &'a History,
    pub(crate) list: Vec<Surveyed<'a>>,
    pub(crate) dialect: Dialect,
    /// What another tool has applied, where that was asked for.
    pub(crate) other: Option<&'a OtherHistory>,
    /// The place in the list, for each row of the history.
    of_row: Vec<Option<usize>>,
}

impl<'a> Survey<'a> {
    pub(crate) fn new(
        registry: &'a Registry,
        history: &'a History,
        environment: &str,
        dialect: Dialect,
    ) -> Self {
        let mut rows = Rows::new(history);
        let mut list = Vec::with_capacity(registry.len());
        let mut of_row = vec![None; history.rows().len()];
        // The last applied one of each set: what is pending before it is out of order. Sets are few.
        let mut last_applied: Vec<(&str, usize)> = Vec::new();
        for (at, one) in registry.iter().enumerate() {
            let now = rows.position(one.set(), one.id().as_str());
            let before = || {
                one.renamed_from()
                    .and_then(|(set, id)| rows.elsewhere(set, id))
            };
            let position = now.or_else(before);
            let row = position.and_then(|position| history.rows().get(position));
            let state = match row {
                Some(row) => applied_state(one, row, dialect),
                None => pending_state(one, environment),
            };
            if let Some(of_row) = position.and_then(|position| of_row.get_mut(position)) {
                *of_row = Some(at);
                match last_applied.iter_mut().find(|(set, _)| *set == one.set()) {
                    Some((_, last)) => *last = at,
                    None => last_applied.push((one.set(), at)),
                }
            }
            list.push(Surveyed {
                registered: Some(at),
                row,
                state,
                renamed: now.is_none() && row.is_some(),
            });
        }
        mark_out_of_order(registry, &mut list, &last_applied);
        add_unregistered(registry, history, &mut list, &mut of_row);
        Self {
            registry,
            history,
            list,
            dialect,
            other: None,
            of_row,
        }
    }

    /// The same beside the history of another tool.
    pub(crate) fn beside(self, other: Option<&'a OtherHistory>) -> Self {
        Self { other, ..self }
    }

    /// The migration of a row.
    pub(crate) fn of_row(&self, seq: i64) -> Option<&Surveyed<'a>> {
        let at = self.of_row.get(self.history.position(seq)?)?;
        at.and_then(|at| self.list.get(at))
    }

    pub(crate) fn registered(&self, surveyed: &Surveyed<'_>) -> Option<&'a Registered> {
        surveyed.registered.and_then(|at| self.registry.get(at))
    }

    /// The id, as the program says it, or else the history.
    pub(crate) fn id(&self, surveyed: &Surveyed<'a>) -> &'a str {
        match (self.registered(surveyed), surveyed.row) {
            (Some(one), _) => one.id().as_str(),
            (None, Some(row)) => &row.id,
            (None, None) => "",
        }
    }

    pub(crate) fn in_state<'s>(
        &'s self,
        state: &'s State,
    ) -> impl Iterator<Item = &'s Surveyed<'a>> {
        self.list.iter().filter(move |one| one.state == *state)
    }
}

/// What is pending before the last applied one of its set.
fn mark_out_of_order(
    registry: &Registry,
    list: &mut [Surveyed<'_>],
    last_applied: &[(&str, usize)],
) {
    for (set, last) in last_applied {
        let before = registry.iter().zip(&mut *list).take(*last);
        for (_, surveyed) in before.filter(|(one, _)| one.set() == *set) {
            if surveyed.state == State::Pending {
                surveyed.state = State::OutOfOrder;
            }
        }
    }
}

/// The rows that belong to no migration of the program.
fn add_unregistered<'a>(
    registry: &Registry,
    history: &'a History,
    list: &mut Vec<Surveyed<'a>>,
    of_row: &mut [Option<usize>],
) {
    let sets = registry.sets();
    for (row, of_row) in history.rows().iter().zip(of_row) {
        if of_row.is_none() {
            let state = if !sets.contains(&*row.set) {
                State::Foreign
            } else if row.progress == Progress::Applied {
                State::Missing
            } else {
                State::Incomplete
            };
            *of_row = Some(list.len());
            list.push(Surveyed {
                registered: None,
                row: Some(row),
                state,
                renamed: false,
            });
        }
    }
}

/// Finds the row of a migration. Mostly migrations were applied in their order, so it is the one behind the
/// last that was found, and nothing has to be hashed.
struct Rows<'a> {
    history: &'a History,
    next: usize,
    index: OnceCell<HashMap<(&'a str, &'a str), usize>>,
}

impl<'a> Rows<'a> {
    fn new(history: &'a History) -> Self {
        Self {
            history,
            next: 0,
            index: OnceCell::new(),
        }
    }

    fn position(&mut self, set: &str, id: &str) -> Option<usize> {
        let row = self.history.rows().get(self.next);
        let position = match row {
            Some(row) if same(&row.id, id) && &*row.set == set => Some(self.next),
            None if self.next == 0 => None,
            _ => self.elsewhere(set, id),
        };
        self.next = position.map_or(self.next, |position| position + 1);
        position
    }

    fn elsewhere(&self, set: &str, id: &str) -> Option<usize> {
        let rows = self.history.rows().iter().enumerate();
        let index = self.index.get_or_init(|| {
            rows.map(|(position, row)| ((&*row.set, &*row.id), position))
                .collect()
        });
        index.get(&(set, id)).copied()
    }
}

/// Whether two texts are equal. Mostly they are one and the same, and need not be read.
fn same(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || a == b
}

fn applied_state(one: &Registered, row: &Row, dialect: Dialect) -> State {
    if row.progress != Progress::Applied {
        return State::Incomplete;
    }
    let unchanged = match one.known_checksum() {
        Some(checksum) => same(checksum, &row.checksum),
        None => one.checksum(&row.environment, dialect) == row.checksum,
    };
    let body_changed = |before: &String| one.registration.body.is_some_and(|now| now != before);
    if !unchanged {
        State::Changed
    } else if row.body.as_ref().is_some_and(body_changed) {
        State::BodyChanged
    } else {
        State::Applied
    }
}

fn pending_state(one: &Registered, environment: &str) -> State {
    if one.disabled_feature().is_some() {
        State::FeatureOff
    } else if one.is_for(environment) {
        State::Pending
    } else {
        State::OtherEnvironment
    }
}
