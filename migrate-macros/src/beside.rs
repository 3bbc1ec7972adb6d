//! The `impl Migration for …` that stands beside a struct with the attribute, taken from the file.
//!
//! The compiler hands over the struct only. What is not certain is left to the runner, which checks again when it
//! plans: another file, several candidates, an `impl` under a condition, an item made by `macro_rules!`.

use std::collections::HashMap;

use proc_macro2::Ident;

use migrate_schema::{
    Dialect,
    source::{Kind, Tokens, variants, verbatim},
};

use crate::cache::FileCache;

/// What the `impl` has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Implementation {
    /// The line that it begins in, from 1.
    pub(crate) line: usize,
    /// It has `down`, or what may make one.
    pub(crate) has_down: bool,
    /// The `sql!` literals in it, in order.
    pub(crate) texts: Vec<Text>,
}

/// A literal of a `sql!(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// The SQL.
    pub(crate) value: String,
    /// The line and column that its literal begins in, from 1.
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// How far into the literal the value begins, if each of its characters stands in the file as it is.
    pub(crate) prefix: Option<usize>,
    /// The dialect that it is for, where each has its own.
    pub(crate) dialect: Option<Dialect>,
}

/// Finds the `impl` of the struct with this name; the file as the compiler shows it comes with it.
pub(crate) fn find(name: &Ident) -> Option<(String, Implementation)> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = name.span().unwrap();
    let (source, _) = FILES.read(&span.local_file()?, Source::new)?;
    let found = source.implementation(&name.to_string(), span.line(), span.column())?;
    Some((span.file(), found))
}

/// Without this, a file with many migrations would be read as many times.
static FILES: FileCache<Source> = FileCache::new();

/// The structs and the `impl`s of a file, by name.
#[derive(Default)]
struct Source {
    structs: HashMap<String, Vec<Struct>>,
    implementations: HashMap<String, Vec<Candidate>>,
}

struct Struct {
    line: usize,
    column: usize,
    scope: Scope,
}

struct Candidate {
    scope: Scope,
    /// It stands under a condition.
    conditional: bool,
    implementation: Implementation,
}

/// The token that opens the innermost braces around an item; none at the top of the file.
type Scope = Option<usize>;

impl Source {
    fn new(text: &str) -> Self {
        // As the compiler reads a file.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let reader = Reader {
            tokens: Tokens::read(&text),
            lines: line_starts(&text),
            text: &text,
        };
        reader.read()
    }

    /// The `impl` that belongs to the struct at this place: the only one beside it, or the only one in the file
    /// where the name is used once.
    fn implementation(&self, name: &str, line: usize, column: usize) -> Option<Implementation> {
        let structs = self.structs.get(name)?;
        let this = structs
            .iter()
            .find(|s| s.line == line && s.column == column)?;
        let all = self.implementations.get(name)?;
        let mut beside = all.iter().filter(|c| c.scope == this.scope);
        let found = match (beside.next(), beside.next()) {
            (Some(only), None) => only,
            (None, _) if structs.len() == 1 && all.len() == 1 => all.first()?,
            _ => return None,
        };
        (!found.conditional).then(|| found.implementation.clone())
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

struct Reader<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    lines: Vec<usize>,
}

impl Reader<'_> {
    fn read(&self) -> Source {
        let mut source = Source::default();
        let mut scopes: Vec<usize> = Vec::new();
        for at in 0..self.tokens.len() {
            let scope = scopes.last().copied();
            match self.kind(at) {
                Kind::Open(_) if self.is(at, "{") => scopes.push(at),
                Kind::Close if self.is(at, "}") => {
                    scopes.pop();
                }
                Kind::Word if self.is(at, "struct") => {
                    if let Some(name) = self.word(at + 1) {
                        let (line, column) = self.place(self.tokens.start(at + 1));
                        source
                            .structs
                            .entry(name.to_owned())
                            .or_default()
                            .push(Struct {
                                line,
                                column,
                                scope,
                            });
                    }
                }
                Kind::Word if self.is(at, "impl") => {
                    if let Some((name, open)) = self.header(at) {
                        let candidate = Candidate {
                            scope,
                            conditional: self.is_conditional(at),
                            implementation: self.implementation(at, open),
                        };
                        let named = source.implementations.entry(name.to_owned());
                        named.or_default().push(candidate);
                    }
                }
                _ => {}
            }
        }
        source
    }

    /// `impl path::Migration for path::Name {`: the name, and the index of the brace.
    fn header(&self, start: usize) -> Option<(&str, usize)> {
        let (trait_name, at) = self.path(start + 1)?;
        if trait_name != "Migration" || !self.is(at, "for") {
            return None;
        }
        let (name, at) = self.path(at + 1)?;
        self.is(at, "{").then_some((name, at))
    }

    /// The last word of a path, and the index behind it.
    fn path(&self, mut at: usize) -> Option<(&str, usize)> {
        loop {
            while self.is(at, ":") {
                at += 1;
            }
            let word = self.word(at)?;
            at += 1;
            if !self.is(at, ":") {
                return Some((word, at));
            }
        }
    }

    /// Whether one of the attributes before the item is a condition. Any that is not known may be one.
    fn is_conditional(&self, item: usize) -> bool {
        let mut end = item;
        if end > 0 && self.is(end - 1, "unsafe") {
            end -= 1;
        }
        while end > 0 && self.is(end - 1, "]") {
            let open = (0..end - 1)
                .rev()
                .find(|at| self.tokens.close(*at) == Some(end - 1));
            let Some(open) = open.filter(|open| *open > 0 && self.is(open - 1, "#")) else {
                return false;
            };
            if !matches!(
                self.word(open + 1),
                Some("allow" | "expect" | "doc" | "rustfmt")
            ) {
                return true;
            }
            end = open - 1;
        }
        false
    }

    fn implementation(&self, start: usize, open: usize) -> Implementation {
        let Some(close) = self.tokens.close(open) else {
            return Implementation::default();
        };
        let mut found = Implementation {
            line: self.place(self.tokens.start(start)).0,
            ..Implementation::default()
        };
        let mut depth = 0_usize;
        for at in open + 1..close.min(self.tokens.len()) {
            match self.kind(at) {
                Kind::Open(_) => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Word if depth == 0 && self.is(at, "fn") => {
                    found.has_down |= self.is(at + 1, "down");
                }
                // The call of a macro beside the functions may make one.
                Kind::Word if depth == 0 && self.is(at + 1, "!") => found.has_down = true,
                Kind::Word if self.is(at, "sql") && self.is(at + 1, "!") => {
                    found.texts.extend(self.sql(at + 2));
                }
                _ => {}
            }
        }
        found
    }

    /// The literals in the group that opens here, if nothing else is in it.
    fn sql(&self, open: usize) -> Vec<Text> {
        let Some(close) = self.tokens.close(open) else {
            return Vec::new();
        };
        let alone = close == open + 2 || (close == open + 3 && self.is(open + 2, ","));
        if !alone {
            let each = variants(&self.tokens, open + 1, close, ":").unwrap_or_default();
            let all = each.into_iter().map(|one| {
                let (line, column) = self.place(one.text.start);
                Text {
                    dialect: one.dialect(),
                    prefix: one.text.prefix,
                    value: one.text.sql,
                    line,
                    column,
                }
            });
            return all.collect();
        }
        let Some(value) = self.tokens.string(open + 1) else {
            return Vec::new();
        };
        let value = value.into_owned();
        let (line, column) = self.place(self.tokens.start(open + 1));
        vec![Text {
            prefix: verbatim(self.tokens.text(open + 1), &value),
            value,
            line,
            column,
            dialect: None,
        }]
    }

    fn kind(&self, at: usize) -> Kind {
        self.tokens.get(at).map_or(Kind::Other, |token| token.kind)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.is(at, text)
    }

    fn word(&self, at: usize) -> Option<&str> {
        self.tokens.word(at)
    }

    /// The line and the column, in characters, of a byte; both from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.lines.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, line: usize, column: usize) -> Option<Implementation> {
        Source::new(text).implementation("X", line, column)
    }

    #[test]
    fn the_impl_beside_is_found_with_its_sql() {
        let text = "use a;\n#[migration(\"1_a\")]\npub struct X;\n\nimpl migrate_core::Migration for self::X {\n    fn up(&self, steps: &mut Steps) {\n        steps.sql(sql!(\"DROP TABLE a\"));\n        é(); steps.sql(sql!(\n            r#\"VACUUM\"#,\n        )); sql!(\"a\\n\"); sql!(NAME); sql!(\"a\", \"b\")\n    }\n}\n";
        let found = find(text, 3, 12).unwrap();
        assert_eq!(found.line, 5);
        assert!(!found.has_down);
        let text = |value: &str, line, column, prefix| Text {
            value: value.to_owned(),
            line,
            column,
            prefix,
            dialect: None,
        };
        assert_eq!(
            found.texts,
            [
                text("DROP TABLE a", 7, 24, Some(1)),
                text("VACUUM", 9, 13, Some(3)),
                text("a\n", 10, 18, None),
            ]
        );
    }

    #[test]
    fn a_file_from_windows_has_the_same_lines() {
        let text =
            "\u{feff}struct X;\r\nimpl Migration for X {\r\n  fn up() { sql!(\"a\r\nb\") }\r\n}";
        let found = find(text, 1, 8).unwrap();
        assert_eq!((found.line, found.texts[0].line), (2, 3));
        assert_eq!(found.texts[0].value, "a\nb");
        assert_eq!(found.texts[0].prefix, Some(1));
    }

    #[test]
    fn down_may_be_written_or_made() {
        let has = |body: &str| {
            let text = format!("struct X;\nimpl Migration for X {{ {body} }}");
            find(&text, 1, 8).unwrap().has_down
        };
        assert!(has("fn up() {} #[cfg(a)] fn down() {}"));
        assert!(has("both!();"));
        assert!(!has("fn up() { fn down() {} m!(); }"));
        assert!(!has("/* fn down() */ const A: &str = \"fn down\";"));
    }

    #[test]
    fn what_is_not_certain_is_not_found() {
        let one = "impl Migration for X {}";
        for text in [
            "struct X;",
            "struct X;\nimpl Other for X {}",
            "struct X;\nimpl Migration for Y {}",
            "struct X;\nimpl<T> Migration for X<T> {}",
            "struct X;\nimpl Migration for X<u8> {}",
            &format!("struct X;\n#[cfg(a)] {one}"),
            &format!("struct X;\n#[allow(b)] #[cfg(a)] unsafe {one}"),
            &format!("struct X;\n{one} {one}"),
            &format!("struct X; mod b {{ struct X; {one} }}"),
            &format!("struct X; mod b {{ {one} }} mod c {{ {one} }}"),
        ] {
            assert_eq!(find(text, 1, 8), None, "{text}");
        }
        assert_eq!(find(&format!("struct X;\n{one}"), 1, 7), None);
        for text in [
            format!("struct X;\n/// Why.\n#[allow(b)] #[rustfmt::skip] {one}"),
            "struct X;\nmod b { impl Migration for super::X {} }".to_owned(),
            format!("struct X; {one} mod b {{ struct X; {one} }}"),
        ] {
            assert!(find(&text, 1, 8).is_some(), "{text}");
        }
        let nested = format!("mod b {{\nstruct X; {one} }}\nmod c {{ struct X; {one} }}");
        assert!(find(&nested, 2, 8).is_some());
    }

    #[test]
    fn broken_files_are_no_panic() {
        for text in [
            "impl",
            "impl Migration for",
            "impl Migration for X {",
            "struct",
            "sql!",
            "impl Migration for X { sql!( \"a",
            "]]",
            "#]impl Migration for X {}",
        ] {
            find(text, 1, 8);
        }
    }
}
