//! Histories, replayed: what is said of them. Each line is what the engine says too, in our words.

#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the helpers of a test for the program"
)]

#[path = "replay/derived.rs"]
mod derived;
#[path = "replay/down.rs"]
mod down;
#[path = "replay/mysql.rs"]
mod mysql;
#[path = "replay/postgres.rs"]
mod postgres;
#[path = "replay/sqlite.rs"]
mod sqlite;
#[path = "replay/unknown.rs"]
mod unknown;

use migrate_schema::{
    Dialect, Level,
    grammar::{self, Parsed},
    replay::{Migration, Outcome, Replay, Step, What},
    settings::{Settings, Target},
};

/// A migration of one text, or of two.
pub(crate) struct Texts<'a>(pub(crate) &'a str, pub(crate) Option<&'a str>);

impl<'a> From<&'a str> for Texts<'a> {
    fn from(up: &'a str) -> Self {
        Self(up, None)
    }
}

impl<'a> From<(&'a str, &'a str)> for Texts<'a> {
    fn from((up, down): (&'a str, &'a str)) -> Self {
        Self(up, Some(down))
    }
}

fn steps<'a>(sql: &'a str, parsed: &'a Parsed) -> Vec<Step<'a>> {
    vec![Step {
        what: What::Sql { sql, parsed },
        conditional: false,
    }]
}

/// Replays migrations named `m1`, `m2`, …, and gives the outcome of each.
pub(crate) fn outcomes(target: &Target, settings: &Settings, texts: &[Texts<'_>]) -> Vec<Outcome> {
    let parsed: Vec<(Parsed, Option<Parsed>)> = (texts.iter())
        .map(|Texts(up, down)| {
            let parse = |sql: &str| {
                let parsed = grammar::parse(sql, target);
                assert_eq!(parsed.findings, [], "{sql}");
                parsed
            };
            (parse(up), down.map(parse))
        })
        .collect();
    let mut replay = Replay::new(target, settings);
    for (at, (up, _)) in parsed.iter().enumerate() {
        replay.expect(&format!("m{}", at + 1), up);
    }
    let both = texts.iter().zip(&parsed).enumerate();
    both.map(|(at, (Texts(up, down), parsed))| {
        replay.migration(&Migration {
            id: &format!("m{}", at + 1),
            up: steps(up, &parsed.0),
            down: down.map(|down| steps(down, parsed.1.as_ref().unwrap())),
            transaction: true,
            irreversible: false,
        })
    })
    .collect()
}

/// What is said of a history, apart from the lints: message, help and notes, a line each, with the marked text before it.
pub(crate) fn history<'a>(
    dialect: Dialect,
    texts: impl IntoIterator<Item = impl Into<Texts<'a>>>,
) -> Vec<String> {
    let texts: Vec<Texts<'a>> = texts.into_iter().map(Into::into).collect();
    let outcomes = outcomes(&Target::from(dialect), &Settings::default(), &texts);
    let mut lines = Vec::new();
    for (texts, outcome) in texts.iter().zip(outcomes) {
        for placed in outcome.findings {
            let finding = placed.finding;
            let told = finding.code.level() == Level::Deny
                || matches!(finding.code.name(), "undeclared_name" | "broken_definition");
            if !told {
                continue;
            }
            let sql = match placed.direction {
                migrate_schema::replay::Direction::Up => texts.0,
                migrate_schema::replay::Direction::Down => texts.1.unwrap_or_default(),
            };
            let mut line = format!("[{}] {}", &sql[finding.range.clone()], finding.message);
            if let Some(help) = finding.help {
                // Nearly everything is made by the first migration of a test: to say so each time tells nothing.
                let help = help
                    .replace(" (created by m1)", "")
                    .replace(" (added by m1)", "");
                line += &format!(" | {help}");
            }
            for note in finding.notes {
                line += &format!(" | {note}");
            }
            lines.push(line);
        }
    }
    lines
}

/// The one thing that is said of a history; nothing where all is well.
pub(crate) fn only<'a>(
    dialect: Dialect,
    texts: impl IntoIterator<Item = impl Into<Texts<'a>>>,
) -> String {
    let lines = history(dialect, texts);
    assert!(lines.len() < 2, "{lines:#?}");
    lines.into_iter().next().unwrap_or_default()
}
