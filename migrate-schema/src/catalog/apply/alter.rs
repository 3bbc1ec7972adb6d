//! `ALTER TABLE`, and what else has the form of it.

use std::sync::Arc;

use super::{
    Findings, alter_part::made_column, constraint::column_of, create_table::constraints_of, mysql,
    names::article,
};
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, ConstraintKind, Former, Key, Lookup, Relation, RelationKind, store::Fact,
    },
    nearest,
    tree::{Alter, AlterTable, Name, ObjectKind, Path},
};

impl Catalog {
    pub(super) fn alter_table(&mut self, alter: &AlterTable, findings: &mut Findings) {
        if alter.kind == ObjectKind::Index || self.is_index_instead(alter) {
            self.alter_index(alter, findings);
            return;
        }
        let Some((key, before)) = self.to_alter(&alter.name, alter.kind, alter.if_exists, findings)
        else {
            return;
        };
        self.check_kind(&before, alter, findings);
        if findings.refuse() {
            return;
        }
        let tests = self.dialect() == Dialect::Sqlite && alter.changes.iter().any(tests_schema);
        if tests {
            self.test_schema(alter, "does not work", findings);
            if findings.refuse() {
                return;
            }
        }
        let mut draft = before.as_ref().clone();
        let staged = match self.dialect() {
            Dialect::Mysql => mysql::staged(&alter.changes),
            _ => None,
        };
        let mut changes: Vec<&Alter> = staged.as_ref().unwrap_or(&alter.changes).iter().collect();
        match self.dialect() {
            Dialect::Sqlite => {}
            Dialect::Postgres => changes.sort_by_key(|change| pass_on_postgres(change)),
            Dialect::Mysql => changes.sort_by_key(|change| pass_on_mysql(change)),
        }
        let mut target: Option<Path> = None;
        for change in changes {
            match change {
                Alter::RenameTo(to) => target = Some(to.clone()),
                Alter::SetSchema(schema) => {
                    target = Some(Path {
                        schema: Some(schema.clone()),
                        name: Name {
                            text: draft.name.clone(),
                            ..alter.name.name.clone()
                        },
                    });
                    // It may be there already.
                    target = target.filter(|to| self.new_key(Class::Relation, to, false) != key);
                }
                _ => self.alter_draft(&key, &mut draft, change, findings),
            }
        }
        if self.dialect() == Dialect::Mysql {
            let name = &alter.name.name;
            self.check_keys_of_foreign_keys(&before, &draft, name, findings);
            self.check_altered_on_mysql((&before, &draft), &alter.changes, name, findings);
            // A table may be renamed to what it is called.
            target = target.filter(|to| to.schema.is_some() || to.name.text != draft.name);
        }
        if findings.refuse() {
            return;
        }
        self.put_altered(&key, draft);
        if let Some(to) = target {
            self.rename_relation(&key, &to, findings);
        }
        let rebuilds = (alter.changes.iter()).any(|change| matches!(change, Alter::Rebuild(_)));
        if (tests || rebuilds) && !findings.refuse() {
            self.test_schema(alter, "would not work any more", findings);
        }
    }

    /// The relation that a statement alters. One of which nothing is known is made up, and open.
    pub(super) fn to_alter(
        &self,
        path: &Path,
        kind: ObjectKind,
        if_exists: bool,
        findings: &mut Findings,
    ) -> Option<(Key, Arc<Relation>)> {
        match self.relation(path) {
            Lookup::Known(relation) => {
                let key = self.key_of(relation);
                let relation = self.relation_by_key(&key)?.clone();
                return Some((key, relation));
            }
            Lookup::Absent if if_exists => return None,
            Lookup::Absent => {
                let noun = match kind {
                    ObjectKind::Other => "table",
                    kind => kind.noun(),
                };
                findings.extend(self.no_such_relation(path, noun));
                if findings.refuse() {
                    return None;
                }
            }
            Lookup::Unknown if if_exists => return None,
            Lookup::Unknown => {}
        }
        let key = self
            .relation_key(path)
            .unwrap_or_else(|| self.new_key(Class::Relation, path, false));
        let mut relation = match self.store.relations().get(&key) {
            // What it had may be gone by now: what nobody knows may have been done to any part of it.
            Some(relation) => Relation {
                had: self.had(relation).map(Arc::new),
                columns: Vec::new(),
                constraints: Vec::new(),
                indexes: Vec::new(),
                triggers: Vec::new(),
                ..relation.as_ref().clone()
            },
            None => {
                let mut relation = self.new_relation(&key, &path.name);
                relation.kind = match kind {
                    ObjectKind::View => RelationKind::View,
                    ObjectKind::MaterializedView => RelationKind::MaterializedView,
                    ObjectKind::Sequence => RelationKind::Sequence,
                    _ => RelationKind::Table,
                };
                relation
            }
        };
        relation.open = true;
        // The statement shows that it is there.
        relation.known_since = self.clock;
        Some((key, Arc::new(relation)))
    }

    fn is_index_instead(&self, alter: &AlterTable) -> bool {
        self.dialect() == Dialect::Postgres
            && matches!(self.relation(&alter.name), Lookup::Absent)
            && matches!(self.index(&alter.name), Lookup::Known(_))
    }

    /// A statement for tables on a view, or the other way round.
    fn check_kind(&self, relation: &Relation, alter: &AlterTable, findings: &mut Findings) {
        let kind = relation.kind;
        let fits = match alter.kind {
            ObjectKind::View => kind == RelationKind::View,
            ObjectKind::MaterializedView => kind == RelationKind::MaterializedView,
            ObjectKind::Sequence => kind == RelationKind::Sequence,
            ObjectKind::ForeignTable => kind == RelationKind::ForeignTable,
            ObjectKind::Table if self.dialect() == Dialect::Postgres => {
                kind.is_table() || !alter.changes.iter().any(only_on_tables)
            }
            ObjectKind::Table => kind.is_table() || kind == RelationKind::Sequence,
            _ => true,
        };
        if !fits && relation.is_surely_its_kind() {
            let message = format!(
                "`{}` is {}, not {}",
                relation.name,
                article(relation),
                a(alter.kind)
            );
            findings.push(Finding::new(
                Code::InvalidDefinition,
                message,
                alter.name.range(),
            ));
        }
        if self.dialect() == Dialect::Sqlite
            && kind == RelationKind::VirtualTable
            && alter
                .changes
                .iter()
                .any(|change| !matches!(change, Alter::RenameTo(_)))
        {
            let message = format!("the virtual table `{}` may not be altered", relation.name);
            findings.push(
                Finding::new(Code::InvalidDefinition, message, alter.name.range())
                    .help("make it anew"),
            );
        }
    }

    /// The sequences of columns that are no identity columns any more: they go with that.
    fn sequences_gone(&self, key: &Key, relation: &Relation) -> Vec<Key> {
        let Some(before) = self.relation_by_key(key) else {
            return Vec::new();
        };
        let identities = before.columns.iter().filter(|one| one.identity.is_some());
        let sequences = identities.filter_map(|column| column.sequence.clone());
        let is_gone = |sequence: &Key| {
            let mut columns = relation.columns.iter();
            !columns.any(|column| column.sequence.as_ref() == Some(sequence))
        };
        sequences.filter(is_gone).collect()
    }

    /// Puts a relation that was altered, and brings up to date what is derived from it.
    pub(super) fn put_altered(&mut self, key: &Key, relation: Relation) {
        let sequences: Vec<(Key, String)> = (relation.columns.iter())
            .filter_map(|column| Some((column.sequence.clone()?, column.name.clone())))
            .filter(|(sequence, _)| !self.store.relations().contains_key(sequence))
            .collect();
        let gone = self.sequences_gone(key, &relation);
        self.set(Fact::Relation(key.clone(), Some(Arc::new(relation))));
        for sequence in gone {
            self.set(Fact::Relation(sequence, None));
        }
        for (sequence, column) in sequences {
            self.put_sequence(sequence, key.clone(), &column);
        }
        self.refresh_views(key);
    }

    fn alter_draft(
        &mut self,
        key: &Key,
        draft: &mut Relation,
        change: &Alter,
        findings: &mut Findings,
    ) {
        if draft.open {
            if self.has_slip(draft, change, findings) {
                return;
            }
            // One that is not known to be there has a new name all the same.
            let made = made_column(change).into_iter().collect();
            draft.had = (draft.had.as_ref()).map(|had| Arc::new(had.with(made)));
        }
        match change {
            Alter::AddColumn {
                column,
                if_not_exists,
            } => {
                if *if_not_exists && (draft.open || self.column(draft, &column.name.text).is_some())
                {
                    if self.dialect() == Dialect::Postgres
                        && let Some(ty) = &column.ty
                    {
                        self.check_type(ty, true, findings);
                    }
                    return;
                }
                self.add_column(draft, column, findings);
            }
            Alter::DropColumn {
                name,
                if_exists,
                behavior,
            } => match self.column(draft, &name.text).cloned() {
                Some(column) => self.drop_column(key, draft, &column, name, *behavior, findings),
                None if *if_exists || draft.open => {}
                None => findings.push(self.no_such_column(draft, name)),
            },
            Alter::RenameColumn { from, to } => self.rename_column(key, draft, from, to, findings),
            Alter::AddConstraint(constraint) => {
                self.add_constraint(draft, constraint, None, findings);
            }
            Alter::DropConstraint {
                name,
                which,
                if_exists,
                behavior,
            } => self.drop_constraint(
                draft,
                name.as_ref(),
                *which,
                (*if_exists, *behavior),
                findings,
            ),
            Alter::RenameConstraint { from, to } => {
                self.rename_constraint(draft, from, to, findings);
            }
            Alter::RenameIndex { from, to } => self.rename_key(draft, from, to, findings),
            Alter::AlterColumn { name, change } => self.alter_column(draft, name, change, findings),
            Alter::Redefine {
                name,
                column,
                if_exists,
            } => self.redefine_column(key, draft, (name, *if_exists), column, findings),
            Alter::Attach { table, bounds } => {
                self.attach(key, draft, (table, bounds.as_ref()), findings);
            }
            Alter::Detach(path) => self.detach(key, draft, path, findings),
            Alter::ValidateConstraint(name) => {
                self.change_constraint(draft, name, findings, |one| one.not_valid = false);
            }
            Alter::AlterConstraint { name, deferrable } => {
                self.change_constraint(draft, name, findings, |one| {
                    if let Some(deferrable) = *deferrable {
                        one.terms.get_or_insert_default().deferrable = deferrable;
                    }
                });
            }
            Alter::SetOptions(options) => {
                for (name, value) in options {
                    set_option(draft, name, value.as_deref());
                }
            }
            // `ENGINE=InnoDB` and its kin of MySQL.
            Alter::Other { what } if self.dialect() == Dialect::Mysql => {
                if let Some((name, value)) = what.split_once('=') {
                    set_option(draft, &name.to_ascii_lowercase(), Some(value));
                }
            }
            Alter::RequireTrigger(name) => {
                if !draft.open && self.trigger(draft, &name.text).is_none() {
                    findings.push(self.no_such_trigger_on(draft, name));
                }
            }
            Alter::RequireIndex(name) => self.require_index_on(draft, name, findings),
            Alter::Opaque => draft.open = true,
            Alter::Rebuild(rebuild) => self.rebuild(key, draft, rebuild, findings),
            Alter::RenameTo(_) | Alter::SetSchema(_) | Alter::Other { .. } => {}
        }
    }

    /// Changes a constraint of the table; one that is not there is told.
    fn change_constraint(
        &self,
        draft: &mut Relation,
        name: &Name,
        findings: &mut Findings,
        change: impl FnOnce(&mut crate::catalog::Constraint),
    ) {
        let found = (draft.constraints.iter_mut()).find(|one| self.same(&one.name, &name.text));
        match found {
            Some(one) => change(Arc::make_mut(one)),
            None if draft.open => {}
            None => findings.push(self.no_such_constraint(draft, name)),
        }
    }

    fn require_index_on(&self, draft: &Relation, name: &Name, findings: &mut Findings) {
        let known = self.index_of(draft, &name.text).is_some()
            || self.constraint(draft, &name.text).is_some()
            || draft.open
            || self.is_poisoned(&self.index_node(draft, &name.text));
        if !known {
            findings.push(self.no_such_index_on(draft, name));
        }
    }

    /// `ADD COLUMN` with what stands behind it.
    fn add_column(
        &mut self,
        draft: &mut Relation,
        column: &crate::tree::Column,
        findings: &mut Findings,
    ) {
        let before = findings.len();
        self.check_position(draft, column, findings);
        self.add_new_column(draft, column, findings);
        if findings.refuse_since(before) {
            return;
        }
        match self.dialect() {
            Dialect::Sqlite => self.check_added_on_sqlite(draft, column, findings),
            Dialect::Postgres => check_added_to_rows(draft, column, findings),
            Dialect::Mysql => {}
        }
        if findings.refuse_since(before) {
            return;
        }
        self.reposition(draft, column);
        for constraint in constraints_of(column) {
            self.add_constraint(draft, &constraint, Some(&column.name), findings);
        }
        self.check_computed(draft, column, findings);
    }

    /// `FIRST`, `AFTER column` (MySQL).
    pub(super) fn check_position(
        &self,
        draft: &Relation,
        column: &crate::tree::Column,
        findings: &mut Findings,
    ) {
        if let Some(crate::tree::Position::After(name)) = &column.position {
            self.own_column(draft, name, findings);
        }
    }

    /// Puts a column where `FIRST` or `AFTER` says (MySQL).
    pub(super) fn reposition(&self, draft: &mut Relation, column: &crate::tree::Column) {
        let Some(position) = &column.position else {
            return;
        };
        let place = |name: &Name| {
            let mut columns = draft.columns.iter();
            columns.position(|own| self.same(&own.name, &name.text))
        };
        let Some(from) = place(&column.name) else {
            return;
        };
        let to = match position {
            crate::tree::Position::First => 0,
            crate::tree::Position::After(name) => match place(name) {
                Some(after) if after < from => after + 1,
                Some(after) => after,
                None => return,
            },
        };
        let moved = draft.columns.remove(from);
        draft.columns.insert(to.min(draft.columns.len()), moved);
    }

    /// What SQLite never lets a new column have.
    fn check_added_on_sqlite(
        &self,
        draft: &Relation,
        column: &crate::tree::Column,
        findings: &mut Findings,
    ) {
        let name = &column.name;
        if draft.strict
            && let Some(finding) = not_strict(draft, column)
        {
            findings.push(finding);
            return;
        }
        let cannot = if column.primary_key.is_some() {
            "be a primary key"
        } else if column.unique.is_some() {
            "be UNIQUE"
        } else if draft.has_rows && column.not_null == Some(true) && is_null(column) {
            "be NOT NULL without a default, because the table has rows"
        } else {
            return;
        };
        let message = format!("a column that is added cannot {cannot}: `{name}`");
        let help = match cannot {
            "be UNIQUE" => format!(
                "add the column, then `CREATE UNIQUE INDEX {}_{name} ON {} ({name})`",
                draft.name, draft.name
            ),
            "be a primary key" => "build the table anew with it".to_owned(),
            _ => "give it a default".to_owned(),
        };
        findings
            .push(Finding::new(Code::InvalidDefinition, message, column.range.clone()).help(help));
    }

    pub(super) fn no_such_constraint(&self, relation: &Relation, name: &Name) -> Finding {
        let names = relation.constraints.iter().map(|one| one.name.as_str());
        let near = nearest(&name.text, names.filter(|name| !name.is_empty()));
        let message = format!("no such constraint: {name} on `{}`", relation.name);
        self.no_such_part(
            Code::NoSuchConstraint,
            ObjectKind::Constraint,
            relation,
            name,
            message,
            near,
        )
    }

    pub(super) fn no_such_trigger_on(&self, relation: &Relation, name: &Name) -> Finding {
        let names = relation.triggers.iter().map(|one| one.name.as_str());
        let near = nearest(&name.text, names);
        let message = format!("no such trigger: {name} on `{}`", relation.name);
        self.no_such_part(
            Code::NoSuchObject,
            ObjectKind::Trigger,
            relation,
            name,
            message,
            near,
        )
    }

    /// Writes down what a part was called.
    pub(super) fn remember(
        &self,
        draft: &mut Relation,
        kind: ObjectKind,
        name: &str,
        renamed_to: Option<&str>,
    ) {
        let name = self.fold(name);
        let same = |former: &Former| former.kind == kind && former.name == name;
        draft.former.retain(|former| !same(former));
        draft.former.push(Former {
            kind,
            name,
            renamed_to: renamed_to.map(str::to_owned),
            origin: self.origin(),
        });
    }

    fn attach(
        &mut self,
        key: &Key,
        draft: &mut Relation,
        (path, bounds): (&Path, Option<&std::ops::Range<usize>>),
        findings: &mut Findings,
    ) {
        let Some(other) = self.existing(path, "table", findings) else {
            return;
        };
        let other_key = self.key_of(&other);
        if draft.partitioned {
            let mut child = other.as_ref().clone();
            if !child.parents.contains(key) {
                child.parents.push(key.clone());
            }
            child.bounds = self.bounds(bounds);
            self.set(Fact::Relation(other_key, Some(Arc::new(child))));
        } else if !draft.parents.contains(&other_key) {
            draft.parents.push(other_key);
        }
    }

    fn detach(&mut self, key: &Key, draft: &mut Relation, path: &Path, findings: &mut Findings) {
        let Some(other) = self.existing(path, "table", findings) else {
            return;
        };
        let other_key = self.key_of(&other);
        draft.parents.retain(|parent| *parent != other_key);
        if other.parents.contains(key) {
            let mut child = other.as_ref().clone();
            child.parents.retain(|parent| parent != key);
            child.bounds = None;
            self.set(Fact::Relation(other_key, Some(Arc::new(child))));
        }
    }

    /// The index or key that a foreign key needs must stay (MySQL).
    fn check_keys_of_foreign_keys(
        &self,
        before: &Relation,
        draft: &Relation,
        name: &Name,
        findings: &mut Findings,
    ) {
        if draft.open || !self.store.session().foreign_keys {
            return;
        }
        for constraint in &draft.constraints {
            let ConstraintKind::ForeignKey { columns, .. } = &constraint.kind else {
                continue;
            };
            if self.begins_an_index(before, columns) && !self.begins_an_index(draft, columns) {
                let message = format!(
                    "the foreign key `{}` needs an index that begins with ({})",
                    constraint.name,
                    columns.join(", ")
                );
                findings.push(
                    Finding::new(Code::StillReferenced, message, name.range.clone())
                        .help("drop the foreign key first, or add another index over its columns"),
                );
            }
        }
    }
}

/// What PostgreSQL refuses where there are rows.
fn check_added_to_rows(draft: &Relation, column: &crate::tree::Column, findings: &mut Findings) {
    let made = draft
        .columns
        .last()
        .is_some_and(|made| made.sequence.is_some());
    let domain = column.ty.as_ref().is_some_and(|ty| ty.special);
    let not_null = column.not_null == Some(true) || column.primary_key.is_some();
    let uses = draft
        .columns
        .last()
        .is_some_and(|made| !made.uses.is_empty());
    if draft.has_rows && not_null && is_null(column) && !made && !domain && !uses {
        let name = &column.name;
        let message = format!(
            "the column `{name}` is NOT NULL and has no default, and `{}` has rows",
            draft.name
        );
        findings.push(
            Finding::new(Code::InvalidDefinition, message, column.range.clone()).help(format!(
                "give it a default, or add it without NOT NULL, fill it, and then `ALTER COLUMN {name} SET NOT NULL`"
            )),
        );
    }
}

fn is_null(column: &crate::tree::Column) -> bool {
    use crate::tree::{ExpressionKind, Literal};
    column.generated.is_none()
        && column
            .default
            .as_ref()
            .is_none_or(|default| matches!(default.kind, ExpressionKind::Literal(Literal::Null)))
}

/// What PostgreSQL does of an ALTER TABLE first.
const fn pass_on_postgres(change: &Alter) -> u8 {
    match change {
        Alter::DropColumn { .. } | Alter::DropConstraint { .. } => 0,
        Alter::AlterColumn {
            change: crate::tree::ColumnChange::Type { .. },
            ..
        } => 1,
        Alter::AddColumn { .. } => 2,
        Alter::AddConstraint(_) => 4,
        Alter::AlterColumn { .. } => 3,
        _ => 5,
    }
}

/// What MySQL does of an ALTER TABLE first.
const fn pass_on_mysql(change: &Alter) -> u8 {
    match change {
        Alter::DropConstraint { .. } => 0,
        Alter::DropColumn { .. } => 1,
        Alter::AddColumn { .. }
        | Alter::Redefine { .. }
        | Alter::AlterColumn { .. }
        | Alter::RenameColumn { .. } => 2,
        Alter::AddConstraint(_) => 3,
        _ => 4,
    }
}

/// Before and after this SQLite reads every view and trigger anew.
const fn tests_schema(change: &Alter) -> bool {
    matches!(
        change,
        Alter::RenameTo(_) | Alter::RenameColumn { .. } | Alter::DropColumn { .. }
    )
}

/// A type that a `STRICT` table of SQLite does not take.
fn not_strict(draft: &Relation, column: &crate::tree::Column) -> Option<Finding> {
    const TYPES: [&str; 6] = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
    let (message, range) = match &column.ty {
        None => (
            format!("a column of the STRICT table `{}` needs a type", draft.name),
            column.name.range.clone(),
        ),
        Some(ty) => {
            let name = &ty.path.name.text;
            let known = TYPES.iter().any(|known| known.eq_ignore_ascii_case(name));
            if known && ty.arguments.is_empty() {
                return None;
            }
            let table = &draft.name;
            (
                format!("`{name}` is no type of the STRICT table `{table}`"),
                ty.range.clone(),
            )
        }
    };
    Some(
        Finding::new(Code::InvalidDefinition, message, range)
            .help("write `INT`, `INTEGER`, `REAL`, `TEXT`, `BLOB` or `ANY`, without a length"),
    )
}

/// PostgreSQL does this to tables only; everything else a view can have done to it too.
const fn only_on_tables(change: &Alter) -> bool {
    matches!(
        change,
        Alter::AddColumn { .. } | Alter::DropColumn { .. } | Alter::AddConstraint(_)
    )
}

fn a(kind: ObjectKind) -> String {
    format!("a {}", kind.noun())
}

/// Whether an index has the column as a key of its own.
pub(super) fn has_key(catalog: &Catalog, index: &crate::catalog::Index, column: &str) -> bool {
    let mut keys = index.parts.iter().filter_map(column_of);
    keys.any(|name| catalog.same(&name.text, column))
}

/// Sets an option of a table, or takes it away.
fn set_option(draft: &mut Relation, name: &str, value: Option<&str>) {
    let at = draft.options.iter().position(|(own, _)| own == name);
    match (at, value) {
        (Some(at), Some(value)) => value.clone_into(&mut draft.options[at].1),
        (None, Some(value)) => draft.options.push((name.to_owned(), value.to_owned())),
        (Some(at), None) => {
            draft.options.remove(at);
        }
        (None, None) => {}
    }
}
