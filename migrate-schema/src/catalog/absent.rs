//! What to say of a name that means nothing.

use std::ops::Range;

use super::{Catalog, Class, Former, Key, Lookup, Node, Origin, Relation};
use crate::{
    Code, Finding, nearest,
    tree::{Name, ObjectKind, Path},
};

impl Catalog {
    /// What to say of a name that no table, view or sequence has; nothing where it may come from elsewhere and that was said already.
    ///
    /// `noun` is what the statement takes it for: `table`, `view`, `relation`, ….
    pub fn no_such_relation(&self, path: &Path, noun: &str) -> Option<Finding> {
        if !matches!(self.relation(path), Lookup::Absent) {
            return None;
        }
        let missing = Missing {
            class: Class::Relation,
            code: Code::NoSuchTable,
            noun,
            setting: "tables",
        };
        let names = || {
            let all = self.store.relations().values();
            all.map(|relation| relation.name.as_str()).collect()
        };
        self.missing(&missing, path, names)
    }

    /// What to say of a type that is neither built in nor made by a migration.
    pub fn no_such_type(&self, path: &Path) -> Option<Finding> {
        let missing = Missing {
            class: Class::Type,
            code: Code::UnknownType,
            noun: "type",
            setting: "types",
        };
        let names = || {
            let mut all: Vec<&str> = self
                .store
                .types()
                .values()
                .map(|ty| ty.name.as_str())
                .collect();
            for name in super::builtin::type_names(self.dialect()) {
                all.push(name);
            }
            all
        };
        self.missing(&missing, path, names)
    }

    /// What to say of a function that is neither built in nor made by a migration.
    pub fn no_such_function(&self, path: &Path, noun: &str) -> Option<Finding> {
        let missing = Missing {
            class: Class::Function,
            code: Code::UnknownFunction,
            noun,
            setting: "functions",
        };
        let names = || {
            let mut all: Vec<&str> = self
                .store
                .functions()
                .keys()
                .map(|key| key.1.as_str())
                .collect();
            for name in super::builtin::function_names(self.dialect()) {
                all.push(name);
            }
            all
        };
        self.missing(&missing, path, names)
    }

    fn missing<'a>(
        &'a self,
        missing: &Missing<'_>,
        path: &Path,
        names: impl FnOnce() -> Vec<&'a str>,
    ) -> Option<Finding> {
        let Missing {
            class,
            code,
            noun,
            setting,
        } = *missing;
        let candidates = self.candidates(class, path);
        let message = format!("no such {noun}: {path}");
        if let Some(finding) = self.buried(code, &message, path.range(), class, &candidates) {
            return Some(finding);
        }
        let folded = self.fold_for(class, &path.name.text);
        if let Some(finding) = self.comes_later(noun, path, class, &folded) {
            return Some(finding);
        }
        if let Some(near) = nearest(&path.name.text, names()) {
            let made = self.made("created", self.maker(class, near));
            let finding = Finding::new(code, message, path.range());
            return Some(finding.help(format!("did you mean `{near}`?{made}")));
        }
        if self.closed {
            return Some(Finding::new(code, message, path.range()));
        }
        self.assumed.tell(class, folded).then(|| {
            let message = format!("no migration makes the {noun} `{path}`");
            let mut finding = Finding::new(Code::UndeclaredName, message, path.range()).help(format!(
                "if it comes from elsewhere, declare it: `external.{setting} = [\"{path}\"]` in `[package.metadata.migrate]`"
            ));
            finding.is_stranger = class == Class::Relation;
            finding
        })
    }

    /// The migration that made the thing of this name.
    fn maker(&self, class: Class, name: &str) -> Option<Origin> {
        match class {
            Class::Relation => {
                let mut all = self.store.relations().values();
                all.find(|relation| relation.name == name)
                    .map(|relation| relation.origin)
            }
            Class::Type => {
                let mut all = self.store.types().values();
                all.find(|ty| ty.name == name).map(|ty| ty.origin)
            }
            Class::Function => {
                let mut all = self.store.functions().values();
                all.find_map(|functions| functions.iter().find(|function| function.name == name))
                    .map(|function| function.origin)
            }
            _ => None,
        }
    }

    /// What to say of a name that was dropped or renamed.
    pub(super) fn buried(
        &self,
        code: Code,
        message: &str,
        range: Range<usize>,
        class: Class,
        candidates: &[Key],
    ) -> Option<Finding> {
        let grave = candidates
            .iter()
            .find_map(|key| self.store.grave(&Node::new(class, key.clone())))?;
        let finding = match &grave.renamed_to {
            Some(to) => Finding::new(
                code,
                format!(
                    "{message}; it was renamed to `{to}`{}",
                    self.by(grave.origin)
                ),
                range,
            )
            .help(format!("write `{to}`")),
            None => Finding::new(
                code,
                format!("{message}; it was dropped{}", self.by(grave.origin)),
                range,
            ),
        };
        Some(finding)
    }

    /// The later migration that makes the thing.
    fn comes_later(&self, noun: &str, path: &Path, class: Class, folded: &str) -> Option<Finding> {
        let id = self.made_later(class, folded)?;
        Some(
            Finding::new(
                Code::WrongOrder,
                format!("no such {noun}: {path}; {id} makes it, and that comes later"),
                path.range(),
            )
            .help(format!("give this migration an id behind {id}")),
        )
    }

    /// The first migration behind this one that makes something of this name.
    pub(super) fn made_later(&self, class: Class, folded: &str) -> Option<&str> {
        let ids = self.expected.get(&(class, folded.to_owned()))?;
        let mut later = ids.iter().filter(|id| !self.migrations.contains(id));
        later.next().map(AsRef::as_ref)
    }

    /// What to say of a column that a relation does not have. (Of an open one nothing is to be said.)
    pub fn no_such_column(&self, relation: &Relation, name: &Name) -> Finding {
        let names = relation.columns.iter().map(|column| column.name.as_str());
        let message = format!("no such column: {}.{name}", relation.name);
        self.no_such_part(
            Code::NoSuchColumn,
            ObjectKind::Column,
            relation,
            name,
            message,
            nearest(&name.text, names),
        )
    }

    /// What to say of a part that a relation does not have.
    pub(super) fn no_such_part(
        &self,
        code: Code,
        kind: ObjectKind,
        relation: &Relation,
        name: &Name,
        message: String,
        near: Option<&str>,
    ) -> Finding {
        let folded = self.fold(&name.text);
        let is_it = |former: &&Former| former.kind == kind && former.name == folded;
        let range = name.range.clone();
        if let Some(former) = relation.former.iter().rev().find(is_it) {
            let by = self.by(former.origin);
            return match &former.renamed_to {
                Some(to) => Finding::new(
                    code,
                    format!("{message}; it was renamed to `{to}`{by}"),
                    range,
                )
                .help(format!("write `{to}`")),
                None => Finding::new(code, format!("{message}; it was dropped{by}"), range),
            };
        }
        let later = format!(
            "{}.{folded}",
            self.fold_for(Class::Relation, &relation.name)
        );
        if let Some(id) = self.made_later(Class::Other(kind), &later) {
            let message = format!("{message}; {id} makes it, and that comes later");
            return Finding::new(Code::WrongOrder, message, range)
                .help(format!("give this migration an id behind {id}"));
        }
        let finding = Finding::new(code, message, range);
        let Some(near) = near else {
            return finding;
        };
        let made = match kind {
            ObjectKind::Column => self.column(relation, near).map(|column| column.origin),
            ObjectKind::Index => self.index_of(relation, near).map(|index| index.origin),
            ObjectKind::Trigger => self.trigger(relation, near).map(|trigger| trigger.origin),
            _ => None,
        };
        finding.help(format!(
            "did you mean `{near}`?{}",
            self.made("added", made)
        ))
    }

    /// ` (added by 20260215_create_users)`; nothing of what this migration makes itself.
    fn made(&self, word: &str, origin: Option<Origin>) -> String {
        origin
            .filter(|origin| *origin != self.origin())
            .and_then(|origin| self.migration(origin))
            .map_or_else(String::new, |id| format!(" ({word} by {id})"))
    }

    /// ` by 20260215_create_users`, or that it was this migration.
    pub(crate) fn by(&self, origin: Origin) -> String {
        if origin == self.origin() {
            return " earlier in this migration".to_owned();
        }
        match self.migration(origin) {
            Some(id) => format!(" by {id}"),
            None => String::new(),
        }
    }
}

/// What is missing.
struct Missing<'a> {
    class: Class,
    code: Code,
    noun: &'a str,
    /// Where the settings name such things.
    setting: &'a str,
}
