//! What is made and changed, in an order in which everything that is needed is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Found, TableChange, ViewChange, mention, of, order, parents, types};
use crate::{
    Dialect,
    schema::{IndexOn, IndexPart, ObjectName, Table, TypeShape, View},
};

/// Something to be made or changed.
struct Node {
    changes: Vec<Change>,
    /// What it is called.
    name: String,
    /// All words in its texts, in lower case.
    words: BTreeSet<String>,
}

/// Writes what is to be made and changed.
pub(super) fn build(found: &Found<'_>, changes: &mut Vec<Change>) {
    let (from, to, names) = (found.sides.from, found.sides.to, found.sides.names());
    for name in to
        .namespaces
        .iter()
        .filter(|name| !names.contains(&from.namespaces, name) && !found.sides.unknown(name))
    {
        changes.push(Change::CreateNamespace(name.clone()));
    }
    for name in to
        .extensions
        .iter()
        .filter(|name| !names.contains(&from.extensions, name) && !found.sides.unknown(name))
    {
        changes.push(Change::CreateExtension(name.clone()));
    }
    let nodes = nodes(found);
    let order = ordered(&nodes);
    let mut later = Later::new(found);
    for at in order {
        for change in &nodes[at].changes {
            later.push(change, changes);
        }
    }
    later.finish(changes);
}

fn nodes(found: &Found<'_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    types_and_sequences(found, &mut nodes);
    routines(found, &mut nodes);
    let dialect = found.sides.dialect();
    let words = |table: &Table| {
        let mut words = table_words(table, dialect);
        if dialect != Dialect::Sqlite {
            let keys = table.foreign_keys.iter().map(|key| &key.table);
            words.extend(
                keys.chain(parents(table))
                    .map(|name| name.name.to_lowercase()),
            );
        }
        words
    };
    for table in &found.created {
        nodes.push(Node {
            changes: vec![Change::CreateTable(Box::new((*table).clone()))],
            name: table.name.name.clone(),
            words: words(table),
        });
    }
    for (table, parts) in &found.kept {
        let both = (parts.columns.iter()).chain(&parts.additions);
        let to = (found.sides.to.tables.iter())
            .find(|one| found.sides.names().same_object(&one.name, &table.name));
        nodes.push(Node {
            changes: both
                .map(|change| Change::alter(table.name.clone(), change.clone()))
                .collect(),
            name: table.name.name.clone(),
            words: to.map(words).unwrap_or_default(),
        });
    }
    for view in &found.created_views {
        let mut words = mention::words(&view.query, dialect);
        words.extend(view.reads.iter().map(|name| name.name.to_lowercase()));
        nodes.push(Node {
            changes: vec![Change::CreateView(Box::new((*view).clone()))],
            name: view.name.name.clone(),
            words,
        });
    }
    nodes
}

fn types_and_sequences(found: &Found<'_>, nodes: &mut Vec<Node>) {
    let (from, to, names) = (found.sides.from, found.sides.to, found.sides.names());
    let dialect = found.sides.dialect();
    for new in &to.types {
        let old = from
            .types
            .iter()
            .find(|old| names.same_object(&old.name, &new.name));
        let changes: Vec<Change> = match old {
            _ if found.unknown(&new.name) => continue,
            None => vec![Change::CreateType(new.clone())],
            Some(old) => types::compare(found.sides, old, new)
                .into_iter()
                .map(|change| Change::AlterType {
                    name: old.name.clone(),
                    change,
                })
                .collect(),
        };
        let mut words = BTreeSet::new();
        match &new.shape {
            TypeShape::Enum(_) | TypeShape::Other(None) => {}
            TypeShape::Composite(attributes) => {
                for (_, data_type) in attributes {
                    words.extend(mention::words(data_type, dialect));
                }
            }
            TypeShape::Domain {
                base,
                default,
                checks,
                ..
            } => {
                let texts = [Some(base), default.as_ref()].into_iter().flatten();
                for text in texts.chain(checks.iter().map(|check| &check.1)) {
                    words.extend(mention::words(text, dialect));
                }
            }
            TypeShape::Other(Some(sql)) => words = mention::words(sql, dialect),
        }
        nodes.push(Node {
            changes,
            name: new.name.name.clone(),
            words,
        });
    }
    for new in &to.sequences {
        let old = from
            .sequences
            .iter()
            .find(|old| names.same_object(&old.name, &new.name));
        let change = match old {
            _ if found.unknown(&new.name) => continue,
            None => Change::CreateSequence(new.clone()),
            Some(old) if found.sides.sequence(old, new) => continue,
            Some(old) => Change::AlterSequence {
                from: old.clone(),
                to: new.clone(),
            },
        };
        nodes.push(Node {
            changes: vec![change],
            name: new.name.name.clone(),
            words: BTreeSet::new(),
        });
    }
}

fn routines(found: &Found<'_>, nodes: &mut Vec<Node>) {
    let sides = found.sides;
    for new in &sides.to.routines {
        let old = (sides.from.routines.iter()).find(|old| sides.same_routine(old, new));
        let change = match old {
            _ if found.unknown(&new.name) => continue,
            None => Change::CreateRoutine(new.clone()),
            Some(old) if sides.routine(old, new) => continue,
            Some(old) => Change::ReplaceRoutine {
                from: old.clone(),
                to: new.clone(),
            },
        };
        nodes.push(Node {
            changes: vec![change],
            name: new.name.name.clone(),
            words: mention::words(&new.sql, sides.dialect()),
        });
    }
}

/// All words that stand in the types and expressions of a table.
fn table_words(table: &Table, dialect: Dialect) -> BTreeSet<String> {
    let expression = |part: &IndexPart| match &part.on {
        IndexOn::Expression(text) => Some(text.clone()),
        IndexOn::Column(_) => part.operator_class.clone(),
    };
    let columns = table.columns.iter().flat_map(|column| {
        let generated = column.generated.as_ref().map(|one| one.expression.clone());
        [
            Some(column.data_type.clone()),
            column.default.clone(),
            generated,
        ]
    });
    let indexes = table
        .indexes
        .iter()
        .flat_map(|index| (index.parts.iter().map(expression)).chain([index.predicate.clone()]));
    let texts = columns
        .chain(indexes)
        .flatten()
        .chain(table.checks.iter().map(|one| one.expression.clone()))
        .chain(table.exclusions.iter().map(|one| one.definition.clone()));
    texts
        .flat_map(|text| mention::words(&text, dialect))
        .collect()
}

/// The nodes in an order in which each stands behind what it names.
fn ordered(nodes: &[Node]) -> Vec<usize> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        places.entry(node.name.to_lowercase()).or_default().push(at);
    }
    order::sorted(nodes.len(), |at| {
        let words = nodes[at].words.iter();
        words
            .filter_map(|word| places.get(word))
            .flatten()
            .copied()
            .filter(|other| *other != at)
            .collect()
    })
}

/// What is done when everything else is there.
struct Later<'a> {
    found: &'a Found<'a>,
    /// The created tables that are still to come.
    coming: Vec<ObjectName>,
    foreign_keys: Vec<Change>,
    triggers: Vec<Change>,
}

impl<'a> Later<'a> {
    fn new(found: &'a Found<'a>) -> Self {
        Self {
            found,
            coming: found
                .created
                .iter()
                .map(|table| table.name.clone())
                .collect(),
            foreign_keys: Vec::new(),
            triggers: Vec::new(),
        }
    }

    fn push(&mut self, change: &Change, changes: &mut Vec<Change>) {
        match change {
            Change::CreateTable(table) => {
                let table = self.without_later(table);
                changes.push(Change::CreateTable(Box::new(table)));
            }
            Change::CreateView(view) => {
                let mut view: View = (**view).clone();
                for trigger in std::mem::take(&mut view.triggers) {
                    self.triggers.push(Change::AlterView {
                        view: view.name.clone(),
                        materialized: view.materialized,
                        change: ViewChange::CreateTrigger(trigger),
                    });
                }
                changes.push(Change::CreateView(Box::new(view)));
            }
            other => changes.push(other.clone()),
        }
    }

    /// The table without its triggers, which can name anything, and (where the engine wants the other table to be there) without the foreign
    /// keys to tables that are still to come.
    fn without_later(&mut self, table: &Table) -> Table {
        let names = self.found.sides.names();
        self.coming.retain(|name| *name != table.name);
        let mut table = table.clone();
        for trigger in std::mem::take(&mut table.triggers) {
            let change = TableChange::CreateTrigger(trigger);
            self.triggers
                .push(Change::alter(table.name.clone(), change));
        }
        if self.found.sides.dialect() != Dialect::Sqlite {
            let coming = &self.coming;
            let (late, now) =
                (std::mem::take(&mut table.foreign_keys).into_iter()).partition(|key| {
                    coming
                        .iter()
                        .any(|name| names.same_object(name, &key.table))
                });
            table.foreign_keys = now;
            let late: Vec<_> = late;
            for key in late {
                let change = TableChange::AddForeignKey(key);
                (self.foreign_keys).push(Change::alter(table.name.clone(), change));
            }
        }
        table
    }

    fn finish(self, changes: &mut Vec<Change>) {
        for (table, parts) in &self.found.kept {
            changes.extend(of(&table.name, &parts.add_foreign_keys));
        }
        changes.extend(self.foreign_keys);
        for (view, _) in &self.found.kept_views {
            changes.extend(self.found.hanging(view, true));
        }
        for (table, parts) in &self.found.kept {
            changes.extend(of(&table.name, &parts.create_triggers));
        }
        changes.extend(self.triggers);
    }
}
