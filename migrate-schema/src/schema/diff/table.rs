//! One table, as it is and as it is to be.

use super::{
    TableChange,
    equal::Sides,
    names::Names,
    paired::{Paired, pair},
};
use crate::{
    Dialect,
    schema::{Column, Index, Key, Table, TableKind, Trigger, same},
};

/// The changes of a table, by when they are done.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) drop_triggers: Vec<TableChange>,
    pub(super) drop_foreign_keys: Vec<TableChange>,
    /// Indexes and the other constraints.
    pub(super) drops: Vec<TableChange>,
    pub(super) columns: Vec<TableChange>,
    pub(super) additions: Vec<TableChange>,
    pub(super) add_foreign_keys: Vec<TableChange>,
    pub(super) create_triggers: Vec<TableChange>,
}

/// A table on both sides.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) sides: Sides<'a>,
    pub(super) from: &'a Table,
    pub(super) to: &'a Table,
}

/// Whether a table can only be dropped and made again.
pub(super) fn has_to_be_made_again(sides: Sides<'_>, from: &Table, to: &Table) -> bool {
    match (&from.kind, &to.kind) {
        (TableKind::Other(from), TableKind::Other(to)) => {
            let known = !from.trim().is_empty() && !to.trim().is_empty();
            known && !sides.clauses(from, to)
        }
        (TableKind::Other(_), _) | (_, TableKind::Other(_)) => true,
        _ => false,
    }
}

/// What is different in a table that is on both sides.
pub(super) fn compare(pair: Pair<'_>) -> Parts {
    let mut parts = Parts::default();
    if matches!(pair.to.kind, TableKind::Other(_)) {
        pair.triggers(&mut parts);
        return parts;
    }
    pair.kind(&mut parts);
    pair.columns(&mut parts);
    pair.primary_key(&mut parts);
    pair.uniques(&mut parts);
    pair.foreign_keys(&mut parts);
    pair.checks(&mut parts);
    pair.exclusions(&mut parts);
    pair.indexes(&mut parts);
    pair.index_comments(&mut parts);
    pair.triggers(&mut parts);
    pair.options(&mut parts);
    parts
}

impl Pair<'_> {
    const fn names(&self) -> Names {
        self.sides.names()
    }

    /// Somebody may have made more of it than is known.
    const fn open(&self) -> bool {
        self.from.open || self.to.open
    }

    fn kind(&self, parts: &mut Parts) {
        let same = match (&self.from.kind, &self.to.kind) {
            (TableKind::Partitioned(from), TableKind::Partitioned(to)) => {
                self.sides.clauses(from, to)
            }
            (
                TableKind::Child {
                    parents: old,
                    bounds: from,
                },
                TableKind::Child {
                    parents: new,
                    bounds: to,
                },
            ) => {
                old.len() == new.len()
                    && (old.iter().zip(new)).all(|(old, new)| self.names().same_object(old, new))
                    && bounds(self.sides, from.as_ref(), to.as_ref())
            }
            (from, to) => from == to,
        };
        if !same {
            parts.columns.push(TableChange::Kind {
                from: self.from.kind.clone(),
                to: self.to.kind.clone(),
            });
        }
    }

    fn columns(&self, parts: &mut Parts) {
        if is_partition(self.from) && is_partition(self.to) {
            // Its columns are those of the table that it is a part of.
            return;
        }
        let find = |columns: &[Column], name: &str| {
            (columns
                .iter()
                .find(|one| self.names().same(&one.name, name)))
            .cloned()
        };
        let mut dropped: Vec<&Column> = (self.from.columns.iter())
            .filter(|one| !self.to.open && find(&self.to.columns, &one.name).is_none())
            .collect();
        // What is computed goes before what it is computed from, and comes behind it.
        dropped.sort_by_key(|one| one.generated.is_none());
        let mut added: Vec<&Column> = (self.to.columns.iter())
            .filter(|one| !self.from.open && find(&self.from.columns, &one.name).is_none())
            .collect();
        added.sort_by_key(|one| one.generated.is_some());
        let drops = dropped
            .iter()
            .map(|one| TableChange::DropColumn((*one).clone()));
        let adds: Vec<TableChange> = (added.iter())
            .map(|one| TableChange::AddColumn((*one).clone()))
            .collect();
        // A table is never without a column.
        if dropped.len() == self.from.columns.len() {
            parts.columns.extend(adds);
            parts.columns.extend(drops);
            return;
        }
        parts.columns.extend(drops);
        for from in &self.from.columns {
            if let Some(to) = find(&self.to.columns, &from.name) {
                super::column::compare(self.sides, from, &to, |change| {
                    parts.columns.push(TableChange::AlterColumn {
                        column: from.name.clone(),
                        change,
                    });
                });
            }
        }
        parts.columns.extend(adds);
    }

    fn primary_key(&self, parts: &mut Parts) {
        let (from, to) = (&self.from.primary_key, &self.to.primary_key);
        match (from, to) {
            (Some(old), Some(new)) if self.sides.key(old, new) => {
                // On MySQL it has no other name than PRIMARY.
                let mysql = self.sides.dialect() == Dialect::Mysql;
                let name = new.name.as_ref().filter(|_| !mysql);
                self.name(parts, old.name.as_ref(), name, |parts| {
                    parts.drops.push(TableChange::DropPrimaryKey(old.clone()));
                    let again = TableChange::AddPrimaryKey(new.clone());
                    parts.additions.push(again);
                });
            }
            (Some(old), new) if new.is_some() || !self.to.open => {
                parts.drops.push(TableChange::DropPrimaryKey(old.clone()));
                parts
                    .additions
                    .extend(new.clone().map(TableChange::AddPrimaryKey));
            }
            (None, Some(new)) if !self.from.open => {
                parts
                    .additions
                    .push(TableChange::AddPrimaryKey(new.clone()));
            }
            _ => {}
        }
    }

    /// A constraint that is called otherwise gets its new name, or is made again where a name cannot be changed.
    fn name(
        &self,
        parts: &mut Parts,
        from: Option<&String>,
        to: Option<&String>,
        again: impl FnOnce(&mut Parts),
    ) {
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        if self.names().same(from, to) {
            return;
        }
        if self.sides.dialect() == Dialect::Postgres {
            // Before others take the names that they leave.
            parts.drops.push(TableChange::RenameConstraint {
                from: from.clone(),
                to: to.clone(),
            });
        } else {
            again(parts);
        }
    }

    /// Of a table of which not everything is known, only what has taken the place of something is told.
    fn known<T>(&self, pairs: &mut Paired<'_, T>, name: impl Fn(&T) -> Option<&str>) {
        let same = |left: &T, right: &T| match (name(left), name(right)) {
            (Some(left), Some(right)) => self.names().same(left, right),
            _ => false,
        };
        let added = pairs.added.clone();
        if self.open() {
            let removed = pairs.removed.clone();
            pairs
                .added
                .retain(|one| removed.iter().any(|other| same(one, other)));
            pairs
                .removed
                .retain(|one| added.iter().any(|other| same(one, other)));
        }
    }

    fn uniques(&self, parts: &mut Parts) {
        let mut pairs = pair(
            &self.from.uniques,
            &self.to.uniques,
            |one: &Key| one.name.as_deref(),
            |left, right| self.names().same(left, right),
            |left, right| self.sides.key(left, right),
        );
        self.known(&mut pairs, |one| one.name.as_deref());
        for (old, new) in pairs.kept {
            self.name(parts, old.name.as_ref(), new.name.as_ref(), |parts| {
                parts.drops.push(TableChange::DropUnique(old.clone()));
                parts.additions.push(TableChange::AddUnique(new.clone()));
            });
        }
        pairs.removed.retain(|key| !self.is_primary(self.from, key));
        pairs.added.retain(|key| !self.is_primary(self.to, key));
        let drops = pairs.removed.into_iter().cloned();
        parts.drops.extend(drops.map(TableChange::DropUnique));
        let adds = pairs.added.into_iter().cloned();
        parts.additions.extend(adds.map(TableChange::AddUnique));
    }

    /// PostgreSQL makes no second constraint for what `PRIMARY KEY UNIQUE` says twice.
    fn is_primary(&self, table: &Table, key: &Key) -> bool {
        let postgres = self.sides.dialect() == Dialect::Postgres;
        let primary = table.primary_key.as_ref();
        postgres
            && key.name.is_none()
            && primary.is_some_and(|primary| self.sides.key(primary, key))
    }

    fn foreign_keys(&self, parts: &mut Parts) {
        let mut pairs = pair(
            &self.from.foreign_keys,
            &self.to.foreign_keys,
            |one| one.name.as_deref(),
            |left, right| self.names().same(left, right),
            |left, right| self.sides.foreign_key(left, right),
        );
        self.known(&mut pairs, |one| one.name.as_deref());
        for (old, new) in pairs.kept {
            self.name(parts, old.name.as_ref(), new.name.as_ref(), |parts| {
                let drop = TableChange::DropForeignKey(old.clone());
                parts.drop_foreign_keys.push(drop);
                let add = TableChange::AddForeignKey(new.clone());
                parts.add_foreign_keys.push(add);
            });
            if old.not_valid
                && !new.not_valid
                && let Some(name) = new.name.as_ref().or(old.name.as_ref())
            {
                let name = name.clone();
                parts
                    .additions
                    .push(TableChange::ValidateConstraint { name });
            }
        }
        let drops = pairs.removed.into_iter().cloned();
        (parts.drop_foreign_keys).extend(drops.map(TableChange::DropForeignKey));
        let adds = pairs.added.into_iter().cloned();
        (parts.add_foreign_keys).extend(adds.map(TableChange::AddForeignKey));
    }

    fn checks(&self, parts: &mut Parts) {
        let mut pairs = pair(
            &self.from.checks,
            &self.to.checks,
            |one| one.name.as_deref(),
            |left, right| self.names().same(left, right),
            |left, right| self.sides.check(left, right),
        );
        self.known(&mut pairs, |one| one.name.as_deref());
        // The engine shows what the type of a column brings.
        let dialect = self.sides.dialect();
        (pairs.removed).retain(|one| !same::is_implied_check(dialect, one, self.to));
        (pairs.added).retain(|one| !same::is_implied_check(dialect, one, self.from));
        for (old, new) in pairs.kept {
            self.name(parts, old.name.as_ref(), new.name.as_ref(), |parts| {
                parts.drops.push(TableChange::DropCheck(old.clone()));
                parts.additions.push(TableChange::AddCheck(new.clone()));
            });
            if old.not_valid
                && !new.not_valid
                && let Some(name) = new.name.as_ref().or(old.name.as_ref())
            {
                let name = name.clone();
                parts
                    .additions
                    .push(TableChange::ValidateConstraint { name });
            }
        }
        let drops = pairs.removed.into_iter().cloned();
        parts.drops.extend(drops.map(TableChange::DropCheck));
        let adds = pairs.added.into_iter().cloned();
        parts.additions.extend(adds.map(TableChange::AddCheck));
    }

    fn exclusions(&self, parts: &mut Parts) {
        let mut pairs = pair(
            &self.from.exclusions,
            &self.to.exclusions,
            |one| one.name.as_deref(),
            |left, right| self.names().same(left, right),
            |left, right| self.sides.exclusion(left, right),
        );
        self.known(&mut pairs, |one| one.name.as_deref());
        for (old, new) in pairs.kept {
            self.name(parts, old.name.as_ref(), new.name.as_ref(), |parts| {
                parts.drops.push(TableChange::DropExclusion(old.clone()));
                parts.additions.push(TableChange::AddExclusion(new.clone()));
            });
        }
        let drops = pairs.removed.into_iter().cloned();
        parts.drops.extend(drops.map(TableChange::DropExclusion));
        let adds = pairs.added.into_iter().cloned();
        parts.additions.extend(adds.map(TableChange::AddExclusion));
    }

    fn index_comments(&self, parts: &mut Parts) {
        for from in &self.from.indexes {
            let to = (self.to.indexes.iter()).find(|to| self.names().same(&to.name, &from.name));
            if let Some(to) =
                to.filter(|to| self.sides.index(from, to) && to.comment != from.comment)
            {
                parts.additions.push(TableChange::IndexComment {
                    index: from.name.clone(),
                    from: from.comment.clone(),
                    to: to.comment.clone(),
                });
            }
        }
    }

    fn indexes(&self, parts: &mut Parts) {
        let (drop, create) = indexes(
            self.sides,
            (&self.from.indexes, &self.to.indexes),
            (self.from.open, self.to.open),
        );
        parts
            .drops
            .extend(drop.into_iter().map(TableChange::DropIndex));
        let create = create.into_iter().map(TableChange::CreateIndex);
        parts.additions.extend(create);
    }

    fn triggers(&self, parts: &mut Parts) {
        let (drop, create) = triggers(
            self.sides,
            (&self.from.triggers, &self.to.triggers),
            (self.from.open, self.to.open),
        );
        let drop = drop.into_iter().map(TableChange::DropTrigger);
        parts.drop_triggers.extend(drop);
        let create = create.into_iter().map(TableChange::CreateTrigger);
        parts.create_triggers.extend(create);
    }

    fn options(&self, parts: &mut Parts) {
        if self.from.strict != self.to.strict {
            parts.columns.push(TableChange::Strict(self.to.strict));
        }
        if self.from.without_rowid != self.to.without_rowid {
            let change = TableChange::WithoutRowid(self.to.without_rowid);
            parts.columns.push(change);
        }
        let value = |table: &Table, name: &str| {
            let found = table.options.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.clone())
        };
        let mut names: Vec<&String> = (self.from.options.iter())
            .chain(&self.to.options)
            .map(|(name, _)| name)
            .collect();
        names.sort();
        names.dedup();
        for name in names {
            let (from, to) = (value(self.from, name), value(self.to, name));
            if !self.sides.option(name, from.as_deref(), to.as_deref()) {
                parts.additions.push(TableChange::Option {
                    name: name.clone(),
                    from,
                    to,
                });
            }
        }
        let sqlite = self.sides.dialect() == Dialect::Sqlite;
        if self.from.comment != self.to.comment && !sqlite {
            parts.additions.push(TableChange::Comment {
                from: self.from.comment.clone(),
                to: self.to.comment.clone(),
            });
        }
    }
}

/// Where what a partition holds is not said on one side, nobody knows it.
fn bounds(sides: Sides<'_>, from: Option<&String>, to: Option<&String>) -> bool {
    match (from, to) {
        (Some(from), Some(to)) => sides.clauses(from, to),
        _ => true,
    }
}

/// Whether its columns are those of another table.
pub(super) const fn is_partition(table: &Table) -> bool {
    matches!(
        table.kind,
        TableKind::Child {
            bounds: Some(_),
            ..
        }
    )
}

/// The indexes to drop and those to make. `open` says of each side that there may be more.
pub(super) fn indexes(
    sides: Sides<'_>,
    both: (&[Index], &[Index]),
    open: (bool, bool),
) -> (Vec<Index>, Vec<Index>) {
    let same = |old: &Index, new: &Index| sides.index(old, new);
    by_name(sides, both, open, |index| &index.name, same)
}

/// The triggers to drop and those to make.
pub(super) fn triggers(
    sides: Sides<'_>,
    both: (&[Trigger], &[Trigger]),
    open: (bool, bool),
) -> (Vec<Trigger>, Vec<Trigger>) {
    let same = |old: &Trigger, new: &Trigger| sides.trigger(old, new);
    by_name(sides, both, open, |trigger| &trigger.name, same)
}

/// What is found by its name: what to drop, and what to make.
fn by_name<T: Clone>(
    sides: Sides<'_>,
    (from, to): (&[T], &[T]),
    open: (bool, bool),
    name: fn(&T) -> &str,
    same: impl Fn(&T, &T) -> bool,
) -> (Vec<T>, Vec<T>) {
    let names = sides.names();
    let find = |list: &[T], wanted: &T| {
        let mut list = list.iter();
        list.find(|one| names.same(name(one), name(wanted)))
            .cloned()
    };
    let (mut drop, mut create) = (Vec::new(), Vec::new());
    for old in from {
        match find(to, old) {
            Some(new) if same(old, &new) => {}
            None if open.1 || sides.unknown(name(old)) => {}
            _ => drop.push(old.clone()),
        }
    }
    for new in to {
        match find(from, new) {
            Some(old) if same(&old, new) => {}
            None if open.0 || sides.unknown(name(new)) => {}
            _ => create.push(new.clone()),
        }
    }
    (drop, create)
}
