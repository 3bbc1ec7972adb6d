//! The statements that undo a migration without loss, where `down` was left out.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    Dialect,
    catalog::{Catalog, Constraint, Lookup, Relation},
    quote::quoted,
    tree::{
        Action, Alter, AlterTable, ColumnChange, ConstraintKind, CreateIndex, Name, ObjectKind,
        Path, Rename,
    },
};

/// What undoes the statements so far.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// In the order of `up`; the last of them comes first.
    groups: Vec<Vec<String>>,
    impossible: bool,
}

/// What has to be known before a statement runs.
#[derive(Debug, Default)]
pub(super) struct Before {
    relation: Option<Arc<Relation>>,
    /// What the statement makes was not there, for certain.
    absent: bool,
}

impl Derived {
    /// Something cannot be undone.
    pub(super) const fn give_up(&mut self) {
        self.impossible = true;
    }

    /// What undoes all of it.
    pub(super) fn finish(self) -> Option<Vec<String>> {
        let statements: Vec<String> = self.groups.into_iter().rev().flatten().collect();
        (!self.impossible && !statements.is_empty()).then_some(statements)
    }

    pub(super) fn before(&self, catalog: &Catalog, action: &Action) -> Before {
        if self.impossible {
            return Before::default();
        }
        let relation = |path: &Path| match catalog.relation(path) {
            Lookup::Known(relation) => catalog.relation_by_key(&catalog.key_of(relation)).cloned(),
            _ => None,
        };
        let absent = |path: &Path| matches!(catalog.relation(path), Lookup::Absent);
        match action {
            Action::CreateTable(table) => Before {
                relation: None,
                absent: absent(&table.name),
            },
            Action::CreateView(view) => Before {
                relation: None,
                absent: absent(&view.name),
            },
            Action::CreateSequence(sequence) => Before {
                relation: None,
                absent: absent(&sequence.name),
            },
            Action::CreateIndex(index) => Before {
                relation: relation(&index.table),
                absent: true,
            },
            Action::CreateFunction(function) => Before {
                relation: None,
                absent: matches!(catalog.functions(&function.name), Lookup::Absent),
            },
            Action::CreateTrigger(trigger) => Before {
                relation: relation(&trigger.table),
                absent: true,
            },
            Action::AlterTable(alter) => Before {
                relation: relation(&alter.name),
                absent: false,
            },
            _ => Before::default(),
        }
    }

    pub(super) fn after(&mut self, catalog: &Catalog, action: &Action, before: Before) {
        if self.impossible {
            return;
        }
        match undo(catalog, action, &before) {
            Some(statements) => self.groups.push(statements),
            None => self.impossible = true,
        }
    }
}

/// What undoes one statement.
fn undo(catalog: &Catalog, action: &Action, before: &Before) -> Option<Vec<String>> {
    let dialect = catalog.dialect();
    let drop = |kind: &str, path: &Path| {
        let name = path_of(path, dialect);
        before.absent.then(|| vec![format!("DROP {kind} {name}")])
    };
    match action {
        Action::CreateTable(table) => drop(
            if table.foreign {
                "FOREIGN TABLE"
            } else {
                "TABLE"
            },
            &table.name,
        ),
        Action::CreateView(view) if view.materialized => drop("MATERIALIZED VIEW", &view.name),
        Action::CreateView(view) => drop("VIEW", &view.name),
        Action::CreateSequence(sequence) => drop("SEQUENCE", &sequence.name),
        Action::CreateIndex(index) => drop_index(catalog, index, before),
        Action::CreateTrigger(trigger) => {
            let own = before.relation.as_ref()?;
            if catalog.trigger(own, &trigger.name.name.text).is_some() {
                return None;
            }
            let name = path_of(&trigger.name, dialect);
            Some(vec![match dialect {
                Dialect::Postgres => {
                    format!(
                        "DROP TRIGGER {name} ON {}",
                        path_of(&trigger.table, dialect)
                    )
                }
                _ => format!("DROP TRIGGER {name}"),
            }])
        }
        Action::CreateType(ty) => {
            let kind = match ty.shape {
                crate::tree::TypeShape::Domain { .. } => "DOMAIN",
                _ => "TYPE",
            };
            Some(vec![format!("DROP {kind} {}", path_of(&ty.name, dialect))])
        }
        Action::CreateFunction(function) => {
            let kind = match function.kind {
                crate::tree::FunctionKind::Procedure => "PROCEDURE",
                crate::tree::FunctionKind::Aggregate => return None,
                crate::tree::FunctionKind::Function => "FUNCTION",
            };
            drop(kind, &function.name)
        }
        Action::CreateSchema {
            name: Some(name),
            if_not_exists: false,
        } => Some(vec![format!("DROP SCHEMA {}", quoted(&name.text, dialect))]),
        Action::AlterTable(alter) => alter_back(catalog, alter, before),
        Action::Rename(rename) => rename_back(rename, dialect).map(|text| vec![text]),
        Action::Query(_) | Action::Setting { .. } => Some(Vec::new()),
        _ => None,
    }
}

fn drop_index(catalog: &Catalog, index: &CreateIndex, before: &Before) -> Option<Vec<String>> {
    let dialect = catalog.dialect();
    let old = before.relation.as_ref()?;
    let Lookup::Known(now) = catalog.relation(&index.table) else {
        return None;
    };
    let mut new = now
        .indexes
        .iter()
        .filter(|one| catalog.index_of(old, &one.name).is_none());
    let made = new.next()?;
    let name = quoted(&made.name, dialect);
    Some(vec![match dialect {
        Dialect::Mysql => format!("DROP INDEX {name} ON {}", path_of(&index.table, dialect)),
        _ => {
            let schema = index.name.as_ref().and_then(|name| name.schema.as_ref());
            let schema = schema.or(index.table.schema.as_ref());
            let concurrently = if index.concurrently {
                "CONCURRENTLY "
            } else {
                ""
            };
            match schema {
                Some(schema) => {
                    format!(
                        "DROP INDEX {concurrently}{}.{name}",
                        quoted(&schema.text, dialect)
                    )
                }
                None => format!("DROP INDEX {concurrently}{name}"),
            }
        }
    }])
}

fn alter_back(catalog: &Catalog, alter: &AlterTable, before: &Before) -> Option<Vec<String>> {
    let dialect = catalog.dialect();
    let old = before.relation.as_ref()?;
    if alter.kind != ObjectKind::Table || alter.if_exists {
        return None;
    }
    let renamed = alter.changes.iter().find_map(|change| match change {
        Alter::RenameTo(to) => Some(to),
        _ => None,
    });
    let path = Path {
        schema: alter.name.schema.clone(),
        name: renamed.map_or_else(|| alter.name.name.clone(), |to| to.name.clone()),
    };
    let Lookup::Known(now) = catalog.relation(&path) else {
        return None;
    };
    let table = path_of(&path, dialect);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut statements = Vec::new();
    for change in alter.changes.iter().rev() {
        let clause = match change {
            Alter::AddColumn { column, .. } => {
                if catalog.column(old, &column.name.text).is_some() {
                    return None;
                }
                if dialect == Dialect::Sqlite && !can_drop(column) {
                    return None;
                }
                format!("DROP COLUMN {}", quoted(&column.name.text, dialect))
            }
            Alter::RenameColumn { from, to } => format!(
                "RENAME COLUMN {} TO {}",
                quoted(&to.text, dialect),
                quoted(&from.text, dialect)
            ),
            Alter::RenameTo(to) if to.schema.is_none() => {
                format!("RENAME TO {}", quoted(&alter.name.name.text, dialect))
            }
            Alter::AddConstraint(constraint) => {
                let made = new_constraint(catalog, old, now, &mut taken)?;
                drop_constraint(&constraint.kind, &made, dialect)?
            }
            Alter::RenameConstraint { from, to } => format!(
                "RENAME CONSTRAINT {} TO {}",
                quoted(&to.text, dialect),
                quoted(&from.text, dialect)
            ),
            Alter::RenameIndex { from, to } => format!(
                "RENAME INDEX {} TO {}",
                quoted(&to.text, dialect),
                quoted(&from.text, dialect)
            ),
            Alter::AlterColumn { name, change } => column_back(catalog, old, name, change)?,
            _ => return None,
        };
        statements.push(format!("ALTER TABLE {table} {clause}"));
    }
    Some(statements)
}

/// Whether SQLite can drop a column again that was added with this.
fn can_drop(column: &crate::tree::Column) -> bool {
    column.primary_key.is_none() && column.unique.is_none()
}

fn column_back(
    catalog: &Catalog,
    old: &Relation,
    name: &Name,
    change: &ColumnChange,
) -> Option<String> {
    let column = catalog.column(old, &name.text)?;
    let title = quoted(&name.text, catalog.dialect());
    let back = match change {
        ColumnChange::SetNotNull if !column.not_null => "DROP NOT NULL",
        ColumnChange::DropNotNull if column.not_null => "SET NOT NULL",
        ColumnChange::SetDefault(_) if column.default.is_none() && column.sequence.is_none() => {
            "DROP DEFAULT"
        }
        ColumnChange::AddIdentity(_) => "DROP IDENTITY",
        _ => return None,
    };
    Some(format!("ALTER COLUMN {title} {back}"))
}

/// The next constraint that the statement has made.
fn new_constraint(
    catalog: &Catalog,
    old: &Relation,
    now: &Relation,
    taken: &mut BTreeSet<String>,
) -> Option<Arc<Constraint>> {
    let is_new = |one: &&Arc<Constraint>| {
        catalog.constraint(old, &one.name).is_none() && !one.name.is_empty()
    };
    let mut new = now.constraints.iter().rev().filter(is_new);
    let made = new.find(|one| !taken.contains(&one.name))?;
    taken.insert(made.name.clone());
    Some(made.clone())
}

fn drop_constraint(kind: &ConstraintKind, made: &Constraint, dialect: Dialect) -> Option<String> {
    let name = quoted(&made.name, dialect);
    match (dialect, kind) {
        (Dialect::Postgres, ConstraintKind::NotNull(_) | ConstraintKind::UsingIndex { .. }) => None,
        (Dialect::Postgres, _) => Some(format!("DROP CONSTRAINT {name}")),
        (Dialect::Mysql, ConstraintKind::PrimaryKey(_)) => Some("DROP PRIMARY KEY".to_owned()),
        (Dialect::Mysql, ConstraintKind::Unique(_)) => Some(format!("DROP INDEX {name}")),
        (Dialect::Mysql, ConstraintKind::Check(_)) => Some(format!("DROP CONSTRAINT {name}")),
        // The index that came with a foreign key stays; whoever minds writes `down`.
        (Dialect::Mysql, ConstraintKind::ForeignKey(_)) => Some(format!("DROP FOREIGN KEY {name}")),
        _ => None,
    }
}

fn rename_back(rename: &Rename, dialect: Dialect) -> Option<String> {
    let target = &rename.target;
    let kind = match target.kind {
        ObjectKind::Table => "TABLE",
        ObjectKind::View => "VIEW",
        ObjectKind::MaterializedView => "MATERIALIZED VIEW",
        ObjectKind::Sequence => "SEQUENCE",
        ObjectKind::Index => "INDEX",
        ObjectKind::Type => "TYPE",
        ObjectKind::Domain => "DOMAIN",
        _ => return None,
    };
    if rename.if_exists || rename.to.schema.is_some() {
        return None;
    }
    let now = Path {
        schema: target.path.schema.clone(),
        name: rename.to.name.clone(),
    };
    let old = quoted(&target.path.name.text, dialect);
    Some(format!(
        "ALTER {kind} {} RENAME TO {old}",
        path_of(&now, dialect)
    ))
}

fn path_of(path: &Path, dialect: Dialect) -> String {
    let name = quoted(&path.name.text, dialect);
    match &path.schema {
        Some(schema) => format!("{}.{name}", quoted(&schema.text, dialect)),
        None => name,
    }
}
