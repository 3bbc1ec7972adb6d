//! Every expression of an action, without recursion: a deep one must not take the stack.

use crate::tree::{
    Action, Alter, Body, Column, ColumnChange, Conflict, ConflictAction, Constraint,
    ConstraintKind, Cte, Expression, ExpressionKind, IndexPart, JoinCondition, Output, Path, Query,
    Select, Source, TriggerBody,
};

/// What is still to be looked at.
enum Item<'a> {
    Action(&'a Action),
    Query(&'a Query),
    Source(&'a Source),
    Expression(&'a Expression),
}

/// Calls `visit` for every expression of an action: those of its queries, its triggers' bodies, and those inside others.
pub(super) fn expressions<'a>(action: &'a Action, visit: impl FnMut(&'a Expression)) {
    Walk(vec![Item::Action(action)]).run(visit, |_| {});
}

/// Calls `visit` for an expression and every one inside it.
pub(super) fn inside<'a>(expression: &'a Expression, visit: impl FnMut(&'a Expression)) {
    Walk(vec![Item::Expression(expression)]).run(visit, |_| {});
}

/// Calls `visit` for the name of every table that a query reads, also in those inside it.
#[cfg(feature = "sqlite")]
pub(super) fn tables_of<'a>(query: &'a Query, visit: impl FnMut(&'a Path)) {
    Walk(vec![Item::Query(query)]).run(|_| {}, visit);
}

/// Calls `visit` for every expression by which a query inside an action is put into order.
pub(super) fn orders<'a>(action: &'a Action, mut visit: impl FnMut(&'a Expression)) {
    let order = |query: &'a Query| query.order_by.iter().for_each(&mut visit);
    Walk(vec![Item::Action(action)]).each(|_| {}, |_| {}, order);
}

struct Walk<'a>(Vec<Item<'a>>);

impl<'a> Walk<'a> {
    fn run(self, visit: impl FnMut(&'a Expression), table: impl FnMut(&'a Path)) {
        self.each(visit, table, |_| {});
    }

    fn each(
        mut self,
        mut visit: impl FnMut(&'a Expression),
        mut table: impl FnMut(&'a Path),
        mut inner: impl FnMut(&'a Query),
    ) {
        while let Some(item) = self.0.pop() {
            let from = self.0.len();
            match item {
                Item::Action(action) => self.action(action),
                Item::Query(query) => {
                    inner(query);
                    if let Body::Table(name) = &query.body {
                        table(name);
                    }
                    self.query(query);
                }
                Item::Source(source) => {
                    if let Source::Table { name, .. } = source {
                        table(name);
                    }
                    self.source(source);
                }
                Item::Expression(expression) => {
                    visit(expression);
                    self.expression(expression);
                }
            }
            // What was pushed last comes first: turned round, the walk goes in the order of the text.
            self.0[from..].reverse();
        }
    }

    fn action(&mut self, action: &'a Action) {
        match action {
            Action::CreateTable(create) => {
                create.columns.iter().for_each(|column| self.column(column));
                create
                    .constraints
                    .iter()
                    .for_each(|constraint| self.constraint(constraint));
                self.all(&create.partition_by);
                self.0.extend(create.query.iter().map(Item::Query));
            }
            Action::AlterTable(alter) => {
                alter.changes.iter().for_each(|change| self.change(change));
            }
            Action::CreateIndex(create) => {
                self.parts(&create.parts);
                self.all(&create.predicate);
            }
            Action::CreateView(create) => self.0.push(Item::Query(&create.query)),
            Action::CreateTrigger(create) => {
                self.all(&create.when);
                if let TriggerBody::Statements(actions) = &create.body {
                    self.0.extend(actions.iter().map(Item::Action));
                }
            }
            Action::Insert(insert) => {
                self.ctes(&insert.with);
                self.0.extend(insert.rows.iter().map(Item::Query));
                insert
                    .conflicts
                    .iter()
                    .for_each(|conflict| self.conflict(conflict));
                self.outputs(&insert.returning);
            }
            Action::Update(update) => {
                self.ctes(&update.with);
                self.0.push(Item::Source(&update.target));
                self.all(update.assignments.iter().map(|(_, value)| value));
                self.0.extend(update.from.iter().map(Item::Source));
                self.all(&update.filter);
                self.all(&update.rest);
                self.outputs(&update.returning);
            }
            Action::Delete(delete) => {
                self.ctes(&delete.with);
                self.0.extend(delete.using.iter().map(Item::Source));
                self.all(&delete.filter);
                self.all(&delete.rest);
                self.outputs(&delete.returning);
            }
            Action::Query(query) => self.0.push(Item::Query(query)),
            _ => {}
        }
    }

    fn column(&mut self, column: &'a Column) {
        self.all(&column.default);
        self.all(column.checks.iter().map(|(_, check)| check));
        self.all(column.generated.iter().map(|it| &it.expression));
        self.all(&column.on_update);
    }

    fn constraint(&mut self, constraint: &'a Constraint) {
        match &constraint.kind {
            ConstraintKind::PrimaryKey(parts)
            | ConstraintKind::Unique(parts)
            | ConstraintKind::Exclude(parts)
            | ConstraintKind::Index { parts, .. } => self.parts(parts),
            ConstraintKind::Check(check) => self.all([check]),
            _ => {}
        }
    }

    fn change(&mut self, change: &'a Alter) {
        match change {
            Alter::AddColumn { column, .. } | Alter::Redefine { column, .. } => self.column(column),
            Alter::AddConstraint(constraint) => self.constraint(constraint),
            Alter::AlterColumn { change, .. } => match change {
                ColumnChange::SetDefault(value) | ColumnChange::SetExpression(value) => {
                    self.all([value]);
                }
                ColumnChange::Type { using, .. } => self.all(using),
                _ => {}
            },
            _ => {}
        }
    }

    fn parts(&mut self, parts: &'a [IndexPart]) {
        self.all(parts.iter().map(|part| &part.expression));
    }

    fn ctes(&mut self, ctes: &'a [Cte]) {
        self.0
            .extend(ctes.iter().map(|cte| Item::Action(&cte.action)));
    }

    fn outputs(&mut self, outputs: &'a [Output]) {
        for output in outputs {
            if let Output::Expression { expression, .. } = output {
                self.0.push(Item::Expression(expression));
            }
        }
    }

    fn conflict(&mut self, conflict: &'a Conflict) {
        self.all(&conflict.columns);
        self.all(&conflict.predicate);
        if let ConflictAction::Update {
            assignments,
            filter,
        } = &conflict.action
        {
            self.all(assignments.iter().map(|(_, value)| value));
            self.all(filter.as_deref());
        }
    }

    fn query(&mut self, query: &'a Query) {
        self.ctes(&query.with);
        match &query.body {
            Body::Select(select) => self.select(select),
            Body::Values(rows) => rows.iter().for_each(|row| self.all(row)),
            Body::Set { left, right, .. } => {
                self.0.extend([Item::Query(left), Item::Query(right)]);
            }
            Body::Table(_) | Body::Opaque => {}
        }
        self.all(&query.order_by);
        self.all(&query.limit);
    }

    fn select(&mut self, select: &'a Select) {
        self.outputs(&select.outputs);
        self.0.extend(select.from.iter().map(Item::Source));
        self.all(&select.filter);
        self.all(&select.group_by);
        self.all(&select.having);
        select.windows.iter().for_each(|(_, inner)| self.all(inner));
        self.all(&select.distinct_on);
    }

    fn source(&mut self, source: &'a Source) {
        match source {
            Source::Table { .. } | Source::Opaque { .. } => {}
            Source::Function { call, .. } => self.all([call]),
            Source::Query { query, .. } => self.0.push(Item::Query(query)),
            Source::Join(join) => {
                self.0
                    .extend([Item::Source(&join.left), Item::Source(&join.right)]);
                if let JoinCondition::On(condition) = &join.condition {
                    self.all([condition]);
                }
            }
        }
    }

    fn expression(&mut self, expression: &'a Expression) {
        match &expression.kind {
            ExpressionKind::Subquery(query)
            | ExpressionKind::Exists(query)
            | ExpressionKind::InQuery { query, .. } => self.0.push(Item::Query(query)),
            _ => {}
        }
        expression.children(|child| self.0.push(Item::Expression(child)));
    }

    fn all(&mut self, expressions: impl IntoIterator<Item = &'a Expression>) {
        self.0.extend(expressions.into_iter().map(Item::Expression));
    }
}
