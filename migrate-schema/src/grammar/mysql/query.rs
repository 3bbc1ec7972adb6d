//! `SELECT` and its kin.

use super::{
    parser::{Parse, Parser, Stop},
    token::Kind,
};
use crate::tree::{Action, Body, Cte, Expression, Name, Output, Query, Select, SetOperator};

impl Parser<'_> {
    /// A query: `[WITH …] body [ORDER BY …] [LIMIT …] [FOR UPDATE]`.
    pub(super) fn query(&mut self) -> Parse<Query> {
        self.deeper(Self::query_here)
    }

    fn query_here(&mut self) -> Parse<Query> {
        let start = self.start();
        let (recursive, with) = self.with()?;
        let mut query = Query {
            range: start..start,
            recursive,
            with,
            body: self.query_body()?,
            order_by: Vec::new(),
            limit: Vec::new(),
        };
        self.query_tail(&mut query)?;
        query.range = self.since(start);
        if !self.into.is_empty() {
            let variables = std::mem::take(&mut self.into);
            self.query_into(&query, &variables);
        }
        Ok(query)
    }

    /// `WITH [RECURSIVE] a (b) AS (…), …`
    pub(super) fn with(&mut self) -> Parse<(bool, Vec<Cte>)> {
        if !self.word("with") {
            return Ok((false, Vec::new()));
        }
        let recursive = self.word("recursive");
        let with = self.list(|p| {
            let name = p.name("the name of a common table expression")?;
            let columns = if p.is_symbol("(") {
                p.names_in_brackets("the name of a column")?
            } else {
                Vec::new()
            };
            p.expect("as")?;
            let query = p.query_in_brackets()?;
            if p.is_at(0, "cycle") {
                return Err(Stop::Opaque);
            }
            Ok(Cte {
                name,
                columns,
                action: Box::new(Action::Query(Box::new(query))),
            })
        })?;
        Ok((recursive, with))
    }

    /// Queries joined by `UNION` and its kin. Thousands of them make a tree of little depth.
    fn query_body(&mut self) -> Parse<Body> {
        let mut parts = vec![self.query_part()?];
        let mut operator = SetOperator::Union;
        while let Some(word) = self.one_of(&["union", "except", "intersect", "minus"]) {
            self.one_of(&["all", "distinct"]);
            operator = match word {
                "union" => SetOperator::Union,
                "intersect" => SetOperator::Intersect,
                _ => SetOperator::Except,
            };
            parts.push(self.query_part()?);
        }
        let joined = join_parts(&mut parts, operator);
        match joined {
            Some(query) if query.order_by.is_empty() && query.limit.is_empty() => Ok(query.body),
            Some(query) => Ok(Body::Set {
                operator,
                right: Box::new(plain(query.range.clone(), Body::Opaque)),
                left: Box::new(query),
            }),
            None => Ok(Body::Opaque),
        }
    }

    /// `SELECT …`, `VALUES …`, `TABLE t`, or a query in brackets.
    fn query_part(&mut self) -> Parse<Query> {
        let start = self.start();
        if self.is_symbol("(") {
            return self.query_in_brackets();
        }
        let body = if self.word("select") {
            Body::Select(Box::new(self.select()?))
        } else if self.word("values") {
            Body::Values(self.list(|p| {
                p.word("row");
                p.in_brackets(|p| p.list(Self::value))
            })?)
        } else if self.word("table") {
            Body::Table(self.path("the name of a table")?)
        } else {
            return self.unexpected();
        };
        Ok(plain(self.since(start), body))
    }

    fn query_tail(&mut self, query: &mut Query) -> Parse<()> {
        if self.word("order") {
            self.expect("by")?;
            query.order_by = self.order_items()?;
        }
        self.limit(&mut query.limit)?;
        if self.is_at(0, "procedure") {
            return Err(Stop::Opaque);
        }
        self.into()?;
        self.locking()?;
        self.into()
    }

    /// `e [ASC | DESC], …`
    pub(super) fn order_items(&mut self) -> Parse<Vec<Expression>> {
        self.list(|p| {
            let item = p.expression()?;
            p.one_of(&["asc", "desc"]);
            Ok(item)
        })
    }

    /// `LIMIT a, b`, `LIMIT a OFFSET b`, MariaDB's `OFFSET … FETCH …`.
    pub(super) fn limit(&mut self, limit: &mut Vec<Expression>) -> Parse<()> {
        if self.word("limit") {
            if self.words(&["rows", "examined"]) {
                limit.push(self.simple_expression()?);
                return Ok(());
            }
            limit.push(self.simple_expression()?);
            if self.symbol(",") || self.word("offset") {
                limit.push(self.simple_expression()?);
            }
            if self.words(&["rows", "examined"]) {
                limit.push(self.simple_expression()?);
            }
            return Ok(());
        }
        if self.is_at(0, "offset") {
            self.advance();
            limit.push(self.simple_expression()?);
            self.one_of(&["row", "rows"]);
        }
        if self.is_at(0, "fetch") && self.any_at(1, &["first", "next"]) {
            self.back_to(self.at + 2);
            if !self.any_at(0, &["row", "rows"]) {
                limit.push(self.simple_expression()?);
            }
            self.one_of(&["row", "rows"]);
            if !self.word("only") {
                self.expect_words(&["with", "ties"])?;
            }
        }
        Ok(())
    }

    /// `INTO @a, b`, `INTO OUTFILE …`
    fn into(&mut self) -> Parse<()> {
        if !self.word("into") {
            return Ok(());
        }
        if self.is_any(&["outfile", "dumpfile"]) {
            return Err(Stop::Opaque);
        }
        self.list(|p| {
            if p.token().kind == Kind::Variable {
                let variable = p.variable_here();
                p.into.push(variable);
                p.advance();
                return Ok(());
            }
            let variable = p.path("a variable")?;
            p.into.push(variable.name.text.to_ascii_lowercase());
            Ok(())
        })?;
        Ok(())
    }

    /// `FOR UPDATE`, `LOCK IN SHARE MODE`
    fn locking(&mut self) -> Parse<()> {
        loop {
            if self.words(&["lock", "in", "share", "mode"]) {
            } else if self.is_at(0, "for") && self.any_at(1, &["update", "share"]) {
                self.back_to(self.at + 2);
                if self.word("of") {
                    self.list(|p| p.path("the name of a table"))?;
                }
            } else {
                return Ok(());
            }
            if self.word("wait") {
                self.number()?;
            } else if !self.word("nowait") {
                self.words(&["skip", "locked"]);
            }
        }
    }

    /// Behind `SELECT`.
    fn select(&mut self) -> Parse<Select> {
        let options = &[
            "all",
            "distinct",
            "distinctrow",
            "unique",
            "high_priority",
            "straight_join",
            "sql_small_result",
            "sql_big_result",
            "sql_buffer_result",
            "sql_no_cache",
            "sql_cache",
            "sql_calc_found_rows",
        ];
        while self.one_of(options).is_some() {}
        let mut select = Select {
            outputs: self.outputs()?,
            from: Vec::new(),
            filter: None,
            group_by: Vec::new(),
            having: None,
            windows: Vec::new(),
            distinct_on: Vec::new(),
        };
        self.into()?;
        if self.word("from") {
            if self.is_at(0, "dual") {
                self.advance();
            } else {
                select.from = self.sources()?;
            }
        }
        if self.word("where") {
            select.filter = Some(self.expression()?);
        }
        if self.word("group") {
            self.expect("by")?;
            select.group_by = self.order_items()?;
            self.words(&["with", "rollup"]);
        }
        if self.word("having") {
            select.having = Some(self.expression()?);
        }
        if self.is_at(0, "window") {
            self.advance();
            select.windows = self.list(|p| {
                let name = p.name("the name of a window")?;
                p.expect("as")?;
                let mut inner = Vec::new();
                p.window(&mut inner)?;
                Ok((name, inner))
            })?;
        }
        if self.is_at(0, "qualify") {
            return Err(Stop::Opaque);
        }
        Ok(select)
    }

    /// What a `SELECT` or `RETURNING` gives.
    pub(super) fn outputs(&mut self) -> Parse<Vec<Output>> {
        let mut outputs = Vec::new();
        if self.symbol_at(0, "*") {
            outputs.push(Output::All(self.token().range()));
            self.advance();
            if !self.symbol(",") {
                return Ok(outputs);
            }
        }
        outputs.extend(self.list(Self::output)?);
        Ok(outputs)
    }

    fn output(&mut self) -> Parse<Output> {
        let all_of_table = self.symbol_at(1, ".") && self.symbol_at(2, "*");
        let all_of_path =
            self.symbol_at(1, ".") && self.symbol_at(3, ".") && self.symbol_at(4, "*");
        if all_of_table || all_of_path {
            let first = self.name("the name of a table")?;
            self.expect_symbol(".")?;
            let path = if all_of_path {
                let name = self.take_name();
                self.expect_symbol(".")?;
                crate::tree::Path {
                    schema: Some(first),
                    name,
                }
            } else {
                crate::tree::Path::bare(first)
            };
            self.expect_symbol("*")?;
            return Ok(Output::AllOf(path));
        }
        let expression = self.expression()?;
        let alias = self.output_alias()?;
        Ok(Output::Expression { expression, alias })
    }

    /// `AS a`, `a`, `AS 'a'`
    fn output_alias(&mut self) -> Parse<Option<Name>> {
        let written = self.word("as");
        if self.token().kind == Kind::Text {
            let range = self.token().range();
            let text = self.string()?;
            return Ok(Some(Name {
                text,
                quoted: true,
                range,
            }));
        }
        if written {
            return Ok(Some(self.name("the name of an output")?));
        }
        self.bare_alias()
    }

    /// A name that may follow without `AS`.
    pub(super) fn bare_alias(&mut self) -> Parse<Option<Name>> {
        let clause = [
            "except",
            "intersect",
            "minus",
            "offset",
            "window",
            "returning",
            "lateral",
            "qualify",
            "sounds",
        ];
        if !self.is_name_at(0) || (self.any_at(0, &clause) && !self.begins_nothing()) {
            return Ok(None);
        }
        Ok(Some(self.take_name()))
    }

    /// Whether a word that begins a clause on some servers is a name here, since nothing follows that such a clause has.
    fn begins_nothing(&self) -> bool {
        let next = self.token_at(1).kind;
        next == Kind::End || self.symbol_at(1, ",") || self.symbol_at(1, ")")
    }
}

fn plain(range: std::ops::Range<usize>, body: Body) -> Query {
    Query {
        range,
        recursive: false,
        with: Vec::new(),
        body,
        order_by: Vec::new(),
        limit: Vec::new(),
    }
}

/// Joins queries pairwise, the first on the very left.
fn join_parts(parts: &mut Vec<Query>, operator: SetOperator) -> Option<Query> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let mut right_half = parts.split_off(parts.len().div_ceil(2));
    let left = join_parts(parts, operator)?;
    let right = join_parts(&mut right_half, operator)?;
    let range = left.range.start..right.range.end;
    Some(plain(
        range,
        Body::Set {
            operator,
            left: Box::new(left),
            right: Box::new(right),
        },
    ))
}
