//! What the replay has found, told at the literal that it is about.

use migrate_schema::{
    Code,
    replay::{Direction, Placed},
    settings::Settings,
    source::{self, Migration, Step},
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
    let Some(migration) = replayed
        .migration()
        .filter(|migration| !is_broken(migration, settings))
    else {
        return;
    };
    for placed in &verdict.findings {
        let level = levels.of(placed.finding.code);
        match shown {
            Some((pass, index)) => {
                let file = &pass.project.files[pass.project.migrations[*index].file];
                let path = file.path.display().to_string();
                let step = step(migration, placed);
                let text = beside(placed, step, migration, &path, &file.text);
                report.leveled(Span::call_site(), placed.finding.code, text, level);
            }
            None => own(replayed, migration, placed, id, level, report),
        }
    }
}

fn is_broken(migration: &Migration, settings: &Settings) -> bool {
    let steps = migration.up.iter().chain(migration.down.iter().flatten());
    let broken = |step: &Step| {
        settings.targets.iter().any(|target| {
            let parsed = step
                .text(target.dialect())
                .map(|text| parsed(&text.sql, target));
            let mut statements = parsed.iter().flat_map(|parsed| &parsed.statements);
            statements.any(|statement| statement.tree.is_none())
        })
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

/// The text that a finding is about.
fn text<'a>(step: &'a Step, placed: &Placed) -> Option<&'a source::Text> {
    step.text(placed.dialect.unwrap_or_default())
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
    let step = step(migration, placed);
    if let Some(text) = step.and_then(|step| text(step, placed)) {
        if let Some(literal) = replayed.own.literal(text.start) {
            report.finding(&literal, finding, level);
        }
        return;
    }
    match step {
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
    placed: &Placed,
    step: Option<&Step>,
    migration: &Migration,
    file: &str,
    source: &str,
) -> String {
    let finding = &placed.finding;
    let own = step.and_then(|step| text(step, placed));
    let start = step.map_or(migration.start, |step| step.start);
    let start = own.map_or(start, |own| own.start);
    let (line, column) = migrate_schema::finding::line_and_column(source, start);
    match own {
        Some(text) => {
            let text = Text {
                value: text.sql.clone(),
                line,
                column,
                prefix: text.prefix,
                dialect: None,
            };
            check::render(finding, &text, file)
        }
        None => {
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
