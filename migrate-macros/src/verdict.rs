//! What the replay has found, told at the literal that it is about.

use migrate_schema::{
    Code, Finding,
    replay::{Direction, Placed},
    settings::Settings,
    source::{Migration, Step, What},
};
use proc_macro2::Span;

use crate::{
    beside::Text, check, levels::Levels, model::Id, parsed::parsed, replay::Replayed,
    report::Report,
};

/// Reports the findings of the replay. Where the syntax is wrong, what follows from that is not told.
pub(crate) fn tell(
    replayed: &Replayed,
    id: &Id,
    settings: &Settings,
    levels: &Levels<'_>,
    report: &mut Report,
) {
    let Some(verdict) = &replayed.verdict else {
        return;
    };
    let shown = replayed.beside.as_ref();
    let migration = match shown {
        Some((pass, index)) => Some(&pass.project.migrations[*index].migration),
        None => replayed.migration.as_ref(),
    };
    let Some(migration) = migration.filter(|migration| !is_broken(migration, settings)) else {
        return;
    };
    for placed in &verdict.findings {
        let level = levels.of(placed.finding.code);
        match shown {
            Some((pass, index)) => {
                let file = &pass.project.files[pass.project.migrations[*index].file];
                let path = file.path.display().to_string();
                let step = step(migration, placed);
                let text = beside(&placed.finding, step, migration, &path, &file.text);
                report.leveled(Span::call_site(), placed.finding.code, text, level);
            }
            None => own(replayed, migration, placed, id, level, report),
        }
    }
}

fn is_broken(migration: &Migration, settings: &Settings) -> bool {
    let steps = migration.up.iter().chain(migration.down.iter().flatten());
    let broken = |step: &Step| match &step.what {
        What::Sql(text) => settings.targets.iter().any(|target| {
            parsed(&text.sql, target)
                .statements
                .iter()
                .any(|s| s.tree.is_none())
        }),
        What::Change(_) | What::Rust(_) => false,
    };
    steps.into_iter().any(broken)
}

fn step<'a>(migration: &'a Migration, placed: &Placed) -> Option<&'a Step> {
    let steps = match placed.direction {
        Direction::Up => &migration.up,
        Direction::Down => migration.down.as_ref()?,
    };
    steps.get(placed.step?)
}

/// A finding about tokens that the compiler has handed over.
fn own(
    replayed: &Replayed,
    migration: &Migration,
    placed: &Placed,
    id: &Id,
    level: migrate_schema::Level,
    report: &mut Report,
) {
    let finding = &placed.finding;
    match step(migration, placed) {
        Some(Step {
            what: What::Sql(_),
            start,
            ..
        }) => {
            if let Some(literal) = replayed.own.literal(*start) {
                report.finding(&literal, finding, level);
            }
        }
        Some(step) => report.finding_at(replayed.own.span(step.start), finding, level),
        None => {
            let span = (placed.direction == Direction::Down
                || finding.code == Code::DownDoesNotUndo)
                .then(|| replayed.own.down())
                .flatten();
            report.finding_at(span.unwrap_or_else(|| id.literal.span()), finding, level);
        }
    }
}

/// A finding about the `impl` beside a struct, which only the file shows.
fn beside(
    finding: &Finding,
    step: Option<&Step>,
    migration: &Migration,
    file: &str,
    source: &str,
) -> String {
    let start = step.map_or(migration.start, |step| step.start);
    let (line, column) = migrate_schema::finding::line_and_column(source, start);
    match step.map(|step| &step.what) {
        Some(What::Sql(text)) => {
            let text = Text {
                value: text.sql.clone(),
                line,
                column,
                prefix: text.prefix,
            };
            check::render(finding, &text, file)
        }
        _ => {
            let mut text = format!(
                "{} [{}]\n  --> {file}:{line}:{column}",
                finding.message, finding.code
            );
            if let Some(help) = &finding.help {
                text += &format!("\n  = help: {help}");
            }
            for note in &finding.notes {
                text += &format!("\n  = note: {note}");
            }
            text
        }
    }
}
