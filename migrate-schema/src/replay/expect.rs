//! What later migrations make.

use std::sync::Arc;

use crate::{
    catalog::{Catalog, Class},
    tree::{Action, Alter, AlterTable, ObjectKind},
};

pub(super) fn expect(catalog: &mut Catalog, id: &Arc<str>, action: &Action) {
    match action {
        Action::CreateTable(table) => catalog.expect(Class::Relation, &table.name.name.text, id),
        Action::CreateView(view) => catalog.expect(Class::Relation, &view.name.name.text, id),
        Action::CreateSequence(one) => catalog.expect(Class::Relation, &one.name.name.text, id),
        Action::CreateType(ty) => catalog.expect(Class::Type, &ty.name.name.text, id),
        Action::CreateFunction(one) => catalog.expect(Class::Function, &one.name.name.text, id),
        Action::CreateIndex(index) => {
            if let Some(name) = &index.name {
                catalog.expect(Class::Index, &name.name.text, id);
            }
        }
        Action::CreateSchema {
            name: Some(name), ..
        } => catalog.expect(Class::Schema, &name.text, id),
        Action::CreateTrigger(trigger) => {
            let (table, name) = (&trigger.table.name.text, &trigger.name.name.text);
            catalog.expect_part(ObjectKind::Trigger, table, name, id);
        }
        Action::AlterTable(alter) => expect_changes(catalog, id, alter),
        _ => {}
    }
}

fn expect_changes(catalog: &mut Catalog, id: &Arc<str>, alter: &AlterTable) {
    let table = &alter.name.name.text;
    for change in &alter.changes {
        match change {
            Alter::AddColumn { column, .. } => {
                catalog.expect_part(ObjectKind::Column, table, &column.name.text, id);
            }
            Alter::RenameColumn { to, .. } => {
                catalog.expect_part(ObjectKind::Column, table, &to.text, id);
            }
            Alter::RenameTo(to) => catalog.expect(Class::Relation, &to.name.text, id),
            Alter::AddConstraint(constraint) => {
                if let Some(name) = &constraint.name {
                    catalog.expect_part(ObjectKind::Constraint, table, &name.text, id);
                }
            }
            _ => {}
        }
    }
}
