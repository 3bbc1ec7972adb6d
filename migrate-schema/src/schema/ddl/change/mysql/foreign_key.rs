//! Foreign keys: those that have to go while what they are on is changed, and the indexes that the engine has made for
//! them.

use std::collections::BTreeSet;

use super::{super::names::mysql as names, Plan};
use crate::schema::{
    ForeignKey, IndexOn, IndexPart, ObjectName, Table,
    diff::{ColumnChange, TableChange},
};

impl Plan<'_> {
    /// A foreign key with the name that it has, whoever has chosen it.
    pub(super) fn with_name(&self, own: &ObjectName, key: &ForeignKey) -> ForeignKey {
        let table = self.working.tables.iter().find(|table| table.name == *own);
        let name = table.map(|table| names::foreign_key(table, key));
        ForeignKey {
            name: name.or_else(|| key.name.clone()),
            ..key.clone()
        }
    }

    /// Foreign keys that stay, and whose columns or indexes are changed, go and come again.
    pub(super) fn set_foreign_keys_aside(&mut self, alters: &[(ObjectName, Vec<TableChange>)]) {
        let mut aside: Vec<(ObjectName, ForeignKey)> = Vec::new();
        for table in &self.working.tables {
            for key in &table.foreign_keys {
                let is_touched = alters.iter().any(|(own, changes)| {
                    let altered = self.working.tables.iter().find(|one| one.name == *own);
                    altered.is_some_and(|altered| touches(altered, changes, table, key))
                });
                if is_touched {
                    aside.push((table.name.clone(), self.with_name(&table.name, key)));
                }
            }
        }
        self.foreign_keys_go.extend(aside.iter().cloned());
        aside.append(&mut self.foreign_keys_come);
        self.foreign_keys_come = aside;
    }

    /// The tables that have an index that the engine made for a foreign key, and keeps when the key is gone.
    pub(super) fn indexes_left(&self) -> BTreeSet<ObjectName> {
        let tables = self.foreign_keys_go.iter().map(|(table, _)| table);
        let tables = tables.filter(|table| !self.left_on(table).is_empty());
        tables.cloned().collect()
    }

    /// The names of such indexes of a table: those that are not to be there in the end.
    pub(super) fn left_on(&self, own: &ObjectName) -> Vec<String> {
        let (Some(now), Some(then)) = (self.now(own), self.then(own)) else {
            return Vec::new();
        };
        let is_own = |(table, _): &&(ObjectName, ForeignKey)| table == own;
        let gone = self
            .foreign_keys_go
            .iter()
            .filter(is_own)
            .map(|(_, key)| key);
        let mut left: Vec<String> = Vec::new();
        for key in gone {
            let stays = now.foreign_keys.iter().chain(&then.foreign_keys);
            let comes = self
                .foreign_keys_come
                .iter()
                .filter(is_own)
                .map(|(_, key)| key);
            let is_needed = stays.chain(comes).any(|one| one.columns == key.columns);
            let has_index = indexed(now).any(|parts| starts_with(parts, &key.columns));
            let index = self.index_of(key, own);
            if !is_needed && !has_index && !left.contains(&index) && !has_name(now, &index) {
                left.push(index);
            }
        }
        left
    }

    /// What the engine has called the index of a foreign key: as the key, where that was given a name.
    fn index_of(&self, key: &ForeignKey, own: &ObjectName) -> String {
        let chosen = format!("{}_ibfk_", own.name);
        let given = key.name.as_ref().filter(|name| !name.starts_with(&chosen));
        let first = || key.columns.first().cloned().unwrap_or_default();
        given.cloned().unwrap_or_else(first)
    }

    /// The index that the engine has left, where it is wanted as one of the table's own: it is there already.
    pub(super) fn is_left(&self, own: &ObjectName, index: &crate::schema::Index) -> bool {
        let gone = self
            .foreign_keys_go
            .iter()
            .filter(|(table, _)| table == own);
        let mut gone = gone.map(|(_, key)| key);
        let Some(now) = self.now(own) else {
            return false;
        };
        gone.any(|key| {
            !indexed(now).any(|parts| starts_with(parts, &key.columns))
                && index.parts.len() == key.columns.len()
                && starts_with(&index.parts, &key.columns)
                && !index.unique
                && self.index_of(key, own) == index.name
        })
    }

    pub(super) fn now(&self, own: &ObjectName) -> Option<&Table> {
        self.working.tables.iter().find(|table| table.name == *own)
    }

    pub(super) fn then(&self, own: &ObjectName) -> Option<&Table> {
        self.to.tables.iter().find(|table| table.name == *own)
    }
}

/// Whether changes of a table are in the way of a foreign key of one that may be another.
fn touches(altered: &Table, changes: &[TableChange], owner: &Table, key: &ForeignKey) -> bool {
    let refers = altered.name == key.table;
    let owns = altered.name == owner.name;
    let referred: Vec<String> = match (key.referred.as_slice(), &altered.primary_key) {
        ([], Some(primary)) => primary.parts.iter().filter_map(column_of).collect(),
        (referred, _) => referred.to_vec(),
    };
    let has = |columns: &[String], column: &str| {
        columns.iter().any(|one| one.eq_ignore_ascii_case(column))
    };
    changes.iter().any(|change| match change {
        TableChange::AlterColumn { column, change } => {
            let retyped = matches!(
                change,
                ColumnChange::Type { .. }
                    | ColumnChange::Collation { .. }
                    | ColumnChange::Generated { .. }
                    | ColumnChange::Nullable(false)
            );
            retyped && ((owns && has(&key.columns, column)) || (refers && has(&referred, column)))
        }
        TableChange::Option { name, .. } => {
            matches!(name.as_str(), "charset" | "collate" | "engine") && (owns || refers)
        }
        TableChange::DropPrimaryKey(one) | TableChange::DropUnique(one) => {
            (owns && starts_with(&one.parts, &key.columns))
                || (refers && starts_with(&one.parts, &referred))
        }
        TableChange::DropIndex(one) => {
            (owns && starts_with(&one.parts, &key.columns))
                || (refers && starts_with(&one.parts, &referred))
        }
        TableChange::Kind { .. } => owns || refers,
        _ => false,
    })
}

fn column_of(part: &IndexPart) -> Option<String> {
    match &part.on {
        IndexOn::Column(column) => Some(column.clone()),
        IndexOn::Expression(_) => None,
    }
}

/// Whether an index can serve a foreign key on these columns.
fn starts_with(parts: &[IndexPart], columns: &[String]) -> bool {
    let is_column = |(part, column): (&IndexPart, &String)| {
        part.length.is_none() && column_of(part).is_some_and(|own| own.eq_ignore_ascii_case(column))
    };
    parts.len() >= columns.len() && parts.iter().zip(columns).all(is_column)
}

/// The parts of all indexes that a table is known to have.
fn indexed(table: &Table) -> impl Iterator<Item = &Vec<IndexPart>> {
    let keys = table.primary_key.iter().chain(&table.uniques);
    let indexes = table.indexes.iter().filter(|index| index.method.is_none());
    keys.map(|key| &key.parts)
        .chain(indexes.map(|index| &index.parts))
}

/// Whether an index or a key of a table is called so.
fn has_name(table: &Table, name: &str) -> bool {
    let keys = table.uniques.iter().map(names::unique);
    let indexes = table.indexes.iter().map(|index| index.name.clone());
    keys.chain(indexes)
        .any(|own| own.eq_ignore_ascii_case(name))
}
