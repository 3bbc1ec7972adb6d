//! Warnings about a migration of which nothing else is to be told: it takes the short way all the same (`quick.rs`). They are
//! written beside the compiler, when the replay has found them, and only their place is taken from its tokens.

use migrate_schema::{
    Code, Level, MigrationId,
    finding::line_and_column,
    replay::{Direction, Placed},
    settings::Settings,
    source::{Migration, Plain, Text, Verdict, What},
};
use proc_macro::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

use crate::literal::Place;

/// A warning about a literal.
pub(crate) struct Warning {
    code: Code,
    /// Which literal it is about, in the order of the source.
    literal: usize,
    /// The literal has several lines.
    is_long: bool,
    text: String,
    /// Where the name of the file belongs into the text: only the compiler knows what it calls it.
    file: Option<usize>,
}

/// What is to be told; none where that is no warning about a literal.
pub(crate) fn warnings(
    verdict: &Verdict,
    migration: &Migration,
    plain: &Plain,
    source: &str,
    settings: &Settings,
) -> Option<Vec<Warning>> {
    let mut warnings = Vec::new();
    for placed in &verdict.findings {
        match level(placed.finding.code, migration, settings) {
            Level::Allow => {}
            Level::Warn => warnings.push(warning(placed, migration, plain, source)?),
            Level::Deny => return None,
        }
    }
    Some(warnings)
}

/// As `levels.rs` has it of a migration that says nothing of it.
fn level(code: Code, migration: &Migration, settings: &Settings) -> Level {
    let level = settings.level(code);
    let id: Option<MigrationId> = migration.id.parse().ok();
    match (&id, &settings.checked_since) {
        (Some(id), Some(since)) if id < since => level.min(Level::Warn),
        _ => level,
    }
}

fn warning(placed: &Placed, migration: &Migration, plain: &Plain, source: &str) -> Option<Warning> {
    let steps = match placed.direction {
        Direction::Up => &migration.up,
        Direction::Down => migration.down.as_ref()?,
    };
    let What::Sql(text) = &steps.get(placed.step?)?.what else {
        return None;
    };
    let is_own = |range: &std::ops::Range<usize>| range.start == text.start;
    let literal = plain.literals.iter().position(is_own)?;
    let written = source.get(plain.literals.get(literal)?.clone())?;
    let (text, file) = shown(placed, text, source);
    Some(Warning {
        code: placed.finding.code,
        literal,
        is_long: written.contains('\n'),
        text,
        file,
    })
}

/// The message, and where the name of the file belongs.
fn shown(placed: &Placed, text: &Text, source: &str) -> (String, Option<usize>) {
    let Some(prefix) = text.prefix else {
        let origin = |line, column| format!("line {line}, column {column} of the SQL");
        return (placed.finding.render(&text.sql, origin), None);
    };
    let (line, column) = line_and_column(source, text.start);
    let place = Place {
        file: String::new(),
        line,
        column: column + prefix,
    };
    let mut origin = String::new();
    let rendered = placed.finding.render(&text.sql, |line, column| {
        origin = format!("--> {}", place.of(line, column));
        place.of(line, column)
    });
    let file = rendered.find(&origin).map(|at| at + "--> ".len());
    (rendered, file)
}

/// The warnings as what makes the compiler tell them (see `report.rs`), at the literals of the item.
pub(crate) fn tokens(warnings: &[Warning], item: &TokenStream, file: &str) -> Option<TokenStream> {
    let most = warnings.iter().map(|warning| warning.literal).max()?;
    let mut literals = Vec::new();
    collect(item.clone(), most + 1, &mut literals);
    let mut tokens = TokenStream::new();
    for warning in warnings {
        let mut text = warning.text.clone();
        if let Some(at) = warning.file {
            text.insert_str(at, file);
        }
        let mut span = literals.get(warning.literal)?.span();
        if warning.is_long {
            span = span.start();
        }
        let name = warning.code.name();
        // Nobody is told of its lower case, because a macro has made it.
        let constant = format!("#[deprecated(note = {text:?})] const {name}: () = ();");
        let mut body: TokenStream = constant.parse().ok()?;
        body.extend([TokenTree::Ident(Ident::new(name, span))]);
        let mut around: Vec<TokenTree> = "const _: () = ;"
            .parse::<TokenStream>()
            .ok()?
            .into_iter()
            .collect();
        let end = around.pop()?;
        around.push(TokenTree::Group(Group::new(Delimiter::Brace, body)));
        around.push(end);
        tokens.extend(around);
    }
    Some(tokens)
}

/// The first literals in the bodies of the item's functions, which stand in braces inside its own.
fn collect(item: TokenStream, wanted: usize, literals: &mut Vec<Literal>) {
    for tree in item {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                for inner in group.stream() {
                    match inner {
                        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                            collect_all(body.stream(), wanted, literals);
                        }
                        _ => {}
                    }
                    // Each tree is fetched from the compiler.
                    if literals.len() >= wanted {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

fn collect_all(tokens: TokenStream, wanted: usize, literals: &mut Vec<Literal>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => collect_all(group.stream(), wanted, literals),
            TokenTree::Literal(literal) => literals.push(literal),
            _ => {}
        }
        if literals.len() >= wanted {
            return;
        }
    }
}
