//! Which statements of a method are about which names, so that a lint need not look at all of them.

use crate::{
    hash::HashMap,
    tree::{Action, Alter, ObjectKind, Path, Source},
};

use super::Place;

/// The statements of a method, by what they are about.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// By the name of a table (or of what is dropped), in small letters and without its schema.
    names: HashMap<String, Vec<usize>>,
    /// Those that may be about anything.
    anything: Vec<usize>,
    /// Those that drop an index or a constraint by itself.
    index_drops: Vec<usize>,
}

impl About {
    pub(super) fn of(statements: &[Place<'_>]) -> Self {
        let mut about = Self::default();
        for (at, place) in statements.iter().enumerate() {
            for action in &place.tree.actions {
                about.add(at, action);
            }
        }
        about
    }

    /// The statements about a name, in no order.
    pub(super) fn name(&self, name: &str) -> impl Iterator<Item = usize> {
        let named = self.names.get(&name.to_lowercase());
        named.into_iter().flatten().chain(&self.anything).copied()
    }

    /// The first statement that drops an index or a constraint by itself.
    pub(super) fn first_index_drop(&self) -> Option<usize> {
        self.index_drops.first().copied()
    }

    fn add(&mut self, at: usize, action: &Action) {
        match action {
            Action::CreateTable(create) => self.put(at, &create.name),
            Action::CreateView(create) => self.put(at, &create.name),
            Action::CreateIndex(create) => self.put(at, &create.table),
            Action::CreateType(create) => self.put(at, &create.name),
            Action::AlterTable(alter) => {
                self.put(at, &alter.name);
                for change in &alter.changes {
                    if let Alter::RenameTo(to) = change {
                        self.put(at, to);
                    }
                }
            }
            Action::Drop(drop) => {
                for target in &drop.targets {
                    self.put(at, &target.path);
                    if matches!(target.kind, ObjectKind::Index | ObjectKind::Constraint) {
                        self.index_drops.push(at);
                    }
                }
            }
            Action::Rename(rename) => {
                self.put(at, &rename.target.path);
                self.put(at, &rename.to);
            }
            Action::Truncate { tables, .. } => tables.iter().for_each(|table| self.put(at, table)),
            Action::Update(update) => self.source(at, &update.target),
            Action::Delete(delete) => {
                for target in &delete.targets {
                    self.source(at, target);
                }
            }
            Action::Opaque { .. } | Action::Perhaps { .. } => self.anything.push(at),
            _ => {}
        }
    }

    fn source(&mut self, at: usize, source: &Source) {
        match source {
            Source::Table { name, .. } => self.put(at, name),
            _ => self.anything.push(at),
        }
    }

    fn put(&mut self, at: usize, path: &Path) {
        let list = self.names.entry(path.name.text.to_lowercase()).or_default();
        if list.last() != Some(&at) {
            list.push(at);
        }
    }
}
