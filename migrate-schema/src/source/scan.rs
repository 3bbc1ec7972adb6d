//! The migrations and the modules in one source.

use std::collections::HashMap;

use super::{
    Migration, Reach, Step, What,
    conditions::{Conditions, Predicate, parts, written},
    lexer::{Kind, Tokens},
    plain::{self, Plain, Shown},
    steps::{steps, text},
    variant::variants,
    words::{Declarations, hides_names, words_in},
};
use crate::{Code, Level, MigrationId};

/// Something that has a part in the history.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) what: ItemKind,
    /// The first byte of it.
    pub(super) start: usize,
    /// The inline modules around it, each with the folder or file that `#[path]` names.
    pub(super) modules: Vec<(String, Option<String>)>,
    /// The predicates on it and around it of which nobody knows whether they hold.
    pub(super) predicates: Vec<Predicate>,
}

#[derive(Debug)]
pub(super) enum ItemKind {
    /// A migration, and where its parts stand if it is a plain one.
    Migration(Box<Migration>, Option<Plain>),
    /// `mod name;`
    Module {
        name: String,
        path: Option<String>,
        /// Whether it can be named in the whole crate, where it stands among the items of its file.
        public: Option<bool>,
    },
    /// `include!(…)`: the parts that its path is put together from.
    Include(Vec<PathPart>),
    /// `macro_rules! name`.
    Definition(Definition),
    /// `migrations!("folder")`: SQL files.
    Folder(String),
    /// The call of a macro.
    Call(Call),
    /// Something that may hide migrations.
    Doubt(&'static str),
    /// A lint that finds unused items is forbidden.
    ForbidsUnused,
}

/// A part of the path of an `include!`.
#[derive(Debug)]
pub(super) enum PathPart {
    Text(String),
    Variable(String),
}

/// A macro of the crate.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    /// It has the attribute in it.
    pub(super) makes: bool,
    pub(super) ids: Vec<String>,
    /// The macros that it calls.
    pub(super) calls: Vec<String>,
    pub(super) reach: Reach,
}

/// The call of a macro that may make a migration.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) ids: Vec<String>,
    pub(super) words: Vec<String>,
    /// It is given the attribute.
    pub(super) passes: bool,
}

/// The single migration in these tokens, which are the arguments of an attribute and the item that it stands on: what
/// a macro is given. Places are those of the tokens.
pub fn migration_in(tokens: &Tokens<'_>, conditions: &Conditions) -> Option<Migration> {
    let mut scanner = Scanner::new(tokens, conditions);
    let close = tokens.group(1, "[")?;
    let arguments = (0..close).find(|at| tokens.group(*at, "(").is_some())?;
    let mut item = close + 1;
    while let Some(end) = tokens.group(item + 1, "[").filter(|_| tokens.is(item, "#")) {
        item = end + 1;
    }
    scanner.migration(arguments, item)
}

/// Everything in a source that has a part in the history, in its order.
pub(super) fn scan(tokens: &Tokens<'_>, conditions: &Conditions) -> Vec<Item> {
    let mut scanner = Scanner::new(tokens, conditions);
    scanner.scan();
    scanner.items
}

struct Scanner<'a> {
    tokens: &'a Tokens<'a>,
    conditions: &'a Conditions,
    declarations: Option<Declarations>,
    shown: Option<Shown>,
    /// The braces of each `impl Migration for …`, by the name of the type; none where there are several.
    implementations: Option<HashMap<&'a str, Option<usize>>>,
    items: Vec<Item>,
    scopes: Vec<Scope>,
}

/// What stands around an item.
#[derive(Default)]
struct Scope {
    /// The token that closes it.
    end: usize,
    module: Option<(String, Option<String>)>,
    /// Items stand in it, and no code.
    items: bool,
    /// What stands in it is compiled as it stands there: no attribute changes it.
    inert: bool,
    predicates: Vec<Predicate>,
    /// It does not exist in this configuration.
    absent: bool,
}

/// The attributes of an item that is still to come.
#[derive(Default)]
struct Attributes {
    predicates: Vec<Predicate>,
    absent: bool,
    path: Option<String>,
    /// The group with the arguments of `#[migration(…)]`.
    migration: Option<usize>,
}

impl<'a> Scanner<'a> {
    fn new(tokens: &'a Tokens<'a>, conditions: &'a Conditions) -> Self {
        Self {
            tokens,
            conditions,
            declarations: None,
            shown: None,
            implementations: None,
            items: Vec::new(),
            scopes: vec![Scope {
                end: usize::MAX,
                items: true,
                inert: true,
                ..Scope::default()
            }],
        }
    }

    fn scan(&mut self) {
        let tokens = self.tokens;
        let mut attributes = Attributes::default();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token.kind {
                Kind::Punct if tokens.is(at, "#") => {
                    if let Some(close) = self.attribute(at, &mut attributes) {
                        at = close + 1;
                        self.item(at, &mut attributes);
                        continue;
                    }
                }
                Kind::Punct if tokens.is(at, ";") => attributes = Attributes::default(),
                Kind::Open(close) if tokens.is(at, "{") => {
                    self.enter(at, close, std::mem::take(&mut attributes));
                }
                Kind::Open(close) => {
                    self.skip(at, close);
                    at = close;
                }
                Kind::Close => {
                    if self.scopes.len() > 1 && self.scopes.last().is_some_and(|s| s.end == at) {
                        self.scopes.pop();
                    }
                    attributes = Attributes::default();
                }
                Kind::Word => match tokens.text(at) {
                    "mod" if tokens.is(at + 2, ";") && tokens.word(at + 1).is_some() => {
                        let attributes = std::mem::take(&mut attributes);
                        self.module(at, attributes);
                    }
                    "migration" if tokens.is(at + 1, "as") && !tokens.is(at + 2, "_") => {
                        self.doubt(at, "`migration` has another name in the source");
                    }
                    name if tokens.is(at + 1, "!") && !tokens.is(at + 2, "=") => {
                        let name = name.to_owned();
                        let attributes = std::mem::take(&mut attributes);
                        at = self.macro_call(at, name, attributes);
                    }
                    _ => {}
                },
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads `#[…]` or `#![…]`; its last token.
    fn attribute(&mut self, at: usize, attributes: &mut Attributes) -> Option<usize> {
        let tokens = self.tokens;
        let inner = tokens.is(at + 1, "!");
        let open = at + 1 + usize::from(inner);
        let close = tokens.group(open, "[")?;
        if inner {
            let mut own = Attributes::default();
            self.meta(open + 1, close, &mut own);
            if let Some(scope) = self.scopes.last_mut() {
                scope.predicates.append(&mut own.predicates);
                scope.absent |= own.absent;
            }
        } else {
            self.meta(open + 1, close, attributes);
        }
        Some(close)
    }

    fn meta(&mut self, start: usize, end: usize, attributes: &mut Attributes) {
        let tokens = self.tokens;
        let mut name = start;
        while tokens.is(name + 1, ":") {
            name += 3;
        }
        name += if tokens.is(name, ":") { 2 } else { 0 };
        let arguments = tokens.group(name + 1, "(");
        match (tokens.text(name), arguments) {
            ("cfg", Some(close)) => self.predicate(name + 2, close, attributes),
            ("forbid", Some(close)) => {
                let is_unused =
                    |at| matches!(tokens.word(at), Some("dead_code" | "unused" | "warnings"));
                if (name..close).any(is_unused) {
                    let start = tokens.start(start);
                    self.push(start, ItemKind::ForbidsUnused, Vec::new());
                }
            }
            ("path", None) => attributes.path = tokens.string(name + 2).map(|p| p.into_owned()),
            ("migration", Some(_)) if tokens.string(name + 2).is_some() => {
                attributes.migration = Some(name + 1);
            }
            ("cfg_attr", Some(close)) => {
                let parts = parts(tokens, name + 2, close);
                let Some(((from, to), metas)) = parts.split_first() else {
                    return;
                };
                let holds = self.conditions.holds(tokens, *from, *to);
                for (from, to) in metas {
                    let mut inner = Attributes::default();
                    if holds != Some(false) && *to <= end {
                        self.meta(*from, *to, &mut inner);
                    }
                    if holds.is_none() && inner.path.is_some() {
                        self.doubt(start, "the file of a module depends on a condition");
                    }
                    let conditional =
                        holds.is_none() && (inner.migration.is_some() || inner.absent);
                    if conditional {
                        inner.absent = false;
                        inner.predicates.push(written(tokens, start, end));
                    }
                    attributes.predicates.append(&mut inner.predicates);
                    attributes.absent |= inner.absent;
                    attributes.path = inner.path.or(attributes.path.take());
                    attributes.migration = inner.migration.or(attributes.migration);
                }
            }
            _ => {}
        }
    }

    fn predicate(&self, start: usize, end: usize, attributes: &mut Attributes) {
        match self.conditions.holds(self.tokens, start, end) {
            Some(true) => {}
            Some(false) => attributes.absent = true,
            None => {
                let predicate = written(self.tokens, start, end);
                attributes.predicates.push(predicate);
            }
        }
    }

    /// The item behind an attribute, if the attributes have said that it is a migration and all of them are read.
    fn item(&mut self, at: usize, attributes: &mut Attributes) {
        if self.tokens.is(at, "#") {
            return;
        }
        let Some(arguments) = attributes.migration.take() else {
            return;
        };
        if attributes.absent || self.is_absent() {
            return;
        }
        let plain = self.plain(arguments, at);
        let read = match &plain {
            Some(plain) => plain::migration(self.tokens, arguments, plain),
            None => None,
        };
        if let Some(migration) = read.or_else(|| self.migration(arguments, at)) {
            let predicates = attributes.predicates.clone();
            let start = migration.start;
            let migration = ItemKind::Migration(Box::new(migration), plain);
            self.push(start, migration, predicates);
        }
    }

    fn plain(&mut self, arguments: usize, item: usize) -> Option<Plain> {
        if !self.scopes.iter().all(|scope| scope.inert) {
            return None;
        }
        let tokens = self.tokens;
        let at_top = self.scopes.len() == 1;
        let shown = at_top.then(|| *self.shown.get_or_insert_with(|| Shown::new(tokens)));
        plain::plain(tokens, arguments, item, shown)
    }

    fn is_absent(&self) -> bool {
        self.scopes.iter().any(|scope| scope.absent)
    }

    fn push(&mut self, start: usize, what: ItemKind, own: Vec<Predicate>) {
        let around = self.scopes.iter().flat_map(|scope| &scope.predicates);
        let predicates = around.cloned().chain(own).collect();
        let modules = self.scopes.iter().filter_map(|scope| scope.module.clone());
        self.items.push(Item {
            what,
            start,
            modules: modules.collect(),
            predicates,
        });
    }

    fn doubt(&mut self, at: usize, why: &'static str) {
        if !self.is_absent() {
            self.push(self.tokens.start(at), ItemKind::Doubt(why), Vec::new());
        }
    }

    fn enter(&mut self, at: usize, close: usize, attributes: Attributes) {
        let tokens = self.tokens;
        let is_module = at >= 2 && tokens.is(at - 2, "mod");
        let module = tokens.word(at.wrapping_sub(1)).filter(|_| is_module);
        self.scopes.push(Scope {
            end: close,
            items: module.is_some(),
            inert: is_module && plain::is_inert(tokens, plain::before_visibility(tokens, at - 2)),
            module: module.map(|name| (name.to_owned(), attributes.path)),
            predicates: attributes.predicates,
            absent: attributes.absent,
        });
    }

    fn module(&mut self, at: usize, attributes: Attributes) {
        if attributes.absent || self.is_absent() {
            return;
        }
        let written = self.tokens.text(at + 1);
        let name = written.trim_start_matches("r#").to_owned();
        let keyword = plain::before_visibility(self.tokens, at);
        let is_plain = self.scopes.len() == 1
            && name.len() == written.len()
            && attributes.predicates.is_empty()
            && plain::is_inert(self.tokens, keyword);
        let module = ItemKind::Module {
            name,
            public: is_plain.then(|| plain::is_public(self.tokens, at)),
            path: attributes.path,
        };
        self.push(self.tokens.start(at), module, attributes.predicates);
    }

    /// A group that is passed over. Migrations in the middle of an expression are rare.
    fn skip(&mut self, start: usize, end: usize) {
        if self.has_attribute(start, end) {
            self.doubt(start, "a migration stands inside of an expression");
        }
    }

    fn has_attribute(&self, start: usize, end: usize) -> bool {
        let tokens = self.tokens;
        let end = end.min(tokens.len());
        let mut at = start;
        while at < end {
            if tokens.is(at, "migration")
                && tokens.group(at + 1, "(").is_some()
                && (tokens.is(at - 1, "[") || tokens.is(at - 1, ":"))
            {
                return true;
            }
            at += 1;
        }
        false
    }

    /// The call of a macro, or its definition; its last token.
    fn macro_call(&mut self, at: usize, name: String, attributes: Attributes) -> usize {
        let tokens = self.tokens;
        let is_definition = name == "macro_rules" && tokens.word(at + 2).is_some();
        let open = at + 2 + usize::from(is_definition);
        let Some(close) = tokens.close(open) else {
            return at + 1;
        };
        if attributes.absent || self.is_absent() {
            return close;
        }
        let ids: Vec<String> = (open..close)
            .filter_map(|at| tokens.string(at))
            .filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
            .filter(|text| text.parse::<MigrationId>().is_ok())
            .map(|text| text.into_owned())
            .collect();
        let mut words = Vec::new();
        let among_items = self.scopes.last().is_some_and(|scope| scope.items);
        let what = if is_definition {
            words_in(tokens, open, close, &mut words);
            let calls = (open..close)
                .filter(|at| tokens.is(at + 1, "!"))
                .filter_map(|at| tokens.word(at));
            Some(ItemKind::Definition(Definition {
                name: tokens.text(at + 2).to_owned(),
                makes: self.has_attribute(open, close),
                calls: calls.map(str::to_owned).collect(),
                reach: Reach {
                    words,
                    everything: self.makes_names(open, close),
                    ..Reach::default()
                },
                ids,
            }))
        } else if name == "include" {
            Some(ItemKind::Include(self.path(open, close)))
        } else {
            if name == "migrations"
                && let Some(folder) = tokens.string(open + 1)
            {
                let folder = ItemKind::Folder(folder.into_owned());
                self.push(tokens.start(at), folder, attributes.predicates.clone());
            }
            let passes = self.has_attribute(open, close);
            let counts = among_items || passes || !ids.is_empty();
            counts.then(|| {
                words_in(tokens, open, close, &mut words);
                ItemKind::Call(Call {
                    name,
                    ids,
                    words,
                    passes,
                })
            })
        };
        if let Some(what) = what {
            self.push(tokens.start(at), what, attributes.predicates);
        }
        close
    }

    fn makes_names(&self, start: usize, end: usize) -> bool {
        let free = |at| {
            matches!(
                self.tokens.word(at),
                Some("format" | "unchecked" | "unchecked_each" | "run")
            )
        };
        hides_names(self.tokens, start, end) || (start..end).any(free)
    }

    /// `"path"`, or `concat!(env!("OUT_DIR"), "/path")`; empty where it is something else.
    fn path(&self, open: usize, close: usize) -> Vec<PathPart> {
        let tokens = self.tokens;
        let (start, end) = match tokens.word(open + 1) {
            Some("concat") => (open + 4, tokens.close(open + 3).unwrap_or(open + 4)),
            _ => (open + 1, close),
        };
        let part = |(from, to): &(usize, usize)| {
            if to - from == 1 {
                return Some(PathPart::Text(tokens.string(*from)?.into_owned()));
            }
            let is_variable = tokens.is(*from, "env") && tokens.is(from + 1, "!");
            let name = tokens.string(from + 3).filter(|_| is_variable)?;
            Some(PathPart::Variable(name.into_owned()))
        };
        let parts = parts(tokens, start, end);
        let parts: Option<Vec<PathPart>> = parts.iter().map(part).collect();
        parts.unwrap_or_default()
    }

    /// The migration whose arguments open here and whose item begins there.
    fn migration(&mut self, arguments: usize, item: usize) -> Option<Migration> {
        let tokens = self.tokens;
        let end = tokens.close(arguments)?;
        let id = tokens.string(arguments + 1)?;
        id.parse::<MigrationId>().ok()?;
        let mut migration = Migration {
            id: id.into_owned(),
            start: tokens.start(arguments + 1),
            up: Vec::new(),
            down: None,
            transaction: true,
            irreversible: false,
            conditional: false,
            levels: Vec::new(),
        };
        let short = self.options(arguments, end, &mut migration);
        if short {
            return Some(migration);
        }
        match self.implementation(item) {
            Some(open) => self.functions(open, &mut migration),
            None => migration.up.push(nothing_known(migration.start)),
        }
        Some(migration)
    }

    /// Reads the options; whether they have the SQL.
    fn options(&self, arguments: usize, end: usize, migration: &mut Migration) -> bool {
        let tokens = self.tokens;
        let mut short = false;
        for (from, to) in parts(tokens, arguments + 1, end) {
            let value = from + 2;
            let sql = || sql_option(tokens, from);
            match tokens.text(from) {
                "up" => {
                    short = true;
                    migration.up.extend(sql());
                }
                "down" => migration.down = Some(sql().into_iter().collect()),
                "transaction" => migration.transaction = !tokens.is(value, "false"),
                "irreversible" => migration.irreversible = true,
                "environments" => migration.conditional = true,
                "feature" => {
                    let name = tokens.string(value).unwrap_or_default();
                    migration.conditional |= self.conditions.feature(&name) != Some(true);
                }
                level @ ("allow" | "warn" | "deny") => {
                    if let Ok(level) = level.parse::<Level>() {
                        let codes = (from..to).filter_map(|at| tokens.word(at)?.parse().ok());
                        let codes: Vec<Code> = codes.collect();
                        migration
                            .levels
                            .extend(codes.into_iter().map(|c| (c, level)));
                    }
                }
                _ => {}
            }
        }
        short
    }

    /// The braces of the `impl` that the item is, or that stands elsewhere in the source for the struct that it is.
    fn implementation(&mut self, item: usize) -> Option<usize> {
        let tokens = self.tokens;
        let keyword = (item..tokens.len().min(item + 16))
            .take_while(|at| !tokens.is(*at, "{") && !tokens.is(*at, ";"))
            .find(|at| matches!(tokens.word(*at), Some("impl" | "struct")))?;
        if tokens.is(keyword, "impl") {
            return (keyword..tokens.len()).find(|at| tokens.is(*at, "{"));
        }
        let implementations = self.implementations.get_or_insert_with(|| {
            let mut found = HashMap::new();
            for (name, open) in (0..tokens.len()).filter_map(|at| header(tokens, at)) {
                let several = |open: &mut Option<usize>| *open = None;
                found.entry(name).and_modify(several).or_insert(open);
            }
            found
        });
        *implementations.get(tokens.word(keyword + 1)?)?
    }

    /// `up` and `down` in the braces that open here.
    fn functions(&mut self, open: usize, migration: &mut Migration) {
        let tokens = self.tokens;
        let end = tokens.close(open).unwrap_or(open);
        let mut at = open + 1;
        while at < end.min(tokens.len()) {
            if tokens.is(at, "fn") {
                let named = |text: &str| (at..end).find(|at| tokens.group(*at, text).is_some());
                let (parameters, body) = (named("("), named("{"));
                let (Some(parameters), Some(body)) = (parameters, body) else {
                    return;
                };
                match tokens.text(at + 1) {
                    "up" => migration.up = steps(tokens, parameters, body, self.conditions),
                    "down" => {
                        let down = steps(tokens, parameters, body, self.conditions);
                        migration.down = Some(down);
                    }
                    _ => {}
                }
                at = tokens.close(body).unwrap_or(end);
            } else if tokens.is(at + 1, "!") || tokens.is(at, "cfg") || tokens.is(at, "cfg_attr") {
                // A macro may make a function, and a condition may take one away.
                migration.up.push(nothing_known(tokens.start(at)));
                migration.down = Some(vec![nothing_known(tokens.start(at))]);
                return;
            } else if let Some(close) = tokens.close(at).filter(|_| !tokens.is(at, "[")) {
                at = close;
            }
            at += 1;
        }
    }

    /// What the steps use of the rest of the file.
    pub(super) fn resolve(&mut self, migration: &mut Migration) {
        let steps = migration.up.iter_mut();
        for step in steps.chain(migration.down.iter_mut().flatten()) {
            if let What::Rust(reach) = &mut step.what
                && !reach.elsewhere.is_empty()
            {
                let tokens = self.tokens;
                let declarations = self
                    .declarations
                    .get_or_insert_with(|| Declarations::new(tokens));
                declarations.resolve(tokens, reach);
            }
        }
    }
}

/// Resolves what the migrations of a source use of the rest of it.
pub(super) fn resolve(tokens: &Tokens<'_>, conditions: &Conditions, items: &mut [Item]) {
    let mut scanner = Scanner::new(tokens, conditions);
    for item in items {
        if let ItemKind::Migration(migration, _) = &mut item.what {
            scanner.resolve(migration);
        }
    }
}

/// `impl path::Migration for path::Name {`: the name, and the brace; none for that of one that may not exist.
fn header<'a>(tokens: &'a Tokens<'a>, at: usize) -> Option<(&'a str, Option<usize>)> {
    if !tokens.is(at, "impl") {
        return None;
    }
    let open = (at..tokens.len().min(at + 24)).find(|at| tokens.is(*at, "{"))?;
    let of = (at + 1..open).find(|at| tokens.is(*at, "for"))?;
    let plain = (at + 1..open).all(|at| tokens.word(at).is_some() || tokens.is(at, ":"));
    if !plain || !tokens.is(of - 1, "Migration") {
        return None;
    }
    let exists = !tokens.is(at.wrapping_sub(1), "]") || !has_condition(tokens, at);
    Some((tokens.word(open - 1)?, exists.then_some(open)))
}

/// Whether one of the attributes before the item is a condition. Any that is not known may be one.
fn has_condition(tokens: &Tokens<'_>, item: usize) -> bool {
    let mut end = item;
    while end > 0 && tokens.is(end - 1, "]") {
        let open = (0..end - 1)
            .rev()
            .find(|at| tokens.close(*at) == Some(end - 1));
        let Some(open) = open.filter(|open| *open > 0 && tokens.is(open - 1, "#")) else {
            return true;
        };
        let known = ["allow", "expect", "doc", "rustfmt"];
        if !known.contains(&tokens.text(open + 1)) {
            return true;
        }
        end = open - 1;
    }
    false
}

/// `up = "…"`, or `up(sqlite = "…", postgres = "…")`.
fn sql_option(tokens: &Tokens<'_>, name: usize) -> Option<Step> {
    let (start, what) = match tokens.group(name + 1, "(") {
        Some(close) => {
            let all = variants(tokens, name + 2, close, "=")?;
            (all.first()?.text.start, What::Each(all))
        }
        None => {
            let text = text(tokens, name + 2)?;
            (text.start, What::Sql(text))
        }
    };
    Some(Step {
        what,
        start,
        conditional: false,
    })
}

fn nothing_known(start: usize) -> Step {
    Step {
        what: What::Rust(Reach {
            everything: true,
            ..Reach::default()
        }),
        start,
        conditional: true,
    }
}
