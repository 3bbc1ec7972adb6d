//! Types that are changed.

use super::{
    super::{
        super::{
            expression::of_default,
            name::text,
            types::{create_type, domain_check},
        },
        mention::mentions,
    },
    DIALECT, DdlError, Plan, name, routine, type_name,
};
use crate::{
    catalog::chosen_name::object_name as chosen_name,
    schema::{
        Column, ObjectName, Routine, Type, TypeShape,
        diff::{Change, TypeChange},
    },
};

/// `TYPE` or `DOMAIN`.
pub(super) const fn kind(shape: &TypeShape) -> &'static str {
    match shape {
        TypeShape::Domain { .. } => "DOMAIN",
        _ => "TYPE",
    }
}

impl Plan<'_> {
    pub(super) fn alter_type(
        &mut self,
        own: &ObjectName,
        how: &TypeChange,
        change: &Change,
        later: &[Change],
    ) -> Result<(), DdlError> {
        let one = type_name(own, DIALECT);
        match how {
            TypeChange::AddLabel { label, before } => {
                self.add_label(own, label, before.as_ref(), later)
            }
            TypeChange::Labels { to, .. } => {
                self.make_type_again(own, TypeShape::Enum(to.clone()), change)?;
            }
            TypeChange::Shape { to, .. } => self.make_type_again(own, to.clone(), change)?,
            TypeChange::AddAttribute {
                name: attribute,
                data_type,
            } => self.push(format!(
                "ALTER TYPE {one} ADD ATTRIBUTE {} {}",
                name(attribute, DIALECT),
                data_type.trim()
            )),
            TypeChange::DropAttribute {
                name: attribute, ..
            } => {
                let attribute = name(attribute, DIALECT);
                let sql = format!("ALTER TYPE {one} DROP ATTRIBUTE {attribute}");
                self.push_losing(sql, change.loses());
            }
            TypeChange::AttributeType {
                name: attribute,
                to,
                ..
            } => {
                self.refuse_where_used(own)?;
                let attribute = name(attribute, DIALECT);
                let to = to.trim();
                let sql = format!("ALTER TYPE {one} ALTER ATTRIBUTE {attribute} TYPE {to}");
                self.push_losing(sql, change.loses());
            }
            TypeChange::NotNull(now) => {
                let how = if *now { "SET" } else { "DROP" };
                self.push(format!("ALTER DOMAIN {one} {how} NOT NULL"));
            }
            TypeChange::Default {
                to: Some(default), ..
            } => {
                let default = of_default(default, DIALECT);
                self.push(format!("ALTER DOMAIN {one} SET DEFAULT {default}"));
            }
            TypeChange::Default { to: None, .. } => {
                self.push(format!("ALTER DOMAIN {one} DROP DEFAULT"));
            }
            TypeChange::AddCheck {
                name: check,
                expression,
            } => {
                let check = domain_check(check.as_ref(), expression);
                self.push(format!("ALTER DOMAIN {one} ADD {check}"));
            }
            TypeChange::DropCheck {
                name: check,
                expression,
            } => {
                let check = check
                    .clone()
                    .unwrap_or_else(|| self.check_of(own, expression));
                let check = name(&check, DIALECT);
                self.push(format!("ALTER DOMAIN {one} DROP CONSTRAINT {check}"));
            }
        }
        self.working.change(change);
        Ok(())
    }

    /// A label cannot be used before it is committed.
    fn add_label(
        &mut self,
        own: &ObjectName,
        label: &str,
        before: Option<&String>,
        later: &[Change],
    ) {
        let one = type_name(own, DIALECT);
        let literal = text(label, DIALECT);
        let place = before.map(|before| format!(" BEFORE {}", text(before, DIALECT)));
        let place = place.unwrap_or_default();
        self.push(format!("ALTER TYPE {one} ADD VALUE {literal}{place}"));
        if let Some(last) = self.statements.last_mut() {
            last.alone = later.iter().any(|change| uses(change, &literal));
        }
    }

    /// The name that the engine has given to a check of a domain.
    fn check_of(&self, own: &ObjectName, expression: &str) -> String {
        let domain = self.working.types.iter().find(|one| one.name == *own);
        let mut before = 0;
        if let Some(TypeShape::Domain { checks, .. }) = domain.map(|one| &one.shape) {
            let unnamed = checks.iter().filter(|(name, _)| name.is_none());
            before = unnamed.take_while(|(_, text)| text != expression).count();
        }
        let label = match before {
            0 => "check".to_owned(),
            number => format!("check{number}"),
        };
        chosen_name(&own.name, "", &label)
    }

    /// A type that cannot become what it is to be: a new one takes its name, and its columns get the new one.
    fn make_type_again(
        &mut self,
        own: &ObjectName,
        shape: TypeShape,
        change: &Change,
    ) -> Result<(), DdlError> {
        let old = self
            .working
            .types
            .iter()
            .find(|one| one.name == *own)
            .cloned();
        let old_kind = old.as_ref().map_or("TYPE", |one| kind(&one.shape));
        self.refuse_where_part(own)?;
        let columns = self.columns_of(own);
        let routines: Vec<Routine> = (self.working.routines.iter())
            .filter(|one| mentions(&one.sql, &own.name, DIALECT))
            .cloned()
            .collect();
        let views = self.working.views.iter();
        let views = views.filter(|view| mentions(&view.query, &own.name, DIALECT));
        let views: Vec<ObjectName> = views.map(|view| view.name.clone()).collect();
        for view in views {
            self.without_view(&view);
        }
        for (table, column) in &columns {
            self.without_views_of(table, Some(&column.name));
        }
        let called = self.triggers_aside(&routines);
        for one in &routines {
            self.push(routine::drop(one));
        }
        let aside = ObjectName {
            schema: own.schema.clone(),
            name: chosen_name(&own.name, "", "old"),
        };
        self.push(format!(
            "ALTER {old_kind} {} RENAME TO {}",
            type_name(own, DIALECT),
            name(&aside.name, DIALECT)
        ));
        let sql = create_type(&Type {
            name: own.clone(),
            shape,
            made_by: None,
        })?;
        self.push(sql);
        for (table, column) in &columns {
            self.convert_column(table, column, change.loses())?;
        }
        self.push(format!("DROP {old_kind} {}", type_name(&aside, DIALECT)));
        for one in &routines {
            self.push(one.sql.trim());
        }
        for sql in called {
            self.push(sql);
        }
        Ok(())
    }

    /// Drops the triggers that call one of the routines, and gives the statements that bring them back.
    fn triggers_aside(&mut self, routines: &[Routine]) -> Vec<String> {
        let mut called = Vec::new();
        let tables = self.working.tables.clone();
        for table in &tables {
            for trigger in &table.triggers {
                let calls = |one: &Routine| mentions(&trigger.sql, &one.name.name, DIALECT);
                if routines.iter().any(calls) {
                    self.push(super::table::drop_trigger(&table.name, &trigger.name));
                    called.push(trigger.sql.trim().to_owned());
                }
            }
        }
        called
    }

    /// The columns of a type, or of arrays of it.
    fn columns_of(&self, own: &ObjectName) -> Vec<(ObjectName, Column)> {
        let tables = self.working.tables.iter();
        let tables = tables.filter(|table| {
            !matches!(
                &table.kind,
                crate::schema::TableKind::Child {
                    bounds: Some(_),
                    ..
                }
            )
        });
        let columns = tables.flat_map(|table| table.columns.iter().map(|one| (&table.name, one)));
        columns
            .filter(|(_, column)| mentions(&column.data_type, &own.name, DIALECT))
            .map(|(table, column)| (table.clone(), column.clone()))
            .collect()
    }

    fn refuse_where_used(&self, own: &ObjectName) -> Result<(), DdlError> {
        match self.columns_of(own).first() {
            None => Ok(()),
            Some((table, column)) => Err(DdlError::new(
                format!("the type {own}"),
                format!(
                    "the column {table}.{} has it, and PostgreSQL does not rewrite rows for it",
                    column.name
                ),
                "make a new type, and give it to the column, in a migration of your own",
            )),
        }
    }

    /// A type that others are made of would have to take them with it.
    fn refuse_where_part(&self, own: &ObjectName) -> Result<(), DdlError> {
        let is_part = |one: &&Type| {
            let texts: Vec<&str> = match &one.shape {
                TypeShape::Composite(all) => all.iter().map(|(_, text)| text.as_str()).collect(),
                TypeShape::Domain { base, .. } => vec![base.as_str()],
                _ => Vec::new(),
            };
            one.name != *own && texts.iter().any(|text| mentions(text, &own.name, DIALECT))
        };
        match self.working.types.iter().find(is_part) {
            None => Ok(()),
            Some(other) => Err(DdlError::new(
                format!("the type {own}"),
                format!(
                    "it has to be made again, and the type {} is made of it",
                    other.name
                ),
                "make both again, and convert the columns, in a migration of your own",
            )),
        }
    }
}

/// Whether a change has the label in a text of it.
fn uses(change: &Change, literal: &str) -> bool {
    use crate::schema::diff::{ColumnChange, TableChange};
    let column = |column: &Column| {
        let generated = column.generated.as_ref().map(|one| &one.expression);
        let mut texts = column.default.iter().chain(generated);
        texts.any(|text| text.contains(literal))
    };
    match change {
        Change::CreateTable(table) => {
            table.columns.iter().any(column)
                || table
                    .checks
                    .iter()
                    .any(|one| one.expression.contains(literal))
                || (table.indexes.iter().flat_map(|one| &one.predicate))
                    .any(|text| text.contains(literal))
        }
        Change::CreateView(view) => view.query.contains(literal),
        Change::CreateRoutine(one) | Change::ReplaceRoutine { to: one, .. } => {
            one.sql.contains(literal)
        }
        Change::AlterTable { change, .. } => match change {
            TableChange::AddColumn(one) => column(one),
            TableChange::AlterColumn {
                change: ColumnChange::Default { to: Some(text), .. },
                ..
            } => text.contains(literal),
            TableChange::AlterColumn {
                change: ColumnChange::Generated { to: Some(one), .. },
                ..
            } => one.expression.contains(literal),
            TableChange::AddCheck(one) => one.expression.contains(literal),
            TableChange::CreateIndex(one) => one
                .predicate
                .as_ref()
                .is_some_and(|text| text.contains(literal)),
            TableChange::CreateTrigger(one) => one.sql.contains(literal),
            _ => false,
        },
        _ => false,
    }
}
