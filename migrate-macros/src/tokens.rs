//! The compiler's tokens as those of a source, so that one reader serves both.

use migrate_schema::source::{Kind, Token, Tokens};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Lit, LitStr};

/// Tokens whose places are their indexes, and what the compiler has at each.
#[derive(Default)]
pub(crate) struct Own {
    pub(crate) tokens: Tokens<'static>,
    trees: Vec<Option<TokenTree>>,
}

/// A group that is being read: what is left of it, and what closes it.
type Open = (proc_macro2::token_stream::IntoIter, &'static str);

impl Own {
    /// `#[migration(arguments)] item`
    pub(crate) fn migration(arguments: TokenStream, item: TokenStream) -> Self {
        let mut own = Self::default();
        own.mark(Kind::Punct, "#");
        own.mark(Kind::Open(0), "[");
        own.mark(Kind::Word, "migration");
        own.group(Group::new(Delimiter::Parenthesis, arguments));
        own.mark(Kind::Close, "]");
        own.group(Group::new(Delimiter::None, item));
        own.tokens.end();
        own
    }

    fn group(&mut self, group: Group) {
        let mut open: Vec<Open> = vec![self.enter(&group)];
        while let Some((rest, _)) = open.last_mut() {
            match rest.next() {
                Some(TokenTree::Group(group)) => {
                    let inner = self.enter(&group);
                    open.push(inner);
                }
                Some(tree) => self.tree(tree),
                None => {
                    if let Some((_, close)) = open.pop().filter(|(_, close)| !close.is_empty()) {
                        self.mark(Kind::Close, close);
                    }
                }
            }
        }
    }

    fn enter(&mut self, group: &Group) -> Open {
        // `macro_rules!` leaves groups without delimiters around its fragments.
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        if !open.is_empty() {
            self.mark(Kind::Open(0), open);
        }
        (group.stream().into_iter(), close)
    }

    fn mark(&mut self, kind: Kind, text: &'static str) {
        self.tokens.push(Token {
            kind,
            text: text.into(),
            start: self.trees.len(),
        });
        self.trees.push(None);
    }

    fn tree(&mut self, tree: TokenTree) {
        let text = tree.to_string();
        let kind = match &tree {
            TokenTree::Ident(_) => Kind::Word,
            TokenTree::Literal(_) if text.starts_with('"') || text.starts_with("r\"") => Kind::Text,
            TokenTree::Literal(_) if text.starts_with("r#") => Kind::Text,
            TokenTree::Literal(_) => Kind::Other,
            TokenTree::Punct(_) | TokenTree::Group(_) => Kind::Punct,
        };
        self.tokens.push(Token {
            kind,
            text: text.into(),
            start: self.trees.len(),
        });
        self.trees.push(Some(tree));
    }

    /// The string literal at a place.
    pub(crate) fn literal(&self, start: usize) -> Option<LitStr> {
        match self.trees.get(start)?.as_ref()? {
            TokenTree::Literal(literal) => match Lit::new(literal.clone()) {
                Lit::Str(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// What an error at a place points at.
    pub(crate) fn span(&self, start: usize) -> Span {
        let tree = self.trees.get(start).and_then(Option::as_ref);
        tree.map_or_else(Span::call_site, |tree| {
            tree.to_token_stream()
                .into_iter()
                .next()
                .map_or_else(Span::call_site, |tree| tree.span())
        })
    }

    /// The name of `fn down`, or of the option `down`.
    pub(crate) fn down(&self) -> Option<Span> {
        let is_down = |at: &usize| {
            let texts = *at > 0 && self.tokens.is(at - 1, ",") && self.tokens.is(at + 1, "(");
            let option = texts || (self.tokens.is(at + 1, "=") && !self.tokens.is(at + 2, "="));
            let function = *at > 0 && self.tokens.is(at - 1, "fn");
            self.tokens.is(*at, "down") && (option || function)
        };
        let at = (0..self.tokens.len()).find(is_down)?;
        Some(self.span(at))
    }
}
