//! All that there is, for who wants the whole of it.

use super::{Catalog, Class, Function, Relation, RelationKind, Type};
use crate::tree::ObjectKind;

impl Catalog {
    /// The relations in the order in which they were made, and whether they are certain to be there.
    pub(crate) fn all_relations(&self) -> Vec<(&Relation, bool)> {
        let all = self.store.relations().iter();
        let mut all: Vec<_> = all
            .filter(|(_, relation)| !relation.temporary)
            .map(|(key, relation)| {
                let certain = self.is_certain(&key.1, relation.known_since);
                (relation.as_ref(), certain)
            })
            .collect();
        all.sort_by_key(|(one, _)| (one.made, one.known_since));
        all
    }

    /// The types in the order in which they were made, and whether they are certain to be there.
    pub(crate) fn all_types(&self) -> Vec<(&Type, bool)> {
        let all = self.store.types().iter();
        let mut all: Vec<_> = all
            .map(|(key, ty)| (ty.as_ref(), self.is_certain(&key.1, ty.known_since)))
            .collect();
        all.sort_by_key(|(one, _)| one.made);
        all
    }

    /// The functions in the order in which they were made, and whether they are certain to be there.
    pub(crate) fn all_functions(&self) -> Vec<(&Function, bool)> {
        let all = self.store.functions().iter();
        let mut all: Vec<_> = all
            .flat_map(|(key, forms)| {
                let certain = |one: &Function| self.is_certain(&key.1, one.known_since);
                forms.iter().map(move |one| (one, certain(one)))
            })
            .collect();
        all.sort_by_key(|(one, _)| one.made);
        all
    }

    /// The schemas that were made, by name.
    pub(crate) fn all_schemas(&self) -> Vec<String> {
        self.names_of(Class::Schema)
    }

    /// The extensions, by name.
    pub(crate) fn all_extensions(&self) -> Vec<String> {
        self.names_of(Class::Other(ObjectKind::Extension))
    }

    fn names_of(&self, class: Class) -> Vec<String> {
        let all = self.store.named().iter();
        let mut names: Vec<String> = all
            .filter(|(node, named)| {
                node.class == class && self.is_certain(&node.key.1, named.known_since)
            })
            .map(|(_, named)| named.name.clone())
            .collect();
        names.sort();
        names
    }

    /// The names that nobody knows the meaning of, sorted; `*` stands for any name, at the end of one for any that begins so.
    pub(crate) fn unknown_names(&self) -> Vec<String> {
        let is_known = |name: &str, since: u32| {
            let relations = self.store.relations().iter();
            let mut known = relations.filter(|(key, _)| key.1 == name);
            known.any(|(_, one)| one.known_since > since)
        };
        let mut names: Vec<String> = (self.store.poisoned().iter())
            .filter(|(name, since)| !is_known(name, **since))
            .map(|(name, _)| name.clone())
            .collect();
        if self.store.is_all_unknown() {
            names.push("*".to_owned());
        }
        names.sort();
        names
    }

    /// The sequences that the engine made for a column, or that were given to one.
    pub(crate) fn is_of_a_column(&self, relation: &Relation) -> bool {
        relation.kind == RelationKind::Sequence && relation.owned_by.is_some()
    }
}
