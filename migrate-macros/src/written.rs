//! SQL as a migration has it: one text for every database, or one for each dialect.

use migrate_schema::{
    Code, Dialect,
    settings::{Product, Settings, Target},
    source,
};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::LitStr;

use crate::{literal, parse::is_punct, report::Report};

/// The SQL of `sql!(…)`, `up` or `down`.
#[derive(Clone)]
pub(crate) enum Written {
    /// `"…"`
    One(LitStr),
    /// `sqlite: "…", postgres: "…"`, in an attribute with `=`.
    Each(Vec<Variant>),
}

/// A text with the name before it.
#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) name: Ident,
    pub(crate) text: LitStr,
}

impl Variant {
    fn dialect(&self) -> Option<Dialect> {
        Product::named(&self.name.to_string()).map(Product::dialect)
    }
}

impl Written {
    /// The SQL, where the tokens are nothing else.
    pub(crate) fn read(tokens: TokenStream, sign: char) -> Option<Self> {
        if let Some(text) = literal::only(tokens.clone()) {
            return Some(Self::One(text));
        }
        let mut ignored = Report::default();
        let each = each(&tokens, sign, &mut ignored)?;
        ignored.is_empty().then_some(Self::Each(each))
    }

    /// All texts, in the order of the source.
    pub(crate) fn texts(&self) -> Vec<&LitStr> {
        match self {
            Self::One(text) => vec![text],
            Self::Each(all) => all.iter().map(|one| &one.text).collect(),
        }
    }

    /// The text for a dialect.
    pub(crate) fn on(&self, dialect: Dialect) -> Option<&LitStr> {
        match self {
            Self::One(text) => Some(text),
            Self::Each(all) => {
                let own = all.iter().find(|one| one.dialect() == Some(dialect));
                own.map(|one| &one.text)
            }
        }
    }

    /// Each text with the databases that it is for.
    pub(crate) fn on_targets<'a>(
        &'a self,
        settings: &'a Settings,
    ) -> Vec<(&'a LitStr, Vec<&'a Target>)> {
        let all = settings.targets.iter();
        match self {
            Self::One(text) => vec![(text, all.collect())],
            Self::Each(each) => {
                let of = |one: &'a Variant| {
                    let own = all
                        .clone()
                        .filter(|target| Some(target.dialect()) == one.dialect());
                    (&one.text, own.collect())
                };
                each.iter().map(of).collect()
            }
        }
    }

    /// The dialects that have a text of their own, each once.
    pub(crate) fn dialects(&self) -> Vec<Dialect> {
        let Self::Each(all) = self else {
            return Vec::new();
        };
        let has = |dialect: &Dialect| all.iter().any(|one| one.dialect() == Some(*dialect));
        Dialect::ALL.into_iter().filter(has).collect()
    }

    /// Whether each text says that nothing is to be done.
    pub(crate) fn is_nothing(&self) -> bool {
        self.texts()
            .iter()
            .all(|text| text.value().trim().is_empty())
    }

    /// Tells what is wrong with the names. `place` is what misses a text where there is one missing.
    pub(crate) fn check_names(
        &self,
        settings: &Settings,
        sign: &str,
        place: Span,
        report: &mut Report,
    ) {
        let Self::Each(all) = self else { return };
        let names: Vec<String> = all.iter().map(|one| one.name.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for (at, finding) in source::misnamed(&names, settings, sign) {
            let name = at.and_then(|at| all.get(at));
            let span = name.map_or(place, |one| one.name.span());
            let help = finding.help.as_deref().unwrap_or_default();
            report.at(span, finding.code, &finding.message, help);
        }
    }
}

/// The texts of `sqlite: "…", postgres: "…"`; none where it does not begin so. What is wrong in one of them is told.
pub(crate) fn each(tokens: &TokenStream, sign: char, report: &mut Report) -> Option<Vec<Variant>> {
    let trees = literal::flatten(tokens.clone());
    let begins = matches!(trees.as_slice(), [TokenTree::Ident(_), next, ..] if is_sign(next))
        && !trees.get(2).is_some_and(|third| is_punct(third, ':'));
    if !begins {
        return None;
    }
    let mut parts: Vec<&[TokenTree]> = trees.split(|tree| is_punct(tree, ',')).collect();
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    let mut all = Vec::new();
    for part in parts {
        match part {
            [TokenTree::Ident(name), equals, value @ ..] if is_punct(equals, sign) => {
                let value: TokenStream = value.iter().cloned().collect();
                match literal::only(value.clone()) {
                    Some(text) => all.push(Variant {
                        name: name.clone(),
                        text,
                    }),
                    None => no_text(name, value, sign, report),
                }
            }
            [TokenTree::Ident(name), equals, ..] if is_sign(equals) => {
                let help = format!("write `{}`", written(name, sign));
                let message = format!("`{sign}` stands between a dialect and its text here");
                report.on(quote!(#equals), Code::SqlNotLiteral, message, &help);
            }
            other => {
                let tokens: TokenStream = other.iter().cloned().collect();
                let message = "a text without the dialect that it is for";
                let example = Ident::new("sqlite", Span::call_site());
                let help = format!(
                    "write the dialect before each text: `{}`",
                    written(&example, sign)
                );
                if tokens.is_empty() {
                    report.at(Span::call_site(), Code::SqlNotLiteral, message, &help);
                } else {
                    report.on(tokens, Code::SqlNotLiteral, message, &help);
                }
            }
        }
    }
    Some(all)
}

fn no_text(name: &Ident, value: TokenStream, sign: char, report: &mut Report) {
    let message = format!("the text for `{name}` is a string literal");
    let help = format!("write the text itself: `{}`", written(name, sign));
    if value.is_empty() {
        report.on(name, Code::SqlNotLiteral, message, &help);
    } else {
        report.on(value, Code::SqlNotLiteral, message, &help);
    }
}

fn written(name: &Ident, sign: char) -> String {
    let space = if sign == '=' { " " } else { "" };
    format!("{name}{space}{sign} \"…\"")
}

fn is_sign(tree: &TokenTree) -> bool {
    is_punct(tree, ':') || is_punct(tree, '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(tokens: TokenStream, sign: char) -> Option<Vec<String>> {
        match Written::read(tokens, sign)? {
            Written::One(text) => Some(vec![text.value()]),
            Written::Each(all) => {
                let one = |one: Variant| format!("{} {}", one.name, one.text.value());
                Some(all.into_iter().map(one).collect())
            }
        }
    }

    #[test]
    fn one_text_or_one_for_each() {
        assert_eq!(texts(quote!("a",), ':').unwrap(), ["a"]);
        let two = ["sqlite a", "postgres b"];
        assert_eq!(
            texts(quote!(sqlite: "a", postgres: r"b",), ':').unwrap(),
            two
        );
        assert_eq!(
            texts(quote!(sqlite = "a", postgres = "b"), '=').unwrap(),
            two
        );
        for other in [
            quote!(),
            quote!(a),
            quote!(a::b),
            quote!(a::b!("c")),
            quote!(a: b),
            quote!(a: "b", "c"),
            quote!(a = "b"),
            quote!("a", b: "c"),
            quote!(a: "b",, c: "d"),
        ] {
            assert_eq!(texts(other.clone(), ':'), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_at_its_place() {
        let errors = |tokens: TokenStream| {
            let mut report = Report::default();
            let found = each(&tokens, ':', &mut report);
            (
                found.map_or(9, |all| all.len()),
                report.messages().join("; "),
            )
        };
        for (tokens, left, said) in [
            (
                quote!(sqlite: A, postgres: "b"),
                1,
                "the text for `sqlite` is a string literal [sql_not_literal]",
            ),
            (
                quote!(sqlite: "a", postgres:),
                1,
                "the text for `postgres` is a string literal",
            ),
            (
                quote!(sqlite = "a", postgres: "b"),
                1,
                "`:` stands between a dialect and its text here",
            ),
            (quote!(sqlite: "a", "b"), 1, "a text without the dialect"),
            (
                quote!(sqlite: "a",, mysql: "b"),
                2,
                "a text without the dialect",
            ),
            (quote!(migrate::sql!("a")), 9, ""),
        ] {
            let (found, errors) = errors(tokens);
            assert!(found == left && errors.contains(said), "{found} {errors}");
        }
    }
}
