//! What a schema is after changes, without a database.

use super::{
    Change, ColumnChange, TableChange, TypeChange, ViewChange,
    mention::{with_column_renamed, with_table_renamed},
    names::Names,
    table::is_partition,
};
use crate::{
    Dialect,
    schema::{
        Column, Index, IndexOn, IndexPart, Key, ObjectName, Schema, Table, TableKind, Trigger,
        Type, TypeShape, View,
    },
};

impl Schema {
    /// The schema that these changes leave. What does not fit (a column is to go that is not there) is left out.
    ///
    /// ```
    /// use migrate_schema::{Dialect, schema::{Schema, Table, ObjectName, diff::{diff, Hints}}};
    /// let empty = Schema::empty(Dialect::Sqlite);
    /// let mut wanted = empty.clone();
    /// wanted.tables.push(Table::new(ObjectName::bare("users")));
    /// let changes = diff(&empty, &wanted, &Hints::default());
    /// assert_eq!(empty.after(&changes), wanted);
    /// ```
    #[must_use]
    pub fn after(&self, changes: &[Change]) -> Self {
        let mut schema = self.clone();
        for change in changes {
            schema.change(change);
        }
        schema
    }

    /// Does one change.
    pub(in crate::schema) fn change(&mut self, change: &Change) {
        let names = Names(self.dialect);
        match change {
            Change::CreateNamespace(name) => self.namespaces.push(name.clone()),
            Change::DropNamespace(name) => self.namespaces.retain(|one| one != name),
            Change::CreateExtension(name) => self.extensions.push(name.clone()),
            Change::DropExtension(name) => self.extensions.retain(|one| one != name),
            Change::CreateType(one) => self.types.push(one.clone()),
            Change::DropType(one) => {
                self.types
                    .retain(|other| !names.same_object(&other.name, &one.name));
            }
            Change::AlterType { name, change } => {
                let found = (self.types.iter_mut()).find(|one| names.same_object(&one.name, name));
                if let Some(found) = found {
                    alter_type(found, change);
                }
            }
            Change::CreateSequence(one) => self.sequences.push(one.clone()),
            Change::DropSequence(one) => {
                self.sequences
                    .retain(|other| !names.same_object(&other.name, &one.name));
            }
            Change::AlterSequence { from, to } => {
                for one in &mut self.sequences {
                    if names.same_object(&one.name, &from.name) {
                        *one = to.clone();
                    }
                }
            }
            Change::CreateRoutine(one) => self.routines.push(one.clone()),
            Change::DropRoutine(one) => self.routines.retain(|other| {
                !(names.same_object(&other.name, &one.name) && other.arguments == one.arguments)
            }),
            Change::ReplaceRoutine { from, to } => {
                for one in &mut self.routines {
                    if names.same_object(&one.name, &from.name) && one.arguments == from.arguments {
                        *one = to.clone();
                    }
                }
            }
            Change::CreateTable(table) => self.tables.push((**table).clone()),
            Change::DropTable(table) => {
                self.tables
                    .retain(|other| !names.same_object(&other.name, &table.name));
            }
            Change::RenameTable { from, to } => self.rename_table(from, to),
            Change::AlterTable { table, change } => self.alter_table(table, change),
            Change::CreateView(view) => self.views.push((**view).clone()),
            Change::DropView(view) => {
                self.views
                    .retain(|other| !names.same_object(&other.name, &view.name));
            }
            Change::AlterView { view, change, .. } => {
                let found = (self.views.iter_mut()).find(|one| names.same_object(&one.name, view));
                if let Some(found) = found {
                    alter_view(found, change, names);
                }
            }
        }
    }

    fn rename_table(&mut self, from: &ObjectName, to: &ObjectName) {
        let names = Names(self.dialect);
        let dialect = self.dialect;
        let again = |name: &mut ObjectName| {
            if names.same_object(name, from) {
                *name = to.clone();
            }
        };
        let text = |sql: &mut String| {
            *sql = with_table_renamed(sql, &from.name, &to.name, dialect);
        };
        for table in &mut self.tables {
            let own = names.same_object(&table.name, from);
            again(&mut table.name);
            for key in &mut table.foreign_keys {
                again(&mut key.table);
            }
            if let TableKind::Child { parents, .. } = &mut table.kind {
                parents.iter_mut().for_each(again);
            }
            for check in table.checks.iter_mut().filter(|_| own) {
                text(&mut check.expression);
            }
            // MySQL writes no text anew but the name that a trigger stands on.
            for trigger in &mut table.triggers {
                if own || dialect != Dialect::Mysql {
                    text(&mut trigger.sql);
                }
            }
        }
        for view in &mut self.views {
            view.reads.iter_mut().for_each(again);
            if dialect != Dialect::Mysql {
                text(&mut view.query);
                view.triggers.iter_mut().for_each(|one| text(&mut one.sql));
            }
        }
    }

    fn alter_table(&mut self, name: &ObjectName, change: &TableChange) {
        let names = Names(self.dialect);
        if let TableChange::RenameColumn { from, to } = change {
            self.rename_in_others(name, from, to);
        }
        let Some(at) = (self.tables.iter()).position(|one| names.same_object(&one.name, name))
        else {
            return;
        };
        alter(&mut self.tables[at], change, self.dialect);
        // A partition has the columns of its table. Those of a partition's own partitions follow in turn.
        let columns = matches!(
            change,
            TableChange::AddColumn(_)
                | TableChange::DropColumn(_)
                | TableChange::RenameColumn { .. }
                | TableChange::AlterColumn { .. }
        );
        if !columns || !matches!(self.tables[at].kind, TableKind::Partitioned(_)) {
            return;
        }
        for table in self.tables.iter_mut().filter(|table| is_partition(table)) {
            if let TableKind::Child { parents, .. } = &table.kind
                && parents.iter().any(|parent| names.same_object(parent, name))
            {
                alter(table, change, names.0);
            }
        }
    }

    /// Where else a column's name stands.
    fn rename_in_others(&mut self, table: &ObjectName, from: &str, to: &str) {
        let (names, dialect) = (Names(self.dialect), self.dialect);
        let key = |column: &mut String| {
            if names.same(column, from) {
                to.clone_into(column);
            }
        };
        for other in &mut self.tables {
            for one in &mut other.foreign_keys {
                if names.same_object(&one.table, table) {
                    one.referred.iter_mut().for_each(key);
                }
            }
        }
        if dialect == Dialect::Mysql {
            return;
        }
        for view in &mut self.views {
            if view.reads.iter().any(|read| names.same_object(read, table)) {
                view.query = with_column_renamed(&view.query, from, to, dialect);
            }
        }
    }
}

fn alter(table: &mut Table, change: &TableChange, dialect: Dialect) {
    let names = Names(dialect);
    match change {
        TableChange::AddColumn(column) => table.columns.push(column.clone()),
        TableChange::DropColumn(column) => {
            table
                .columns
                .retain(|other| !names.same(&other.name, &column.name));
        }
        TableChange::RenameColumn { from, to } => rename_column(table, from, to, dialect),
        TableChange::AlterColumn { column, change } => {
            let found = (table.columns.iter_mut()).find(|one| names.same(&one.name, column));
            if let Some(found) = found {
                alter_column(found, change);
            }
        }
        TableChange::AddPrimaryKey(key) => table.primary_key = Some(key.clone()),
        TableChange::DropPrimaryKey(_) => table.primary_key = None,
        TableChange::AddUnique(key) => table.uniques.push(key.clone()),
        TableChange::DropUnique(key) => table.uniques.retain(|other| other != key),
        TableChange::AddForeignKey(key) => table.foreign_keys.push(key.clone()),
        TableChange::DropForeignKey(key) => table.foreign_keys.retain(|other| other != key),
        TableChange::AddCheck(check) => table.checks.push(check.clone()),
        TableChange::DropCheck(check) => table.checks.retain(|other| other != check),
        TableChange::AddExclusion(one) => table.exclusions.push(one.clone()),
        TableChange::DropExclusion(one) => table.exclusions.retain(|other| other != one),
        TableChange::RenameConstraint { from, to } => rename_constraint(table, from, to, names),
        TableChange::ValidateConstraint { name } => validate(table, name, names),
        TableChange::CreateIndex(index) => table.indexes.push(index.clone()),
        TableChange::DropIndex(index) => drop_index(&mut table.indexes, index, names),
        TableChange::IndexComment { index, to, .. } => {
            let found = (table.indexes.iter_mut()).find(|one| names.same(&one.name, index));
            if let Some(found) = found {
                found.comment.clone_from(to);
            }
        }
        TableChange::CreateTrigger(one) => table.triggers.push(one.clone()),
        TableChange::DropTrigger(one) => drop_trigger(&mut table.triggers, one, names),
        TableChange::Option { name, to, .. } => {
            table.options.retain(|(own, _)| own != name);
            table
                .options
                .extend(to.clone().map(|to| (name.clone(), to)));
        }
        TableChange::Strict(now) => table.strict = *now,
        TableChange::WithoutRowid(now) => table.without_rowid = *now,
        TableChange::Kind { to, .. } => table.kind = to.clone(),
        TableChange::Comment { to, .. } => table.comment.clone_from(to),
    }
}

fn drop_index(indexes: &mut Vec<Index>, index: &Index, names: Names) {
    indexes.retain(|other| !names.same(&other.name, &index.name));
}

fn drop_trigger(triggers: &mut Vec<Trigger>, trigger: &Trigger, names: Names) {
    triggers.retain(|other| !names.same(&other.name, &trigger.name));
}

fn alter_column(column: &mut Column, change: &ColumnChange) {
    match change {
        ColumnChange::Type { to, .. } => column.data_type.clone_from(to),
        ColumnChange::Nullable(now) => column.nullable = *now,
        ColumnChange::Default { to, .. } => column.default.clone_from(to),
        ColumnChange::Generated { to, .. } => {
            column.generated.clone_from(to);
            // What is computed has no default, and `DEFAULT NULL`, which says nothing, is never told.
            if to.is_some() {
                column.default = None;
            }
        }
        ColumnChange::Identity { to, .. } => column.identity = *to,
        ColumnChange::AutoIncrement(now) => column.auto_increment = *now,
        ColumnChange::OnUpdate { to, .. } => column.on_update.clone_from(to),
        ColumnChange::Invisible(now) => column.invisible = *now,
        ColumnChange::Collation { to, .. } => column.collation.clone_from(to),
        ColumnChange::Comment { to, .. } => column.comment.clone_from(to),
    }
}

/// The engine writes the new name into all that belongs to the table.
fn rename_column(table: &mut Table, from: &str, to: &str, dialect: Dialect) {
    let names = Names(dialect);
    let text = |sql: &mut String| *sql = with_column_renamed(sql, from, to, dialect);
    let name = |column: &mut String| {
        if names.same(column, from) {
            to.clone_into(column);
        }
    };
    let part = |part: &mut IndexPart| match &mut part.on {
        IndexOn::Column(column) => name(column),
        IndexOn::Expression(sql) => text(sql),
    };
    let key = |key: &mut Key| {
        key.parts.iter_mut().for_each(part);
        key.include.iter_mut().for_each(name);
    };
    for column in &mut table.columns {
        name(&mut column.name);
        if let Some(generated) = &mut column.generated {
            text(&mut generated.expression);
        }
    }
    table.primary_key.iter_mut().for_each(key);
    table.uniques.iter_mut().for_each(key);
    for foreign_key in &mut table.foreign_keys {
        foreign_key.columns.iter_mut().for_each(name);
    }
    for check in &mut table.checks {
        text(&mut check.expression);
        check.column.iter_mut().for_each(name);
    }
    for exclusion in &mut table.exclusions {
        text(&mut exclusion.definition);
    }
    for index in &mut table.indexes {
        index.parts.iter_mut().for_each(part);
        index.include.iter_mut().for_each(name);
        index.predicate.iter_mut().for_each(text);
    }
    if dialect != Dialect::Mysql {
        table.triggers.iter_mut().for_each(|one| text(&mut one.sql));
    }
}

fn rename_constraint(table: &mut Table, from: &str, to: &str, names: Names) {
    let own = (table.primary_key.iter_mut().map(|one| &mut one.name))
        .chain(table.uniques.iter_mut().map(|one| &mut one.name))
        .chain(table.foreign_keys.iter_mut().map(|one| &mut one.name))
        .chain(table.checks.iter_mut().map(|one| &mut one.name))
        .chain(table.exclusions.iter_mut().map(|one| &mut one.name));
    for name in own.flatten() {
        if names.same(name, from) {
            to.clone_into(name);
            return;
        }
    }
}

fn validate(table: &mut Table, name: &str, names: Names) {
    let is = |own: Option<&String>| own.is_some_and(|own| names.same(own, name));
    for key in &mut table.foreign_keys {
        key.not_valid &= !is(key.name.as_ref());
    }
    for check in &mut table.checks {
        check.not_valid &= !is(check.name.as_ref());
    }
}

fn alter_view(view: &mut View, change: &ViewChange, names: Names) {
    match change {
        ViewChange::CreateIndex(index) => view.indexes.push(index.clone()),
        ViewChange::DropIndex(index) => drop_index(&mut view.indexes, index, names),
        ViewChange::CreateTrigger(one) => view.triggers.push(one.clone()),
        ViewChange::DropTrigger(one) => drop_trigger(&mut view.triggers, one, names),
        ViewChange::Comment { to, .. } => view.comment.clone_from(to),
    }
}

fn alter_type(ty: &mut Type, change: &TypeChange) {
    if let TypeChange::Shape { to, .. } = change {
        ty.shape = to.clone();
        return;
    }
    match &mut ty.shape {
        TypeShape::Enum(labels) => match change {
            TypeChange::AddLabel { label, before } => {
                let at = before
                    .as_ref()
                    .and_then(|before| labels.iter().position(|one| one == before));
                labels.insert(at.unwrap_or(labels.len()), label.clone());
            }
            TypeChange::Labels { to, .. } => labels.clone_from(to),
            _ => {}
        },
        TypeShape::Composite(attributes) => match change {
            TypeChange::AddAttribute { name, data_type } => {
                attributes.push((name.clone(), data_type.clone()));
            }
            TypeChange::DropAttribute { name, .. } => attributes.retain(|one| one.0 != *name),
            TypeChange::AttributeType { name, to, .. } => {
                for one in attributes.iter_mut().filter(|one| one.0 == *name) {
                    one.1.clone_from(to);
                }
            }
            _ => {}
        },
        TypeShape::Domain {
            not_null,
            default,
            checks,
            ..
        } => match change {
            TypeChange::NotNull(now) => *not_null = *now,
            TypeChange::Default { to, .. } => default.clone_from(to),
            TypeChange::AddCheck { name, expression } => {
                checks.push((name.clone(), expression.clone()));
            }
            TypeChange::DropCheck { name, expression } => {
                checks.retain(|one| !(one.0 == *name && one.1 == *expression));
            }
            _ => {}
        },
        TypeShape::Other(_) => {}
    }
}
