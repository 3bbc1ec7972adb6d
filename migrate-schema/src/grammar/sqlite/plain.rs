//! The statements that most migrations are made of, known to be good by their tokens alone.
//!
//! SQLite's own grammar makes a tree that nobody reads, by a function so large that its frame alone takes longer than a
//! statement. So what is written plainly is not given to it; what this does not know to the last token is, and
//! nothing is refused here. What it finds good is good for the grammar too (see the tests).

use sqlite3_parser::dialect::TokenType::{self, *};

use super::cursor::Token;

/// How deep brackets may be nested; what is deeper is left to the grammar.
const DEEPEST: usize = 12;

/// How many columns are compared with each other.
const MOST_COLUMNS: usize = 64;

/// Whether the statement is a plain one, and good.
pub(super) fn is_good(sql: &str, tokens: &[Token]) -> bool {
    let mut plain = Plain {
        sql,
        tokens,
        at: 0,
        depth: 0,
    };
    plain.statement().is_some() && plain.at >= tokens.len()
}

struct Plain<'a> {
    sql: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl<'a> Plain<'a> {
    fn kind(&self) -> TokenType {
        self.kind_at(0)
    }

    fn kind_at(&self, ahead: usize) -> TokenType {
        let at = self.at + ahead;
        if at < self.tokens.len() {
            self.tokens[at].kind
        } else {
            TK_EOF
        }
    }

    fn next(&mut self) -> TokenType {
        let kind = self.kind();
        self.at += 1;
        kind
    }

    fn eat(&mut self, kind: TokenType) -> bool {
        let is = self.kind() as u16 == kind as u16;
        if is {
            self.at += 1;
        }
        is
    }

    fn need(&mut self, kind: TokenType) -> Option<()> {
        if self.eat(kind) { Some(()) } else { None }
    }

    /// A name that is no keyword, as it is written.
    fn name(&mut self) -> Option<&'a str> {
        self.need(TK_ID)?;
        self.sql.get(self.tokens[self.at - 1].range())
    }

    fn path(&mut self) -> Option<()> {
        self.name()?;
        if self.eat(TK_DOT) {
            self.name()?;
        }
        Some(())
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        read(self)?;
        self.depth -= 1;
        Some(())
    }

    /// What stands between commas, once or more often: how many.
    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<usize> {
        let mut count = 0;
        loop {
            item(self)?;
            count += 1;
            if !self.eat(TK_COMMA) {
                return Some(count);
            }
        }
    }

    fn bracketed(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<usize> {
        self.need(TK_LP)?;
        let count = self.list(item)?;
        self.need(TK_RP)?;
        Some(count)
    }

    /// `(name, name)`, none of them twice.
    fn names(&mut self) -> Option<usize> {
        let mut names = Vec::new();
        self.bracketed(|plain| {
            let name = plain.name()?;
            plain.add(&mut names, name)
        })
    }

    fn add(&self, names: &mut Vec<&'a str>, name: &'a str) -> Option<()> {
        // A name in quotes may be that of another without.
        let is_plain = !name.starts_with(['"', '`', '[']);
        let is_known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if !is_plain || is_known || names.len() >= MOST_COLUMNS {
            return None;
        }
        names.push(name);
        Some(())
    }

    fn if_not_exists(&mut self) -> Option<()> {
        if self.eat(TK_IF) {
            self.need(TK_NOT)?;
            self.need(TK_EXISTS)?;
        }
        Some(())
    }

    fn statement(&mut self) -> Option<()> {
        match self.next() {
            TK_CREATE => match self.next() {
                TK_TABLE => self.create_table(),
                TK_INDEX => self.create_index(),
                TK_UNIQUE => {
                    self.need(TK_INDEX)?;
                    self.create_index()
                }
                TK_VIEW => {
                    self.if_not_exists()?;
                    self.path()?;
                    self.need(TK_AS)?;
                    self.select()
                }
                _ => None,
            },
            TK_DROP => {
                if !matches!(self.next(), TK_TABLE | TK_INDEX | TK_VIEW | TK_TRIGGER) {
                    return None;
                }
                if self.eat(TK_IF) {
                    self.need(TK_EXISTS)?;
                }
                self.path()
            }
            TK_ALTER => self.alter_table(),
            TK_INSERT => self.insert(),
            TK_UPDATE => {
                self.path()?;
                self.need(TK_SET)?;
                self.list(|plain| {
                    plain.name()?;
                    plain.need(TK_EQ)?;
                    plain.expression()
                })?;
                self.filter()
            }
            TK_DELETE => {
                self.need(TK_FROM)?;
                self.path()?;
                self.filter()
            }
            _ => None,
        }
    }

    fn create_table(&mut self) -> Option<()> {
        self.if_not_exists()?;
        self.path()?;
        self.need(TK_LP)?;
        let mut names = Vec::new();
        let mut keys = 0;
        loop {
            if self.kind() as u16 != TK_ID as u16 {
                break;
            }
            let name = self.name()?;
            self.add(&mut names, name)?;
            self.column(&mut keys)?;
            if !self.eat(TK_COMMA) {
                return self.need(TK_RP);
            }
        }
        if names.is_empty() {
            return None;
        }
        self.list(|plain| plain.constraint(&names, &mut keys))?;
        self.need(TK_RP)
    }

    /// What stands behind the name of a column. `keys` counts the primary keys of the table, of which there is but one.
    fn column(&mut self, keys: &mut usize) -> Option<()> {
        let before = self.at;
        while self.eat(TK_ID) {}
        if self.at > before && self.eat(TK_LP) {
            self.need(TK_INTEGER)?;
            if self.eat(TK_COMMA) {
                self.need(TK_INTEGER)?;
            }
            self.need(TK_RP)?;
        }
        while !matches!(self.kind(), TK_COMMA | TK_RP | TK_EOF) {
            if self.eat(TK_CONSTRAINT) {
                self.name()?;
            }
            match self.next() {
                TK_NOT => self.need(TK_NULL)?,
                TK_NULL | TK_UNIQUE => {}
                TK_PRIMARY if *keys == 0 => {
                    *keys += 1;
                    self.need(TK_KEY)?;
                    self.eat(TK_AUTOINCR);
                }
                TK_DEFAULT => self.default()?,
                TK_CHECK => self.in_brackets()?,
                TK_REFERENCES => self.reference(1)?,
                TK_COLLATE => {
                    self.name()?;
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn default(&mut self) -> Option<()> {
        match self.kind() {
            TK_LP => self.in_brackets(),
            TK_MINUS => {
                self.at += 1;
                matches!(self.next(), TK_INTEGER | TK_FLOAT).then_some(())
            }
            _ => matches!(
                self.next(),
                TK_INTEGER | TK_FLOAT | TK_STRING | TK_NULL | TK_CTIME_KW
            )
            .then_some(()),
        }
    }

    /// Behind `REFERENCES`, of as many columns.
    fn reference(&mut self, columns: usize) -> Option<()> {
        self.name()?;
        if self.kind() as u16 == TK_LP as u16 && self.names()? != columns {
            return None;
        }
        while self.eat(TK_ON) {
            if !self.eat(TK_DELETE) {
                self.need(TK_UPDATE)?;
            }
            match self.next() {
                TK_CASCADE | TK_RESTRICT => {}
                TK_NO => self.need(TK_ACTION)?,
                TK_SET if self.eat(TK_NULL) => {}
                TK_SET => self.need(TK_DEFAULT)?,
                _ => return None,
            }
        }
        Some(())
    }

    /// A constraint of a table, whose columns are known.
    fn constraint(&mut self, columns: &[&str], keys: &mut usize) -> Option<()> {
        if self.eat(TK_CONSTRAINT) {
            self.name()?;
        }
        match self.next() {
            TK_PRIMARY if *keys == 0 => {
                *keys += 1;
                self.need(TK_KEY)?;
                self.own_names(columns)?;
            }
            TK_UNIQUE => {
                self.own_names(columns)?;
            }
            TK_FOREIGN => {
                self.need(TK_KEY)?;
                let count = self.own_names(columns)?;
                self.need(TK_REFERENCES)?;
                self.reference(count)?;
            }
            TK_CHECK => self.in_brackets()?,
            _ => return None,
        }
        Some(())
    }

    /// `(name, name)`, each a column that is known.
    fn own_names(&mut self, columns: &[&str]) -> Option<usize> {
        let mut names = Vec::new();
        self.bracketed(|plain| {
            let name = plain.name()?;
            let is_own = columns.iter().any(|known| known.eq_ignore_ascii_case(name));
            if !is_own {
                return None;
            }
            plain.add(&mut names, name)
        })
    }

    fn create_index(&mut self) -> Option<()> {
        self.if_not_exists()?;
        self.path()?;
        self.need(TK_ON)?;
        self.name()?;
        self.bracketed(Self::ordered)?;
        self.filter()
    }

    /// An expression, and its order.
    fn ordered(&mut self) -> Option<()> {
        self.expression()?;
        if !self.eat(TK_DESC) {
            self.eat(TK_ASC);
        }
        Some(())
    }

    fn alter_table(&mut self) -> Option<()> {
        self.need(TK_TABLE)?;
        self.path()?;
        match self.next() {
            TK_RENAME => {
                if self.eat(TK_TO) {
                    return self.name().map(|_| ());
                }
                self.eat(TK_COLUMNKW);
                self.name()?;
                self.need(TK_TO)?;
                self.name()?;
            }
            TK_ADD => {
                self.eat(TK_COLUMNKW);
                self.name()?;
                let before = self.at;
                self.column(&mut 1)?;
                let clauses = &self.tokens[before..self.at];
                // What cannot be added is for the grammar to say.
                if clauses.iter().any(|one| matches!(one.kind, TK_UNIQUE)) {
                    return None;
                }
            }
            TK_DROP => {
                self.eat(TK_COLUMNKW);
                self.name()?;
            }
            _ => return None,
        }
        Some(())
    }

    fn insert(&mut self) -> Option<()> {
        self.need(TK_INTO)?;
        self.path()?;
        let mut width = None;
        if self.kind() as u16 == TK_LP as u16 {
            width = Some(self.names()?);
        }
        self.need(TK_VALUES)?;
        self.list(|plain| {
            let count = plain.bracketed(Self::expression)?;
            (*width.get_or_insert(count) == count).then_some(())
        })?;
        Some(())
    }

    fn filter(&mut self) -> Option<()> {
        if self.eat(TK_WHERE) {
            self.expression()?;
        }
        Some(())
    }

    fn select(&mut self) -> Option<()> {
        self.need(TK_SELECT)?;
        self.list(Self::output)?;
        if self.eat(TK_FROM) {
            self.source()?;
            while matches!(self.kind(), TK_JOIN) {
                self.at += 1;
                self.source()?;
                self.need(TK_ON)?;
                self.expression()?;
            }
        }
        self.filter()?;
        if self.eat(TK_ORDER) {
            self.need(TK_BY)?;
            self.list(Self::ordered)?;
        }
        Some(())
    }

    fn output(&mut self) -> Option<()> {
        if self.kind() as u16 == TK_STAR as u16 {
            self.at += 1;
            return Some(());
        }
        self.expression()?;
        if self.eat(TK_AS) {
            self.name()?;
        }
        Some(())
    }

    fn source(&mut self) -> Option<()> {
        self.path()?;
        if self.eat(TK_AS) {
            self.name()?;
        } else {
            self.eat(TK_ID);
        }
        Some(())
    }

    fn in_brackets(&mut self) -> Option<()> {
        self.need(TK_LP)?;
        self.expression()?;
        self.need(TK_RP)
    }

    fn expression(&mut self) -> Option<()> {
        self.deeper(Self::operands)
    }

    /// Operands between operators; whichever binds closer, all are good.
    fn operands(&mut self) -> Option<()> {
        loop {
            self.eat(TK_MINUS);
            self.operand()?;
            match self.kind() {
                TK_IS => {
                    self.at += 1;
                    self.eat(TK_NOT);
                    self.need(TK_NULL)?;
                }
                TK_NOTNULL | TK_ISNULL => self.at += 1,
                TK_IN => {
                    self.at += 1;
                    self.bracketed(Self::expression)?;
                }
                _ => {}
            }
            match self.kind() {
                TK_AND | TK_OR | TK_EQ | TK_NE | TK_LT | TK_LE | TK_GT | TK_GE | TK_PLUS
                | TK_MINUS | TK_STAR | TK_SLASH | TK_REM | TK_CONCAT => self.at += 1,
                _ => return Some(()),
            }
        }
    }

    fn operand(&mut self) -> Option<()> {
        match self.kind() {
            TK_LP => return self.in_brackets(),
            TK_ID => {}
            TK_INTEGER | TK_FLOAT | TK_STRING | TK_BLOB | TK_NULL | TK_CTIME_KW => {
                self.at += 1;
                return Some(());
            }
            _ => return None,
        }
        self.at += 1;
        if matches!(self.kind(), TK_DOT) {
            self.at += 1;
            self.need(TK_ID)?;
            return Some(());
        }
        if matches!(self.kind(), TK_LP) {
            self.at += 1;
            if !self.eat(TK_STAR) && !matches!(self.kind(), TK_RP) {
                self.list(Self::expression)?;
            }
            self.need(TK_RP)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{cursor::Cursor, fault};
    use super::*;
    use crate::{Dialect, Statement, statement::split};
    use proptest::prelude::*;

    fn tokens(sql: &str, statement: Statement) -> Option<Vec<Token>> {
        Some(Cursor::new(sql, statement)?.tokens().to_vec())
    }

    /// How many statements are plain. Each of them is good for the grammar.
    #[track_caller]
    fn compare(sql: &str) -> usize {
        let mut count = 0;
        for statement in split(sql, Dialect::Sqlite) {
            let Some(tokens) = tokens(sql, statement) else {
                continue;
            };
            if is_good(sql, &tokens) {
                count += 1;
                let verdict = fault::verdict(sql, statement);
                assert!(matches!(verdict, fault::Verdict::Good), "{sql}");
            }
        }
        count
    }

    const PLAIN: [&str; 24] = [
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL DEFAULT 'x' UNIQUE, b NUMERIC(10, 2) CHECK (b >= 0), c)",
        "CREATE TABLE IF NOT EXISTS s.t (a VARCHAR(80) NULL COLLATE nocase, b TIMESTAMP DEFAULT CURRENT_TIMESTAMP, c REAL DEFAULT -1.5, d INT DEFAULT (1 + 2))",
        "CREATE TABLE t (a INT REFERENCES u ON DELETE SET NULL ON UPDATE CASCADE, b INT CONSTRAINT f REFERENCES u (id) ON DELETE NO ACTION)",
        "CREATE TABLE t (a, b, PRIMARY KEY (a, b), CONSTRAINT u UNIQUE (b), FOREIGN KEY (a, b) REFERENCES u (c, d) ON UPDATE RESTRICT, CHECK (a > 0 OR b <> 1 AND a = b))",
        "CREATE INDEX i ON t (a)",
        "CREATE UNIQUE INDEX IF NOT EXISTS s.i ON t (a DESC, lower(b) ASC, a + 1) WHERE a IS NOT NULL AND b = 'x'",
        "ALTER TABLE t ADD COLUMN a INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE s.t ADD a",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE t RENAME COLUMN a TO b",
        "ALTER TABLE t RENAME a TO b",
        "ALTER TABLE t DROP COLUMN a",
        "DROP TABLE IF EXISTS t",
        "DROP INDEX s.i",
        "DROP VIEW v",
        "DROP TRIGGER IF EXISTS r",
        "CREATE VIEW v AS SELECT id, upper(name) AS name FROM t WHERE kind IS NOT NULL",
        "CREATE VIEW v AS SELECT *, count(*) AS n, -a || b, t.a FROM s.t AS t JOIN u ON t.a = u.a WHERE a IN (1, 2) AND b IS NULL ORDER BY a DESC, b",
        "INSERT INTO t (a, b) VALUES (1, 'x'), (x'00', NULL)",
        "INSERT INTO s.t VALUES (1.5, now() % 2, (a - b) * c / d)",
        "UPDATE t SET a = 1, b = b + 1 WHERE a NOTNULL OR b ISNULL",
        "UPDATE s.t SET a = NULL",
        "DELETE FROM t WHERE a >= 1 AND b != 2 AND c <= 3 AND d < 4",
        "DELETE FROM s.t",
    ];

    #[test]
    fn plain_statements_are_good() {
        for sql in PLAIN {
            assert_eq!(compare(sql), 1, "{sql}");
        }
    }

    /// Tokens of plain statements, and what could stand beside them.
    fn vocabulary() -> Vec<&'static str> {
        let mut all = Vec::new();
        for sql in PLAIN {
            let statement = split(sql, Dialect::Sqlite)[0];
            let tokens = tokens(sql, statement).unwrap_or_default();
            all.extend(tokens.iter().filter_map(|token| sql.get(token.range())));
        }
        all.extend(
            "WITHOUT ROWID STRICT GENERATED ALWAYS STORED OVER FILTER WINDOW NOT BETWEEN LIKE GLOB ESCAPE CASE WHEN END EXISTS DISTINCT ALL \
             UNION GROUP BY HAVING LIMIT OFFSET USING NATURAL LEFT CROSS INDEXED RETURNING OR REPLACE IGNORE TEMP VIRTUAL WITH RECURSIVE \
             DEFERRABLE INITIALLY MATCH CAST RAISE KEY ACTION ROW ROWS NULLS FIRST LAST true false rowid \"a\" `a` [a] 'a' \"A\" ? :a @a $a 0x1F 1e5 1_000 \
             ; ~ & | << >> -> ->> == /*c*/ é"
                .split(' '),
        );
        all.sort_unstable();
        all.dedup();
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn edited_statements_are_good_for_the_grammar_too(
            sql in prop::sample::select(PLAIN.to_vec()),
            edits in prop::collection::vec(
                (any::<prop::sample::Index>(), 0_usize..3, prop::collection::vec(prop::sample::select(vocabulary()), 0..3)),
                1..4,
            ),
        ) {
            let statement = split(sql, Dialect::Sqlite)[0];
            let read = tokens(sql, statement).unwrap_or_default();
            let mut parts: Vec<&str> = read.iter().filter_map(|token| sql.get(token.range())).collect();
            for (at, removed, added) in edits {
                let at = at.index(parts.len() + 1).min(parts.len());
                let end = (at + removed).min(parts.len());
                parts.splice(at..end, added);
            }
            compare(&parts.join(" "));
        }
    }
}
