//! `ON CONFLICT`, `ON DUPLICATE KEY UPDATE`.

use super::{
    Resolver,
    expression::Place,
    scope::{Columns, Frame, Source, is_rowid},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{ConstraintKind, Relation, RelationKind},
    tree::{Conflict, ConflictAction, Expression, ExpressionKind, Insert, Name},
};

impl<'a> Resolver<'a> {
    pub(super) fn conflict(
        &mut self,
        insert: &'a Insert,
        conflict: &'a Conflict,
        target: &Source<'a>,
        around: &Frame<'_, 'a>,
    ) {
        let mut own = Frame::inside(around);
        own.sources.push(target.clone());
        for expression in conflict.columns.iter().chain(&conflict.predicate) {
            self.expression(expression, Place::CONFLICT, &own);
        }
        if let Some(relation) = target.relation.filter(|_| !self.reread) {
            self.arbiter(conflict, relation);
        }
        if target
            .relation
            .is_some_and(|relation| self.never_meets(insert, conflict, relation))
        {
            return;
        }
        let ConflictAction::Update {
            assignments,
            filter,
        } = &conflict.action
        else {
            return;
        };
        let mut frame = own;
        match self.dialect {
            Dialect::Mysql => self.mysql_sources(insert, target, &mut frame),
            Dialect::Sqlite => frame.sources.push(Source::beside("excluded", target)),
            // Its columns are as near as those of the table.
            Dialect::Postgres => frame.sources.push(Source {
                qualified_only: false,
                ..Source::beside("excluded", target)
            }),
        }
        for (names, value) in assignments {
            for name in names {
                self.target_column(name, target, "UPDATE");
            }
            self.assigned_value(names.len(), value, Place::SET, &frame);
        }
        if let Some(filter) = filter {
            self.expression(filter, Place::WHERE, &frame);
        }
    }

    /// SQLite does not look into an update that cannot happen: the conflict is about a rowid, and no row brings one.
    fn never_meets(&self, insert: &Insert, conflict: &Conflict, relation: &Relation) -> bool {
        if conflict.columns.is_empty() {
            return self.dialect == Dialect::Sqlite && nothing_is_unique(relation);
        }
        let [only] = conflict.columns.as_slice() else {
            return false;
        };
        let Some(name) = plain(only) else {
            return false;
        };
        let is_rowid_column = is_rowid(&name.text)
            || (relation.primary_key().is_some_and(|key| key.len() == 1)
                && self
                    .catalog
                    .column(relation, &name.text)
                    .is_some_and(|column| {
                        let ty = column.ty.as_ref();
                        ty.is_some_and(|ty| ty.path.name.text.eq_ignore_ascii_case("integer"))
                    }));
        self.dialect == Dialect::Sqlite
            && !insert.columns.is_empty()
            && !relation.without_rowid
            && is_rowid_column
            && !insert
                .columns
                .iter()
                .any(|column| self.same(&column.text, &name.text) || is_rowid(&column.text))
    }

    /// MySQL: `AS new (a, b)`, and the sources of the SELECT.
    fn mysql_sources(
        &mut self,
        insert: &'a Insert,
        target: &Source<'a>,
        frame: &mut Frame<'_, 'a>,
    ) {
        if let Some(alias) = &insert.alias {
            frame.sources.push(Source::beside(&alias.text, target));
            // Its columns may have names of their own, which the tree does not say.
            frame.open = true;
        }
        let is_values = insert
            .rows
            .as_ref()
            .is_none_or(|rows| matches!(rows.body, crate::tree::Body::Values(_)));
        if !is_values {
            frame.open = true;
            let anything = Source::new(None, Columns::unknown());
            frame.sources.push(anything);
        }
    }

    /// The index or constraint that a conflict is about.
    fn arbiter(&mut self, conflict: &'a Conflict, relation: &'a Relation) {
        if relation.open || relation.kind != RelationKind::Table || !relation.parents.is_empty() {
            return;
        }
        if let Some(name) = &conflict.constraint {
            let known = self.catalog.constraint(relation, &name.text).is_some()
                || relation
                    .constraints
                    .iter()
                    .any(|constraint| constraint.name.is_empty());
            if !known {
                let names = relation
                    .constraints
                    .iter()
                    .map(|constraint| constraint.name.as_str());
                let finding = Finding::new(
                    Code::NoSuchConstraint,
                    format!("no such constraint on `{}`: {name}", relation.name),
                    name.range.clone(),
                );
                self.say(super::report::did_you_mean(finding, name, names));
            }
            return;
        }
        if conflict.columns.is_empty() || self.dialect == Dialect::Mysql {
            return;
        }
        let mut wanted: Vec<&Name> = Vec::new();
        for expression in &conflict.columns {
            match plain(expression) {
                Some(name) => wanted.push(name),
                // An expression matches an index of the same expression: not decided here.
                None => {
                    if has_expression_index(relation) {
                        return;
                    }
                    self.no_arbiter(conflict, relation);
                    return;
                }
            }
        }
        // A misspelt column was told already.
        let all_there = wanted.iter().all(|name| {
            self.catalog.column(relation, &name.text).is_some() || is_rowid(&name.text)
        });
        if all_there && !self.has_arbiter(&wanted, conflict.predicate.is_some(), relation) {
            self.no_arbiter(conflict, relation);
        }
    }

    fn no_arbiter(&mut self, conflict: &'a Conflict, relation: &Relation) {
        let (Some(first), Some(last)) = (conflict.columns.first(), conflict.columns.last()) else {
            return;
        };
        let mut keys: Vec<String> = Vec::new();
        for constraint in &relation.constraints {
            if let ConstraintKind::PrimaryKey(columns) | ConstraintKind::Unique(columns) =
                &constraint.kind
            {
                keys.push(format!("`{}`", columns.join(", ")));
            }
        }
        for index in relation.indexes.iter().filter(|index| index.unique) {
            keys.push(format!("the index `{}`", index.name));
        }
        let finding = Finding::new(
            Code::InvalidDefinition,
            format!(
                "ON CONFLICT names no primary key or unique constraint of `{}`",
                relation.name
            ),
            first.range.start..last.range.end,
        );
        self.say(if keys.is_empty() {
            finding.help("make a unique index on these columns first")
        } else {
            finding.help(format!("unique are: {}", keys.join(", ")))
        });
    }

    /// Whether something unique has just these columns.
    fn has_arbiter(&self, wanted: &[&Name], filtered: bool, relation: &Relation) -> bool {
        let is_wanted = |columns: &[String]| {
            let covers = |name: &&&Name| self.catalog.contains(columns, &name.text);
            wanted.iter().all(|name| covers(&name))
                && columns
                    .iter()
                    .all(|column| wanted.iter().any(|name| self.same(&name.text, column)))
        };
        let by_constraint = relation.constraints.iter().any(|constraint| {
            match &constraint.kind {
                ConstraintKind::PrimaryKey(columns) | ConstraintKind::Unique(columns) => {
                    is_wanted(columns)
                }
                // DO NOTHING takes these, too.
                ConstraintKind::Exclude(_) => true,
                _ => false,
            }
        });
        let by_index = || {
            relation.indexes.iter().any(|index| {
                if !index.unique || (index.predicate.is_some() && !filtered) {
                    return false;
                }
                let columns: Option<Vec<String>> = index
                    .parts
                    .iter()
                    .map(|part| plain(&part.expression).map(|name| name.text.clone()))
                    .collect();
                columns.is_some_and(|columns| is_wanted(&columns))
            })
        };
        let by_rowid = self.dialect == Dialect::Sqlite
            && !relation.without_rowid
            && matches!(wanted, [only] if is_rowid(&only.text));
        by_constraint || by_rowid || by_index()
    }
}

/// A column, whatever collation is written behind it. (A table may stand before it.)
fn plain(expression: &Expression) -> Option<&Name> {
    match &expression.kind {
        ExpressionKind::Column { name, .. } => Some(name),
        ExpressionKind::Collate { expression, .. } => match &expression.kind {
            ExpressionKind::Column { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn has_expression_index(relation: &Relation) -> bool {
    relation.indexes.iter().any(|index| {
        index.unique
            && index
                .parts
                .iter()
                .any(|part| plain(&part.expression).is_none())
    })
}

/// Whether rows of a table can never meet each other.
fn nothing_is_unique(relation: &Relation) -> bool {
    !relation.open
        && !relation.indexes.iter().any(|index| index.unique)
        && !relation.constraints.iter().any(|constraint| {
            matches!(
                constraint.kind,
                ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_)
            )
        })
}
