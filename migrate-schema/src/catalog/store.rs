//! Where the catalog keeps what it knows. Everything changes through one door, which writes down how to undo it and keeps the reverse indexes.

use std::{collections::BTreeSet, sync::Arc};

use super::object::{
    Class, Constraint, ConstraintKind, Function, Key, Named, Node, Origin, Relation, Type,
};
use crate::{Dialect, hash::HashMap};

/// What became of a name.
#[derive(Clone, Debug)]
pub(super) struct Grave {
    /// The name that it got; none where it was dropped.
    pub(super) renamed_to: Option<String>,
    /// The migration that did it.
    pub(super) origin: Origin,
    /// When, on the catalog's clock.
    pub(super) since: u32,
}

/// What the statements before have set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// Where names without a schema are looked for; what is made goes into the first.
    pub(super) path: Vec<String>,
    /// The path was set by an earlier migration: nobody knows whether it still holds.
    pub(super) path_is_uncertain: bool,
    /// `foreign_key_checks` (MySQL), `foreign_keys` (SQLite).
    pub(super) foreign_keys: bool,
    /// `check_function_bodies` (PostgreSQL).
    pub(super) check_function_bodies: bool,
    /// `legacy_alter_table` (SQLite): a rename leaves views and triggers alone.
    pub(super) legacy_alter_table: bool,
}

/// One thing that can be set, with the value that it has or gets.
#[derive(Clone, Debug)]
pub(super) enum Fact {
    Relation(Key, Option<Arc<Relation>>),
    Type(Key, Option<Arc<Type>>),
    Functions(Key, Option<Arc<Vec<Function>>>),
    Named(Node, Option<Arc<Named>>),
    Grave(Node, Option<Arc<Grave>>),
    /// Since when nobody knows what this name means.
    Poisoned(String, Option<u32>),
    /// Since when nobody knows anything.
    UnknownSince(u32),
    Session(Arc<Session>),
}

/// What a catalog knows.
#[derive(Clone, Debug)]
pub(super) struct Store {
    dialect: Dialect,
    relations: HashMap<Key, Arc<Relation>>,
    types: HashMap<Key, Arc<Type>>,
    functions: HashMap<Key, Arc<Vec<Function>>>,
    named: HashMap<Node, Arc<Named>>,
    graves: HashMap<Node, Arc<Grave>>,
    poisoned: HashMap<String, u32>,
    /// Beginnings of names, of which whatever begins so may mean anything.
    poisoned_prefixes: BTreeSet<String>,
    unknown_since: u32,
    session: Arc<Session>,
    /// The relation that an index, a trigger or a constraint of this name is on, where such names are the schema's.
    owners: HashMap<Node, Key>,
    /// How many constraints of a schema have this name (PostgreSQL and MySQL).
    constraint_names: HashMap<Key, u32>,
    /// Who needs a thing.
    dependents: HashMap<Node, BTreeSet<Node>>,
    /// Relations of which something that they need has changed since they were last looked at (SQLite).
    stale: BTreeSet<Key>,
    journal: Vec<Fact>,
}

impl Store {
    pub(super) fn new(dialect: Dialect, path: Vec<String>) -> Self {
        Self {
            dialect,
            relations: HashMap::default(),
            types: HashMap::default(),
            functions: HashMap::default(),
            named: HashMap::default(),
            graves: HashMap::default(),
            poisoned: HashMap::default(),
            poisoned_prefixes: BTreeSet::new(),
            unknown_since: 0,
            session: Arc::new(Session {
                path,
                path_is_uncertain: false,
                foreign_keys: dialect != Dialect::Sqlite,
                check_function_bodies: true,
                legacy_alter_table: false,
            }),
            owners: HashMap::default(),
            constraint_names: HashMap::default(),
            dependents: HashMap::default(),
            stale: BTreeSet::new(),
            journal: Vec::new(),
        }
    }

    pub(super) fn relations(&self) -> &HashMap<Key, Arc<Relation>> {
        &self.relations
    }

    pub(super) fn types(&self) -> &HashMap<Key, Arc<Type>> {
        &self.types
    }

    pub(super) fn functions(&self) -> &HashMap<Key, Arc<Vec<Function>>> {
        &self.functions
    }

    pub(super) fn named(&self) -> &HashMap<Node, Arc<Named>> {
        &self.named
    }

    pub(super) fn owners(&self) -> &HashMap<Node, Key> {
        &self.owners
    }

    pub(super) fn grave(&self, node: &Node) -> Option<&Grave> {
        self.graves.get(node).map(Arc::as_ref)
    }

    /// The names that statements which could not be read have named, and when.
    #[cfg(feature = "schema")]
    pub(super) const fn poisoned(&self) -> &HashMap<String, u32> {
        &self.poisoned
    }

    /// Whether a statement may have done anything to anything.
    #[cfg(feature = "schema")]
    pub(super) const fn is_all_unknown(&self) -> bool {
        self.unknown_since > 0
    }

    /// Whether a statement that could not be read has named it.
    pub(super) fn is_poisoned_by_name(&self, name: &str) -> bool {
        self.poisoned.contains_key(name)
    }

    /// Since when the name, folded, may mean anything; 0 where it never did.
    pub(super) fn poisoned_since(&self, name: &str) -> u32 {
        let own = self.poisoned.get(name).copied().unwrap_or(0);
        let prefixes = self.poisoned_prefixes.iter();
        let begun = prefixes
            .filter(|prefix| name.starts_with(prefix.as_str()))
            .filter_map(|prefix| self.poisoned.get(&format!("{prefix}*")).copied())
            .max();
        own.max(begun.unwrap_or(0)).max(self.unknown_since)
    }

    pub(super) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Who needs a thing, in the order of their names.
    pub(super) fn dependents(&self, node: &Node) -> impl Iterator<Item = &Node> {
        self.dependents.get(node).into_iter().flatten()
    }

    /// The relations of which something that they need has changed since the last call.
    pub(super) fn take_stale(&mut self) -> BTreeSet<Key> {
        std::mem::take(&mut self.stale)
    }

    /// A relation is to be looked at again.
    pub(super) fn mark_stale(&mut self, key: Key) {
        self.stale.insert(key);
    }

    /// The one door: sets a thing, and writes down what it was.
    pub(super) fn set(&mut self, fact: Fact) {
        let before = self.swap(fact);
        self.journal.push(before);
    }

    /// A place in the journal to come back to.
    pub(super) fn mark(&self) -> usize {
        self.journal.len()
    }

    /// What was there before each change since the mark, oldest first.
    pub(super) fn since(&self, mark: usize) -> &[Fact] {
        self.journal.get(mark..).unwrap_or_default()
    }

    /// Undoes everything since the mark.
    pub(super) fn roll_back(&mut self, mark: usize) {
        while self.journal.len() > mark {
            if let Some(before) = self.journal.pop() {
                self.swap(before);
            }
        }
    }

    /// Forgets how to undo.
    pub(super) fn forget(&mut self) {
        self.journal.clear();
    }

    fn swap(&mut self, fact: Fact) -> Fact {
        match fact {
            Fact::Relation(key, relation) => {
                let before = self.relations.get(&key).cloned();
                self.link(&key, before.as_deref(), relation.as_deref());
                self.touch(&key);
                put(&mut self.relations, &key, relation);
                Fact::Relation(key, before)
            }
            Fact::Type(key, ty) => {
                let node = Node::new(Class::Type, key.clone());
                let before = put(&mut self.types, &key, ty.clone());
                let needs = |ty: &Option<Arc<Type>>| needs(ty.iter().flat_map(|ty| &ty.uses));
                self.relink(&node, needs(&before), needs(&ty));
                Fact::Type(key, before)
            }
            Fact::Functions(key, functions) => {
                let node = Node::new(Class::Function, key.clone());
                let before = put(&mut self.functions, &key, functions.clone());
                let needs = |all: &Option<Arc<Vec<Function>>>| {
                    needs(
                        all.iter()
                            .flat_map(|all| all.iter())
                            .flat_map(|one| &one.uses),
                    )
                };
                self.relink(&node, needs(&before), needs(&functions));
                Fact::Functions(key, before)
            }
            Fact::Named(node, named) => {
                let before = put(&mut self.named, &node, named);
                Fact::Named(node, before)
            }
            Fact::Grave(node, grave) => {
                let before = put(&mut self.graves, &node, grave);
                Fact::Grave(node, before)
            }
            Fact::Poisoned(name, since) => {
                if let Some(prefix) = name.strip_suffix('*') {
                    if since.is_some() {
                        self.poisoned_prefixes.insert(prefix.to_owned());
                    } else {
                        self.poisoned_prefixes.remove(prefix);
                    }
                }
                let before = put(&mut self.poisoned, &name, since);
                Fact::Poisoned(name, before)
            }
            Fact::UnknownSince(since) => {
                Fact::UnknownSince(std::mem::replace(&mut self.unknown_since, since))
            }
            Fact::Session(session) => Fact::Session(std::mem::replace(&mut self.session, session)),
        }
    }

    /// The relation itself and whoever needs it may be wrong now.
    fn touch(&mut self, key: &Key) {
        if self.dialect != Dialect::Sqlite {
            return;
        }
        self.stale.insert(key.clone());
        let node = Node::new(Class::Relation, key.clone());
        if let Some(dependents) = self.dependents.get(&node) {
            self.stale
                .extend(dependents.iter().map(|dependent| dependent.key.clone()));
        }
    }

    /// Follows what a relation needs and which names are its own, from one form of it to the next. Most changes leave them
    /// as they are.
    fn link(&mut self, key: &Key, before: Option<&Relation>, after: Option<&Relation>) {
        let node = Node::new(Class::Relation, key.clone());
        let of = |relation: Option<&Relation>| {
            relation.map_or_else(Vec::new, |relation| needed(relation, &node))
        };
        let (old, new) = (of(before), of(after));
        if old != new {
            for needed in old {
                self.forget_dependent(&needed, &node);
            }
            for needed in new {
                self.dependents
                    .entry(needed)
                    .or_default()
                    .insert(node.clone());
            }
        }
        self.own_names(key, before, after);
        self.count_constraints(key, before, after);
    }

    fn own_names(&mut self, key: &Key, before: Option<&Relation>, after: Option<&Relation>) {
        let of = |relation: Option<&Relation>| {
            relation.map_or_else(Vec::new, |relation| self.names(key, relation))
        };
        let (old, new) = (of(before), of(after));
        if old != new {
            for name in old {
                if self.owners.get(&name) == Some(key) {
                    self.owners.remove(&name);
                }
            }
        }
        for name in new {
            if self.owners.get(&name) != Some(key) {
                self.owners.insert(name, key.clone());
            }
        }
    }

    fn count_constraints(
        &mut self,
        key: &Key,
        before: Option<&Relation>,
        after: Option<&Relation>,
    ) {
        let of = |relation: Option<&Relation>| {
            relation.map_or_else(Vec::new, |relation| self.constraint_keys(key, relation))
        };
        let (old, new) = (of(before), of(after));
        if old == new {
            return;
        }
        for name in old {
            if let Some(count) = self.constraint_names.get_mut(&name) {
                *count -= 1;
                if *count == 0 {
                    self.constraint_names.remove(&name);
                }
            }
        }
        for name in new {
            *self.constraint_names.entry(name).or_default() += 1;
        }
    }

    /// Whether a constraint of this schema has this name.
    pub(super) fn has_constraint_name(&self, key: &Key) -> bool {
        self.constraint_names.contains_key(key)
    }

    fn constraint_keys(&self, key: &Key, relation: &Relation) -> Vec<Key> {
        let named = relation
            .constraints
            .iter()
            .filter(|one| match self.dialect {
                Dialect::Sqlite => false,
                Dialect::Postgres => !one.name.is_empty(),
                Dialect::Mysql => matches!(one.kind, ConstraintKind::ForeignKey { .. }),
            });
        named
            .map(|one| (key.0.clone(), fold(self.dialect, &one.name)))
            .collect()
    }

    fn relink(&mut self, node: &Node, before: BTreeSet<Node>, after: BTreeSet<Node>) {
        for needed in before {
            self.forget_dependent(&needed, node);
        }
        for needed in after {
            self.dependents
                .entry(needed)
                .or_default()
                .insert(node.clone());
        }
    }

    fn forget_dependent(&mut self, needed: &Node, node: &Node) {
        if let Some(dependents) = self.dependents.get_mut(needed) {
            dependents.remove(node);
            if dependents.is_empty() {
                self.dependents.remove(needed);
            }
        }
    }

    /// The names that a relation's parts take in its schema.
    fn names(&self, key: &Key, relation: &Relation) -> Vec<Node> {
        let dialect = self.dialect;
        let node = |class, name: &str| Node::new(class, (key.0.clone(), fold(dialect, name)));
        let mut names = Vec::new();
        if dialect != Dialect::Mysql {
            let indexes = relation.indexes.iter();
            names.extend(indexes.map(|index| node(Class::Index, &index.name)));
        }
        if dialect != Dialect::Postgres {
            let triggers = relation.triggers.iter();
            names.extend(triggers.map(|trigger| node(Class::Trigger, &trigger.name)));
        }
        for constraint in &relation.constraints {
            if constraint.name.is_empty() {
                continue;
            }
            if dialect == Dialect::Postgres && constraint.has_index() {
                names.push(node(Class::Index, &constraint.name));
            }
        }
        names
    }
}

impl Node {
    /// An object of this class and key.
    pub const fn new(class: Class, key: Key) -> Self {
        Self { class, key }
    }
}

impl Constraint {
    /// The engine keeps an index of the constraint's name for it (PostgreSQL).
    pub const fn has_index(&self) -> bool {
        matches!(
            self.kind,
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) | ConstraintKind::Exclude(_)
        )
    }
}

/// A name of a column, index, constraint, trigger or (but on MySQL) table, as the engine compares it.
pub(super) fn fold(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Sqlite => name.to_ascii_lowercase(),
        Dialect::Mysql => name.to_lowercase(),
        Dialect::Postgres => name.to_owned(),
    }
}

/// What a relation needs. A thing may be told twice.
fn needed(relation: &Relation, own: &Node) -> Vec<Node> {
    let keys = relation
        .referred()
        .chain(&relation.parents)
        .chain(relation.owned_by.iter().map(|(key, _)| key));
    let mut all = Vec::new();
    for node in relation.needs() {
        if node != own {
            all.push(node.clone());
        }
    }
    for key in keys {
        if own.class != Class::Relation || own.key != *key {
            all.push(Node::new(Class::Relation, key.clone()));
        }
    }
    all
}

fn needs<'a>(uses: impl Iterator<Item = &'a super::object::Use>) -> BTreeSet<Node> {
    uses.map(|one| one.node.clone()).collect()
}

fn put<K: Clone + Eq + std::hash::Hash, V>(
    map: &mut HashMap<K, V>,
    key: &K,
    value: Option<V>,
) -> Option<V> {
    match value {
        Some(value) => map.insert(key.clone(), value),
        None => map.remove(key),
    }
}
