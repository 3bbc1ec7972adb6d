//! `DROP CONSTRAINT` and its kin.

use std::sync::Arc;

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, ConstraintKind, Relation},
    tree::{DropWhich, Name, ObjectKind},
};

impl Catalog {
    /// `DROP CONSTRAINT`, `DROP FOREIGN KEY`, `DROP INDEX`, ….
    pub(super) fn drop_constraint(
        &mut self,
        draft: &mut Relation,
        name: Option<&Name>,
        which: DropWhich,
        (if_exists, behavior): (bool, crate::tree::Behavior),
        findings: &mut Findings,
    ) {
        if which == DropWhich::Index {
            if let Some(name) = name {
                self.drop_key(draft, name, if_exists, findings);
            }
            return;
        }
        let is_primary = which == DropWhich::PrimaryKey
            || (self.dialect() == Dialect::Mysql
                && name.is_some_and(|name| name.text.eq_ignore_ascii_case("PRIMARY")));
        let at = draft
            .constraints
            .iter()
            .position(|one| match (&one.kind, which) {
                (ConstraintKind::PrimaryKey(_), _) if is_primary => true,
                (ConstraintKind::ForeignKey { .. }, DropWhich::ForeignKey)
                | (ConstraintKind::Check(_), DropWhich::Check)
                | (_, DropWhich::Constraint) => name
                    .is_some_and(|name| !one.name.is_empty() && self.same(&one.name, &name.text)),
                _ => false,
            });
        let Some(at) = at else {
            if !if_exists && !draft.open && !self.may_be_unnamed(draft, name, which) {
                findings.push(self.no_constraint_to_drop(draft, name, which));
            }
            return;
        };
        self.release_key(draft, at, name, behavior, findings);
        if findings.refuse() {
            return;
        }
        let removed = draft.constraints.remove(at);
        if !removed.name.is_empty() {
            self.remember(draft, ObjectKind::Constraint, &removed.name, None);
        }
    }

    /// The engine has named a check, and nobody here knows how (MySQL and MariaDB differ).
    fn may_be_unnamed(&self, draft: &Relation, name: Option<&Name>, which: DropWhich) -> bool {
        let unnamed = |one: &Arc<crate::catalog::Constraint>| {
            one.name.is_empty() && matches!(one.kind, ConstraintKind::Check(_))
        };
        self.dialect() == Dialect::Mysql
            && matches!(which, DropWhich::Check | DropWhich::Constraint)
            && name.is_some()
            && draft.constraints.iter().any(unnamed)
    }

    fn no_constraint_to_drop(
        &self,
        draft: &Relation,
        name: Option<&Name>,
        which: DropWhich,
    ) -> Finding {
        match name {
            Some(name) if which == DropWhich::ForeignKey => {
                let mut finding = self.no_such_constraint(draft, name);
                finding.message = finding.message.replacen("constraint", "foreign key", 1);
                finding
            }
            Some(name) => self.no_such_constraint(draft, name),
            None => Finding::new(
                Code::NoSuchConstraint,
                format!("the table `{}` has no primary key", draft.name),
                0..0,
            ),
        }
    }

    /// `DROP INDEX` of MySQL: an index or a unique key.
    pub(super) fn drop_key(
        &mut self,
        draft: &mut Relation,
        name: &Name,
        if_exists: bool,
        findings: &mut Findings,
    ) {
        if name.text.eq_ignore_ascii_case("PRIMARY") {
            self.drop_constraint(
                draft,
                Some(name),
                DropWhich::PrimaryKey,
                (if_exists, crate::tree::Behavior::Default),
                findings,
            );
            return;
        }
        let before = (draft.indexes.len(), draft.constraints.len());
        let catalog = &*self;
        draft
            .indexes
            .retain(|index| !catalog.same(&index.name, &name.text));
        draft.constraints.retain(|one| {
            !matches!(one.kind, ConstraintKind::Unique(_)) || !catalog.same(&one.name, &name.text)
        });
        if before != (draft.indexes.len(), draft.constraints.len()) {
            self.remember(draft, ObjectKind::Index, &name.text, None);
        } else if !if_exists && !draft.open {
            findings.push(self.no_such_index_on(draft, name));
        }
    }
}
