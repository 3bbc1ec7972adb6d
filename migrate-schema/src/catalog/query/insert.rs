//! `INSERT`: its columns, and how many values meet them.

use super::{
    Resolver,
    expression::Place,
    report::counted,
    scope::{ColumnName, Columns, Frame, Source, column, has_system_column},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Column, Relation, RelationKind},
    tree::{Body, Expression, ExpressionKind, Insert, Literal, Name, Query, TriggerEvent},
};

impl<'a> Resolver<'a> {
    pub(super) fn insert(&mut self, insert: &'a Insert, outer: &Frame<'_, 'a>) -> Columns<'a> {
        let mut around = Frame::inside(outer);
        self.with(&insert.with, insert.recursive, &mut around);
        let name = insert
            .alias
            .as_ref()
            .filter(|_| self.dialect != Dialect::Mysql)
            .unwrap_or(&insert.table.name);
        let target = self.relation(&insert.table, &name.text);
        if let Some(relation) = target.relation {
            self.can_change(relation, &insert.table, &TriggerEvent::Insert);
            self.fires(relation, &insert.table, |event| {
                *event == TriggerEvent::Insert
            });
        }
        self.insert_columns(insert, &target);
        if let Some(rows) = &insert.rows {
            if insert.set {
                self.insert_set(rows, &target, &around);
            } else {
                let given = self.inserted(rows, &target, &around);
                self.insert_arity(insert, rows, &given, &target);
                self.insert_generated(insert, rows, &target);
                self.insert_types(insert, rows, &target);
                self.insert_nulls(insert, rows, &target);
            }
        }
        for conflict in &insert.conflicts {
            self.conflict(insert, conflict, &target, &around);
        }
        let mut frame = Frame::inside(&around);
        frame.sources.push(target);
        self.outputs(&insert.returning, Place::RETURNING, &frame)
    }

    /// The rows. MySQL's `VALUES` may name the columns that stand before them.
    fn inserted(
        &mut self,
        rows: &'a Query,
        target: &Source<'a>,
        around: &Frame<'_, 'a>,
    ) -> Columns<'a> {
        if self.dialect != Dialect::Mysql || !matches!(rows.body, Body::Values(_)) {
            return self.query(rows, around);
        }
        let mut frame = Frame::inside(around);
        frame.sources.push(target.clone());
        self.query(rows, &frame)
    }

    /// `INSERT … SET a = 1, b = a`: the values may name the columns.
    fn insert_set(&mut self, rows: &'a Query, target: &Source<'a>, around: &Frame<'_, 'a>) {
        let Body::Values(values) = &rows.body else {
            return;
        };
        let mut frame = Frame::inside(around);
        frame.sources.push(target.clone());
        for value in values.iter().flatten() {
            self.expression(value, Place::VALUES, &frame);
        }
    }

    fn insert_columns(&mut self, insert: &'a Insert, target: &Source<'a>) {
        for (at, name) in insert.columns.iter().enumerate() {
            self.target_column(name, target, "INSERT");
            let before = insert.columns.get(..at).unwrap_or_default();
            // SQLite takes the first of them.
            if self.dialect != Dialect::Sqlite
                && before
                    .iter()
                    .any(|other| self.same(&other.text, &name.text))
            {
                self.say(
                    Finding::new(
                        Code::DuplicateColumn,
                        format!("column `{name}` is given twice"),
                        name.range.clone(),
                    )
                    .help("name each column once"),
                );
            }
        }
    }

    /// A column that gets a value.
    pub(super) fn target_column(&mut self, name: &'a Name, target: &Source<'a>, verb: &str) {
        if self.reread {
            return;
        }
        let Some(found) = column(self.dialect, &target.columns, &name.text) else {
            let hidden = self.dialect == Dialect::Sqlite
                && has_system_column(self.dialect, target, &name.text);
            let strange = self.dialect == Dialect::Mysql && !name.text.is_ascii();
            if !target.columns.open && !hidden && !strange {
                self.no_such_column(target, name);
            } else if !hidden && !strange {
                self.slip(target, name);
            }
            return;
        };
        let (Some(relation), ColumnName::Known(known)) = (target.relation, found.name) else {
            return;
        };
        self.use_relation(relation, Some(known));
        let generated = self
            .catalog
            .column(relation, known)
            .is_some_and(|column| column.generated.is_some());
        if generated && self.dialect == Dialect::Sqlite {
            self.say(generated_column(relation, name, verb));
        }
    }

    /// How many values there are, and how many columns.
    fn insert_arity(
        &mut self,
        insert: &'a Insert,
        rows: &'a Query,
        given: &Columns<'a>,
        target: &Source<'a>,
    ) {
        let Some(count) = given.count().filter(|_| !self.reread) else {
            return;
        };
        let wanted = if insert.columns.is_empty() {
            let Some(relation) = target.relation else {
                return;
            };
            match self.table_width(relation, target) {
                Some(wanted) => wanted,
                None => return,
            }
        } else {
            insert.columns.len()
        };
        let written = !insert.columns.is_empty();
        let fits = match self.dialect {
            // The columns behind them get their defaults.
            Dialect::Postgres if !written => count <= wanted,
            // `VALUES ()` gives each its default.
            Dialect::Mysql if count == 0 => true,
            _ => count == wanted,
        };
        if fits {
            return;
        }
        let noun = if matches!(rows.body, Body::Values(_)) {
            "value"
        } else {
            "column"
        };
        let range = match &rows.body {
            Body::Values(values) => first_row(values).unwrap_or(rows.range.clone()),
            _ => rows.range.clone(),
        };
        let table = &insert.table;
        let message = if written {
            format!(
                "{} for {} of `{table}`",
                counted(count, noun),
                counted(wanted, "column")
            )
        } else {
            format!(
                "`{table}` has {}, and {} {} given",
                counted(wanted, "column"),
                counted(count, noun),
                if count == 1 { "is" } else { "are" }
            )
        };
        let finding = Finding::new(Code::ColumnCount, message, range);
        let names: Vec<String> = target
            .columns
            .names()
            .map(|name| format!("`{name}`"))
            .take(12)
            .collect();
        self.say(if written {
            finding
        } else {
            finding.note(format!("its columns are {}", names.join(", ")))
        });
    }

    /// The columns that an `INSERT` without a list gives values to.
    fn table_width(&self, relation: &Relation, target: &Source<'a>) -> Option<usize> {
        let count = target.columns.count()?;
        if self.dialect != Dialect::Sqlite || relation.kind.is_view() {
            return Some(count);
        }
        let generated = relation
            .columns
            .iter()
            .filter(|column| column.generated.is_some());
        Some(count - generated.count().min(count))
    }

    /// Rows without a value for a column that needs one (PostgreSQL). A trigger may give it one.
    fn insert_nulls(&mut self, insert: &'a Insert, rows: &'a Query, target: &Source<'a>) {
        let Body::Values(values) = &rows.body else {
            return;
        };
        let relation = target.relation.filter(|relation| {
            relation.kind == RelationKind::Table
                && !relation.open
                && relation.triggers.is_empty()
                && relation.parents.is_empty()
                && relation.others.is_empty()
        });
        let Some(relation) = relation
            .filter(|_| self.dialect == Dialect::Postgres && !self.reread && rows.limit.is_empty())
        else {
            return;
        };
        for (at, column) in relation.columns.iter().enumerate() {
            if !is_needed(self.catalog, relation, column) {
                continue;
            }
            let place = if insert.columns.is_empty() {
                Some(at)
            } else {
                (insert.columns.iter()).position(|name| self.same(&name.text, &column.name))
            };
            let is_null = |row: &Vec<Expression>| match place.map(|place| row.get(place)) {
                Some(Some(value)) => match &value.kind {
                    ExpressionKind::Literal(Literal::Null) => true,
                    ExpressionKind::Default => column.default.is_none(),
                    _ => false,
                },
                _ => column.default.is_none(),
            };
            if let Some(row) = values.iter().find(|row| is_null(row)) {
                let range = first_row(std::slice::from_ref(row)).unwrap_or(rows.range.clone());
                let message = format!(
                    "no value for `{}.{}`, which is NOT NULL",
                    relation.name, column.name
                );
                self.say(
                    Finding::new(Code::InvalidDefinition, message, range)
                        .help("give it one, or the column a default"),
                );
                return;
            }
        }
    }

    /// Values that their columns cannot take.
    fn insert_types(&mut self, insert: &'a Insert, rows: &'a Query, target: &Source<'a>) {
        let Body::Values(values) = &rows.body else {
            return;
        };
        let types: Vec<_> = if insert.columns.is_empty() {
            if target.columns.open {
                return;
            }
            target.columns.list.iter().map(|column| column.ty).collect()
        } else {
            let found = insert.columns.iter().map(|name| {
                column(self.dialect, &target.columns, &name.text).and_then(|column| column.ty)
            });
            found.collect()
        };
        for row in values {
            for (value, ty) in row.iter().zip(&types) {
                self.fits(*ty, value);
            }
        }
    }

    /// PostgreSQL: a generated column takes nothing but `DEFAULT`.
    fn insert_generated(&mut self, insert: &'a Insert, rows: &'a Query, target: &Source<'a>) {
        let Some(relation) = target.relation else {
            return;
        };
        if self.dialect != Dialect::Postgres {
            return;
        }
        let is_generated = |name: &str| {
            let column = self.catalog.column(relation, name);
            column.is_some_and(|column| column.generated.is_some())
        };
        let named: Vec<(usize, &'a Name)> = insert
            .columns
            .iter()
            .enumerate()
            .filter(|(_, name)| is_generated(&name.text))
            .collect();
        for (at, name) in named {
            let Body::Values(values) = &rows.body else {
                self.say(generated_column(relation, name, "INSERT"));
                continue;
            };
            let all_default = values.iter().all(|row| {
                row.get(at).is_none_or(|value| {
                    matches!(value.kind, ExpressionKind::Default | ExpressionKind::Opaque)
                })
            });
            if !all_default {
                self.say(generated_column(relation, name, "INSERT"));
            }
        }
    }
}

fn first_row(values: &[Vec<Expression>]) -> Option<std::ops::Range<usize>> {
    let row = values.first()?;
    Some(row.first()?.range.start..row.last()?.range.end)
}

/// A value for a column that the engine computes.
pub(super) fn generated_column(relation: &Relation, name: &Name, verb: &str) -> Finding {
    Finding::new(
        Code::InvalidDefinition,
        format!(
            "{verb} cannot give a value to `{}.{name}`: the column is generated",
            relation.name
        ),
        name.range.clone(),
    )
    .help("leave the column out")
}

/// Whether a column of a type that is built in refuses NULL, and nothing but a value or its default fills it.
fn is_needed(catalog: &Catalog, relation: &Relation, column: &Column) -> bool {
    let is_plain = column
        .ty
        .as_ref()
        .is_some_and(|ty| super::fit::kind_of(catalog, ty).is_some());
    let in_key = relation
        .primary_key()
        .is_some_and(|key| key.iter().any(|name| catalog.same(name, &column.name)));
    (column.not_null || in_key)
        && is_plain
        && column.generated.is_none()
        && column.identity.is_none()
        && column.sequence.is_none()
}
