//! Migrations that are written as most are: an `impl` beside its unit struct, whose functions do nothing but
//! `steps.sql(sql!("…"))`. Of these the source tells everything, so whoever compiles them need not read their tokens again.

use std::ops::Range;

use super::{
    Migration, Step, What,
    lexer::{Kind, Tokens},
    steps::text,
};
use crate::MigrationId;

/// Where the parts of such a migration stand in its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The name of its type.
    pub name: String,
    /// Its type can be named in the whole crate, wherever its module can. It is said of the struct that was found.
    pub public: bool,
    /// The first byte of its attribute.
    pub start: usize,
    /// The braces of its `impl`.
    pub braces: Range<usize>,
    /// The literals of its SQL, in the order of the source.
    pub literals: Vec<Range<usize>>,
    /// The tokens of the same; those of `up`, and those of `down`.
    pub(super) tokens: (Vec<usize>, Vec<usize>),
    /// Nothing but its functions is left for a compiler to object to: its type is a unit struct, and its trait is
    /// `migrate_core::Migration`.
    pub proven: bool,
}

/// What a source says once for all its migrations.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown {
    /// `Migration` is that of `migrate_core` at the top of the file.
    has_trait: bool,
}

impl Shown {
    pub(super) fn new(tokens: &Tokens<'_>) -> Self {
        let mut shown = Self { has_trait: false };
        let mut at = 0;
        while at < tokens.len() {
            match tokens.close(at) {
                Some(close) => at = close,
                None if tokens.is(at, "use") => {
                    let end = end_of_statement(tokens, at);
                    let ours = tokens.is(at + 1, "migrate_core") && is_inert(tokens, at);
                    shown.has_trait |= ours && brings_trait(tokens, at, end);
                    at = end;
                }
                None => {}
            }
            at += 1;
        }
        shown.has_trait &= !has_another_trait(tokens);
        shown
    }
}

/// `use migrate_core::prelude::*;`, or one that names the trait.
fn brings_trait(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let prelude = tokens.is(at + 4, "prelude") && tokens.is(at + 7, "*") && end == at + 8;
    prelude || (at..end).any(|at| tokens.is(at, "Migration") && !tokens.is(at + 1, ":"))
}

/// Whether something else may be called `Migration` than what `use migrate_core::…` brings.
fn has_another_trait(tokens: &Tokens<'_>) -> bool {
    let mut at = 0;
    let end = tokens.len();
    while at < end {
        let text = tokens.text(at);
        // Most differ in their lengths.
        if text.len() == 3 && text == "use" && tokens.is(at + 1, "migrate_core") {
            let end = end_of_statement(tokens, at);
            if (at..end).any(|at| tokens.is(at, "as")) {
                return true;
            }
            at = end;
        } else if text.len() == 9 && text == "Migration" {
            let is_use = tokens.is(at.wrapping_sub(1), "impl") && tokens.is(at + 1, "for");
            if !is_use {
                return true;
            }
        }
        at += 1;
    }
    false
}

fn end_of_statement(tokens: &Tokens<'_>, at: usize) -> usize {
    let mut end = at;
    while end < tokens.len() && !tokens.is(end, ";") {
        end += 1;
    }
    end
}

/// The parts of the migration whose attribute has its arguments in the group that opens here, and whose item begins
/// there; none where it is not written like this.
pub(super) fn plain(
    tokens: &Tokens<'_>,
    arguments: usize,
    item: usize,
    shown: Option<Shown>,
) -> Option<Plain> {
    let hash = arguments.checked_sub(3)?;
    let alone = tokens.close(arguments) == Some(arguments + 2)
        && tokens.is(arguments - 1, "migration")
        && tokens.is(hash, "#")
        && item == arguments + 4;
    let header = tokens.is(item, "impl") && tokens.is(item + 1, "Migration");
    if !alone || !header || !tokens.is(item + 2, "for") || !is_inert(tokens, hash) {
        return None;
    }
    let name = tokens.word(item + 3)?;
    let open = item + 4;
    let close = tokens.group(open, "{").filter(|end| *end < tokens.len())?;
    let mut literals = Vec::new();
    let mut both = (Vec::new(), Vec::new());
    let mut found = (false, false);
    let mut at = open + 1;
    while at < close {
        let is_up = tokens.is(at + 1, "up");
        let (seen, own) = if is_up {
            (&mut found.0, &mut both.0)
        } else {
            (&mut found.1, &mut both.1)
        };
        let end = function(tokens, at, own)?;
        for at in own {
            let literal = tokens.get(*at)?;
            literals.push(literal.start..literal.start + literal.text.len());
        }
        if std::mem::replace(seen, true) {
            return None;
        }
        at = end + 1;
    }
    let is_whole = found == (true, true);
    let found = unit_struct(tokens, hash, close, name);
    is_whole.then(|| Plain {
        name: name.to_owned(),
        public: found.is_some_and(|keyword| is_public(tokens, keyword)),
        start: tokens.start(hash),
        braces: tokens.start(open)..tokens.start(close) + 1,
        literals,
        tokens: both,
        proven: shown.is_some_and(|shown| shown.has_trait) && found.is_some(),
    })
}

/// The migration itself, whose attribute has its arguments in the group that opens here.
pub(super) fn migration(tokens: &Tokens<'_>, arguments: usize, plain: &Plain) -> Option<Migration> {
    let id = tokens.string(arguments + 1)?;
    id.parse::<MigrationId>().ok()?;
    let steps = |literals: &[usize]| {
        let mut steps = Vec::with_capacity(literals.len());
        for at in literals {
            let text = text(tokens, *at)?;
            steps.push(Step {
                start: text.start,
                what: What::Sql(text),
                conditional: false,
            });
        }
        Some(steps)
    };
    Some(Migration {
        id: id.into_owned(),
        start: tokens.start(arguments + 1),
        up: steps(&plain.tokens.0)?,
        down: Some(steps(&plain.tokens.1)?),
        transaction: true,
        irreversible: false,
        conditional: false,
        levels: Vec::new(),
    })
}

/// `fn up(&self, steps: &mut Steps) { steps.sql(sql!("…")); … }`: its last token. The tokens of its literals are added.
fn function(tokens: &Tokens<'_>, at: usize, literals: &mut Vec<usize>) -> Option<usize> {
    const PARAMETERS: [&str; 9] = ["(", "&", "self", ",", "", ":", "&", "mut", "Steps"];
    let is_known = tokens.is(at + 1, "up") || tokens.is(at + 1, "down");
    if !tokens.is(at, "fn") || !is_known {
        return None;
    }
    let mut part = 0;
    while part < PARAMETERS.len() {
        if part != 4 && !tokens.is(at + 2 + part, PARAMETERS[part]) {
            return None;
        }
        part += 1;
    }
    let steps = tokens.word(at + 6)?;
    let open = at + 12;
    let close = tokens.group(open, "{")?;
    if tokens.close(at + 2) != Some(at + 11) {
        return None;
    }
    let mut at = open + 1;
    while at < close {
        at = step(tokens, at, steps, literals)?;
    }
    Some(close)
}

/// `steps.sql(sql!("…"));`: the token behind it.
fn step(tokens: &Tokens<'_>, at: usize, steps: &str, literals: &mut Vec<usize>) -> Option<usize> {
    let call = tokens.is(at, steps)
        && tokens.is(at + 1, ".")
        && tokens.is(at + 2, "sql")
        && tokens.group(at + 3, "(") == Some(at + 9);
    let inner = tokens.is(at + 4, "sql")
        && tokens.is(at + 5, "!")
        && tokens.group(at + 6, "(") == Some(at + 8)
        && tokens.is(at + 10, ";");
    let literal = tokens.get(at + 7)?;
    if !call || !inner || literal.kind != Kind::Text {
        return None;
    }
    literals.push(at + 7);
    Some(at + 11)
}

/// The keyword of `struct Name;`, where it stands right before the attribute or right behind the `impl`, and always
/// exists.
fn unit_struct(tokens: &Tokens<'_>, hash: usize, close: usize, name: &str) -> Option<usize> {
    let is = |at: usize| {
        tokens.is(at, "struct")
            && tokens.is(at + 1, name)
            && tokens.is(at + 2, ";")
            && is_inert(tokens, before_visibility(tokens, at))
    };
    let behind = close + 1 + visibility(tokens, close + 1);
    let before = hash.checked_sub(3).filter(|at| is(*at));
    before.or_else(|| is(behind).then_some(behind))
}

/// Whether `pub` or `pub(crate)` stands before the keyword of an item.
pub(super) fn is_public(tokens: &Tokens<'_>, keyword: usize) -> bool {
    let at = before_visibility(tokens, keyword);
    let length = keyword - at;
    length == 1 || (length == 4 && tokens.is(at + 2, "crate"))
}

/// How many tokens `pub` or `pub(…)` has that begins here.
fn visibility(tokens: &Tokens<'_>, at: usize) -> usize {
    match (tokens.is(at, "pub"), tokens.group(at + 1, "(")) {
        (false, _) => 0,
        (true, Some(close)) => close + 1 - at,
        (true, None) => 1,
    }
}

/// The first token of an item, from its keyword.
pub(super) fn before_visibility(tokens: &Tokens<'_>, keyword: usize) -> usize {
    let mut at = keyword;
    while at > 0 && keyword - at < 6 {
        at -= 1;
        if at + visibility(tokens, at) == keyword {
            return at;
        }
    }
    keyword
}

/// Whether the attributes before an item leave it as it is.
pub(super) fn is_inert(tokens: &Tokens<'_>, item: usize) -> bool {
    const KNOWN: [&str; 9] = [
        "allow", "deny", "derive", "doc", "expect", "must_use", "path", "rustfmt", "warn",
    ];
    let mut end = item;
    while end > 0 && tokens.is(end - 1, "]") {
        let mut open = end - 1;
        while open > 0 && tokens.close(open) != Some(end - 1) {
            open -= 1;
        }
        // `#![…]` is about what is around the item, where these do the same.
        let hash = open.saturating_sub(if tokens.is(open.wrapping_sub(1), "!") {
            2
        } else {
            1
        });
        if !tokens.is(hash, "#") || !KNOWN.contains(&tokens.text(open + 1)) {
            return false;
        }
        end = hash;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::{Conditions, scan, scan::ItemKind};
    use super::*;

    const MIGRATION: &str = "#[migration(\"1_a\")]\nimpl Migration for X {\n    /// Why.\n    fn up(&self, steps: &mut Steps) {\n        \
        steps.sql(sql!(\"SELECT 1\")); // a\n        steps.sql(sql!(r\"b\"));\n    }\n    fn down(&self, s: &mut Steps) {}\n}\n";

    fn of(source: &str) -> Option<Plain> {
        let tokens = Tokens::read(source);
        let items = scan::scan(&tokens, &Conditions::default());
        items.into_iter().find_map(|item| match item.what {
            ItemKind::Migration(_, plain) => plain,
            _ => None,
        })
    }

    fn proven(source: &str) -> bool {
        of(source).unwrap().proven
    }

    #[test]
    fn the_parts_are_told() {
        let found = of(MIGRATION).unwrap();
        assert_eq!(found.name, "X");
        assert!(MIGRATION[found.braces.clone()].starts_with("{\n    /// Why."));
        assert!(MIGRATION[found.braces].ends_with("{}\n}"));
        let literals: Vec<&str> = found.literals.into_iter().map(|r| &MIGRATION[r]).collect();
        assert_eq!(literals, ["\"SELECT 1\"", "r\"b\""]);
        assert!(!found.proven);
    }

    #[test]
    fn it_is_read_as_any_other() {
        let other = MIGRATION.replacen("\"1_a\"", "\"1_a\",", 1);
        let read = |source: &str| {
            let tokens = Tokens::read(source);
            let mut items = scan::scan(&tokens, &Conditions::default());
            match items.pop().map(|item| item.what) {
                Some(ItemKind::Migration(migration, plain)) => (*migration, plain.is_some()),
                _ => panic!("{source}"),
            }
        };
        let ((short, is_plain), (long, is_not)) = (read(MIGRATION), read(&other));
        assert!(is_plain && !is_not);
        assert_eq!(short, long);
        assert_eq!(short.start, long.start);
        let starts = |one: &Migration| one.up.iter().map(|step| step.start).collect::<Vec<_>>();
        assert_eq!(starts(&short)[0] + 1, starts(&long)[0]);
    }

    #[test]
    fn what_is_written_otherwise_is_not_plain() {
        for (from, to) in [
            ("\"1_a\"", "\"1_a\", irreversible = \"b\""),
            ("#[migration", "#[other]\n#[migration"),
            ("impl", "#[cfg(a)] impl"),
            ("impl", "unsafe impl"),
            ("Migration for", "a::Migration for"),
            ("for X", "for a::X"),
            ("for X", "for X<u8>"),
            ("fn down(&self, s: &mut Steps) {}", ""),
            ("fn down(&self", "fn up(&self"),
            ("fn down", "#[cfg(a)] fn down"),
            ("fn down", "both!(); fn down"),
            ("s: &mut Steps", "s: &mut Steps, b: u8"),
            ("s: &mut Steps", "mut s: &mut Steps"),
            ("s: &mut Steps) {}", "s: &mut Steps) -> u8 {}"),
            (
                "s: &mut Steps) {}",
                "s: &mut Steps) { steps.sql(sql!(\"a\")); }",
            ),
            ("s: &mut Steps) {}", "s: &mut Steps) { s.sql(sql!(\"a\")) }"),
            (
                "s: &mut Steps) {}",
                "s: &mut Steps) { s.sql(sql!(\"a\", b)); }",
            ),
            (
                "s: &mut Steps) {}",
                "s: &mut Steps) { s.sql(Sql::unchecked(\"a\")); }",
            ),
            (
                "s: &mut Steps) {}",
                "s: &mut Steps) { if a { s.sql(sql!(\"a\")); } }",
            ),
        ] {
            let source = MIGRATION.replacen(from, to, 1);
            assert_ne!(source, MIGRATION, "{from}");
            assert_eq!(of(&source), None, "{source}");
        }
        assert_eq!(of(&format!("#[other] mod a {{ {MIGRATION} }}")), None);
        assert_eq!(
            of(&format!("#[other] pub(crate) mod a {{ {MIGRATION} }}")),
            None
        );
        assert_eq!(of(&format!("fn a() {{ {MIGRATION} }}")), None);
        assert!(of(&format!("#[allow(a)] pub mod a {{ {MIGRATION} }}")).is_some());
        assert!(of(&format!("#[allow(a)] {MIGRATION}")).is_some());
    }

    #[test]
    fn what_a_compiler_would_look_up_is_proven() {
        let with = |before: &str| format!("{before}\n{MIGRATION}");
        for right in [
            "use migrate_core::prelude::*; pub struct X;",
            "//! a\nuse std::fmt;\nuse migrate_core::{Migration, Steps, migration, sql};\n#[derive(Debug)] pub(crate) struct X;",
            "#![allow(a)] #[allow(b)] use migrate_core::prelude::*; struct X;",
        ] {
            assert!(proven(&with(right)), "{right}");
        }
        assert!(proven(&format!(
            "use migrate_core::prelude::*; {MIGRATION} pub struct X;"
        )));
        for doubtful in [
            "pub struct X;",
            "use super::*; pub struct X;",
            "use migrate_core::prelude::*;",
            "use migrate_core::prelude::*; struct X(u8);",
            "use migrate_core::prelude::*; struct X {}",
            "use migrate_core::prelude::*; struct Y;",
            "use migrate_core::prelude::*; #[cfg(a)] struct X;",
            "use migrate_core::prelude::*; #[other] struct X;",
            "use migrate_core::prelude::*; use a::Migration; struct X;",
            "use migrate_core::prelude::*; trait Migration {} struct X;",
            "use migrate_core::prelude::Steps; struct X;",
            "use migrate_core::{Error as Migration}; use migrate_core::prelude::*; struct X;",
            "#[cfg(a)] use migrate_core::prelude::*; struct X;",
            "mod a { use migrate_core::prelude::*; } struct X;",
            "use other::prelude::*; struct X;",
        ] {
            assert!(!proven(&with(doubtful)), "{doubtful}");
        }
        let inner = with("use migrate_core::prelude::*; struct X;");
        assert!(!proven(&format!("mod a {{ {inner} }}")));
    }

    #[test]
    fn broken_sources_are_no_panic() {
        for at in 0..MIGRATION.len() {
            if let Some(part) = MIGRATION.get(..at) {
                of(part);
            }
        }
        of("migration(\"1_a\")]impl Migration for X {");
        of("#[migration(\"1_a\")]");
    }
}
