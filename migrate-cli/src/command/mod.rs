//! The commands.

mod confirm;
mod project;

use std::time::Duration;

use migrate_core::{
    Dialect, MigrationStatus, Migrator, Progress, Registered, Report, Request, State, Status,
    rusqlite::Connection, sqlite,
};

pub(crate) use project::{import_into, in_package, project};

use crate::{
    args::{Asked, Global},
    fault::{Exit, Fault},
    output::{self, Found, Output, Ways},
};

/// A command on a database.
pub(crate) fn database(url: &str, global: &Global, asked: Asked) -> Result<Exit, Fault> {
    let migrator = migrator(global);
    let out = Output {
        format: global.format,
        verbose: global.verbose,
        database: output::shown(url),
    };
    // Before a database is looked at or made.
    migrator.registry()?;
    match asked {
        Asked::Run {
            request,
            dry_run,
            stored_down,
        } => {
            let migrator = migrator.stored_down(stored_down);
            if dry_run {
                let plan = migrator.plan(&mut existing(url, &out)?, &request)?;
                out.plan(&plan, &request, true)?;
                return Ok(Exit::Done);
            }
            confirm::confirm(&migrator, url, global, &request, stored_down, &out)?;
            run(&migrator, url, &request, &out)?;
            Ok(Exit::Done)
        }
        Asked::Plan(request) => {
            let plan = migrator.plan(&mut existing(url, &out)?, &request)?;
            out.plan(&plan, &request, false)?;
            Ok(Exit::Done)
        }
        Asked::Status { sql } => {
            let status = migrator.status(&mut existing(url, &out)?)?;
            let sql = if sql {
                ways(&migrator, global)?
            } else {
                Vec::new()
            };
            out.status(&status, &sql)?;
            Ok(Exit::Done)
        }
        Asked::Check => {
            let status = migrator.status(&mut existing(url, &out)?)?;
            let findings = findings(&status, true);
            out.findings(
                &findings,
                "every migration is applied, and the same as in this program",
            )?;
            Ok(if findings.is_empty() {
                Exit::Done
            } else {
                Exit::Failed
            })
        }
        Asked::Verify => {
            let status = migrator.status(&mut existing(url, &out)?)?;
            let findings = findings(&status, false);
            out.findings(&findings, "what is applied is the same as in this program")?;
            Ok(if findings.is_empty() {
                Exit::Done
            } else {
                Exit::Failed
            })
        }
        Asked::Project(_) => Err(Fault::Usage(
            "this command does not need a database".to_owned(),
        )),
    }
}

/// Does it. A request that is refused, or comes to nothing, makes no file.
fn run(migrator: &Migrator, url: &str, request: &Request, out: &Output) -> Result<(), Fault> {
    let mut connection = match sqlite::open_existing(url)? {
        Some(connection) => connection,
        None if migrator
            .plan(&mut sqlite::open(":memory:")?, request)?
            .is_empty() =>
        {
            out.no_database();
            return out.report(request, Ok(Report::default()));
        }
        None => sqlite::open(url)?,
    };
    let observer = output::Progress::new(out);
    let migrator = migrator.clone().observer(observer.clone());
    let result = migrator.run(&mut connection, request);
    observer.finish();
    out.report(request, result)
}

fn migrator(global: &Global) -> Migrator {
    let all = match &global.set {
        Some(set) => Migrator::of(set),
        None => Migrator::new(),
    };
    all.environment(&global.env)
        .table(&global.table)
        .timeout(Duration::from_secs(global.timeout))
        .changed(global.changed)
        .missing(global.missing)
        .out_of_order(global.out_of_order)
}

/// A database to look at. One that is not there is empty, and is not made by looking.
fn existing(url: &str, out: &Output) -> Result<Connection, Fault> {
    match sqlite::open_existing(url)? {
        Some(connection) => Ok(connection),
        None => {
            out.no_database();
            Ok(sqlite::open(":memory:")?)
        }
    }
}

/// What each migration of the program does, and how it goes back.
fn ways(migrator: &Migrator, global: &Global) -> Result<Vec<Ways>, Fault> {
    let registry = migrator.registry()?;
    let environment = &global.env;
    let one = |one: &Registered| {
        Ok(Ways {
            set: one.set().to_owned(),
            id: one.id().to_string(),
            up: one
                .planned(false, environment, Dialect::Sqlite)?
                .unwrap_or_default(),
            down: one.planned(true, environment, Dialect::Sqlite)?,
            derived: one.has_derived_down(),
            irreversible: one.irreversible().map(str::to_owned),
            unchecked: one.unchecked().map(str::to_owned),
        })
    };
    registry.iter().map(one).collect()
}

fn findings(status: &Status, pending: bool) -> Vec<Found> {
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

fn cut_off(one: &MigrationStatus) -> String {
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
