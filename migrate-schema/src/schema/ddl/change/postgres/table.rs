//! Tables that are changed.

use super::{
    super::super::{
        column::definition, comment, constraint as text, create::add_foreign_key, index, table,
    },
    DIALECT, DdlError, Plan, constraint, name, object_name,
};
use crate::schema::{
    ObjectName, Table, TableKind,
    diff::{Change, TableChange},
};

/// `TABLE` or `FOREIGN TABLE`.
pub(super) const fn kind(table: &Table) -> &'static str {
    match &table.kind {
        TableKind::Other(_) => "FOREIGN TABLE",
        _ => "TABLE",
    }
}

pub(super) fn drop_trigger(table: &ObjectName, trigger: &str) -> String {
    format!(
        "DROP TRIGGER {} ON {}",
        name(trigger, DIALECT),
        object_name(table, DIALECT)
    )
}

impl Plan<'_> {
    pub(super) fn rename_table(
        &mut self,
        from: &ObjectName,
        to: &ObjectName,
    ) -> Result<(), DdlError> {
        self.keep_names(from);
        let mut current = from.clone();
        if from.schema != to.schema {
            let Some(schema) = &to.schema else {
                return Err(DdlError::new(
                    format!("the table {from}"),
                    "the schema that it is to be in has no name here",
                    "move it with a statement of your own: `ALTER TABLE … SET SCHEMA …`",
                ));
            };
            let schema_name = name(schema, DIALECT);
            self.push(format!(
                "ALTER TABLE {} SET SCHEMA {schema_name}",
                object_name(from, DIALECT)
            ));
            current.schema = Some(schema.clone());
        }
        if from.name != to.name {
            self.push(format!(
                "ALTER TABLE {} RENAME TO {}",
                object_name(&current, DIALECT),
                name(&to.name, DIALECT)
            ));
        }
        Ok(())
    }

    /// One change of a table, apart from those of columns that are there.
    pub(super) fn alter_table(
        &mut self,
        own: &ObjectName,
        how: &TableChange,
        change: &Change,
    ) -> Result<(), DdlError> {
        if self.is_inherited(own, how) {
            self.working.change(change);
            return Ok(());
        }
        let table = object_name(own, DIALECT);
        match how {
            TableChange::AddColumn(column) => {
                let column_text = definition(column, DIALECT);
                self.push(format!("ALTER TABLE {table} ADD COLUMN {column_text}"));
                self.comment_on_column(own, column);
            }
            TableChange::DropColumn(column) => {
                self.without_views_of(own, Some(&column.name));
                let sql = format!(
                    "ALTER TABLE {table} DROP COLUMN {}",
                    name(&column.name, DIALECT)
                );
                self.push_losing(sql, change.loses());
                self.working_without_column(own, &column.name);
            }
            TableChange::RenameColumn { from, to } => {
                self.keep_names(own);
                self.push(format!(
                    "ALTER TABLE {table} RENAME COLUMN {} TO {}",
                    name(from, DIALECT),
                    name(to, DIALECT)
                ));
            }
            // Several of them go in one statement, and one is as many.
            TableChange::AlterColumn { .. } => return self.columns(std::slice::from_ref(change)),
            TableChange::AddPrimaryKey(key) => {
                self.push(constraint::add(own, &text::primary_key(key, DIALECT)));
            }
            TableChange::AddUnique(key) => {
                self.push(constraint::add(own, &text::unique(key, DIALECT)));
            }
            TableChange::AddForeignKey(key) => self.push(add_foreign_key(DIALECT, own, key)),
            TableChange::AddCheck(check) => self.push(constraint::add_check(own, check)),
            TableChange::AddExclusion(one) => {
                self.push(constraint::add(own, &text::exclusion(one, DIALECT)));
            }
            TableChange::DropPrimaryKey(key) => return self.drop_primary_key(own, key),
            TableChange::DropUnique(key) => return self.drop_unique(own, key),
            TableChange::DropForeignKey(key) => return self.drop_foreign_key(own, key),
            TableChange::DropCheck(check) => return self.drop_check(own, check),
            TableChange::DropExclusion(one) => return self.drop_exclusion(own, one),
            other => self.alter_rest(own, other, change)?,
        }
        self.working.change(change);
        Ok(())
    }

    fn alter_rest(
        &mut self,
        own: &ObjectName,
        how: &TableChange,
        change: &Change,
    ) -> Result<(), DdlError> {
        let table = object_name(own, DIALECT);
        match how {
            TableChange::RenameConstraint { from, to } => self.push(format!(
                "ALTER TABLE {table} RENAME CONSTRAINT {} TO {}",
                name(from, DIALECT),
                name(to, DIALECT)
            )),
            TableChange::ValidateConstraint { name: constraint } => self.push(format!(
                "ALTER TABLE {table} VALIDATE CONSTRAINT {}",
                name(constraint, DIALECT)
            )),
            TableChange::CreateIndex(one) => {
                for sql in index::create_index(DIALECT, own, one) {
                    self.push(sql);
                }
            }
            TableChange::DropIndex(one) => self.push(constraint::drop_index(own, &one.name)),
            TableChange::IndexComment { index: one, to, .. } => {
                self.push(index::comment_on(own, one, to.as_ref()));
            }
            TableChange::CreateTrigger(trigger) => self.push(trigger.sql.trim()),
            TableChange::DropTrigger(trigger) => self.push(drop_trigger(own, &trigger.name)),
            TableChange::Option { name, to, .. } => {
                self.option(own, name, to.as_deref(), change)?
            }
            TableChange::Comment { to, .. } => {
                let kind = self.table(own).map_or("TABLE", |table| kind(&table));
                self.push(comment::on(kind, &table, to.as_ref()));
            }
            TableChange::Kind { from, to } => self.change_kind(own, from, to)?,
            _ => return Err(super::super::foreign(change, DIALECT)),
        }
        Ok(())
    }

    /// What a parent gets, those that inherit from it have already.
    fn is_inherited(&self, own: &ObjectName, how: &TableChange) -> bool {
        let is_column = matches!(
            how,
            TableChange::AddColumn(_)
                | TableChange::DropColumn(_)
                | TableChange::RenameColumn { .. }
                | TableChange::AddCheck(_)
                | TableChange::DropCheck(_)
        );
        let table = self.working.tables.iter().find(|table| table.name == *own);
        let Some(TableKind::Child { parents, .. }) = table.map(|table| &table.kind) else {
            return false;
        };
        is_column
            && self.changes.iter().any(|other| match other {
                Change::AlterTable { table, change } => parents.contains(table) && change == how,
                _ => false,
            })
    }

    fn option(
        &mut self,
        own: &ObjectName,
        option: &str,
        to: Option<&str>,
        change: &Change,
    ) -> Result<(), DdlError> {
        let table = object_name(own, DIALECT);
        let sql = match (option, to) {
            ("unlogged", Some(_)) => "SET UNLOGGED".to_owned(),
            ("unlogged", None) => "SET LOGGED".to_owned(),
            ("tablespace", to) => {
                let space = to.unwrap_or("pg_default");
                format!("SET TABLESPACE {}", name(space, DIALECT))
            }
            ("using", to) => {
                let method = to.unwrap_or("heap");
                format!("SET ACCESS METHOD {}", name(method, DIALECT))
            }
            (option, Some("")) if table::is_storage_parameter(option) => format!("SET ({option})"),
            (option, Some(to)) if table::is_storage_parameter(option) => {
                format!("SET ({option} = {to})")
            }
            (option, None) if table::is_storage_parameter(option) => format!("RESET ({option})"),
            _ => return Err(super::super::foreign(change, DIALECT)),
        };
        self.push(format!("ALTER TABLE {table} {sql}"));
        Ok(())
    }

    /// A table becomes part of another, or its own again.
    fn change_kind(
        &mut self,
        own: &ObjectName,
        from: &TableKind,
        to: &TableKind,
    ) -> Result<(), DdlError> {
        let table = object_name(own, DIALECT);
        match from {
            TableKind::Plain => {}
            TableKind::Child {
                parents,
                bounds: Some(_),
            } => {
                for parent in parents {
                    let parent = object_name(parent, DIALECT);
                    self.push(format!("ALTER TABLE {parent} DETACH PARTITION {table}"));
                }
            }
            TableKind::Child { parents, .. } => {
                for parent in parents {
                    let parent = object_name(parent, DIALECT);
                    self.push(format!("ALTER TABLE {table} NO INHERIT {parent}"));
                }
            }
            _ => return Err(no_other_kind(own)),
        }
        match to {
            TableKind::Plain => {}
            TableKind::Child {
                parents,
                bounds: Some(bounds),
            } => {
                for parent in parents {
                    let parent = object_name(parent, DIALECT);
                    let bounds = table::bounds_words(bounds);
                    self.push(format!(
                        "ALTER TABLE {parent} ATTACH PARTITION {table} {bounds}"
                    ));
                }
            }
            TableKind::Child { parents, .. } => {
                for parent in parents {
                    let parent = object_name(parent, DIALECT);
                    self.push(format!("ALTER TABLE {table} INHERIT {parent}"));
                }
            }
            _ => return Err(no_other_kind(own)),
        }
        Ok(())
    }

    /// The column goes from the schema, with all that the engine drops with it.
    fn working_without_column(&mut self, own: &ObjectName, column: &str) {
        let mut tables = self.working.tables.iter_mut();
        if let Some(table) = tables.find(|table| table.name == *own) {
            super::column::without(table, column);
        }
    }
}

fn no_other_kind(table: &ObjectName) -> DdlError {
    DdlError::new(
        format!("the table {table}"),
        "PostgreSQL cannot make a table with rows partitioned, or no longer so",
        "make a new table, copy the rows, and drop the old one, in a migration of your own",
    )
}
