//! Calls, and the words that look like one.

use super::{
    parser::{Parse, Parser},
    token::Kind,
};
use crate::{
    Code, Finding,
    tree::{Expression, ExpressionKind, Literal, Name, Path},
};

/// Reserved words that are functions all the same.
const FUNCTIONS: [&str; 29] = [
    "char",
    "coalesce",
    "convert",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "database",
    "default",
    "if",
    "insert",
    "interval",
    "left",
    "localtime",
    "localtimestamp",
    "mod",
    "repeat",
    "replace",
    "right",
    "row_number",
    "schema",
    "truncate",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "values",
    "exists",
    "row",
];

/// Functions that may stand without brackets.
const WITHOUT_BRACKETS: [&str; 10] = [
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "utc_date",
    "utc_time",
    "utc_timestamp",
];

const UNITS: [&str; 29] = [
    "microsecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "second_microsecond",
    "minute_microsecond",
    "minute_second",
    "hour_microsecond",
    "hour_second",
    "hour_minute",
    "day_microsecond",
    "day_second",
    "day_minute",
    "day_hour",
    "year_month",
    "sql_tsi_second",
    "sql_tsi_minute",
    "sql_tsi_hour",
    "sql_tsi_day",
    "sql_tsi_week",
    "sql_tsi_month",
    "sql_tsi_quarter",
    "sql_tsi_year",
    "frac_second",
];

impl Parser<'_> {
    /// Whether the word, before a `(`, can be the name of a function.
    pub(super) fn is_function_word(&self) -> bool {
        !self.is_reserved_at(0) || self.any_at(0, &FUNCTIONS)
    }

    /// Words that are expressions without looking like one: `CURRENT_TIMESTAMP`, `INTERVAL 1 DAY`, `DATE '2020-01-01'`, ….
    pub(super) fn special_word(&mut self) -> Parse<Option<Expression>> {
        let start = self.start();
        let brackets = self.symbol_at(1, "(");
        if !brackets && self.any_at(0, &WITHOUT_BRACKETS) {
            let keyword = self.text().to_ascii_uppercase();
            self.advance();
            return Ok(Some(Expression {
                range: self.since(start),
                kind: ExpressionKind::Literal(Literal::Keyword(keyword)),
            }));
        }
        if self.is_at(0, "default") && !brackets {
            self.advance();
            return Ok(Some(Expression {
                range: self.since(start),
                kind: ExpressionKind::Default,
            }));
        }
        if self.any_at(0, &["date", "time", "timestamp"]) && self.token_at(1).kind == Kind::Text {
            self.advance();
            let text = self.string()?;
            return Ok(Some(Expression {
                range: self.since(start),
                kind: ExpressionKind::Literal(Literal::Text(text)),
            }));
        }
        if self.is_at(0, "interval") {
            return self.interval(start).map(Some);
        }
        if self.is_at(0, "match") {
            return self.match_against(start).map(Some);
        }
        if self.any_at(0, &["next", "previous"]) && self.is_at(1, "value") && self.is_at(2, "for") {
            self.back_to(self.at + 3);
            self.path("the name of a sequence")?;
            return Ok(Some(Expression {
                range: self.since(start),
                kind: ExpressionKind::Opaque,
            }));
        }
        Ok(None)
    }

    /// `INTERVAL e unit`, or the function `INTERVAL(a, b, c)`.
    fn interval(&mut self, start: usize) -> Parse<Expression> {
        self.expect("interval")?;
        let first = self.expression()?;
        if let ExpressionKind::Row(arguments) = first.kind {
            return Ok(Expression {
                range: self.since(start),
                kind: ExpressionKind::Operation {
                    operator: "INTERVAL".to_owned(),
                    operands: arguments,
                },
            });
        }
        self.unit()?;
        Ok(Expression {
            range: self.since(start),
            kind: ExpressionKind::Operation {
                operator: "INTERVAL".to_owned(),
                operands: vec![first],
            },
        })
    }

    pub(super) fn unit(&mut self) -> Parse<()> {
        match self.one_of(&UNITS) {
            Some(_) => Ok(()),
            None => self.expected_here("a unit of time (`DAY`, `HOUR`, …)"),
        }
    }

    /// `MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)`
    fn match_against(&mut self, start: usize) -> Parse<Expression> {
        self.expect("match")?;
        let mut operands = if self.symbol_at(0, "(") {
            self.in_brackets(|p| p.list(Self::expression))?
        } else {
            self.list(Self::simple_expression)?
        };
        self.expect("against")?;
        let text = self.in_brackets(|p| {
            let text = p.simple_expression()?;
            if p.word("in") {
                if p.words(&["boolean", "mode"]) {
                    return Ok(text);
                }
                p.expect_words(&["natural", "language", "mode"])?;
            }
            if p.word("with") {
                p.expect_words(&["query", "expansion"])?;
            }
            Ok(text)
        })?;
        operands.push(text);
        Ok(Expression {
            range: self.since(start),
            kind: ExpressionKind::Operation {
                operator: "MATCH".to_owned(),
                operands,
            },
        })
    }

    /// A call whose name is one word, right before its `(`.
    pub(super) fn call(&mut self) -> Parse<Expression> {
        let start = self.start();
        let name = self.take_name();
        match name.text.to_ascii_lowercase().as_str() {
            "cast" => self.cast(start),
            "convert" => self.convert_call(start),
            "row" => {
                let parts = self.in_brackets(|p| p.list(Self::expression))?;
                Ok(self.made(start, ExpressionKind::Row(parts)))
            }
            "default" => {
                let column = self.in_brackets(Self::expression)?;
                Ok(self.made(
                    start,
                    ExpressionKind::Operation {
                        operator: "DEFAULT".to_owned(),
                        operands: vec![column],
                    },
                ))
            }
            _ => self.call_of(start, vec![name]),
        }
    }

    pub(super) fn made(&self, start: usize, kind: ExpressionKind) -> Expression {
        Expression {
            range: self.since(start),
            kind,
        }
    }

    /// A call behind its name.
    pub(super) fn call_of(&mut self, start: usize, mut names: Vec<Name>) -> Parse<Expression> {
        let Some(name) = names.pop() else {
            return self.unexpected();
        };
        let lower = name.text.to_ascii_lowercase();
        let path = Path {
            schema: names.pop(),
            name,
        };
        let mut star = false;
        let mut inner = Vec::new();
        let mut special = false;
        let arguments = self.in_brackets(|p| {
            if p.symbol_at(0, ")") {
                return Ok(Vec::new());
            }
            if p.symbol_at(0, "*") && lower == "count" {
                p.advance();
                star = true;
                return Ok(Vec::new());
            }
            p.arguments(&lower, &mut inner, &mut special)
        })?;
        let window = self.over(&lower, &mut inner)?;
        Ok(self.made(
            start,
            ExpressionKind::Call {
                name: path,
                arguments,
                star,
                special,
                inner,
                window,
            },
        ))
    }

    fn arguments(
        &mut self,
        function: &str,
        inner: &mut Vec<Expression>,
        special: &mut bool,
    ) -> Parse<Vec<Expression>> {
        let mut arguments = Vec::new();
        match function {
            "trim" if self.any_at(0, &["both", "leading", "trailing"]) => {
                *special = true;
                self.advance();
                if self.is_at(0, "from") {
                    self.advance();
                    arguments.push(self.expression()?);
                    return Ok(arguments);
                }
            }
            "extract" => {
                *special = true;
                self.unit()?;
                self.expect("from")?;
                arguments.push(self.expression()?);
                return Ok(arguments);
            }
            "position" => {
                *special = true;
                // `IN` belongs to the call, not to an expression.
                arguments.push(self.simple_expression()?);
                self.expect("in")?;
                arguments.push(self.expression()?);
                return Ok(arguments);
            }
            "timestampadd" | "timestampdiff" => {
                *special = true;
                self.unit()?;
                self.expect_symbol(",")?;
            }
            "get_format" => {
                *special = true;
                self.advance();
                self.expect_symbol(",")?;
            }
            _ => {}
        }
        if self.any_at(0, &["distinct", "all"]) {
            self.advance();
            *special = true;
        }
        if matches!(function, "nextval" | "currval" | "setval") && self.token().kind == Kind::Text {
            return self.refuse(super::foreign::nextval(self.token().range()));
        }
        let distinct = *special;
        arguments.extend(self.list(Self::argument)?);
        if function == "count" && !distinct && arguments.len() > 1 {
            return self.refuse(
                Finding::new(
                    Code::SqlSyntax,
                    "COUNT takes one expression",
                    arguments[1].range.clone(),
                )
                .help("write COUNT(DISTINCT a, b), or COUNT(*)"),
            );
        }
        let is_interval = |one: &Expression| matches!(&one.kind, ExpressionKind::Operation { operator, .. } if operator == "INTERVAL");
        if matches!(function, "date_add" | "date_sub")
            && let [_, second] = arguments.as_slice()
            && !is_interval(second)
        {
            return self.refuse(
                Finding::new(
                    Code::SqlSyntax,
                    "this should be an interval",
                    second.range.clone(),
                )
                .help("write INTERVAL … DAY, or another unit"),
            );
        }
        self.argument_tail(function, inner, special, &mut arguments)?;
        Ok(arguments)
    }

    /// An argument; a function that the application registers takes `e AS name`.
    fn argument(&mut self) -> Parse<Expression> {
        let expression = self.expression()?;
        if self.is_at(0, "as") && self.is_name_at(1) && self.any_at(1, &["char", "binary"]) {
            return Ok(expression);
        }
        Ok(expression)
    }

    /// What stands behind the arguments of some functions.
    fn argument_tail(
        &mut self,
        function: &str,
        inner: &mut Vec<Expression>,
        special: &mut bool,
        arguments: &mut Vec<Expression>,
    ) -> Parse<()> {
        match function {
            "group_concat" | "json_arrayagg" => {
                *special = true;
                if self.word("order") {
                    self.expect("by")?;
                    inner.extend(self.order_items()?);
                }
                if self.word("separator") {
                    self.string()?;
                }
                if self.word("limit") {
                    self.list(Self::expression)?;
                }
            }
            "substring" | "substr" | "mid" if self.word("from") => {
                *special = true;
                arguments.push(self.expression()?);
                if self.word("for") {
                    arguments.push(self.expression()?);
                }
            }
            "trim" if self.word("from") => {
                *special = true;
                arguments.push(self.expression()?);
            }
            "char" if self.word("using") => {
                *special = true;
                self.character_set()?;
            }
            "weight_string" if self.is_any(&["as", "level"]) => {
                return self.opaque_arguments(special);
            }
            "json_value" if self.is_any(&["returning", "null", "error", "default"]) => {
                return self.opaque_arguments(special);
            }
            _ => {}
        }
        if self.is_at(0, "as") && self.is_name_at(1) {
            // Loadable functions take names for their arguments.
            return self.opaque_arguments(special);
        }
        Ok(())
    }

    /// Goes to the `)` that closes the call.
    fn opaque_arguments(&mut self, special: &mut bool) -> Parse<()> {
        *special = true;
        let mut open = 0_usize;
        while !self.at_end() {
            if self.symbol_at(0, "(") {
                open += 1;
            } else if self.symbol_at(0, ")") {
                if open == 0 {
                    return Ok(());
                }
                open -= 1;
            }
            self.advance();
        }
        Ok(())
    }

    /// `OVER (PARTITION BY … ORDER BY …)`, `OVER name`
    fn over(&mut self, _function: &str, inner: &mut Vec<Expression>) -> Parse<Option<Name>> {
        // MySQL: `RESPECT NULLS`, `FROM FIRST`, before `OVER`.
        if self.any_at(0, &["respect", "ignore"]) && self.is_at(1, "nulls") {
            self.back_to(self.at + 2);
        }
        if self.is_at(0, "within") && self.is_at(1, "group") {
            self.back_to(self.at + 2);
            self.in_brackets(|p| {
                p.expect_words(&["order", "by"])?;
                inner.extend(p.order_items()?);
                Ok(())
            })?;
        }
        if !self.is_at(0, "over") {
            return Ok(None);
        }
        self.advance();
        if self.symbol_at(0, "(") {
            return self.window(inner);
        }
        Ok(Some(self.name("the name of a window")?))
    }

    /// `([name] [PARTITION BY …] [ORDER BY …] [frame])`; gives the name of the window that it is made from.
    pub(super) fn window(&mut self, inner: &mut Vec<Expression>) -> Parse<Option<Name>> {
        self.in_brackets(|p| {
            let mut name = None;
            let clause = p.any_at(0, &["partition", "order", "rows", "range", "groups"]);
            if p.is_name_at(0) && !clause {
                name = Some(p.take_name());
            }
            if p.word("partition") {
                p.expect("by")?;
                inner.extend(p.list(Self::expression)?);
            }
            if p.word("order") {
                p.expect("by")?;
                inner.extend(p.order_items()?);
            }
            if p.one_of(&["rows", "range", "groups"]).is_some() {
                p.frame()?;
            }
            Ok(name)
        })
    }

    fn frame(&mut self) -> Parse<()> {
        if self.word("between") {
            self.frame_bound()?;
            self.expect("and")?;
        }
        self.frame_bound()?;
        if self.word("exclude") {
            while !self.at_end() && !self.symbol_at(0, ")") {
                self.advance();
            }
        }
        Ok(())
    }

    fn frame_bound(&mut self) -> Parse<()> {
        if self.word("current") {
            return self.expect("row");
        }
        if !self.word("unbounded") {
            self.expression()?;
        }
        match self.one_of(&["preceding", "following"]) {
            Some(_) => Ok(()),
            None => self.unexpected(),
        }
    }
}
