//! What a statement would make, change or drop: of that nothing is known when it may have run or not.

use std::sync::Arc;

use super::alter_part::made_column;

use crate::{
    Dialect,
    catalog::{Catalog, store::Fact},
    tree::{Action, Alter, AlterTable, AlterType, Path},
};

impl Catalog {
    /// The statement may have been done or not.
    pub(super) fn doubt(&mut self, action: &Action) {
        let mut names: Vec<String> = Vec::new();
        match action {
            Action::CreateTable(table) => {
                // A table whose definition was refused is known, but not what it holds.
                if self.relation_key(&table.name).is_none() {
                    names.push(table.name.name.text.clone());
                } else {
                    self.open(&table.name);
                }
            }
            Action::AlterTable(alter) => {
                self.open(&alter.name);
                self.may_have(alter);
                if alter.changes.iter().any(changes_a_column) {
                    self.doubt_columns(&alter.name);
                }
                for change in &alter.changes {
                    if let Alter::RenameTo(to) = change {
                        names.push(to.name.text.clone());
                        names.push(alter.name.name.text.clone());
                    }
                }
            }
            Action::CreateIndex(index) => {
                names.extend(index.name.iter().map(|name| name.name.text.clone()));
                // Its columns are what they were; what is unique is not, and on MySQL an index is the table's own.
                if index.unique || self.dialect() == Dialect::Mysql {
                    self.open(&index.table);
                }
            }
            Action::CreateView(view) => names.push(view.name.name.text.clone()),
            Action::CreateTrigger(trigger) => {
                names.push(trigger.name.name.text.clone());
                self.open(&trigger.table);
            }
            Action::CreateSequence(sequence) => names.push(sequence.name.name.text.clone()),
            Action::CreateType(ty) => names.push(ty.name.name.text.clone()),
            Action::AlterType(alter) => names.extend(altered_type(alter)),
            Action::CreateFunction(function) => names.push(function.name.name.text.clone()),
            Action::CreateSchema { name, .. } => {
                names.extend(name.iter().map(|name| name.text.clone()));
            }
            Action::CreateOther { target, .. } | Action::SetSchema { target, .. } => {
                names.push(target.path.name.text.clone());
                names.extend(target.on.iter().map(|on| on.name.text.clone()));
            }
            Action::Drop(drop) => {
                for target in &drop.targets {
                    match &target.on {
                        Some(on) => self.open(on),
                        None => names.push(target.path.name.text.clone()),
                    }
                }
            }
            Action::Rename(rename) => {
                names.push(rename.target.path.name.text.clone());
                names.push(rename.to.name.text.clone());
                if let Some(on) = &rename.target.on {
                    self.open(on);
                }
            }
            Action::CreateExtension { .. }
            | Action::AlterSequence(_)
            | Action::Require(_)
            | Action::Truncate { .. }
            | Action::Insert(_)
            | Action::Update(_)
            | Action::Delete(_)
            | Action::Query(_)
            | Action::SearchPath(_)
            | Action::Setting { .. } => {}
            Action::Perhaps { action, .. } => self.doubt(action),
            Action::Opaque { words, everything } => {
                self.poison_statement(words);
                if *everything {
                    self.poison_everything();
                }
            }
        }
        if !names.is_empty() {
            self.poison(&names);
        }
    }

    /// The columns that a statement would have made are no slips of others.
    fn may_have(&mut self, alter: &AlterTable) {
        let names: Vec<String> = alter.changes.iter().filter_map(made_column).collect();
        if let Some(key) = self.relation_key(&alter.name)
            && let Some(relation) = self.store.relations().get(&key)
            && let Some(had) = &relation.had
            && !names.is_empty()
        {
            let had = had.with(names);
            let mut relation = relation.as_ref().clone();
            relation.had = Some(Arc::new(had));
            self.set(Fact::Relation(key, Some(Arc::new(relation))));
        }
    }

    /// Nobody knows any more what the columns of a relation are.
    fn doubt_columns(&mut self, path: &Path) {
        if let Some(key) = self.relation_key(path)
            && let Some(relation) = self.store.relations().get(&key)
            && !relation.doubtful
        {
            let mut relation = relation.as_ref().clone();
            relation.doubtful = true;
            self.set(Fact::Relation(key, Some(Arc::new(relation))));
        }
    }

    /// Nobody knows any more all that a relation has.
    pub(in crate::catalog) fn open(&mut self, path: &Path) {
        let Some(key) = self.relation_key(path) else {
            return;
        };
        if let Some(relation) = self.store.relations().get(&key)
            && !relation.open
        {
            let had = self.had(relation).map(Arc::new);
            let mut relation = relation.as_ref().clone();
            relation.had = had;
            relation.open = true;
            self.set(Fact::Relation(key, Some(Arc::new(relation))));
        }
    }
}

/// Whether a change is one of a column that is there already.
const fn changes_a_column(change: &Alter) -> bool {
    matches!(
        change,
        Alter::DropColumn { .. }
            | Alter::RenameColumn { .. }
            | Alter::AlterColumn { .. }
            | Alter::Redefine { .. }
            | Alter::Rebuild(_)
    )
}

fn altered_type(alter: &AlterType) -> Option<String> {
    let name = match alter {
        AlterType::AddValue { name, .. }
        | AlterType::RenameValue { name, .. }
        | AlterType::AddConstraint { name, .. }
        | AlterType::DropConstraint { name, .. }
        | AlterType::RenameConstraint { name, .. }
        | AlterType::Domain { name, .. }
        | AlterType::Other { name } => name,
        AlterType::Attributes(alter) => &alter.name,
    };
    Some(name.name.text.clone())
}
