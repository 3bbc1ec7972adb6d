//! Asking before something is destroyed.

use std::io::{IsTerminal, Write, stdin};

use migrate_core::{ActionKind, Plan, PlannedMigration, Request};

use crate::{
    fault::Fault,
    output::{self, Output},
};

use super::database::OnDatabase;

/// Asks where the request destroys something, and fails where the answer is no or nobody can be asked.
pub(super) fn confirm(
    on: &OnDatabase<'_>,
    request: &Request,
    stored_down: bool,
) -> Result<(), Fault> {
    let (global, out) = (on.global, &on.out);
    let production = matches!(global.env.as_str(), "production" | "prod" | "live");
    let always = matches!(request, Request::Fresh) || request.name() == "reset" || stored_down;
    let destroys = always
        || (production
            && matches!(
                request,
                Request::Down(_) | Request::Redo(_) | Request::Forget(_)
            ));
    if !destroys || global.yes {
        return Ok(());
    }
    // The plan first: what is refused, or is nothing at all, needs no question.
    let plan = on
        .migrator
        .clone()
        .stored_down(stored_down)
        .plan(&mut on.existing()?, request)?;
    if plan.is_empty() {
        return Ok(());
    }
    let what = question(request, &plan, out, &global.env);
    if !stdin().is_terminal() {
        return Err(Fault::NotConfirmed(format!(
            "{what} Give --yes to do it where nobody can be asked. Nothing was done"
        )));
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
        _ => Err(Fault::NotConfirmed(
            "Not confirmed. Nothing was done".to_owned(),
        )),
    }
}

fn question(request: &Request, plan: &Plan, out: &Output, environment: &str) -> String {
    let (database, name) = (&out.database, request.name());
    // A redo has each of them twice.
    let again = |one: &&PlannedMigration| one.action == ActionKind::Apply;
    let applied = plan.migrations.iter().filter(again).count();
    let migrations = output::migrations(plan.migrations.len() - applied);
    match request {
        Request::Fresh => {
            format!("`fresh` drops every table in {database} ({environment}), with all data.")
        }
        Request::Forget(_) => {
            format!("`forget` takes {migrations} out of the history of {database} ({environment}).")
        }
        Request::Redo(_) => format!(
            "`redo` takes back {migrations} in {database} ({environment}) and applies them again: what was made is \
             dropped, with all data."
        ),
        _ => format!(
            "`{name}` takes back {migrations} in {database} ({environment}): what was made is dropped, with all data."
        ),
    }
}
