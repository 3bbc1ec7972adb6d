//! A walk over everything of a statement that names a table or a column, to give it another name.

use crate::tree::{
    Action, Body, ConflictAction, Cte, Expression, ExpressionKind, Join, JoinCondition, Name,
    Output, Path, Query, Select, Source, TypeName,
};

/// What a walk is shown.
pub(crate) trait Rewriter {
    /// A table that is read or changed.
    fn table(&mut self, path: &mut Path);
    /// A column in an expression.
    fn column(&mut self, table: &mut Option<Path>, name: &mut Name);
    /// A column of a table that is changed: of `INSERT`, of `SET`.
    fn target(&mut self, table: &Path, name: &mut Name);
    /// A name that the statement itself brings: of a common table expression, an alias, a column of those.
    fn own(&mut self, name: &Name);
    /// A query inside another one.
    fn nested(&mut self);
    /// A type that something is cast to.
    fn ty(&mut self, _ty: &mut TypeName) {}
    /// A function that is called.
    fn call(&mut self, _name: &mut Path) {}
    /// What a query gives, before it is walked through.
    fn output(&mut self, _one: &Expression, _alias: Option<&Name>) {}
}

pub(crate) fn action(action: &mut Action, to: &mut dyn Rewriter) {
    match action {
        Action::Query(one) => query(one, to),
        Action::Insert(insert) => {
            ctes(&mut insert.with, to);
            let table = insert.table.clone();
            to.table(&mut insert.table);
            insert
                .columns
                .iter_mut()
                .for_each(|name| to.target(&table, name));
            insert.rows.iter_mut().for_each(|rows| query(rows, to));
            for conflict in &mut insert.conflicts {
                expressions(&mut conflict.columns, to);
                conflict
                    .predicate
                    .iter_mut()
                    .for_each(|one| expression(one, to));
                if let ConflictAction::Update {
                    assignments,
                    filter,
                } = &mut conflict.action
                {
                    for (names, value) in assignments {
                        names.iter_mut().for_each(|name| to.target(&table, name));
                        expression(value, to);
                    }
                    filter.iter_mut().for_each(|one| expression(one, to));
                }
            }
            outputs(&mut insert.returning, to);
        }
        Action::Update(update) => {
            ctes(&mut update.with, to);
            let table = match &update.target {
                Source::Table { name, .. } => Some(name.clone()),
                _ => None,
            };
            source(&mut update.target, to);
            for (names, value) in &mut update.assignments {
                for path in names {
                    let own = path
                        .schema
                        .clone()
                        .map(Path::bare)
                        .or_else(|| table.clone());
                    match own {
                        Some(own) => to.target(&own, &mut path.name),
                        None => to.column(&mut None, &mut path.name),
                    }
                }
                expression(value, to);
            }
            update.from.iter_mut().for_each(|one| source(one, to));
            update.filter.iter_mut().for_each(|one| expression(one, to));
            expressions(&mut update.rest, to);
            outputs(&mut update.returning, to);
        }
        Action::Delete(delete) => {
            ctes(&mut delete.with, to);
            delete.targets.iter_mut().for_each(|one| source(one, to));
            delete.using.iter_mut().for_each(|one| source(one, to));
            delete.filter.iter_mut().for_each(|one| expression(one, to));
            expressions(&mut delete.rest, to);
            outputs(&mut delete.returning, to);
        }
        _ => {}
    }
}

pub(crate) fn query(one: &mut Query, to: &mut dyn Rewriter) {
    ctes(&mut one.with, to);
    match &mut one.body {
        Body::Select(one) => select(one, to),
        Body::Values(rows) => rows.iter_mut().for_each(|row| expressions(row, to)),
        Body::Table(path) => to.table(path),
        Body::Set { left, right, .. } => {
            query(left, to);
            query(right, to);
        }
        Body::Opaque => to.nested(),
    }
    expressions(&mut one.order_by, to);
    expressions(&mut one.limit, to);
}

fn ctes(all: &mut [Cte], to: &mut dyn Rewriter) {
    for cte in all {
        to.own(&cte.name);
        to.nested();
        cte.columns.iter().for_each(|name| to.own(name));
        action(&mut cte.action, to);
    }
}

fn select(one: &mut Select, to: &mut dyn Rewriter) {
    one.from.iter_mut().for_each(|one| source(one, to));
    outputs(&mut one.outputs, to);
    one.filter.iter_mut().for_each(|one| expression(one, to));
    expressions(&mut one.group_by, to);
    one.having.iter_mut().for_each(|one| expression(one, to));
    for (_, parts) in &mut one.windows {
        expressions(parts, to);
    }
    expressions(&mut one.distinct_on, to);
}

fn outputs(all: &mut [Output], to: &mut dyn Rewriter) {
    for output in all {
        match output {
            Output::Expression {
                expression: one,
                alias,
            } => {
                alias.iter().for_each(|name| to.own(name));
                to.output(one, alias.as_ref());
                expression(one, to);
            }
            Output::AllOf(path) => to.table(path),
            Output::All(_) => {}
        }
    }
}

fn source(one: &mut Source, to: &mut dyn Rewriter) {
    match one {
        Source::Table {
            name,
            alias,
            columns,
            ..
        } => {
            to.table(name);
            alias
                .iter()
                .chain(columns.iter())
                .for_each(|name| to.own(name));
        }
        Source::Function {
            call,
            alias,
            columns,
        } => {
            expression(call, to);
            alias
                .iter()
                .chain(columns.iter())
                .for_each(|name| to.own(name));
        }
        Source::Query {
            query: inner,
            alias,
            columns,
            ..
        } => {
            to.nested();
            alias
                .iter()
                .chain(columns.iter())
                .for_each(|name| to.own(name));
            query(inner, to);
        }
        Source::Join(join) => {
            let Join {
                left,
                right,
                condition,
            } = join.as_mut();
            source(left, to);
            source(right, to);
            match condition {
                JoinCondition::On(one) => expression(one, to),
                JoinCondition::Using(names) => {
                    names.iter_mut().for_each(|name| to.column(&mut None, name));
                }
                JoinCondition::None | JoinCondition::Natural => {}
            }
        }
        Source::Opaque { .. } => to.nested(),
    }
}

fn expressions(all: &mut [Expression], to: &mut dyn Rewriter) {
    all.iter_mut().for_each(|one| expression(one, to));
}

pub(crate) fn expression(one: &mut Expression, to: &mut dyn Rewriter) {
    match &mut one.kind {
        ExpressionKind::Column { table, name } => to.column(table, name),
        ExpressionKind::Call {
            name,
            arguments,
            inner,
            ..
        } => {
            to.call(name);
            expressions(arguments, to);
            expressions(inner, to);
        }
        ExpressionKind::Cast {
            expression: one,
            ty,
        } => {
            to.ty(ty);
            expression(one, to);
        }
        ExpressionKind::Collate {
            expression: one, ..
        } => {
            expression(one, to);
        }
        ExpressionKind::Subquery(inner) | ExpressionKind::Exists(inner) => {
            to.nested();
            query(inner, to);
        }
        ExpressionKind::InQuery {
            expression: one,
            query: inner,
        } => {
            expression(one, to);
            to.nested();
            query(inner, to);
        }
        ExpressionKind::Row(parts)
        | ExpressionKind::Operation {
            operands: parts, ..
        } => {
            expressions(parts, to);
        }
        ExpressionKind::Opaque => to.nested(),
        ExpressionKind::Literal(_) | ExpressionKind::Parameter | ExpressionKind::Default => {}
    }
}
