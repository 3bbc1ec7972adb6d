//! MySQL and MariaDB tell of each table, view and routine how it would be made.
//!
//! The first round asks what there is, the second how each thing is made: `SHOW CREATE` says what `information_schema`
//! does not (expressions as defaults, checks, what a partition is), and says it in words that the server itself takes.

use super::{Definitions, Inquiry, Next, Rows, Scope, Unreadable, answer, text};
use crate::{
    Dialect,
    lex::{self, TokenKind},
    quote::quoted,
    settings::{Product, Target},
};

const SERVER: &str = "SELECT VERSION(), DATABASE()";

/// Of one server's tables and of sequences, which only MariaDB has.
const TABLES: &str = "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES \
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'VIEW' ORDER BY TABLE_NAME";

const VIEWS: &str = "SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS \
    WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME";

const TRIGGERS: &str = "SELECT TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_STATEMENT \
    FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() \
    ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER";

const ROUTINES: &str = "SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES \
    WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE') ORDER BY ROUTINE_TYPE, ROUTINE_NAME";

/// A database of MySQL or MariaDB being read.
pub(super) struct Asked {
    scope: Scope,
    first: Vec<Rows>,
}

impl Asked {
    pub(super) fn new(scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
            first: Vec::new(),
        }
    }

    /// The tables and sequences that are read, with the word for `SHOW CREATE`.
    fn tables(&self) -> Result<Vec<(&'static str, &str)>, Unreadable> {
        let mut tables = Vec::new();
        for row in answer(&self.first, 1)? {
            let name = text(row, 0)?;
            if self.scope.has(name) {
                let is_sequence = text(row, 1)? == "SEQUENCE";
                tables.push((if is_sequence { "SEQUENCE" } else { "TABLE" }, name));
            }
        }
        Ok(tables)
    }

    fn routines(&self) -> Result<Vec<(&str, &str)>, Unreadable> {
        let rows = answer(&self.first, 4)?.iter();
        rows.map(|row| Ok((text(row, 0)?, text(row, 1)?))).collect()
    }

    fn definitions(&self, answers: &[Rows]) -> Result<Definitions, Unreadable> {
        let server = answer(&self.first, 0)?.first();
        let server =
            server.ok_or_else(|| Unreadable("the server does not say what it is".to_owned()))?;
        let database = text(server, 1)?;
        let mut definitions = Definitions {
            // Tables refer to others in any order.
            statements: vec!["SET foreign_key_checks = 0".to_owned()],
            target: Some(target(text(server, 0)?)),
            ..Definitions::default()
        };
        let (tables, routines) = (self.tables()?, self.routines()?);
        let mut made = Vec::new();
        for (at, name) in tables.iter().map(|(_, name)| *name).enumerate() {
            match shown(answer(answers, at)?, "CREATE ") {
                Some(sql) => made.push(sql.to_owned()),
                None => definitions.unknown.push(name.to_owned()),
            }
        }
        // A table may ask a sequence for its default.
        made.sort_by_key(|sql| !sql.starts_with("CREATE SEQUENCE"));
        definitions.statements.extend(made);
        for (at, (_, name)) in routines.iter().enumerate() {
            match shown(answer(answers, tables.len() + at)?, "CREATE ") {
                Some(sql) => definitions.statements.push(sql.to_owned()),
                None => definitions.unknown.push((*name).to_owned()),
            }
        }
        self.views(database, &mut definitions)?;
        for row in answer(&self.first, 3)? {
            let table = text(row, 3)?;
            if self.scope.has(table) {
                definitions.statements.push(format!(
                    "CREATE TRIGGER {} {} {} ON {} FOR EACH ROW {}",
                    quoted(text(row, 0)?, Dialect::Mysql),
                    text(row, 1)?,
                    text(row, 2)?,
                    quoted(table, Dialect::Mysql),
                    text(row, 4)?
                ));
            }
        }
        Ok(definitions)
    }

    /// The views, each behind those that it reads.
    fn views(&self, database: &str, definitions: &mut Definitions) -> Result<(), Unreadable> {
        let mut waiting: Vec<(String, String)> = Vec::new();
        for row in answer(&self.first, 2)? {
            let name = text(row, 0)?;
            match row.get(1).and_then(Option::as_deref) {
                // It is empty for who may not see it.
                Some(query) if !query.is_empty() => {
                    waiting.push((
                        quoted(name, Dialect::Mysql),
                        without_database(query, database),
                    ));
                }
                _ => definitions.unknown.push(name.to_owned()),
            }
        }
        while !waiting.is_empty() {
            let names: Vec<String> = waiting.iter().map(|(name, _)| name.clone()).collect();
            let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(own, query)| {
                !names
                    .iter()
                    .any(|name| name != own && query.contains(name.as_str()))
            });
            // The name of a column can be that of a view: then no order is known.
            let (now, rest) = if ready.is_empty() {
                (later, Vec::new())
            } else {
                (ready, later)
            };
            let now = now.into_iter();
            let statements = now.map(|(name, query)| format!("CREATE VIEW {name} AS {query}"));
            definitions.statements.extend(statements);
            waiting = rest;
        }
        Ok(())
    }
}

impl Inquiry for Asked {
    fn next(&mut self, answers: &[Rows]) -> Result<Next, Unreadable> {
        if answers.is_empty() && self.first.is_empty() {
            let queries = [SERVER, TABLES, VIEWS, TRIGGERS, ROUTINES];
            return Ok(Next::Ask(queries.map(str::to_owned).to_vec()));
        }
        if !self.first.is_empty() {
            return Ok(Next::Done(self.definitions(answers)?));
        }
        self.first = answers.to_vec();
        let (tables, routines) = (self.tables()?, self.routines()?);
        let all = tables.into_iter().chain(routines);
        let queries: Vec<String> = all
            .map(|(kind, name)| format!("SHOW CREATE {kind} {}", quoted(name, Dialect::Mysql)))
            .collect();
        if queries.is_empty() {
            return Ok(Next::Done(self.definitions(&[])?));
        }
        Ok(Next::Ask(queries))
    }
}

/// The statement in an answer to `SHOW CREATE`, in whatever column it is.
fn shown<'a>(rows: &'a Rows, begin: &str) -> Option<&'a str> {
    let values = rows.first()?.iter().skip(1).flatten();
    let mut values = values.filter(|value| {
        (value.get(..begin.len())).is_some_and(|start| start.eq_ignore_ascii_case(begin))
    });
    values.next().map(String::as_str)
}

/// `11.4.2-MariaDB-log`, `8.0.36`.
fn target(version: &str) -> Target {
    let mut numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .map(str::parse::<u32>);
    let numbers = (numbers.next(), numbers.next());
    let product = if version.to_ascii_lowercase().contains("mariadb") {
        Product::Mariadb
    } else {
        Product::Mysql
    };
    Target {
        version: match numbers {
            (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
            _ => None,
        },
        ..Target::from(product)
    }
}

/// A query without the name of its database before those of tables, which the server writes everywhere.
fn without_database(query: &str, database: &str) -> String {
    let own = quoted(database, Dialect::Mysql);
    let tokens: Vec<lex::Token> = lex::tokens(query, Dialect::Mysql).collect();
    let (mut out, mut copied) = (String::with_capacity(query.len()), 0);
    for (at, token) in tokens.iter().enumerate() {
        let is_own = token.kind == TokenKind::QuotedName && token.text(query) == own;
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let point =
            |token: Option<&lex::Token>| token.is_some_and(|token| token.is_symbol(query, '.'));
        if is_own && !point(before) && point(tokens.get(at + 1)) {
            out.push_str(query.get(copied..token.start).unwrap_or_default());
            copied = tokens.get(at + 1).map_or(token.end, |point| point.end);
        }
    }
    out.push_str(query.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[&str]) -> Vec<Option<String>> {
        values
            .iter()
            .map(|value| Some((*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_database_is_read_in_two_rounds() {
        let mut asked = Asked::new(&Scope {
            left_out: vec!["_migrations*".to_owned()],
        });
        assert!(matches!(asked.next(&[]), Ok(Next::Ask(queries)) if queries.len() == 5));
        let first = [
            vec![row(&["10.11.2-MariaDB", "shop"])],
            vec![
                row(&["_migrations", "BASE TABLE"]),
                row(&["s", "SEQUENCE"]),
                row(&["t`", "BASE TABLE"]),
            ],
            vec![
                row(&["a", "select `shop`.`b`.`x` AS `x` from `shop`.`b`"]),
                row(&["b", "select 'shop.`shop`.' AS `x`"]),
                row(&["c", ""]),
            ],
            vec![row(&["g", "BEFORE", "INSERT", "t`", "SET NEW.a = 1"])],
            vec![row(&["FUNCTION", "f"])],
        ];
        let queries = asked.next(&first);
        let wanted = [
            "SHOW CREATE SEQUENCE `s`",
            "SHOW CREATE TABLE `t```",
            "SHOW CREATE FUNCTION `f`",
        ];
        assert_eq!(queries, Ok(Next::Ask(wanted.map(str::to_owned).to_vec())));
        let second = [
            vec![row(&["s", "CREATE SEQUENCE `s`"])],
            vec![row(&["t`", "CREATE TABLE `t``` (a int)"])],
            vec![vec![Some("f".to_owned()), Some(String::new()), None]],
        ];
        let Ok(Next::Done(told)) = asked.next(&second) else {
            panic!("an answer to all");
        };
        assert_eq!(
            told.statements[1..],
            [
                "CREATE SEQUENCE `s`",
                "CREATE TABLE `t``` (a int)",
                "CREATE VIEW `b` AS select 'shop.`shop`.' AS `x`",
                "CREATE VIEW `a` AS select `b`.`x` AS `x` from `b`",
                "CREATE TRIGGER `g` BEFORE INSERT ON `t``` FOR EACH ROW SET NEW.a = 1",
            ]
        );
        assert_eq!(told.unknown, ["f", "c"]);
        assert_eq!(
            told.target,
            Some(Target {
                version: Some((10, 11)),
                ..Target::from(Product::Mariadb)
            })
        );
    }
}
