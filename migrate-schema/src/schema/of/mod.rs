//! A catalog as a schema: what is there in the end, with its SQL.

mod names;
mod other;
mod reading;
mod table;
mod text;

use super::{ObjectName, Schema, View};
use crate::catalog::{Catalog, Class, Key, Origin, RelationKind, Use};

pub use reading::Reading;

impl Schema {
    /// What a catalog holds. Its statements must have been [kept](Catalog::keep_texts): of what has no text, only the name is
    /// told, in [`Schema::unknown`].
    pub fn of(catalog: &Catalog) -> Self {
        let mut of = Of {
            catalog,
            unknown: catalog.unknown_names(),
        };
        let mut schema = Self {
            namespaces: catalog.all_schemas(),
            extensions: catalog.all_extensions(),
            ..Self::empty(catalog.dialect())
        };
        of.relations(&mut schema);
        of.types(&mut schema);
        of.routines(&mut schema);
        schema.views = in_order(schema.views);
        of.unknown.sort();
        of.unknown.dedup();
        schema.unknown = of.unknown;
        schema
    }
}

/// A catalog being told as a schema.
struct Of<'a> {
    catalog: &'a Catalog,
    unknown: Vec<String>,
}

impl Of<'_> {
    fn relations(&mut self, schema: &mut Schema) {
        for (relation, certain) in self.catalog.all_relations() {
            if !certain {
                self.unknown.push(relation.name.clone());
                continue;
            }
            match relation.kind {
                RelationKind::Table | RelationKind::ForeignTable | RelationKind::VirtualTable => {
                    let table = self.table(relation);
                    schema.tables.push(table);
                    if relation.doubtful {
                        self.unknown.push(relation.name.clone());
                    }
                }
                RelationKind::View | RelationKind::MaterializedView => match self.view(relation) {
                    Some(view) => schema.views.push(view),
                    None => self.unknown.push(relation.name.clone()),
                },
                RelationKind::Sequence if self.catalog.is_of_a_column(relation) => {}
                RelationKind::Sequence => schema.sequences.push(self.sequence(relation)),
            }
        }
    }

    /// The name of an object, without the usual schema.
    fn name(&self, schema: &str, name: &str) -> ObjectName {
        let is_home = schema.is_empty() || schema == self.catalog.home();
        ObjectName {
            schema: (!is_home).then(|| schema.to_owned()),
            name: name.to_owned(),
        }
    }

    /// The name of a relation that something refers to, as it is written where the relation is known.
    fn name_of_key(&self, key: &Key) -> ObjectName {
        match self.catalog.relation_by_key(key) {
            Some(relation) => self.name(&relation.schema, &relation.name),
            None => self.name(&key.0, &key.1),
        }
    }

    fn made_by(&self, origin: Origin) -> Option<String> {
        self.catalog.migration(origin).map(str::to_owned)
    }

    /// The tables and views among what something needs, each once.
    fn reads(&self, uses: &[Use]) -> Vec<ObjectName> {
        let mut names: Vec<ObjectName> = Vec::new();
        for one in uses.iter().filter(|one| one.node.class == Class::Relation) {
            let name = self.name_of_key(&one.node.key);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// Views such that each reads only what is before it; the order in which they were made decides the rest.
fn in_order(views: Vec<View>) -> Vec<View> {
    let mut ordered: Vec<View> = Vec::with_capacity(views.len());
    let mut waiting = views;
    while !waiting.is_empty() {
        let names: Vec<ObjectName> = waiting.iter().map(|view| view.name.clone()).collect();
        let (ready, later): (Vec<View>, Vec<View>) = waiting.into_iter().partition(|view| {
            let mut reads = view.reads.iter();
            !reads.any(|read| *read != view.name && names.contains(read))
        });
        let is_stuck = ready.is_empty();
        ordered.extend(ready);
        if is_stuck {
            // They read each other: no order is right.
            ordered.extend(later);
            break;
        }
        waiting = later;
    }
    ordered
}
