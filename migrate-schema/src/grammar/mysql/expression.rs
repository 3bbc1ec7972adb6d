//! Expressions: operators and what they stand between. Calls are in `call.rs`.

use super::{
    parser::{Parse, Parser},
    token::{Kind, unquote},
};
use crate::tree::{Expression, ExpressionKind, Literal, Path, Query};

/// How much operators bind, from what binds least: `OR`, `XOR`, `AND`, comparisons, `|`, `&`, shifts, sums, products, `^`.
const COMPARISON: u8 = 3;

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self) -> Parse<Expression> {
        self.deeper(|p| p.level(0))
    }

    /// Operators that bind at least so much. `a OP b OP c` of one level is one operation, so that long chains are no deep trees.
    fn level(&mut self, least: u8) -> Parse<Expression> {
        let start = self.start();
        let mut left = if least <= COMPARISON && self.is_at(0, "not") {
            self.advance();
            let operand = self.deeper(|p| p.level(COMPARISON))?;
            self.operation(start, "NOT", vec![operand])
        } else {
            self.simple_expression()?
        };
        // The level of the operation that `left` is.
        let mut chain = None;
        let mut comparisons = 0;
        loop {
            if let Some((level, operator)) = self.operator(least) {
                let right = self.level(level + 1)?;
                let end = right.range.end;
                match (&mut left.kind, chain == Some(level)) {
                    (ExpressionKind::Operation { operands, .. }, true) => {
                        operands.push(right);
                        left.range.end = end;
                    }
                    _ => left = self.operation(start, operator, vec![left, right]),
                }
                chain = Some(level);
            } else if least <= COMPARISON
                && let Some(operation) = self.comparison_tail(start, &mut left)?
            {
                left = operation;
                chain = None;
                comparisons += 1;
                if comparisons > 100 {
                    return Err(super::parser::Stop::Opaque);
                }
            } else {
                return Ok(left);
            }
        }
    }

    fn operation(&self, start: usize, operator: &str, operands: Vec<Expression>) -> Expression {
        Expression {
            range: self.since(start),
            kind: ExpressionKind::Operation {
                operator: operator.to_owned(),
                operands,
            },
        }
    }

    /// Reads an operator that binds at least so much, apart from comparisons; gives its level too.
    fn operator(&mut self, least: u8) -> Option<(u8, &'static str)> {
        let text = self.text();
        let (level, operator) = match self.token().kind {
            Kind::Symbol => match text {
                "||" => (0, "OR"),
                "&&" => (2, "AND"),
                "|" => (4, "|"),
                "&" => (5, "&"),
                "<<" => (6, "<<"),
                ">>" => (6, ">>"),
                "+" => (7, "+"),
                "-" => (7, "-"),
                "*" => (8, "*"),
                "/" => (8, "/"),
                "%" => (8, "%"),
                "^" => (9, "^"),
                _ => return None,
            },
            Kind::Word if self.is_at(0, "or") => (0, "OR"),
            Kind::Word if self.is_at(0, "and") => (2, "AND"),
            Kind::Word if self.is_at(0, "xor") => (1, "XOR"),
            Kind::Word if self.is_at(0, "div") => (8, "DIV"),
            Kind::Word if self.is_at(0, "mod") => (8, "MOD"),
            _ => return None,
        };
        if level < least {
            return None;
        }
        self.advance();
        Some((level, operator))
    }

    /// `a = b`, `a IS NULL`, `a IN (…)`, `a BETWEEN b AND c`, `a LIKE b`.
    fn comparison_tail(
        &mut self,
        start: usize,
        left: &mut Expression,
    ) -> Parse<Option<Expression>> {
        let take = |left: &mut Expression| {
            std::mem::replace(
                left,
                Expression {
                    range: 0..0,
                    kind: ExpressionKind::Opaque,
                },
            )
        };
        for symbol in ["=", "<=>", "<>", "!=", "<=", ">=", "<", ">"] {
            if self.symbol_at(0, symbol) {
                self.advance();
                return self.compared_with(start, take(left), symbol).map(Some);
            }
        }
        if self.is_at(0, "is") {
            self.advance();
            self.word("not");
            if !self.null_sign() && self.one_of(&["null", "true", "false", "unknown"]).is_none() {
                if !self.word("json") {
                    return self.unexpected();
                }
                self.one_of(&["object", "array", "scalar", "value"]);
            }
            let operands = vec![take(left)];
            return Ok(Some(self.operation(start, "IS", operands)));
        }
        let negated =
            self.is_at(0, "not") && self.any_at(1, &["in", "between", "like", "regexp", "rlike"]);
        if negated {
            self.advance();
        }
        if self.is_at(0, "in") {
            self.advance();
            return self.in_list(start, take(left)).map(Some);
        }
        if self.is_at(0, "between") {
            self.advance();
            let low = self.level(COMPARISON + 1)?;
            self.expect("and")?;
            let high = self.level(COMPARISON + 1)?;
            let operands = vec![take(left), low, high];
            return Ok(Some(self.operation(start, "BETWEEN", operands)));
        }
        self.like_tail(start, left, take)
    }

    fn like_tail(
        &mut self,
        start: usize,
        left: &mut Expression,
        take: impl Fn(&mut Expression) -> Expression,
    ) -> Parse<Option<Expression>> {
        let operator = if self.is_at(0, "like") {
            self.advance();
            "LIKE"
        } else if self.any_at(0, &["regexp", "rlike"]) {
            self.advance();
            "REGEXP"
        } else if self.is_at(0, "sounds") && self.is_at(1, "like") {
            self.back_to(self.at + 2);
            "SOUNDS LIKE"
        } else if self.is_at(0, "member") {
            self.advance();
            self.word("of");
            "MEMBER OF"
        } else {
            return Ok(None);
        };
        let mut operands = vec![take(left), self.level(COMPARISON + 1)?];
        if operator == "LIKE" && self.is_at(0, "escape") {
            self.advance();
            operands.push(self.simple_expression()?);
        }
        Ok(Some(self.operation(start, operator, operands)))
    }

    fn compared_with(
        &mut self,
        start: usize,
        left: Expression,
        operator: &str,
    ) -> Parse<Expression> {
        if self.any_at(0, &["any", "all", "some"]) && self.symbol_at(1, "(") {
            self.advance();
            let query = self.query_in_brackets()?;
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::InQuery {
                    expression: Box::new(left),
                    query: Box::new(query),
                },
            });
        }
        let right = self.level(COMPARISON + 1)?;
        Ok(self.operation(start, operator, vec![left, right]))
    }

    fn in_list(&mut self, start: usize, left: Expression) -> Parse<Expression> {
        if !self.is_symbol("(") {
            return self.unexpected();
        }
        if self.query_at(1) {
            let query = self.query_in_brackets()?;
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::InQuery {
                    expression: Box::new(left),
                    query: Box::new(query),
                },
            });
        }
        let mut operands = vec![left];
        operands.extend(self.in_brackets(|p| p.list(Self::expression))?);
        Ok(self.operation(start, "IN", operands))
    }

    /// Whether a query begins there: `SELECT`, `WITH`, `TABLE t`, or brackets around one.
    pub(super) fn query_at(&self, ahead: usize) -> bool {
        let mut ahead = ahead;
        while self.symbol_at(ahead, "(") {
            ahead += 1;
        }
        self.any_at(ahead, &["select", "with", "table"])
            || (self.is_at(ahead, "values")
                && (self.is_at(ahead + 1, "row") || self.symbol_at(ahead + 1, "(")))
    }

    /// `(query)`
    pub(super) fn query_in_brackets(&mut self) -> Parse<Query> {
        self.in_brackets(Self::query)
    }

    /// What binds most: constants, names, calls, brackets, signs; with `COLLATE` and `->` behind it.
    pub(super) fn simple_expression(&mut self) -> Parse<Expression> {
        let start = self.start();
        if let Some(operator) = self.sign() {
            let operand = self.deeper(Self::simple_expression)?;
            return Ok(self.operation(start, operator, vec![operand]));
        }
        let mut expression = self.primary()?;
        let mut count = 0;
        while self.is_at(0, "collate") {
            self.advance();
            let collation = self.collation()?;
            expression = Expression {
                range: self.since(start),
                kind: ExpressionKind::Collate {
                    expression: Box::new(expression),
                    collation: Path::bare(collation),
                },
            };
            count += 1;
            if count > 20 {
                return Err(super::parser::Stop::Opaque);
            }
        }
        Ok(expression)
    }

    fn sign(&mut self) -> Option<&'static str> {
        for symbol in ["-", "+", "~", "!"] {
            if self.symbol_at(0, symbol) {
                self.advance();
                return Some(symbol);
            }
        }
        // `BINARY(16)` never stands in an expression, but `BINARY (a)` does.
        if self.is_at(0, "binary") {
            self.advance();
            return Some("BINARY");
        }
        None
    }

    fn primary(&mut self) -> Parse<Expression> {
        let token = self.token();
        match token.kind {
            Kind::Number => Ok(self.literal(|text| Literal::Number(text.to_owned()))),
            Kind::Text if !self.is_name_at(0) => Ok(self.text_literal()),
            Kind::Variable => self.variable(),
            Kind::Symbol => self.primary_symbol(),
            Kind::End => self.expected_here("an expression"),
            Kind::Word | Kind::Quoted | Kind::Text => self.primary_word(),
        }
    }

    fn literal(&mut self, make: impl FnOnce(&str) -> Literal) -> Expression {
        let range = self.token().range();
        let literal = make(self.text());
        self.advance();
        Expression {
            range,
            kind: ExpressionKind::Literal(literal),
        }
    }

    /// `'a' 'b'` is one string.
    fn text_literal(&mut self) -> Expression {
        let start = self.start();
        let first = self.text();
        let blob = first.starts_with(['x', 'X', 'b', 'B']);
        let mut text = if blob {
            first.to_owned()
        } else {
            unquote(first)
        };
        self.advance();
        while !blob && self.token().kind == Kind::Text && !self.is_name_at(0) {
            text += &unquote(self.text());
            self.advance();
        }
        Expression {
            range: self.since(start),
            kind: ExpressionKind::Literal(if blob {
                Literal::Blob(text)
            } else {
                Literal::Text(text)
            }),
        }
    }

    /// `@a`, `@a := e`
    fn variable(&mut self) -> Parse<Expression> {
        let start = self.start();
        let written = self.text();
        self.advance();
        if self.symbol_at(0, ":=") {
            self.advance();
            let value = self.expression()?;
            self.assigned(written, &value);
            return Ok(self.operation(start, ":=", vec![value]));
        }
        Ok(Expression {
            range: self.since(start),
            kind: ExpressionKind::Parameter,
        })
    }

    fn primary_symbol(&mut self) -> Parse<Expression> {
        let start = self.start();
        if self.symbol_at(0, "?") {
            self.advance();
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::Parameter,
            });
        }
        if self.symbol_at(0, "{") {
            // `{d '2020-01-01'}`
            self.advance();
            self.name("`d`, `t` or `ts`")?;
            let inner = self.expression()?;
            self.expect_symbol("}")?;
            return Ok(inner);
        }
        if self.null_sign() {
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::Literal(Literal::Null),
            });
        }
        if self.symbol_at(0, ".") && matches!(self.token_at(1).kind, Kind::Word | Kind::Quoted) {
            return self.column_reference();
        }
        if !self.is_symbol("(") {
            return self.expected_here("an expression");
        }
        if self.query_at(0) {
            return self.query_or_expression_in_brackets();
        }
        let mut parts = self.in_brackets(|p| p.list(Self::expression))?;
        let range = self.since(start);
        let kind = match parts.pop() {
            Some(one) if parts.is_empty() => one.kind,
            last => {
                parts.extend(last);
                ExpressionKind::Row(parts)
            }
        };
        Ok(Expression { range, kind })
    }

    /// `\N`
    fn null_sign(&mut self) -> bool {
        let is = self.symbol_at(0, "\\") && self.text_at(1) == "N";
        if is {
            self.back_to(self.at + 2);
        }
        is
    }

    /// `((SELECT 1) + 1)` begins as `((SELECT 1))` does.
    fn query_or_expression_in_brackets(&mut self) -> Parse<Expression> {
        let start = self.start();
        let at = self.at;
        if !self.symbol_at(1, "(") {
            let query = self.query_in_brackets()?;
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::Subquery(Box::new(query)),
            });
        }
        if let Ok(query) = self.query_in_brackets() {
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::Subquery(Box::new(query)),
            });
        }
        self.back_to(at);
        let parts = self.in_brackets(|p| p.list(Self::expression))?;
        Ok(Expression {
            range: self.since(start),
            kind: ExpressionKind::Row(parts),
        })
    }

    fn primary_word(&mut self) -> Parse<Expression> {
        let start = self.start();
        let keyword = |p: &mut Self, kind: ExpressionKind| {
            p.advance();
            Ok(Expression {
                range: p.since(start),
                kind,
            })
        };
        if self.token().kind == Kind::Word && !self.is_qualifier_at(0) {
            if self.is_at(0, "null") {
                return keyword(self, ExpressionKind::Literal(Literal::Null));
            }
            if self.is_at(0, "true") {
                return keyword(self, ExpressionKind::Literal(Literal::Boolean(true)));
            }
            if self.is_at(0, "false") {
                return keyword(self, ExpressionKind::Literal(Literal::Boolean(false)));
            }
            if self.is_at(0, "case") {
                return self.case();
            }
            if self.is_at(0, "exists") && self.symbol_at(1, "(") {
                self.advance();
                let query = self.query_in_brackets()?;
                return Ok(Expression {
                    range: self.since(start),
                    kind: ExpressionKind::Exists(Box::new(query)),
                });
            }
            if self.text().starts_with('_') && self.token_at(1).kind == Kind::Text {
                // A character set before a string: `_utf8mb4'a'`.
                self.advance();
                let mut text = self.text_literal();
                text.range = self.since(start);
                return Ok(text);
            }
            if let Some(special) = self.special_word()? {
                return Ok(special);
            }
            if self.symbol_at(1, "(") && self.is_function_word() {
                return self.call();
            }
        }
        self.column_reference()
    }

    fn case(&mut self) -> Parse<Expression> {
        let start = self.start();
        self.expect("case")?;
        let mut operands = Vec::new();
        if !self.is("when") {
            operands.push(self.expression()?);
        }
        self.expect("when")?;
        loop {
            operands.push(self.expression()?);
            self.expect("then")?;
            operands.push(self.expression()?);
            if !self.word("when") {
                break;
            }
        }
        if self.word("else") {
            operands.push(self.expression()?);
        }
        self.expect("end")?;
        Ok(self.operation(start, "CASE", operands))
    }

    /// `a`, `t.a`, `d.t.a`; with `-> '$.b'` behind it.
    fn column_reference(&mut self) -> Parse<Expression> {
        let start = self.start();
        // `.t.c` is `t.c`.
        let dotted = self.symbol_at(0, ".") && self.symbol_at(2, ".") && self.is_part_at(1);
        let mut names = if dotted {
            self.advance();
            vec![self.take_name()]
        } else {
            vec![self.name("an expression")?]
        };
        while names.len() < 3 && self.symbol_at(0, ".") {
            self.advance();
            if !self.is_part_at(0) {
                return self.expected_here("the name of a column");
            }
            names.push(self.take_name());
        }
        if self.symbol_at(0, "(") {
            return self.call_of(start, names);
        }
        let name = match names.pop() {
            Some(name) => name,
            None => return self.expected_here("the name of a column"),
        };
        let table = names.pop().map(|table| Path {
            schema: names.pop(),
            name: table,
        });
        let column = Expression {
            range: self.since(start),
            kind: ExpressionKind::Column { table, name },
        };
        if self.symbol_at(0, "->") || self.symbol_at(0, "->>") {
            self.advance();
            if self.token().kind != Kind::Text {
                return self.expected_here("a path as a string: '$.name'");
            }
            let path = self.text_literal();
            return Ok(self.operation(start, "->", vec![column, path]));
        }
        Ok(column)
    }
}
