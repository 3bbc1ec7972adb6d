//! The way of most expansions: the replay has read the migration in its file and has nothing to tell of it, and what the
//! compiler has handed over is what the file shows. Then its tokens go through as they came.
//!
//! A program may have thousands of migrations, and every token that is looked at is fetched from the compiler. So this
//! asks for little, by the compiler's own types; where anything is otherwise, the stages of `attribute.rs` and `sql.rs`
//! decide.

use std::sync::{Mutex, PoisonError};

use migrate_schema::source::Plain;
use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::pass::{Pass, Ready};

/// A literal that is compiled next, as its file shows it, and the short form of its statements.
struct Next {
    literal: String,
    statements: String,
}

/// The literals of the migration that was compiled last, from its end.
static NEXT: Mutex<Vec<Next>> = Mutex::new(Vec::new());

/// `#[migration("…")]` on an `impl`.
pub(crate) fn migration(arguments: &TokenStream, item: &TokenStream) -> Option<TokenStream> {
    let pass = Pass::known()?;
    let arguments = arguments.to_string();
    let id = arguments.strip_prefix('"')?.strip_suffix('"')?;
    let (found, plain, ready) = pass.ready(id)?;
    let source = &*pass.project.files.get(found.file)?.text;
    let has_attributes = is_shown(item, plain, source)?;
    if pass.is_check {
        expect(plain, ready, source);
        // A compiler that makes no program has nothing to register, but the type is used all the same.
        let mut whole = allowed();
        whole.extend([item.clone()]);
        return Some(whole);
    }
    // One of them may be a description.
    if has_attributes {
        return None;
    }
    let registration = pass.registration(found, plain, ready)?.parse().ok()?;
    expect(plain, ready, source);
    Some([item.clone(), registration].into_iter().collect())
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

fn is_word(tree: Option<TokenTree>, text: &str) -> bool {
    match tree {
        Some(TokenTree::Ident(name)) => name.to_string() == text,
        _ => false,
    }
}

/// `#[allow(dead_code)]`: what it stands on uses what it names.
fn allowed() -> TokenStream {
    let place = Span::call_site();
    let group = |delimiter, stream| TokenTree::Group(Group::new(delimiter, stream));
    let word = |text| TokenTree::Ident(Ident::new(text, place));
    let lint = group(Delimiter::Parenthesis, TokenStream::from(word("dead_code")));
    let inner: TokenStream = [word("allow"), lint].into_iter().collect();
    let hash = TokenTree::Punct(Punct::new('#', Spacing::Alone));
    [hash, group(Delimiter::Bracket, inner)]
        .into_iter()
        .collect()
}

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
    Some(value(input.clone(), &statements))
}

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
