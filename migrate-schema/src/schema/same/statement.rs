//! Whole statements: triggers, sequences, and what has no form of its own.

use super::{
    Same,
    compare::{Comparison, no_columns},
    node::Node,
    parse::Reader,
    token::{Token, tokens},
};
use crate::Dialect;

/// Tokens without the quotes of names.
fn plain(sql: &str, dialect: Dialect) -> Vec<Token> {
    let mut all: Vec<Token> = tokens(sql, dialect)
        .into_iter()
        .map(|token| match token {
            Token::Name(name) => Token::Word(name),
            other => other,
        })
        .collect();
    while all.last().is_some_and(|last| last.is_symbol(";")) {
        all.pop();
    }
    all
}

/// Pieces of SQL: the same where their tokens are.
pub(super) fn clauses(dialect: Dialect, a: &str, b: &str) -> Same {
    let (a_tokens, b_tokens) = (plain(a, dialect), plain(b, dialect));
    if a_tokens == b_tokens {
        return Same::Yes;
    }
    let loose = |tokens: &[Token]| -> Vec<Token> {
        let kept = tokens
            .iter()
            .filter(|token| !token.is_symbol("(") && !token.is_symbol(")"));
        kept.cloned().collect()
    };
    if loose(&a_tokens) == loose(&b_tokens) {
        return Same::Unknown;
    }
    // SQLite keeps every statement as it was written.
    if dialect == Dialect::Sqlite {
        Same::No
    } else {
        Same::Unknown
    }
}

/// A trigger of PostgreSQL, taken apart.
#[derive(Debug, PartialEq)]
struct Trigger {
    /// `BEFORE`, `AFTER`, `INSTEAD OF`, `CONSTRAINT`.
    when: Vec<String>,
    /// The events, in the order of their names, with their columns.
    events: Vec<String>,
    table: Vec<String>,
    /// `FROM`, `REFERENCING`, `DEFERRABLE`.
    rest: Vec<String>,
    each_row: bool,
    function: Vec<String>,
    arguments: Vec<String>,
}

/// Two statements that make a trigger of one name.
pub(super) fn triggers(dialect: Dialect, a: &str, b: &str) -> Same {
    if dialect != Dialect::Postgres {
        return bodies(dialect, a, b);
    }
    let (Some((a_trigger, a_condition)), Some((b_trigger, b_condition))) =
        (read_trigger(a), read_trigger(b))
    else {
        return clauses(dialect, a, b);
    };
    let suffix =
        |a: &[String], b: &[String]| a.iter().rev().zip(b.iter().rev()).all(|(a, b)| a == b);
    let same = a_trigger.when == b_trigger.when
        && a_trigger.events == b_trigger.events
        && a_trigger.each_row == b_trigger.each_row
        && a_trigger.rest == b_trigger.rest
        && a_trigger.arguments == b_trigger.arguments
        && suffix(&a_trigger.table, &b_trigger.table)
        && suffix(&a_trigger.function, &b_trigger.function);
    let comparison = Comparison {
        dialect,
        columns: &no_columns,
    };
    Same::from(same).and(comparison.nodes(&a_condition, &b_condition))
}

fn read_trigger(sql: &str) -> Option<(Trigger, Node)> {
    let mut reader = Reader::new(sql, Dialect::Postgres);
    reader.take_word("create").then_some(())?;
    reader.take_words(&["or", "replace"]);
    let mut when = Vec::new();
    if reader.take_word("constraint") {
        when.push("constraint".to_owned());
    }
    reader.take_word("trigger").then_some(())?;
    reader.name()?;
    for word in ["before", "after", "instead"] {
        if reader.take_word(word) {
            reader.take_word("of");
            when.push(word.to_owned());
        }
    }
    let mut events = vec![event(&mut reader)?];
    while reader.take_word("or") {
        events.push(event(&mut reader)?);
    }
    events.sort();
    reader.take_word("on").then_some(())?;
    let table = reader.path()?;
    let (mut rest, mut each_row) = (Vec::new(), false);
    let mut condition = Node::nothing();
    loop {
        if reader.take_word("when") {
            reader.expect("(")?;
            condition = reader.expression()?;
            reader.expect(")")?;
        } else if reader.take_word("for") {
            reader.take_word("each");
            each_row = reader.take_word("row");
            if !each_row && !reader.take_word("statement") {
                return None;
            }
        } else if reader.take_word("execute") {
            break;
        } else if reader.take_words(&["not", "deferrable"])
            || reader.take_words(&["initially", "immediate"])
        {
            // What is so where nothing is written.
        } else {
            rest.push(reader.name()?);
        }
    }
    let _ = reader.take_word("function") || reader.take_word("procedure");
    let function = reader.path()?;
    reader.expect("(")?;
    let mut arguments = Vec::new();
    while !reader.is_symbol(")") {
        match reader.peek()? {
            Token::Symbol(_) => {}
            Token::Text(text)
            | Token::Word(text)
            | Token::Name(text)
            | Token::Number(text)
            | Token::Bytes(text) => {
                arguments.push(text.clone());
            }
        }
        reader.skip();
    }
    let trigger = Trigger {
        when,
        events,
        table,
        rest,
        each_row,
        function,
        arguments,
    };
    Some((trigger, condition))
}

/// `INSERT`, `UPDATE OF a, b`.
fn event(reader: &mut Reader) -> Option<String> {
    let mut event = reader.name()?;
    if reader.take_word("of") {
        let columns = reader.list(Reader::name)?;
        event = format!("{event} of {}", columns.join(", "));
    }
    Some(event)
}

/// Statements that an engine keeps as they were written, but for who made them.
pub(super) fn bodies(dialect: Dialect, a: &str, b: &str) -> Same {
    let (a, b) = (of_body(a, dialect), of_body(b, dialect));
    if a == b {
        return Same::Yes;
    }
    // MariaDB and MySQL keep the text of the body, which SQLite does of all.
    Same::No
}

/// The tokens of a statement without its `DEFINER`, its `IF NOT EXISTS`, and the schema before its name.
fn of_body(sql: &str, dialect: Dialect) -> Vec<Token> {
    let all = plain(sql, dialect);
    let mut out: Vec<Token> = Vec::with_capacity(all.len());
    let mut at = 0;
    let is = |at: usize, word: &str| all.get(at).is_some_and(|token| token.is_word(word));
    while let Some(token) = all.get(at) {
        let head = out.len() < 4;
        if head && is(at, "definer") && all.get(at + 1).is_some_and(|next| next.is_symbol("=")) {
            at += 2;
            while let Some(token) = all.get(at) {
                if [
                    "trigger",
                    "procedure",
                    "function",
                    "event",
                    "view",
                    "sql",
                    "aggregate",
                ]
                .iter()
                .any(|word| token.is_word(word))
                {
                    break;
                }
                at += 1;
            }
            continue;
        }
        if head && is(at, "or") && is(at + 1, "replace") {
            at += 2;
            continue;
        }
        if head && is(at, "if") && is(at + 1, "not") && is(at + 2, "exists") {
            at += 3;
            continue;
        }
        // `db.name`
        if head
            && token.as_name().is_some()
            && all.get(at + 1).is_some_and(|next| next.is_symbol("."))
        {
            at += 2;
            continue;
        }
        out.push(token.clone());
        at += 1;
    }
    out
}

/// Two statements that make a sequence.
pub(super) fn sequences(dialect: Dialect, a: &str, b: &str) -> Same {
    match (read_sequence(a, dialect), read_sequence(b, dialect)) {
        (Some(a), Some(b)) => Same::from(a == b),
        _ => clauses(dialect, a, b),
    }
}

/// The type, and what is otherwise than usual.
fn read_sequence(sql: &str, dialect: Dialect) -> Option<(String, Vec<(String, String)>)> {
    let all = plain(sql, dialect);
    let mut at = all.iter().position(|token| token.is_word("sequence"))? + 1;
    let word = |at: usize| all.get(at).and_then(Token::as_name).unwrap_or_default();
    while matches!(word(at), "if" | "not" | "exists") {
        at += 1;
    }
    at += 1;
    while all.get(at).is_some_and(|token| token.is_symbol(".")) {
        at += 2;
    }
    let (mut ty, mut settings) = ("bigint".to_owned(), Vec::new());
    while all.get(at).is_some() {
        let own = word(at).to_owned();
        at += 1;
        match own.as_str() {
            "as" => {
                ty = super::types::base(dialect, word(at));
                at += 1;
            }
            "no" => {
                settings.push((word(at).to_owned(), String::new()));
                at += 1;
            }
            "cycle" => settings.push((own, "cycle".to_owned())),
            "owned" => {
                at += 2;
                while all.get(at).is_some_and(|token| token.is_symbol(".")) {
                    at += 2;
                }
            }
            "increment" | "minvalue" | "maxvalue" | "start" | "cache" => {
                if matches!(word(at), "by" | "with") {
                    at += 1;
                }
                let mut value = String::new();
                if all.get(at).is_some_and(|token| token.is_symbol("-")) {
                    value.push('-');
                    at += 1;
                }
                match all.get(at)? {
                    Token::Number(number) => value.push_str(number),
                    _ => return None,
                }
                at += 1;
                settings.push((own, value));
            }
            _ => return None,
        }
    }
    let usual = |name: &str, value: &str| match name {
        "increment" | "cache" | "start" | "minvalue" => value == "1" || value.is_empty(),
        "maxvalue" => {
            let largest = match ty.as_str() {
                "smallint" => "32767",
                "integer" => "2147483647",
                _ => "9223372036854775807",
            };
            value == largest || value.is_empty()
        }
        _ => value.is_empty(),
    };
    settings.retain(|(name, value)| !usual(name, value));
    settings.sort();
    Some((ty, settings))
}
