//! `CREATE INDEX`, and what can be done to an index.

use std::sync::Arc;

use super::{Findings, constraint::column_of};
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Index, Lookup, Node, Relation, RelationKind, Use, query::Context,
        store::Fact,
    },
    nearest,
    settings::Product,
    tree::{Alter, AlterTable, Behavior, CreateIndex, IndexPart, Name, ObjectKind, Path, Target},
};

impl Catalog {
    pub(super) fn create_index(&mut self, index: &CreateIndex, findings: &mut Findings) {
        let Some((key, table)) = self.to_alter(&index.table, ObjectKind::Table, false, findings)
        else {
            return;
        };
        if self.cannot_be_indexed(&table, index, findings) {
            return;
        }
        if let Some(name) = &index.name {
            match self.index_name_taken(&table, name, index.if_not_exists) {
                Taken::No => {}
                Taken::Skip => return,
                Taken::By(_) if index.or_replace => {}
                Taken::By(finding) => {
                    findings.push(*finding);
                    return;
                }
            }
        }
        self.check_indexed(&table, index, findings);
        if findings.refuse() {
            return;
        }
        let name = match (&index.name, self.dialect()) {
            (Some(name), _) => name.name.text.clone(),
            (None, Dialect::Mysql) => {
                let first = index.parts.first().and_then(column_of);
                self.choose_key_name(&table, first.map(|name| &name.text))
            }
            (None, _) => self.choose_index_name(&table, &index.parts),
        };
        let mut uses: Vec<Use> = Vec::new();
        for part in &index.parts {
            uses.extend(self.uses_of(&part.expression));
        }
        uses.extend(index.predicate.iter().flat_map(|one| self.uses_of(one)));
        let mut draft = table.as_ref().clone();
        let same = |one: &Arc<Index>| self.same(&one.name, &name);
        draft
            .indexes
            .retain(|one| !(same(one) && (index.or_replace || one.implicit)));
        draft.indexes.push(Arc::new(Index {
            name,
            unique: index.unique,
            implicit: false,
            method: index.method.clone(),
            parts: index.parts.clone(),
            include: index.include.iter().map(|name| name.text.clone()).collect(),
            nulls_not_distinct: index.nulls_not_distinct,
            comment: index.comment.clone(),
            predicate: index.predicate.clone(),
            uses,
            text: self.text(),
            origin: self.origin(),
        }));
        if self.store.poisoned_since(
            &self.fold(
                &draft
                    .indexes
                    .last()
                    .map_or_else(String::new, |one| one.name.clone()),
            ),
        ) > 0
        {
            // The name is known again: nothing else can have it now.
            if let Some(index) = draft.indexes.last() {
                let name = self.fold(&index.name);
                self.set(Fact::Poisoned(name, None));
            }
        }
        self.put_altered(&key, draft);
    }

    fn index_name_taken(&self, table: &Relation, path: &Path, if_not_exists: bool) -> Taken {
        let name = &path.name;
        let by = if self.dialect() == Dialect::Mysql && table.open {
            None
        } else if self.dialect() == Dialect::Mysql {
            self.key_on_mysql(table, &name.text)
        } else {
            let schema = self.fold_for(Class::Schema, &table.schema);
            self.name_in_schema(&(schema, self.fold(&name.text)))
        };
        match by {
            None => Taken::No,
            Some(by)
                if if_not_exists && (self.dialect() != Dialect::Sqlite || by.0 == "an index") =>
            {
                Taken::Skip
            }
            Some(by) => Taken::By(Box::new(self.already(by, name, ""))),
        }
    }

    /// Not everything that has columns can have an index.
    fn cannot_be_indexed(
        &self,
        table: &Relation,
        index: &CreateIndex,
        findings: &mut Findings,
    ) -> bool {
        let indexable = match table.kind {
            RelationKind::Table | RelationKind::ForeignTable => true,
            RelationKind::MaterializedView => self.dialect() == Dialect::Postgres,
            _ => false,
        };
        if !indexable && table.is_surely_its_kind() {
            let message = format!(
                "a {} cannot have an index: `{}`",
                table.kind.noun(),
                table.name
            );
            findings.push(
                Finding::new(Code::InvalidDefinition, message, index.table.range())
                    .help("make the index on the table that holds the rows"),
            );
            return true;
        }
        false
    }

    /// What an index is on.
    fn check_indexed(&self, table: &Relation, index: &CreateIndex, findings: &mut Findings) {
        for part in &index.parts {
            self.check_part(table, part, findings);
        }
        self.check_method(table, index.method.as_deref(), &index.parts, findings);
        for name in &index.include {
            self.own_column(table, name, findings);
        }
        if let Some(predicate) = &index.predicate {
            self.check_expression(Some(table), predicate, Context::Predicate, findings);
        }
    }

    fn check_part(&self, table: &Relation, part: &IndexPart, findings: &mut Findings) {
        // SQLite takes a name in double quotes that means nothing for a string.
        let column = column_of(part).filter(|_| self.dialect() != Dialect::Sqlite);
        if let Some(name) = column {
            self.own_column(table, name, findings);
        } else {
            self.check_expression(Some(table), &part.expression, Context::Index, findings);
        }
    }

    /// `DROP INDEX name` (SQLite, PostgreSQL), or `DROP INDEX name ON table` (MySQL).
    pub(super) fn drop_index(
        &mut self,
        target: &Target,
        if_exists: bool,
        behavior: Behavior,
        findings: &mut Findings,
    ) {
        if self.dialect() == Dialect::Mysql {
            self.drop_index_on_mysql(target, if_exists, findings);
            return;
        }
        let name = &target.path.name;
        let relation = match self.index(&target.path) {
            Lookup::Known(relation) => relation.clone(),
            Lookup::Unknown => {
                self.forget_index(&target.path);
                return;
            }
            Lookup::Absent => {
                if !if_exists {
                    findings.extend(self.no_such_index(&target.path));
                }
                return;
            }
        };
        let key = self.key_of(&relation);
        let Some(found) = self.index_of(&relation, &name.text).cloned() else {
            if self.target.product == Product::Cockroach && behavior == Behavior::Cascade {
                self.drop_unique_constraint(&target.path, &relation, findings);
                return;
            }
            let message = format!(
                "the index `{name}` belongs to a constraint of `{}`",
                relation.name
            );
            findings.push(
                Finding::new(Code::StillReferenced, message, name.range.clone()).help(format!(
                    "drop the constraint: `ALTER TABLE {} DROP CONSTRAINT {name}`",
                    relation.name
                )),
            );
            return;
        };
        let mut draft = relation;
        draft
            .indexes
            .retain(|index| !self.same(&index.name, &name.text));
        if self.dialect() == Dialect::Postgres
            && let Some(columns) = self.key_columns(&found)
        {
            self.release_columns(
                &key,
                &draft,
                (&columns, &found.name),
                Some(name),
                behavior,
                findings,
            );
            if findings.refuse() {
                return;
            }
        }
        let index_key = (key.0.clone(), self.fold(&name.text));
        self.remember(&mut draft, ObjectKind::Index, &name.text, None);
        self.put_altered(&key, draft);
        self.bury_key(Class::Index, &index_key, None);
    }

    /// Drops an index of which nobody knows whether it is there.
    fn forget_index(&mut self, path: &Path) {
        for key in self.candidates(Class::Index, path) {
            let node = Node::new(Class::Index, key);
            let Some(owner) = self.store.owners().get(&node).cloned() else {
                continue;
            };
            if let Some(relation) = self.store.relations().get(&owner) {
                let mut draft = relation.as_ref().clone();
                draft
                    .indexes
                    .retain(|index| !self.same(&index.name, &path.name.text));
                self.set(Fact::Relation(owner, Some(Arc::new(draft))));
            }
        }
        self.bury_name(Class::Index, path);
    }

    fn drop_index_on_mysql(&mut self, target: &Target, if_exists: bool, findings: &mut Findings) {
        let Some(on) = &target.on else {
            return;
        };
        let Some((key, table)) = self.to_alter(on, ObjectKind::Table, false, findings) else {
            return;
        };
        let alter = AlterTable {
            kind: ObjectKind::Table,
            name: on.clone(),
            if_exists: false,
            changes: vec![Alter::DropConstraint {
                name: Some(target.path.name.clone()),
                which: crate::tree::DropWhich::Index,
                if_exists,
                behavior: Behavior::Default,
            }],
            options: Vec::new(),
        };
        let _ = (key, table);
        self.alter_table(&alter, findings);
    }

    /// CockroachDB drops a unique constraint with its index.
    fn drop_unique_constraint(
        &mut self,
        index: &Path,
        relation: &Relation,
        findings: &mut Findings,
    ) {
        let table = Name {
            text: relation.name.clone(),
            ..index.name.clone()
        };
        let alter = AlterTable {
            kind: ObjectKind::Table,
            name: Path {
                schema: Some(Name {
                    text: relation.schema.clone(),
                    ..index.name.clone()
                }),
                name: table,
            },
            if_exists: false,
            changes: vec![Alter::DropConstraint {
                name: Some(index.name.clone()),
                which: crate::tree::DropWhich::Constraint,
                if_exists: false,
                behavior: Behavior::Cascade,
            }],
            options: Vec::new(),
        };
        self.alter_table(&alter, findings);
    }

    /// What to say of an index that is not there.
    pub(super) fn no_such_index(&self, path: &Path) -> Option<Finding> {
        let candidates = self.candidates(Class::Index, path);
        let message = format!("no such index: {path}");
        let range = path.range();
        if let Some(finding) = self.buried(
            Code::NoSuchIndex,
            &message,
            range.clone(),
            Class::Index,
            &candidates,
        ) {
            return Some(finding);
        }
        if self.dialect() == Dialect::Sqlite && path.name.text.starts_with("sqlite_autoindex_") {
            let message = format!("the index `{path}` belongs to a constraint");
            return Some(
                Finding::new(Code::StillReferenced, message, range)
                    .help("SQLite drops it with its table: build the table anew without the UNIQUE or PRIMARY KEY"),
            );
        }
        if let Some(id) = self.made_later(Class::Index, &self.fold(&path.name.text)) {
            return Some(
                Finding::new(
                    Code::WrongOrder,
                    format!("{message}; {id} makes it, and that comes later"),
                    range,
                )
                .help(format!("give this migration an id behind {id}")),
            );
        }
        let names = self
            .store
            .owners()
            .keys()
            .filter(|node| node.class == Class::Index);
        let near = nearest(&path.name.text, names.map(|node| node.key.1.as_str()));
        let finding = Finding::new(Code::NoSuchIndex, message, range);
        Some(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding,
        })
    }

    /// `ALTER INDEX`.
    pub(super) fn alter_index(&mut self, alter: &AlterTable, findings: &mut Findings) {
        let relation = match self.index(&alter.name) {
            Lookup::Known(relation) => relation.clone(),
            Lookup::Unknown => {
                for change in &alter.changes {
                    if let Alter::RenameTo(to) = change {
                        self.poison(std::slice::from_ref(&to.name.text));
                    }
                }
                return;
            }
            Lookup::Absent => {
                match self.relation_key(&alter.name) {
                    // PostgreSQL takes the name of a table here, too.
                    Some(key) => {
                        for change in &alter.changes {
                            if let Alter::RenameTo(to) = change {
                                self.rename_relation(&key, to, findings);
                            }
                        }
                    }
                    None if alter.if_exists => {}
                    None => findings.extend(self.no_such_index(&alter.name)),
                }
                return;
            }
        };
        for change in &alter.changes {
            if matches!(
                change,
                Alter::AddColumn { .. } | Alter::DropColumn { .. } | Alter::AddConstraint(_)
            ) {
                let message = format!("`{}` is an index, not a table", alter.name);
                findings.push(Finding::new(
                    Code::InvalidDefinition,
                    message,
                    alter.name.range(),
                ));
            }
            if let Alter::RenameTo(to) = change {
                self.rename_index(relation.clone(), &alter.name.name, &to.name, findings);
            }
        }
    }

    /// Gives an index another name, or the constraint that keeps it.
    pub(super) fn rename_index(
        &mut self,
        mut draft: Relation,
        from: &Name,
        to: &Name,
        findings: &mut Findings,
    ) {
        let key = self.key_of(&draft);
        let new = (key.0.clone(), self.fold(&to.text));
        if let Some(by) = self.name_in_schema(&new) {
            findings.push(self.already(by, to, ""));
            return;
        }
        for index in &mut draft.indexes {
            if self.same(&index.name, &from.text) {
                Arc::make_mut(index).name.clone_from(&to.text);
            }
        }
        for constraint in &mut draft.constraints {
            if self.same(&constraint.name, &from.text) && constraint.has_index() {
                Arc::make_mut(constraint).name.clone_from(&to.text);
            }
        }
        self.remember(&mut draft, ObjectKind::Index, &from.text, Some(&to.text));
        let old = (key.0.clone(), self.fold(&from.text));
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
        self.bury_key(Class::Index, &old, Some(&to.text));
        self.unbury(Class::Index, &new);
    }
}

/// Whether a name is free.
enum Taken {
    No,
    /// It is taken, and the statement says that this is well.
    Skip,
    By(Box<Finding>),
}
