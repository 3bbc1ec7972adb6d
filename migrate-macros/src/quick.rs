//! The way of most expansions: the replay has read the migration in its file and has nothing to tell of it, and what the
//! compiler has handed over is what the file shows. Then its tokens go through as they came.
//!
//! A program may have thousands of migrations, and every token that is looked at is fetched from the compiler. So this
//! asks for little, by the compiler's own types; where anything is otherwise, the stages of `attribute.rs` and `sql.rs`
//! decide.

use std::sync::{Mutex, PoisonError};

use migrate_schema::source::{Found, Module, Plain, Step, What};
use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::{
    invocation,
    pass::{Pass, Ready},
    registered::{self, Row},
    warned,
};

/// The literals of the migration that was compiled last.
struct Next {
    literals: Vec<registered::Literal>,
    /// The first of them that is still to come.
    at: usize,
    /// The migration waits for its table, as the last one.
    waits: bool,
}

static NEXT: Mutex<Next> = Mutex::new(Next {
    literals: Vec::new(),
    at: 0,
    waits: false,
});

/// The migrations that are registered together.
struct Waiting {
    /// The module in which the table is going to stand.
    place: Option<Module>,
    rows: Vec<Row>,
    as_data: bool,
    /// How many tables there were before.
    tables: usize,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    place: None,
    rows: Vec::new(),
    as_data: false,
    tables: 0,
});

/// `#[migration("…")]` on an `impl`.
pub(crate) fn migration(arguments: &TokenStream, item: &TokenStream) -> Option<TokenStream> {
    let pass = Pass::known()?;
    let arguments = arguments.to_string();
    let id = arguments.strip_prefix('"')?.strip_suffix('"')?;
    let (found, plain, ready) = pass.ready(id)?;
    let source = &*pass.project.files.get(found.file)?.text;
    let has_attributes = is_shown(item, plain, source)?;
    // One of them may be a description, and they may say what is to be told.
    if has_attributes && !(pass.is_check && ready.warnings.is_empty()) {
        return None;
    }
    let site = Span::call_site();
    let warnings = match ready.warnings.as_slice() {
        [] => None,
        warnings => Some(warned::tokens(warnings, item, &site.file())?),
    };
    let literals = literals(found, plain, ready, source)?;
    if pass.is_check {
        expect(literals, false);
        // A compiler that makes no program has nothing to register, but the type is used all the same.
        let mut whole: TokenStream = USED.parse().ok()?;
        whole.extend([item.clone()]);
        whole.extend(warnings);
        return Some(whole);
    }
    let description = pass.description(found, ready, (&site.file(), site.line()))?;
    let mut whole = TokenStream::new();
    if pass.may_be_data {
        whole.extend(USED.parse::<TokenStream>().ok()?);
    }
    whole.extend(inlined(item)?);
    let row = Row {
        description,
        name: plain.name.clone(),
        file: site.file(),
        literals: literals.clone(),
    };
    let registered = register(&pass, found, plain, row)?;
    expect(literals, registered.waits);
    whole.extend(registered.more);
    whole.extend(warnings);
    Some(whole)
}

/// How a migration is registered.
struct Registered {
    /// By the table, which is written later.
    waits: bool,
    /// What has to be written now.
    more: Option<TokenStream>,
}

/// Puts a migration into the table that is written when all of them are known, if it can be named there. None where nothing
/// can be done.
fn register(pass: &Pass, found: &Found, plain: &Plain, mut row: Row) -> Option<Registered> {
    let alone = |row: &Row| {
        let table = registered::table(&row.text(false), 1, pass.format);
        let more = Some(table.parse().ok()?);
        Some(Registered { waits: false, more })
    };
    let Some(module) = &found.module else {
        return alone(&row);
    };
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let is_named =
        |place: &Module| module.path == place.path || (plain.public && module.is_seen_from(place));
    let more = match &waiting.place {
        Some(place) if is_named(place) => None,
        Some(_) => return alone(&row),
        // The name is brought by an import that nobody has resolved yet, so the compiler comes to it when it has
        // expanded what it can; and where it does not, a table has one row and is right all the same.
        None => {
            let name = format!("__migrations_{}", waiting.tables);
            let call =
                format!("use ::migrate_core::__private::v1::registered as {name}; {name}! {{}}");
            let call = call.parse().ok()?;
            waiting.place = Some(module.clone());
            waiting.as_data = pass.may_be_data;
            waiting.tables += 1;
            Some(call)
        }
    };
    row.name = format!("{}::{}", module.path, plain.name);
    waiting.rows.push(row);
    Some(Registered { waits: true, more })
}

/// The table of the migrations that wait for it.
pub(crate) fn registered() -> TokenStream {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.place = None;
    let all = std::mem::take(&mut waiting.rows);
    let mut rows = String::new();
    for row in &all {
        rows += &row.text(waiting.as_data);
    }
    let table = registered::table(&rows, all.len(), invocation::current().format);
    match table.parse() {
        Ok(table) => table,
        Err(error) => {
            let error = format!("::core::compile_error!({:?});", error.to_string());
            error.parse().unwrap_or_default()
        }
    }
}

/// Whether these tokens are those of the file: none if they are not, and else whether attributes stand before them.
fn is_shown(item: &TokenStream, plain: &Plain, source: &str) -> Option<bool> {
    let mut trees = item.clone().into_iter();
    let mut first = trees.next()?;
    let mut has_attributes = false;
    while let TokenTree::Punct(_) = first {
        has_attributes = true;
        trees.next()?;
        first = trees.next()?;
    }
    let header = is_word(Some(first), "impl")
        && is_word(trees.next(), "Migration")
        && is_word(trees.next(), "for")
        && is_word(trees.next(), &plain.name);
    if !header {
        return None;
    }
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) => {
            let shown = group.span().source_text()?;
            (source.get(plain.braces.clone()) == Some(&*shown)).then_some(has_attributes)
        }
        _ => None,
    }
}

/// The item with `#[inline(always)]` on its functions.
fn inlined(item: &TokenStream) -> Option<TokenStream> {
    let mut trees: Vec<TokenTree> = item.clone().into_iter().collect();
    let Some(TokenTree::Group(group)) = trees.last_mut() else {
        return None;
    };
    let mark: TokenStream = "#[inline(always)]".parse().ok()?;
    let mut body = TokenStream::new();
    for tree in group.stream() {
        if let TokenTree::Ident(name) = &tree
            && name.to_string() == "fn"
        {
            body.extend(mark.clone());
        }
        body.extend([tree]);
    }
    let mut marked = Group::new(Delimiter::Brace, body);
    marked.set_span(group.span());
    *group = marked;
    Some(trees.into_iter().collect())
}

fn is_word(tree: Option<TokenTree>, text: &str) -> bool {
    match tree {
        Some(TokenTree::Ident(name)) => name.to_string() == text,
        _ => false,
    }
}

/// What it stands on uses what it names.
const USED: &str = "#[allow(dead_code)]";

/// The literals of a migration, in the order of its source.
fn literals(
    found: &Found,
    plain: &Plain,
    ready: &Ready,
    source: &str,
) -> Option<Vec<registered::Literal>> {
    let mut literals = Vec::with_capacity(plain.literals.len());
    let bytes = source.as_bytes();
    let (mut line, mut behind) = (1, 0);
    let mut line_at = |place: usize| {
        while behind < place {
            line += usize::from(bytes[behind] == b'\n');
            behind += 1;
        }
        line
    };
    let mut first = line_at(plain.braces.start);
    for (at, range) in plain.literals.iter().enumerate() {
        let is_own =
            |step: &Step| matches!(&step.what, What::Sql(text) if text.start == range.start);
        literals.push(registered::Literal {
            text: source.get(range.clone())?.to_owned(),
            statements: ready.statements.get(at)?.clone(),
            is_up: found.migration.up.iter().any(is_own),
            lines: (first, line_at(range.start)),
            line: None,
        });
        first = line_at(range.end);
    }
    Some(literals)
}

/// Remembers the literals of a migration, whose `sql!` is compiled next.
fn expect(literals: Vec<registered::Literal>, waits: bool) {
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    *next = Next {
        literals,
        at: 0,
        waits,
    };
}

/// `sql!("…")`, if it is the next one of the migration that was compiled last.
pub(crate) fn sql(input: &TokenStream) -> Option<TokenStream> {
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    let at = next.at;
    let literal = next.literals.get(at)?;
    if literal.text != input.to_string() {
        return None;
    }
    let statements = literal.statements.clone();
    next.at += 1;
    let waits = next.waits;
    drop(next);
    if statements.is_empty() {
        return CHECKED.parse().ok();
    }
    if waits {
        compiled(at);
    }
    Some(value(input.clone(), &statements))
}

/// The library's own `sql!` stands where the last migration has this literal.
fn compiled(at: usize) {
    let site = Span::call_site();
    let line = site.line();
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(row) = waiting.rows.last_mut()
        && let Some(literal) = row.literals.get_mut(at)
        && (literal.lines.0..=literal.lines.1).contains(&line)
        && row.file == site.file()
    {
        literal.line = Some(line);
    }
}

/// A value of the right type, for a compiler that makes no program. A call with two literals takes it several times as long.
const CHECKED: &str = "::migrate_core::__CHECKED";

/// `::migrate_core::__private::v1::sql("…", "…")`
fn value(literal: TokenStream, statements: &str) -> TokenStream {
    let place = Span::call_site();
    let mut trees = Vec::with_capacity(13);
    for name in ["migrate_core", "__private", "v1", "sql"] {
        trees.push(TokenTree::Punct(Punct::new(':', Spacing::Joint)));
        trees.push(TokenTree::Punct(Punct::new(':', Spacing::Alone)));
        trees.push(TokenTree::Ident(Ident::new(name, place)));
    }
    let mut arguments = literal;
    let comma = TokenTree::Punct(Punct::new(',', Spacing::Alone));
    let statements = TokenTree::Literal(Literal::string(statements));
    arguments.extend([comma, statements]);
    trees.push(TokenTree::Group(Group::new(
        Delimiter::Parenthesis,
        arguments,
    )));
    trees.into_iter().collect()
}
