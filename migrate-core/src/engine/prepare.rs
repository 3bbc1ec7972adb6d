//! From an action to what is to be run: the steps are made here, and what cannot be run is refused.

use migrate_schema::{Dialect, StatementKind};

use crate::{
    error::{Error, Kind},
    history::{History, Progress},
    observer::Event,
    plan::{Action, ActionKind, Decision, Plan, PlanError, PlannedMigration, PlannedStep, Request},
    registry::Registered,
    sql::Sql,
    steps::{Prepared, Steps, Task},
};

use super::{
    Context,
    driver::{Driver, ForeignKeys, Snapshot},
    wait,
};

/// What an action is about, for events, errors and reports.
pub(super) struct Subject {
    pub(super) action: ActionKind,
    pub(super) set: String,
    pub(super) id: String,
    pub(super) description: String,
    /// The file and line of the attribute, where the program has the migration.
    pub(super) place: String,
}

impl Subject {
    /// Tells that it begins.
    pub(super) fn started(&self, context: &Context<'_>, steps: usize) {
        context.tell(&Event::MigrationStarted {
            action: self.action,
            set: &self.set,
            id: &self.id,
            steps,
        });
    }

    /// Tells that another run has done it.
    pub(super) fn skipped(&self, context: &Context<'_>) {
        context.tell(&Event::Skipped {
            set: &self.set,
            id: &self.id,
        });
    }
}

pub(super) fn subject(context: &Context<'_>, snapshot: &Snapshot, action: &Action) -> Subject {
    let (kind, at, seq) = match *action {
        Action::Apply { at, .. } => (ActionKind::Apply, Some(at), None),
        Action::Revert { at, seq } => (ActionKind::Revert, Some(at), Some(seq)),
        Action::RevertStored { seq } => (ActionKind::RevertStored, None, Some(seq)),
        Action::Forget { seq } => (ActionKind::Forget, None, Some(seq)),
        Action::Rename { at, seq } => (ActionKind::Rename, Some(at), Some(seq)),
        Action::Record { at } => (ActionKind::Record, Some(at), None),
        Action::Accept { at, seq } => (ActionKind::Accept, Some(at), Some(seq)),
        Action::Resolve { seq, .. } => (ActionKind::Resolve, None, Some(seq)),
        Action::Wipe => (ActionKind::Wipe, None, None),
    };
    if let Some(one) = at.and_then(|at| context.registry.get(at)) {
        return Subject {
            action: kind,
            set: one.set().to_owned(),
            id: one.id().to_string(),
            description: one.description().to_owned(),
            place: place(one),
        };
    }
    let row = seq.and_then(|seq| snapshot.history.row(seq));
    Subject {
        action: kind,
        set: row.map(|row| row.set.to_string()).unwrap_or_default(),
        id: row.map(|row| row.id.to_string()).unwrap_or_default(),
        description: String::new(),
        place: "the history".to_owned(),
    }
}

pub(super) fn place(one: &Registered) -> String {
    format!("{}:{}", one.file(), one.line())
}

/// Whether an action runs its steps outside a transaction, whatever they are. What was cut off there goes on there,
/// even where the migration says something else by now.
pub(super) fn begins_stepwise(context: &Context<'_>, history: &History, action: &Action) -> bool {
    let cut_off = |seq| {
        let row = history.row(seq);
        row.is_some_and(|row| row.progress != Progress::Applied)
    };
    let (at, cut_off) = match *action {
        Action::Apply { at, row, .. } => (at, row.is_some_and(cut_off)),
        Action::Revert { at, seq } => (at, cut_off(seq)),
        Action::RevertStored { seq } => return cut_off(seq),
        _ => return false,
    };
    let one = context.registry.get(at);
    cut_off || one.is_some_and(|one| !one.registration.transaction)
}

/// The steps of an action, refused where they cannot run.
pub(super) async fn prepare<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
    snapshot: &Snapshot,
    action: &Action,
) -> Result<Prepared, Error> {
    // What was begun in one environment goes on, and goes back, as it was begun.
    let environment = |seq: Option<i64>| {
        let row = seq.and_then(|seq| snapshot.history.row(seq));
        row.map_or(&*context.settings.environment, |row| &row.environment)
    };
    let stepwise = begins_stepwise(context, &snapshot.history, action);
    match *action {
        Action::Apply { at, row, .. } => match context.registry.get(at) {
            Some(one) => {
                let prepared = migration(one, one.up(environment(row)), context.dialect)?;
                ready(driver, one, prepared, stepwise)
            }
            None => Ok(Prepared::default()),
        },
        Action::Revert { at, seq } => match context.registry.get(at) {
            Some(one) => {
                let steps = one.down(environment(Some(seq)));
                ready(
                    driver,
                    one,
                    migration(one, steps, context.dialect)?,
                    stepwise,
                )
            }
            None => Ok(Prepared::default()),
        },
        Action::RevertStored { seq } => {
            let statements = wait::stored_down(driver, context, seq).await?;
            let subject = subject(context, snapshot, action);
            if statements.is_empty() {
                return Err(PlanError::NoStoredDown(vec![subject.id]).into());
            }
            let sqls: Vec<Sql> = statements.into_iter().map(Sql::unchecked).collect();
            let tasks = Prepared::returned(&sqls, context.dialect).map_err(|fault| {
                Error::new(Kind::Prepare {
                    migration: subject.id,
                    place: subject.place,
                    fault,
                })
            })?;
            Ok(Prepared {
                stepwise: stepwise || tasks.iter().any(|task| stands_alone(driver, task)),
                tasks,
                no_down: false,
                rebuilds: false,
            })
        }
        _ => Ok(Prepared::default()),
    }
}

fn migration(one: &Registered, steps: Steps, dialect: Dialect) -> Result<Prepared, Error> {
    steps.prepare(dialect).map_err(|fault| {
        Error::new(Kind::Prepare {
            migration: one.id().to_string(),
            place: place(one),
            fault,
        })
    })
}

/// The steps with the way in which they run, refused where the driver cannot run them.
fn ready<D: Driver>(
    driver: &D,
    one: &Registered,
    mut prepared: Prepared,
    stepwise: bool,
) -> Result<Prepared, Error> {
    prepared.stepwise = stepwise || runs_by_itself(driver, &prepared.tasks);
    for task in &prepared.tasks {
        match task {
            Task::Statement { text, kind, .. }
                if !prepared.stepwise && driver.stands_alone(text, *kind) =>
            {
                return Err(needs_option(one, text, *kind));
            }
            Task::Run { label, native } => {
                if let Some(expected) = driver.wrong_closure(native, !prepared.stepwise) {
                    return Err(Error::new(Kind::WrongClosure {
                        migration: one.id().to_string(),
                        label: label.clone(),
                        expected,
                    }));
                }
            }
            _ => {}
        }
    }
    Ok(prepared)
}

/// Whether steps have to run outside a transaction though the migration does not say so: where that is how the
/// database is, because one of them stands alone or may do what does; elsewhere, because all of them stand alone.
fn runs_by_itself<D: Driver>(driver: &D, tasks: &[Task]) -> bool {
    if !driver.asks_for_option() {
        return tasks
            .iter()
            .any(|task| matches!(task, Task::Run { .. }) || stands_alone(driver, task));
    }
    let mut steps = tasks
        .iter()
        .filter(|task| !matches!(task, Task::Log(_)))
        .peekable();
    // The pragma would be of no use to anything if it stood alone.
    let is_pragma = |task: &Task| matches!(task, Task::Statement { kind, .. } if *kind == StatementKind::ForeignKeysPragma);
    steps.peek().is_some() && steps.all(|task| stands_alone(driver, task) && !is_pragma(task))
}

pub(super) fn stands_alone<D: Driver>(driver: &D, task: &Task) -> bool {
    match task {
        Task::Statement { text, kind, .. } => driver.stands_alone(text, *kind),
        _ => false,
    }
}

/// What the macro refuses where it can see it, for the steps that it cannot see.
fn needs_option(one: &Registered, statement: &str, kind: StatementKind) -> Error {
    let advice = match kind {
        StatementKind::ForeignKeysPragma => {
            "Remove it, and write `foreign_keys = false` in the attribute"
        }
        _ => "Write `transaction = false` in its attribute",
    };
    Error::new(Kind::NeedsOption {
        migration: one.id().to_string(),
        place: place(one),
        statement: statement.to_owned(),
        advice,
    })
}

/// How foreign keys are treated around an action.
pub(super) fn foreign_keys(
    context: &Context<'_>,
    action: &Action,
    prepared: &Prepared,
) -> ForeignKeys {
    // Elsewhere nothing is deleted by what a rebuild does.
    if context.dialect != Dialect::Sqlite {
        return ForeignKeys::AsSet;
    }
    let enforced = match *action {
        Action::Apply { at, .. } | Action::Revert { at, .. } => {
            let one = context.registry.get(at);
            one.and_then(|one| one.registration.foreign_keys)
        }
        Action::Wipe => Some(false),
        _ => None,
    };
    if enforced.unwrap_or_else(|| !prepared.rebuilds(context.dialect)) {
        ForeignKeys::AsSet
    } else {
        ForeignKeys::CheckedAtCommit
    }
}

/// The plan of a decision. All its steps are made, so that every fault is found.
pub(super) async fn plan<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
    snapshot: &Snapshot,
    request: &Request,
    decision: &Decision,
) -> Result<Plan, Error> {
    let mut migrations = Vec::with_capacity(decision.actions.len());
    let mut no_down = Vec::new();
    for action in &decision.actions {
        let prepared = prepare(driver, context, snapshot, action).await?;
        let subject = subject(context, snapshot, action);
        if prepared.no_down {
            no_down.push(format!("{} ({})", subject.id, subject.place));
        }
        let stepwise = prepared.stepwise;
        let keys = foreign_keys(context, action, &prepared);
        migrations.push(PlannedMigration {
            action: subject.action,
            set: subject.set,
            id: subject.id,
            description: subject.description,
            transaction: !stepwise,
            foreign_keys_off: !stepwise && keys == ForeignKeys::CheckedAtCommit,
            steps: prepared.tasks.into_iter().map(planned_step).collect(),
        });
    }
    if !no_down.is_empty() {
        return Err(PlanError::NoDown(no_down).into());
    }
    Ok(Plan {
        request: request.name().to_owned(),
        environment: context.settings.environment.clone(),
        migrations,
        warnings: decision.warnings.clone(),
    })
}

/// What a migration does one way, without a database; none for a way back that there is not.
pub(crate) fn planned(
    one: &Registered,
    steps: Steps,
    dialect: Dialect,
) -> Result<Option<Vec<PlannedStep>>, Error> {
    let prepared = migration(one, steps, dialect)?;
    let steps = prepared.tasks.into_iter().map(planned_step);
    Ok((!prepared.no_down).then(|| steps.collect()))
}

fn planned_step(task: Task) -> PlannedStep {
    match task {
        Task::Statement { text, .. } => PlannedStep::Sql {
            sql: text.into_owned(),
        },
        Task::Run { label, .. } => PlannedStep::Run { label },
        Task::Log(message) => PlannedStep::Log { message },
    }
}
