//! Tables that a folder names, and that nothing in it makes.
//!
//! A name that no migration makes may be somebody else's table, so it is only warned about. But a history that makes every other table that it
//! names, and then alters, indexes or comments on one that is nobody's, has it misspelt, or comes too early: nobody
//! changes the tables of others in passing. Of one that has made many tables, the same is true of whatever names the
//! stranger, once.

use std::ops::Range;

use migrate_schema::{
    Code, Dialect, Level,
    folder::{File, Found},
    settings::Settings,
    statement::split,
};

/// A history that has made as many tables all by itself leans on nobody's.
const MANY: usize = 10;

/// A migration that has made as many tables is no addition to somebody else's.
const SEVERAL: usize = 3;

/// Makes errors of the warnings about such tables, unless the settings say how severe they are.
pub(super) fn refuse(
    found: &mut [Found],
    files: &[File<'_>],
    dialect: Dialect,
    settings: &Settings,
) {
    if settings.levels.contains_key(&Code::UndeclaredName) {
        return;
    }
    let strangers: Vec<(usize, usize, usize)> = found
        .iter()
        .filter(|one| one.finding.is_stranger && one.finding.code == Code::UndeclaredName)
        .filter_map(|one| Some((one.migration?, one.file, one.finding.range.start)))
        .collect();
    let [(first, file, _), rest @ ..] = strangers.as_slice() else {
        return;
    };
    // What several migrations name is no slip.
    if rest.iter().any(|(other, ..)| other != first) {
        return;
    }
    let made = if *first == 0 {
        // What the first migration finds there was there before, unless it begins with everything.
        let own = files
            .get(*file)
            .map_or(0, |file| tables_in(file.text, dialect));
        if own < SEVERAL || !rest.is_empty() {
            return;
        }
        own
    } else {
        files.iter().map(|file| tables_in(file.text, dialect)).sum()
    };
    let leans_on_nobody = made >= MANY && rest.is_empty();
    for one in found.iter_mut().filter(|one| one.finding.is_stranger) {
        let text = files.get(one.file).map_or("", |file| file.text);
        let refused = match manner(text, &one.finding.range, dialect) {
            Manner::Changes => true,
            Manner::Needs => leans_on_nobody,
            Manner::Reads => false,
        };
        if refused {
            one.level = Level::Deny;
            one.finding.code = Code::NoSuchTable;
            one.finding
                .notes
                .push("all other tables that this history names, it makes itself".to_owned());
        }
    }
}

/// How a statement names a table.
enum Manner {
    /// It changes its definition.
    Changes,
    /// It changes its rows, or another table refers to it.
    Needs,
    /// It may read it: programs look into the tables of their tools.
    Reads,
}

/// The first words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.starts_with("--") && !line.starts_with('#'));
    let words = lines.flat_map(str::split_whitespace);
    words.take(5).map(str::to_ascii_lowercase).collect()
}

/// How many tables a text makes.
fn tables_in(text: &str, dialect: Dialect) -> usize {
    let statements = split(text, dialect);
    let made = statements.iter().filter(|one| {
        let words = words(one.text(text));
        let mut words = words.iter().map(String::as_str);
        words.next() == Some("create") && words.any(|word| word == "table")
    });
    made.count()
}

/// How the statement at this place names what stands there.
fn manner(text: &str, place: &Range<usize>, dialect: Dialect) -> Manner {
    let statements = split(text, dialect);
    let statement = statements
        .iter()
        .find(|one| (one.start..one.end).contains(&place.start));
    let before = statement.and_then(|one| text.get(one.start..place.start));
    let words = words(before.unwrap_or_default());
    match words.first().map(String::as_str) {
        Some("alter" | "comment") => Manner::Changes,
        Some("create") if words.iter().take(3).any(|word| word == "index") => Manner::Changes,
        Some("create") if words.iter().any(|word| word == "table") => Manner::Needs,
        // `INSERT OR IGNORE INTO` has the most words before its table.
        Some("insert" | "update" | "delete") if words.len() <= 4 => Manner::Needs,
        _ => Manner::Reads,
    }
}
