//! The commands.

mod completions;
mod confirm;
mod database;
mod findings;
mod interrupt;
mod project;
mod pull;
mod schema;

use std::{cell::RefCell, path::Path};

use migrate_core::{Database, Migrator};

pub(crate) use completions::completions;
pub(crate) use project::{import_into, in_package, project};
pub(crate) use schema::{needs_no_program, schema};

use crate::{
    args::{Asked, Global, PullArgs},
    fault::{Exit, Fault},
    output::{Output, Several},
};
use database::OnDatabase;

/// A command on every database that was given, in their order.
pub(crate) fn databases(urls: &[String], global: &Global, asked: &Asked) -> Result<Exit, Fault> {
    let migrator = migrator(global);
    // Before a database is looked at or made.
    migrator.registry()?;
    let all: Vec<OnDatabase<'_>> = (urls.iter())
        .map(|url| on(url, global, migrator.clone(), urls.len() > 1))
        .collect();
    // All of them before the first one: who says no to the last one has lost nothing in the others.
    for one in &all {
        one.confirm(asked)?;
    }
    match &all[..] {
        [one] => one.perform(asked),
        several => in_order(several, global, asked),
    }
}

/// `pull`, which is about one database.
pub(crate) fn pull(
    urls: &[String],
    global: &Global,
    arguments: &PullArgs,
    manifest_dir: &Path,
) -> Result<Exit, Fault> {
    let [url] = urls else {
        return Err(Fault::Usage(
            "`pull` writes a migration from one database: give one `--database-url`".to_owned(),
        ));
    };
    let migrator = migrator(global);
    on(url, global, migrator, false).pull(arguments, manifest_dir)
}

fn on<'a>(url: &'a str, global: &'a Global, migrator: Migrator, is_part: bool) -> OnDatabase<'a> {
    OnDatabase {
        url,
        global,
        migrator,
        out: Output {
            format: global.format,
            verbose: global.verbose,
            database: Database::name_of(url),
            part: is_part.then(RefCell::default),
        },
    }
}

/// Stops at the first one that fails, unless it is to go on. That a command has found something is no failure.
fn in_order(all: &[OnDatabase<'_>], global: &Global, asked: &Asked) -> Result<Exit, Fault> {
    let mut several = Several::new(global.format);
    let (mut exit, mut stopped) = (Exit::Done, false);
    for one in all {
        if stopped {
            several.pass_over(&one.out);
            continue;
        }
        several.begin(&one.out);
        let result = one.perform(asked);
        let its = several.end(&one.out, &result)?;
        if exit == Exit::Done {
            exit = its;
        }
        let interrupted = its == Exit::Interrupted;
        stopped = interrupted || (result.is_err() && !global.keep_going);
    }
    several.finish()?;
    Ok(exit)
}

fn migrator(global: &Global) -> Migrator {
    let mut migrator = match &global.set {
        Some(set) => Migrator::of(set),
        None => Migrator::new(),
    };
    let server = &global.server;
    if let Some(schema) = &server.schema {
        migrator = migrator.schema(schema);
    }
    if let Some(timeout) = server.lock_timeout {
        migrator = migrator.lock_timeout(timeout);
    }
    if let Some(timeout) = server.statement_timeout {
        migrator = migrator.statement_timeout(timeout);
    }
    migrator
        .lock_ttl(server.lock_ttl)
        .environment(&global.env)
        .table(&global.table)
        .timeout(global.timeout)
        .changed(global.changed)
        .missing(global.missing)
        .out_of_order(global.out_of_order)
}
