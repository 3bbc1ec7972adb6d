//! Two schemas beside each other: what has to be done to one to get the other.
//!
//! ```
//! use migrate_schema::{Dialect, schema::{Column, ObjectName, Schema, Table, diff::{diff, Hints}}};
//!
//! let mut from = Schema::empty(Dialect::Sqlite);
//! let mut users = Table::new(ObjectName::bare("users"));
//! users.columns.push(Column::new("id", "INTEGER"));
//! from.tables.push(users);
//!
//! let mut to = from.clone();
//! to.tables[0].columns.push(Column::new("email", "TEXT"));
//!
//! let changes = diff(&from, &to, &Hints::default());
//! assert_eq!(changes[0].to_string(), "column users.email: added (TEXT)");
//! assert!(diff(&from.after(&changes), &to, &Hints::default()).is_empty());
//! ```

mod after;
mod build;
mod change;
mod column;
mod equal;
mod hints;
#[cfg(feature = "serde")]
mod json;
mod loses;
mod mention;
pub(in crate::schema) mod names;
mod order;
mod paired;
#[cfg(test)]
pub(in crate::schema) mod sample;
mod table;
#[cfg(test)]
mod tests;
mod types;
mod words;

pub use change::{Change, ColumnChange, TableChange, TypeChange, ViewChange};
pub use hints::Hints;
pub(in crate::schema) use mention::{with_table_renamed, words};

use super::{ObjectName, Schema, Table, TableKind, View};
use crate::Dialect;
use equal::Sides;
use table::{Pair, Parts};

/// What has to be done to the first schema to get the second, in an order in which it can be done.
///
/// What nobody knows of one of the two is never told as different, and neither is a name that the engine chose. A table or column
/// of another name is another one, unless a hint says that it was renamed. In which order columns stand does not count.
///
/// The two schemas have to be of one dialect.
pub fn diff(from: &Schema, to: &Schema, hints: &Hints) -> Vec<Change> {
    let mut changes = hints::renames(from, to, hints);
    let renamed = from.after(&changes);
    changes.extend(plain(Sides { from: &renamed, to }));
    changes
}

/// The difference, where everything has its name.
fn plain(sides: Sides<'_>) -> Vec<Change> {
    let found = Found::new(sides);
    let mut changes = Vec::new();
    for (table, parts) in &found.kept {
        changes.extend(of(&table.name, &parts.drop_triggers));
    }
    found.drop_views(&mut changes);
    for (table, parts) in &found.kept {
        changes.extend(of(&table.name, &parts.drop_foreign_keys));
    }
    for (table, parts) in &found.kept {
        changes.extend(of(&table.name, &parts.drops));
    }
    found.drop_tables(&mut changes);
    build::build(&found, &mut changes);
    found.drop_others(&mut changes);
    changes
}

impl Schema {
    /// Whether nobody knows what has become of what has this name, so that it is never told as different.
    pub fn knows_nothing_of(&self, name: &ObjectName) -> bool {
        let names = names::Names(self.dialect);
        self.unknown.iter().any(|unknown| {
            let bare = unknown.rsplit('.').next().unwrap_or(unknown);
            let bare = bare.trim_matches(['"', '`', '[', ']']);
            match bare.strip_suffix('*') {
                // Any name that begins so.
                Some(start) => {
                    (name.name.get(..start.len())).is_some_and(|own| names.same(start, own))
                }
                None => names.same(bare, &name.name),
            }
        })
    }
}

/// Changes of one table.
fn of<'a>(
    table: &'a ObjectName,
    changes: &'a [TableChange],
) -> impl Iterator<Item = Change> + use<'a> {
    let one = |change: &TableChange| Change::alter(table.clone(), change.clone());
    changes.iter().map(one)
}

/// What is to go, to come, and to stay in another form.
struct Found<'a> {
    sides: Sides<'a>,
    /// Tables that stay, by the name that they have.
    kept: Vec<(&'a Table, Parts)>,
    dropped: Vec<&'a Table>,
    created: Vec<&'a Table>,
    /// Views that stay as they are, apart from what hangs on them.
    kept_views: Vec<(&'a View, &'a View)>,
    dropped_views: Vec<&'a View>,
    created_views: Vec<&'a View>,
}

impl<'a> Found<'a> {
    fn new(sides: Sides<'a>) -> Self {
        let mut found = Self {
            sides,
            kept: Vec::new(),
            dropped: Vec::new(),
            created: Vec::new(),
            kept_views: Vec::new(),
            dropped_views: Vec::new(),
            created_views: Vec::new(),
        };
        found.tables();
        found.views();
        found
    }

    /// Whether nobody knows of this name on one of the two sides.
    fn unknown(&self, name: &ObjectName) -> bool {
        self.sides.from.knows_nothing_of(name) || self.sides.to.knows_nothing_of(name)
    }

    fn tables(&mut self) {
        let (sides, names) = (self.sides, self.sides.names());
        for old in &sides.from.tables {
            let new = (sides.to.tables.iter()).find(|new| names.same_object(&new.name, &old.name));
            match new {
                _ if self.unknown(&old.name) => {}
                None => self.dropped.push(old),
                Some(new) if table::has_to_be_made_again(sides, old, new) => {
                    self.dropped.push(old);
                    self.created.push(new);
                }
                Some(new) => {
                    let pair = Pair {
                        sides,
                        from: old,
                        to: new,
                    };
                    self.kept.push((old, table::compare(pair)));
                }
            }
        }
        for new in &sides.to.tables {
            let is_there =
                (sides.from.tables.iter()).any(|old| names.same_object(&old.name, &new.name));
            if !is_there && !self.unknown(&new.name) {
                self.created.push(new);
            }
        }
    }

    fn views(&mut self) {
        let (sides, names) = (self.sides, self.sides.names());
        for old in &sides.from.views {
            let new = (sides.to.views.iter()).find(|new| names.same_object(&new.name, &old.name));
            match new {
                _ if self.unknown(&old.name) => {}
                None => self.dropped_views.push(old),
                Some(new) if sides.view(old, new) => self.kept_views.push((old, new)),
                Some(new) => {
                    self.dropped_views.push(old);
                    self.created_views.push(new);
                }
            }
        }
        for new in &sides.to.views {
            let is_there =
                (sides.from.views.iter()).any(|old| names.same_object(&old.name, &new.name));
            if !is_there && !self.unknown(&new.name) {
                self.created_views.push(new);
            }
        }
    }

    /// What reads others goes before them.
    fn drop_views(&self, changes: &mut Vec<Change>) {
        for (view, _) in &self.kept_views {
            changes.extend(self.hanging(view, false));
        }
        let views = self.dropped_views.iter().rev();
        changes.extend(views.map(|view| Change::DropView(Box::new((*view).clone()))));
    }

    /// What is to go, or to come, of what hangs on a view that stays.
    fn hanging(&self, view: &View, create: bool) -> Vec<Change> {
        let pair = (self.kept_views.iter()).find(|(old, _)| old.name == view.name);
        let Some((old, new)) = pair else {
            return Vec::new();
        };
        let closed = (false, false);
        let (drop_indexes, create_indexes) =
            table::indexes(self.sides, (&old.indexes, &new.indexes), closed);
        let (drop_triggers, create_triggers) =
            table::triggers(self.sides, (&old.triggers, &new.triggers), closed);
        let mut changes: Vec<ViewChange> = Vec::new();
        if create {
            changes.extend(create_indexes.into_iter().map(ViewChange::CreateIndex));
            changes.extend(create_triggers.into_iter().map(ViewChange::CreateTrigger));
            if old.comment != new.comment {
                changes.push(ViewChange::Comment {
                    from: old.comment.clone(),
                    to: new.comment.clone(),
                });
            }
        } else {
            changes.extend(drop_triggers.into_iter().map(ViewChange::DropTrigger));
            changes.extend(drop_indexes.into_iter().map(ViewChange::DropIndex));
        }
        let one = |change| Change::AlterView {
            view: old.name.clone(),
            materialized: old.materialized,
            change,
        };
        changes.into_iter().map(one).collect()
    }

    /// What refers to others goes before them, and where they refer to each other, their foreign keys go before both.
    fn drop_tables(&self, changes: &mut Vec<Change>) {
        let names = self.sides.names();
        let needs = |at: usize| {
            let refers = |other: &&Table| {
                let keys = other.foreign_keys.iter().map(|key| &key.table);
                keys.chain(parents(other))
                    .any(|name| names.same_object(name, &self.dropped[at].name))
            };
            let others = self.dropped.iter().enumerate();
            others
                .filter(|(other, table)| *other != at && refers(table))
                .map(|(other, _)| other)
                .collect()
        };
        let order = order::sorted(self.dropped.len(), needs);
        if self.sides.dialect() != Dialect::Sqlite {
            for (position, at) in order.iter().enumerate() {
                let table = self.dropped[*at];
                for key in &table.foreign_keys {
                    let gone = order[..position]
                        .iter()
                        .any(|other| names.same_object(&self.dropped[*other].name, &key.table));
                    if gone {
                        let drop = TableChange::DropForeignKey(key.clone());
                        changes.push(Change::alter(table.name.clone(), drop));
                    }
                }
            }
        }
        for at in order {
            changes.push(Change::DropTable(Box::new(self.dropped[at].clone())));
        }
    }

    /// What nothing needs any more.
    fn drop_others(&self, changes: &mut Vec<Change>) {
        let (from, to, names) = (self.sides.from, self.sides.to, self.sides.names());
        for old in from.routines.iter().rev() {
            let stays = (to.routines.iter()).any(|new| self.sides.same_routine(old, new));
            if !stays && !self.unknown(&old.name) {
                changes.push(Change::DropRoutine(old.clone()));
            }
        }
        for old in from.sequences.iter().rev() {
            let stays = (to.sequences.iter()).any(|new| names.same_object(&new.name, &old.name));
            if !stays && !self.unknown(&old.name) {
                changes.push(Change::DropSequence(old.clone()));
            }
        }
        for old in from.types.iter().rev() {
            let stays = (to.types.iter()).any(|new| names.same_object(&new.name, &old.name));
            if !stays && !self.unknown(&old.name) {
                changes.push(Change::DropType(old.clone()));
            }
        }
        let gone = |from: &[String], to: &[String]| -> Vec<String> {
            (from.iter())
                .filter(|name| !names.contains(to, name) && !self.sides.unknown(name))
                .cloned()
                .collect()
        };
        let extensions = gone(&from.extensions, &to.extensions);
        changes.extend(extensions.into_iter().map(Change::DropExtension));
        let namespaces = gone(&from.namespaces, &to.namespaces);
        changes.extend(namespaces.into_iter().map(Change::DropNamespace));
    }
}

/// The tables that it is a part of or inherits from.
fn parents(table: &Table) -> &[ObjectName] {
    match &table.kind {
        TableKind::Child { parents, .. } => parents,
        _ => &[],
    }
}
