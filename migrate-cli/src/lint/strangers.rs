//! Tables that a folder changes, and that nothing in it makes.
//!
//! A name that no migration makes may be somebody else's table, so it is only warned about. But a history that makes every other table that it
//! names, and then alters, indexes or comments on one that is nobody's, has it misspelt, or comes too early: nobody
//! changes the tables of others in passing.

use migrate_schema::{
    Code, Dialect, Level,
    folder::{File, Found},
    settings::Settings,
    statement::split,
};

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
    let migrations: Vec<usize> = found
        .iter()
        .filter(|one| is_stranger(one))
        .filter_map(|one| one.migration)
        .collect();
    let [first, rest @ ..] = migrations.as_slice() else {
        return;
    };
    // What the first migration finds there was there before. What several name is no slip.
    if *first == 0 || rest.iter().any(|other| other != first) {
        return;
    }
    for one in found.iter_mut().filter(|one| is_stranger(one)) {
        let text = files.get(one.file).map_or("", |file| file.text);
        if changes_a_table(text, one.finding.range.start, dialect) {
            one.level = Level::Deny;
            one.finding.code = Code::NoSuchTable;
            one.finding
                .notes
                .push("all other tables that this history names, it makes itself".to_owned());
        }
    }
}

fn is_stranger(one: &Found) -> bool {
    one.finding.code == Code::UndeclaredName
        && one
            .finding
            .help
            .as_ref()
            .is_some_and(|help| help.contains("external.tables"))
}

/// Whether the statement at this place changes the definition of what it names.
fn changes_a_table(text: &str, at: usize, dialect: Dialect) -> bool {
    let statements = split(text, dialect);
    let statement = statements
        .iter()
        .find(|one| (one.start..one.end).contains(&at));
    let words = statement
        .map_or("", |one| one.text(text))
        .split_whitespace();
    let words: Vec<String> = words.take(3).map(str::to_ascii_lowercase).collect();
    match words.first().map(String::as_str) {
        Some("alter" | "comment") => true,
        Some("create") => words.iter().any(|word| word == "index"),
        _ => false,
    }
}
