//! Functions and procedures.

use super::{
    Same,
    parse::Reader,
    statement::{bodies, clauses},
    token::{Token, tokens},
    types,
};
use crate::Dialect;

/// A routine of PostgreSQL, taken apart.
#[derive(Debug, Default)]
struct Routine {
    /// The arguments: how they are written, without their defaults.
    arguments: Vec<Argument>,
    returns: Vec<String>,
    language: String,
    /// What is otherwise than usual, sorted.
    attributes: Vec<String>,
    body: Option<String>,
    /// A body that is SQL itself, which the engine shows in its own words.
    shown: bool,
}

#[derive(Debug, Default)]
struct Argument {
    mode: String,
    name: Option<String>,
    ty: String,
    default: Option<String>,
}

/// Two statements that make a routine.
pub(super) fn routines(dialect: Dialect, a: &str, b: &str) -> Same {
    if dialect != Dialect::Postgres {
        return match bodies(dialect, a, b) {
            Same::Yes => Same::Yes,
            _ => heads_and_bodies(dialect, a, b),
        };
    }
    if clauses(dialect, a, b) == Same::Yes {
        return Same::Yes;
    }
    match (read(a), read(b)) {
        (Some(a), Some(b)) => compare(&a, &b),
        _ => Same::Unknown,
    }
}

/// MySQL shows the types in its own words and keeps the body.
fn heads_and_bodies(dialect: Dialect, a: &str, b: &str) -> Same {
    let body = |sql: &str| {
        let all = tokens(sql, dialect);
        let begin = all.iter().position(|token| token.is_word("begin"))?;
        Some(all[begin..].to_vec())
    };
    let end = |mut body: Vec<Token>| {
        while body.last().is_some_and(|last| last.is_symbol(";")) {
            body.pop();
        }
        body
    };
    match (body(a).map(end), body(b).map(end)) {
        (Some(a), Some(b)) if a != b => Same::No,
        _ => Same::Unknown,
    }
}

fn compare(a: &Routine, b: &Routine) -> Same {
    let dialect = Dialect::Postgres;
    if a.arguments.len() != b.arguments.len() || a.language != b.language {
        return Same::No;
    }
    let mut same = Same::Yes;
    for (a, b) in a.arguments.iter().zip(&b.arguments) {
        same = same
            .and(Same::from(a.mode == b.mode && a.name == b.name))
            .and(types::data_type_of(dialect, &a.ty, &b.ty))
            .and(super::optional(
                dialect,
                a.default.as_deref(),
                b.default.as_deref(),
            ));
    }
    let returns = if a.returns.len() == b.returns.len() {
        let pairs = a.returns.iter().zip(&b.returns);
        pairs.fold(Same::Yes, |same, (a, b)| {
            same.and(types::data_type_of(dialect, a, b))
        })
    } else {
        Same::Unknown
    };
    let attributes = if a.attributes == b.attributes {
        Same::Yes
    } else {
        Same::No
    };
    let bodies = match (&a.body, &b.body) {
        (Some(a), Some(b)) => {
            Same::from(a.trim() == b.trim() || tokens(a, dialect) == tokens(b, dialect))
        }
        (None, None) if a.shown && b.shown => Same::Unknown,
        _ => Same::Unknown,
    };
    same.and(returns).and(attributes).and(bodies)
}

fn read(sql: &str) -> Option<Routine> {
    let mut reader = Reader::new(sql, Dialect::Postgres);
    reader.take_word("create").then_some(())?;
    reader.take_words(&["or", "replace"]);
    let _ = reader.take_word("function") || reader.take_word("procedure");
    reader.path()?;
    let mut routine = Routine::default();
    reader.expect("(")?;
    if !reader.is_symbol(")") {
        routine.arguments = reader.list(argument)?;
    }
    reader.expect(")")?;
    while let Some(token) = reader.peek().cloned() {
        if token.is_symbol(";") {
            break;
        }
        let word = token.as_name()?.to_owned();
        reader.skip();
        attribute(&mut reader, &word, &mut routine)?;
    }
    routine.attributes.sort();
    Some(routine)
}

fn attribute(reader: &mut Reader, word: &str, routine: &mut Routine) -> Option<()> {
    match word {
        "returns" => {
            if reader.take_words(&["null", "on", "null", "input"]) {
                routine.attributes.push("strict".to_owned());
            } else if reader.take_word("table") {
                reader.expect("(")?;
                let columns = reader.list(argument)?;
                reader.expect(")")?;
                routine.returns = columns
                    .into_iter()
                    .flat_map(|column| {
                        [
                            format!("\"{}\"", column.name.unwrap_or_default()),
                            column.ty,
                        ]
                    })
                    .collect();
            } else {
                let set = reader.take_word("setof");
                routine.returns = vec![reader.type_text()?];
                if set {
                    routine.attributes.push("setof".to_owned());
                }
            }
        }
        "language" => match reader.peek()?.clone() {
            Token::Text(text) => {
                reader.skip();
                routine.language = text.to_lowercase();
            }
            _ => routine.language = reader.name()?,
        },
        "as" => {
            let Token::Text(body) = reader.peek()?.clone() else {
                return None;
            };
            reader.skip();
            routine.body = Some(body);
            if reader.take_symbol(",") {
                return None;
            }
        }
        "begin" | "return" => {
            routine.shown = true;
            while reader.peek().is_some() {
                reader.skip();
            }
        }
        "volatile" => {}
        "immutable" | "stable" | "strict" | "leakproof" | "window" => {
            routine.attributes.push(word.to_owned());
        }
        "called" => {
            reader.take_words(&["on", "null", "input"]);
        }
        "not" => {
            reader.take_word("leakproof");
        }
        "external" => {}
        "security" => {
            if reader.name()? == "definer" {
                routine.attributes.push("definer".to_owned());
            }
        }
        "parallel" => {
            let how = reader.name()?;
            if how != "unsafe" {
                routine.attributes.push(format!("parallel {how}"));
            }
        }
        "cost" | "rows" => {
            let Token::Number(number) = reader.peek()?.clone() else {
                return None;
            };
            reader.skip();
            // What is so where nothing is written.
            let usual = matches!((word, number.as_str()), ("cost", "100") | ("rows", "1000"));
            if !usual {
                routine.attributes.push(format!("{word} {number}"));
            }
        }
        "set" => {
            let name = reader.path()?.join(".");
            let mut value = Vec::new();
            if reader.take_words(&["from", "current"]) {
                return None;
            }
            let _ = reader.take_word("to") || reader.take_symbol("=");
            loop {
                match reader.peek()? {
                    Token::Text(text)
                    | Token::Word(text)
                    | Token::Name(text)
                    | Token::Number(text) => {
                        value.push(text.clone());
                    }
                    _ => return None,
                }
                reader.skip();
                if !reader.take_symbol(",") {
                    break;
                }
            }
            routine
                .attributes
                .push(format!("set {name} {}", value.join(",")));
        }
        _ => return None,
    }
    Some(())
}

fn argument(reader: &mut Reader) -> Option<Argument> {
    let mut argument = Argument {
        mode: "in".to_owned(),
        ..Argument::default()
    };
    for mode in ["inout", "in", "out", "variadic"] {
        if reader.take_word(mode) {
            mode.clone_into(&mut argument.mode);
            if mode == "in" && reader.take_word("out") {
                "inout".clone_into(&mut argument.mode);
            }
            break;
        }
    }
    let place = reader.place();
    // A name stands before the type, or does not.
    let ends = |reader: &Reader| {
        reader.peek().is_none_or(|next| {
            next.is_symbol(",")
                || next.is_symbol(")")
                || next.is_symbol("=")
                || next.is_word("default")
        })
    };
    let alone = reader.type_text().filter(|_| ends(reader));
    match alone {
        Some(ty) => argument.ty = ty,
        None => {
            reader.back_to(place);
            argument.name = Some(reader.name()?);
            argument.ty = reader.type_text().filter(|_| ends(reader))?;
        }
    }
    if reader.take_word("default") || reader.take_symbol("=") {
        argument.default = Some(reader.raw_until_comma()?);
    }
    Some(argument)
}
