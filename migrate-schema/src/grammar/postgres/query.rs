//! Queries.

use super::{
    cst::{Kind, Node, Reader, child, child_of, children, has, is_query},
    expression::is_default,
    table::unknown_query,
};
use crate::tree::{
    Action, Body, Cte, Expression, ExpressionKind, Join, JoinCondition, Name, Output, Query,
    Select, SetOperator, Source,
};

impl Reader {
    /// A query of any shape.
    pub(super) fn query(&self, node: &Node) -> Query {
        self.deeper(|| self.shallow_query(node))
            .unwrap_or_else(|| unknown_query(self.range(node)))
    }

    fn shallow_query(&self, node: &Node) -> Query {
        let mut query = match node.kind() {
            Kind::SELECT | Kind::SELECT_INTO => self.select(node),
            Kind::COMPOUND_SELECT => self.compound(node),
            Kind::PAREN_SELECT => self.in_brackets(node),
            Kind::VALUES => self.bare(node, Body::Values(self.rows(node))),
            Kind::TABLE => match child(node, Kind::RELATION_NAME) {
                Some(name) => self.bare(node, Body::Table(self.relation_name(&name))),
                None => self.bare(node, Body::Opaque),
            },
            _ => self.bare(node, Body::Opaque),
        };
        query.range = self.range(node);
        query
    }

    /// A query with the clauses around its body that stand right below the node.
    fn bare(&self, node: &Node, body: Body) -> Query {
        let (recursive, with) = self.with(node);
        let (mut order_by, mut limit) = (Vec::new(), Vec::new());
        for clause in node.children() {
            match clause.kind() {
                Kind::ORDER_BY_CLAUSE => order_by = self.operands(&clause),
                Kind::LIMIT_CLAUSE | Kind::OFFSET_CLAUSE | Kind::FETCH_CLAUSE => {
                    limit.extend(self.operands(&clause));
                }
                _ => {}
            }
        }
        Query {
            range: self.range(node),
            recursive,
            with,
            body,
            order_by,
            limit,
        }
    }

    /// `WITH`.
    pub(super) fn with(&self, node: &Node) -> (bool, Vec<Cte>) {
        let Some(clause) = child(node, Kind::WITH_CLAUSE) else {
            return (false, Vec::new());
        };
        let ctes = children(&clause, Kind::WITH_TABLE).filter_map(|table| self.cte(&table));
        (has(&clause, Kind::RECURSIVE_KW), ctes.collect())
    }

    fn cte(&self, node: &Node) -> Option<Cte> {
        let name = self.child_name(node, Kind::CTE_NAME)?;
        let list = child(node, Kind::COLUMN_LIST);
        let mut columns =
            list.map_or_else(Vec::new, |list| self.child_names(&list, Kind::COLUMN_NAME));
        let inner = node.children().find(|child| {
            is_query(child.kind())
                || matches!(
                    child.kind(),
                    Kind::INSERT | Kind::UPDATE | Kind::DELETE | Kind::MERGE
                )
        })?;
        let mut action = if is_query(inner.kind()) {
            Action::Query(Box::new(self.query(&inner)))
        } else {
            self.data_change(&inner)?
        };
        // `SEARCH` and `CYCLE` add columns.
        if child_of(node, &[Kind::SEARCH_CLAUSE, Kind::CYCLE_CLAUSE]).is_some() {
            columns = Vec::new();
            action = Action::Query(Box::new(Query {
                body: Body::Opaque,
                ..self.bare(&inner, Body::Opaque)
            }));
        }
        Some(Cte {
            name,
            columns,
            action: Box::new(action),
        })
    }

    fn in_brackets(&self, node: &Node) -> Query {
        let Some(inner) = node.children().find(|child| is_query(child.kind())) else {
            return self.bare(node, Body::Opaque);
        };
        let inner = self.query(&inner);
        let outer = self.bare(node, Body::Opaque);
        if outer.with.is_empty() && outer.order_by.is_empty() {
            return Query {
                limit: [inner.limit, outer.limit].concat(),
                ..inner
            };
        }
        if inner.with.is_empty() && inner.order_by.is_empty() {
            return Query {
                body: inner.body,
                limit: [inner.limit, outer.limit].concat(),
                ..outer
            };
        }
        let select = Select {
            outputs: vec![Output::All(inner.range.clone())],
            from: vec![Source::Query {
                query: Box::new(inner),
                alias: None,
                columns: Vec::new(),
                lateral: false,
            }],
            filter: None,
            group_by: Vec::new(),
            having: None,
            windows: Vec::new(),
            distinct_on: Vec::new(),
        };
        Query {
            body: Body::Select(Box::new(select)),
            ..outer
        }
    }

    fn compound(&self, node: &Node) -> Query {
        let sides: Vec<Node> = node
            .children()
            .filter(|child| is_query(child.kind()) || child.kind() == Kind::PAREN_EXPR)
            .collect();
        let operator = node.children().find_map(|child| match child.kind() {
            Kind::UNION => Some(SetOperator::Union),
            Kind::INTERSECT => Some(SetOperator::Intersect),
            Kind::EXCEPT => Some(SetOperator::Except),
            _ => None,
        });
        let ([left, right], Some(operator)) = (sides.as_slice(), operator) else {
            return self.bare(node, Body::Opaque);
        };
        let (mut left, mut right) = (self.side(left), self.side(right));
        let mut query = self.bare(node, Body::Opaque);
        // `WITH` and `ORDER BY` without brackets belong to the whole.
        if !has_brackets(&sides[0]) {
            query.with.splice(0..0, std::mem::take(&mut left.with));
            query.recursive |= std::mem::take(&mut left.recursive);
        }
        if !has_brackets(&sides[1]) {
            query.order_by.append(&mut right.order_by);
            query.limit.append(&mut right.limit);
        }
        query.body = Body::Set {
            operator,
            left: Box::new(left),
            right: Box::new(right),
        };
        query
    }

    fn side(&self, node: &Node) -> Query {
        if node.kind() != Kind::PAREN_EXPR {
            return self.query(node);
        }
        match node
            .children()
            .find(|child| is_query(child.kind()) || child.kind() == Kind::PAREN_EXPR)
        {
            Some(inner) => self.side(&inner),
            None => self.bare(node, Body::Opaque),
        }
    }

    /// The rows of `VALUES`.
    pub(super) fn rows(&self, node: &Node) -> Vec<Vec<Expression>> {
        let list = child(node, Kind::ROW_LIST);
        list.iter()
            .flat_map(|list| children(list, Kind::ROW))
            .map(|row| self.operands(&row))
            .collect()
    }

    fn select(&self, node: &Node) -> Query {
        let clause = child(node, Kind::SELECT_CLAUSE);
        let targets = clause
            .as_ref()
            .and_then(|clause| child(clause, Kind::TARGET_LIST));
        let distinct = clause
            .as_ref()
            .and_then(|clause| child(clause, Kind::DISTINCT_CLAUSE));
        let outputs = targets.map_or(Some(Vec::new()), |list| self.outputs(&list));
        let Some(outputs) = outputs else {
            return self.bare(node, Body::Opaque);
        };
        let expressions = |kind| child(node, kind).map(|clause| self.operands(&clause));
        let first = |kind| expressions(kind).and_then(|list| list.into_iter().next());
        let select = Select {
            outputs,
            from: child(node, Kind::FROM_CLAUSE)
                .map(|from| self.sources(&from))
                .unwrap_or_default(),
            filter: first(Kind::WHERE_CLAUSE),
            group_by: expressions(Kind::GROUP_BY_CLAUSE).unwrap_or_default(),
            having: first(Kind::HAVING_CLAUSE),
            windows: child(node, Kind::WINDOW_CLAUSE)
                .map(|clause| self.windows(&clause))
                .unwrap_or_default(),
            distinct_on: distinct
                .map(|distinct| self.operands(&distinct))
                .unwrap_or_default(),
        };
        self.bare(node, Body::Select(Box::new(select)))
    }

    fn windows(&self, node: &Node) -> Vec<(Name, Vec<Expression>)> {
        children(node, Kind::WINDOW_DEF)
            .filter_map(|window| {
                Some((
                    self.child_name(&window, Kind::WINDOW)?,
                    self.operands(&window),
                ))
            })
            .collect()
    }

    /// What a `SELECT` or `RETURNING` gives; none where nobody can count it (`(row).*`).
    pub(super) fn outputs(&self, list: &Node) -> Option<Vec<Output>> {
        children(list, Kind::TARGET)
            .map(|target| self.output(&target))
            .collect()
    }

    fn output(&self, target: &Node) -> Option<Output> {
        if has(target, Kind::STAR) {
            return Some(Output::All(self.range(target)));
        }
        let field = child(target, Kind::FIELD_EXPR).filter(|field| has(field, Kind::STAR));
        if let Some(field) = field {
            let names = self.dotted(&field.children().next()?)?;
            return super::cst::into_path(names).map(Output::AllOf);
        }
        let alias = child(target, Kind::AS_NAME);
        Some(Output::Expression {
            expression: self.child_expression(target).unwrap_or(Expression {
                range: self.range(target),
                kind: ExpressionKind::Opaque,
            }),
            alias: alias.and_then(|alias| self.child_name(&alias, Kind::COLUMN_NAME)),
        })
    }

    /// `RETURNING`.
    pub(super) fn returning(&self, node: &Node) -> Vec<Output> {
        let clause = child(node, Kind::RETURNING_CLAUSE);
        // `RETURNING WITH (OLD AS o)` brings names that nobody here knows.
        clause
            .filter(|clause| child(clause, Kind::RETURNING_OPTION_LIST).is_none())
            .and_then(|clause| child(&clause, Kind::TARGET_LIST))
            .and_then(|list| self.outputs(&list))
            .unwrap_or_default()
    }

    /// What stands between the commas of `FROM` or `USING`.
    pub(super) fn sources(&self, node: &Node) -> Vec<Source> {
        node.children().map(|item| self.source(&item)).collect()
    }

    /// What a `FROM` reads.
    pub(super) fn source(&self, node: &Node) -> Source {
        self.deeper(|| self.shallow_source(node))
            .unwrap_or(Source::Opaque { alias: None })
    }

    fn shallow_source(&self, node: &Node) -> Source {
        let alias = child(node, Kind::FROM_ALIAS);
        let name = alias
            .as_ref()
            .and_then(|alias| self.child_name(alias, Kind::TABLE_ALIAS));
        let columns = alias.map_or_else(Vec::new, |alias| self.alias_columns(&alias));
        match node.kind() {
            Kind::RELATION_FROM_ITEM => match self.child_path(node, Kind::RELATION_NAME_REF) {
                Some(table) => Source::Table {
                    name: table,
                    alias: name,
                    columns,
                    indexes: Vec::new(),
                },
                None => Source::Opaque { alias: name },
            },
            Kind::FUNCTION_FROM_ITEM => match self.child_expression(node) {
                // The number of the row is a column that only two or more names name.
                Some(_) if child(node, Kind::WITH_ORDINALITY).is_some() && columns.len() < 2 => {
                    Source::Opaque { alias: name }
                }
                Some(call) => Source::Function {
                    call,
                    alias: name,
                    columns,
                },
                None => Source::Opaque { alias: name },
            },
            Kind::PAREN_FROM_ITEM => self.bracketed_source(node, name, columns),
            Kind::JOIN_EXPR => self.join_expression(node),
            _ => Source::Opaque { alias: name },
        }
    }

    fn alias_columns(&self, alias: &Node) -> Vec<Name> {
        if let Some(list) = child(alias, Kind::COLUMN_LIST) {
            return self.child_names(&list, Kind::COLUMN_NAME);
        }
        let list = child(alias, Kind::COLUMN_DEF_LIST);
        list.iter()
            .flat_map(|list| children(list, Kind::COLUMN_DEF))
            .filter_map(|column| self.child_name(&column, Kind::COLUMN_NAME))
            .collect()
    }

    fn bracketed_source(&self, node: &Node, alias: Option<Name>, columns: Vec<Name>) -> Source {
        let Some(mut inner) = child_of(node, &[Kind::PAREN_SELECT, Kind::PAREN_EXPR]) else {
            return Source::Opaque { alias };
        };
        while inner.kind() == Kind::PAREN_EXPR {
            let Some(next) = inner.children().next() else {
                return Source::Opaque { alias };
            };
            inner = next;
        }
        if is_query(inner.kind()) {
            return Source::Query {
                query: Box::new(self.query(&inner)),
                alias,
                columns,
                lateral: has(node, Kind::LATERAL_KW),
            };
        }
        match alias {
            // The alias hides the names of what is joined.
            Some(alias) => Source::Opaque { alias: Some(alias) },
            None => self.source(&inner),
        }
    }

    fn join_expression(&self, node: &Node) -> Source {
        let left = node
            .children()
            .find(|child| child.kind() != Kind::JOIN)
            .map_or(Source::Opaque { alias: None }, |left| self.source(&left));
        match child(node, Kind::JOIN) {
            Some(join) => self.join(left, &join),
            None => left,
        }
    }

    /// Joins `left` with what stands in the node. `a NATURAL JOIN b JOIN c ON …` is read from the left, though the node
    /// of the first join holds the second one.
    fn join(&self, left: Source, node: &Node) -> Source {
        let right = node
            .children()
            .find(|child| child.kind() == Kind::JOIN_EXPR || squawk_from_item(child.kind()));
        let condition = self.join_condition(node);
        let open = matches!(condition, JoinCondition::None | JoinCondition::Natural);
        match right {
            Some(right) if open && right.kind() == Kind::JOIN_EXPR => {
                let (mut joins, mut first) = (Vec::new(), right);
                while first.kind() == Kind::JOIN_EXPR {
                    joins.extend(child(&first, Kind::JOIN));
                    match first.children().find(|child| child.kind() != Kind::JOIN) {
                        Some(next) => first = next,
                        None => break,
                    }
                }
                let start = joined(left, self.source(&first), condition);
                joins
                    .iter()
                    .rev()
                    .fold(start, |left, join| self.join(left, join))
            }
            Some(right) => joined(left, self.source(&right), condition),
            None => left,
        }
    }

    fn join_condition(&self, node: &Node) -> JoinCondition {
        if let Some(on) = child(node, Kind::ON_CLAUSE) {
            return self
                .child_expression(&on)
                .map_or(JoinCondition::None, JoinCondition::On);
        }
        if let Some(using) = child(node, Kind::JOIN_USING_CLAUSE) {
            let list = child(&using, Kind::COLUMN_REF_LIST);
            return JoinCondition::Using(list.map_or_else(Vec::new, |list| {
                self.child_names(&list, Kind::COLUMN_NAME_REF)
            }));
        }
        if has(node, Kind::NATURAL_KW) {
            JoinCondition::Natural
        } else {
            JoinCondition::None
        }
    }

    /// The value of an assignment.
    pub(super) fn set_expression(&self, node: &Node) -> Expression {
        if is_default(node) {
            return Expression {
                range: self.range(node),
                kind: ExpressionKind::Default,
            };
        }
        self.child_expression(node).unwrap_or(Expression {
            range: self.range(node),
            kind: ExpressionKind::Opaque,
        })
    }
}

fn joined(left: Source, right: Source, condition: JoinCondition) -> Source {
    Source::Join(Box::new(Join {
        left,
        right,
        condition,
    }))
}

fn has_brackets(node: &Node) -> bool {
    matches!(node.kind(), Kind::PAREN_SELECT | Kind::PAREN_EXPR)
}

fn squawk_from_item(kind: Kind) -> bool {
    use squawk_syntax::ast::{AstNode, FromItem};
    FromItem::can_cast(kind)
}
