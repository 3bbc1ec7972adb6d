//! Changes on SQLite, whose `ALTER TABLE` can do little: for all else the table is made again.

mod in_place;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{
    DdlError, Planned, create_index, create_table, create_view, name, object_name,
    rebuild::{Dependents, rebuild},
};
use crate::{
    Dialect,
    schema::{
        ObjectName, Schema, Table, View,
        diff::{Change, TableChange, ViewChange, words},
    },
};
use in_place::in_place;

const DIALECT: Dialect = Dialect::Sqlite;

/// The statements that do the changes, on a database that is `from`.
pub fn change(from: &Schema, to: &Schema, changes: &[Change]) -> Result<Vec<Planned>, DdlError> {
    let mut writer = Writer {
        now: from.clone(),
        to,
        changes,
        done: vec![false; changes.len()],
        aside: Dependents::default(),
        gone: BTreeSet::new(),
        statements: Vec::new(),
    };
    for at in 0..changes.len() {
        if !writer.done[at] {
            writer.write(at)?;
        }
    }
    writer.back();
    Ok(writer.statements)
}

struct Writer<'a> {
    /// What there is after the statements so far; what is aside counts as there.
    now: Schema,
    to: &'a Schema,
    changes: &'a [Change],
    /// The changes that were done together with one before them.
    done: Vec<bool>,
    /// What was dropped to make way, and is to be made again.
    aside: Dependents,
    /// The tables and views that were dropped for good or come later in another form, in lower case.
    gone: BTreeSet<String>,
    statements: Vec<Planned>,
}

impl<'a> Writer<'a> {
    fn write(&mut self, at: usize) -> Result<(), DdlError> {
        let change = &self.changes[at];
        match change {
            Change::CreateTable(table) => {
                self.gone.remove(&table.name.name.to_lowercase());
                self.all(create_table(DIALECT, table));
            }
            Change::DropTable(table) => self.drop_table(table, change),
            Change::RenameTable { from, to } => {
                // It looks at all views and triggers, and writes the new name into them.
                self.back();
                self.make_way(None);
                let (from, to) = (object_name(from, DIALECT), name(&to.name, DIALECT));
                self.one(format!("ALTER TABLE {from} RENAME TO {to}"));
            }
            Change::AlterTable { table, change: own } => {
                return self.alter(at, table, own, change);
            }
            Change::CreateView(view) => {
                self.gone.remove(&view.name.name.to_lowercase());
                self.back_for(&view.query);
                self.all(create_view(DIALECT, view));
            }
            Change::DropView(view) => self.drop_view(view),
            Change::AlterView {
                view, change: own, ..
            } => match own {
                ViewChange::CreateTrigger(trigger) => {
                    self.back();
                    self.one(trigger.sql.trim().to_owned());
                }
                ViewChange::DropTrigger(trigger) => {
                    self.back();
                    self.one(drop(view, "TRIGGER", &trigger.name));
                }
                _ => return Err(foreign(change)),
            },
            _ => return Err(foreign(change)),
        }
        self.now.change(change);
        Ok(())
    }

    fn one(&mut self, sql: String) {
        self.statements.push(Planned::new(sql));
    }

    fn all(&mut self, statements: Vec<String>) {
        self.statements
            .extend(statements.into_iter().map(Planned::new));
    }

    /// SQLite drops a table by deleting its rows first, with all that their foreign keys say, where it enforces them.
    fn drop_table(&mut self, table: &Table, change: &Change) {
        let same = |left: &ObjectName, right: &ObjectName| same_object(left, right);
        let refers = |other: &&Table| {
            !same(&other.name, &table.name)
                && other
                    .foreign_keys
                    .iter()
                    .any(|key| same(&key.table, &table.name))
        };
        let children: Vec<&Table> = self.now.tables.iter().filter(refers).collect();
        let stays = |child: &&&Table| {
            self.to
                .tables
                .iter()
                .any(|one| same(&one.name, &child.name))
        };
        let kept: Vec<String> = (children.iter())
            .filter(stays)
            .map(|child| child.name.to_string())
            .collect();
        self.gone.insert(table.name.name.to_lowercase());
        let mut loses = change.loses();
        if !kept.is_empty() {
            let rows = format!(", and the rows of {} that refer to it", kept.join(", "));
            loses = loses.map(|loses| loses + &rows);
        }
        let circle = !children.is_empty();
        if circle {
            self.one("PRAGMA defer_foreign_keys = ON".to_owned());
        }
        self.statements.push(Planned {
            loses,
            ..Planned::new(format!("DROP TABLE {}", object_name(&table.name, DIALECT)))
        });
    }

    fn drop_view(&mut self, view: &View) {
        self.gone.insert(view.name.name.to_lowercase());
        // What is aside is dropped already.
        if !self.aside.views.remove(&view.name.name.to_lowercase()) {
            self.one(format!("DROP VIEW {}", object_name(&view.name, DIALECT)));
        }
    }

    fn alter(
        &mut self,
        at: usize,
        table: &ObjectName,
        own: &TableChange,
        change: &Change,
    ) -> Result<(), DdlError> {
        match own {
            TableChange::RenameColumn { from, to } => {
                self.back();
                self.make_way(None);
                let (from, to) = (name(from, DIALECT), name(to, DIALECT));
                let table = object_name(table, DIALECT);
                self.one(format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}"));
            }
            TableChange::CreateIndex(index) => self.all(create_index(DIALECT, table, index)),
            TableChange::DropIndex(index) => self.one(drop(table, "INDEX", &index.name)),
            TableChange::CreateTrigger(trigger) => {
                self.back_for(&trigger.sql);
                self.one(trigger.sql.trim().to_owned());
            }
            TableChange::DropTrigger(trigger) => {
                if !self.aside.triggers.remove(&trigger.name.to_lowercase()) {
                    self.one(drop(table, "TRIGGER", &trigger.name));
                }
            }
            own if is_of_the_table(own) => return self.definition(at, table),
            _ => return Err(foreign(change)),
        }
        self.now.change(change);
        Ok(())
    }

    /// All changes of a table's definition together, from this one on.
    fn definition(&mut self, at: usize, table: &ObjectName) -> Result<(), DdlError> {
        let group = self.group(at, table);
        let found = (self.now.tables.iter()).find(|one| same_object(&one.name, table));
        let Some(old) = found.cloned() else {
            return Err(DdlError::new(
                format!("the table {table}"),
                "it is not there",
                "compare with the schema that the database has",
            ));
        };
        let definition: Vec<(usize, &'a TableChange)> = (group.iter().copied())
            .filter(|(_, change)| is_of_the_table(change))
            .collect();
        match in_place(&self.now, &old, &definition) {
            Some(statements) => {
                if statements.iter().any(|one| one.loses.is_some()) {
                    // Dropping a column looks at all views and triggers.
                    self.make_way(None);
                }
                self.statements.extend(statements);
                self.finish(definition.iter().map(|(at, _)| *at));
            }
            None => {
                let gone = |change: &TableChange| {
                    is_of_the_table(change)
                        || matches!(
                            change,
                            TableChange::DropIndex(_) | TableChange::DropTrigger(_)
                        )
                };
                let done: Vec<usize> = (group.iter())
                    .filter(|(_, change)| gone(change))
                    .map(|(at, _)| *at)
                    .collect();
                self.rebuild(&old, &done)?;
            }
        }
        Ok(())
    }

    /// The changes of a table up to one that gives it or its columns other names.
    fn group(&self, at: usize, table: &ObjectName) -> Vec<(usize, &'a TableChange)> {
        let mut group = Vec::new();
        for (at, change) in self.changes.iter().enumerate().skip(at) {
            match change {
                Change::AlterTable {
                    table: own,
                    change: TableChange::RenameColumn { .. },
                } if same_object(own, table) => break,
                Change::AlterTable { table: own, change }
                    if same_object(own, table) && !self.done[at] =>
                {
                    group.push((at, change));
                }
                Change::RenameTable { .. } => break,
                Change::DropTable(own) if same_object(&own.name, table) => break,
                _ => {}
            }
        }
        group
    }

    /// These changes are done.
    fn finish(&mut self, done: impl Iterator<Item = usize>) {
        for at in done {
            self.done[at] = true;
            self.now.change(&self.changes[at]);
        }
    }

    fn rebuild(&mut self, old: &Table, done: &[usize]) -> Result<(), DdlError> {
        self.make_way(Some(old));
        let loses: Vec<String> = (done.iter())
            .filter_map(|at| self.changes[*at].loses())
            .collect();
        let before = self.now.clone();
        self.finish(done.iter().copied());
        let found = (self.now.tables.iter()).find(|one| same_object(&one.name, &old.name));
        let mut new = found.unwrap_or(old).clone();
        self.in_order(&mut new);
        // They went with the old table, and may name what is aside.
        let triggers = std::mem::take(&mut new.triggers).into_iter();
        self.aside
            .triggers
            .extend(triggers.map(|one| one.name.to_lowercase()));
        let drop = format!("DROP TABLE {}", object_name(&old.name, DIALECT));
        for sql in rebuild(&before, old, &new)? {
            let loses = (sql == drop && !loses.is_empty()).then(|| loses.join("; "));
            self.statements.push(Planned {
                loses,
                ..Planned::new(sql)
            });
        }
        Ok(())
    }

    /// The columns in the order in which they are wanted, which costs nothing here.
    fn in_order(&self, new: &mut Table) {
        let Some(wanted) = (self.to.tables.iter()).find(|one| same_object(&one.name, &new.name))
        else {
            return;
        };
        new.columns.sort_by_key(|column| {
            let place =
                (wanted.columns.iter()).position(|one| one.name.eq_ignore_ascii_case(&column.name));
            place.unwrap_or(usize::MAX)
        });
    }

    /// Drops the views and triggers that would be found broken: those that name what is gone or aside, and the table that is made again.
    fn make_way(&mut self, table: Option<&Table>) {
        let mut names: BTreeSet<String> = self.aside.views.union(&self.gone).cloned().collect();
        names.extend(table.map(|table| table.name.name.to_lowercase()));
        if names.is_empty() {
            return;
        }
        let own = |other: &Table| table.is_some_and(|table| same_object(&other.name, &table.name));
        let found = Dependents::of(&self.now, &names);
        let mut statements = Vec::new();
        for other in &self.now.tables {
            if own(other) {
                continue;
            }
            for trigger in &other.triggers {
                let key = trigger.name.to_lowercase();
                if found.triggers.contains(&key) && self.aside.triggers.insert(key) {
                    statements.push(drop(&other.name, "TRIGGER", &trigger.name));
                }
            }
        }
        for view in self.now.views.iter().rev() {
            let key = view.name.name.to_lowercase();
            if found.views.contains(&key) && self.aside.views.insert(key) {
                statements.push(format!("DROP VIEW {}", object_name(&view.name, DIALECT)));
            }
        }
        self.all(statements);
    }

    /// Makes again what was aside, where the text names a view that is.
    fn back_for(&mut self, text: &str) {
        if !self.aside.views.is_disjoint(&words(text, DIALECT)) {
            self.back();
        }
    }

    /// Makes again what was aside.
    fn back(&mut self) {
        let aside = std::mem::take(&mut self.aside);
        let mut statements = Vec::new();
        for view in &self.now.views {
            if aside.views.contains(&view.name.name.to_lowercase()) {
                statements.extend(create_view(DIALECT, view));
            }
        }
        for trigger in self.now.tables.iter().flat_map(|table| &table.triggers) {
            if aside.triggers.contains(&trigger.name.to_lowercase()) {
                statements.push(trigger.sql.trim().to_owned());
            }
        }
        self.all(statements);
    }
}

fn foreign(change: &Change) -> DdlError {
    DdlError::new(
        change.to_string(),
        "there is no such thing on SQLite",
        "take it out of what is wanted",
    )
}

fn same_object(left: &ObjectName, right: &ObjectName) -> bool {
    crate::schema::diff::names::Names(DIALECT).same_object(left, right)
}

fn drop(owner: &ObjectName, kind: &str, own: &str) -> String {
    let object = ObjectName {
        schema: owner.schema.clone(),
        name: own.to_owned(),
    };
    format!("DROP {kind} {}", object_name(&object, DIALECT))
}

/// Whether the change is one of the text of `CREATE TABLE`.
const fn is_of_the_table(change: &TableChange) -> bool {
    match change {
        TableChange::AddColumn(_)
        | TableChange::DropColumn(_)
        | TableChange::AlterColumn { .. }
        | TableChange::AddPrimaryKey(_)
        | TableChange::DropPrimaryKey(_)
        | TableChange::AddUnique(_)
        | TableChange::DropUnique(_)
        | TableChange::AddForeignKey(_)
        | TableChange::DropForeignKey(_)
        | TableChange::AddCheck(_)
        | TableChange::DropCheck(_)
        | TableChange::RenameConstraint { .. }
        | TableChange::Strict(_)
        | TableChange::WithoutRowid(_) => true,
        TableChange::RenameColumn { .. }
        | TableChange::AddExclusion(_)
        | TableChange::DropExclusion(_)
        | TableChange::ValidateConstraint { .. }
        | TableChange::CreateIndex(_)
        | TableChange::DropIndex(_)
        | TableChange::IndexComment { .. }
        | TableChange::CreateTrigger(_)
        | TableChange::DropTrigger(_)
        | TableChange::Option { .. }
        | TableChange::Kind { .. }
        | TableChange::Comment { .. } => false,
    }
}
