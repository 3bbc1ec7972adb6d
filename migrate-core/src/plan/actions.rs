//! The decision: which migrations, in which direction, in which order.

use std::collections::HashSet;

use crate::{
    history::{History, Progress, Row},
    registry::Registered,
};

use super::{
    Action, Candidate, Decision, Down, PlanError, Policy, Request, Settings, State, Survey,
    Surveyed, Up, Warning, adopt::matched, find,
};

/// Decides what a request comes to.
pub(crate) fn decide(
    survey: &Survey<'_>,
    request: &Request,
    settings: &Settings,
) -> Result<Decision, PlanError> {
    let mut decider = Decider {
        survey,
        settings,
        decision: Decision::default(),
    };
    match request {
        Request::Up(up) => decider.up(up)?,
        Request::Down(down) => {
            let rows = decider.rows(down)?;
            decider.down(&rows)?;
        }
        Request::Redo(down) => decider.redo(down)?,
        Request::Fresh => decider.fresh(),
        Request::Apply(id) => decider.apply_one(id)?,
        Request::Baseline(to) => decider.baseline(to.as_deref())?,
        Request::Adopt { .. } => decider.adopt()?,
        Request::Repair(ids) => decider.repair(ids)?,
        Request::Forget(ids) => decider.forget(ids)?,
        Request::Resolve { id, done } => decider.resolve(id, *done)?,
    }
    Ok(decider.decision)
}

/// What the policies say of what is applied.
pub(super) fn audit(survey: &Survey<'_>, settings: &Settings) -> Result<(), PlanError> {
    let mut decider = Decider {
        survey,
        settings,
        decision: Decision::default(),
    };
    decider.audit()
}

struct Decider<'s, 'a> {
    survey: &'s Survey<'a>,
    settings: &'s Settings,
    decision: Decision,
}

impl<'a> Decider<'_, 'a> {
    fn up(&mut self, up: &Up) -> Result<(), PlanError> {
        self.audit()?;
        self.refuse_renamed_set()?;
        let until = match up {
            Up::To(target) => self.find(target)?,
            Up::All | Up::Count(_) => usize::MAX,
        };
        let most = match up {
            Up::Count(0) => return Err(PlanError::Zero),
            Up::Count(count) => *count as usize,
            Up::All | Up::To(_) => usize::MAX,
        };
        self.renames()?;
        // What was cut off comes first, wherever it stands: the migrations behind it rely on it.
        for one in self.survey.in_state(&State::Incomplete) {
            let action = self.resume(one)?;
            self.decision.actions.push(action);
        }
        let mut late = Vec::new();
        let mut taken = self
            .decision
            .actions
            .iter()
            .filter(|action| matches!(action, Action::Apply { .. }))
            .count();
        for (at, one) in self
            .survey
            .list
            .iter()
            .enumerate()
            .take_while(|(at, _)| *at <= until)
        {
            if taken >= most {
                break;
            }
            match one.state {
                State::OutOfOrder => late.push(self.survey.id(one).to_owned()),
                State::Pending => {}
                _ => continue,
            }
            taken += 1;
            self.decision.actions.push(Action::Apply {
                at,
                row: None,
                batch: None,
            });
        }
        self.policy(
            self.settings.out_of_order,
            late,
            PlanError::OutOfOrder,
            Warning::OutOfOrder,
        )
    }

    /// The rows that a way down takes, newest first.
    fn rows(&self, down: &Down) -> Result<Vec<&'a Row>, PlanError> {
        let own = |row: &&Row| {
            self.survey
                .of_row(row.seq)
                .is_some_and(|one| one.state != State::Foreign)
        };
        let rows = self.survey.history.rows().iter().rev().filter(own);
        Ok(match down {
            Down::Batches(0) | Down::Count(0) => return Err(PlanError::Zero),
            Down::All => rows.collect(),
            Down::Count(count) => rows.take(*count as usize).collect(),
            Down::Batches(count) => {
                let mut batches = HashSet::new();
                rows.take_while(|row| {
                    batches.insert(row.batch);
                    batches.len() <= *count as usize
                })
                .collect()
            }
            Down::To(target) => {
                let seq = self.target_row(target)?;
                rows.take_while(|row| row.seq > seq).collect()
            }
        })
    }

    fn target_row(&self, target: &str) -> Result<i64, PlanError> {
        let candidates = self
            .survey
            .list
            .iter()
            .filter(|one| one.state != State::Foreign)
            .map(|one| Candidate {
                set: self.set(one),
                id: self.survey.id(one),
                value: one.row.map(|row| row.seq).ok_or(self.survey.id(one)),
            });
        find(target, candidates)?.map_err(|id| PlanError::NotApplied(id.to_owned()))
    }

    fn down(&mut self, rows: &[&Row]) -> Result<(), PlanError> {
        let (mut gone, mut changed, mut stuck) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let one = self.survey.of_row(row.seq);
            let registered = one.and_then(|one| one.registered.zip(self.survey.registered(one)));
            self.refuse_unresolved(row)?;
            if let Progress::Applying { .. } = row.progress {
                return Err(PlanError::Incomplete {
                    id: row.id.to_string(),
                    up: true,
                });
            }
            match registered {
                Some((at, registered)) => {
                    if let Some(why) = registered.irreversible() {
                        stuck.push(format!("{} ({why})", registered.id()));
                    }
                    if one.is_some_and(|one| one.state == State::Changed) {
                        changed.push(row.id.to_string());
                    }
                    self.decision
                        .actions
                        .push(Action::Revert { at, seq: row.seq });
                }
                None if self.settings.stored_down => self
                    .decision
                    .actions
                    .push(Action::RevertStored { seq: row.seq }),
                None => {
                    gone.push(row.id.to_string());
                    self.decision.actions.push(Action::Forget { seq: row.seq });
                }
            }
        }
        if !stuck.is_empty() {
            return Err(PlanError::Irreversible(stuck));
        }
        self.policy(
            self.settings.changed,
            changed,
            PlanError::Changed,
            Warning::Changed,
        )?;
        // A row that goes without its `down` having run is never passed over in silence.
        let missing = match self.settings.missing {
            Policy::Ignore => Policy::Warn,
            other => other,
        };
        self.policy(missing, gone, PlanError::Missing, Warning::Forgotten)
    }

    fn redo(&mut self, down: &Down) -> Result<(), PlanError> {
        let rows = self.rows(down)?;
        let gone: Vec<String> = rows
            .iter()
            .filter(|row| {
                self.survey
                    .of_row(row.seq)
                    .is_none_or(|one| one.registered.is_none())
            })
            .map(|row| row.id.to_string())
            .collect();
        if !gone.is_empty() {
            return Err(PlanError::Missing(gone));
        }
        self.down(&rows)?;
        for row in rows.iter().rev() {
            if let Some(at) = self.survey.of_row(row.seq).and_then(|one| one.registered) {
                self.decision.actions.push(Action::Apply {
                    at,
                    row: None,
                    batch: Some(row.batch),
                });
            }
        }
        Ok(())
    }

    fn fresh(&mut self) {
        self.decision.actions.push(Action::Wipe);
        for (at, one) in self.survey.registry.iter().enumerate() {
            if one.disabled_feature().is_none() && one.is_for(&self.settings.environment) {
                self.decision.actions.push(Action::Apply {
                    at,
                    row: None,
                    batch: None,
                });
            }
        }
    }

    fn apply_one(&mut self, id: &str) -> Result<(), PlanError> {
        let at = self.find(id)?;
        self.audit()?;
        let (Some(one), Some(registered)) =
            (self.survey.list.get(at), self.survey.registry.get(at))
        else {
            return Ok(());
        };
        let id = registered.id().to_string();
        match one.state {
            State::Pending | State::OutOfOrder => {
                self.decision.actions.push(Action::Apply {
                    at,
                    row: None,
                    batch: None,
                });
            }
            State::Incomplete => {
                let action = self.resume(one)?;
                self.decision.actions.push(action);
            }
            State::OtherEnvironment => {
                return Err(other_environment(registered, &self.settings.environment));
            }
            State::FeatureOff => {
                let feature = registered.disabled_feature().unwrap_or_default().to_owned();
                return Err(PlanError::FeatureOff { id, feature });
            }
            _ => return Err(PlanError::AlreadyApplied(id)),
        }
        Ok(())
    }

    fn baseline(&mut self, to: Option<&str>) -> Result<(), PlanError> {
        let until = match to {
            Some(target) => self.find(target)?,
            None => usize::MAX,
        };
        let list = self.survey.list.iter().enumerate();
        let pending: Vec<usize> = list
            .take_while(|(at, _)| *at <= until)
            .filter(|(_, one)| matches!(one.state, State::Pending | State::OutOfOrder))
            .map(|(at, _)| at)
            .collect();
        // The one migration that is next may have been written from what the database has (`pull --from-database`).
        if pending != [until] {
            self.refuse_history()?;
        }
        let record = pending.into_iter().map(|at| Action::Record { at });
        self.decision.actions.extend(record);
        Ok(())
    }

    fn refuse_history(&self) -> Result<(), PlanError> {
        let own = |one: &&Surveyed<'_>| one.row.is_some() && one.state != State::Foreign;
        match self.survey.list.iter().filter(own).count() {
            0 => Ok(()),
            own => Err(PlanError::HasHistory(own)),
        }
    }

    /// Records what another tool has applied, in whatever environment that was.
    fn adopt(&mut self) -> Result<(), PlanError> {
        let Some(other) = self.survey.other else {
            return Ok(());
        };
        if !other.unfinished.is_empty() {
            return Err(PlanError::Unfinished {
                tool: other.tool,
                migrations: other.unfinished.clone(),
            });
        }
        self.refuse_history()?;
        let matched = matched(self.survey, other)?;
        let warnings = &mut self.decision.warnings;
        let repeatable = other.repeatable.iter().cloned();
        warnings.extend(repeatable.map(Warning::Repeatable));
        warnings.extend(matched.renamed.into_iter().map(Warning::NamedOtherwise));
        self.policy(
            self.settings.missing,
            matched.strange,
            PlanError::NotInProgram,
            Warning::NotInProgram,
        )?;
        let found = matched.found.into_iter();
        self.decision
            .actions
            .extend(found.map(|at| Action::Record { at }));
        Ok(())
    }

    fn repair(&mut self, ids: &[String]) -> Result<(), PlanError> {
        for id in ids {
            let at = self.find(id)?;
            let one = self.survey.list.get(at);
            match one.and_then(|one| Some((one, one.row?))) {
                Some((one, row)) if matches!(one.state, State::Changed | State::BodyChanged) => {
                    self.decision
                        .actions
                        .push(Action::Accept { at, seq: row.seq });
                }
                Some((one, _)) => {
                    return Err(PlanError::NotChanged(self.survey.id(one).to_owned()));
                }
                None => return Err(PlanError::NotInHistory(id.clone())),
            }
        }
        self.unique();
        Ok(())
    }

    fn forget(&mut self, ids: &[String]) -> Result<(), PlanError> {
        for id in ids {
            let one = self.find_anywhere(id)?;
            match one.row {
                Some(row) if one.registered.is_none() => {
                    self.decision.actions.push(Action::Forget { seq: row.seq });
                    self.decision
                        .warnings
                        .push(Warning::Forgotten(row.id.to_string()));
                }
                Some(row) => return Err(PlanError::NotMissing(row.id.to_string())),
                None => return Err(PlanError::NotInHistory(id.clone())),
            }
        }
        self.unique();
        Ok(())
    }

    fn resolve(&mut self, id: &str, done: bool) -> Result<(), PlanError> {
        let one = self.find_anywhere(id)?;
        match one.row {
            Some(row) if self.unresolved(row).is_some() => {
                self.decision
                    .actions
                    .push(Action::Resolve { seq: row.seq, done });
                Ok(())
            }
            _ => Err(PlanError::NothingToResolve(self.survey.id(one).to_owned())),
        }
    }

    /// Where the schema tells what became of the step, the run finds out by itself.
    fn refuse_unresolved(&self, row: &Row) -> Result<(), PlanError> {
        match self.unresolved(row) {
            Some(error) if row.before.is_none() => Err(error),
            _ => Ok(()),
        }
    }

    /// The step that was begun, and of whose end nobody has heard.
    fn unresolved(&self, row: &Row) -> Option<PlanError> {
        let (up, done, begun) = match row.progress {
            Progress::Applied => return None,
            Progress::Applying { done, begun } => (true, done, begun),
            Progress::Reverting { done, begun } => (false, done, begun),
        };
        if begun <= done {
            return None;
        }
        let one = self.survey.of_row(row.seq);
        let registered = one.and_then(|one| self.survey.registered(one));
        Some(PlanError::Unresolved {
            id: row.id.to_string(),
            step: done + 1,
            what: registered
                .and_then(|one| one.step(up, done + 1, &row.environment, self.survey.dialect)),
        })
    }

    /// The same name given twice is one wish.
    fn unique(&mut self) {
        let mut seen = Vec::new();
        self.decision.actions.retain(|action| {
            let new = !seen.contains(action);
            seen.push(action.clone());
            new
        });
        let mut told = Vec::new();
        self.decision.warnings.retain(|warning| {
            let new = !told.contains(warning);
            told.push(warning.clone());
            new
        });
    }

    fn find(&self, wanted: &str) -> Result<usize, PlanError> {
        let all = self.survey.registry.iter().enumerate();
        find(
            wanted,
            all.map(|(at, one)| Candidate {
                set: one.set(),
                id: one.id().as_str(),
                value: at,
            }),
        )
    }

    fn find_anywhere(&self, wanted: &str) -> Result<&Surveyed<'a>, PlanError> {
        find(
            wanted,
            self.survey.list.iter().map(|one| Candidate {
                set: self.set(one),
                id: self.survey.id(one),
                value: one,
            }),
        )
    }

    fn set(&self, one: &Surveyed<'a>) -> &'a str {
        match (self.survey.registered(one), one.row) {
            (Some(registered), _) => registered.set(),
            (None, Some(row)) => &row.set,
            (None, None) => "",
        }
    }

    fn resume(&self, one: &Surveyed<'_>) -> Result<Action, PlanError> {
        let Some(row) = one.row else {
            return Err(PlanError::Zero);
        };
        self.refuse_unresolved(row)?;
        match (row.progress, one.registered) {
            (Progress::Reverting { .. }, _) => Err(PlanError::Incomplete {
                id: row.id.to_string(),
                up: false,
            }),
            (_, Some(at)) => Ok(Action::Apply {
                at,
                row: Some(row.seq),
                batch: Some(row.batch),
            }),
            (_, None) => Err(PlanError::Missing(vec![row.id.to_string()])),
        }
    }

    /// What is wrong with what is applied.
    fn audit(&mut self) -> Result<(), PlanError> {
        let names = |state: State| -> Vec<String> {
            self.survey
                .in_state(&state)
                .map(|one| self.survey.id(one).to_owned())
                .collect()
        };
        let (changed, bodies, missing) = (
            names(State::Changed),
            names(State::BodyChanged),
            names(State::Missing),
        );
        self.policy(
            self.settings.changed,
            changed,
            PlanError::Changed,
            Warning::Changed,
        )?;
        if self.settings.changed != Policy::Ignore {
            self.decision
                .warnings
                .extend(bodies.into_iter().map(Warning::BodyChanged));
        }
        self.policy(
            self.settings.missing,
            missing,
            PlanError::Missing,
            Warning::Missing,
        )
    }

    fn policy(
        &mut self,
        policy: Policy,
        names: Vec<String>,
        error: fn(Vec<String>) -> PlanError,
        warning: fn(String) -> Warning,
    ) -> Result<(), PlanError> {
        match policy {
            Policy::Error if !names.is_empty() => return Err(error(names)),
            Policy::Warn => self
                .decision
                .warnings
                .extend(names.into_iter().map(warning)),
            Policy::Error | Policy::Ignore => {}
        }
        Ok(())
    }

    fn renames(&mut self) -> Result<(), PlanError> {
        for (at, one) in self.survey.list.iter().enumerate() {
            let Some(registered) = self.survey.registered(one) else {
                continue;
            };
            let Some((set, old)) = registered.renamed_from() else {
                continue;
            };
            if one.renamed {
                self.decision
                    .actions
                    .extend(one.row.map(|row| Action::Rename { at, seq: row.seq }));
            } else if one.row.is_some() && has_row(self.survey.history, set, old) {
                return Err(PlanError::BothNames {
                    id: registered.id().to_string(),
                    old: old.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// A set that has never run here, and has a migration that is in the history under another set: a renamed package.
    fn refuse_renamed_set(&self) -> Result<(), PlanError> {
        if self.survey.in_state(&State::Foreign).next().is_none() {
            return Ok(());
        }
        for one in self.survey.registry.iter() {
            let known = self
                .survey
                .history
                .rows()
                .iter()
                .any(|row| &*row.set == one.set());
            let elsewhere = self
                .survey
                .in_state(&State::Foreign)
                .filter_map(|other| other.row)
                .find(|row| {
                    row.id == one.id().as_str()
                        && row.checksum == one.checksum(&row.environment, self.survey.dialect)
                });
            if let (false, Some(row)) = (known, elsewhere) {
                return Err(PlanError::SetRenamed {
                    was: row.set.to_string(),
                    now: one.set().to_owned(),
                });
            }
        }
        Ok(())
    }
}

fn has_row(history: &History, set: &str, id: &str) -> bool {
    history
        .rows()
        .iter()
        .any(|row| &*row.set == set && row.id == id)
}

fn other_environment(registered: &Registered, environment: &str) -> PlanError {
    PlanError::OtherEnvironment {
        id: registered.id().to_string(),
        environments: registered
            .registration
            .environments
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        environment: environment.to_owned(),
    }
}
