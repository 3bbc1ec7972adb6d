//! Expressions, of the operators whose order nobody argues about.

use std::ops::Range;

use super::{
    super::{cst::Kind, version},
    cursor::Cursor,
};
use crate::tree::{Expression, ExpressionKind, Literal, Name, Path};

/// An expression, and the place where it begins, with its brackets.
struct Part {
    expression: Expression,
    /// In no brackets, an operation whose operands may become those of one around it.
    is_open: bool,
}

impl Cursor<'_> {
    /// An expression of any kind.
    pub(super) fn expression(&mut self) -> Option<Expression> {
        self.deeper(Self::disjunction)
    }

    /// `(expression)`.
    pub(super) fn in_brackets(&mut self) -> Option<Expression> {
        self.need(Kind::L_PAREN)?;
        let expression = self.expression()?;
        self.need(Kind::R_PAREN)?;
        Some(expression)
    }

    /// What a column has by default, of which is sure where it ends.
    pub(super) fn value(&mut self) -> Option<Expression> {
        let place = self.place();
        if self.eat(Kind::MINUS) {
            let number = matches!(self.kind(), Kind::INT_NUMBER | Kind::NUMERIC_NUMBER);
            let operand = number.then(|| self.primary())??;
            return Some(operation(self.since(place), "-", vec![operand]));
        }
        self.cast()
    }

    fn disjunction(&mut self) -> Option<Expression> {
        let place = self.place();
        let first = self.conjunction()?;
        if !self.is(Kind::OR_KW) {
            return Some(first);
        }
        let mut operands = vec![first];
        while self.eat(Kind::OR_KW) {
            operands.push(self.conjunction()?);
        }
        Some(operation(self.since(place), "OR", operands))
    }

    fn conjunction(&mut self) -> Option<Expression> {
        let place = self.place();
        let first = self.negation()?;
        if !self.is(Kind::AND_KW) {
            return Some(first);
        }
        let mut operands = vec![first];
        while self.eat(Kind::AND_KW) {
            operands.push(self.negation()?);
        }
        Some(operation(self.since(place), "AND", operands))
    }

    fn negation(&mut self) -> Option<Expression> {
        let place = self.place();
        if !self.eat(Kind::NOT_KW) {
            return self.comparison();
        }
        let operand = self.comparison()?;
        Some(operation(self.since(place), "NOT", vec![operand]))
    }

    fn comparison(&mut self) -> Option<Expression> {
        let place = self.place();
        let left = self.concatenation()?;
        let operator = match self.kind() {
            Kind::EQ => "=",
            Kind::NEQB => "<>",
            Kind::NEQ => "!=",
            Kind::L_ANGLE => "<",
            Kind::R_ANGLE => ">",
            Kind::LTEQ => "<=",
            Kind::GTEQ => ">=",
            Kind::LIKE_KW => "LIKE",
            Kind::ILIKE_KW => "ILIKE",
            Kind::IS_KW => {
                self.advance();
                let operator = if self.eat(Kind::NOT_KW) {
                    "IS NOT"
                } else {
                    "IS"
                };
                if !matches!(self.kind(), Kind::NULL_KW | Kind::TRUE_KW | Kind::FALSE_KW) {
                    return None;
                }
                let right = self.primary()?;
                return Some(operation(self.since(place), operator, vec![left, right]));
            }
            Kind::IN_KW => {
                self.advance();
                return self.membership(place, "IN", left);
            }
            Kind::NOT_KW => {
                self.advance();
                if self.eat(Kind::IN_KW) {
                    return self.membership(place, "NOT IN", left);
                }
                if self.eat(Kind::LIKE_KW) {
                    return self.compared(place, "NOT LIKE", left);
                }
                self.need(Kind::ILIKE_KW)?;
                return self.compared(place, "NOT ILIKE", left);
            }
            _ => return Some(left),
        };
        self.advance();
        self.compared(place, operator, left)
    }

    fn compared(&mut self, place: usize, operator: &str, left: Expression) -> Option<Expression> {
        let right = self.concatenation()?;
        Some(operation(self.since(place), operator, vec![left, right]))
    }

    /// Behind `IN`: a list of values.
    fn membership(&mut self, place: usize, operator: &str, left: Expression) -> Option<Expression> {
        self.need(Kind::L_PAREN)?;
        let mut operands = vec![left];
        loop {
            operands.push(self.expression()?);
            if self.eat(Kind::R_PAREN) {
                break;
            }
            self.need(Kind::COMMA)?;
        }
        Some(operation(self.since(place), operator, operands))
    }

    fn concatenation(&mut self) -> Option<Expression> {
        let place = self.place();
        let first = self.sum()?;
        if !self.is(Kind::CUSTOM_OP) {
            return Some(first);
        }
        let mut operands = vec![first];
        while self.eat(Kind::CUSTOM_OP) {
            operands.push(self.sum()?);
        }
        Some(operation(self.since(place), "||", operands))
    }

    fn sum(&mut self) -> Option<Expression> {
        let place = self.place();
        let mut left = Part {
            expression: self.product()?,
            is_open: false,
        };
        loop {
            let plus = self.is(Kind::PLUS);
            if !plus && !self.is(Kind::MINUS) {
                return Some(left.expression);
            }
            self.advance();
            let right = self.product()?;
            let range = self.since(place);
            // `a + b + c` is one row of operands.
            left = match left {
                Part {
                    expression:
                        Expression {
                            kind:
                                ExpressionKind::Operation {
                                    operator,
                                    mut operands,
                                },
                            ..
                        },
                    is_open: true,
                } if plus => {
                    operands.push(right);
                    Part {
                        expression: Expression {
                            range,
                            kind: ExpressionKind::Operation { operator, operands },
                        },
                        is_open: true,
                    }
                }
                left => Part {
                    expression: operation(
                        range,
                        if plus { "+" } else { "-" },
                        vec![left.expression, right],
                    ),
                    is_open: plus,
                },
            };
        }
    }

    fn product(&mut self) -> Option<Expression> {
        let place = self.place();
        let mut left = self.sign()?;
        loop {
            let operator = match self.kind() {
                Kind::STAR => "*",
                Kind::SLASH => "/",
                Kind::PERCENT => "%",
                _ => return Some(left),
            };
            self.advance();
            // The sides of what is written in a row go ever deeper.
            let right = self.deeper(Self::sign)?;
            left = operation(self.since(place), operator, vec![left, right]);
        }
    }

    fn sign(&mut self) -> Option<Expression> {
        let place = self.place();
        if !self.eat(Kind::MINUS) {
            return self.cast();
        }
        let operand = self.cast()?;
        Some(operation(self.since(place), "-", vec![operand]))
    }

    /// `a::type`.
    fn cast(&mut self) -> Option<Expression> {
        let place = self.place();
        let mut expression = self.primary()?;
        while self.eat(Kind::COLON_COLON) {
            let ty = self.type_name()?;
            expression = Expression {
                range: self.since(place),
                kind: ExpressionKind::Cast {
                    expression: Box::new(expression),
                    ty,
                },
            };
        }
        Some(expression)
    }

    /// A constant, a column, a call, or anything in brackets.
    pub(super) fn primary(&mut self) -> Option<Expression> {
        let kind = self.kind();
        let literal = match kind {
            Kind::L_PAREN => return self.in_brackets(),
            Kind::STRING => Literal::Text(self.string()?),
            Kind::COALESCE_KW | Kind::GREATEST_KW | Kind::LEAST_KW | Kind::NULLIF_KW => {
                return self.form(kind);
            }
            _ if self.is_name() => return self.named(),
            _ => {
                self.advance();
                match kind {
                    Kind::INT_NUMBER | Kind::NUMERIC_NUMBER => {
                        Literal::Number(self.last().to_owned())
                    }
                    Kind::NULL_KW => Literal::Null,
                    Kind::TRUE_KW => Literal::Boolean(true),
                    Kind::FALSE_KW => Literal::Boolean(false),
                    Kind::CURRENT_DATE_KW
                    | Kind::CURRENT_TIME_KW
                    | Kind::CURRENT_TIMESTAMP_KW
                    | Kind::LOCALTIME_KW
                    | Kind::LOCALTIMESTAMP_KW
                    | Kind::CURRENT_USER_KW
                    | Kind::SESSION_USER_KW => Literal::Keyword(self.last().to_ascii_uppercase()),
                    _ => return None,
                }
            }
        };
        Some(Expression {
            range: self.last_range(),
            kind: ExpressionKind::Literal(literal),
        })
    }

    /// `COALESCE (…)` and its kin, which are keywords.
    fn form(&mut self, kind: Kind) -> Option<Expression> {
        let place = self.place();
        self.advance();
        let name = self.last_as_name()?;
        if !self.is(Kind::L_PAREN) {
            return None;
        }
        let call = self.call(place, vec![name])?;
        let count = match &call.kind {
            ExpressionKind::Call {
                arguments,
                star: false,
                ..
            } => arguments.len(),
            _ => 0,
        };
        let is_whole = if matches!(kind, Kind::NULLIF_KW) {
            count == 2
        } else {
            count > 0
        };
        is_whole.then_some(call)
    }

    /// A column with the names before it, or a call.
    fn named(&mut self) -> Option<Expression> {
        let place = self.place();
        let mut names = vec![self.name()?];
        while self.eat(Kind::DOT) {
            names.push(self.name()?);
        }
        if names.len() > 3 {
            return None;
        }
        if self.is(Kind::L_PAREN) {
            return self.call(place, names);
        }
        let name = names.pop()?;
        Some(Expression {
            range: self.since(place),
            kind: ExpressionKind::Column {
                table: into_path(names),
                name,
            },
        })
    }

    fn call(&mut self, place: usize, names: Vec<Name>) -> Option<Expression> {
        let name = into_path(names)?;
        if version::is_new_function(&name.name.text) {
            return None;
        }
        self.advance();
        let mut arguments = Vec::new();
        let star = self.eat(Kind::STAR);
        if star {
            self.need(Kind::R_PAREN)?;
        } else if !self.eat(Kind::R_PAREN) {
            loop {
                arguments.push(self.expression()?);
                if self.eat(Kind::R_PAREN) {
                    break;
                }
                self.need(Kind::COMMA)?;
            }
        }
        Some(Expression {
            range: self.since(place),
            kind: ExpressionKind::Call {
                name,
                arguments,
                star,
                special: false,
                inner: Vec::new(),
                window: None,
            },
        })
    }

    /// `table.column`, with or without a schema.
    pub(super) fn column_path(&mut self) -> Option<(Path, Name)> {
        let mut names = vec![self.name()?];
        while self.eat(Kind::DOT) {
            names.push(self.name()?);
        }
        if names.len() > 3 {
            return None;
        }
        let column = names.pop()?;
        Some((into_path(names)?, column))
    }
}

/// The last name is the object, the one before it the schema.
fn into_path(mut names: Vec<Name>) -> Option<Path> {
    let name = names.pop()?;
    Some(Path {
        schema: names.pop(),
        name,
    })
}

fn operation(range: Range<usize>, operator: &str, operands: Vec<Expression>) -> Expression {
    Expression {
        range,
        kind: ExpressionKind::Operation {
            operator: operator.to_owned(),
            operands,
        },
    }
}
