//! Expressions.

use std::ops::Range;

use sqlite3_parser::dialect::TokenType::{self, *};

use super::cursor::{Cursor, DEEPEST, Read, Unread, is_identifier, is_name, unquoted};
use crate::tree::{
    Body, Expression, ExpressionKind, IndexPart, Literal, Name, Output, Path, Query, Select,
    Source, TypeName,
};

/// How tightly operators bind, from the loosest.
mod binding {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const EQUALITY: u8 = 4;
    pub(super) const COMPARISON: u8 = 5;
    pub(super) const BITS: u8 = 6;
    pub(super) const SUM: u8 = 7;
    pub(super) const PRODUCT: u8 = 8;
    pub(super) const CONCATENATION: u8 = 9;
    pub(super) const COLLATION: u8 = 10;
    pub(super) const SIGN: u8 = 11;
}

/// The operators that stand between two expressions and are one token: how tightly they bind, and their name.
const fn infix(kind: TokenType) -> Option<(u8, &'static str)> {
    Some(match kind {
        TK_OR => (binding::OR, "OR"),
        TK_AND => (binding::AND, "AND"),
        TK_EQ => (binding::EQUALITY, "="),
        TK_NE => (binding::EQUALITY, "<>"),
        TK_LT => (binding::COMPARISON, "<"),
        TK_LE => (binding::COMPARISON, "<="),
        TK_GT => (binding::COMPARISON, ">"),
        TK_GE => (binding::COMPARISON, ">="),
        TK_BITAND => (binding::BITS, "&"),
        TK_BITOR => (binding::BITS, "|"),
        TK_LSHIFT => (binding::BITS, "<<"),
        TK_RSHIFT => (binding::BITS, ">>"),
        TK_PLUS => (binding::SUM, "+"),
        TK_MINUS => (binding::SUM, "-"),
        TK_STAR => (binding::PRODUCT, "*"),
        TK_SLASH => (binding::PRODUCT, "/"),
        TK_REM => (binding::PRODUCT, "%"),
        TK_CONCAT => (binding::CONCATENATION, "||"),
        TK_PTR => (binding::CONCATENATION, "->"),
        _ => return None,
    })
}

/// How something is sorted.
struct Direction {
    descending: bool,
    /// Where `NULLS FIRST` or `NULLS LAST` stands.
    nulls: Option<Range<usize>>,
}

fn operation(operator: &str, operands: Vec<Expression>) -> ExpressionKind {
    ExpressionKind::Operation {
        operator: operator.to_owned(),
        operands,
    }
}

impl Cursor<'_> {
    pub(super) fn expression(&mut self) -> Read<Expression> {
        self.binding(0)
    }

    pub(super) fn expressions(&mut self) -> Read<Vec<Expression>> {
        self.list(Self::expression)
    }

    fn spanned(&self, start: usize, kind: ExpressionKind) -> Expression {
        Expression {
            range: start..self.end(),
            kind,
        }
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn binding(&mut self, least: u8) -> Read<Expression> {
        self.deeper(|cursor| {
            let start = cursor.start();
            let mut left = cursor.prefixed()?;
            // A chain of operators that bind alike (`a || b || c`) is one operation, however long it is.
            let mut chain = None;
            let mut levels = 0;
            while let Some((tightness, operator)) = cursor.operator_ahead() {
                if tightness < least {
                    break;
                }
                let grows = is_infix(operator) && chain == Some(tightness);
                levels += usize::from(!grows);
                if levels > DEEPEST {
                    cursor.too_deep = true;
                    return Err(Unread);
                }
                left = cursor.operator(start, left, tightness, operator, grows)?;
                chain = is_infix(operator).then_some(tightness);
            }
            Ok(left)
        })
    }

    /// How tightly the operator that comes next binds, and its name; `NOT` stands for all that begin with it.
    fn operator_ahead(&self) -> Option<(u8, &'static str)> {
        match self.peek() {
            TK_IS => Some((binding::EQUALITY, "IS")),
            TK_LIKE_KW | TK_MATCH => Some((binding::EQUALITY, "LIKE")),
            TK_BETWEEN => Some((binding::EQUALITY, "BETWEEN")),
            TK_IN => Some((binding::EQUALITY, "IN")),
            TK_ISNULL | TK_NOTNULL => Some((binding::EQUALITY, "ISNULL")),
            TK_NOT => match self.peek_at(1) {
                TK_LIKE_KW | TK_MATCH | TK_BETWEEN | TK_IN | TK_NULL => {
                    Some((binding::EQUALITY, "NOT"))
                }
                _ => None,
            },
            TK_COLLATE => Some((binding::COLLATION, "COLLATE")),
            kind => infix(kind),
        }
    }

    fn operator(
        &mut self,
        start: usize,
        left: Expression,
        tightness: u8,
        operator: &'static str,
        grows: bool,
    ) -> Read<Expression> {
        self.next()?;
        let kind = match operator {
            "COLLATE" => {
                let collation = self.name()?;
                ExpressionKind::Collate {
                    expression: Box::new(left),
                    collation: Path::bare(collation),
                }
            }
            "ISNULL" => operation("IS", vec![left]),
            "IS" => {
                let not = self.eat(TK_NOT);
                if self.eat(TK_DISTINCT) {
                    self.expect(TK_FROM)?;
                }
                let right = self.binding(tightness + 1)?;
                operation(if not { "IS NOT" } else { "IS" }, vec![left, right])
            }
            "NOT" => match self.next()?.kind {
                TK_NULL => operation("IS", vec![left]),
                TK_IN => self.in_list(left)?,
                TK_BETWEEN => self.between(left)?,
                _ => self.like(left)?,
            },
            "IN" => self.in_list(left)?,
            "BETWEEN" => self.between(left)?,
            "LIKE" => self.like(left)?,
            _ => {
                let right = self.binding(tightness + 1)?;
                match left.kind {
                    ExpressionKind::Operation {
                        operator: before,
                        mut operands,
                    } if grows => {
                        operands.push(right);
                        let same = before == operator;
                        operation(if same { operator } else { "" }, operands)
                    }
                    _ => operation(operator, vec![left, right]),
                }
            }
        };
        Ok(self.spanned(start, kind))
    }

    fn like(&mut self, left: Expression) -> Read<ExpressionKind> {
        let mut operands = vec![left, self.binding(binding::COMPARISON)?];
        if self.eat(TK_ESCAPE) {
            operands.push(self.binding(binding::COMPARISON)?);
        }
        Ok(operation("LIKE", operands))
    }

    fn between(&mut self, left: Expression) -> Read<ExpressionKind> {
        let from = self.binding(binding::COMPARISON)?;
        self.expect(TK_AND)?;
        let to = self.binding(binding::COMPARISON)?;
        Ok(operation("BETWEEN", vec![left, from, to]))
    }

    /// What stands behind `IN`.
    fn in_list(&mut self, left: Expression) -> Read<ExpressionKind> {
        if self.peek() != TK_LP {
            return self.in_table(left);
        }
        if self.query_behind_bracket() {
            self.next()?;
            let query = self.query()?;
            self.expect(TK_RP)?;
            return Ok(ExpressionKind::InQuery {
                expression: Box::new(left),
                query: Box::new(query),
            });
        }
        self.next()?;
        let mut operands = vec![left];
        if self.peek() != TK_RP {
            operands.extend(self.expressions()?);
        }
        self.expect(TK_RP)?;
        Ok(operation("IN", operands))
    }

    /// `IN table`, `IN function(arguments)`.
    fn in_table(&mut self, left: Expression) -> Read<ExpressionKind> {
        let start = self.start();
        let path = self.path()?;
        let body = if self.peek() == TK_LP {
            let call = self.call_of(start, path)?;
            let source = Source::Function {
                call,
                alias: None,
                columns: Vec::new(),
            };
            Body::Select(Box::new(Select {
                outputs: vec![Output::All(start..self.end())],
                from: vec![source],
                filter: None,
                group_by: Vec::new(),
                having: None,
                windows: Vec::new(),
                distinct_on: Vec::new(),
            }))
        } else {
            Body::Table(path)
        };
        Ok(ExpressionKind::InQuery {
            expression: Box::new(left),
            query: Box::new(Query {
                range: start..self.end(),
                recursive: false,
                with: Vec::new(),
                body,
                order_by: Vec::new(),
                limit: Vec::new(),
            }),
        })
    }

    /// The call of a function that stands in the place of a table; its bracket comes next.
    pub(super) fn call_of(&mut self, start: usize, name: Path) -> Read<Expression> {
        self.expect(TK_LP)?;
        let arguments = if self.peek() == TK_RP {
            Vec::new()
        } else {
            self.expressions()?
        };
        self.expect(TK_RP)?;
        let kind = ExpressionKind::Call {
            name,
            arguments,
            star: false,
            special: false,
            inner: Vec::new(),
            window: None,
        };
        Ok(self.spanned(start, kind))
    }

    pub(super) fn query_behind_bracket(&self) -> bool {
        self.peek() == TK_LP && matches!(self.peek_at(1), TK_SELECT | TK_VALUES | TK_WITH)
    }

    fn prefixed(&mut self) -> Read<Expression> {
        let start = self.start();
        let (operator, tightness) = match self.peek() {
            TK_NOT => ("NOT", binding::NOT),
            TK_MINUS => ("-", binding::SIGN),
            TK_PLUS => ("+", binding::SIGN),
            TK_BITNOT => ("~", binding::SIGN),
            _ => return self.primary(),
        };
        self.next()?;
        let operand = self.binding(tightness)?;
        Ok(self.spanned(start, operation(operator, vec![operand])))
    }

    fn primary(&mut self) -> Read<Expression> {
        let start = self.start();
        let kind = match self.peek() {
            TK_LP => self.brackets()?,
            TK_CASE => self.case()?,
            TK_EXISTS => {
                self.next()?;
                self.expect(TK_LP)?;
                let query = self.query()?;
                self.expect(TK_RP)?;
                ExpressionKind::Exists(Box::new(query))
            }
            TK_CAST if self.peek_at(1) == TK_LP => self.cast()?,
            TK_RAISE if self.peek_at(1) == TK_LP => self.raise()?,
            TK_STRING if self.peek_at(1) == TK_DOT => self.column()?,
            TK_VARIABLE => {
                let range = self.next()?.range();
                self.parameter.get_or_insert(range);
                ExpressionKind::Parameter
            }
            _ => match self.literal()? {
                Some(literal) => ExpressionKind::Literal(literal),
                None if is_name(self.peek()) && self.peek_at(1) == TK_LP => self.call()?,
                None => self.column()?,
            },
        };
        Ok(self.spanned(start, kind))
    }

    pub(super) fn literal(&mut self) -> Read<Option<Literal>> {
        let text = self.peek_text();
        let literal = match self.peek() {
            TK_NULL => Literal::Null,
            TK_INTEGER | TK_FLOAT => Literal::Number(text.to_owned()),
            TK_STRING => Literal::Text(unquoted(text)),
            TK_BLOB => Literal::Blob(text.to_owned()),
            TK_CTIME_KW => Literal::Keyword(text.to_ascii_uppercase()),
            _ => return Ok(None),
        };
        self.next()?;
        Ok(Some(literal))
    }

    /// `column`, `table.column`, `schema.table.column`.
    fn column(&mut self) -> Read<ExpressionKind> {
        let mut names = vec![self.name()?];
        while names.len() < 3 && self.eat(TK_DOT) {
            names.push(self.name()?);
        }
        let mut name = names.pop().ok_or(Unread)?;
        // Only what stands in double quotes can be a string where there is no such column.
        name.quoted = self.text(name.range.clone()).starts_with('"');
        let table = names.pop().map(|table| Path {
            schema: names.pop(),
            name: table,
        });
        if table.is_none() && !name.quoted && self.text(name.range.clone()).len() < 6 {
            if name.text.eq_ignore_ascii_case("true") && is_bare(self, &name) {
                return Ok(ExpressionKind::Literal(Literal::Boolean(true)));
            }
            if name.text.eq_ignore_ascii_case("false") && is_bare(self, &name) {
                return Ok(ExpressionKind::Literal(Literal::Boolean(false)));
            }
        }
        Ok(ExpressionKind::Column { table, name })
    }

    fn brackets(&mut self) -> Read<ExpressionKind> {
        if self.query_behind_bracket() {
            self.next()?;
            let query = self.query()?;
            self.expect(TK_RP)?;
            return Ok(ExpressionKind::Subquery(Box::new(query)));
        }
        let mut parts = self.bracketed(Self::expression)?;
        if parts.len() > 1 {
            return Ok(ExpressionKind::Row(parts));
        }
        Ok(parts.pop().ok_or(Unread)?.kind)
    }

    fn case(&mut self) -> Read<ExpressionKind> {
        self.expect(TK_CASE)?;
        let mut operands = Vec::new();
        if self.peek() != TK_WHEN {
            operands.push(self.expression()?);
        }
        while self.eat(TK_WHEN) {
            operands.push(self.expression()?);
            self.expect(TK_THEN)?;
            operands.push(self.expression()?);
        }
        if self.eat(TK_ELSE) {
            operands.push(self.expression()?);
        }
        self.expect(TK_END)?;
        Ok(operation("CASE", operands))
    }

    fn cast(&mut self) -> Read<ExpressionKind> {
        self.next()?;
        self.expect(TK_LP)?;
        let expression = self.expression()?;
        self.expect(TK_AS)?;
        let ty = self.type_name(true)?;
        self.expect(TK_RP)?;
        let kind = match ty {
            Some(ty) => ExpressionKind::Cast {
                expression: Box::new(expression),
                ty,
            },
            None => operation("CAST", vec![expression]),
        };
        Ok(kind)
    }

    fn raise(&mut self) -> Read<ExpressionKind> {
        let range = self.next()?.range();
        self.raise.get_or_insert(range);
        self.expect(TK_LP)?;
        let mut operands = Vec::new();
        if !self.eat(TK_IGNORE) {
            self.next()?;
            self.expect(TK_COMMA)?;
            operands.push(self.expression()?);
        }
        self.expect(TK_RP)?;
        Ok(operation("RAISE", operands))
    }

    fn call(&mut self) -> Read<ExpressionKind> {
        let name = Path::bare(self.name()?);
        self.expect(TK_LP)?;
        let mut arguments = Vec::new();
        let mut inner = Vec::new();
        let star = self.eat(TK_STAR);
        if !star {
            let _ = self.eat(TK_DISTINCT) || self.eat(TK_ALL);
            if self.peek() != TK_RP {
                arguments = self.expressions()?;
            }
            if self.eat_both(TK_ORDER, TK_BY) {
                inner.extend(self.sorted()?);
            }
        }
        self.expect(TK_RP)?;
        if self.eat(TK_FILTER) {
            self.expect(TK_LP)?;
            self.expect(TK_WHERE)?;
            inner.push(self.expression()?);
            self.expect(TK_RP)?;
        }
        let mut window = None;
        if self.eat(TK_OVER) {
            if self.eat(TK_LP) {
                let (base, parts) = self.window()?;
                window = base;
                inner.extend(parts);
                self.expect(TK_RP)?;
            } else {
                window = Some(self.name()?);
            }
        }
        Ok(ExpressionKind::Call {
            name,
            arguments,
            star,
            special: false,
            inner,
            window,
        })
    }

    /// The inside of a window: the one that it builds on, and its expressions.
    pub(super) fn window(&mut self) -> Read<(Option<Name>, Vec<Expression>)> {
        let mut parts = Vec::new();
        let base = match self.peek() {
            TK_PARTITION | TK_RANGE | TK_ROWS | TK_GROUPS => None,
            kind if is_name(kind) => Some(self.name()?),
            _ => None,
        };
        if self.eat_both(TK_PARTITION, TK_BY) {
            parts.extend(self.expressions()?);
        }
        if self.eat_both(TK_ORDER, TK_BY) {
            parts.extend(self.sorted()?);
        }
        if matches!(self.peek(), TK_RANGE | TK_ROWS | TK_GROUPS) {
            self.next()?;
            if self.eat(TK_BETWEEN) {
                parts.extend(self.frame_bound()?);
                self.expect(TK_AND)?;
            }
            parts.extend(self.frame_bound()?);
            if self.eat(TK_EXCLUDE) {
                let _ = self.eat(TK_NO) || self.eat(TK_CURRENT);
                self.next()?;
            }
        }
        Ok((base, parts))
    }

    fn frame_bound(&mut self) -> Read<Option<Expression>> {
        if self.eat_both(TK_UNBOUNDED, TK_PRECEDING)
            || self.eat_both(TK_UNBOUNDED, TK_FOLLOWING)
            || self.eat_both(TK_CURRENT, TK_ROW)
        {
            return Ok(None);
        }
        let bound = self.expression()?;
        if self.eat(TK_PRECEDING) || self.eat(TK_FOLLOWING) {
            Ok(Some(bound))
        } else {
            Err(Unread)
        }
    }

    /// `ORDER BY`'s list, without its directions.
    pub(super) fn sorted(&mut self) -> Read<Vec<Expression>> {
        let parts = self.list(|cursor| {
            let expression = cursor.expression()?;
            cursor.direction()?;
            Ok(expression)
        })?;
        Ok(parts)
    }

    /// `ASC`, `DESC`, `NULLS FIRST`.
    fn direction(&mut self) -> Read<Direction> {
        let descending = self.eat(TK_DESC);
        let _ = descending || self.eat(TK_ASC);
        let start = self.start();
        let nulls = self.peek() == TK_NULLS && matches!(self.peek_at(1), TK_FIRST | TK_LAST);
        if nulls {
            self.next()?;
            self.next()?;
        }
        Ok(Direction {
            descending,
            nulls: nulls.then(|| start..self.end()),
        })
    }

    /// The columns of a key, whose order nobody can choose.
    pub(super) fn conflict_target(&mut self) -> Read<Vec<Expression>> {
        self.bracketed(|cursor| {
            let expression = cursor.expression()?;
            let direction = cursor.direction()?;
            cursor.no_nulls(direction.nulls);
            Ok(expression)
        })
    }

    fn no_nulls(&mut self, nulls: Option<Range<usize>>) {
        if let Some(range) = nulls {
            let text = self.text(range.clone()).to_ascii_uppercase();
            self.refuse(
                range,
                format!("`{text}` is for `ORDER BY` only"),
                "leave it out: in an index of SQLite NULL comes before everything else",
            );
        }
    }

    /// The parts of an index or a key; the bracket comes next.
    pub(super) fn index_parts(&mut self) -> Read<Vec<IndexPart>> {
        self.bracketed(Self::index_part)
    }

    pub(super) fn index_part(&mut self) -> Read<IndexPart> {
        let expression = self.expression()?;
        let direction = self.direction()?;
        self.no_nulls(direction.nulls);
        let (mut expression, collation) = match expression.kind {
            ExpressionKind::Collate {
                expression,
                collation,
            } => (*expression, Some(collation)),
            _ => (expression, None),
        };
        // A string is the name of a column here.
        if let ExpressionKind::Literal(Literal::Text(text)) = expression.kind {
            let name = Name {
                text,
                quoted: false,
                range: expression.range.clone(),
            };
            expression.kind = ExpressionKind::Column { table: None, name };
        }
        Ok(IndexPart {
            expression,
            collation,
            operator_class: None,
            descending: direction.descending,
            nulls_first: None,
            length: None,
        })
    }

    /// A type: any number of words, and up to two numbers. In a column `GENERATED` ends it.
    pub(super) fn type_name(&mut self, in_cast: bool) -> Read<Option<TypeName>> {
        let start = self.start();
        let mut words: Vec<Name> = Vec::new();
        while self.peek() == TK_STRING
            || is_identifier(self.peek()) && (in_cast || self.peek() != TK_GENERATED)
        {
            words.push(self.name()?);
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return Ok(None);
        };
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let name = Name {
            text: texts.join(" "),
            quoted: words.iter().any(|word| word.quoted),
            range: first.range.start..last.range.end,
        };
        let mut arguments = Vec::new();
        if self.eat(TK_LP) {
            arguments = self.list(|cursor| {
                let start = cursor.start();
                let _ = cursor.eat(TK_PLUS) || cursor.eat(TK_MINUS);
                if !matches!(cursor.peek(), TK_INTEGER | TK_FLOAT) {
                    return Err(Unread);
                }
                let end = cursor.next()?.end;
                Ok(cursor.text(start..end).to_owned())
            })?;
            self.expect(TK_RP)?;
        }
        Ok(Some(TypeName {
            path: Path::bare(name),
            arguments,
            words: Vec::new(),
            array: false,
            special: false,
            range: start..self.end(),
        }))
    }
}

fn is_infix(operator: &str) -> bool {
    !matches!(
        operator,
        "IS" | "LIKE" | "BETWEEN" | "IN" | "ISNULL" | "NOT" | "COLLATE"
    )
}

fn is_bare(cursor: &Cursor<'_>, name: &Name) -> bool {
    !cursor
        .text(name.range.clone())
        .starts_with(['"', '`', '[', '\''])
}
