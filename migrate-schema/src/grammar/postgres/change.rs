//! What changes rows: `INSERT`, `UPDATE`, `DELETE`, `MERGE`.

use super::cst::{Kind, Node, Reader, child, child_of, children, is_query};
use crate::tree::{
    Action, AssignmentTarget, Body, Conflict, ConflictAction, Delete, Expression, ExpressionKind,
    Insert, Join, JoinCondition, Name, Path, Query, Select, Source, Update,
};

/// `a = 1`, `(a, b) = (1, 2)`, as columns with their values.
type Assignments = Vec<(Vec<Name>, Expression)>;

impl Reader {
    /// A statement that changes rows.
    pub(super) fn data_change(&self, node: &Node) -> Option<Action> {
        match node.kind() {
            Kind::INSERT => self.insert(node),
            Kind::UPDATE => self.update(node),
            Kind::DELETE => self.delete(node),
            Kind::MERGE => self.merge(node),
            _ => None,
        }
    }

    /// `ONLY t`, `t *`.
    pub(super) fn relation_name(&self, node: &Node) -> Path {
        match child_of(node, &[Kind::RELATION_NAME_REF, Kind::TABLE_NAME_REF]) {
            Some(reference) => self.path(&reference),
            None => self.path(node),
        }
    }

    fn target(&self, node: &Node) -> Option<Source> {
        let name = child_of(node, &[Kind::RELATION_NAME, Kind::TABLE_RELATION_NAME])?;
        let alias = child(node, Kind::OPTIONAL_AS_ALIAS);
        Some(Source::Table {
            name: self.relation_name(&name),
            alias: alias.and_then(|alias| self.child_name(&alias, Kind::TABLE_ALIAS)),
            columns: Vec::new(),
            indexes: Vec::new(),
        })
    }

    fn insert(&self, node: &Node) -> Option<Action> {
        let (recursive, with) = self.with(node);
        let alias = child(node, Kind::REQUIRED_AS_ALIAS);
        let list = child(node, Kind::COLUMN_TARGET_LIST);
        let query = node.children().find(|child| is_query(child.kind()));
        let conflict = child(node, Kind::ON_CONFLICT_CLAUSE);
        Some(Action::Insert(Box::new(Insert {
            with,
            recursive,
            table: self.child_path(node, Kind::RELATION_NAME_REF)?,
            alias: alias.and_then(|alias| self.child_name(&alias, Kind::TABLE_ALIAS)),
            columns: list.map_or_else(Vec::new, |list| self.column_targets(&list)),
            rows: query.map(|query| self.query(&query)),
            set: false,
            conflicts: conflict
                .map(|conflict| self.conflict(&conflict))
                .into_iter()
                .collect(),
            returning: self.returning(node),
        })))
    }

    fn column_targets(&self, list: &Node) -> Vec<Name> {
        children(list, Kind::COLUMN_TARGET)
            .filter_map(|target| self.child_name(&target, Kind::COLUMN_NAME_REF))
            .collect()
    }

    fn conflict(&self, node: &Node) -> Conflict {
        let index = child(node, Kind::CONFLICT_ON_INDEX);
        let items = index
            .as_ref()
            .and_then(|index| child(index, Kind::CONFLICT_INDEX_ITEM_LIST));
        let predicate = index.and_then(|index| child(&index, Kind::WHERE_CLAUSE));
        let constraint = child(node, Kind::CONFLICT_ON_CONSTRAINT);
        let update = child(node, Kind::CONFLICT_DO_UPDATE_SET);
        Conflict {
            columns: items.map(|items| self.operands(&items)).unwrap_or_default(),
            constraint: constraint
                .and_then(|constraint| self.child_path(&constraint, Kind::CONSTRAINT_NAME_REF))
                .map(|path| path.name),
            predicate: predicate.and_then(|predicate| self.child_expression(&predicate)),
            action: update.map_or(ConflictAction::Nothing, |update| ConflictAction::Update {
                assignments: self.assignments(&update),
                filter: child(&update, Kind::WHERE_CLAUSE)
                    .and_then(|filter| self.child_expression(&filter))
                    .map(Box::new),
            }),
        }
    }

    fn assignments(&self, node: &Node) -> Assignments {
        let clause = child(node, Kind::SET_CLAUSE);
        let list = clause.and_then(|clause| child(&clause, Kind::SET_COLUMN_LIST));
        list.map_or_else(Vec::new, |list| {
            list.children()
                .filter_map(|set| self.assignment(&set))
                .collect()
        })
    }

    fn assignment(&self, node: &Node) -> Option<(Vec<Name>, Expression)> {
        if node.kind() == Kind::SET_SINGLE_COLUMN {
            let target = child(node, Kind::COLUMN_TARGET)?;
            let value = child(node, Kind::SET_EXPR)?;
            let column = self.child_name(&target, Kind::COLUMN_NAME_REF)?;
            return Some((vec![column], self.set_expression(&value)));
        }
        let columns = self.column_targets(&child(node, Kind::COLUMN_TARGET_LIST)?);
        if let Some(query) = node.children().find(|child| is_query(child.kind())) {
            let value = Expression {
                range: self.range(&query),
                kind: ExpressionKind::Subquery(Box::new(self.query(&query))),
            };
            return Some((columns, value));
        }
        let list = child(node, Kind::SET_EXPR_LIST)?;
        let values = children(&list, Kind::SET_EXPR).map(|value| self.set_expression(&value));
        let value = Expression {
            range: self.range(&list),
            kind: ExpressionKind::Row(values.collect()),
        };
        Some((columns, value))
    }

    /// `WHERE`; nothing of `WHERE CURRENT OF`.
    fn filter(&self, node: &Node) -> Option<Expression> {
        self.child_expression(&child(node, Kind::WHERE_CLAUSE)?)
    }

    fn update(&self, node: &Node) -> Option<Action> {
        let (recursive, with) = self.with(node);
        let assignments = self.assignments(node).into_iter();
        Some(Action::Update(Box::new(Update {
            with,
            recursive,
            target: self.target(node)?,
            assignments: assignments
                .map(|(columns, value)| {
                    let targets = columns.into_iter().map(AssignmentTarget::bare);
                    (targets.collect(), value)
                })
                .collect(),
            from: child(node, Kind::FROM_CLAUSE)
                .map(|from| self.sources(&from))
                .unwrap_or_default(),
            filter: self.filter(node),
            rest: Vec::new(),
            returning: self.returning(node),
        })))
    }

    fn delete(&self, node: &Node) -> Option<Action> {
        let (recursive, with) = self.with(node);
        Some(Action::Delete(Box::new(Delete {
            with,
            recursive,
            targets: vec![self.target(node)?],
            using: child(node, Kind::USING_CLAUSE)
                .map(|using| self.sources(&using))
                .unwrap_or_default(),
            filter: self.filter(node),
            rest: Vec::new(),
            returning: self.returning(node),
        })))
    }

    /// `MERGE` as the query that finds its rows: nothing is said of what it does with them.
    fn merge(&self, node: &Node) -> Option<Action> {
        let (recursive, with) = self.with(node);
        let using = child(node, Kind::USING_ON_CLAUSE)?;
        let source = using
            .children()
            .find(|child| child.kind() != Kind::ON_CLAUSE)
            .map(|source| self.source(&source))?;
        let on = child(&using, Kind::ON_CLAUSE).and_then(|on| self.child_expression(&on));
        let join = Join {
            left: self.target(node)?,
            right: source,
            condition: on.map_or(JoinCondition::None, JoinCondition::On),
        };
        let range = self.range(node);
        Some(Action::Query(Box::new(Query {
            range: range.clone(),
            recursive,
            with,
            body: Body::Select(Box::new(Select {
                outputs: Vec::new(),
                from: vec![Source::Join(Box::new(join))],
                filter: None,
                group_by: Vec::new(),
                having: None,
                windows: Vec::new(),
                distinct_on: Vec::new(),
            })),
            order_by: Vec::new(),
            limit: Vec::new(),
        })))
    }
}
