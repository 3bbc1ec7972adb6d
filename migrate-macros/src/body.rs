//! What the tokens of `up` and `down` tell: the SQL in them, and what the checksums are made from.

use migrate_schema::{Checksum, Dialect};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitStr;

use crate::{
    literal,
    parse::{Function, is_punct},
    sql,
    written::Written,
};

/// What every `sql!(…)` is given, in the order of the source, and whether it stands in a Rust step.
pub(crate) fn written(tokens: &TokenStream) -> Vec<(Written, bool)> {
    let mut found = Vec::new();
    collect(&literal::flatten(tokens.clone()), false, &mut found);
    found
}

fn collect(trees: &[TokenTree], in_run: bool, found: &mut Vec<(Written, bool)>) {
    for (at, tree) in trees.iter().enumerate() {
        match sql_written(&trees[at..]) {
            Some(written) => found.push((written, in_run)),
            None => {
                if let TokenTree::Group(group) = tree {
                    let in_run = in_run || is_run(trees, at);
                    collect(&literal::flatten(group.stream()), in_run, found);
                }
            }
        }
    }
}

/// Whether the group here has the arguments of `.run(…)`.
fn is_run(trees: &[TokenTree], at: usize) -> bool {
    at >= 2
        && is_punct(&trees[at - 2], '.')
        && matches!(&trees[at - 1], TokenTree::Ident(name) if name == "run")
}

/// `sql!(…)` at the start of these tokens. Its group is seen again by who goes on, and holds literals only.
fn sql_written(trees: &[TokenTree]) -> Option<Written> {
    match trees {
        [TokenTree::Ident(name), bang, TokenTree::Group(group), ..]
            if name == "sql" && is_punct(bang, '!') =>
        {
            Written::read(group.stream(), ':')
        }
        _ => None,
    }
}

/// The checksum of what `up` runs, if the tokens tell all of it: every use of its `steps` is the call of a method
/// that says what it does. Every branch counts, so the environment makes no difference.
pub(crate) fn checksum(up: &Function, dialect: Dialect) -> Option<String> {
    let steps = steps_name(&up.parameters)?;
    let mut texts = Vec::new();
    is_plain(&literal::flatten(up.body.clone()), &steps, &mut texts)
        .then(|| sql::checksum(&texts, dialect))
}

/// The name of the parameter behind `&self`.
fn steps_name(parameters: &TokenStream) -> Option<String> {
    let trees = literal::flatten(parameters.clone());
    let second = trees.split(|tree| is_punct(tree, ',')).nth(1)?;
    match second {
        [TokenTree::Ident(name), colon, ..] if is_punct(colon, ':') => Some(name.to_string()),
        [TokenTree::Ident(keyword), TokenTree::Ident(name), colon, ..]
            if keyword == "mut" && is_punct(colon, ':') =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// Macros of the standard library; what they are given is in plain sight. Any other may hide a step.
const TRANSPARENT: [&str; 24] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprintln",
    "file",
    "format",
    "line",
    "matches",
    "option_env",
    "panic",
    "println",
    "sql",
    "stringify",
    "todo",
    "unreachable",
    "vec",
];

fn is_plain(trees: &[TokenTree], steps: &str, texts: &mut Vec<LitStr>) -> bool {
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        match tree {
            TokenTree::Ident(name) if name == steps => {
                let is_field = at > 0 && is_punct(&trees[at - 1], '.');
                if is_field || !is_plain_call(&trees[at + 1..], steps, texts) {
                    return false;
                }
                at += 3;
            }
            TokenTree::Ident(name) => {
                let calls = matches!(&trees[at + 1..], [bang, TokenTree::Group(_), ..] if is_punct(bang, '!'));
                if calls && !TRANSPARENT.iter().any(|known| name == known) {
                    return false;
                }
            }
            TokenTree::Group(group) => {
                if !is_plain(&literal::flatten(group.stream()), steps, texts) {
                    return false;
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    true
}

/// `.method(…)` behind `steps`.
fn is_plain_call(trees: &[TokenTree], steps: &str, texts: &mut Vec<LitStr>) -> bool {
    let [
        dot,
        TokenTree::Ident(method),
        TokenTree::Group(arguments),
        ..,
    ] = trees
    else {
        return false;
    };
    if !is_punct(dot, '.') || arguments.delimiter() != Delimiter::Parenthesis {
        return false;
    }
    let arguments = literal::flatten(arguments.stream());
    match method.to_string().as_str() {
        "sql" => match only_sql(&arguments) {
            Some(text) => {
                texts.push(text);
                true
            }
            None => false,
        },
        // What a Rust step does is not known, and `steps` cannot get into it: it has to be `'static`.
        "run" => true,
        "log" | "environment" => is_plain(&arguments, steps, texts),
        _ => false,
    }
}

/// The literal, where the arguments are `sql!("…")` alone, perhaps with a path before it. Where each dialect has its
/// own text, the checksum is another on each, and only the runner knows its database.
fn only_sql(arguments: &[TokenTree]) -> Option<LitStr> {
    let arguments = match arguments {
        [rest @ .., comma] if is_punct(comma, ',') => rest,
        all => all,
    };
    let (path, call) = arguments.split_at(arguments.len().checked_sub(3)?);
    let is_path = path
        .iter()
        .all(|tree| matches!(tree, TokenTree::Ident(_)) || is_punct(tree, ':'));
    match sql_written(call).filter(|_| is_path)? {
        Written::One(text) => Some(text),
        Written::Each(_) => None,
    }
}

/// The checksum of the Rust code of `up`, if it has a Rust step. The SQL that [`checksum`] or the runner counts
/// is left out of it, and so is all that is only look.
pub(crate) fn rust_checksum(up: &Function) -> Option<String> {
    if !has_run(&up.body) {
        return None;
    }
    let mut hash = Hash::default();
    hash.trees(&literal::flatten(up.body.clone()), false);
    hash.has_run.then(|| hash.checksum.finish())
}

/// Whether there can be a Rust step at all: mostly there is none, and nothing to make a checksum from.
fn has_run(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(name) => name == "run",
        TokenTree::Group(group) => has_run(&group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[derive(Default)]
struct Hash {
    checksum: Checksum,
    has_run: bool,
}

impl Hash {
    /// Token by token: how a compiler writes white space between them is its own business.
    fn trees(&mut self, trees: &[TokenTree], in_run: bool) {
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            if is_documentation(&trees[at..]) {
                at += 2;
                continue;
            }
            if !in_run && sql_written(&trees[at..]).is_some() {
                self.checksum.rust("sql");
                self.checksum.rust("!");
                at += 3;
                continue;
            }
            match tree {
                TokenTree::Group(group) => {
                    let runs = is_run(trees, at);
                    self.has_run |= runs;
                    let (open, close) = delimiters(group.delimiter());
                    self.checksum.rust(open);
                    self.trees(&literal::flatten(group.stream()), in_run || runs);
                    self.checksum.rust(close);
                }
                other => self.checksum.rust(&other.to_string()),
            }
            at += 1;
        }
    }
}

/// `/// …`, which reaches a macro as `#[doc = "…"]`.
fn is_documentation(trees: &[TokenTree]) -> bool {
    let [hash, TokenTree::Group(group), ..] = trees else {
        return false;
    };
    is_punct(hash, '#')
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::{Group, Ident, Span};
    use quote::quote;

    fn up(body: TokenStream) -> Function {
        Function {
            name: Ident::new("up", Span::call_site()),
            parameters: quote!(&self, steps: &mut Steps),
            body,
        }
    }

    fn of(body: TokenStream) -> Option<String> {
        checksum(&up(body), Dialect::Sqlite)
    }

    fn of_sql(text: &str) -> Option<String> {
        let mut checksum = Checksum::new();
        checksum.sql(text, Dialect::Sqlite);
        Some(checksum.finish())
    }

    #[test]
    fn plain_steps_have_a_checksum() {
        let one = of_sql("SELECT 1");
        for body in [
            quote!(steps.sql(sql!("SELECT 1"))),
            quote!(steps.sql(sql!["SELECT 1",],);),
            quote!(steps.sql(migrate_core::sql!(r"select 1"));),
            quote!(steps.sql(::migrate_core::prelude::sql! { "SELECT 1;" });),
            quote!(for name in ["a"] {
                steps.log(format!("{name}"));
                steps.sql(sql!("SELECT 1"));
            }),
            quote!(steps.sql(sql!("SELECT 1")); steps.run("x", |tx| { hidden!(tx); Ok(vec![sql!("SELECT 2")]) });),
            quote!(if steps.environment() == "a" {
                steps.sql(sql!("SELECT 1"))
            }),
            quote!(steps.log(steps.environment().to_owned()); steps.sql(sql!("SELECT 1"))),
        ] {
            assert_eq!(of(body.clone()), one, "{body}");
        }
        let branches = quote! { match steps.environment() {
            "a" => steps.sql(sql!("SELECT 1")), _ => steps.sql(sql!("SELECT 2")),
        } };
        assert_eq!(of(branches), of_sql("SELECT 1; SELECT 2"));
        assert_eq!(of(quote!()), of_sql(""));
    }

    #[test]
    fn what_hides_steps_has_none() {
        for body in [
            quote!(steps.create_table("a", |t| {})),
            quote!(steps.sql(Sql::unchecked("SELECT 1"))),
            quote!(steps.sql(QUERY)),
            quote!(steps.sql(vec![sql!("SELECT 1")])),
            quote!(steps.sql(sql!(NAME))),
            quote!(steps.sql(sql!(sqlite: "SELECT 1", postgres: "SELECT 2"))),
            quote!(steps.sql(sql!("SELECT 1").then())),
            quote!(helper(steps)),
            quote!(self.helper(steps);),
            quote!(Steps::sql(steps, sql!("SELECT 1"))),
            quote!(let other = steps; other.sql(sql!("SELECT 1"));),
            quote!(all!(steps)),
            quote!(hidden!()),
            quote!(include!("steps.rs");),
            quote!(steps.run::<()>("a", f)),
            quote!(self.steps.sql(sql!("SELECT 1"))),
            quote!((|steps: &mut Steps| steps.sql(sql!("SELECT 1")))(steps)),
            quote!(steps),
            quote!(steps.sql),
        ] {
            assert_eq!(of(body.clone()), None, "{body}");
        }
    }

    #[test]
    fn the_parameter_has_the_name_that_it_is_given() {
        let with = |parameters, body| {
            let function = Function {
                parameters,
                ..up(body)
            };
            checksum(&function, Dialect::Sqlite)
        };
        assert_eq!(
            with(
                quote!(&self, s: &mut Steps),
                quote!(s.sql(sql!("SELECT 1")))
            ),
            of_sql("SELECT 1")
        );
        assert_eq!(
            with(quote!(&self, mut s: &mut Steps), quote!(s.create_table())),
            None
        );
        assert_eq!(with(quote!(&self, _: &mut Steps), quote!()), of_sql(""));
        assert_eq!(with(quote!(&self, (a, b): X), quote!()), None);
        assert_eq!(with(quote!(&self), quote!()), None);
        assert_eq!(with(quote!(), quote!()), None);
    }

    #[test]
    fn fragments_of_macro_rules_are_seen_through() {
        let group = |tokens| Group::new(Delimiter::None, tokens);
        let (steps, text) = (group(quote!(steps)), group(quote!("SELECT 1")));
        let call = group(quote!(sql!(#text)));
        assert_eq!(of(quote!(#steps.sql(#call))), of_sql("SELECT 1"));
        assert_eq!(
            written(&quote!(f(#call)))[0].0.texts()[0].value(),
            "SELECT 1"
        );
    }

    #[test]
    fn every_literal_is_found_in_order() {
        let values: Vec<String> = written(&quote! {
            if a { steps.sql(sql!("1")); }
            let list = [migrate_core::sql!["2"], sql!(NOT), other!("x")];
            steps.run("label", || sql!{"3"});
            sql!(sqlite: "4", mysql: "5");
        })
        .iter()
        .flat_map(|(written, _)| written.texts())
        .map(LitStr::value)
        .collect();
        assert_eq!(values, ["1", "2", "3", "4", "5"]);
    }

    #[test]
    fn only_rust_code_counts_for_the_rust_checksum() {
        let rust = |body| rust_checksum(&up(body));
        assert_eq!(rust(quote!(steps.sql(sql!("a")))), None);
        let one = rust(quote!(steps.sql(sql!("a")); steps.run("x", |tx| Ok(tx.f(1)))));
        assert!(one.is_some());
        assert_eq!(
            rust(quote!(steps.sql(sql!("b")); #[doc = " why"] steps.run("x", |tx| Ok(tx.f(1))))),
            one
        );
        assert_eq!(
            rust(
                quote!(steps.sql(sql!(sqlite: "a", mysql: "b")); steps.run("x", |tx| Ok(tx.f(1))))
            ),
            one
        );
        for other in [
            quote!(steps.sql(sql!("a")); steps.run("x", |tx| Ok(tx.f(2)))),
            quote!(steps.sql(sql!("a")); steps.run("y", |tx| Ok(tx.f(1)))),
            quote!(steps.run("x", |tx| Ok(tx.f(1)))),
            quote!(steps.sql(sql!("a")); steps.run("x", |tx| Ok((tx.f)(1)))),
        ] {
            assert_ne!(rust(other.clone()), one, "{other}");
        }
        // What a Rust step returns is SQL that no other checksum counts.
        assert_ne!(
            rust(quote!(steps.run("x", |tx| sql!("a")))),
            rust(quote!(steps.run("x", |tx| sql!("b"))))
        );
    }

    /// These stand in databases.
    #[test]
    fn the_rust_checksum_is_frozen() {
        let body = quote!(steps.run("x", |tx: &rusqlite::Transaction<'_>| { tx.execute("a", [-1])?; Ok(()) }););
        assert_eq!(
            rust_checksum(&up(body)).as_deref(),
            Some("v1:a0614cdb504402e137686225c963545b")
        );
    }
}
