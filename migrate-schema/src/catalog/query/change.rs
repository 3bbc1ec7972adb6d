//! `UPDATE` and `DELETE`.

use super::{
    Resolver,
    expression::Place,
    insert::generated_column,
    report::counted,
    scope::{Columns, Frame, Source, column},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{Relation, RelationKind},
    tree::{
        self, AssignmentTarget, Delete, Expression, ExpressionKind, Name, Path, TriggerEvent,
        TriggerTime, Update,
    },
};

impl<'a> Resolver<'a> {
    pub(super) fn update(&mut self, update: &'a Update, outer: &Frame<'_, 'a>) -> Columns<'a> {
        let mut around = Frame::inside(outer);
        self.with(&update.with, update.recursive, &mut around);
        let mut frame = Frame::inside(&around);
        let mut conditions = Vec::new();
        self.source(&update.target, &mut frame, &mut conditions);
        let targets = frame.sources.clone();
        // The sources of FROM cannot name the target.
        let mut others = Frame::inside(&around);
        for condition in self.from(&update.from, &mut others) {
            self.expression(condition, Place::ON, &others);
        }
        if self.dialect != Dialect::Mysql {
            self.target_again(&targets, &others);
        }
        frame.open |= others.open;
        frame.sources.append(&mut others.sources);
        for condition in conditions {
            self.expression(condition, Place::ON, &frame);
        }
        if let (tree::Source::Table { name, .. }, [target]) = (&update.target, targets.as_slice())
            && let Some(relation) = target.relation
        {
            self.can_change(relation, name, &TriggerEvent::Update(Vec::new()));
            let assigned = |columns: &[Name]| {
                columns.is_empty()
                    || update.assignments.iter().any(|(names, _)| {
                        names.iter().any(|path| {
                            let same = |column: &Name| self.same(&column.text, &path.name.text);
                            columns.iter().any(same)
                        })
                    })
            };
            let fires = self.triggers_of(
                relation,
                |event| matches!(event, TriggerEvent::Update(columns) if assigned(columns)),
            );
            self.fire(relation, name, fires);
        }
        self.assignments(update, &targets, &frame);
        if let Some(filter) = &update.filter {
            self.expression(filter, Place::WHERE, &frame);
        }
        self.rest(&update.rest, &frame);
        self.outputs(&update.returning, Place::RETURNING, &frame)
    }

    fn rest(&mut self, rest: &'a [Expression], frame: &Frame<'_, 'a>) {
        if self.dialect == Dialect::Mysql {
            // Of LIMIT only variables are left, which are no names of columns.
            for expression in rest {
                self.expression(expression, Place::ORDER_BY, frame);
            }
        }
    }

    fn assignments(&mut self, update: &'a Update, targets: &[Source<'a>], frame: &Frame<'_, 'a>) {
        let mut seen: Vec<&str> = Vec::new();
        // With a FROM, SQLite selects the values first, and gathers rows where it is told to.
        let gathers = self.dialect == Dialect::Sqlite && !update.from.is_empty();
        let place = if gathers { Place::OUTPUT } else { Place::SET };
        for (names, value) in &update.assignments {
            for name in names {
                self.assigned(name, value, names.len(), targets, frame);
                let column = self.assigned_name(name);
                // `SET a[1] = …, a[2] = …` names the column twice, and rightly.
                if self.dialect == Dialect::Postgres
                    && name.schema.is_none()
                    && self.is_scalar(targets, &column.text)
                    && seen.contains(&column.text.as_str())
                {
                    self.say(
                        Finding::new(
                            Code::DuplicateColumn,
                            format!("column `{column}` is set twice"),
                            column.range.clone(),
                        )
                        .help("set each column once"),
                    );
                }
                seen.push(&column.text);
            }
            self.assigned_value(names.len(), value, place, frame);
            if let ([name], [target]) = (names.as_slice(), targets)
                && name.schema.is_none()
            {
                let found = column(self.dialect, &target.columns, &name.name.text);
                let ty = found.and_then(|column| column.ty);
                // `SET a[1] = …` names the column alone.
                if ty.is_some_and(|ty| !ty.array) {
                    self.fits(ty, value);
                }
            }
        }
    }

    /// Whether a column has a type of which no part can be set alone.
    fn is_scalar(&self, targets: &[Source<'a>], name: &str) -> bool {
        let mut columns = targets
            .iter()
            .filter_map(|target| column(self.dialect, &target.columns, name));
        columns.next().is_some_and(|column| {
            column.ty.is_some_and(|ty| {
                !ty.array
                    && !ty.special
                    && matches!(
                        ty.path.name.text.as_str(),
                        "integer"
                            | "int"
                            | "int4"
                            | "int8"
                            | "bigint"
                            | "smallint"
                            | "text"
                            | "boolean"
                            | "bool"
                            | "varchar"
                            | "character varying"
                            | "uuid"
                            | "timestamptz"
                            | "timestamp"
                            | "date"
                            | "numeric"
                            | "serial"
                            | "bigserial"
                            | "double precision"
                            | "real"
                    )
            })
        })
    }

    /// PostgreSQL's `SET c.field = …` names the column first; elsewhere the table stands there.
    fn assigned_name<'n>(&self, path: &'n AssignmentTarget) -> &'n Name {
        match (&path.schema, self.dialect) {
            (Some(column), Dialect::Postgres) => column,
            _ => &path.name,
        }
    }

    fn assigned(
        &mut self,
        path: &'a AssignmentTarget,
        value: &'a Expression,
        width: usize,
        targets: &[Source<'a>],
        frame: &Frame<'_, 'a>,
    ) {
        let name = self.assigned_name(path);
        if let (Some(table), Dialect::Mysql) = (&path.schema, self.dialect) {
            let table = Path::bare(table.clone());
            let (sources, unsure) = frame.sources_of(self.dialect, &table);
            match sources.first() {
                Some(source) => self.target_column(name, source, "UPDATE"),
                None if unsure => {}
                None => {
                    let message = format!("no such column: {path}");
                    let finding = self.not_read(&table, message, frame);
                    self.say(finding);
                }
            }
            return;
        }
        match targets {
            [target] => {
                let before = self.findings.len();
                self.target_column(name, target, "UPDATE");
                let is_default =
                    matches!(value.kind, ExpressionKind::Default | ExpressionKind::Opaque);
                if self.dialect == Dialect::Postgres
                    && self.findings.len() == before
                    && width == 1
                    && !is_default
                    && let Some(relation) = target.relation
                    && (self.catalog.column(relation, &name.text))
                        .is_some_and(|column| column.generated.is_some())
                {
                    self.say(generated_column(relation, name, "UPDATE"));
                }
                if self.findings.len() > before
                    && path.schema.is_some()
                    && self.dialect == Dialect::Postgres
                    && target.name.is_some_and(|own| own == name.text)
                    && let Some(last) = self.findings.last_mut()
                {
                    last.help = Some(format!("SET takes no table: write `{}`", path.name));
                }
            }
            [] => {}
            several => {
                let having: Vec<&Source<'a>> = several
                    .iter()
                    .filter(|target| column(self.dialect, &target.columns, &name.text).is_some())
                    .collect();
                let known = !having.is_empty();
                let merged = |source: &&Source<'a>| {
                    source
                        .merged
                        .iter()
                        .any(|merged| self.same(merged, &name.text))
                };
                if having.len() > 1 && !having.iter().any(merged) {
                    let names: Vec<&str> = having.iter().filter_map(|source| source.name).collect();
                    self.ambiguous(name, &names);
                }
                let unsure = several.iter().any(|target| target.columns.open)
                    || frame.open
                    || !name.text.is_ascii();
                if !known && !unsure {
                    self.no_column_anywhere(name, Place::SET, frame);
                }
            }
        }
    }

    /// What is assigned: as many values as columns.
    pub(super) fn assigned_value(
        &mut self,
        width: usize,
        value: &'a Expression,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        if width == 1 {
            self.expression(value, place, frame);
            return;
        }
        self.row(value, place, frame);
        let count = match &value.kind {
            ExpressionKind::Row(parts) => Some(parts.len()),
            ExpressionKind::Subquery(query) => {
                self.silent += 1;
                let count = self.query(query, frame).count();
                self.silent -= 1;
                count
            }
            ExpressionKind::Opaque => None,
            _ if self.dialect == Dialect::Sqlite => Some(1),
            _ => None,
        };
        if let Some(count) = count
            && count != width
            && !self.reread
        {
            self.say(Finding::new(
                Code::ColumnCount,
                format!(
                    "{} for {}",
                    counted(count, "value"),
                    counted(width, "column")
                ),
                value.range.clone(),
            ));
        }
    }

    /// `UPDATE t … FROM t`.
    fn target_again(&mut self, targets: &[Source<'a>], others: &Frame<'_, 'a>) {
        let again = others.sources.iter().find(|other| {
            targets.iter().any(|target| {
                target.name.is_some() && target.name == other.name && target.schema == other.schema
            })
        });
        if let Some(again) = again {
            let name = again.name.unwrap_or_default();
            let range = again.place.clone();
            self.say(
                Finding::new(
                    Code::AmbiguousName,
                    format!("two sources of this statement are called `{name}`"),
                    range,
                )
                .help(
                    "the table that is changed is there already; give the other one a name: `AS …`",
                ),
            );
        }
    }

    pub(super) fn delete(&mut self, delete: &'a Delete, outer: &Frame<'_, 'a>) -> Columns<'a> {
        let mut around = Frame::inside(outer);
        self.with(&delete.with, delete.recursive, &mut around);
        let mut frame = Frame::inside(&around);
        let mut conditions = Vec::new();
        if self.dialect == Dialect::Mysql && !delete.using.is_empty() {
            conditions = self.from(&delete.using, &mut frame);
            for target in &delete.targets {
                self.deleted(target, &frame);
            }
        } else {
            for target in &delete.targets {
                self.source(target, &mut frame, &mut conditions);
            }
            let targets = frame.sources.clone();
            let mut others = Frame::inside(&around);
            conditions.extend(self.from(&delete.using, &mut others));
            if self.dialect == Dialect::Postgres {
                self.target_again(&targets, &others);
            }
            frame.open |= others.open;
            frame.sources.append(&mut others.sources);
        }
        for condition in conditions {
            self.expression(condition, Place::ON, &frame);
        }
        if let [tree::Source::Table { name, .. }] = delete.targets.as_slice()
            && delete.using.is_empty()
            && let Some(relation) = frame.sources.first().and_then(|source| source.relation)
        {
            self.can_change(relation, name, &TriggerEvent::Delete);
            self.fires(relation, name, |event| *event == TriggerEvent::Delete);
        }
        if let Some(filter) = &delete.filter {
            self.expression(filter, Place::WHERE, &frame);
        }
        self.rest(&delete.rest, &frame);
        self.outputs(&delete.returning, Place::RETURNING, &frame)
    }

    /// A table of MySQL's `DELETE a FROM …`: one of those that are read.
    fn deleted(&mut self, target: &'a tree::Source, frame: &Frame<'_, 'a>) {
        let tree::Source::Table { name, .. } = target else {
            return;
        };
        let (sources, unsure) = frame.sources_of(self.dialect, name);
        if sources.is_empty() && !unsure && name.schema.is_none() {
            let finding = self.not_read(name, format!("no such table: {name}"), frame);
            self.say(finding);
        }
    }

    /// Views can only be changed through triggers, or where they are simple (PostgreSQL, MySQL).
    pub(super) fn can_change(
        &mut self,
        relation: &'a Relation,
        name: &'a Path,
        event: &TriggerEvent,
    ) {
        let refused = match (relation.kind, self.dialect) {
            (RelationKind::View, Dialect::Sqlite) => !relation.triggers.iter().any(|trigger| {
                trigger.time == TriggerTime::InsteadOf
                    && trigger
                        .events
                        .iter()
                        .any(|own| std::mem::discriminant(own) == std::mem::discriminant(event))
            }),
            (RelationKind::MaterializedView | RelationKind::Sequence, Dialect::Postgres) => true,
            _ => false,
        };
        if refused && !relation.open && !self.reread {
            let finding = Finding::new(
                Code::InvalidDefinition,
                format!(
                    "the rows of `{}` cannot be changed: it is a {}",
                    relation.name,
                    relation.kind.noun()
                ),
                name.range(),
            );
            self.say(if relation.kind == RelationKind::View {
                finding.help("change the table behind it, or make an INSTEAD OF trigger")
            } else {
                finding
            });
        }
    }
}
