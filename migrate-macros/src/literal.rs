//! String literals: which tokens are one, and where the characters of its value stand in the file.

use migrate_schema::source::verbatim;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{Lit, LitStr};

/// The literal, where the tokens are one string literal and nothing else but a trailing comma.
///
/// `macro_rules!` hands its fragments over in groups without delimiters; they are looked into.
pub(crate) fn only(tokens: TokenStream) -> Option<LitStr> {
    let mut trees = flatten(tokens);
    if trees.len() == 2 && matches!(&trees[1], TokenTree::Punct(p) if p.as_char() == ',') {
        trees.pop();
    }
    match trees.as_slice() {
        [TokenTree::Literal(literal)] => match Lit::new(literal.clone()) {
            Lit::Str(text) if text.suffix().is_empty() => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The tokens without the groups without delimiters that `macro_rules!` leaves around its fragments.
pub(crate) fn flatten(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flat.extend(flatten(group.stream()));
            }
            tree => flat.push(tree),
        }
    }
    flat
}

/// Where the value of a literal begins in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, as the compiler shows it.
    pub(crate) file: String,
    /// The line of the value's first character, from 1.
    pub(crate) line: usize,
    /// Its column, from 1.
    pub(crate) column: usize,
}

impl Place {
    /// `file:line:column` of a line and a column of the value.
    pub(crate) fn of(&self, line: usize, column: usize) -> String {
        let indent = if line == 1 { self.column - 1 } else { 0 };
        format!("{}:{}:{}", self.file, self.line + line - 1, indent + column)
    }
}

/// Where the value of a literal begins, if each of its characters stands in the file as it is.
pub(crate) fn place(literal: &LitStr) -> Option<Place> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = literal.span().unwrap();
    let prefix = verbatim(&span.source_text()?, &literal.value())?;
    Some(Place {
        file: span.file(),
        line: span.line(),
        column: span.column() + prefix,
    })
}

/// What an error about the literal points at: all of it, or only its start where it has several lines,
/// because the compiler would show the first and the last of them and not the one that is meant.
pub(crate) fn mark(literal: &LitStr) -> Span {
    let span = literal.span();
    if !proc_macro::is_available() {
        return span;
    }
    let whole = span.unwrap();
    if whole.start().line() == whole.end().line() {
        span
    } else {
        whole.start().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Group;
    use quote::quote;

    #[test]
    fn one_string_and_nothing_else() {
        let value = |tokens| only(tokens).map(|literal| literal.value());
        assert_eq!(value(quote!("a")).as_deref(), Some("a"));
        assert_eq!(value(quote!(r#"a"b"#,)).as_deref(), Some("a\"b"));
        for tokens in [
            quote!(),
            quote!("a" "b"),
            quote!("a", "b"),
            quote!(b"a"),
            quote!(c"a"),
            quote!('a'),
            quote!(1),
            quote!(-1),
            quote!(NAME),
            quote!(concat!("a")),
            quote!("a"suffix),
            quote!(("a")),
            quote!("a",,),
            quote!(,),
        ] {
            assert_eq!(value(tokens.clone()), None, "{tokens}");
        }
    }

    #[test]
    fn fragments_of_macro_rules_are_looked_into() {
        let inner = Group::new(Delimiter::None, quote!("a"));
        let outer = Group::new(Delimiter::None, quote!(#inner));
        assert_eq!(only(quote!(#outer)).unwrap().value(), "a");
        assert_eq!(only(quote!(#outer,)).unwrap().value(), "a");
    }

    #[test]
    fn only_the_first_line_is_indented() {
        let place = Place {
            file: "src/a.rs".to_owned(),
            line: 7,
            column: 20,
        };
        assert_eq!(place.of(1, 3), "src/a.rs:7:22");
        assert_eq!(place.of(2, 3), "src/a.rs:8:3");
    }

    #[test]
    fn outside_of_a_compiler_there_is_no_place() {
        let literal: LitStr = syn::parse_quote!("a");
        assert_eq!(place(&literal), None);
        mark(&literal);
    }
}
