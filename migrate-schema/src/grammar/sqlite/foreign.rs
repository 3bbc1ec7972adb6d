//! SQL of another database: whose it is, and what SQLite writes instead.

use std::ops::Range;

use crate::{
    Code, Dialect, Finding, Statement,
    lex::{self, Token},
    tree::{Action, Alter, Column, ConstraintKind, Name},
};

/// A line for each thing; read only where something is wrong.
const RULES: &str = include_str!("foreign.txt");

/// What SQLite's grammar has refused, if it is known to be right elsewhere.
pub(super) fn explain(sql: &str, statement: Statement, fault: &Finding) -> Option<Finding> {
    let text = statement.text(sql);
    let tokens: Vec<Token> = lex::tokens(text, Dialect::Sqlite).collect();
    let at = fault.range.start.checked_sub(statement.start)?;
    let fault_token = tokens.iter().position(|token| token.end > at)?;
    RULES.lines().find_map(|line| {
        let mut fields = line.split(" | ");
        let (start, near) = (fields.next()?.trim(), fields.next()?);
        if !start.is_empty() && !matches(text, &tokens, 0, start) {
            return None;
        }
        let length = near.split(' ').count();
        let first = match near.split(' ').position(|word| word.starts_with('!')) {
            Some(marked) => fault_token.checked_sub(marked)?,
            None => {
                let earliest = fault_token.saturating_sub(length - 1);
                (earliest..=fault_token).find(|first| matches(text, &tokens, *first, near))?
            }
        };
        if !matches(text, &tokens, first, near) {
            return None;
        }
        let (first, last) = (tokens.get(first)?, tokens.get(first + length - 1)?);
        let range = statement.start + first.start..statement.start + last.end;
        Some(wrong(fields.next()?, fields.next()?, fields.next()?, range))
    })
}

fn wrong(what: &str, whose: &str, instead: &str, range: Range<usize>) -> Finding {
    let message = format!("{what} is {whose}; SQLite {instead}");
    Finding::new(Code::WrongDialect, message, range)
}

/// Whether these words stand from this token on.
fn matches(text: &str, tokens: &[Token], start: usize, words: &str) -> bool {
    words.split(' ').enumerate().all(|(at, word)| {
        let Some(token) = tokens.get(start + at).map(|token| token.text(text)) else {
            return false;
        };
        // `!` alone is the operator.
        let word = match word.strip_prefix('!') {
            Some(marked) if !marked.is_empty() => marked,
            _ => word,
        };
        match word.strip_suffix('*') {
            Some(prefix) => token
                .get(..prefix.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(prefix)),
            None => token.eq_ignore_ascii_case(word),
        }
    })
}

/// A schema that nobody calls so who attaches a file to SQLite.
pub(super) fn schema(name: &Name) -> Option<Finding> {
    const KNOWN: [(&str, &str); 4] = [
        ("public", "PostgreSQL"),
        ("pg_catalog", "PostgreSQL"),
        ("information_schema", "PostgreSQL and MySQL"),
        ("dbo", "SQL Server"),
    ];
    let (_, whose) = KNOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&name.text))?;
    let what = format!("schema `{name}`");
    let instead = "has only `main` and `temp`: leave it out";
    Some(wrong(&what, whose, instead, name.range.clone()))
}

/// What SQLite takes, and what would be broken with it.
pub(super) fn swallowed(action: &Action) -> Option<Finding> {
    match action {
        Action::CreateTable(table) => {
            let key = table
                .constraints
                .iter()
                .find_map(|constraint| match &constraint.kind {
                    ConstraintKind::PrimaryKey(parts) => match parts.as_slice() {
                        [part] => part.expression.as_column(),
                        _ => None,
                    },
                    _ => None,
                });
            table.columns.iter().find_map(|column| {
                let is_key = column.primary_key.is_some()
                    || key.is_some_and(|key| key.text.eq_ignore_ascii_case(&column.name.text));
                counted(column, is_key)
            })
        }
        Action::AlterTable(alter) => alter.changes.iter().find_map(|change| match change {
            Alter::AddColumn { column, .. } => counted(column, false),
            _ => None,
        }),
        _ => None,
    }
}

/// SQLite takes any words as a type, and counts nothing because of them.
fn counted(column: &Column, is_key: bool) -> Option<Finding> {
    const SERIAL: [&str; 6] = [
        "serial",
        "bigserial",
        "smallserial",
        "serial4",
        "serial8",
        "serial2",
    ];
    let ty = column.ty.as_ref()?;
    let words = &ty.path.name.text;
    if words
        .split(' ')
        .any(|word| word.eq_ignore_ascii_case("auto_increment"))
    {
        let range = ty.range.clone();
        return Some(
            wrong(
                "`AUTO_INCREMENT`",
                "MySQL",
                "writes `INTEGER PRIMARY KEY`",
                range,
            )
            .note("SQLite takes the word as a part of the type, and counts nothing"),
        );
    }
    let serial = SERIAL
        .iter()
        .any(|serial| serial.eq_ignore_ascii_case(words));
    (serial && is_key).then(|| {
        let what = format!("`{words}`");
        wrong(
            &what,
            "PostgreSQL",
            "writes `INTEGER PRIMARY KEY`",
            ty.range.clone(),
        )
        .note("SQLite takes any word as a type, and counts nothing: the key would stay NULL")
    })
}
