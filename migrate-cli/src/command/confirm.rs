//! Asking before something is destroyed.

use std::io::{IsTerminal, Write, stdin};

use migrate_core::{Migrator, Plan, Request};

use crate::{args::Global, fault::Fault, output::Output};

use super::existing;

/// Asks where the request destroys something, and fails where the answer is no or nobody can be asked.
pub(super) fn confirm(
    migrator: &Migrator,
    url: &str,
    global: &Global,
    request: &Request,
    stored_down: bool,
    out: &Output,
) -> Result<(), Fault> {
    let production = matches!(global.env.as_str(), "production" | "prod" | "live");
    let always = matches!(request, Request::Fresh) || request.name() == "reset" || stored_down;
    let destroys = always || (production && matches!(request, Request::Down(_) | Request::Redo(_) | Request::Forget(_)));
    if !destroys || global.yes {
        return Ok(());
    }
    // The plan first: what is refused, or is nothing at all, needs no question.
    let plan = migrator.plan(&mut existing(url)?, request)?;
    if plan.is_empty() {
        return Ok(());
    }
    let what = question(request, &plan, out, &global.env);
    if !stdin().is_terminal() {
        return Err(Fault::NotConfirmed(format!("{what} Give --yes to do it where nobody can be asked. Nothing was done")));
    }
    if stored_down {
        out.plan_to_stderr(&plan);
    }
    let mut stderr = anstream::stderr();
    let _ = write!(stderr, "{what} Continue? [y/N] ");
    let _ = stderr.flush();
    let mut answer = String::new();
    let read = stdin().read_line(&mut answer);
    match (read, answer.trim().to_ascii_lowercase().as_str()) {
        (Ok(_), "y" | "yes") => Ok(()),
        _ => Err(Fault::NotConfirmed("Not confirmed. Nothing was done".to_owned())),
    }
}

fn question(request: &Request, plan: &Plan, out: &Output, environment: &str) -> String {
    let count = plan.migrations.len();
    let migrations = if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") };
    match request {
        Request::Fresh => format!("`fresh` drops every table, with all data, in {} ({environment}).", out.database),
        Request::Forget(_) => format!("`forget` takes {migrations} out of the history of {} ({environment}).", out.database),
        _ => format!(
            "`{}` takes back {migrations}, with the data that they hold, in {} ({environment}).",
            request.name(),
            out.database
        ),
    }
}
