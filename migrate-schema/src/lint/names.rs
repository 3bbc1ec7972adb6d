//! The names that an action gives.

use crate::tree::{Action, Alter, Constraint, CreateTable, Name, ObjectKind, TypeShape};

/// A name that an action gives, and what to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub(super) kind: ObjectKind,
    pub(super) name: &'a Name,
}

/// Every name that an action gives to something new, or anew.
pub(super) fn given(action: &Action) -> Vec<Given<'_>> {
    let mut names = Vec::new();
    let mut add = |kind, name| names.push(Given { kind, name });
    match action {
        Action::CreateTable(create) => table(create, &mut add),
        Action::AlterTable(alter) => alter
            .changes
            .iter()
            .for_each(|it| change(alter.kind, it, &mut add)),
        Action::CreateIndex(create) => {
            if let Some(path) = &create.name {
                add(ObjectKind::Index, &path.name);
            }
        }
        Action::CreateView(create) => {
            add(ObjectKind::View, &create.name.name);
            create
                .columns
                .iter()
                .for_each(|name| add(ObjectKind::Column, name));
        }
        Action::CreateTrigger(create) => add(ObjectKind::Trigger, &create.name.name),
        Action::CreateSequence(create) => add(ObjectKind::Sequence, &create.name.name),
        Action::CreateFunction(create) => add(ObjectKind::Function, &create.name.name),
        Action::CreateSchema {
            name: Some(name), ..
        } => add(ObjectKind::Schema, name),
        Action::CreateType(create) => {
            add(ObjectKind::Type, &create.name.name);
            if let TypeShape::Enum(labels) = &create.shape {
                labels.iter().for_each(|name| add(ObjectKind::Other, name));
            }
        }
        Action::Rename(rename) => add(rename.target.kind, &rename.to.name),
        _ => {}
    }
    names
}

fn table<'a>(create: &'a CreateTable, add: &mut impl FnMut(ObjectKind, &'a Name)) {
    add(ObjectKind::Table, &create.name.name);
    for column in &create.columns {
        add(ObjectKind::Column, &column.name);
        let names = column.checks.iter().map(|(name, _)| name.as_ref());
        let keys = column.references.iter().map(|key| key.name.as_ref());
        let key = column.primary_key.iter().map(|key| key.name.as_ref());
        let unique = column.unique.iter().map(|mark| mark.name.as_ref());
        for name in names.chain(keys).chain(key).chain(unique).flatten() {
            add(ObjectKind::Constraint, name);
        }
    }
    create.constraints.iter().for_each(|it| constraint(it, add));
}

fn constraint<'a>(constraint: &'a Constraint, add: &mut impl FnMut(ObjectKind, &'a Name)) {
    if let Some(name) = &constraint.name {
        add(ObjectKind::Constraint, name);
    }
}

fn change<'a>(kind: ObjectKind, change: &'a Alter, add: &mut impl FnMut(ObjectKind, &'a Name)) {
    match change {
        Alter::AddColumn { column, .. } => add(ObjectKind::Column, &column.name),
        Alter::Redefine { name, column, .. } if name.text != column.name.text => {
            add(ObjectKind::Column, &column.name);
        }
        Alter::RenameColumn { to, .. } => add(ObjectKind::Column, to),
        Alter::RenameTo(to) => add(kind, &to.name),
        Alter::AddConstraint(it) => constraint(it, add),
        Alter::RenameConstraint { to, .. } => add(ObjectKind::Constraint, to),
        Alter::RenameIndex { to, .. } => add(ObjectKind::Index, to),
        _ => {}
    }
}
