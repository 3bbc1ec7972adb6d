//! Schemas, extensions, and whatever has only a name; statements that only need something to be there.

use std::sync::Arc;

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Class, Lookup, Named, Node, store::Fact},
    nearest,
    tree::{Behavior, Name, ObjectKind, Path, Rename, Require, Target},
};

impl Catalog {
    pub(super) fn create_schema(
        &mut self,
        name: Option<&Name>,
        if_not_exists: bool,
        findings: &mut Findings,
    ) {
        let Some(name) = name else {
            return;
        };
        let key = (String::new(), self.fold_for(Class::Schema, &name.text));
        if let Lookup::Known(own) = self.named(Class::Schema, key.clone()) {
            if !if_not_exists {
                findings.push(self.already(
                    ("a schema", own.origin),
                    name,
                    "write `IF NOT EXISTS`, or another name",
                ));
            }
            return;
        }
        if if_not_exists && self.is_external_schema(&key.1) {
            return;
        }
        self.put_named(Class::Schema, key, name);
    }

    fn put_named(&mut self, class: Class, key: crate::catalog::Key, name: &Name) {
        let named = Named {
            name: name.text.clone(),
            origin: self.origin(),
            known_since: self.tick(),
        };
        self.unbury(class, &key);
        self.set(Fact::Named(Node::new(class, key), Some(Arc::new(named))));
    }

    pub(super) fn create_extension(&mut self, name: &Name, if_not_exists: bool) {
        let class = Class::Other(ObjectKind::Extension);
        let key = self.new_key(class, &Path::bare(name.clone()), false);
        let there = matches!(self.named(class, key.clone()), Lookup::Known(_));
        if !(if_not_exists && there) {
            self.put_named(class, key, name);
        }
    }

    pub(super) fn create_other(
        &mut self,
        target: &Target,
        if_not_exists: bool,
        findings: &mut Findings,
    ) {
        let name = &target.path.name;
        let Some(on) = &target.on else {
            let class = Class::Other(target.kind);
            let key = self.new_key(class, &target.path, false);
            self.put_named(class, key, name);
            return;
        };
        let Some(relation) = self.existing(on, "table", findings) else {
            return;
        };
        let mut others = relation.others.iter();
        if others.any(|(kind, own)| *kind == target.kind && self.same(own, &name.text)) {
            if !if_not_exists && target.kind == ObjectKind::Policy {
                findings.push(self.already(("a policy", relation.origin), name, ""));
            }
            return;
        }
        let mut draft = relation.as_ref().clone();
        draft.others.push((target.kind, name.text.clone()));
        let key = self.key_of(&draft);
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
    }

    /// What to say of a schema that is not there.
    pub(super) fn no_such_schema(&self, name: &Name) -> Option<Finding> {
        let folded = self.fold_for(Class::Schema, &name.text);
        let key = (String::new(), folded.clone());
        let message = format!("no such schema: {name}");
        let range = name.range.clone();
        if let Some(finding) = self.buried(
            Code::NoSuchObject,
            &message,
            range.clone(),
            Class::Schema,
            &[key],
        ) {
            return Some(finding);
        }
        if let Some(id) = self.made_later(Class::Schema, &folded) {
            let message = format!("{message}; {id} makes it, and that comes later");
            return Some(
                Finding::new(Code::WrongOrder, message, range)
                    .help(format!("give this migration an id behind {id}")),
            );
        }
        let names = self
            .store
            .named()
            .keys()
            .filter(|node| node.class == Class::Schema);
        if let Some(near) = nearest(&name.text, names.map(|node| node.key.1.as_str())) {
            let finding = Finding::new(Code::NoSuchObject, message, range);
            return Some(finding.help(format!("did you mean `{near}`?")));
        }
        if self.closed {
            return Some(Finding::new(Code::NoSuchObject, message, range));
        }
        self.assumed.tell(Class::Schema, folded).then(|| {
            let message = format!("no migration makes the schema `{name}`");
            Finding::new(Code::UndeclaredName, message, range).help(format!(
                "if it comes from elsewhere, declare what is in it: `external.tables = [\"{name}.*\"]` in `[package.metadata.migrate]`"
            ))
        })
    }

    pub(super) fn drop_schema(
        &mut self,
        target: &Target,
        (if_exists, behavior): (bool, Behavior),
        findings: &mut Findings,
    ) {
        let name = &target.path.name;
        let folded = self.fold_for(Class::Schema, &name.text);
        if matches!(self.schema(name), Lookup::Absent) {
            if !if_exists {
                findings.extend(self.no_such_schema(name));
            }
            return;
        }
        let inside: Vec<crate::catalog::Key> = (self.store.relations().keys())
            .filter(|key| key.0 == folded)
            .cloned()
            .collect();
        if self.dialect() == Dialect::Postgres && behavior != Behavior::Cascade {
            let user = inside.iter().find_map(|key| self.relation_by_key(key));
            if let Some(user) = user {
                let message = format!(
                    "the schema `{name}` still holds the {} `{}`",
                    user.kind.noun(),
                    user.name
                );
                findings.push(
                    Finding::new(Code::StillReferenced, message, name.range.clone())
                        .help("drop what is in it first, or write CASCADE to drop it too"),
                );
                return;
            }
        }
        for key in inside {
            self.drop_with_dependents(&key);
        }
        let types: Vec<_> = self
            .store
            .types()
            .keys()
            .filter(|key| key.0 == folded)
            .cloned()
            .collect();
        for key in types {
            self.set(Fact::Type(key, None));
        }
        let functions: Vec<_> = self
            .store
            .functions()
            .keys()
            .filter(|key| key.0 == folded)
            .cloned()
            .collect();
        for key in functions {
            self.set(Fact::Functions(key, None));
        }
        let key = (String::new(), folded);
        self.set(Fact::Named(Node::new(Class::Schema, key.clone()), None));
        self.bury_key(Class::Schema, &key, None);
    }

    pub(super) fn rename_object(&mut self, rename: &Rename, findings: &mut Findings) {
        let Rename {
            target,
            to,
            if_exists,
        } = rename;
        match target.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence => {
                let found = self.to_alter(&target.path, target.kind, *if_exists, findings);
                let Some((key, relation)) = found else {
                    return;
                };
                if !self.store.relations().contains_key(&key) {
                    self.set(Fact::Relation(key.clone(), Some(relation)));
                }
                self.rename_relation(&key, to, findings);
            }
            ObjectKind::Index => match self.index(&target.path) {
                Lookup::Known(relation) => {
                    let relation = relation.clone();
                    self.rename_index(relation, &target.path.name, &to.name, findings);
                }
                Lookup::Unknown => self.poison(std::slice::from_ref(&to.name.text)),
                Lookup::Absent if *if_exists => {}
                Lookup::Absent => match self.relation_key(&target.path) {
                    // ALTER INDEX takes the name of a table, too.
                    Some(key) => self.rename_relation(&key, to, findings),
                    None => findings.extend(self.no_such_index(&target.path)),
                },
            },
            ObjectKind::Trigger => {
                if let Some(on) = &target.on {
                    self.rename_trigger(on, &target.path.name, &to.name, findings);
                }
            }
            ObjectKind::Type | ObjectKind::Domain => self.rename_type(&target.path, to, findings),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine => {
                self.rename_function(target, &to.name, None, findings);
            }
            ObjectKind::Policy | ObjectKind::Rule => {
                if let Some(on) = &target.on {
                    self.existing(on, "table", findings);
                    self.open(on);
                }
            }
            _ => self.poison(&[target.path.name.text.clone(), to.name.text.clone()]),
        }
    }

    pub(super) fn set_schema(&mut self, target: &Target, schema: &Name, findings: &mut Findings) {
        let to = Path {
            schema: Some(schema.clone()),
            name: target.path.name.clone(),
        };
        match target.kind {
            ObjectKind::Type | ObjectKind::Domain => self.rename_type(&target.path, &to, findings),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine => {
                self.rename_function(target, &to.name, Some(schema), findings);
            }
            ObjectKind::Extension => {}
            kind => {
                if let Some((key, _)) = self.to_alter(&target.path, kind, false, findings) {
                    self.rename_relation(&key, &to, findings);
                }
            }
        }
    }

    /// What must be there for a statement that changes nothing.
    pub(super) fn require(&mut self, require: &Require, findings: &mut Findings) {
        for target in &require.targets {
            self.require_one(target, require.if_exists, findings);
            if require.statement == "COMMENT ON" && self.keeps_texts && !findings.refuse() {
                self.comment(target, require.comment.as_deref());
            }
        }
    }

    /// `COMMENT ON` a table, a view, a column or an index.
    fn comment(&mut self, target: &Target, comment: Option<&str>) {
        let comment = comment.map(str::to_owned).filter(|text| !text.is_empty());
        let name = &target.path.name.text;
        let key = match (target.kind, &target.on) {
            (ObjectKind::Column, Some(on)) => self.relation_key(on),
            (ObjectKind::Index, _) => match self.index(&target.path) {
                Lookup::Known(relation) => Some(self.key_of(relation)),
                _ => None,
            },
            (
                ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView,
                _,
            ) => self.relation_key(&target.path),
            _ => None,
        };
        let Some((key, relation)) = key.and_then(|key| {
            let relation = self.store.relations().get(&key)?.as_ref().clone();
            Some((key, relation))
        }) else {
            return;
        };
        let mut draft = relation;
        match target.kind {
            ObjectKind::Column => {
                let mut columns = draft.columns.iter_mut();
                if let Some(column) = columns.find(|column| self.same(&column.name, name)) {
                    Arc::make_mut(column).comment = comment;
                }
            }
            ObjectKind::Index => {
                let mut indexes = draft.indexes.iter_mut();
                if let Some(index) = indexes.find(|index| self.same(&index.name, name)) {
                    Arc::make_mut(index).comment = comment;
                }
            }
            _ => draft.comment = comment,
        }
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
    }

    fn require_one(&self, target: &Target, if_exists: bool, findings: &mut Findings) {
        let name = &target.path.name;
        match target.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence => {
                if if_exists && matches!(self.relation(&target.path), Lookup::Absent) {
                    return;
                }
                // PostgreSQL takes an index for a relation here and there.
                if matches!(self.index(&target.path), Lookup::Absent)
                    || self.dialect() == Dialect::Mysql
                {
                    self.existing(&target.path, target.kind.noun(), findings);
                }
            }
            ObjectKind::Index
                if self.dialect() != Dialect::Mysql
                    && matches!(self.index(&target.path), Lookup::Absent)
                    && !if_exists =>
            {
                findings.extend(self.no_such_index(&target.path));
            }
            ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Trigger => {
                let Some(on) = &target.on else {
                    return;
                };
                let domain = target.kind == ObjectKind::Constraint
                    && !matches!(self.type_(on), Lookup::Absent);
                if domain {
                    return;
                }
                let Some(relation) = self.existing(on, "table", findings) else {
                    if let Some(relation) = self.doubted(on)
                        && target.kind == ObjectKind::Column
                    {
                        findings.extend(self.slip(relation, name));
                    }
                    return;
                };
                if relation.open {
                    if target.kind == ObjectKind::Column {
                        findings.extend(self.slip(&relation, name));
                    }
                    return;
                }
                match target.kind {
                    ObjectKind::Column => {
                        self.own_column(&relation, name, findings);
                    }
                    ObjectKind::Constraint if self.constraint(&relation, &name.text).is_none() => {
                        findings.push(self.no_such_constraint(&relation, name));
                    }
                    ObjectKind::Trigger if self.trigger(&relation, &name.text).is_none() => {
                        findings.push(self.no_such_trigger_on(&relation, name));
                    }
                    _ => {}
                }
            }
            ObjectKind::Type | ObjectKind::Domain => {
                let known = !matches!(self.type_(&target.path), Lookup::Absent)
                    || !matches!(self.relation(&target.path), Lookup::Absent)
                    || crate::catalog::builtin::is_type(self.dialect(), &name.text) != Some(false);
                if !known {
                    findings.extend(self.no_such_type(&target.path));
                }
            }
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine => {
                let known = !matches!(self.functions(&target.path), Lookup::Absent)
                    || crate::catalog::builtin::function(self.dialect(), &name.text).is_some();
                if !known && !if_exists {
                    findings.extend(self.no_such_function(&target.path, target.kind.noun()));
                }
            }
            ObjectKind::Schema => self.check_schema_name(name, findings),
            _ => {}
        }
    }

    pub(super) fn truncate(
        &mut self,
        tables: &[Path],
        behavior: Behavior,
        findings: &mut Findings,
    ) {
        let keys: Vec<_> = tables
            .iter()
            .filter_map(|path| self.relation_key(path))
            .collect();
        for path in tables {
            let Some(relation) = self.existing(path, "table", findings) else {
                continue;
            };
            if relation.kind.is_view() {
                let message = format!("`{}` is a view: it has no rows of its own", relation.name);
                findings.push(Finding::new(Code::InvalidDefinition, message, path.range()));
            }
            let key = self.key_of(&relation);
            let user = (self.dialect() != Dialect::Sqlite && behavior != Behavior::Cascade)
                .then(|| {
                    let mut users = self.references_to(&key);
                    users.find(|(owner, _)| !keys.contains(&self.key_of(owner)))
                })
                .flatten();
            if let Some((owner, constraint)) = user
                && (self.dialect() == Dialect::Postgres || self.store.session().foreign_keys)
            {
                let message = format!(
                    "`{}` cannot be truncated: the foreign key `{}` of `{}` refers to it",
                    relation.name, constraint.name, owner.name
                );
                let help = match self.dialect() {
                    Dialect::Postgres => format!(
                        "truncate `{}` in the same statement, or write CASCADE",
                        owner.name
                    ),
                    _ => "delete the rows instead".to_owned(),
                };
                findings
                    .push(Finding::new(Code::StillReferenced, message, path.range()).help(help));
            }
        }
        if !findings.refuse() {
            for path in tables {
                self.may_be_empty(path);
            }
        }
    }
}
