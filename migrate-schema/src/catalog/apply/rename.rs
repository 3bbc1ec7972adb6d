//! Renaming: whatever refers to the old name refers to the new one.

use std::{collections::BTreeSet, sync::Arc};

use super::{Findings, rewrite};
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Class, ConstraintKind, Key, Node, Relation, Trigger, Use, store::Fact},
    tree::{Name, ObjectKind, Path, TriggerBody, TriggerEvent},
};

/// Gives a table another name in a view or a trigger.
struct Table<'a> {
    catalog: &'a Catalog,
    from: &'a str,
    to: &'a Name,
    /// A name of the statement's own is the same: who knows which is meant.
    unsure: bool,
}

impl rewrite::Rewriter for Table<'_> {
    fn table(&mut self, path: &mut Path) {
        if self.catalog.same(&path.name.text, self.from) {
            path.name.text.clone_from(&self.to.text);
            path.name.quoted = self.to.quoted;
        }
    }
    fn column(&mut self, table: &mut Option<Path>, _name: &mut Name) {
        if let Some(path) = table {
            self.table(path);
        }
    }
    fn target(&mut self, _table: &Path, _name: &mut Name) {}
    fn own(&mut self, name: &Name) {
        self.unsure |= self.catalog.same(&name.text, self.from);
    }
    fn nested(&mut self) {}
}

/// Gives a column another name in an expression, a view or a trigger.
struct Column<'a> {
    catalog: &'a Catalog,
    table: &'a str,
    from: &'a str,
    to: &'a Name,
    /// Only what is qualified with this name may mean the column (a trigger's body names many tables).
    seen: bool,
    nested: bool,
    unsure: bool,
}

impl rewrite::Rewriter for Column<'_> {
    fn table(&mut self, _path: &mut Path) {}
    fn column(&mut self, _table: &mut Option<Path>, name: &mut Name) {
        if self.catalog.same(&name.text, self.from) {
            self.seen = true;
            name.text.clone_from(&self.to.text);
            name.quoted = self.to.quoted;
        }
    }
    fn target(&mut self, table: &Path, name: &mut Name) {
        if self.catalog.same(&table.name.text, self.table) {
            self.column(&mut None, name);
        } else if self.catalog.same(&name.text, self.from) {
            self.unsure = true;
        }
    }
    fn own(&mut self, name: &Name) {
        self.unsure |= self.catalog.same(&name.text, self.from);
    }
    fn nested(&mut self) {
        self.nested = true;
    }
}

impl Catalog {
    /// Gives a relation another name, or another schema.
    pub(super) fn rename_relation(&mut self, key: &Key, to: &Path, findings: &mut Findings) {
        let Some(relation) = self.store.relations().get(key).cloned() else {
            return;
        };
        let schema = match &to.schema {
            Some(schema) => self.fold_for(Class::Schema, &schema.text),
            None => key.0.clone(),
        };
        if let Some(schema) = &to.schema {
            self.check_schema_name(schema, findings);
        }
        let new = (schema, self.fold_for(Class::Relation, &to.name.text));
        if new == *key && self.dialect() == Dialect::Mysql {
            return;
        }
        if let Some(by) = self.name_in_schema(&new) {
            findings.push(self.already(by, &to.name, ""));
        } else if self.dialect() == Dialect::Sqlite && new.1.starts_with("sqlite_") {
            let message = format!("the name `{}` is SQLite's own", to.name);
            findings.push(
                Finding::new(Code::InvalidDefinition, message, to.name.range.clone())
                    .help("names that begin with `sqlite_` are reserved: write another name"),
            );
        }
        if findings.refuse() {
            return;
        }
        let mut draft = relation.as_ref().clone();
        draft.schema.clone_from(&new.0);
        draft.name.clone_from(&to.name.text);
        draft.known_since = self.tick();
        self.move_own_keys(&mut draft, key, &new);
        let node = Node::new(Class::Relation, key.clone());
        let dependents: Vec<Node> = self.store.dependents(&node).cloned().collect();
        self.set(Fact::Relation(key.clone(), None));
        self.bury_key(Class::Relation, key, Some(&to.name.text));
        self.unbury(Class::Relation, &new);
        self.rename_in_own(&mut draft, &relation.name, &to.name);
        self.set(Fact::Relation(new.clone(), Some(Arc::new(draft))));
        for dependent in dependents {
            self.rename_in_dependent(&dependent, (key, &relation.name), (&new, &to.name));
        }
        self.refresh_views(&new);
    }

    /// SQLite rewrites the text of its views. PostgreSQL keeps them read, which nobody sees but who asks for their text.
    fn rewrites_views(&self) -> bool {
        match self.dialect() {
            Dialect::Sqlite => true,
            Dialect::Postgres => self.keeps_texts,
            Dialect::Mysql => false,
        }
    }

    /// The table's own checks and triggers may name it.
    fn rename_in_own(&self, draft: &mut Relation, from: &str, to: &Name) {
        if self.dialect() != Dialect::Sqlite {
            return;
        }
        let mut renamer = Table {
            catalog: self,
            from,
            to,
            unsure: false,
        };
        for constraint in &mut draft.constraints {
            if let ConstraintKind::Check(expression) = &mut Arc::make_mut(constraint).kind {
                rewrite::expression(expression, &mut renamer);
            }
        }
        self.rename_in_triggers(draft, &mut renamer);
    }

    fn rename_in_triggers(&self, draft: &mut Relation, renamer: &mut Table<'_>) {
        if self.store.session().legacy_alter_table {
            return;
        }
        for trigger in &mut draft.triggers {
            let trigger = Arc::make_mut(trigger);
            if let TriggerBody::Statements(actions) = &mut trigger.body {
                actions
                    .iter_mut()
                    .for_each(|action| rewrite::action(action, renamer));
            }
            if let Some(when) = &mut trigger.when {
                rewrite::expression(when, renamer);
            }
            if std::mem::take(&mut renamer.unsure) {
                trigger.body = TriggerBody::Opaque {
                    words: Vec::new(),
                    columns: Vec::new(),
                };
            }
        }
    }

    /// A relation's own keys in what it needs.
    fn move_own_keys(&self, draft: &mut Relation, from: &Key, to: &Key) {
        for constraint in &mut draft.constraints {
            let refers = match &constraint.kind {
                ConstraintKind::ForeignKey { table, .. } => table == from,
                _ => constraint.uses.iter().any(|one| one.node.key == *from),
            };
            if refers {
                let constraint = Arc::make_mut(constraint);
                if let ConstraintKind::ForeignKey { table, .. } = &mut constraint.kind {
                    *table = to.clone();
                }
                move_uses(&mut constraint.uses, from, to);
            }
        }
        for trigger in &mut draft.triggers {
            if trigger.uses.iter().any(|one| one.node.key == *from) {
                move_uses(&mut Arc::make_mut(trigger).uses, from, to);
            }
        }
        for index in &mut draft.indexes {
            if index.uses.iter().any(|one| one.node.key == *from) {
                move_uses(&mut Arc::make_mut(index).uses, from, to);
            }
        }
    }

    fn rename_in_dependent(
        &mut self,
        node: &Node,
        (from, old): (&Key, &str),
        (to, new): (&Key, &Name),
    ) {
        match node.class {
            Class::Relation => {}
            Class::Type => {
                if let Some(ty) = self.store.types().get(&node.key) {
                    let mut ty = ty.as_ref().clone();
                    move_uses(&mut ty.uses, from, to);
                    self.set(Fact::Type(node.key.clone(), Some(Arc::new(ty))));
                }
                return;
            }
            Class::Function => {
                if let Some(functions) = self.store.functions().get(&node.key) {
                    let mut functions = functions.as_ref().clone();
                    for function in &mut functions {
                        move_uses(&mut function.uses, from, to);
                    }
                    self.set(Fact::Functions(node.key.clone(), Some(Arc::new(functions))));
                }
                return;
            }
            _ => return,
        }
        let Some(dependent) = self.store.relations().get(&node.key) else {
            return;
        };
        let mut draft = dependent.as_ref().clone();
        let session = self.store.session().clone();
        let legacy = self.dialect() == Dialect::Sqlite && session.legacy_alter_table;
        if !legacy || session.foreign_keys {
            self.move_own_keys(&mut draft, from, to);
        }
        for parent in &mut draft.parents {
            if parent == from {
                *parent = to.clone();
            }
        }
        if let Some((table, _)) = &mut draft.owned_by
            && table == from
        {
            *table = to.clone();
        }
        for column in &mut draft.columns {
            if column.uses.iter().any(|one| one.node.key == *from) {
                move_uses(&mut Arc::make_mut(column).uses, from, to);
            }
            if column.sequence.as_ref() == Some(from) {
                Arc::make_mut(column).sequence = Some(to.clone());
            }
        }
        if !legacy && self.dialect() != Dialect::Mysql {
            move_uses(&mut draft.uses, from, to);
        }
        if self.rewrites_views() && !legacy {
            let mut renamer = Table {
                catalog: self,
                from: old,
                to: new,
                unsure: false,
            };
            if let Some(query) = &mut draft.query {
                let mut renamed = query.as_ref().clone();
                rewrite::query(&mut renamed, &mut renamer);
                draft.open |= renamer.unsure;
                draft.query = (!renamer.unsure).then(|| Arc::new(renamed));
                renamer.unsure = false;
            }
            self.rename_in_triggers(&mut draft, &mut renamer);
        }
        self.set(Fact::Relation(node.key.clone(), Some(Arc::new(draft))));
    }

    pub(super) fn rename_column(
        &mut self,
        key: &Key,
        draft: &mut Relation,
        from: &Name,
        to: &Name,
        findings: &mut Findings,
    ) {
        let Some(column) = self.column(draft, &from.text).cloned() else {
            if !draft.open {
                findings.push(self.no_such_column(draft, from));
            }
            return;
        };
        if let Some(other) = self.column(draft, &to.text)
            && (!self.same(&from.text, &to.text) || self.dialect() == Dialect::Postgres)
        {
            let message = format!(
                "the table `{}` already has a column `{}`",
                draft.name, other.name
            );
            findings.push(
                Finding::new(Code::DuplicateColumn, message, to.range.clone())
                    .help("write another name"),
            );
            return;
        }
        if draft.kind.is_view() && self.dialect() == Dialect::Sqlite {
            let message = format!("`{}` is a view: its columns cannot be renamed", draft.name);
            findings.push(
                Finding::new(Code::InvalidDefinition, message, from.range.clone())
                    .help("drop the view, and make it again with other names"),
            );
            return;
        }
        self.rename_in_table(draft, &column.name, to);
        self.remember(draft, ObjectKind::Column, &column.name, Some(&to.text));
        self.rename_column_elsewhere(key, draft, &column.name, to);
        self.rename_in_children(key, &column.name, to, 0);
    }

    /// The partitions of a table, and the tables that inherit from it, have the column too.
    fn rename_in_children(&mut self, key: &Key, from: &str, to: &Name, depth: usize) {
        // No engine takes tables that inherit from each other in a circle, but nothing here may hang.
        if self.dialect() != Dialect::Postgres || depth > 16 {
            return;
        }
        let node = Node::new(Class::Relation, key.clone());
        let is_child = |child: &Key| {
            let relation = self.store.relations().get(child);
            child != key && relation.is_some_and(|relation| relation.parents.contains(key))
        };
        let children: Vec<Key> = (self.store.dependents(&node))
            .filter(|one| one.class == Class::Relation && is_child(&one.key))
            .map(|one| one.key.clone())
            .collect();
        for child in children {
            let Some(relation) = self.store.relations().get(&child) else {
                continue;
            };
            let mut changed = relation.as_ref().clone();
            if self.column(&changed, from).is_none() || self.column(&changed, &to.text).is_some() {
                continue;
            }
            self.rename_in_table(&mut changed, from, to);
            self.remember(&mut changed, ObjectKind::Column, from, Some(&to.text));
            self.rename_column_elsewhere(&child, &changed, from, to);
            self.set(Fact::Relation(child.clone(), Some(Arc::new(changed))));
            self.rename_in_children(&child, from, to, depth + 1);
        }
    }

    /// The column in its own table.
    fn rename_in_table(&self, draft: &mut Relation, from: &str, to: &Name) {
        let rename = |name: &mut String| {
            if self.same(name, from) {
                name.clone_from(&to.text);
            }
        };
        let own = self.key_of(draft);
        let mut renamer = Column {
            catalog: self,
            table: &draft.name.clone(),
            from,
            to,
            seen: false,
            nested: false,
            unsure: false,
        };
        for column in &mut draft.columns {
            if self.same(&column.name, from) {
                Arc::make_mut(column).name.clone_from(&to.text);
            } else if column.generated.is_some()
                && let Some(generated) = &mut Arc::make_mut(column).generated
            {
                rewrite::expression(&mut generated.expression, &mut renamer);
            }
        }
        for constraint in &mut draft.constraints {
            let constraint = Arc::make_mut(constraint);
            constraint.column.iter_mut().for_each(rename);
            match &mut constraint.kind {
                ConstraintKind::PrimaryKey(columns) | ConstraintKind::Unique(columns) => {
                    columns.iter_mut().for_each(rename);
                }
                ConstraintKind::ForeignKey {
                    columns,
                    table,
                    referred,
                    ..
                } => {
                    columns.iter_mut().for_each(rename);
                    if *table == own {
                        referred.iter_mut().for_each(rename);
                    }
                }
                ConstraintKind::Check(expression) => {
                    rewrite::expression(expression, &mut renamer);
                }
                ConstraintKind::Exclude(parts) => {
                    (parts.iter_mut())
                        .for_each(|part| rewrite::expression(&mut part.expression, &mut renamer));
                }
            }
            for name in constraint
                .terms
                .iter_mut()
                .flat_map(|terms| &mut terms.include)
            {
                if self.same(&name.text, from) {
                    name.text.clone_from(&to.text);
                }
            }
            for part in &mut constraint.parts {
                rewrite::expression(&mut part.expression, &mut renamer);
            }
            self.move_column_uses(&mut constraint.uses, &own, from, to);
        }
        for index in &mut draft.indexes {
            let index = Arc::make_mut(index);
            for part in &mut index.parts {
                rewrite::expression(&mut part.expression, &mut renamer);
            }
            index.include.iter_mut().for_each(rename);
            if let Some(predicate) = &mut index.predicate {
                rewrite::expression(predicate, &mut renamer);
            }
            self.move_column_uses(&mut index.uses, &own, from, to);
        }
        if let Some(partition) = &mut draft.partition {
            for part in &mut Arc::make_mut(partition).1 {
                rewrite::expression(part, &mut renamer);
            }
        }
        for trigger in &mut draft.triggers {
            self.rename_in_trigger(Arc::make_mut(trigger), Some(&own), &mut renamer);
        }
    }

    /// A trigger on the table itself, or (`None`) on another one.
    fn rename_in_trigger(
        &self,
        trigger: &mut Trigger,
        own: Option<&Key>,
        renamer: &mut Column<'_>,
    ) {
        if own.is_some() {
            for event in &mut trigger.events {
                if let TriggerEvent::Update(columns) = event {
                    for name in columns {
                        if self.same(&name.text, renamer.from) {
                            name.text.clone_from(&renamer.to.text);
                        }
                    }
                }
            }
        }
        if self.dialect() != Dialect::Sqlite {
            return;
        }
        // The body names other tables too: only where no other can have the column, the name is surely this one's.
        let others = self.others_have(&trigger.uses, renamer.table, renamer.from);
        let mut body = trigger.body.clone();
        let mut when = trigger.when.clone();
        if let TriggerBody::Statements(actions) = &mut body {
            actions
                .iter_mut()
                .for_each(|action| rewrite::action(action, renamer));
        }
        if let Some(when) = &mut when {
            rewrite::expression(when, renamer);
        }
        let doubtful = renamer.unsure || (renamer.seen && (others || own.is_none()));
        let (seen, _) = (
            std::mem::take(&mut renamer.seen),
            std::mem::take(&mut renamer.unsure),
        );
        if doubtful {
            trigger.body = TriggerBody::Opaque {
                words: Vec::new(),
                columns: Vec::new(),
            };
        } else if seen {
            trigger.body = body;
            trigger.when = when;
        }
    }

    /// Whether another relation among these may have a column of this name.
    fn others_have(&self, uses: &[Use], table: &str, column: &str) -> bool {
        let relations: BTreeSet<&Key> = uses
            .iter()
            .filter(|one| one.node.class == Class::Relation)
            .map(|one| &one.node.key)
            .collect();
        relations.into_iter().any(|key| {
            if self.same(&key.1, table) {
                return false;
            }
            (self.store.relations().get(key))
                .is_none_or(|relation| relation.open || self.column(relation, column).is_some())
        })
    }

    /// Foreign keys, views and triggers of other relations.
    fn rename_column_elsewhere(&mut self, key: &Key, draft: &Relation, from: &str, to: &Name) {
        let node = Node::new(Class::Relation, key.clone());
        let dependents: Vec<Key> = (self.store.dependents(&node))
            .filter(|one| one.class == Class::Relation)
            .map(|one| one.key.clone())
            .collect();
        for dependent in dependents {
            let Some(relation) = self.store.relations().get(&dependent) else {
                continue;
            };
            let mut changed = relation.as_ref().clone();
            for constraint in &mut changed.constraints {
                let refers = matches!(&constraint.kind, ConstraintKind::ForeignKey { table, .. } if table == key);
                if refers
                    && let ConstraintKind::ForeignKey { referred, .. } =
                        &mut Arc::make_mut(constraint).kind
                {
                    for name in referred {
                        if self.same(name, from) {
                            name.clone_from(&to.text);
                        }
                    }
                }
            }
            if let Some((table, column)) = &mut changed.owned_by
                && table == key
                && *column == self.fold(from)
            {
                *column = self.fold(&to.text);
            }
            if self.rewrites_views() {
                self.rename_in_view(&mut changed, &draft.name, from, to);
            }
            if self.dialect() == Dialect::Sqlite {
                let mut renamer = Column {
                    catalog: self,
                    table: &draft.name,
                    from,
                    to,
                    seen: false,
                    nested: false,
                    unsure: false,
                };
                for trigger in &mut changed.triggers {
                    self.rename_in_trigger(Arc::make_mut(trigger), None, &mut renamer);
                }
            }
            self.move_column_uses(&mut changed.uses, key, from, to);
            self.set(Fact::Relation(dependent, Some(Arc::new(changed))));
        }
    }

    fn rename_in_view(&self, view: &mut Relation, table: &str, from: &str, to: &Name) {
        let Some(query) = &view.query else {
            return;
        };
        let mut renamer = Column {
            catalog: self,
            table,
            from,
            to,
            seen: false,
            nested: false,
            unsure: false,
        };
        let mut renamed = query.as_ref().clone();
        rewrite::query(&mut renamed, &mut renamer);
        if !renamer.seen {
            return;
        }
        if renamer.unsure || renamer.nested || self.others_have(&view.uses, table, from) {
            view.query = None;
            view.open = true;
        } else {
            view.query = Some(Arc::new(renamed));
        }
    }

    fn move_column_uses(&self, uses: &mut [Use], key: &Key, from: &str, to: &Name) {
        let from = self.fold(from);
        for one in uses {
            if one.node.key == *key && one.column.as_deref() == Some(&from) {
                one.column = Some(self.fold(&to.text));
            }
        }
    }
}

fn move_uses(uses: &mut [Use], from: &Key, to: &Key) {
    for one in uses {
        if one.node.class == Class::Relation && one.node.key == *from {
            one.node.key = to.clone();
        }
    }
}
