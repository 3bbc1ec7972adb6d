//! `ALTER COLUMN`, and MySQL's `MODIFY` and `CHANGE`.

use std::sync::Arc;

use super::{Findings, create_table::constraints_of};
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Class, Column, ConstraintKind, Key, Relation, query::Context},
    tree::{self, ColumnChange, Identity, Name},
};

impl Catalog {
    pub(super) fn set_not_null(
        &self,
        draft: &mut Relation,
        name: &Name,
        not_null: bool,
        findings: &mut Findings,
    ) {
        self.change_column(draft, name, findings, |column| column.not_null = not_null);
    }

    /// Changes a column of the table; one that is not there is told.
    fn change_column(
        &self,
        draft: &mut Relation,
        name: &Name,
        findings: &mut Findings,
        change: impl FnOnce(&mut Column),
    ) {
        let found = (draft.columns.iter_mut()).find(|column| self.same(&column.name, &name.text));
        match found {
            Some(column) => change(Arc::make_mut(column)),
            None if draft.open => {}
            None => findings.push(self.no_such_column(draft, name)),
        }
    }

    pub(super) fn alter_column(
        &self,
        draft: &mut Relation,
        name: &Name,
        change: &ColumnChange,
        findings: &mut Findings,
    ) {
        match change {
            ColumnChange::SetDefault(default) => {
                self.check_expression(None, default, Context::Default, findings);
                let own = self.column(draft, &name.text).cloned();
                if let Some(ty) = own.as_ref().and_then(|column| column.ty.as_ref()) {
                    findings.extend(crate::catalog::query::fit::default(self, ty, default));
                }
                let default = default.clone();
                self.set_default(draft, name, Some(default), findings);
            }
            ColumnChange::DropDefault => self.set_default(draft, name, None, findings),
            ColumnChange::SetNotNull => self.set_not_null(draft, name, true, findings),
            ColumnChange::DropNotNull => {
                self.check_nullable(draft, name, findings);
                self.set_not_null(draft, name, false, findings);
            }
            ColumnChange::Type {
                ty,
                collation,
                using,
            } => {
                let collation = collation.as_ref().map(ToString::to_string);
                let to = (ty, collation);
                self.change_type(draft, name, to, using.as_ref(), findings);
            }
            ColumnChange::AddIdentity(identity) => {
                self.add_identity(draft, name, *identity, findings);
            }
            ColumnChange::DropIdentity { if_exists } => {
                let has = self
                    .column(draft, &name.text)
                    .map(|column| column.identity.is_some());
                if has == Some(false) && !if_exists && !draft.open {
                    let message =
                        format!("the column `{}.{name}` is no identity column", draft.name);
                    findings.push(Finding::new(
                        Code::InvalidDefinition,
                        message,
                        name.range.clone(),
                    ));
                }
                self.change_column(draft, name, findings, |column| {
                    column.identity = None;
                    column.sequence = None;
                });
            }
            ColumnChange::DropExpression { .. } => {
                self.change_column(draft, name, findings, |column| column.generated = None);
            }
            ColumnChange::SetExpression(expression) => {
                self.check_expression(Some(draft), expression, Context::Generated, findings);
                let text = self.text();
                self.change_column(draft, name, findings, |column| {
                    if let Some(generated) = &mut column.generated {
                        generated.expression = expression.clone();
                        column.texts.generated = text;
                    }
                });
            }
            ColumnChange::SetIdentity(identity) => {
                self.change_column(draft, name, findings, |column| {
                    column.identity = column.identity.map(|_| *identity);
                });
            }
            ColumnChange::SetInvisible(invisible) => {
                self.change_column(draft, name, findings, |column| {
                    column.invisible = *invisible;
                });
            }
            ColumnChange::Other => self.change_column(draft, name, findings, |_| {}),
        }
    }

    fn set_default(
        &self,
        draft: &mut Relation,
        name: &Name,
        default: Option<tree::Expression>,
        findings: &mut Findings,
    ) {
        let mut uses: Vec<_> = (self.column(draft, &name.text).into_iter())
            .filter_map(|column| column.ty.as_ref())
            .flat_map(|ty| self.type_uses(ty))
            .collect();
        uses.extend(default.iter().flat_map(|default| self.uses_of(default)));
        let refused = self.column(draft, &name.text).filter(|column| {
            self.dialect() == Dialect::Postgres
                && (column.identity.is_some() || column.generated.is_some())
        });
        if let Some(column) = refused {
            let what = if column.identity.is_some() {
                "an identity"
            } else {
                "a generated"
            };
            let message = format!(
                "`{}.{}` is {what} column: it has no default",
                draft.name, column.name
            );
            findings.push(Finding::new(
                Code::InvalidDefinition,
                message,
                name.range.clone(),
            ));
            return;
        }
        let text = self.text();
        let is_postgres = self.dialect() == Dialect::Postgres;
        self.change_column(draft, name, findings, |column| {
            column.default = default;
            column.texts.default = text;
            column.uses = uses;
            if is_postgres {
                no_longer_serial(column);
            }
        });
    }

    /// A column of the primary key cannot be made nullable.
    fn check_nullable(&self, draft: &Relation, name: &Name, findings: &mut Findings) {
        if let Some(key) = draft.primary_key()
            && self.contains(key, &name.text)
        {
            let message = format!(
                "the column `{}.{name}` is in the primary key: it cannot be NULL",
                draft.name
            );
            findings.push(
                Finding::new(Code::InvalidDefinition, message, name.range.clone())
                    .help("drop the primary key first"),
            );
        } else if let Some(column) = self.column(draft, &name.text)
            && column.identity.is_some()
        {
            let message = format!(
                "the column `{}.{name}` is an identity column: it cannot be NULL",
                draft.name
            );
            findings.push(
                Finding::new(Code::InvalidDefinition, message, name.range.clone())
                    .help("`DROP IDENTITY` first"),
            );
        }
    }

    fn change_type(
        &self,
        draft: &mut Relation,
        name: &Name,
        (ty, collation): (&tree::TypeName, Option<String>),
        using: Option<&tree::Expression>,
        findings: &mut Findings,
    ) {
        self.check_type(ty, false, findings);
        if let Some(using) = using {
            self.check_expression(Some(draft), using, Context::Using, findings);
        }
        let key = self.key_of(draft);
        if let Some(column) = self.column(draft, &name.text)
            && let Some(user) = self.view_that_uses(&key, &column.name)
        {
            let message = format!(
                "the type of `{}.{}` cannot change: the {user} uses it",
                draft.name, column.name
            );
            findings.push(
                Finding::new(Code::StillReferenced, message, name.range.clone())
                    .help("drop the view first, and make it again afterwards"),
            );
        }
        let mut uses = self.type_uses(ty);
        if let Some(default) = self
            .column(draft, &name.text)
            .and_then(|column| column.default.as_ref())
        {
            uses.extend(self.uses_of(default));
        }
        let ty = ty.clone();
        let text = self.text();
        self.change_column(draft, name, findings, |column| {
            column.ty = Some(ty);
            column.collation = collation;
            column.texts.ty = text;
            column.uses = uses;
        });
    }

    fn add_identity(
        &self,
        draft: &mut Relation,
        name: &Name,
        identity: Identity,
        findings: &mut Findings,
    ) {
        let wrong = self.column(draft, &name.text).and_then(|column| {
            if column.identity.is_some() {
                Some("is an identity column already")
            } else if column.default.is_some() || column.sequence.is_some() {
                Some("has a default: drop that first")
            } else if !column.not_null {
                Some("must be NOT NULL to become an identity column")
            } else {
                None
            }
        });
        if let Some(wrong) = wrong.filter(|_| !draft.open) {
            let message = format!("the column `{}.{name}` {wrong}", draft.name);
            findings.push(Finding::new(
                Code::InvalidDefinition,
                message,
                name.range.clone(),
            ));
            return;
        }
        let sequence = self.choose_name(draft, &name.text, "seq");
        let sequence = (self.fold_for(Class::Schema, &draft.schema), sequence);
        self.change_column(draft, name, findings, |column| {
            column.identity = Some(identity);
            column.sequence = Some(sequence);
        });
    }

    /// `MODIFY`, `CHANGE`: the column is defined anew, under its old name or another.
    pub(super) fn redefine_column(
        &mut self,
        key: &Key,
        draft: &mut Relation,
        (name, if_exists): (&Name, bool),
        column: &tree::Column,
        findings: &mut Findings,
    ) {
        if self.column(draft, &name.text).is_none() {
            if !if_exists && !draft.open {
                findings.push(self.no_such_column(draft, name));
            }
            return;
        }
        if name.text != column.name.text {
            self.rename_column(key, draft, name, &column.name, findings);
        }
        self.check_position(draft, column, findings);
        let mut built = self.build_column(draft, column, findings);
        if let Some(own) =
            (draft.columns.iter_mut()).find(|own| self.same(&own.name, &column.name.text))
        {
            built.origin = own.origin;
            built.not_null |= draft.constraints.iter().any(|one| {
                matches!(&one.kind, ConstraintKind::PrimaryKey(key) if self.contains(key, &column.name.text))
            });
            *own = Arc::new(built);
        }
        self.reposition(draft, column);
        for constraint in constraints_of(column) {
            self.add_constraint(draft, &constraint, Some(&column.name), findings);
        }
    }
}
/// `serial` is an integer and a default: without that default the sequence is nobody's need.
fn no_longer_serial(column: &mut crate::catalog::Column) {
    column.sequence = None;
    let Some(ty) = &mut column.ty else {
        return;
    };
    let name = &mut ty.path.name;
    let integer = match name.text.as_str() {
        _ if name.quoted || ty.path.schema.is_some() => return,
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        _ => return,
    };
    integer.clone_into(&mut name.text);
}
