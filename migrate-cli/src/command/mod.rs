//! The commands.

mod confirm;
mod project;

use std::time::Duration;

use migrate_core::{Migrator, State, Status, rusqlite::Connection, sqlite};

pub(crate) use project::{import_into, in_package, project};

use crate::{
    args::{Asked, Global},
    fault::{Exit, Fault},
    output,
};

/// A command on a database.
pub(crate) fn database(url: &str, global: &Global, asked: Asked) -> Result<Exit, Fault> {
    let migrator = migrator(global);
    let out = output::Output { format: global.format, verbose: global.verbose, database: output::shown(url) };
    match asked {
        Asked::Run { request, dry_run, stored_down } => {
            let migrator = migrator.stored_down(stored_down);
            if dry_run {
                let plan = migrator.plan(&mut existing(url)?, &request)?;
                out.plan(&plan, true)?;
                return Ok(Exit::Done);
            }
            confirm::confirm(&migrator, url, global, &request, stored_down, &out)?;
            let mut connection = sqlite::open(url)?;
            let observer = output::Progress::new(&out);
            let result = migrator.observer(observer.clone()).run(&mut connection, &request);
            observer.finish();
            out.report(&request, result)?;
            Ok(Exit::Done)
        }
        Asked::Plan(request) => {
            let plan = migrator.plan(&mut existing(url)?, &request)?;
            out.plan(&plan, false)?;
            Ok(Exit::Done)
        }
        Asked::Status => {
            out.status(&migrator.status(&mut existing(url)?)?)?;
            Ok(Exit::Done)
        }
        Asked::Check => {
            let status = migrator.status(&mut existing(url)?)?;
            let findings = findings(&status, true);
            out.findings(&findings, "every migration is applied, and the same as in this program")?;
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Failed })
        }
        Asked::Verify => {
            let status = migrator.status(&mut existing(url)?)?;
            let findings = findings(&status, false);
            out.findings(&findings, "what is applied is the same as in this program")?;
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Failed })
        }
        Asked::Project(_) => Err(Fault::Usage("this command does not need a database".to_owned())),
    }
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
fn existing(url: &str) -> Result<Connection, Fault> {
    Ok(match sqlite::open_existing(url)? {
        Some(connection) => connection,
        None => sqlite::open(":memory:")?,
    })
}

/// Something that `check` or `verify` has found.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Found {
    pub(crate) set: String,
    pub(crate) id: String,
    pub(crate) state: State,
    pub(crate) message: String,
}

fn findings(status: &Status, pending: bool) -> Vec<Found> {
    let message = |state: &State| match state {
        State::Pending if pending => Some("is pending: run `up`"),
        State::OutOfOrder => Some("is pending, and comes before one that is applied: give it a later version, or allow it with --out-of-order warn"),
        State::Changed => Some("has changed since it was applied: restore it, or accept it with `repair`"),
        State::Missing => Some("is applied, but not in this program: run a newer program, or take it out with `forget`"),
        State::Incomplete => Some("was cut off: run `up` or `down` again, or see `resolve`"),
        _ => None,
    };
    let found = |one: &migrate_core::MigrationStatus| {
        Some(Found {
            set: one.set.clone(),
            id: one.id.clone(),
            state: one.state.clone(),
            message: message(&one.state)?.to_owned(),
        })
    };
    status.migrations.iter().filter_map(found).collect()
}
