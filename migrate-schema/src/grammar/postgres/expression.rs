//! Expressions.

use super::cst::{
    Kind, Node, Reader, child, child_of, children, has, into_path, is_expression, is_query,
    is_type, string_value, token, tokens, words,
};
use crate::tree::{Expression, ExpressionKind, Literal, Name, Path};

impl Reader {
    /// The first expression below a node.
    pub(super) fn child_expression(&self, node: &Node) -> Option<Expression> {
        node.children()
            .find(|child| is_expression(child.kind()))
            .map(|child| self.expression(&child))
    }

    /// All expressions below a node, however deep, but not those inside of another; queries count as expressions.
    pub(super) fn operands(&self, node: &Node) -> Vec<Expression> {
        let mut found = Vec::new();
        self.collect(node, &mut found);
        found
    }

    fn collect(&self, node: &Node, found: &mut Vec<Expression>) {
        for child in node.children() {
            let kind = child.kind();
            if is_expression(kind) {
                found.push(self.expression(&child));
            } else if is_query(kind) {
                found.push(self.subquery(&child));
            } else if !is_type(kind) {
                self.collect(&child, found);
            }
        }
    }

    fn subquery(&self, node: &Node) -> Expression {
        Expression {
            range: self.range(node),
            kind: ExpressionKind::Subquery(Box::new(self.query(node))),
        }
    }

    /// An expression.
    pub(super) fn expression(&self, node: &Node) -> Expression {
        self.deeper(|| self.shallow_expression(node))
            .unwrap_or_else(|| Expression {
                range: self.range(node),
                kind: ExpressionKind::Opaque,
            })
    }

    fn shallow_expression(&self, node: &Node) -> Expression {
        let kind = match node.kind() {
            Kind::NAME_REF => self.bare_name(node),
            Kind::LITERAL => literal(node),
            Kind::FIELD_EXPR => self.field(node),
            Kind::PAREN_EXPR => return self.parenthesis(node),
            Kind::CALL_EXPR => self.call(node),
            Kind::CAST_EXPR => self.cast(node),
            Kind::COLLATE => self.collate(node),
            Kind::TUPLE_EXPR => ExpressionKind::Row(self.operands(node)),
            Kind::ARRAY_EXPR => self.array(node),
            Kind::BIN_EXPR => self.binary(node),
            Kind::CASE_EXPR => self.operation("CASE", node),
            Kind::INDEX_EXPR | Kind::SLICE_EXPR => self.operation("[]", node),
            Kind::BETWEEN_EXPR => self.operation("BETWEEN", node),
            Kind::PREFIX_EXPR | Kind::POSTFIX_EXPR => {
                let operator = operator(node);
                self.operation(&operator, node)
            }
            _ => ExpressionKind::Opaque,
        };
        Expression {
            range: self.range(node),
            kind,
        }
    }

    fn operation(&self, operator: &str, node: &Node) -> ExpressionKind {
        ExpressionKind::Operation {
            operator: operator.to_owned(),
            operands: self.operands(node),
        }
    }

    fn bare_name(&self, node: &Node) -> ExpressionKind {
        let keyword = tokens(node).next().filter(|token| {
            matches!(
                token.kind(),
                Kind::CURRENT_CATALOG_KW
                    | Kind::CURRENT_DATE_KW
                    | Kind::CURRENT_ROLE_KW
                    | Kind::CURRENT_SCHEMA_KW
                    | Kind::CURRENT_TIME_KW
                    | Kind::CURRENT_TIMESTAMP_KW
                    | Kind::CURRENT_USER_KW
                    | Kind::LOCALTIME_KW
                    | Kind::LOCALTIMESTAMP_KW
                    | Kind::SESSION_USER_KW
                    | Kind::SYSTEM_USER_KW
                    | Kind::USER_KW
            )
        });
        match keyword {
            Some(keyword) => {
                ExpressionKind::Literal(Literal::Keyword(keyword.text().to_ascii_uppercase()))
            }
            None => ExpressionKind::Column {
                table: None,
                name: self.name(node),
            },
        }
    }

    /// The names of `a.b.c`; none where something else stands before a dot.
    pub(super) fn dotted(&self, node: &Node) -> Option<Vec<Name>> {
        match node.kind() {
            Kind::NAME_REF => Some(vec![self.name(node)]),
            Kind::FIELD_EXPR => {
                let mut parts = node.children();
                let mut names = self.dotted(&parts.next()?)?;
                names.push(self.name(&parts.next()?));
                Some(names)
            }
            _ => None,
        }
    }

    fn field(&self, node: &Node) -> ExpressionKind {
        let Some(mut names) = self.dotted(node) else {
            return self.composite_field(node);
        };
        // `table.column.field` is no SQL without brackets; four names have a database before them.
        let column = names.pop().filter(|_| names.len() <= 3);
        match column.and_then(|name| Some((into_path(names)?, name))) {
            Some((table, name)) => ExpressionKind::Column {
                table: Some(table),
                name,
            },
            None => ExpressionKind::Opaque,
        }
    }

    /// `(expression).field`: of the field nothing is known.
    fn composite_field(&self, node: &Node) -> ExpressionKind {
        let base = node.children().next();
        ExpressionKind::Operation {
            operator: ".".to_owned(),
            operands: base
                .filter(|base| is_expression(base.kind()))
                .map(|base| self.expression(&base))
                .into_iter()
                .collect(),
        }
    }

    fn parenthesis(&self, node: &Node) -> Expression {
        let inner = node.children().next();
        match inner {
            Some(inner) if is_expression(inner.kind()) => self.expression(&inner),
            Some(inner) if is_query(inner.kind()) => self.subquery(&inner),
            _ => Expression {
                range: self.range(node),
                kind: ExpressionKind::Opaque,
            },
        }
    }

    fn cast(&self, node: &Node) -> ExpressionKind {
        match (self.child_expression(node), self.child_type(node)) {
            (Some(expression), Some(ty)) => ExpressionKind::Cast {
                expression: Box::new(expression),
                ty,
            },
            _ => ExpressionKind::Opaque,
        }
    }

    fn collate(&self, node: &Node) -> ExpressionKind {
        match (
            self.child_expression(node),
            self.child_path(node, Kind::COLLATION_REF),
        ) {
            (Some(expression), Some(collation)) => ExpressionKind::Collate {
                expression: Box::new(expression),
                collation,
            },
            _ => ExpressionKind::Opaque,
        }
    }

    fn array(&self, node: &Node) -> ExpressionKind {
        match node.children().find(|child| is_query(child.kind())) {
            Some(query) => ExpressionKind::Exists(Box::new(self.query(&query))),
            None => self.operation("ARRAY", node),
        }
    }

    fn binary(&self, node: &Node) -> ExpressionKind {
        let sides: Vec<Node> = node
            .children()
            .filter(|child| is_expression(child.kind()))
            .collect();
        let operator = operator(node);
        if let [left, right] = sides.as_slice()
            && let Some(query) = set_query(right, &operator)
        {
            return ExpressionKind::InQuery {
                expression: Box::new(self.expression(left)),
                query: Box::new(self.query(&query)),
            };
        }
        let mut operands = Vec::new();
        for (place, side) in chain(sides, &operator).iter().enumerate() {
            // The list of `IN (1, 2)` is no row.
            if place == 1 && operator.ends_with("IN") && side.kind() == Kind::TUPLE_EXPR {
                operands.extend(self.operands(side));
            } else {
                operands.push(self.expression(side));
            }
        }
        ExpressionKind::Operation { operator, operands }
    }

    fn call(&self, node: &Node) -> ExpressionKind {
        let callee = node
            .children()
            .next()
            .filter(|_| child(node, Kind::ARG_LIST).is_some());
        let name = callee.and_then(|callee| into_path(self.dotted(&callee)?));
        match name {
            Some(name) => self.plain_call(node, name),
            None => self.special_call(node),
        }
    }

    fn plain_call(&self, node: &Node, name: Path) -> ExpressionKind {
        let list = child(node, Kind::ARG_LIST);
        let (mut arguments, mut inner) = (Vec::new(), Vec::new());
        let mut special = false;
        for argument in list.iter().flat_map(|list| children(list, Kind::ARG)) {
            special |= has(&argument, Kind::VARIADIC_KW);
            for part in argument.children() {
                if is_expression(part.kind()) {
                    arguments.push(self.expression(&part));
                } else if part.kind() == Kind::ORDER_BY_CLAUSE {
                    inner.extend(self.operands(&part));
                } else {
                    special |= part.kind() == Kind::NAMED_ARG;
                    arguments.extend(self.operands(&part));
                }
            }
        }
        let (more, window) = self.call_clauses(node);
        inner.extend(more);
        ExpressionKind::Call {
            name,
            arguments,
            star: list.is_some_and(|list| has(&list, Kind::STAR)),
            // The arguments of `WITHIN GROUP` are given to the function too.
            special: special || child(node, Kind::WITHIN_CLAUSE).is_some(),
            inner,
            window,
        }
    }

    /// `FILTER`, `OVER`, `WITHIN GROUP`.
    fn call_clauses(&self, node: &Node) -> (Vec<Expression>, Option<Name>) {
        let mut inner = Vec::new();
        let mut window = None;
        for clause in node.children() {
            match clause.kind() {
                Kind::FILTER_CLAUSE | Kind::WITHIN_CLAUSE => inner.extend(self.operands(&clause)),
                Kind::OVER_CLAUSE => {
                    inner.extend(self.operands(&clause));
                    window = clause
                        .descendants()
                        .find(|node| node.kind() == Kind::WINDOW_REF)
                        .map(|reference| self.name(&reference));
                }
                _ => {}
            }
        }
        (inner, window)
    }

    /// A call for which the grammar has a form of its own: `EXTRACT(… FROM …)`, `EXISTS (…)`.
    fn special_call(&self, node: &Node) -> ExpressionKind {
        let Some(form) = node.children().next() else {
            return ExpressionKind::Opaque;
        };
        let query = form.children().find(|child| is_query(child.kind()));
        match (form.kind(), query) {
            (Kind::EXISTS_FN, Some(query)) => ExpressionKind::Exists(Box::new(self.query(&query))),
            (Kind::ANY_FN | Kind::SOME_FN | Kind::ALL_FN | Kind::COLLATION_FOR_FN, _) => {
                self.operation("", &form)
            }
            _ => match tokens(&form).next() {
                Some(word) => ExpressionKind::Call {
                    name: Path::bare(Name {
                        text: word.text().to_ascii_lowercase(),
                        quoted: false,
                        range: self.token_range(&word),
                    }),
                    arguments: self.operands(&form),
                    star: false,
                    special: true,
                    inner: self.call_clauses(node).0,
                    window: None,
                },
                None => ExpressionKind::Opaque,
            },
        }
    }
}

/// The operands of `a AND b AND c`: one row of them, whichever two the parser has put together first.
fn chain(sides: Vec<Node>, joined: &str) -> Vec<Node> {
    if !["AND", "OR", "||", "+"].contains(&joined) {
        return sides;
    }
    let mut operands = Vec::new();
    let mut waiting: Vec<Node> = sides.into_iter().rev().collect();
    while let Some(side) = waiting.pop() {
        if side.kind() == Kind::BIN_EXPR && operator(&side) == joined {
            let inner: Vec<Node> = side
                .children()
                .filter(|child| is_expression(child.kind()))
                .collect();
            waiting.extend(inner.into_iter().rev());
        } else {
            operands.push(side);
        }
    }
    operands
}

/// The query of `e IN (query)` and `e = ANY (query)`.
fn set_query(right: &Node, operator: &str) -> Option<Node> {
    let inside = match right.kind() {
        Kind::PAREN_EXPR if operator.ends_with("IN") => right.clone(),
        Kind::CALL_EXPR => child_of(right, &[Kind::ANY_FN, Kind::SOME_FN, Kind::ALL_FN])?,
        _ => return None,
    };
    inside.children().find(|child| is_query(child.kind()))
}

/// The operator of an expression, in capitals.
fn operator(node: &Node) -> String {
    let sign: String = tokens(node)
        .map(|token| token.text().to_ascii_uppercase())
        .collect();
    if !sign.is_empty() {
        return sign;
    }
    node.children()
        .find(|child| !is_expression(child.kind()))
        .map(|child| match child.kind() {
            // Its signs are one operator.
            Kind::CUSTOM_OP => child.text().to_string(),
            _ => words(&child),
        })
        .unwrap_or_default()
}

fn literal(node: &Node) -> ExpressionKind {
    let Some(first) = tokens(node).next() else {
        return ExpressionKind::Opaque;
    };
    let text = first.text().to_owned();
    ExpressionKind::Literal(match first.kind() {
        Kind::NULL_KW => Literal::Null,
        Kind::TRUE_KW => Literal::Boolean(true),
        Kind::FALSE_KW => Literal::Boolean(false),
        Kind::INT_NUMBER | Kind::NUMERIC_NUMBER => Literal::Number(text),
        Kind::BYTE_STRING | Kind::BIT_STRING => Literal::Blob(text),
        Kind::POSITIONAL_PARAM => return ExpressionKind::Parameter,
        Kind::DEFAULT_KW => return ExpressionKind::Default,
        _ => match string_value(node) {
            Some(text) => Literal::Text(text),
            None => return ExpressionKind::Opaque,
        },
    })
}

/// Whether an expression is `DEFAULT` where a value is meant.
pub(super) fn is_default(node: &Node) -> bool {
    token(node, Kind::DEFAULT_KW).is_some()
}
