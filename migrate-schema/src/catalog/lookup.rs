//! What a name means here.

use std::sync::Arc;

use super::{
    Catalog, Class, Column, Constraint, Function, Index, Key, Lookup, Named, Node, Relation,
    Trigger, Type,
    store::{Fact, fold},
};
use crate::{
    Dialect,
    tree::{Name, ObjectKind, Path},
};

impl Catalog {
    /// A name of a column, index, constraint or trigger, as the engine compares it.
    pub fn fold(&self, name: &str) -> String {
        fold(self.dialect(), name)
    }

    /// A name as the engine compares it: on MySQL the names of tables and databases differ by case.
    pub(super) fn fold_for(&self, class: Class, name: &str) -> String {
        match class {
            Class::Relation | Class::Schema if self.dialect() == Dialect::Mysql => name.to_owned(),
            _ => self.fold(name),
        }
    }

    /// Whether two names of columns, indexes or constraints are one.
    pub fn same(&self, left: &str, right: &str) -> bool {
        match self.dialect() {
            Dialect::Sqlite => left.eq_ignore_ascii_case(right),
            Dialect::Postgres => left == right,
            Dialect::Mysql => {
                left.eq_ignore_ascii_case(right)
                    || (!(left.is_ascii() && right.is_ascii())
                        && left.to_lowercase() == right.to_lowercase())
            }
        }
    }

    /// Whether a list of names has this one.
    pub fn contains(&self, names: &[String], name: &str) -> bool {
        names.iter().any(|other| self.same(other, name))
    }

    /// Where names without a schema are looked for.
    pub fn search_path(&self) -> &[String] {
        &self.store.session().path
    }

    /// The keys that a name can mean, in the order in which they are tried.
    pub(super) fn candidates(&self, class: Class, path: &Path) -> Vec<Key> {
        let name = self.fold_for(class, &path.name.text);
        if let Some(schema) = &path.schema {
            return vec![(self.fold_for(Class::Schema, &schema.text), name)];
        }
        let temporary = match self.dialect() {
            Dialect::Sqlite => Some("temp"),
            Dialect::Postgres => Some("pg_temp"),
            Dialect::Mysql => None,
        };
        let schemas = temporary
            .into_iter()
            .chain(self.search_path().iter().map(String::as_str));
        schemas
            .map(|schema| (schema.to_owned(), name.clone()))
            .collect()
    }

    /// The key under which something of this name is made.
    pub(super) fn new_key(&self, class: Class, path: &Path, temporary: bool) -> Key {
        let name = self.fold_for(class, &path.name.text);
        let schema = match &path.schema {
            Some(schema) => self.fold_for(Class::Schema, &schema.text),
            None => match self.dialect() {
                Dialect::Sqlite if temporary => "temp".to_owned(),
                Dialect::Postgres if temporary => "pg_temp".to_owned(),
                _ => self.search_path().first().cloned().unwrap_or_default(),
            },
        };
        (schema, name)
    }

    /// The table, view or sequence that this name means here.
    pub fn relation(&self, path: &Path) -> Lookup<'_, Relation> {
        let candidates = self.candidates(Class::Relation, path);
        for key in &candidates {
            if let Some(relation) = self.store.relations().get(key) {
                return if self.is_certain(&key.1, relation.known_since) {
                    Lookup::Known(relation)
                } else {
                    Lookup::Unknown
                };
            }
        }
        if self.is_unknown_relation(path, &candidates) {
            Lookup::Unknown
        } else {
            Lookup::Absent
        }
    }

    /// The key of the relation that this name means, whether it is certain to be there or not.
    pub(super) fn relation_key(&self, path: &Path) -> Option<Key> {
        let mut candidates = self.candidates(Class::Relation, path).into_iter();
        candidates.find(|key| self.store.relations().contains_key(key))
    }

    /// The relation of this key, if it is certain to be there.
    pub fn relation_by_key(&self, key: &Key) -> Option<&Arc<Relation>> {
        let relation = self.store.relations().get(key)?;
        self.is_certain(&key.1, relation.known_since)
            .then_some(relation)
    }

    /// Every relation that is certain to be there, in no order. It costs as much as there are: not for every statement.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        let all = self.store.relations().iter();
        all.filter(|(key, relation)| self.is_certain(&key.1, relation.known_since))
            .map(|(_, relation)| relation.as_ref())
    }

    /// The key of a relation.
    pub fn key_of(&self, relation: &Relation) -> Key {
        (
            self.fold_for(Class::Schema, &relation.schema),
            self.fold_for(Class::Relation, &relation.name),
        )
    }

    /// The column of this name.
    pub fn column<'a>(&self, relation: &'a Relation, name: &str) -> Option<&'a Arc<Column>> {
        let mut columns = relation.columns.iter();
        columns.find(|column| self.same(&column.name, name))
    }

    /// The constraint of this name.
    pub fn constraint<'a>(
        &self,
        relation: &'a Relation,
        name: &str,
    ) -> Option<&'a Arc<Constraint>> {
        let mut constraints = relation.constraints.iter();
        constraints
            .find(|constraint| !constraint.name.is_empty() && self.same(&constraint.name, name))
    }

    /// The trigger of this name.
    pub fn trigger<'a>(&self, relation: &'a Relation, name: &str) -> Option<&'a Arc<Trigger>> {
        let mut triggers = relation.triggers.iter();
        triggers.find(|trigger| self.same(&trigger.name, name))
    }

    /// The index of this name on a relation.
    pub fn index_of<'a>(&self, relation: &'a Relation, name: &str) -> Option<&'a Arc<Index>> {
        let mut indexes = relation.indexes.iter();
        indexes.find(|index| self.same(&index.name, name))
    }

    /// The relation that has the index of this name; on PostgreSQL also that of a constraint which keeps an index. Not for
    /// MySQL, where an index's name is its table's affair.
    pub fn index(&self, path: &Path) -> Lookup<'_, Relation> {
        let candidates = self.candidates(Class::Index, path);
        for key in &candidates {
            let node = Node::new(Class::Index, key.clone());
            if let Some(relation) = self.owner(&node) {
                return self.certainly(key, relation);
            }
        }
        self.absent_unless_unknown(Class::Index, &candidates)
    }

    /// The relation that has the trigger of this name, where such names are the schema's (SQLite, MySQL).
    pub fn trigger_by_name(&self, path: &Path) -> Lookup<'_, Relation> {
        let candidates = self.candidates(Class::Trigger, path);
        for key in &candidates {
            let node = Node::new(Class::Trigger, key.clone());
            if let Some(relation) = self.owner(&node) {
                return self.certainly(key, relation);
            }
        }
        self.absent_unless_unknown(Class::Trigger, &candidates)
    }

    fn owner(&self, node: &Node) -> Option<&Relation> {
        let owner = self.store.owners().get(node)?;
        self.store.relations().get(owner).map(Arc::as_ref)
    }

    fn certainly<'a>(&self, key: &Key, relation: &'a Relation) -> Lookup<'a, Relation> {
        let own = self.key_of(relation).1;
        let known = self.is_certain(&own, relation.known_since)
            && self.is_certain(&key.1, relation.known_since);
        if known {
            Lookup::Known(relation)
        } else {
            Lookup::Unknown
        }
    }

    /// The type or domain that a migration made under this name. Tables are types too: see [`relation`](Self::relation).
    pub fn type_(&self, path: &Path) -> Lookup<'_, Type> {
        let candidates = self.candidates(Class::Type, path);
        for key in &candidates {
            if let Some(ty) = self.store.types().get(key) {
                return if self.is_certain(&key.1, ty.known_since) {
                    Lookup::Known(ty)
                } else {
                    Lookup::Unknown
                };
            }
        }
        if self.is_external_type(path) {
            return Lookup::Unknown;
        }
        self.absent_unless_unknown(Class::Type, &candidates)
    }

    /// The functions, procedures and aggregates that migrations made under this name; never an empty list.
    pub fn functions(&self, path: &Path) -> Lookup<'_, Vec<Function>> {
        let candidates = self.candidates(Class::Function, path);
        for key in &candidates {
            if let Some(functions) = self.store.functions().get(key) {
                let mut all = functions.iter();
                return if all.all(|one| self.is_certain(&key.1, one.known_since)) {
                    Lookup::Known(functions)
                } else {
                    Lookup::Unknown
                };
            }
        }
        if self.is_external_function(path) {
            return Lookup::Unknown;
        }
        self.absent_unless_unknown(Class::Function, &candidates)
    }

    /// The schema or database of this name; those of the system are unknown.
    pub fn schema(&self, name: &Name) -> Lookup<'_, Named> {
        let name = self.fold_for(Class::Schema, &name.text);
        self.named(Class::Schema, (String::new(), name))
    }

    /// An extension, a role, …: whatever has only a name.
    pub fn other(&self, kind: ObjectKind, path: &Path) -> Lookup<'_, Named> {
        let class = Class::Other(kind);
        let candidates = self.candidates(class, path);
        for key in candidates {
            if let Lookup::Known(named) = self.named(class, key) {
                return Lookup::Known(named);
            }
        }
        Lookup::Unknown
    }

    /// The extensions that migrations have made (PostgreSQL).
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        let all = self.store.named().iter();
        all.filter(|(node, _)| node.class == Class::Other(ObjectKind::Extension))
            .map(|(_, named)| named.name.as_str())
    }

    pub(super) fn named(&self, class: Class, key: Key) -> Lookup<'_, Named> {
        let node = Node::new(class, key);
        match self.store.named().get(&node) {
            Some(named) if self.is_certain(&node.key.1, named.known_since) => Lookup::Known(named),
            Some(_) => Lookup::Unknown,
            None if class == Class::Schema && self.is_unknown_schema(&node.key.1) => {
                Lookup::Unknown
            }
            None => self.absent_unless_unknown(class, &[node.key]),
        }
    }

    fn absent_unless_unknown<T>(&self, class: Class, candidates: &[Key]) -> Lookup<'static, T> {
        let unknown = candidates
            .iter()
            .any(|key| self.is_poisoned(&Node::new(class, key.clone())));
        if unknown {
            Lookup::Unknown
        } else {
            Lookup::Absent
        }
    }

    /// Who needs this thing, as far as they are certain to be there.
    pub fn dependents(&self, node: &Node) -> impl Iterator<Item = &Node> {
        self.store
            .dependents(node)
            .filter(|dependent| self.exists(dependent))
    }

    fn exists(&self, node: &Node) -> bool {
        let name = &node.key.1;
        match node.class {
            Class::Relation => self.relation_by_key(&node.key).is_some(),
            Class::Type => (self.store.types().get(&node.key))
                .is_some_and(|ty| self.is_certain(name, ty.known_since)),
            Class::Function => (self.store.functions().get(&node.key))
                .is_some_and(|all| all.iter().all(|one| self.is_certain(name, one.known_since))),
            _ => true,
        }
    }

    /// Sets a thing. Every change of the catalog goes through here.
    pub(super) fn set(&mut self, fact: Fact) {
        self.store.set(fact);
    }
}
