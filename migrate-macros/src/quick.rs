//! The way of most expansions: the replay has read the migration in its file and has nothing to tell of it, and what the
//! compiler has handed over is what the file shows. Then its tokens go through as they came.
//!
//! A program may have thousands of migrations, and every token that is looked at is fetched from the compiler. So this
//! asks for little, by the compiler's own types; where anything is otherwise, the stages of `attribute.rs` and `sql.rs`
//! decide.

use std::sync::{Mutex, PoisonError};

use migrate_schema::source::{Found, Module, Plain};
use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::{
    invocation,
    pass::{Pass, Ready},
    registered::{self, Description},
    warned,
};

/// A literal that is compiled next, as its file shows it, and the short form of its statements.
struct Next {
    literal: String,
    statements: String,
}

/// The literals of the migration that was compiled last, from its end.
static NEXT: Mutex<Vec<Next>> = Mutex::new(Vec::new());

/// The migrations that are registered together.
struct Waiting {
    /// The module in which the table is going to stand.
    place: Option<Module>,
    rows: String,
    length: usize,
    /// How many tables there were before.
    tables: usize,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    place: None,
    rows: String::new(),
    length: 0,
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
    if pass.is_check {
        expect(plain, ready, source);
        // A compiler that makes no program has nothing to register, but the type is used all the same.
        let mut whole: TokenStream = USED.parse().ok()?;
        whole.extend([item.clone()]);
        whole.extend(warnings);
        return Some(whole);
    }
    let description = pass.description(found, ready, (&site.file(), site.line()))?;
    let mut whole = inlined(item)?;
    if let Some(more) = register(&pass, found, plain, &description)? {
        whole.extend([more]);
    }
    whole.extend(warnings);
    expect(plain, ready, source);
    Some(whole)
}

/// Puts a migration into the table that is written when all of them are known, if it can be named there. What has to be
/// written now; none where nothing can be.
fn register(
    pass: &Pass,
    found: &Found,
    plain: &Plain,
    description: &Description,
) -> Option<Option<TokenStream>> {
    let alone = || {
        let row = description.row(&plain.name);
        let table = registered::table(&row, 1, pass.format);
        Some(Some(table.parse().ok()?))
    };
    let Some(module) = &found.module else {
        return alone();
    };
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let is_named =
        |place: &Module| module.path == place.path || (plain.public && module.is_seen_from(place));
    let first = match &waiting.place {
        Some(place) if is_named(place) => None,
        Some(_) => return alone(),
        // The name is brought by an import that nobody has resolved yet, so the compiler comes to it when it has
        // expanded what it can; and where it does not, a table has one row and is right all the same.
        None => {
            let name = format!("__migrations_{}", waiting.tables);
            let call =
                format!("use ::migrate_core::__private::v1::registered as {name}; {name}! {{}}");
            let call = call.parse().ok()?;
            waiting.place = Some(module.clone());
            waiting.tables += 1;
            Some(call)
        }
    };
    let row = description.row(&format!("{}::{}", module.path, plain.name));
    waiting.rows.push_str(&row);
    waiting.length += 1;
    Some(first)
}

/// The table of the migrations that wait for it.
pub(crate) fn registered() -> TokenStream {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.place = None;
    let rows = std::mem::take(&mut waiting.rows);
    let length = std::mem::take(&mut waiting.length);
    let table = registered::table(&rows, length, invocation::current().format);
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

/// Remembers the literals of a migration, whose `sql!` is compiled next.
fn expect(plain: &Plain, ready: &Ready, source: &str) {
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    next.clear();
    let mut at = plain.literals.len();
    while at > 0 {
        at -= 1;
        let literal = plain
            .literals
            .get(at)
            .and_then(|range| source.get(range.clone()));
        let (Some(literal), Some(statements)) = (literal, ready.statements.get(at)) else {
            next.clear();
            return;
        };
        next.push(Next {
            literal: literal.to_owned(),
            statements: statements.clone(),
        });
    }
}

/// `sql!("…")`, if it is the next one of the migration that was compiled last.
pub(crate) fn sql(input: &TokenStream) -> Option<TokenStream> {
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    if next.last()?.literal != input.to_string() {
        return None;
    }
    let statements = next.pop()?.statements;
    drop(next);
    if statements.is_empty() {
        return CHECKED.parse().ok();
    }
    Some(value(input.clone(), &statements))
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
