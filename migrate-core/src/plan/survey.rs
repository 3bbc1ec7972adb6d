//! The registry beside the history: what state each migration is in. Pure; everything that is decided is
//! decided on this.

use std::collections::HashMap;

use migrate_schema::Dialect;

use crate::{
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
    by_seq: HashMap<i64, usize>,
}

impl<'a> Survey<'a> {
    pub(crate) fn new(
        registry: &'a Registry,
        history: &'a History,
        environment: &str,
        dialect: Dialect,
    ) -> Self {
        let index = history.index();
        let mut list = Vec::with_capacity(registry.len());
        let mut by_seq = HashMap::with_capacity(history.rows().len());
        let mut highest: HashMap<&str, &Registered> = HashMap::new();
        for (at, one) in registry.iter().enumerate() {
            let now = index.get(&(one.set(), one.id().as_str())).copied();
            let before = || one.renamed_from().and_then(|old| index.get(&old).copied());
            let renamed = now.is_none() && before().is_some();
            let row = now.or_else(before);
            let state = match row {
                Some(row) => applied_state(one, row, dialect),
                None => pending_state(one, environment),
            };
            if let Some(row) = row {
                by_seq.insert(row.seq, at);
                let last = highest.entry(one.set()).or_insert(one);
                if one.id() > last.id() {
                    *last = one;
                }
            }
            list.push(Surveyed {
                registered: Some(at),
                row,
                state,
                renamed,
            });
        }
        for (one, surveyed) in registry.iter().zip(&mut list) {
            let late = highest
                .get(one.set())
                .is_some_and(|last| last.id() > one.id());
            if late && surveyed.state == State::Pending {
                surveyed.state = State::OutOfOrder;
            }
        }
        let sets = registry.sets();
        for row in history.rows() {
            if !by_seq.contains_key(&row.seq) {
                let state = if !sets.contains(&*row.set) {
                    State::Foreign
                } else if row.progress == Progress::Applied {
                    State::Missing
                } else {
                    State::Incomplete
                };
                by_seq.insert(row.seq, list.len());
                list.push(Surveyed {
                    registered: None,
                    row: Some(row),
                    state,
                    renamed: false,
                });
            }
        }
        Self {
            registry,
            history,
            list,
            by_seq,
        }
    }

    /// The migration of a row.
    pub(crate) fn of_row(&self, seq: i64) -> Option<&Surveyed<'a>> {
        self.by_seq.get(&seq).and_then(|at| self.list.get(*at))
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

fn applied_state(one: &Registered, row: &Row, dialect: Dialect) -> State {
    if row.progress != Progress::Applied {
        return State::Incomplete;
    }
    let same = match one.registration.checksum {
        Some(checksum) => checksum == row.checksum,
        None => one.checksum(&row.environment, dialect) == row.checksum,
    };
    match (&row.body, one.registration.body) {
        _ if !same => State::Changed,
        (Some(before), Some(now)) if before != now => State::BodyChanged,
        _ => State::Applied,
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
