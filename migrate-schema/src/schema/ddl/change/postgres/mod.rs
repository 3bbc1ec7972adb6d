//! Changes on PostgreSQL.

mod column;
mod constraint;
mod retype;
mod routine;
mod table;
mod types;
mod views;

use super::super::{
    DdlError, Planned, comment, create,
    name::{name, object_name, type_name},
    types as types_of, view,
};
use crate::{
    Dialect,
    schema::{
        Column, ForeignKey, ObjectName, Schema, Table, View,
        diff::{Change, TableChange, ViewChange},
    },
};

const DIALECT: Dialect = Dialect::Postgres;

pub(super) fn change(
    from: &Schema,
    to: &Schema,
    changes: &[Change],
) -> Result<Vec<Planned>, DdlError> {
    let mut plan = Plan {
        working: from.clone(),
        to,
        changes,
        statements: Vec::new(),
        views: Vec::new(),
        foreign_keys: Vec::new(),
    };
    let mut rest = changes;
    while let Some(first) = rest.first() {
        let together = plan.together(rest);
        plan.columns(&rest[..together])?;
        if together == 0 {
            plan.one(first, &rest[1..])?;
        }
        rest = &rest[together.max(1)..];
    }
    plan.restore();
    Ok(plan.statements)
}

/// The statements so far, and the schema that they leave.
struct Plan<'a> {
    working: Schema,
    to: &'a Schema,
    changes: &'a [Change],
    statements: Vec<Planned>,
    /// Views that stay, and had to go while what they read is changed.
    views: Vec<View>,
    /// The same for foreign keys.
    foreign_keys: Vec<(ObjectName, ForeignKey)>,
}

impl Plan<'_> {
    fn push(&mut self, sql: impl Into<String>) {
        self.statements.push(Planned::new(sql));
    }

    fn push_losing(&mut self, sql: impl Into<String>, loses: Option<String>) {
        self.statements.push(Planned {
            loses,
            ..Planned::new(sql)
        });
    }

    fn table(&self, name: &ObjectName) -> Result<Table, DdlError> {
        let table = self.working.tables.iter().find(|table| table.name == *name);
        table.cloned().ok_or_else(|| {
            DdlError::new(
                format!("the table {name}"),
                "the schema that the changes begin with has no such table",
                "compare again",
            )
        })
    }

    /// How many changes from the first on are about columns of one table, and can be done in one statement for each.
    fn together(&self, changes: &[Change]) -> usize {
        let first = match changes.first() {
            Some(Change::AlterTable {
                table,
                change: TableChange::AlterColumn { .. },
            }) => table,
            _ => return 0,
        };
        let is_alike = |change: &&Change| matches!(change, Change::AlterTable { table, change: TableChange::AlterColumn { .. } } if table == first);
        changes.iter().take_while(is_alike).count()
    }

    fn one(&mut self, change: &Change, later: &[Change]) -> Result<(), DdlError> {
        match change {
            Change::CreateNamespace(own) => self.push(create::create_namespace(own)),
            Change::DropNamespace(own) => {
                let sql = format!("DROP SCHEMA {}", name(own, DIALECT));
                self.push_losing(sql, change.loses());
            }
            Change::CreateExtension(own) => self.push(create::create_extension(own)),
            Change::DropExtension(own) => {
                let sql = format!("DROP EXTENSION {}", name(own, DIALECT));
                self.push_losing(sql, change.loses());
            }
            Change::CreateType(one) => {
                let sql = types_of::create_type(one)?;
                self.push(sql);
            }
            Change::DropType(one) => self.drop_type(one),
            Change::AlterType { name, change: how } => {
                return self.alter_type(name, how, change, later);
            }
            Change::CreateSequence(one) => {
                let sql = types_of::create_sequence(one)?;
                self.push(sql);
            }
            Change::DropSequence(one) => {
                let sql = format!("DROP SEQUENCE {}", object_name(&one.name, DIALECT));
                self.push_losing(sql, change.loses());
            }
            Change::AlterSequence { from, to } => {
                let planned = super::sequence::alter(from, to, DIALECT)?;
                self.statements.push(planned);
            }
            Change::CreateRoutine(one) => self.push(one.sql.trim()),
            Change::DropRoutine(one) => {
                let is_there = self.working.routines.contains(one);
                if is_there {
                    self.push(routine::drop(one));
                }
            }
            Change::ReplaceRoutine { from, to } => self.replace_routine(from, to),
            Change::CreateTable(table) => {
                create::refuse_unknown(table)?;
                let parents = create::parents(&self.working, table);
                let body = super::super::table::body(DIALECT, table, &parents);
                let triggers = table.triggers.iter();
                let triggers = triggers.map(|trigger| trigger.sql.trim().to_owned());
                for sql in body.into_iter().chain(triggers) {
                    self.push(sql);
                }
            }
            Change::DropTable(table) => {
                self.without_views_of(&table.name, None);
                self.without_routines_of(&table.name);
                let sql = format!(
                    "DROP {} {}",
                    table::kind(table),
                    object_name(&table.name, DIALECT)
                );
                self.push_losing(sql, change.loses());
            }
            Change::RenameTable { from, to } => self.rename_table(from, to)?,
            Change::AlterTable { table, change: how } => {
                return self.alter_table(table, how, change);
            }
            Change::CreateView(own) => {
                self.restore_what(own);
                for sql in view::create_view(DIALECT, own) {
                    self.push(sql);
                }
            }
            Change::DropView(own) => {
                self.without_views_of(&own.name, None);
                self.drop_view(own);
            }
            Change::AlterView {
                view,
                materialized,
                change: how,
            } => self.alter_view(view, *materialized, how),
        }
        self.working.change(change);
        Ok(())
    }

    fn alter_view(&mut self, own: &ObjectName, materialized: bool, change: &ViewChange) {
        // It comes back as it is to be.
        if self.views.iter().any(|gone| gone.name == *own) {
            return;
        }
        match change {
            ViewChange::CreateIndex(index) => {
                for sql in super::super::create_index(DIALECT, own, index) {
                    self.push(sql);
                }
            }
            ViewChange::DropIndex(index) => self.push(constraint::drop_index(own, &index.name)),
            ViewChange::CreateTrigger(trigger) => self.push(trigger.sql.trim()),
            ViewChange::DropTrigger(trigger) => self.push(table::drop_trigger(own, &trigger.name)),
            ViewChange::Comment { to, .. } => {
                self.push(view::comment_on(own, materialized, to.as_ref()));
            }
        }
    }

    /// The comments of a column, where it has one.
    fn comment_on_column(&mut self, table: &ObjectName, column: &Column) {
        if column.comment.is_some() {
            self.push(comment::on_column(
                table,
                &column.name,
                column.comment.as_ref(),
            ));
        }
    }

    fn drop_type(&mut self, one: &crate::schema::Type) {
        let kind = types::kind(&one.shape);
        self.push(format!("DROP {kind} {}", type_name(&one.name, DIALECT)));
    }
}
