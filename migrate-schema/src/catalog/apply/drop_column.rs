//! `DROP COLUMN`, where the dialects differ most: SQLite refuses while anything but the column itself names it, PostgreSQL drops what
//! belongs to the column and asks about the rest, MySQL shortens keys and indexes.

use std::sync::Arc;

use super::{
    Findings,
    alter::has_key,
    constraint::{column_of, index_columns},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Column, Constraint, ConstraintKind, Index, Key, Node, Relation, store::Fact,
    },
    settings::Product,
    tree::{Behavior, Name, ObjectKind, TriggerEvent},
};

/// What needs a column, and what to do about it.
type User = (String, String);

const REBUILD: &str = "build the table anew without it";

impl Catalog {
    pub(super) fn drop_column(
        &mut self,
        key: &Key,
        draft: &mut Relation,
        column: &Arc<Column>,
        name: &Name,
        behavior: Behavior,
        findings: &mut Findings,
    ) {
        if draft.columns.len() == 1 && !draft.open && self.dialect() != Dialect::Postgres {
            let message = format!("`{}` is the only column of `{}`", column.name, draft.name);
            findings.push(
                Finding::new(Code::InvalidDefinition, message, name.range.clone())
                    .help("a table needs a column: add another one first, or drop the table"),
            );
            return;
        }
        let user = match self.dialect() {
            Dialect::Sqlite => self.user_on_sqlite(draft, &column.name),
            Dialect::Postgres => self.user_on_postgres(key, draft, &column.name, behavior),
            Dialect::Mysql => self.user_on_mysql(key, draft, &column.name),
        };
        if let Some((user, help)) = user {
            let message = format!(
                "the column `{}.{}` is still used by {user}",
                draft.name, column.name
            );
            findings
                .push(Finding::new(Code::StillReferenced, message, name.range.clone()).help(help));
            return;
        }
        if behavior == Behavior::Cascade {
            self.cascade_column(key, &column.name);
        }
        self.take_out(draft, &column.name);
        if let Some(sequence) = self.sequence_of(key, column) {
            self.set(Fact::Relation(sequence, None));
        }
        self.remember(draft, ObjectKind::Column, &column.name, None);
    }

    /// The sequence that belongs to a column.
    fn sequence_of(&self, key: &Key, column: &Column) -> Option<Key> {
        if self.dialect() != Dialect::Postgres {
            return None;
        }
        let node = Node::new(Class::Relation, key.clone());
        let wanted = (key.clone(), self.fold(&column.name));
        let mut owned = self.store.dependents(&node).filter(|dependent| {
            dependent.class == Class::Relation
                && (self.store.relations().get(&dependent.key))
                    .is_some_and(|relation| relation.owned_by.as_ref() == Some(&wanted))
        });
        owned.next().map(|dependent| dependent.key.clone())
    }

    fn user_on_sqlite(&self, draft: &Relation, column: &str) -> Option<User> {
        for constraint in &draft.constraints {
            let own = constraint
                .column
                .as_ref()
                .is_some_and(|own| self.same(own, column));
            let user = match &constraint.kind {
                ConstraintKind::PrimaryKey(key) if self.contains(key, column) => {
                    "the primary key".to_owned()
                }
                ConstraintKind::Unique(key) if self.contains(key, column) => {
                    format!("the unique constraint over ({})", key.join(", "))
                }
                ConstraintKind::ForeignKey { columns, .. }
                    if !own && self.contains(columns, column) =>
                {
                    format!("the foreign key over ({})", columns.join(", "))
                }
                ConstraintKind::Check(expression) if !own && self.mentions(expression, column) => {
                    check_title(constraint)
                }
                _ => continue,
            };
            return Some((user, REBUILD.to_owned()));
        }
        for other in &draft.columns {
            if let Some(generated) = &other.generated
                && !self.same(&other.name, column)
                && self.mentions(&generated.expression, column)
            {
                let user = format!("the generated column `{}`", other.name);
                return Some((user, "drop that column first".to_owned()));
            }
        }
        let index = draft
            .indexes
            .iter()
            .find(|index| self.index_mentions(index, column))?;
        Some((
            format!("the index `{}`", index.name),
            format!("drop the index first: `DROP INDEX {}`", index.name),
        ))
    }

    /// Whether an index names the column anywhere: as a key, in an expression or in its condition.
    fn index_mentions(&self, index: &Index, column: &str) -> bool {
        index
            .parts
            .iter()
            .any(|part| self.mentions(&part.expression, column))
            || self.contains(&index.include, column)
            || (index.predicate.as_ref()).is_some_and(|predicate| self.mentions(predicate, column))
    }

    fn user_on_postgres(
        &self,
        key: &Key,
        draft: &Relation,
        column: &str,
        behavior: Behavior,
    ) -> Option<User> {
        if behavior == Behavior::Cascade || draft.open {
            return None;
        }
        if let Some(view) = self.view_that_uses(key, column) {
            let help = "drop or change the view first, or write CASCADE to drop it too";
            return Some((format!("the {view}"), help.to_owned()));
        }
        for other in &draft.columns {
            if let Some(generated) = &other.generated
                && !self.same(&other.name, column)
                && self.mentions(&generated.expression, column)
            {
                let user = format!("the generated column `{}`", other.name);
                return Some((user, "drop that column first, or write CASCADE".to_owned()));
            }
        }
        for trigger in &draft.triggers {
            let names_it = trigger.events.iter().any(|event| match event {
                TriggerEvent::Update(columns) => {
                    columns.iter().any(|name| self.same(&name.text, column))
                }
                _ => false,
            });
            if names_it {
                let user = format!("the trigger `{}`", trigger.name);
                return Some((user, "drop the trigger first, or write CASCADE".to_owned()));
            }
        }
        let (owner, constraint) = self.reference_to_key_with(key, draft, column)?;
        Some((
            format!("the foreign key `{}` of `{}`", constraint.name, owner.name),
            "drop that foreign key first, or write CASCADE to drop it too".to_owned(),
        ))
    }

    /// A foreign key of another table that needs a key which has this column.
    fn reference_to_key_with(
        &self,
        key: &Key,
        draft: &Relation,
        column: &str,
    ) -> Option<(&Relation, &Arc<Constraint>)> {
        let own = self.key_of(draft);
        self.references_to(key).find(|(owner, constraint)| {
            let ConstraintKind::ForeignKey {
                referred, columns, ..
            } = &constraint.kind
            else {
                return false;
            };
            let goes_too = self.key_of(owner) == own && self.contains(columns, column);
            !goes_too && self.contains(referred, column)
        })
    }

    fn user_on_mysql(&self, key: &Key, draft: &Relation, column: &str) -> Option<User> {
        let checks = self.store.session().foreign_keys;
        let mariadb = matches!(self.target().product, Product::Mariadb | Product::Galera);
        for constraint in &draft.constraints {
            match &constraint.kind {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)
                    if mariadb && key.len() > 1 && self.contains(key, column) =>
                {
                    let user = format!("the key over ({})", key.join(", "));
                    return Some((user, "drop that key first".to_owned()));
                }
                ConstraintKind::ForeignKey { columns, .. } if self.contains(columns, column) => {
                    let help = format!("drop it first: `DROP FOREIGN KEY {}`", constraint.name);
                    return Some((format!("the foreign key `{}`", constraint.name), help));
                }
                ConstraintKind::Check(expression)
                    if self.mentions(expression, column)
                        && self.columns_in(draft, expression).len() > 1 =>
                {
                    return Some((check_title(constraint), "drop the check first".to_owned()));
                }
                _ => {}
            }
        }
        for other in &draft.columns {
            if let Some(generated) = &other.generated
                && !self.same(&other.name, column)
                && self.mentions(&generated.expression, column)
            {
                let user = format!("the generated column `{}`", other.name);
                return Some((user, "drop that column first".to_owned()));
            }
        }
        let in_expression = draft.indexes.iter().find(|index| {
            index
                .parts
                .iter()
                .any(|part| column_of(part).is_none() && self.mentions(&part.expression, column))
        });
        if let Some(index) = in_expression {
            let user = format!("an expression of the index `{}`", index.name);
            return Some((user, "drop the index first".to_owned()));
        }
        if !checks {
            return None;
        }
        let (owner, constraint) = self.reference_to_key_with(key, draft, column)?;
        Some((
            format!("the foreign key `{}` of `{}`", constraint.name, owner.name),
            "drop that foreign key first".to_owned(),
        ))
    }

    /// The view that reads a column, in words.
    pub(super) fn view_that_uses(&self, key: &Key, column: &str) -> Option<String> {
        if self.dialect() != Dialect::Postgres {
            return None;
        }
        let node = Node::new(Class::Relation, key.clone());
        let column = self.fold(column);
        for dependent in self.dependents(&node) {
            let Some(view) = self
                .relation_by_key(&dependent.key)
                .filter(|view| view.kind.is_view())
            else {
                continue;
            };
            let mut uses = view.uses.iter();
            if uses.any(|one| one.node == node && one.column.as_deref() == Some(&column)) {
                return Some(format!("{} `{}`", view.kind.noun(), view.name));
            }
        }
        None
    }

    /// The foreign keys that refer to a relation, its own too.
    pub(super) fn references_to(
        &self,
        key: &Key,
    ) -> impl Iterator<Item = (&Relation, &Arc<Constraint>)> {
        let node = Node::new(Class::Relation, key.clone());
        let owners: Vec<Key> = std::iter::once(key.clone())
            .chain(
                self.dependents(&node)
                    .filter(|one| one.class == Class::Relation)
                    .map(|one| one.key.clone()),
            )
            .collect();
        let key = key.clone();
        owners
            .into_iter()
            .filter_map(|owner| self.relation_by_key(&owner))
            .flat_map(move |owner| {
                let key = key.clone();
                let refers = move |one: &&Arc<Constraint>| match &one.kind {
                    ConstraintKind::ForeignKey { table, .. } => *table == key,
                    _ => false,
                };
                (owner.constraints.iter().filter(refers)).map(move |one| (owner.as_ref(), one))
            })
    }

    /// What `CASCADE` takes along with a column: views that read it, foreign keys that refer to it.
    fn cascade_column(&mut self, key: &Key, column: &str) {
        let node = Node::new(Class::Relation, key.clone());
        let folded = self.fold(column);
        let dependents: Vec<Key> = (self.store.dependents(&node))
            .filter(|one| one.class == Class::Relation)
            .map(|one| one.key.clone())
            .collect();
        for dependent in dependents {
            let Some(relation) = self.store.relations().get(&dependent).cloned() else {
                continue;
            };
            let reads = (relation.uses.iter())
                .any(|one| one.node == node && one.column.as_deref() == Some(&folded));
            if relation.kind.is_view() && reads {
                self.drop_with_dependents(&dependent);
                continue;
            }
            self.drop_references(&dependent, &relation, key, Some(column));
        }
    }

    /// Takes the foreign keys out of a table that refer to another one, or to a column of it.
    pub(super) fn drop_references(
        &mut self,
        own: &Key,
        relation: &Relation,
        target: &Key,
        column: Option<&str>,
    ) {
        let refers = |one: &Arc<Constraint>| match &one.kind {
            ConstraintKind::ForeignKey {
                table, referred, ..
            } => table == target && column.is_none_or(|column| self.contains(referred, column)),
            _ => false,
        };
        if relation.constraints.iter().any(refers) {
            let mut changed = relation.clone();
            changed.constraints.retain(|one| !refers(one));
            self.set(Fact::Relation(own.clone(), Some(Arc::new(changed))));
        }
    }

    /// Takes a column out of a table, with everything of the table that goes with it.
    fn take_out(&self, draft: &mut Relation, column: &str) {
        draft.columns.retain(|own| !self.same(&own.name, column));
        draft.constraints.retain(|one| match &one.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                self.dialect() == Dialect::Mysql || !self.contains(key, column)
            }
            ConstraintKind::ForeignKey { columns, .. } => !self.contains(columns, column),
            ConstraintKind::Check(_) if self.dialect() == Dialect::Sqlite => {
                (one.column.as_ref()).is_none_or(|own| !self.same(own, column))
            }
            ConstraintKind::Check(expression) => !self.mentions(expression, column),
            ConstraintKind::Exclude(parts) => !parts
                .iter()
                .any(|part| self.mentions(&part.expression, column)),
        });
        if self.dialect() != Dialect::Mysql {
            draft
                .indexes
                .retain(|index| !self.index_mentions(index, column));
            return;
        }
        for constraint in &mut draft.constraints {
            let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.kind
            else {
                continue;
            };
            if self.contains(key, column)
                && let ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) =
                    &mut Arc::make_mut(constraint).kind
            {
                key.retain(|name| !self.same(name, column));
            }
        }
        draft.constraints.retain(|one| {
            !matches!(&one.kind, ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) if key.is_empty())
        });
        for index in &mut draft.indexes {
            if has_key(self, index, column) {
                let same = |part: &crate::tree::IndexPart| {
                    column_of(part).is_some_and(|name| self.same(&name.text, column))
                };
                Arc::make_mut(index).parts.retain(|part| !same(part));
            }
        }
        draft.indexes.retain(|index| !index.parts.is_empty());
    }

    /// Refuses to drop a key that foreign keys need, or drops them too.
    pub(super) fn release_key(
        &mut self,
        draft: &mut Relation,
        at: usize,
        name: Option<&Name>,
        behavior: Behavior,
        findings: &mut Findings,
    ) {
        let (ConstraintKind::PrimaryKey(columns) | ConstraintKind::Unique(columns)) =
            draft.constraints[at].kind.clone()
        else {
            return;
        };
        let mut without = draft.clone();
        without.constraints.remove(at);
        let key = self.key_of(draft);
        self.release_columns(
            &key,
            &without,
            (&columns, &draft.constraints[at].name),
            name,
            behavior,
            findings,
        );
    }

    /// The same for any key: `without` is the table as it will be.
    pub(super) fn release_columns(
        &mut self,
        key: &Key,
        without: &Relation,
        (columns, title): (&[String], &str),
        name: Option<&Name>,
        behavior: Behavior,
        findings: &mut Findings,
    ) {
        if self.dialect() == Dialect::Sqlite
            || (self.dialect() == Dialect::Mysql && !self.store.session().foreign_keys)
        {
            return;
        }
        let needs = |constraint: &Constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { referred, .. } => {
                !referred.is_empty()
                    && referred.iter().all(|one| self.contains(columns, one))
                    && !self.is_key(without, referred)
            }
            _ => false,
        };
        let users: Vec<(Key, String, String)> = (self.references_to(key))
            .filter(|(_, constraint)| needs(constraint))
            .map(|(owner, one)| (self.key_of(owner), owner.name.clone(), one.name.clone()))
            .collect();
        if behavior == Behavior::Cascade {
            for (owner, _, _) in users {
                if let Some(relation) = self.store.relations().get(&owner).cloned() {
                    let column = columns.first().map(String::as_str);
                    self.drop_references(&owner, &relation, key, column);
                }
            }
            return;
        }
        if let Some((_, owner, constraint)) = users.first() {
            let message = format!(
                "the key `{title}` is still used by the foreign key `{constraint}` of `{owner}`"
            );
            let range = name.map_or(0..0, |name| name.range.clone());
            let help = match self.dialect() {
                Dialect::Postgres => "drop that foreign key first, or write CASCADE to drop it too",
                _ => "drop that foreign key first",
            };
            findings.push(Finding::new(Code::StillReferenced, message, range).help(help));
        }
    }

    /// The columns of an index that can be a key of a foreign key.
    pub(super) fn key_columns(&self, index: &Index) -> Option<Vec<String>> {
        if !index.unique || index.predicate.is_some() {
            return None;
        }
        index_columns(index)
    }
}

fn check_title(constraint: &Constraint) -> String {
    if constraint.name.is_empty() {
        "a CHECK of the table".to_owned()
    } else {
        format!("the CHECK `{}`", constraint.name)
    }
}
