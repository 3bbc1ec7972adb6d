//! What SQLite refuses though its grammar takes it, whatever the database holds.

use std::ops::Range;

use super::cursor::Cursor;
use crate::{
    Code, Finding,
    tree::{
        Action, Alter, AlterTable, Column, Constraint, ConstraintKind, CreateIndex, CreateTable,
        CreateTrigger, Expression, ExpressionKind, IndexPart, Literal, Name, Path, Source,
        TriggerBody,
    },
};

pub(super) const AUTOINCREMENT: &str =
    "`AUTOINCREMENT` is only allowed on an `INTEGER PRIMARY KEY`";
pub(super) const AUTOINCREMENT_HELP: &str = "the type has to be `INTEGER`, that very word";

/// The types of a `STRICT` table.
const STRICT_TYPES: [&str; 6] = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];

/// Where an expression stands that is computed for each row, and what may not be in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Check,
    Generated,
    Index,
    Predicate,
}

impl Place {
    const fn name(self) -> &'static str {
        match self {
            Self::Check => "a CHECK",
            Self::Generated => "a generated column",
            Self::Index => "an index",
            Self::Predicate => "the WHERE of an index",
        }
    }
}

impl Cursor<'_> {
    /// Looks at what a statement does.
    pub(super) fn check(&mut self, action: &Action) {
        match action {
            Action::CreateTable(table) => self.check_table(table),
            Action::AlterTable(alter) => self.check_alter(alter),
            Action::CreateIndex(index) => self.check_index(index),
            Action::CreateView(view) => {
                self.check_name(&view.name.name);
                self.check_temporary(view.temporary, &view.name);
                self.no_parameters("a view");
            }
            Action::CreateTrigger(trigger) => self.check_trigger(trigger),
            Action::Query(_) | Action::Insert(_) => self.no_raise(),
            Action::Update(update) => {
                self.no_raise();
                self.no_limit("UPDATE", &update.rest);
            }
            Action::Delete(delete) => {
                self.no_raise();
                self.no_limit("DELETE", &delete.rest);
            }
            _ => {}
        }
    }

    fn check_table(&mut self, table: &CreateTable) {
        self.check_temporary(table.temporary, &table.name);
        if table.query.is_some() || table.virtual_table.is_some() {
            return;
        }
        for column in &table.columns {
            self.check_column(column);
            if table.strict {
                self.check_strict(column);
            }
        }
        for constraint in &table.constraints {
            self.check_constraint(constraint);
        }
        self.check_primary_key(table);
        if table
            .columns
            .iter()
            .all(|column| column.generated.is_some())
        {
            self.refuse(
                table.name.range(),
                format!("table `{}` has nothing but generated columns", table.name),
                "a table needs a column that is not generated",
            );
        }
    }

    fn check_primary_key(&mut self, table: &CreateTable) {
        let counted = table.columns.iter().find(|column| {
            column
                .primary_key
                .as_ref()
                .is_some_and(|mark| mark.autoincrement)
        });
        if let Some(column) = counted.filter(|_| table.without_rowid) {
            self.refuse(
                column.range.clone(),
                "`AUTOINCREMENT` in a table that is `WITHOUT ROWID`",
                "leave one of the two out: `AUTOINCREMENT` counts the rowid",
            );
        }
    }

    fn check_strict(&mut self, column: &Column) {
        const HELP: &str = "a STRICT table knows `INT`, `INTEGER`, `REAL`, `TEXT`, `BLOB` and `ANY`, without a length";
        match &column.ty {
            None => self.refuse(
                column.name.range.clone(),
                format!("column `{}` of a STRICT table has no type", column.name),
                HELP,
            ),
            Some(ty) => {
                let name = &ty.path.name.text;
                let known = STRICT_TYPES
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(name));
                if !known || !ty.arguments.is_empty() {
                    let text = self.text(ty.range.clone());
                    self.refuse(
                        ty.range.clone(),
                        format!("`{text}` is no type of a STRICT table"),
                        HELP,
                    );
                }
            }
        }
    }

    fn check_column(&mut self, column: &Column) {
        if let Some(mark) = &column.primary_key
            && mark.autoincrement
            && (mark.descending || !is_integer(column))
        {
            let range = column
                .ty
                .as_ref()
                .map_or(column.name.range.clone(), |ty| ty.range.clone());
            self.refuse(range, AUTOINCREMENT, AUTOINCREMENT_HELP);
        }
        if let Some(generated) = &column.generated {
            self.check_expression(&generated.expression, Place::Generated);
            if let Some(default) = &column.default {
                self.refuse(
                    default.range.clone(),
                    format!("generated column `{}` has a default", column.name),
                    "leave the DEFAULT out: the column is computed",
                );
            }
            if column.primary_key.is_some() {
                self.refuse(
                    column.name.range.clone(),
                    format!(
                        "generated column `{}` is part of the primary key",
                        column.name
                    ),
                    "a generated column can be `UNIQUE`, but not in a primary key",
                );
            }
        }
        if let Some(default) = &column.default
            && let Some(found) = find(default, &|kind| changes_in_default(kind))
        {
            self.refuse(
                found,
                format!("the default of column `{}` is not constant", column.name),
                "a default is a constant, or an expression in brackets without columns, parameters and queries; \
                 text stands in 'single quotes'",
            );
        }
        for (_, check) in &column.checks {
            self.check_expression(check, Place::Check);
        }
    }

    fn check_constraint(&mut self, constraint: &Constraint) {
        match &constraint.kind {
            ConstraintKind::Check(check) => self.check_expression(check, Place::Check),
            ConstraintKind::PrimaryKey(parts) | ConstraintKind::Unique(parts) => {
                for IndexPart { expression, .. } in parts {
                    if expression.as_column().is_none() && !is_boolean(expression) {
                        self.refuse(
                            expression.range.clone(),
                            "an expression in a PRIMARY KEY or UNIQUE",
                            "name columns; what is unique in an expression is a `CREATE UNIQUE INDEX`",
                        );
                    }
                }
            }
            _ => {}
        }
    }

    fn check_alter(&mut self, alter: &AlterTable) {
        for change in &alter.changes {
            match change {
                Alter::AddColumn { column, .. } => self.check_column(column),
                Alter::AddConstraint(constraint) => self.check_constraint(constraint),
                _ => {}
            }
        }
    }

    fn check_index(&mut self, index: &CreateIndex) {
        if let Some(name) = &index.name {
            self.check_name(&name.name);
        }
        for part in &index.parts {
            self.check_expression(&part.expression, Place::Index);
        }
        if let Some(predicate) = &index.predicate {
            self.check_expression(predicate, Place::Predicate);
        }
        self.no_raise();
    }

    fn check_trigger(&mut self, trigger: &CreateTrigger) {
        self.check_name(&trigger.name.name);
        if trigger.temporary && trigger.name.schema.is_some() {
            self.refuse(
                trigger.name.range(),
                "a temporary trigger has no schema",
                "write its name alone, or leave TEMP out",
            );
        }
        self.no_parameters("a trigger");
        let in_temp = |path: &Path| {
            path.schema
                .as_ref()
                .is_some_and(|schema| schema.text.eq_ignore_ascii_case("temp"))
        };
        let TriggerBody::Statements(statements) = &trigger.body else {
            return;
        };
        if trigger.temporary || in_temp(&trigger.name) {
            return;
        }
        for statement in statements {
            let table = match statement {
                Action::Insert(insert) => Some(&insert.table),
                Action::Update(update) => source_name(&update.target),
                Action::Delete(delete) => delete.targets.first().and_then(source_name),
                _ => None,
            };
            if let Some(table) = table.filter(|table| table.schema.is_some()) {
                self.refuse(
                    table.range(),
                    format!("`{table}` in a trigger: SQLite takes no schema there"),
                    "write the table's name alone: a trigger works in its own schema",
                );
            }
        }
    }

    fn check_temporary(&mut self, temporary: bool, path: &Path) {
        if let Some(schema) = &path.schema
            && temporary
            && !schema.text.eq_ignore_ascii_case("temp")
        {
            self.refuse(
                schema.range.clone(),
                format!("temporary, and in schema `{schema}`"),
                "leave the schema out: what is temporary lives in `temp`",
            );
        }
    }

    /// Queries and functions that change are the affair of whoever looks up names.
    fn check_expression(&mut self, expression: &Expression, place: Place) {
        let parameter = |kind: &ExpressionKind| matches!(kind, ExpressionKind::Parameter);
        if let Some(range) = find(expression, &parameter) {
            let message = format!("a parameter in {}", place.name());
            self.refuse(range, message, "write the value itself");
            return;
        }
        let now =
            |kind: &ExpressionKind| matches!(kind, ExpressionKind::Literal(Literal::Keyword(_)));
        if place != Place::Check
            && let Some(range) = find(expression, &now)
        {
            let message = format!("`{}` in {}", self.text(range.clone()), place.name());
            self.refuse(
                range,
                message,
                "what stands there must always give the same: keep the time in a column",
            );
        }
    }

    /// Of tables whoever knows the tables says it.
    fn check_name(&mut self, name: &Name) {
        let reserved = name
            .text
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"));
        // Who has switched this on may write everywhere.
        if reserved && !self.sql.contains("writable_schema") {
            self.refuse(
                name.range.clone(),
                format!("the name `{name}` is SQLite's own"),
                "choose one that does not begin with `sqlite_`",
            );
        }
    }

    /// SQLite can be built so that it takes this; as it is, it does not.
    fn no_limit(&mut self, statement: &str, rest: &[Expression]) {
        if let Some(first) = rest.first() {
            self.findings.push(
                Finding::new(
                    Code::UnsupportedByTarget,
                    format!("`ORDER BY` or `LIMIT` in {statement}: SQLite knows it only where it was built with SQLITE_ENABLE_UPDATE_DELETE_LIMIT"),
                    first.range.clone(),
                )
                .help("choose the rows with `WHERE rowid IN (SELECT rowid FROM … LIMIT …)`"),
            );
        }
    }

    fn no_parameters(&mut self, what: &str) {
        if let Some(range) = self.parameter.clone() {
            self.refuse(
                range,
                format!("a parameter in {what}"),
                "write the value itself",
            );
        }
    }

    fn no_raise(&mut self) {
        if let Some(range) = self.raise.clone() {
            self.refuse(
                range,
                "`RAISE` outside of a trigger",
                "only the statements of a trigger can raise an error",
            );
        }
    }
}

fn source_name(source: &Source) -> Option<&Path> {
    match source {
        Source::Table { name, .. } => Some(name),
        _ => None,
    }
}

/// SQLite counts up only what is of this very type.
pub(super) fn is_integer(column: &Column) -> bool {
    column.ty.as_ref().is_some_and(|ty| {
        ty.arguments.is_empty() && ty.path.name.text.eq_ignore_ascii_case("integer")
    })
}

fn is_boolean(expression: &Expression) -> bool {
    matches!(
        expression.kind,
        ExpressionKind::Literal(Literal::Boolean(_))
    )
}

fn changes_in_default(kind: &ExpressionKind) -> bool {
    matches!(
        kind,
        ExpressionKind::Column { .. } | ExpressionKind::Parameter
    )
}

/// The place of the first part of an expression that is such.
fn find(expression: &Expression, wanted: &dyn Fn(&ExpressionKind) -> bool) -> Option<Range<usize>> {
    if wanted(&expression.kind) {
        return Some(expression.range.clone());
    }
    let mut found = None;
    expression.children(|child| {
        if found.is_none() {
            found = find(child, wanted);
        }
    });
    found
}
