//! Parts of a table that an `ALTER TABLE` names: constraints and keys that get another name, columns that are misspelt.

use std::sync::Arc;

use super::Findings;
use crate::{
    catalog::{Catalog, Class, ConstraintKind, Relation},
    tree::{Alter, Name, ObjectKind},
};

impl Catalog {
    /// Whether a change names a column of an open table that is surely misspelt.
    pub(super) fn has_slip(
        &self,
        draft: &Relation,
        change: &Alter,
        findings: &mut Findings,
    ) -> bool {
        let named: Vec<&Name> = match change {
            Alter::DropColumn {
                name,
                if_exists: false,
                ..
            }
            | Alter::AlterColumn { name, .. }
            | Alter::Redefine {
                name,
                if_exists: false,
                ..
            }
            | Alter::RenameColumn { from: name, .. } => vec![name],
            Alter::AddConstraint(constraint) => constraint.kind.own_columns(),
            _ => Vec::new(),
        };
        let slip = named.into_iter().find_map(|name| self.slip(draft, name));
        let found = slip.is_some();
        findings.extend(slip);
        found
    }
    pub(super) fn rename_constraint(
        &self,
        draft: &mut Relation,
        from: &Name,
        to: &Name,
        findings: &mut Findings,
    ) {
        let at = (draft.constraints.iter()).position(|one| self.same(&one.name, &from.text));
        let Some(at) = at else {
            if !draft.open {
                findings.push(self.no_such_constraint(draft, from));
            }
            return;
        };
        let other = self.constraint(draft, &to.text);
        let other = other.map(|other| ("a constraint", other.origin));
        let other = other.or_else(|| {
            let key = (
                self.fold_for(Class::Schema, &draft.schema),
                self.fold(&to.text),
            );
            let has_index = draft.constraints[at].has_index();
            has_index.then(|| self.name_in_schema(&key)).flatten()
        });
        if let Some(other) = other {
            findings.push(self.already(other, to, ""));
            return;
        }
        let constraint = Arc::make_mut(&mut draft.constraints[at]);
        constraint.name.clone_from(&to.text);
        constraint.generated_name = false;
        self.remember(draft, ObjectKind::Constraint, &from.text, Some(&to.text));
    }

    /// `RENAME INDEX` (MySQL).
    pub(super) fn rename_key(
        &self,
        draft: &mut Relation,
        from: &Name,
        to: &Name,
        findings: &mut Findings,
    ) {
        if !self.same(&from.text, &to.text)
            && let Some(by) = self.key_on_mysql(draft, &to.text)
        {
            findings.push(self.already(by, to, ""));
            return;
        }
        let index = (draft.indexes.iter_mut()).find(|one| self.same(&one.name, &from.text));
        if let Some(index) = index {
            Arc::make_mut(index).name.clone_from(&to.text);
            self.remember(draft, ObjectKind::Index, &from.text, Some(&to.text));
            return;
        }
        let key = draft.constraints.iter_mut().find(|one| {
            matches!(one.kind, ConstraintKind::Unique(_)) && self.same(&one.name, &from.text)
        });
        if let Some(key) = key {
            Arc::make_mut(key).name.clone_from(&to.text);
            self.remember(draft, ObjectKind::Index, &from.text, Some(&to.text));
        } else if !draft.open {
            findings.push(self.no_such_index_on(draft, from));
        }
    }
}

/// The name that a change gives to a column.
pub(super) fn made_column(change: &Alter) -> Option<String> {
    let name = match change {
        Alter::AddColumn { column, .. } | Alter::Redefine { column, .. } => &column.name,
        Alter::RenameColumn { to, .. } => to,
        _ => return None,
    };
    Some(name.text.clone())
}
