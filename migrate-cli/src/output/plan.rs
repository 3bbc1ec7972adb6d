//! What would be done, and what was.

use anstream::println;
use migrate_core::{ActionKind, Down, Plan, PlannedMigration, PlannedStep, Report, Request, Up};

use super::{CAREFUL, FAINT, GOOD};

/// `1 migration`, `2 migrations`.
pub(crate) fn migrations(number: usize) -> String {
    match number {
        1 => "1 migration".to_owned(),
        number => format!("{number} migrations"),
    }
}

/// What a request comes to, with all SQL.
pub(super) fn plan(plan: &Plan, request: &Request, dry_run: bool) -> Vec<String> {
    let mut lines = actions(plan);
    let all = plan.migrations.iter().map(|one| one.action);
    let end = match &told(all, "would be ")[..] {
        [] => nothing(request),
        told => told.join(", ") + extent(request),
    };
    lines.push(match dry_run {
        true => format!("{end}. Nothing was done: this was a dry run"),
        false => end,
    });
    lines
}

/// What is done to each migration, with all SQL.
pub(super) fn actions(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = (plan.warnings.iter())
        .map(|warning| format!("{CAREFUL}warning{CAREFUL:#}: {warning}"))
        .collect();
    for one in &plan.migrations {
        lines.push(head(one));
        lines.extend(one.steps.iter().filter_map(step));
    }
    lines
}

fn head(one: &PlannedMigration) -> String {
    let style = match one.action {
        ActionKind::Apply | ActionKind::Record => GOOD,
        _ => CAREFUL,
    };
    let mut line = format!("{style}{}{style:#}", one.action.word());
    if !one.id.is_empty() {
        line += &format!(" {}", one.id);
    }
    if !one.description.is_empty() {
        line += &format!("  {}", one.description);
    }
    let mut notes = Vec::new();
    if !one.transaction {
        notes.push("outside a transaction");
    }
    if one.foreign_keys_off {
        notes.push("foreign keys off, checked before the commit");
    }
    if !notes.is_empty() {
        line += &format!(" {FAINT}({}){FAINT:#}", notes.join("; "));
    }
    line
}

pub(super) fn step(step: &PlannedStep) -> Option<String> {
    match step {
        PlannedStep::Sql { sql } => {
            let lines: Vec<String> = dedented(sql).map(|line| format!("    {line}")).collect();
            Some(format!("{};", lines.join("\n")))
        }
        PlannedStep::Run { label } => Some(format!("    {CAREFUL}run{CAREFUL:#}: {label}")),
        PlannedStep::Log { message } => Some(format!("    {FAINT}log{FAINT:#}: {message}")),
        _ => None,
    }
}

/// The lines of an SQL text, without the indentation that all but the first have from the Rust around them.
fn dedented(sql: &str) -> impl Iterator<Item = &str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let later = sql.lines().skip(1).filter(|line| !line.trim().is_empty());
    let common = later.map(indent).min().unwrap_or(0);
    sql.lines().enumerate().map(move |(at, line)| match at {
        0 => line,
        _ => line.get(common..).unwrap_or(line),
    })
}

/// The end of a run.
pub(super) fn summary(request: &Request, report: &Report) {
    if report.is_empty() {
        println!("{}", nothing(request));
        return;
    }
    for one in &report.done {
        if let Some((old, new)) = &one.checksums {
            println!("{}: {old} → {new}", one.id);
        }
    }
    let told = told(report.done.iter().map(|one| one.action), "");
    if !told.is_empty() {
        println!("{}{}", told.join(", "), extent(request));
    }
    if matches!(request, Request::Resolve { .. }) {
        println!("Now run again what was cut off");
    }
}

/// `3 migrations applied`, for each kind of action that there is.
fn told(actions: impl Iterator<Item = ActionKind>, auxiliary: &str) -> Vec<String> {
    let actions: Vec<ActionKind> = actions.collect();
    let kinds: [(&[ActionKind], &str); 7] = [
        (&[ActionKind::Revert, ActionKind::RevertStored], "reverted"),
        (&[ActionKind::Apply], "applied"),
        (&[ActionKind::Record], "recorded as applied"),
        (&[ActionKind::Forget], "taken out of the history"),
        (&[ActionKind::Accept], "accepted as changed"),
        (&[ActionKind::Rename], "renamed in the history"),
        (&[ActionKind::Resolve], "resolved"),
    ];
    let count = |kinds: &[ActionKind]| actions.iter().filter(|one| kinds.contains(one)).count();
    kinds
        .iter()
        .map(|(kinds, word)| (count(kinds), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {auxiliary}{word}", migrations(number)))
        .collect()
}

/// How far a way down reaches, which somebody may not expect.
fn extent(request: &Request) -> &'static str {
    match request {
        Request::Down(Down::Batches(1)) => ": the last batch",
        _ => "",
    }
}

fn nothing(request: &Request) -> String {
    let why = match request {
        Request::Up(Up::To(target)) => format!(": no migration up to `{target}` is pending"),
        Request::Up(_) => ": no migration is pending".to_owned(),
        Request::Down(Down::To(target)) | Request::Redo(Down::To(target)) => {
            format!(": no migration was applied after `{target}`")
        }
        Request::Down(_) | Request::Redo(_) => ": no migration is applied".to_owned(),
        Request::Adopt { tool, .. } => format!(": {tool} has applied no migration"),
        _ => String::new(),
    };
    format!("Nothing to do{why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indentation_of_the_source_is_left_out() {
        let lines = |sql: &'static str| dedented(sql).collect::<Vec<_>>();
        assert_eq!(
            lines("CREATE TABLE a (\n        b,\n\n        c\n    )"),
            ["CREATE TABLE a (", "    b,", "", "    c", ")"]
        );
        assert_eq!(lines("SELECT 1"), ["SELECT 1"]);
        assert_eq!(lines("a\n\u{a0}b\n c"), ["a", "\u{a0}b", "c"]);
    }
}
