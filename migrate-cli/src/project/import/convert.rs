//! A pair of SQL files as the Rust file of a migration.

use super::{
    ImportOptions,
    files::Pair,
    script::{Remainder, Script, Switched},
};
use crate::project::{
    ImportFault, literal,
    render::{self, Body, MigrationFile, Step},
};

/// A migration made of SQL files.
#[derive(Debug)]
pub(super) struct Converted {
    pub(super) struct_name: String,
    pub(super) text: String,
    /// What the grammar refuses and is kept.
    pub(super) unchecked: Vec<ImportFault>,
}

pub(super) fn convert(pair: &Pair, options: &ImportOptions) -> Result<Converted, Vec<ImportFault>> {
    let mut faults = Vec::new();
    let (up, down) = (&pair.up, pair.down.as_ref());
    let outside = [Some(up), down]
        .into_iter()
        .flatten()
        .find_map(Script::outside_transaction);
    let mut unchecked = Vec::new();
    let mut half = |script: &Script| {
        let refused = script.syntax_faults();
        let remainder = match &outside {
            Some((_, statement)) => script.for_no_transaction(&format!("`{statement}`")),
            None if pair.no_transaction => script.for_no_transaction("what its files say"),
            None => script.for_a_transaction(),
        };
        let remainder = remainder.map_err(|found| faults.extend(found)).ok();
        let body = remainder
            .as_ref()
            .map(|remainder| body(script, remainder, &refused));
        unchecked.extend(refused);
        Some((body?, remainder?.foreign_keys))
    };
    let up_half = half(up);
    let down_half = down.map(&mut half);
    if !options.keep_going {
        faults.append(&mut unchecked);
    }
    let (Some((up_body, up_keys)), true) = (up_half, faults.is_empty()) else {
        return Err(faults);
    };
    let (down_body, down_keys) = down_half.flatten().unzip();
    let mut attribute = Vec::new();
    if down_body.is_none() {
        attribute.push("irreversible = \"imported without a down script\"".to_owned());
    }
    if outside.is_some() || pair.no_transaction {
        attribute.push("transaction = false".to_owned());
    }
    if up_keys.max(down_keys.flatten()) == Some(Switched::Off) {
        attribute.push("foreign_keys = false".to_owned());
    }
    let struct_name = render::struct_name(&pair.id);
    let file = MigrationFile {
        id: &pair.id,
        struct_name: &struct_name,
        doc: &doc(up, down),
        options: &attribute,
        up: up_body,
        down: down_body,
    };
    Ok(Converted {
        text: file.render(),
        struct_name,
        unchecked,
    })
}

fn doc(up: &Script, down: Option<&Script>) -> String {
    match down {
        Some(down) if down.file != up.file => {
            format!("Imported from `{}` and `{}`.", up.name(), down.name())
        }
        _ => format!("Imported from `{}`.", up.name()),
    }
}

fn body(script: &Script, remainder: &Remainder, refused: &[ImportFault]) -> Body {
    let mut comment = notes(script, remainder);
    for fault in refused {
        let (line, column) = fault.place.unwrap_or_default();
        comment.push(format!(
            "Not checked: line {line}, column {column} of `{}`: {}",
            script.name(),
            fault.message
        ));
    }
    if !remainder.has_statements {
        comment.push(remainder.sql.clone());
    }
    // A text of several lines stands on lines of its own, so that its first is indented as it was.
    let sql = without_statement_marks(&remainder.sql);
    let sql = match sql.contains('\n') {
        true => format!("\n{sql}\n"),
        false => sql,
    };
    let literal = literal::sql(&sql);
    let step = match refused {
        [] => Step::Checked(literal),
        _ => Step::Unchecked(literal),
    };
    Body {
        comment: comment.join("\n"),
        step: remainder.has_statements.then_some(step),
    }
}

/// goose has to be told where a statement with `;` inside begins and ends.
fn without_statement_marks(sql: &str) -> String {
    let is_mark = |line: &str| {
        let words = line.trim_start_matches('-').trim_start();
        line.starts_with("--") && words.to_ascii_lowercase().starts_with("+goose statement")
    };
    if !sql.contains("+goose") {
        return sql.to_owned();
    }
    let lines: Vec<&str> = sql.split('\n').filter(|line| !is_mark(line)).collect();
    lines.join("\n")
}

/// What was changed and why, as lines for a comment.
fn notes(script: &Script, remainder: &Remainder) -> Vec<String> {
    let mut notes = Vec::new();
    if !remainder.removed.is_empty() {
        notes.push(format!("Taken out of `{}`:", script.name()));
        let lines = remainder.removed.iter();
        notes.extend(lines.map(|(line, statement)| format!("  line {line}: {statement}")));
    }
    match (remainder.transactions, remainder.outside_of_them) {
        (0, _) => {}
        (1, false) => notes.push("The runner opens and commits the transaction.".to_owned()),
        (1, true) => notes.push(
            "The runner opens one transaction around everything; the file had one around a part."
                .to_owned(),
        ),
        (count, _) => notes.push(format!(
            "The runner opens one transaction around everything; the file had {count}."
        )),
    }
    match remainder.foreign_keys {
        None => {}
        Some(Switched::Off) => notes.push(
            "`foreign_keys = false` has the runner switch foreign keys off and check them before it commits.".to_owned(),
        ),
        Some(Switched::On) => {
            notes.push("SQLite does not switch foreign keys inside a transaction.".to_owned());
        }
    }
    if let Some((line, statement)) = script.outside_transaction() {
        notes.push(format!(
            "`transaction = false`, because line {line} cannot run in a transaction: {statement}"
        ));
    }
    notes
}
