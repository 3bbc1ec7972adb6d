//! Tokens to syntax: the arguments of `#[migration(…)]` and the item below it. Nothing is judged here.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Fields, Generics, Path, Token, Type, Visibility, WhereClause,
    parse::{ParseStream, Parser},
};

use crate::literal;

/// One argument: what stands between two commas.
#[derive(Clone)]
pub(crate) struct Argument {
    /// The name, where it is `name` or `name = value`.
    pub(crate) name: Option<Ident>,
    /// The tokens behind `=`, or all of them where there is no name.
    pub(crate) value: TokenStream,
    /// All tokens.
    pub(crate) tokens: TokenStream,
}

/// Splits the arguments at their commas. A comma behind the last one is allowed.
pub(crate) fn arguments(tokens: TokenStream) -> Vec<Argument> {
    let trees = literal::flatten(tokens);
    let mut parts: Vec<&[TokenTree]> = trees.split(|tree| is_punct(tree, ',')).collect();
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts.into_iter().map(argument).collect()
}

fn argument(trees: &[TokenTree]) -> Argument {
    let stream = |trees: &[TokenTree]| trees.iter().cloned().collect::<TokenStream>();
    let (name, value) = match trees {
        [TokenTree::Ident(name)] => (Some(name.clone()), TokenStream::new()),
        [TokenTree::Ident(name), equals, value @ ..] if is_punct(equals, '=') => {
            (Some(name.clone()), stream(value))
        }
        // `irreversible("why")`: the name is known, and the value is no value.
        [TokenTree::Ident(name), value @ TokenTree::Group(_)] => {
            (Some(name.clone()), value.to_token_stream())
        }
        other => (None, stream(other)),
    };
    Argument {
        name,
        value,
        tokens: stream(trees),
    }
}

/// The item below the attribute.
pub(crate) enum Item {
    /// An `impl` of whatever.
    Impl(Box<ImplItem>),
    /// A struct.
    Struct(StructItem),
    /// Something else, as its keyword names it.
    Other(&'static str),
}

/// An `impl`.
pub(crate) struct ImplItem {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) generics: Generics,
    /// The trait, if it is the `impl` of one.
    pub(crate) trait_path: Option<Path>,
    pub(crate) self_type: Type,
    /// What stands between the braces.
    pub(crate) body: TokenStream,
    pub(crate) functions: Vec<Function>,
    /// It has the call of a macro beside its functions, so there may be functions that cannot be seen.
    pub(crate) has_macro: bool,
}

/// A function of an `impl`.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) name: Ident,
    pub(crate) parameters: TokenStream,
    pub(crate) body: TokenStream,
}

/// A struct.
pub(crate) struct StructItem {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) fields: Fields,
}

/// Reads the item. What cannot be read is [`Item::Other`]: the compiler reports what is wrong with it.
pub(crate) fn item(tokens: TokenStream) -> Item {
    match keyword(&tokens) {
        "impl" => match impl_item.parse2(tokens) {
            Ok(item) => Item::Impl(Box::new(item)),
            Err(_) => Item::Other("impl"),
        },
        "struct" => match syn::parse2::<syn::ItemStruct>(tokens) {
            Ok(item) => Item::Struct(StructItem {
                attributes: item.attrs,
                name: item.ident,
                generics: item.generics,
                fields: item.fields,
            }),
            Err(_) => Item::Other("struct"),
        },
        other => Item::Other(other),
    }
}

/// The keyword that says what the item is. `const` and `unsafe` also begin other items, so they come last.
fn keyword(tokens: &TokenStream) -> &'static str {
    const KEYWORDS: [&str; 13] = [
        "impl",
        "struct",
        "enum",
        "union",
        "fn",
        "mod",
        "trait",
        "type",
        "static",
        "use",
        "extern",
        "macro_rules",
        "const",
    ];
    let names: Vec<String> = literal::flatten(tokens.clone())
        .iter()
        .take_while(
            |tree| !matches!(tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace),
        )
        .filter_map(|tree| match tree {
            TokenTree::Ident(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    let first = |wanted: &[&'static str]| {
        names
            .iter()
            .find_map(|name| wanted.iter().find(|keyword| *keyword == name).copied())
    };
    first(&KEYWORDS[..10])
        .or_else(|| first(&KEYWORDS[10..]))
        .unwrap_or("item")
}

fn impl_item(input: ParseStream<'_>) -> syn::Result<ImplItem> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    input.parse::<Option<Token![unsafe]>>()?;
    input.parse::<Token![impl]>()?;
    let generics = if input.peek(Token![<]) {
        input.parse()?
    } else {
        Generics::default()
    };
    let first: Type = input.parse()?;
    let (trait_path, self_type) = if input.parse::<Option<Token![for]>>()?.is_some() {
        (Some(path(first)?), input.parse()?)
    } else {
        (None, first)
    };
    input.parse::<Option<WhereClause>>()?;
    let group: Group = input.parse()?;
    let body = group.stream();
    let (functions, has_macro) = functions(&body);
    Ok(ImplItem {
        attributes,
        generics,
        trait_path,
        self_type,
        body,
        functions,
        has_macro,
    })
}

/// The path of a type that is one, also where `macro_rules!` has put it into a group.
pub(crate) fn path(of: Type) -> syn::Result<Path> {
    match of {
        Type::Path(path) if path.qself.is_none() => Ok(path.path),
        Type::Group(group) => path(*group.elem),
        Type::Paren(paren) => path(*paren.elem),
        other => Err(syn::Error::new_spanned(other, "not a path")),
    }
}

/// Finds the functions by their tokens alone, so that a body in a syntax of tomorrow is no error here.
fn functions(body: &TokenStream) -> (Vec<Function>, bool) {
    let trees = literal::flatten(body.clone());
    let mut functions = Vec::new();
    let mut has_macro = false;
    let mut at = 0;
    while at < trees.len() {
        match &trees[at..] {
            [TokenTree::Ident(keyword), TokenTree::Ident(name), rest @ ..] if keyword == "fn" => {
                let groups = |delimiter| {
                    rest.iter().find_map(|tree| match tree {
                        TokenTree::Group(g) if g.delimiter() == delimiter => Some(g.stream()),
                        _ => None,
                    })
                };
                functions.push(Function {
                    name: name.clone(),
                    parameters: groups(Delimiter::Parenthesis).unwrap_or_default(),
                    body: groups(Delimiter::Brace).unwrap_or_default(),
                });
                let end = rest.iter().position(is_braces).unwrap_or(rest.len());
                at += 2 + end;
            }
            [TokenTree::Ident(_), bang, TokenTree::Group(_), ..] if is_punct(bang, '!') => {
                has_macro = true;
            }
            _ => {}
        }
        at += 1;
    }
    (functions, has_macro)
}

fn is_braces(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace)
}

/// Whether the tree is this punctuation.
pub(crate) fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(p) if p.as_char() == character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn arguments_are_split_at_commas() {
        let read = |tokens| {
            arguments(tokens)
                .into_iter()
                .map(|a| (a.name.map(|n| n.to_string()), a.value.to_string()))
                .collect::<Vec<_>>()
        };
        let named = |name: &str, value: &str| (Some(name.to_owned()), value.to_owned());
        assert_eq!(
            read(quote!(
                "a",
                irreversible = "b",
                environments = ["c", "d"],
                transaction,
                after("e"),
            )),
            [
                (None, "\"a\"".to_owned()),
                named("irreversible", "\"b\""),
                named("environments", "[\"c\" , \"d\"]"),
                named("transaction", ""),
                named("after", "(\"e\")"),
            ]
        );
        assert_eq!(read(quote!()), []);
        assert_eq!(read(quote!(,)), [(None, String::new())]);
        assert_eq!(read(quote!(= "x")), [(None, "= \"x\"".to_owned())]);
        assert_eq!(read(quote!(-1)), [(None, "- 1".to_owned())]);
    }

    #[test]
    fn an_impl_is_read_whatever_its_bodies_are() {
        let tokens = quote! {
            /// What it does.
            #[cfg(unix)]
            impl migrate_core::Migration for crate::a::X {
                const A: fn() -> usize = b;
                fn up(&self, steps: &mut Steps) where (): Sized { strange syntax => of ~ tomorrow }
                #[cfg(a)] fn down(&self, _: &mut Steps) {}
            }
        };
        let Item::Impl(item) = item(tokens) else {
            panic!("an impl")
        };
        assert_eq!(item.attributes.len(), 2);
        assert!(item.trait_path.unwrap().segments.last().unwrap().ident == "Migration");
        assert_eq!(item.functions.len(), 2);
        assert_eq!(item.functions[0].name, "up");
        assert_eq!(
            item.functions[0].body.to_string(),
            "strange syntax => of ~ tomorrow"
        );
        assert_eq!(item.functions[1].name, "down");
        assert!(!item.has_macro);
    }

    #[test]
    fn an_impl_may_be_of_anything() {
        let read = |tokens| match item(tokens) {
            Item::Impl(item) => (
                item.trait_path.is_some(),
                item.generics.params.len(),
                item.has_macro,
            ),
            Item::Other(_) | Item::Struct(_) => panic!("an impl"),
        };
        assert_eq!(read(quote!(impl X {})), (false, 0, false));
        assert_eq!(
            read(quote!(
                unsafe impl<T: Clone> Migration for X<T> where T: Copy {}
            )),
            (true, 1, false)
        );
        assert_eq!(
            read(quote!(impl Migration for X { both!("a"); })),
            (true, 0, true)
        );
        let fragment = Group::new(Delimiter::None, quote!(crate::X));
        assert_eq!(
            read(quote!(impl Migration for #fragment {})),
            (true, 0, false)
        );
    }

    #[test]
    fn other_items_are_named() {
        let name = |tokens| match item(tokens) {
            Item::Other(name) => name,
            Item::Impl(_) => "an impl",
            Item::Struct(_) => "a struct",
        };
        assert_eq!(
            name(quote!(
                pub const unsafe extern "C" fn f() -> impl X {}
            )),
            "fn"
        );
        assert_eq!(
            name(quote!(
                #[a(struct)]
                pub(crate) enum E {}
            )),
            "enum"
        );
        assert_eq!(
            name(quote!(
                pub mod m {
                    struct X;
                }
            )),
            "mod"
        );
        assert_eq!(
            name(quote!(
                const X: u8 = 1;
            )),
            "const"
        );
        assert_eq!(
            name(quote!(
                extern crate a;
            )),
            "extern"
        );
        assert_eq!(
            name(quote!(
                macro_rules! m {
                    () => {};
                }
            )),
            "macro_rules"
        );
        assert_eq!(name(quote!()), "item");
        assert_eq!(name(quote!(impl !Migration for X {})), "impl");
        assert_eq!(
            name(quote!(
                pub struct X;
            )),
            "a struct"
        );
        assert_eq!(name(quote!(struct X)), "struct");
    }
}
