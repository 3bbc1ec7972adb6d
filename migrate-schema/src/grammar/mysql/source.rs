//! What `FROM` reads: tables, queries in brackets, joins.

use super::parser::{Parse, Parser, Stop};
use crate::{
    Code, Finding,
    tree::{Expression, ExpressionKind, Join, JoinCondition, Name, Source},
};

/// How many joins may stand in a row. What has more is opaque.
const JOINS: usize = 100;

impl Parser<'_> {
    /// `a, b JOIN c ON …`
    pub(super) fn sources(&mut self) -> Parse<Vec<Source>> {
        self.list(Self::joined)
    }

    fn joined(&mut self) -> Parse<Source> {
        self.deeper(|p| {
            let first = p.source()?;
            p.joins(first)
        })
    }

    fn joins(&mut self, first: Source) -> Parse<Source> {
        let mut left = first;
        let mut count = 0;
        // Joins whose `ON` has not come yet: `a LEFT JOIN b JOIN c ON … ON …`.
        let mut waiting = 0_usize;
        loop {
            if waiting > 0 && self.is_at(0, "on") {
                self.advance();
                waiting -= 1;
                let condition = self.expression()?;
                add_condition(&mut left, condition);
                continue;
            }
            let Some((natural, outer)) = self.join_words()? else {
                break;
            };
            count += 1;
            if count > JOINS {
                return Err(Stop::Opaque);
            }
            let right = self.source()?;
            let condition = if natural {
                JoinCondition::Natural
            } else {
                self.join_condition()?
            };
            if matches!(condition, JoinCondition::None) {
                waiting += 1;
                if outer && !self.join_follows() {
                    return self.unexpected();
                }
            }
            left = Source::Join(Box::new(Join {
                left,
                right,
                condition,
            }));
        }
        Ok(left)
    }

    fn join_condition(&mut self) -> Parse<JoinCondition> {
        if self.word("on") {
            return Ok(JoinCondition::On(self.expression()?));
        }
        if self.word("using") {
            let names = self.names_in_brackets("the name of a column")?;
            return Ok(JoinCondition::Using(names));
        }
        Ok(JoinCondition::None)
    }

    fn join_follows(&self) -> bool {
        self.any_at(
            0,
            &[
                "join",
                "inner",
                "cross",
                "left",
                "right",
                "natural",
                "straight_join",
            ],
        )
    }

    /// Reads the words of a join: whether it is natural, and whether it is an outer one, which needs a condition.
    fn join_words(&mut self) -> Parse<Option<(bool, bool)>> {
        if self.word("join") || self.word("straight_join") {
            return Ok(Some((false, false)));
        }
        if self.one_of(&["inner", "cross"]).is_some() {
            self.expect("join")?;
            return Ok(Some((false, false)));
        }
        if self.one_of(&["left", "right"]).is_some() {
            self.word("outer");
            self.expect("join")?;
            return Ok(Some((false, true)));
        }
        if self.word("natural") {
            if self.one_of(&["left", "right"]).is_some() {
                self.word("outer");
            } else {
                self.word("inner");
            }
            self.expect("join")?;
            return Ok(Some((true, false)));
        }
        Ok(None)
    }

    /// One table, query or bracket.
    pub(super) fn source(&mut self) -> Parse<Source> {
        if self.is_symbol("(") {
            return self.source_in_brackets();
        }
        if self.symbol_at(0, "{") {
            // ODBC's `{OJ a LEFT JOIN b ON …}`
            return Err(Stop::Opaque);
        }
        if self.is_at(0, "lateral") && self.symbol_at(1, "(") {
            self.advance();
            return self.derived(true);
        }
        if self.is_at(0, "json_table") && self.symbol_at(1, "(") {
            return self.json_table();
        }
        self.table_source()
    }

    fn source_in_brackets(&mut self) -> Parse<Source> {
        if !self.query_at(0) {
            return self.in_brackets(|p| {
                let first = p.joined()?;
                let mut sources = vec![first];
                while p.symbol(",") {
                    sources.push(p.joined()?);
                }
                Ok(cross(sources))
            });
        }
        if !self.symbol_at(1, "(") {
            return self.derived(false);
        }
        // `((SELECT 1) AS a JOIN b)` begins as `((SELECT 1) UNION …) AS a` does.
        let at = self.at;
        match self.derived(false) {
            Ok(source) => Ok(source),
            Err(Stop::Opaque) => Err(Stop::Opaque),
            Err(refused) => {
                self.back_to(at);
                match self.in_brackets(Self::joined) {
                    Ok(source) => Ok(source),
                    Err(_) => Err(refused),
                }
            }
        }
    }

    fn derived(&mut self, lateral: bool) -> Parse<Source> {
        let start = self.start();
        let query = self.query_in_brackets()?;
        let range = self.since(start);
        let written = self.word("as");
        let alias = if written {
            Some(self.name("the name of the derived table")?)
        } else {
            self.bare_alias()?
        };
        if alias.is_none() {
            return self.refuse(
                Finding::new(Code::SqlSyntax, "a query in FROM needs a name", range)
                    .help("write `AS name` behind its `)`"),
            );
        }
        Ok(Source::Query {
            query: Box::new(query),
            alias,
            columns: self.column_names()?,
            lateral,
        })
    }

    fn column_names(&mut self) -> Parse<Vec<Name>> {
        if self.is_symbol("(") {
            return self.names_in_brackets("the name of a column");
        }
        Ok(Vec::new())
    }

    /// `JSON_TABLE(e, '$' COLUMNS (…)) AS a`
    fn json_table(&mut self) -> Parse<Source> {
        self.advance();
        let mut open = 0_usize;
        loop {
            if self.at_end() {
                return self.unexpected();
            }
            open += usize::from(self.symbol_at(0, "("));
            open -= usize::from(self.symbol_at(0, ")"));
            self.advance();
            if open == 0 {
                break;
            }
        }
        self.word("as");
        let alias = Some(self.name("the name of the table")?);
        Ok(Source::Opaque { alias })
    }

    fn table_source(&mut self) -> Parse<Source> {
        let name = self.path("the name of a table")?;
        if self.symbol_at(0, "(") {
            return Err(Stop::Opaque);
        }
        if self.is_at(0, "partition") && self.symbol_at(1, "(") {
            self.advance();
            self.names_in_brackets("the name of a partition")?;
        }
        if self.is_at(0, "for") && self.any_at(1, &["system_time", "portion"]) {
            return Err(Stop::Opaque);
        }
        let alias = if self.word("as") {
            Some(self.name("the name of the table here")?)
        } else {
            self.bare_alias()?
        };
        let mut indexes = Vec::new();
        while self.any_at(0, &["use", "ignore", "force"]) && self.any_at(1, &["index", "key"]) {
            self.back_to(self.at + 2);
            if self.word("for") && !self.word("join") {
                if self.one_of(&["order", "group"]).is_none() {
                    return self.unexpected();
                }
                self.expect("by")?;
            }
            self.in_brackets(|p| {
                if p.symbol_at(0, ")") {
                    return Ok(());
                }
                let names = p.list(|p| {
                    if p.is_at(0, "primary") {
                        return Ok(p.take_name());
                    }
                    p.name("the name of an index")
                })?;
                let primary = |name: &Name| name.text.eq_ignore_ascii_case("primary");
                indexes.extend(names.into_iter().filter(|name| !primary(name)));
                Ok(())
            })?;
        }
        Ok(Source::Table {
            name,
            alias,
            columns: Vec::new(),
            indexes,
        })
    }
}

/// Several sources as one: what a comma between them means.
pub(super) fn cross(sources: Vec<Source>) -> Source {
    let mut sources = sources.into_iter();
    let first = sources.next().unwrap_or(Source::Opaque { alias: None });
    sources.fold(first, |left, right| {
        Source::Join(Box::new(Join {
            left,
            right,
            condition: JoinCondition::None,
        }))
    })
}

/// A condition that comes late is the last join's.
fn add_condition(source: &mut Source, condition: Expression) {
    let Source::Join(join) = source else {
        return;
    };
    let old = std::mem::replace(&mut join.condition, JoinCondition::None);
    join.condition = match old {
        JoinCondition::On(first) => {
            let range = first.range.start..condition.range.end;
            JoinCondition::On(Expression {
                range,
                kind: ExpressionKind::Operation {
                    operator: "AND".to_owned(),
                    operands: vec![first, condition],
                },
            })
        }
        _ => JoinCondition::On(condition),
    };
}
