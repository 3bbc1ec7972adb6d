//! From the root of a crate to its migrations: along `mod` lines, never by listing folders, because a folder has files
//! that are no part of the crate.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    Migration, Plain, Reach, Step, What,
    conditions::{Conditions, Predicate},
    lexer::Tokens,
    scan::{self, Call, Definition, Item, ItemKind, PathPart},
};
use crate::{
    MigrationId,
    hash::{HashMap, HashSet},
};

/// Where the sources come from.
pub trait Files {
    /// The text of a file; none if there is none.
    fn read(&mut self, path: &Path) -> Option<String>;

    /// A migration was found. Whoever reads it may begin while the others are still looked for.
    fn found(&mut self, _migration: &Migration) {}

    /// A variable of the environment in which the crate is compiled.
    fn variable(&self, name: &str) -> Option<String>;

    /// The files below a folder that [`crate::folder::is_wanted`], as paths below it with `/` between their parts.
    fn list(&mut self, _folder: &Path) -> Vec<String> {
        Vec::new()
    }
}

/// The sources of a crate, as far as they have to do with migrations.
#[derive(Debug, Default)]
pub struct Project {
    /// The files that were read and have migrations in them.
    pub files: Vec<SourceFile>,
    /// The migrations in the order of their identifiers.
    pub migrations: Vec<Found>,
    /// The folders that `migrations!` embeds, with the predicates under which they are there.
    pub folders: Vec<(String, Vec<Predicate>)>,
    /// Why there may be others, which nobody sees.
    pub doubts: Vec<&'static str>,
    /// A lint that finds unused items is forbidden in one of the files, so that nothing may be allowed either.
    pub forbids_unused: bool,
}

/// A file of a crate.
#[derive(Debug)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// A migration that was found.
#[derive(Debug)]
pub struct Found {
    /// What it is.
    pub migration: Migration,
    /// The file that it stands in, as an index into [`Project::files`].
    pub file: usize,
    /// The same for its `down`, which stands in another one only in a folder of SQL files.
    pub down_file: usize,
    /// The predicates under which it exists, of which nobody knows whether they hold.
    pub predicates: Vec<Predicate>,
    /// Where its parts stand, if it is written as most are.
    pub plain: Option<Plain>,
    /// The module of its file, where it is known how to name it.
    pub module: Option<Module>,
    /// It is made by a macro, so that its own source is not what the file shows.
    pub made: bool,
}

/// The module that a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name in the crate: `crate::migrations::users`.
    pub path: String,
    /// How much of that is the module in which, and below which, it can be named.
    within: usize,
}

impl Module {
    fn root() -> Self {
        let path = "crate".to_owned();
        Self {
            within: path.len(),
            path,
        }
    }

    fn child(&self, name: &str, public: bool) -> Self {
        Self {
            path: format!("{}::{name}", self.path),
            within: if public { self.within } else { self.path.len() },
        }
    }

    /// Whether it can be named in another one.
    pub fn is_seen_from(&self, other: &Self) -> bool {
        let within = self.path.get(..self.within).unwrap_or_default();
        let rest = other.path.strip_prefix(within);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

/// Finds the migrations of the crate with this root.
pub fn walk(root: &Path, files: &mut dyn Files, conditions: &Conditions) -> Project {
    let mut walk = Walk {
        files,
        conditions,
        project: Project::default(),
        definitions: HashMap::default(),
        calls: Vec::new(),
        seen: HashSet::default(),
        open: vec![Open {
            path: root.to_owned(),
            folder: root.parent().map(Path::to_owned).unwrap_or_default(),
            inner: None,
            module: Some(Module::root()),
            predicates: Vec::new(),
        }],
    };
    while let Some(open) = walk.open.pop() {
        walk.file(open);
    }
    walk.macros();
    let mut project = walk.project;
    project.sort();
    project
}

impl Project {
    pub(super) fn sort(&mut self) {
        let key = |found: &Found| found.migration.id.parse::<MigrationId>().ok();
        self.migrations.sort_by_cached_key(key);
    }
}

struct Walk<'a> {
    files: &'a mut dyn Files,
    conditions: &'a Conditions,
    project: Project,
    definitions: HashMap<String, Definition>,
    /// Calls of macros, with their file, their place and their conditions.
    calls: Vec<(Call, usize, usize, Vec<Predicate>)>,
    seen: HashSet<OsString>,
    open: Vec<Open>,
}

/// A file that is still to be read.
struct Open {
    path: PathBuf,
    /// Where its modules are.
    folder: PathBuf,
    /// The folder whose `mod.rs` it may be instead.
    inner: Option<PathBuf>,
    module: Option<Module>,
    predicates: Vec<Predicate>,
}

impl Walk<'_> {
    fn file(&mut self, open: Open) {
        // As a text: the parts of a path take longer.
        if !self.seen.insert(open.path.clone().into_os_string()) {
            return;
        }
        let Some(text) = self.files.read(&open.path) else {
            // The one that is there is read; the other one is not.
            if let Some(folder) = open.inner {
                self.open.push(Open {
                    path: folder.join("mod.rs"),
                    folder,
                    inner: None,
                    ..open
                });
            }
            return;
        };
        if !may_count(&text) {
            return;
        }
        let tokens = Tokens::read(&text);
        let mut items = scan::scan(&tokens, self.conditions);
        scan::resolve(&tokens, self.conditions, &mut items);
        drop(tokens);
        let file = self.project.files.len();
        for item in items {
            self.item(item, file, &open);
        }
        let path = open.path;
        self.project.files.push(SourceFile { path, text });
    }

    fn item(&mut self, item: Item, file: usize, open: &Open) {
        let Item {
            what,
            start,
            modules,
            predicates: own,
        } = item;
        let mut predicates = open.predicates.clone();
        predicates.extend(own);
        match what {
            ItemKind::Migration(mut migration, plain) => {
                migration.conditional |= !predicates.is_empty();
                self.files.found(&migration);
                self.project.migrations.push(Found {
                    migration: *migration,
                    file,
                    down_file: file,
                    predicates,
                    module: open.module.clone().filter(|_| plain.is_some()),
                    plain,
                    made: false,
                });
            }
            ItemKind::Module { name, path, public } => {
                let module = open.module.as_ref().zip(public);
                let module = module.map(|(parent, public)| parent.child(&name, public));
                self.module((&name, module), path.as_deref(), &modules, predicates, open);
            }
            ItemKind::Include(parts) => self.include(&parts, predicates, open),
            ItemKind::Definition(definition) => {
                let name = definition.name.clone();
                self.definitions.insert(name, definition);
            }
            ItemKind::Folder(folder) => self.project.folders.push((folder, predicates)),
            ItemKind::Call(call) => self.calls.push((call, file, start, predicates)),
            ItemKind::Doubt(why) => self.project.doubts.push(why),
            ItemKind::ForbidsUnused => self.project.forbids_unused = true,
        }
    }

    fn module(
        &mut self,
        (name, module): (&str, Option<Module>),
        path: Option<&str>,
        modules: &[(String, Option<String>)],
        predicates: Vec<Predicate>,
        open: &Open,
    ) {
        let beside = open.path.parent().unwrap_or(Path::new(""));
        // `#[path]` counts from the file's own folder, unless the module stands in another one.
        let mut folder = match modules {
            [] => open.folder.clone(),
            [(name, path), rest @ ..] => {
                let mut folder = match path {
                    Some(path) => beside.join(path),
                    None => open.folder.join(name),
                };
                for (name, path) in rest {
                    folder.push(path.as_deref().unwrap_or(name));
                }
                folder
            }
        };
        let mut inner = None;
        let found = match path {
            Some(path) => {
                let base = if modules.is_empty() { beside } else { &folder };
                let path = normal(&base.join(path));
                let folder = path.parent().map(Path::to_owned).unwrap_or_default();
                (path, folder)
            }
            None => {
                let file = folder.join(format!("{name}.rs"));
                folder.push(name);
                inner = Some(folder.clone());
                (file, folder)
            }
        };
        self.open.push(Open {
            path: found.0,
            folder: found.1,
            inner,
            module,
            predicates,
        });
    }

    fn include(&mut self, parts: &[PathPart], predicates: Vec<Predicate>, open: &Open) {
        let text = |part: &PathPart| match part {
            PathPart::Text(text) => Some(text.clone()),
            PathPart::Variable(variable) => self.files.variable(variable),
        };
        let name: Option<String> = parts.iter().map(text).collect();
        let name = name.unwrap_or_default();
        if name.is_empty() || Path::new(&name).extension().is_none_or(|e| e != "rs") {
            self.project
                .doubts
                .push("the path of an `include!` cannot be read");
            return;
        }
        let path = open.path.parent().unwrap_or(Path::new("")).join(name);
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        self.open.push(Open {
            path,
            folder,
            inner: None,
            // It is a part of another module.
            module: None,
            predicates,
        });
    }

    /// What the calls of macros make.
    fn macros(&mut self) {
        for (call, file, start, predicates) in std::mem::take(&mut self.calls) {
            let (makes, ids, reach) = self.expansion(&call);
            if !makes {
                continue;
            }
            let ids = if call.ids.is_empty() { ids } else { call.ids };
            if ids.is_empty() {
                let why = "a macro makes migrations whose ids cannot be told";
                self.project.doubts.push(why);
            }
            for id in ids {
                self.project.migrations.push(Found {
                    migration: made(id, start, reach.clone()),
                    file,
                    down_file: file,
                    predicates: predicates.clone(),
                    plain: None,
                    module: None,
                    made: true,
                });
            }
        }
    }

    /// Whether a call makes migrations, with the ids and the reach that its definition has.
    fn expansion(&self, call: &Call) -> (bool, Vec<String>, Reach) {
        let mut reach = Reach {
            words: call.words.clone(),
            ..Reach::default()
        };
        let (mut makes, mut ids) = (call.passes, Vec::new());
        let mut open = vec![call.name.as_str()];
        let mut seen: HashSet<&str> = HashSet::default();
        while let Some(name) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            match self.definitions.get(name) {
                Some(definition) => {
                    makes |= definition.makes;
                    ids.extend(definition.ids.iter().cloned());
                    reach.words.extend(definition.reach.words.iter().cloned());
                    reach.everything |= definition.reach.everything;
                    open.extend(definition.calls.iter().map(String::as_str));
                }
                // A macro from elsewhere that is given an id may make a migration, and in any way.
                None if name == call.name && !call.passes => {
                    makes |= !call.ids.is_empty();
                    reach.everything = true;
                }
                None => {}
            }
        }
        (makes, ids, reach)
    }
}

/// A migration of which only the id is known, and what it may reach.
fn made(id: String, start: usize, reach: Reach) -> Migration {
    let step = Step {
        what: What::Rust(reach),
        start,
        conditional: true,
    };
    Migration {
        id,
        start,
        up: vec![step],
        down: Some(Vec::new()),
        transaction: true,
        irreversible: true,
        conditional: true,
        levels: Vec::new(),
    }
}

/// Whether a file can have migrations, or lead to others. Most files of an application do not, and need not be read
/// word by word.
fn may_count(text: &str) -> bool {
    let words = ["migration", "mod ", "include!", "macro_rules!"];
    let ids = [
        "\"0", "\"1", "\"2", "\"3", "\"4", "\"5", "\"6", "\"7", "\"8", "\"9",
    ];
    words.iter().chain(&ids).any(|word| text.contains(word))
}

/// The path without `.` and `..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
