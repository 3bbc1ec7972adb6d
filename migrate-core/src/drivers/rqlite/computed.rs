//! What a node computes before it hands a statement round: `random()`, and in newer versions `datetime('now')` and its
//! kin. Else each node would have a value of its own.
//!
//! That is right where a row is written. In a definition the value of now would stay for ever in the place of the call,
//! and what holds such a call is written anew, by a writer that does not know all of SQLite. So it is asked for only
//! where it is needed.

use crate::engine::driver::{Deferred, DriverError};

use super::{driver::other, wire::Mode};

/// Functions whose value depends on when or where they are called.
const RANDOM: [&str; 2] = ["random", "randomblob"];
/// Functions that do where they are asked about now.
const TIME: [&str; 7] = [
    "date",
    "time",
    "datetime",
    "julianday",
    "unixepoch",
    "strftime",
    "timediff",
];

/// How the statements of a migration have to be sent.
pub(super) fn mode(texts: &[String]) -> Result<Mode, DriverError> {
    let is_definition = |text: &str| begins_with(text, "create") || begins_with(text, "alter");
    let mut written = texts.iter().enumerate();
    let wants = written.find(|(_, text)| {
        !is_definition(text)
            && (calls(text, &RANDOM)
                || (calls(text, &TIME) && text.to_ascii_lowercase().contains("'now'")))
    });
    let Some((at, text)) = wants else {
        return Ok(Mode::Together);
    };
    let mut definitions = texts.iter().filter(|text| is_definition(text));
    if !definitions.any(|text| calls(text, &RANDOM) || calls(text, &TIME)) {
        return Ok(Mode::TogetherComputed);
    }
    Err(DriverError {
        deferred: Some(Box::new(Deferred {
            at,
            text: text.clone(),
        })),
        ..other(
            "rqlite puts a value in the place of `random()`, `datetime('now')` and their kin, which is meant here, but not in \
             the definition in another statement of this migration: put that into a migration of its own",
        )
    })
}

/// Whether a text calls one of these functions. One in a string or a comment counts too, which does no harm.
fn calls(text: &str, names: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    names.iter().any(|name| {
        lower.match_indices(name).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let behind = lower[at + name.len()..].trim_start();
            behind.starts_with('(') && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

fn begins_with(text: &str, word: &str) -> bool {
    text.get(..word.len())
        .is_some_and(|first| first.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_computed_where_rows_are_written() {
        let of = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            mode(&texts)
        };
        let trigger =
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = datetime ('now'); END";
        for texts in [
            &[][..],
            &["UPDATE a SET b = random = 1, b = mandate('now')"],
            &["CREATE VIEW v AS SELECT RANDOM () AS x"],
            &[trigger, "INSERT INTO a VALUES (1)"],
        ] {
            assert_eq!(of(texts).unwrap(), Mode::Together, "{texts:?}");
        }
        for texts in [
            &["UPDATE a SET b = hex(randomblob(4))"][..],
            &[
                "CREATE TABLE a (b)",
                "INSERT INTO a VALUES (DateTime('now'))",
            ],
        ] {
            assert_eq!(of(texts).unwrap(), Mode::TogetherComputed, "{texts:?}");
        }
        let error = of(&[trigger, "INSERT INTO a VALUES (random())"]).unwrap_err();
        assert_eq!(error.deferred.unwrap().at, 1);
    }
}
