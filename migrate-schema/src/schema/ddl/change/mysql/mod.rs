//! Changes on MySQL and MariaDB.
//!
//! No statement of theirs is part of a transaction, and some changes of a table cannot be done one after the other (a column that numbers itself
//! always needs its key). So all changes of a table go in one `ALTER TABLE`, between the foreign keys that go and
//! those that come: what a foreign key is on cannot be changed under it.

mod column;
mod foreign_key;
mod table;

use std::collections::BTreeSet;

use super::super::{
    DdlError, Planned, create,
    name::{name, object_name},
    types as types_of, view,
};
use crate::{
    Dialect,
    schema::{
        ForeignKey, ObjectName, Routine, RoutineKind, Schema, Table,
        diff::{Change, TableChange},
    },
};

const DIALECT: Dialect = Dialect::Mysql;

pub(super) fn change(
    from: &Schema,
    to: &Schema,
    changes: &[Change],
) -> Result<Vec<Planned>, DdlError> {
    let mut plan = Plan::new(from, to);
    for change in changes {
        plan.sort(change)?;
    }
    plan.written()
}

/// The changes, by when they are done.
struct Plan<'a> {
    /// The schema that those before it have left: names are looked up here while they are sorted.
    working: Schema,
    to: &'a Schema,
    renames: Vec<Planned>,
    /// Triggers and views.
    goes: Vec<Planned>,
    foreign_keys_go: Vec<(ObjectName, ForeignKey)>,
    tables_go: Vec<Planned>,
    sequences: Vec<Planned>,
    tables_come: Vec<Table>,
    /// By the names that the tables have in the end.
    alters: Vec<(ObjectName, Vec<TableChange>)>,
    foreign_keys_come: Vec<(ObjectName, ForeignKey)>,
    /// Routines, views and triggers.
    comes: Vec<Planned>,
    /// What nothing needs any more.
    last: Vec<Planned>,
}

impl<'a> Plan<'a> {
    fn new(from: &Schema, to: &'a Schema) -> Self {
        Self {
            working: from.clone(),
            to,
            renames: Vec::new(),
            goes: Vec::new(),
            foreign_keys_go: Vec::new(),
            tables_go: Vec::new(),
            sequences: Vec::new(),
            tables_come: Vec::new(),
            alters: Vec::new(),
            foreign_keys_come: Vec::new(),
            comes: Vec::new(),
            last: Vec::new(),
        }
    }

    fn sort(&mut self, change: &Change) -> Result<(), DdlError> {
        match change {
            Change::CreateSequence(one) => {
                let sql = types_of::create_sequence(one)?;
                self.sequences.push(Planned::new(sql));
            }
            Change::AlterSequence { from, to } => {
                self.sequences
                    .push(super::sequence::alter(from, to, DIALECT)?);
            }
            Change::DropSequence(one) => self.last.push(Planned {
                loses: change.loses(),
                ..Planned::new(format!("DROP SEQUENCE {}", object_name(&one.name, DIALECT)))
            }),
            Change::CreateRoutine(one) => self.comes.push(Planned::new(one.sql.trim())),
            Change::DropRoutine(one) => self.last.push(drop_routine(one)),
            Change::ReplaceRoutine { from, to } => {
                self.comes.push(drop_routine(from));
                self.comes.push(Planned::new(to.sql.trim()));
            }
            Change::CreateTable(table) => {
                create::refuse_unknown(table)?;
                self.tables_come.push(table.as_ref().clone());
            }
            Change::DropTable(table) => self.tables_go.push(Planned {
                loses: change.loses(),
                ..Planned::new(format!("DROP TABLE {}", object_name(&table.name, DIALECT)))
            }),
            Change::RenameTable { from, to } => self.rename_table(from, to),
            Change::AlterTable { table, change: how } => {
                return self.sort_table(table, how, change);
            }
            Change::CreateView(own) => {
                let statements = view::create_view(DIALECT, own);
                self.comes.extend(statements.into_iter().map(Planned::new));
            }
            Change::DropView(own) => {
                let sql = format!("DROP VIEW {}", object_name(&own.name, DIALECT));
                self.goes.push(Planned::new(sql));
            }
            Change::CreateNamespace(_)
            | Change::DropNamespace(_)
            | Change::CreateExtension(_)
            | Change::DropExtension(_)
            | Change::CreateType(_)
            | Change::DropType(_)
            | Change::AlterType { .. }
            | Change::AlterView { .. } => return Err(super::foreign(change, DIALECT)),
        }
        self.working.change(change);
        Ok(())
    }

    /// Tables are renamed before all else; what was said of one by its old name is said of it by its new one.
    fn rename_table(&mut self, from: &ObjectName, to: &ObjectName) {
        let sql = format!(
            "RENAME TABLE {} TO {}",
            object_name(from, DIALECT),
            object_name(to, DIALECT)
        );
        self.renames.push(Planned::new(sql));
        let alters = self.alters.iter_mut().map(|(table, _)| table);
        let keys = self
            .foreign_keys_go
            .iter_mut()
            .chain(&mut self.foreign_keys_come);
        for table in alters.chain(keys.map(|(table, _)| table)) {
            if table == from {
                table.clone_from(to);
            }
        }
    }

    fn sort_table(
        &mut self,
        own: &ObjectName,
        how: &TableChange,
        change: &Change,
    ) -> Result<(), DdlError> {
        match how {
            TableChange::RenameColumn { from, to } => {
                self.renames.push(Planned::new(format!(
                    "ALTER TABLE {} RENAME COLUMN {} TO {}",
                    object_name(own, DIALECT),
                    name(from, DIALECT),
                    name(to, DIALECT)
                )));
                self.rename_in_alters(own, from, to);
            }
            TableChange::DropForeignKey(key) => {
                let named = self.with_name(own, key);
                self.foreign_keys_go.push((own.clone(), named));
            }
            TableChange::AddForeignKey(key) => {
                self.foreign_keys_come.push((own.clone(), key.clone()));
            }
            TableChange::CreateTrigger(trigger) => {
                self.comes.push(Planned::new(trigger.sql.trim()));
            }
            TableChange::DropTrigger(trigger) => {
                let trigger = ObjectName {
                    schema: own.schema.clone(),
                    name: trigger.name.clone(),
                };
                let sql = format!("DROP TRIGGER {}", object_name(&trigger, DIALECT));
                self.goes.push(Planned::new(sql));
            }
            TableChange::RenameConstraint { .. }
            | TableChange::ValidateConstraint { .. }
            | TableChange::AddExclusion(_)
            | TableChange::DropExclusion(_)
            | TableChange::Strict(_)
            | TableChange::WithoutRowid(_) => return Err(super::foreign(change, DIALECT)),
            other => {
                let alter = self.alters.iter_mut().find(|(table, _)| table == own);
                match alter {
                    Some((_, all)) => all.push(other.clone()),
                    None => self.alters.push((own.clone(), vec![other.clone()])),
                }
                // What they change is looked up as it is before the statement that they are part of.
                return Ok(());
            }
        }
        self.working.change(change);
        Ok(())
    }

    fn rename_in_alters(&mut self, own: &ObjectName, from: &str, to: &str) {
        let alters = self.alters.iter_mut().filter(|(table, _)| table == own);
        for change in alters.flat_map(|(_, all)| all) {
            match change {
                TableChange::AlterColumn { column, .. } if column == from => to.clone_into(column),
                TableChange::DropColumn(column) if column.name == from => {
                    to.clone_into(&mut column.name);
                }
                _ => {}
            }
        }
    }

    /// All statements, in their order.
    fn written(mut self) -> Result<Vec<Planned>, DdlError> {
        let mut statements = std::mem::take(&mut self.renames);
        statements.append(&mut self.goes);
        let alters = std::mem::take(&mut self.alters);
        self.set_foreign_keys_aside(&alters);
        for (table, key) in &self.foreign_keys_go {
            statements.push(Planned::new(format!(
                "ALTER TABLE {} DROP FOREIGN KEY {}",
                object_name(table, DIALECT),
                name(&key.name.clone().unwrap_or_default(), DIALECT)
            )));
        }
        statements.append(&mut self.tables_go);
        statements.append(&mut self.sequences);
        self.create_tables(&alters, &mut statements);
        let left: BTreeSet<ObjectName> = self.indexes_left();
        let untouched = left
            .iter()
            .filter(|table| !alters.iter().any(|(own, _)| own == *table));
        let untouched: Vec<_> = untouched.map(|table| (table.clone(), Vec::new())).collect();
        for (table, changes) in alters.iter().chain(&untouched) {
            self.alter_table(table, changes, &mut statements)?;
        }
        for (table, key) in &self.foreign_keys_come {
            let sql = create::add_foreign_key(DIALECT, table, key);
            statements.push(Planned::new(sql));
        }
        statements.append(&mut self.comes);
        statements.append(&mut self.last);
        Ok(statements)
    }

    /// New tables, without the foreign keys to tables that are still to be changed.
    fn create_tables(
        &mut self,
        alters: &[(ObjectName, Vec<TableChange>)],
        statements: &mut Vec<Planned>,
    ) {
        for mut table in std::mem::take(&mut self.tables_come) {
            let is_changed = |key: &ForeignKey| alters.iter().any(|(own, _)| *own == key.table);
            let (later, now) = table.foreign_keys.into_iter().partition(is_changed);
            table.foreign_keys = now;
            let later: Vec<ForeignKey> = later;
            let later = later.into_iter().map(|key| (table.name.clone(), key));
            self.foreign_keys_come.extend(later);
            let sql = super::super::create_table(DIALECT, &table);
            statements.extend(sql.into_iter().map(Planned::new));
        }
    }
}

fn drop_routine(routine: &Routine) -> Planned {
    let kind = match routine.kind {
        RoutineKind::Function | RoutineKind::Aggregate => "FUNCTION",
        RoutineKind::Procedure => "PROCEDURE",
    };
    Planned::new(format!(
        "DROP {kind} {}",
        object_name(&routine.name, DIALECT)
    ))
}
