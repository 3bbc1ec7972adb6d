//! `DROP` of any object, and what goes with it.

use std::sync::Arc;

use super::{Findings, names::article};
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Key, Lookup, Node, Relation, RelationKind,
        store::{Fact, Grave},
    },
    tree::{Behavior, Drop, Name, ObjectKind, Path, Target},
};

impl Catalog {
    pub(super) fn drop_objects(&mut self, drop: &Drop, findings: &mut Findings) {
        // What goes together may need each other.
        let together: Vec<Key> = (drop.targets.iter())
            .filter_map(|target| self.relation_key(&target.path))
            .collect();
        for target in &drop.targets {
            self.drop_object(target, drop, &together, findings);
        }
    }

    fn drop_object(
        &mut self,
        target: &Target,
        drop: &Drop,
        together: &[Key],
        findings: &mut Findings,
    ) {
        let options = (drop.if_exists, drop.behavior);
        match target.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence => self.drop_relation(target, options, together, findings),
            ObjectKind::Index => self.drop_index(target, options.0, options.1, findings),
            ObjectKind::Trigger => self.drop_trigger(target, options.0, findings),
            ObjectKind::Type | ObjectKind::Domain => self.drop_type(target, options, findings),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine => {
                self.drop_function(target, options, findings);
            }
            ObjectKind::Schema => self.drop_schema(target, options, findings),
            ObjectKind::Policy | ObjectKind::Rule => self.drop_part(target, options.0, findings),
            kind => self.drop_named(kind, target, options.0, findings),
        }
    }

    fn drop_relation(
        &mut self,
        target: &Target,
        (if_exists, behavior): (bool, Behavior),
        together: &[Key],
        findings: &mut Findings,
    ) {
        let noun = target.kind.noun();
        let relation = match self.relation(&target.path) {
            Lookup::Known(relation) => relation.clone(),
            Lookup::Unknown => {
                if let Some(key) = self.relation_key(&target.path) {
                    self.set(Fact::Relation(key, None));
                }
                self.bury_name(Class::Relation, &target.path);
                return;
            }
            Lookup::Absent => {
                // CASCADE has taken it along with another one of this statement.
                let gone = (self.candidates(Class::Relation, &target.path).iter())
                    .any(|key| together.contains(key));
                if !if_exists && !gone {
                    let mut found = self.no_such_relation(&target.path, noun);
                    if let Some(finding) = &mut found
                        && target.kind == ObjectKind::Sequence
                        && finding.code == Code::UndeclaredName
                    {
                        finding.code = Code::NoSuchTable;
                        finding.message = format!("no such sequence: {}", target.path);
                        finding.help = Some("write `IF EXISTS` if it may not be there".to_owned());
                    }
                    findings.extend(found);
                }
                return;
            }
        };
        if !fits(target.kind, relation.kind) && relation.is_surely_its_kind() {
            findings.push(self.wrong_kind(&relation, target));
            return;
        }
        let key = self.key_of(&relation);
        if behavior != Behavior::Cascade
            && let Some((user, help)) = self.user_of_relation(&key, &relation, together)
        {
            let message = format!("the {noun} `{}` is still used by {user}", relation.name);
            findings
                .push(Finding::new(Code::StillReferenced, message, target.path.range()).help(help));
            return;
        }
        self.drop_with_dependents(&key);
    }

    fn wrong_kind(&self, relation: &Relation, target: &Target) -> Finding {
        let message = format!(
            "`{}` is {}, not a {}",
            relation.name,
            article(relation),
            target.kind.noun()
        );
        Finding::new(Code::InvalidDefinition, message, target.path.range()).help(format!(
            "write `DROP {} {}`",
            relation.kind.noun().to_uppercase().replace("VIRTUAL ", ""),
            target.path
        ))
    }

    /// What still needs a relation, and what to do about it.
    fn user_of_relation(
        &self,
        key: &Key,
        relation: &Relation,
        together: &[Key],
    ) -> Option<(String, String)> {
        let node = Node::new(Class::Relation, key.clone());
        let cascade = if self.dialect() == Dialect::Postgres {
            ", or write CASCADE"
        } else {
            ""
        };
        for dependent in self.dependents(&node) {
            if together.contains(&dependent.key) && dependent.class == Class::Relation {
                continue;
            }
            let user = match (self.dialect(), dependent.class) {
                (Dialect::Sqlite, _) => return None,
                (Dialect::Mysql, Class::Relation) => self.foreign_key_to(&dependent.key, key),
                (Dialect::Postgres, Class::Relation) => {
                    self.user_on_postgres_of(&dependent.key, key)
                }
                (Dialect::Postgres, Class::Type) => Some(format!("the type `{}`", dependent.key.1)),
                (Dialect::Postgres, Class::Function) => {
                    Some(format!("the function `{}`", dependent.key.1))
                }
                _ => None,
            };
            if let Some(user) = user {
                return Some((user, format!("drop that first{cascade}")));
            }
        }
        if relation.kind == RelationKind::Sequence
            && let Some((table, column)) = &relation.owned_by
            && let Some(table) = self.relation_by_key(table)
            && let Some(column) = self.column(table, column)
            && column.sequence.as_ref() == Some(key)
        {
            let user = format!("the column `{}.{}`", table.name, column.name);
            return Some((user, format!("drop the column's default first{cascade}")));
        }
        None
    }

    fn foreign_key_to(&self, owner: &Key, key: &Key) -> Option<String> {
        if self.dialect() == Dialect::Mysql && !self.store.session().foreign_keys {
            return None;
        }
        let owner = self.relation_by_key(owner)?;
        let own = self.key_of(owner);
        let mut keys = self.references_to(key);
        let (_, constraint) = keys.find(|(relation, _)| self.key_of(relation) == own)?;
        Some(format!(
            "the foreign key `{}` of `{}`",
            constraint.name, owner.name
        ))
    }

    fn user_on_postgres_of(&self, dependent: &Key, key: &Key) -> Option<String> {
        let relation = self.relation_by_key(dependent)?;
        if relation
            .owned_by
            .as_ref()
            .is_some_and(|(table, _)| table == key)
        {
            // A sequence goes with its table, unless another table's default needs it.
            let node = Node::new(Class::Relation, dependent.clone());
            let mut users = self.dependents(&node).filter(|user| user.key != *key);
            let user = users.find_map(|user| self.relation_by_key(&user.key))?;
            return Some(format!(
                "the default of a column of `{}`, through its sequence `{}`",
                user.name, relation.name
            ));
        }
        if let Some(user) = self.foreign_key_to(dependent, key) {
            return Some(user);
        }
        if relation.parents.contains(key) {
            let parent = self.relation_by_key(key)?;
            return (!parent.partitioned)
                .then(|| format!("the table `{}`, which inherits from it", relation.name));
        }
        if relation.kind.is_view() {
            return Some(format!("the {} `{}`", relation.kind.noun(), relation.name));
        }
        let node = Node::new(Class::Relation, key.clone());
        let needs = |uses: &[crate::catalog::Use]| uses.iter().any(|one| one.node == node);
        if let Some(column) = relation.columns.iter().find(|column| needs(&column.uses)) {
            return Some(format!("the column `{}.{}`", relation.name, column.name));
        }
        None
    }

    /// Drops a relation, and whatever cannot be without it.
    pub(super) fn drop_with_dependents(&mut self, key: &Key) {
        let Some(relation) = self.store.relations().get(key).cloned() else {
            return;
        };
        let node = Node::new(Class::Relation, key.clone());
        let dependents: Vec<Node> = self.store.dependents(&node).cloned().collect();
        self.set(Fact::Relation(key.clone(), None));
        self.bury_key(Class::Relation, key, None);
        for index in &relation.indexes {
            let name = (key.0.clone(), self.fold(&index.name));
            self.bury_key(Class::Index, &name, None);
        }
        if self.dialect() == Dialect::Sqlite {
            self.refresh_views(key);
            return;
        }
        if self.dialect() == Dialect::Mysql {
            return;
        }
        for dependent in dependents {
            match dependent.class {
                Class::Relation => self.drop_dependent(&dependent.key, key),
                Class::Function => {
                    self.set(Fact::Functions(dependent.key.clone(), None));
                    self.bury_key(Class::Function, &dependent.key, None);
                }
                _ => {}
            }
        }
    }

    /// What `CASCADE` does to something that needs a relation which is gone.
    fn drop_dependent(&mut self, dependent: &Key, key: &Key) {
        let Some(relation) = self.store.relations().get(dependent).cloned() else {
            return;
        };
        let owned = relation
            .owned_by
            .as_ref()
            .is_some_and(|(table, _)| table == key);
        if relation.kind.is_view() || owned || relation.parents.contains(key) {
            self.drop_with_dependents(dependent);
            return;
        }
        let node = Node::new(Class::Relation, key.clone());
        let mut changed = relation.as_ref().clone();
        for column in &mut changed.columns {
            if column.uses.iter().any(|one| one.node == node) {
                let column = Arc::make_mut(column);
                column.uses.retain(|one| one.node != node);
                column.default = None;
                column.sequence = None;
            }
        }
        self.set(Fact::Relation(
            dependent.clone(),
            Some(Arc::new(changed.clone())),
        ));
        self.drop_references(dependent, &changed, key, None);
    }

    /// A policy or rule of a table.
    fn drop_part(&mut self, target: &Target, if_exists: bool, findings: &mut Findings) {
        let Some(on) = &target.on else {
            return;
        };
        if if_exists && matches!(self.relation(on), Lookup::Absent) {
            return;
        }
        let Some(relation) = self.existing(on, "table", findings) else {
            return;
        };
        let name = &target.path.name;
        let is_it =
            |(kind, own): &(ObjectKind, String)| *kind == target.kind && self.same(own, &name.text);
        if relation.others.iter().any(is_it) {
            let mut draft = relation.as_ref().clone();
            draft.others.retain(|other| !is_it(other));
            self.remember(&mut draft, target.kind, &name.text, None);
            let key = self.key_of(&draft);
            self.set(Fact::Relation(key, Some(Arc::new(draft))));
        } else if !if_exists && !relation.open {
            let noun = target.kind.noun();
            let message = format!("no such {noun}: {name} on `{}`", relation.name);
            let names = relation
                .others
                .iter()
                .filter(|other| other.0 == target.kind);
            let near = crate::nearest(&name.text, names.map(|other| other.1.as_str()));
            findings.push(self.no_such_part(
                Code::NoSuchObject,
                target.kind,
                &relation,
                name,
                message,
                near,
            ));
        }
    }

    /// Something that has only a name.
    fn drop_named(
        &mut self,
        kind: ObjectKind,
        target: &Target,
        if_exists: bool,
        findings: &mut Findings,
    ) {
        if let Some(on) = &target.on
            && !(if_exists && matches!(self.relation(on), Lookup::Absent))
        {
            self.existing(on, "table", findings);
        }
        let class = Class::Other(kind);
        for key in self.candidates(class, &target.path) {
            let node = Node::new(class, key);
            if self.store.named().contains_key(&node) {
                self.set(Fact::Named(node.clone(), None));
                self.bury_key(class, &node.key, None);
                return;
            }
        }
        let candidates = self.candidates(class, &target.path);
        let message = format!("no such {}: {}", kind.noun(), target.path);
        if !if_exists && matches!(kind, ObjectKind::Extension | ObjectKind::Collation) {
            findings.extend(self.buried(
                Code::NoSuchObject,
                &message,
                target.path.range(),
                class,
                &candidates,
            ));
        }
    }

    /// Writes down what became of a name.
    pub(super) fn bury_key(&mut self, class: Class, key: &Key, renamed_to: Option<&str>) {
        let grave = Grave {
            renamed_to: renamed_to.map(str::to_owned),
            origin: self.origin(),
            since: self.tick(),
        };
        let node = Node::new(class, key.clone());
        self.set(Fact::Grave(node, Some(Arc::new(grave))));
    }

    /// The same for a name of which nobody knew whether it was there.
    pub(super) fn bury_name(&mut self, class: Class, path: &Path) {
        let key = self.new_key(class, path, false);
        self.bury_key(class, &key, None);
    }

    /// The name means something again.
    pub(super) fn unbury(&mut self, class: Class, key: &Key) {
        let node = Node::new(class, key.clone());
        if self.store.grave(&node).is_some() {
            self.set(Fact::Grave(node, None));
        }
    }

    /// A relation that is being made: its name means something again.
    pub(super) fn bury(&mut self, relation: &Relation, _to: Option<&Name>) {
        let key = self.key_of(relation);
        self.unbury(Class::Relation, &key);
    }
}

/// Whether `DROP kind` drops a relation of this kind.
fn fits(kind: ObjectKind, relation: RelationKind) -> bool {
    match kind {
        ObjectKind::Table => matches!(relation, RelationKind::Table | RelationKind::VirtualTable),
        ObjectKind::ForeignTable => relation == RelationKind::ForeignTable,
        ObjectKind::View => relation == RelationKind::View,
        ObjectKind::MaterializedView => relation == RelationKind::MaterializedView,
        ObjectKind::Sequence => relation == RelationKind::Sequence,
        _ => true,
    }
}
