//! What a Rust file declares: its `mod` items with their places.
//!
//! Only tokens are looked at, so a file that does not compile yet can be read too.

use std::ops::Range;

use migrate_schema::MigrationId;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The line (from 1) with what makes the file no Rust: a quote or a bracket that has no other half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotRust {
    pub(super) line: usize,
}

/// A file, and where its modules are declared. What macros expand to is not seen.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) modules: Vec<Module>,
    /// The byte behind the last inner attribute or inner doc comment; 0 (or behind a shebang) when there is none.
    pub(super) head: usize,
    /// Whether there is an inner attribute or inner doc comment.
    pub(super) has_inner_attributes: bool,
    /// Where the first item begins, with its attributes.
    pub(super) first_item: Option<usize>,
}

/// A `mod` item at the top level of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) name: String,
    /// `pub`, `pub(crate)` or nothing.
    pub(super) visibility: String,
    /// Its bytes, from its first attribute or doc comment to its `;` or `}`.
    pub(super) range: Range<usize>,
    /// Whether its body stands in this file.
    pub(super) inline: bool,
}

impl Module {
    /// The migration that a module `m20260215_create_users` holds.
    pub(super) fn migration(&self) -> Option<MigrationId> {
        migration_of_module(&self.name)
    }
}

/// The migration that a module or a file stem `m20260215_create_users` holds.
pub(super) fn migration_of_module(name: &str) -> Option<MigrationId> {
    name.strip_prefix('m')?.parse().ok()
}

impl<'a> Source<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, NotRust> {
        let skipped = prefix(text);
        let tokens: Vec<TokenTree> = tokens(text)?.into_iter().collect();
        let range_of = |tree: &TokenTree| {
            let range = tree.span().byte_range();
            range.start + skipped..range.end + skipped
        };
        let inner = tokens
            .chunks(3)
            .take_while(|three| is_inner_attribute(three))
            .count();
        let mut modules = Vec::new();
        for at in 0..tokens.len() {
            if let Some((name, inline)) = module_at(&tokens[at..]) {
                let start = start_of_item(&tokens, at);
                let (first, last) = (range_of(&tokens[start.item]), range_of(&tokens[at + 2]));
                let keyword = range_of(&tokens[at]);
                let visibility = range_of(&tokens[start.visibility]).start..keyword.start;
                modules.push(Module {
                    name,
                    visibility: text.get(visibility).unwrap_or_default().trim().to_owned(),
                    range: first.start..last.end,
                    inline,
                });
            }
        }
        Ok(Self {
            text,
            modules,
            head: match inner
                .checked_sub(1)
                .and_then(|last| tokens.get(last * 3 + 2))
            {
                Some(last) => range_of(last).end,
                None => skipped,
            },
            has_inner_attributes: inner > 0,
            first_item: tokens.get(inner * 3).map(|tree| range_of(tree).start),
        })
    }

    /// The byte behind the line break that ends the line of `at`, or none when another item begins on that line.
    /// `at` has to be the end of a token; a comment that begins on the line belongs to it.
    pub(super) fn end_of_line(&self, at: usize) -> Option<usize> {
        let mut at = at;
        loop {
            let rest = self.text.get(at..)?;
            at = match rest.chars().next() {
                None => return Some(at),
                Some('\n') => return Some(at + 1),
                Some(c) if c.is_whitespace() => at + c.len_utf8(),
                _ => comment(self.text, at)?.end,
            };
        }
    }

    /// The comments that are no doc comments between two tokens.
    pub(super) fn comments(&self, between: Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = between.start;
        while at < between.end {
            match comment(self.text, at) {
                Some(range) => {
                    at = range.end;
                    found.push(range);
                }
                None => at += 1,
            }
        }
        found
    }
}

/// How many bytes at the start are no tokens: a byte order mark and a shebang.
fn prefix(text: &str) -> usize {
    let mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let rest = &text[mark..];
    let shebang = rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[');
    mark + if shebang {
        rest.find('\n').unwrap_or(rest.len())
    } else {
        0
    }
}

/// The tokens of a file. Their places are counted from behind a byte order mark and a shebang.
pub(super) fn tokens(text: &str) -> Result<TokenStream, NotRust> {
    let skipped = prefix(text);
    text[skipped..]
        .parse()
        .map_err(|error: proc_macro2::LexError| NotRust {
            line: text[..skipped].matches('\n').count() + error.span().start().line.max(1),
        })
}

fn is_inner_attribute(three: &[TokenTree]) -> bool {
    matches!(three, [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group)]
        if hash.as_char() == '#' && bang.as_char() == '!' && group.delimiter() == Delimiter::Bracket)
}

/// The name of the module whose `mod` is the first token, and whether its body follows.
fn module_at(tokens: &[TokenTree]) -> Option<(String, bool)> {
    let [TokenTree::Ident(keyword), TokenTree::Ident(name), end, ..] = tokens else {
        return None;
    };
    let inline = match end {
        TokenTree::Punct(end) if end.as_char() == ';' => false,
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => true,
        _ => return None,
    };
    let name = name.to_string();
    (keyword == "mod").then(|| (name.trim_start_matches("r#").to_owned(), inline))
}

/// The first token of an item's visibility and of the item, both the keyword itself when there is no more.
struct Start {
    visibility: usize,
    item: usize,
}

fn start_of_item(tokens: &[TokenTree], keyword: usize) -> Start {
    let is_pub = |at: usize| matches!(&tokens[at], TokenTree::Ident(word) if word == "pub");
    let is_group = |at: usize, delimiter: Delimiter| matches!(&tokens[at], TokenTree::Group(g) if g.delimiter() == delimiter);
    let is_hash =
        |at: usize| matches!(&tokens[at], TokenTree::Punct(hash) if hash.as_char() == '#');
    let mut item = keyword;
    if item >= 2 && is_group(item - 1, Delimiter::Parenthesis) && is_pub(item - 2) {
        item -= 2;
    } else if item >= 1 && is_pub(item - 1) {
        item -= 1;
    }
    let visibility = item;
    while item >= 2 && is_group(item - 1, Delimiter::Bracket) && is_hash(item - 2) {
        item -= 2;
    }
    Start { visibility, item }
}

/// The comment that begins at this byte; a line comment without its line break. A doc comment is a token.
fn comment(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let doc_line =
        rest.starts_with("//!") || (rest.starts_with("///") && !rest.starts_with("////"));
    let doc_block = rest.starts_with("/*!")
        || (rest.starts_with("/**") && !rest.starts_with("/***") && !rest.starts_with("/**/"));
    if doc_line || doc_block {
        return None;
    }
    if rest.starts_with("//") {
        return Some(start..start + rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (bytes, mut depth, mut at) = (rest.as_bytes(), 1_usize, 2);
    while depth > 0 && at < bytes.len() {
        (depth, at) = match &bytes[at..] {
            [b'*', b'/', ..] => (depth - 1, at + 2),
            [b'/', b'*', ..] => (depth + 1, at + 2),
            _ => (depth, at + 1),
        };
    }
    Some(start..start + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn modules(text: &str) -> Vec<(String, String, String)> {
        let source = Source::read(text).unwrap();
        let modules = source.modules.into_iter();
        modules
            .map(|m| (m.name, m.visibility, text[m.range].to_owned()))
            .collect()
    }

    fn module(name: &str, visibility: &str, text: &str) -> (String, String, String) {
        (name.to_owned(), visibility.to_owned(), text.to_owned())
    }

    #[test]
    fn modules_are_found_with_attributes_and_visibility() {
        let text = "//! Doc.\n#![allow(x)]\n\nuse a::{b};\n/// Users.\n#[cfg(feature = \"é\")]\npub(crate) mod users;\nmod r#type; pub mod inner { mod not_seen; }\n// mod comment;\nstruct X;\n";
        assert_eq!(
            modules(text),
            [
                module(
                    "users",
                    "pub(crate)",
                    "/// Users.\n#[cfg(feature = \"é\")]\npub(crate) mod users;"
                ),
                module("type", "", "mod r#type;"),
                module("inner", "pub", "pub mod inner { mod not_seen; }"),
            ]
        );
    }

    #[test]
    fn what_macros_and_strings_hold_is_no_module() {
        let text = "macro_rules! list { ($($m:ident),*) => { $(mod $m;)* } }\nlist!(m1_a, m2_b);\nlist! { mod m3_c; }\nconst A: &str = \"mod m4_d;\";";
        assert_eq!(modules(text), []);
    }

    #[test]
    fn head_and_first_item() {
        let place = |text: &str| {
            let source = Source::read(text).unwrap();
            (source.head, source.has_inner_attributes, source.first_item)
        };
        assert_eq!(place(""), (0, false, None));
        assert_eq!(place("// only"), (0, false, None));
        assert_eq!(place("//! a\nuse b;"), (5, true, Some(6)));
        assert_eq!(place("#![a]\n#[b]\nfn c() {}"), (5, true, Some(6)));
        assert_eq!(place("\u{feff}//! a\n/// é\nfn c() {}"), (8, true, Some(9)));
        assert_eq!(place("#!/usr/bin/env x\nfn c() {}"), (16, false, Some(17)));
    }

    #[test]
    fn the_end_of_a_line_is_not_inside_a_comment() {
        let text = "mod a; /* one\n two */ // three\nmod b; mod c;\nmod d;";
        let source = Source::read(text).unwrap();
        let ends: Vec<_> = source
            .modules
            .iter()
            .map(|m| source.end_of_line(m.range.end))
            .collect();
        let second = text.find("mod b").unwrap();
        assert_eq!(
            ends,
            [Some(second), None, Some(second + 14), Some(text.len())]
        );
    }

    #[test]
    fn the_line_that_is_no_rust_is_named() {
        assert_eq!(
            Source::read("mod a;\nfn b() {\n").err(),
            Some(NotRust { line: 2 })
        );
        assert_eq!(Source::read("mod a;\n}\n").err(), Some(NotRust { line: 2 }));
        assert!(Source::read("const A: &str = \"open").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*|(mod |a|;|\\{|\\}|pub|\\(|\\)|#|!|\\[|\\]|//|/\\*|\\*/|\n|\"|'|é|\u{feff}){0,20}") {
            if let Ok(source) = Source::read(&text) {
                for module in &source.modules {
                    prop_assert!(text.get(module.range.clone()).is_some());
                    source.end_of_line(module.range.end);
                }
                source.comments(source.head..source.first_item.unwrap_or(text.len()));
            }
        }
    }
}
