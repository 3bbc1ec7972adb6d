//! What has happened in a method so far, as far as the catalog has forgotten it.

use std::ops::Range;

use crate::{
    Dialect,
    catalog::{Catalog, Relation, RelationKind},
    tree::{Action, Alter, AlterType, ObjectKind, Path, TypeShape},
};

use super::{Method, context::same};

/// What has happened in a method so far.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The tables of earlier migrations that it dropped, as they were. (On SQLite, where a table is changed by making it anew.)
    pub dropped: Vec<Dropped>,
    /// The tables of earlier migrations that it renamed: the name before, the name behind.
    pub renamed: Vec<(String, String)>,
    /// The views of earlier migrations that it dropped: as they were, the statement, and where their name stands.
    pub dropped_views: Vec<(Relation, usize, Range<usize>)>,
    /// The values that it added to enums of earlier migrations: the enum, the value. (On PostgreSQL.)
    pub labels: Vec<(Path, String)>,
}

/// A table that was dropped.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// The table, as it was.
    pub relation: Relation,
    /// The name that it had before the migration.
    pub name: String,
    /// The statement: its place in the method.
    pub at: usize,
    /// Where its name stands in the text of the step.
    pub range: Range<usize>,
}

impl Memory {
    /// Notes what an action takes away.
    pub(super) fn before(
        &mut self,
        method: &Method<'_>,
        catalog: &Catalog,
        at: usize,
        action: &Action,
    ) {
        match method.target.dialect() {
            Dialect::Sqlite => self.sqlite(method, catalog, at, action),
            Dialect::Postgres => self.postgres(method, catalog, at, action),
            Dialect::Mysql => {}
        }
    }

    fn postgres(&mut self, method: &Method<'_>, catalog: &Catalog, at: usize, action: &Action) {
        let conditional = method
            .statements
            .get(at)
            .is_none_or(|place| place.conditional);
        // Only what is certain to be new, in an enum that is certain to be older than the method.
        if let Action::AlterType(AlterType::AddValue { name, label, .. }) = action
            && let Some(ty) = catalog.type_(name).known()
            && let TypeShape::Enum(labels) = &ty.shape
            && ty.origin != method.origin
            && !ty.open
            && !conditional
            && labels.iter().all(|known| known.text != label.text)
        {
            self.labels.push((name.clone(), label.text.clone()));
        }
    }

    fn sqlite(&mut self, method: &Method<'_>, catalog: &Catalog, at: usize, action: &Action) {
        match action {
            Action::AlterTable(alter) => {
                for change in &alter.changes {
                    if let Alter::RenameTo(to) = change
                        && let Some(relation) = catalog.relation(&alter.name).known()
                        && relation.origin != method.origin
                    {
                        self.renamed
                            .push((relation.name.clone(), to.name.text.clone()));
                    }
                }
            }
            Action::Drop(drop) => {
                for target in &drop.targets {
                    if target.kind == ObjectKind::View
                        && let Some(view) = catalog.relation(&target.path).known()
                        && view.origin != method.origin
                    {
                        self.dropped_views
                            .push((view.clone(), at, target.path.range()));
                    }
                    if target.kind == ObjectKind::Table
                        && let Some(relation) = catalog.relation(&target.path).known()
                        && relation.kind == RelationKind::Table
                        && relation.origin != method.origin
                    {
                        self.dropped.push(Dropped {
                            relation: relation.clone(),
                            name: self.first_name(&relation.name),
                            at,
                            range: target.path.range(),
                        });
                    }
                }
            }
            _ => {}
        }
    }

    /// The name that a table had before the method renamed it.
    pub(super) fn first_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for (from, to) in self.renamed.iter().rev() {
            if same(Dialect::Sqlite, to, &name) {
                name.clone_from(from);
            }
        }
        name
    }
}
