//! Statements: where each begins and ends in a text, and what the runner has to know of it.

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
};

/// What the runner has to know of a statement before it runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum StatementKind {
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` and their kin: the runner's business.
    TransactionControl,
    /// `PRAGMA foreign_keys = …`, which SQLite ignores inside a transaction.
    ForeignKeysPragma,
    /// What the database refuses inside a transaction: `VACUUM`, a change of `PRAGMA journal_mode`, ….
    OutsideTransaction,
    /// `CREATE TABLE`.
    CreateTable,
    /// `DROP TABLE`.
    DropTable,
    /// `ALTER TABLE … RENAME TO …`.
    RenameTable,
    /// Anything else.
    Other,
}

/// One statement of a text. Positions are bytes; `text[start..end]` has no `;`, and no comment around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Statement {
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
    /// What it is.
    pub kind: StatementKind,
}

/// The kinds in the short form, each with its letter. A program and the macros that made it are of one release.
const LETTERS: [(StatementKind, char); 7] = [
    (StatementKind::TransactionControl, 't'),
    (StatementKind::ForeignKeysPragma, 'f'),
    (StatementKind::OutsideTransaction, 'o'),
    (StatementKind::CreateTable, 'c'),
    (StatementKind::DropTable, 'd'),
    (StatementKind::RenameTable, 'r'),
    (StatementKind::Other, '.'),
];

/// The dialect and the statements of a text in a short form: `s0-12c,14-20.`. What `sql!` writes into a program is one
/// literal this way, which a compiler is done with a hundred times faster than with as many values.
pub fn encode(dialect: Dialect, statements: &[Statement]) -> String {
    let letter = |kind| {
        let known = LETTERS.iter().find(|(known, _)| *known == kind);
        known.map_or('.', |(_, letter)| *letter)
    };
    let mut text = dialect.name()[..1].to_owned();
    for (at, statement) in statements.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let Statement { start, end, kind } = statement;
        text += &format!("{comma}{start}-{end}{}", letter(*kind));
    }
    text
}

/// The dialect that [`encode`] has written.
pub fn decode_dialect(text: &str) -> Dialect {
    let named = |dialect: &&Dialect| dialect.name().starts_with(&text[..text.len().min(1)]);
    Dialect::ALL.iter().find(named).copied().unwrap_or_default()
}

/// The statements that [`encode`] has written.
pub fn decode(text: &str) -> Vec<Statement> {
    let list = text.get(1..).unwrap_or_default().split(',');
    let statement = |part: &str| {
        let (rest, letter) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let (start, end) = rest.split_once('-')?;
        let known = LETTERS.iter().find(|(_, known)| letter.starts_with(*known));
        Some(Statement {
            start: start.parse().ok()?,
            end: end.parse().ok()?,
            kind: known?.0,
        })
    };
    list.filter_map(statement).collect()
}

impl Statement {
    /// The statement's own text.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// Splits a text at its `;`, but not inside a string, a comment or the body of a trigger or procedure.
///
/// ```
/// use migrate_schema::{Dialect, statement};
/// let sql = "CREATE TABLE a (b); -- the end;\nDROP TABLE a";
/// let statements = statement::split(sql, Dialect::Sqlite);
/// assert_eq!(statements.len(), 2);
/// assert_eq!(statements[1].text(sql), "DROP TABLE a");
/// ```
///
/// The client command `DELIMITER` of MySQL is obeyed, and is no statement itself:
///
/// ```
/// use migrate_schema::{Dialect, statement};
/// let sql = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nCALL p();";
/// let statements = statement::split(sql, Dialect::Mysql);
/// assert_eq!(statements[0].text(sql), "CREATE PROCEDURE p() BEGIN SELECT 1; END");
/// assert_eq!(statements[1].text(sql), "CALL p()");
/// ```
pub fn split(source: &str, dialect: Dialect) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut position = 0;
    while position < source.len() {
        position = split_from(source, position, dialect, &mut statements);
    }
    statements
}

/// Splits at `;` up to a `DELIMITER` command, and at its delimiter up to the next one. Gives where that ended.
fn split_from(
    source: &str,
    from: usize,
    dialect: Dialect,
    statements: &mut Vec<Statement>,
) -> usize {
    let rest = source.get(from..).unwrap_or_default();
    let mut tokens: Vec<Token> = Vec::new();
    let mut blocks = Blocks::default();
    for token in lex::tokens(rest, dialect) {
        let token = Token {
            start: token.start + from,
            end: token.end + from,
            ..token
        };
        if dialect == Dialect::Mysql && tokens.is_empty() && token.is_word(source, "delimiter") {
            let (delimiter, end) = delimiter_at(source, token.end);
            return if delimiter == ";" || delimiter.is_empty() {
                end
            } else {
                split_at(source, end, delimiter, statements)
            };
        }
        if !token.is_symbol(source, ';') {
            tokens.push(token);
        } else if in_body(source, &tokens, &mut blocks, dialect) {
            // The `;` of a body belongs to its statement; it is kept so that `; END ;` can be seen.
            tokens.push(token);
        } else {
            statements.extend(statement(source, &tokens, dialect));
            tokens.clear();
            blocks = Blocks::default();
        }
    }
    statements.extend(statement(source, &tokens, dialect));
    source.len()
}

/// What stands behind the word `DELIMITER` on its line, and where that line ends.
fn delimiter_at(source: &str, from: usize) -> (&str, usize) {
    let rest = source.get(from..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let delimiter = line.split_whitespace().next().unwrap_or_default();
    (delimiter, from + line.len())
}

/// Splits at a delimiter that is not `;`, outside of strings and comments, up to the next `DELIMITER` command.
fn split_at(source: &str, from: usize, delimiter: &str, statements: &mut Vec<Statement>) -> usize {
    let mut position = from;
    let mut pending: Vec<Token> = Vec::new();
    'text: while position < source.len() {
        let rest = source.get(position..).unwrap_or_default();
        for token in lex::tokens(rest, Dialect::Mysql) {
            let (start, end) = (position + token.start, position + token.end);
            let token = Token {
                start,
                end,
                ..token
            };
            if token.is_word(source, "delimiter") && ends_before(source, &pending, start) {
                statements.extend(unterminated(source, pending));
                return start;
            }
            let plain = !matches!(
                token.kind,
                TokenKind::Text | TokenKind::QuotedName | TokenKind::Hint
            );
            // `END$$` is one word to the lexer.
            let found = (start..end).filter(|_| plain).find(|at| {
                source
                    .get(*at..)
                    .is_some_and(|rest| rest.starts_with(delimiter))
            });
            let Some(at) = found else {
                pending.push(token);
                continue;
            };
            if at > start {
                pending.push(Token { end: at, ..token });
            }
            statements.extend(unterminated(source, std::mem::take(&mut pending)));
            position = at + delimiter.len();
            continue 'text;
        }
        break;
    }
    statements.extend(unterminated(source, pending));
    source.len()
}

/// Whether a `DELIMITER` at `start` stands behind a whole statement: nothing is pending, or a line that ended with `;`.
fn ends_before(source: &str, pending: &[Token], start: usize) -> bool {
    pending.last().is_none_or(|last| {
        last.is_symbol(source, ';')
            && source
                .get(last.end..start)
                .is_some_and(|between| between.contains('\n'))
    })
}

/// The statement of these tokens, without a `;` at its end.
fn unterminated(source: &str, mut tokens: Vec<Token>) -> Option<Statement> {
    while tokens
        .last()
        .is_some_and(|last| last.is_symbol(source, ';'))
    {
        tokens.pop();
    }
    statement(source, &tokens, Dialect::Mysql)
}

fn statement(source: &str, tokens: &[Token], dialect: Dialect) -> Option<Statement> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some(Statement {
        start: first.start,
        end: last.end,
        kind: kind(source, tokens, dialect),
    })
}

/// Whether a `;` behind these tokens stands inside the body of the statement that they begin.
fn in_body(source: &str, tokens: &[Token], blocks: &mut Blocks, dialect: Dialect) -> bool {
    let words = Words { source, tokens };
    let mut at = 0;
    if words.is(at, "explain") {
        at += if words.is(1, "query") { 3 } else { 1 };
    }
    if !words.is(at, "create") {
        return false;
    }
    match dialect {
        Dialect::Sqlite => {
            at += 1;
            at += usize::from(words.is(at, "temp") || words.is(at, "temporary"));
            // SQLite's own rule for where a trigger ends: at `END` between two `;`.
            words.is(at, "trigger")
                && !(words.is_from_end(0, "end") && words.symbol_from_end(1, ';'))
        }
        Dialect::Postgres | Dialect::Mysql => blocks.open_behind(&words, dialect) > 0,
    }
}

/// Access to tokens as words, from either end.
struct Words<'a> {
    source: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    fn is(&self, at: usize, word: &str) -> bool {
        at < self.tokens.len() && self.tokens[at].is_word(self.source, word)
    }

    fn is_symbol(&self, at: usize, symbol: char) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|t| t.is_symbol(self.source, symbol))
    }

    fn is_from_end(&self, back: usize, word: &str) -> bool {
        self.tokens
            .len()
            .checked_sub(back + 1)
            .is_some_and(|at| self.is(at, word))
    }

    fn symbol_from_end(&self, back: usize, symbol: char) -> bool {
        self.tokens
            .len()
            .checked_sub(back + 1)
            .is_some_and(|at| self.is_symbol(at, symbol))
    }

    fn any(&self, at: usize, words: &[&str]) -> bool {
        for word in words {
            if self.is(at, word) {
                return true;
            }
        }
        false
    }
}

/// The `BEGIN` and `CASE` of a statement that are not closed yet. Each token is looked at once, however many `;` a body has.
#[derive(Default)]
struct Blocks {
    open: usize,
    /// The tokens that are counted. What is counted ends before a `;`, so nothing that comes later changes it.
    counted: usize,
}

impl Blocks {
    /// How many are open behind these tokens, of which more than last time may be there. `END IF` and its kin close what does not count.
    fn open_behind(&mut self, words: &Words<'_>, dialect: Dialect) -> usize {
        let mut at = self.counted;
        while at < words.tokens.len() {
            if words.is(at, "end") {
                if words.any(at + 1, &["if", "loop", "while", "repeat"]) {
                    at += 1;
                } else {
                    at += usize::from(words.is(at + 1, "case"));
                    self.open = self.open.saturating_sub(1);
                }
            } else if words.is(at, "begin") {
                self.open += usize::from(dialect == Dialect::Mysql || words.is(at + 1, "atomic"));
            } else if self.open > 0 && words.is(at, "case") {
                self.open += 1;
            }
            at += 1;
        }
        self.counted = words.tokens.len();
        self.open
    }
}

fn kind(source: &str, tokens: &[Token], dialect: Dialect) -> StatementKind {
    let words = Words { source, tokens };
    if is_transaction_control(&words, dialect) {
        return StatementKind::TransactionControl;
    }
    if words.is(0, "create") {
        let skipped = 1 + usize::from(words.any(1, &["temp", "temporary", "unlogged"]));
        return if words.is(skipped, "table") {
            StatementKind::CreateTable
        } else {
            outside(&words, dialect)
        };
    }
    if words.is(0, "drop") && words.is(1, "table") {
        return StatementKind::DropTable;
    }
    if words.is(0, "alter") && words.is(1, "table") {
        let renames =
            (2..tokens.len()).any(|at| words.is(at, "rename") && words.any(at + 1, &["to", "as"]));
        return if renames {
            StatementKind::RenameTable
        } else {
            outside(&words, dialect)
        };
    }
    if dialect == Dialect::Sqlite && words.is(0, "pragma") {
        return pragma(&words);
    }
    outside(&words, dialect)
}

fn is_transaction_control(words: &Words<'_>, dialect: Dialect) -> bool {
    words.any(0, &["begin", "commit", "rollback", "savepoint", "release"])
        || (dialect != Dialect::Mysql && words.is(0, "end"))
        || (words.is(0, "start") && words.is(1, "transaction"))
        || (dialect == Dialect::Postgres
            && (words.is(0, "abort") || (words.is(0, "prepare") && words.is(1, "transaction"))))
}

fn pragma(words: &Words<'_>) -> StatementKind {
    let at = if words.is_symbol(2, '.') { 3 } else { 1 };
    let assigns = words.is_symbol(at + 1, '=') || words.is_symbol(at + 1, '(');
    match assigns {
        true if words.is(at, "foreign_keys") => StatementKind::ForeignKeysPragma,
        true if words.any(at, &["journal_mode", "synchronous", "temp_store"]) => {
            StatementKind::OutsideTransaction
        }
        _ => StatementKind::Other,
    }
}

fn outside(words: &Words<'_>, dialect: Dialect) -> StatementKind {
    let refused = match dialect {
        Dialect::Sqlite => words.is(0, "vacuum"),
        Dialect::Postgres => outside_on_postgres(words),
        Dialect::Mysql => false,
    };
    if refused {
        StatementKind::OutsideTransaction
    } else {
        StatementKind::Other
    }
}

/// What PostgreSQL refuses inside a transaction, as far as the text tells: `DROP SUBSCRIPTION` depends on the subscription.
fn outside_on_postgres(words: &Words<'_>) -> bool {
    let count = words.tokens.len();
    let has = |word: &str| (1..count).any(|at| words.is(at, word));
    let before =
        |one: &str, next: &str| (1..count).any(|at| words.is(at, one) && words.is(at + 1, next));
    // `(connect = false)`, in each of the words that mean so.
    let is_off = |name: &str| {
        (1..count).any(|at| {
            words.is(at, name)
                && words.is_symbol(at + 1, '=')
                && words.tokens.get(at + 2).is_some_and(|token| {
                    let value = token
                        .text(words.source)
                        .trim_matches('\'')
                        .to_ascii_lowercase();
                    ["false", "off", "0", "no", "f", "n"].contains(&&*value)
                })
        })
    };
    let is_database = words.any(1, &["database", "tablespace"]);
    if words.any(0, &["create", "drop"]) && is_database {
        return true;
    }
    if words.any(0, &["create", "drop"]) && before("index", "concurrently") {
        return words.any(1, &["index", "unique"]);
    }
    if words.is(0, "create") && words.is(1, "subscription") {
        return !is_off("connect") && !is_off("create_slot");
    }
    if words.is(0, "alter") {
        return match () {
            () if words.is(1, "system") => true,
            () if words.is(1, "database") => before("set", "tablespace"),
            () if words.is(1, "table") => before("detach", "partition") && has("concurrently"),
            () if words.is(1, "subscription") => {
                before("refresh", "publication")
                    || (["set", "add", "drop"]
                        .iter()
                        .any(|word| before(word, "publication"))
                        && !is_off("refresh"))
            }
            () => false,
        };
    }
    if words.is(0, "reindex") {
        return has("concurrently") && !before("concurrently", "false")
            || has("database")
            || has("schema")
            || has("system");
    }
    if words.is(0, "cluster") {
        // Of one table, or of all.
        return !(1..count).any(|at| {
            let token = words.tokens.get(at);
            !words.any(at, &["verbose", "on", "off", "true", "false"])
                && token.is_some_and(|token| {
                    matches!(token.kind, TokenKind::Word | TokenKind::QuotedName)
                })
        });
    }
    words.is(0, "vacuum") || (words.is(0, "discard") && words.is(1, "all"))
}

/// The names and words of a statement, without their quotes, each once, as they are written. What it changes is among
/// them, whatever else is.
///
/// ```
/// use migrate_schema::{Dialect, statement};
/// let names = statement::names("ALTER TABLE app.\"my users\" ADD age INT", Dialect::Postgres);
/// assert_eq!(names, ["ALTER", "TABLE", "app", "my users", "ADD", "age", "INT"]);
/// ```
pub fn names(source: &str, dialect: Dialect) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for token in lex::tokens(source, dialect) {
        let text = token.text(source);
        let name = match token.kind {
            TokenKind::Word => text.to_owned(),
            TokenKind::QuotedName => unquoted(text),
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A quoted name without its quotes.
fn unquoted(text: &str) -> String {
    let mut inner = text.chars();
    let (first, last) = (inner.next(), inner.next_back());
    match (first, last) {
        (Some('['), _) => inner.as_str().to_owned(),
        (Some(quote), Some(_)) => inner
            .as_str()
            .replace(&format!("{quote}{quote}"), &quote.to_string()),
        _ => String::new(),
    }
}

/// Whether these statements, in this order, make a table again that they removed: the way SQLite needs
/// for what its `ALTER TABLE` cannot do, and the one in which enforced foreign keys delete children.
///
/// ```
/// use migrate_schema::{Dialect, statement::rebuilds_a_table};
/// assert!(rebuilds_a_table(
///     ["CREATE TABLE new (a)", "DROP TABLE t", "ALTER TABLE new RENAME TO t"],
///     Dialect::Sqlite,
/// ));
/// assert!(!rebuilds_a_table(["DROP TABLE t", "CREATE TABLE u (a)"], Dialect::Sqlite));
/// ```
pub fn rebuilds_a_table<'a>(
    statements: impl IntoIterator<Item = &'a str>,
    dialect: Dialect,
) -> bool {
    let mut removed: Vec<String> = Vec::new();
    for text in statements {
        let tokens: Vec<Token> = lex::tokens(text, dialect).collect();
        let words = Words {
            source: text,
            tokens: &tokens,
        };
        let mut made = Vec::new();
        match kind(text, &tokens, dialect) {
            StatementKind::CreateTable => made.extend(name_after(&words, "table")),
            StatementKind::DropTable => removed.extend(name_after(&words, "table")),
            StatementKind::RenameTable => {
                removed.extend(name_after(&words, "table"));
                made.extend(name_after(&words, "to"));
            }
            _ => {}
        }
        if made.iter().any(|name| removed.contains(name)) {
            return true;
        }
    }
    false
}

/// The name behind a keyword, without schema, quotes, case, and `IF [NOT] EXISTS`.
fn name_after(words: &Words<'_>, keyword: &str) -> Option<String> {
    let mut at = (0..words.tokens.len()).find(|at| words.is(*at, keyword))? + 1;
    while words.any(at, &["if", "not", "exists", "only"]) {
        at += 1;
    }
    if words.is_symbol(at + 1, '.') {
        at += 2;
    }
    let token = words.tokens.get(at)?;
    let text = token.text(words.source);
    let bare = match token.kind {
        TokenKind::Word => text,
        _ => text.get(1..text.len().checked_sub(1)?)?,
    };
    Some(bare.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use StatementKind::*;
    use proptest::prelude::*;

    fn texts(sql: &str, dialect: Dialect) -> Vec<&str> {
        split(sql, dialect).iter().map(|s| s.text(sql)).collect()
    }

    #[test]
    fn a_trigger_is_one_statement() {
        let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM a; END";
        let sql = format!("{trigger};\nSELECT 1;;");
        assert_eq!(texts(&sql, Dialect::Sqlite), [trigger, "SELECT 1"]);
    }

    #[test]
    fn bodies_of_the_other_dialects_are_one_statement() {
        let procedure = "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; SELECT CASE b WHEN 1 THEN 2 END; END";
        assert_eq!(
            texts(&format!("{procedure}; SELECT 1"), Dialect::Mysql),
            [procedure, "SELECT 1"]
        );
        let function = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END";
        assert_eq!(
            texts(&format!("{function}; SELECT 1"), Dialect::Postgres),
            [function, "SELECT 1"]
        );
        let quoted = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2; $$";
        assert_eq!(
            texts(&format!("{quoted}; SELECT 1"), Dialect::Postgres),
            [quoted, "SELECT 1"]
        );
    }

    #[test]
    fn delimiters_are_obeyed() {
        for delimiter in ["$$", "//", "d//", ";;", "|"] {
            let sql = format!(
                "SELECT 1;\ndelimiter {delimiter}\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = '{delimiter}'; END{delimiter}\n\
                 DROP TABLE b{delimiter}\nDELIMITER ;\nSELECT 2; SELECT 3"
            );
            let found = texts(&sql, Dialect::Mysql);
            assert_eq!(found.len(), 5, "{delimiter} {found:?}");
            assert!(found[1].ends_with("; END"), "{}", found[1]);
            assert_eq!(found[2..], ["DROP TABLE b", "SELECT 2", "SELECT 3"]);
        }
        assert_eq!(texts("DELIMITER $$", Dialect::Mysql), [""; 0]);
        assert_eq!(texts("delimiter", Dialect::Mysql), [""; 0]);
        assert_eq!(texts("DELIMITER $$\nDELIMITER ;\na", Dialect::Mysql), ["a"]);
    }

    #[test]
    fn nothing_is_no_statement() {
        for sql in ["", " ;; ", "-- only a comment", "/* a; */"] {
            assert_eq!(split(sql, Dialect::Sqlite), [], "{sql}");
        }
    }

    #[test]
    fn kinds() {
        let kind = |sql: &str| split(sql, Dialect::Sqlite)[0].kind;
        for sql in [
            "begin",
            "COMMIT",
            "END",
            "rollback to a",
            "SAVEPOINT a",
            "RELEASE a",
            "BEGIN IMMEDIATE",
        ] {
            assert_eq!(kind(sql), TransactionControl, "{sql}");
        }
        for sql in [
            "PRAGMA foreign_keys=OFF",
            "pragma foreign_keys(0)",
            "PRAGMA main.foreign_keys = on",
        ] {
            assert_eq!(kind(sql), ForeignKeysPragma, "{sql}");
        }
        for sql in [
            "VACUUM",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = OFF",
        ] {
            assert_eq!(kind(sql), OutsideTransaction, "{sql}");
        }
        for sql in [
            "PRAGMA foreign_keys",
            "PRAGMA foreign_key_check(a)",
            "PRAGMA user_version = 2",
            "CREATE INDEX i ON a(b)",
        ] {
            assert_eq!(kind(sql), Other, "{sql}");
        }
        assert_eq!(kind("CREATE TEMP TABLE a(b)"), CreateTable);
        assert_eq!(kind("DROP TABLE IF EXISTS a"), DropTable);
        assert_eq!(kind("ALTER TABLE a RENAME TO b"), RenameTable);
        assert_eq!(kind("ALTER TABLE a RENAME b TO c"), Other);
        let postgres = |sql: &str| split(sql, Dialect::Postgres)[0].kind;
        assert_eq!(
            postgres("CREATE INDEX CONCURRENTLY i ON a(b)"),
            OutsideTransaction
        );
        assert_eq!(postgres("CREATE INDEX i ON a(b)"), Other);
        // The tests on servers ask PostgreSQL of each kind.
        for sql in [
            "REINDEX (CONCURRENTLY) TABLE a",
            "REINDEX SCHEMA a",
            "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
            "ALTER SYSTEM SET a = 1",
            "CLUSTER",
            "DISCARD ALL",
            "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c",
        ] {
            assert_eq!(postgres(sql), OutsideTransaction, "{sql}");
        }
        for sql in [
            "REFRESH MATERIALIZED VIEW CONCURRENTLY a",
            "CREATE FUNCTION concurrently() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c WITH (connect = false)",
            "CLUSTER a",
        ] {
            assert_eq!(postgres(sql), Other, "{sql}");
        }
    }

    #[test]
    fn a_rebuild_is_seen_in_each_of_its_ways() {
        let rebuild =
            |statements: &[&str]| rebuilds_a_table(statements.iter().copied(), Dialect::Sqlite);
        assert!(rebuild(&[
            "CREATE TABLE n(a)",
            "INSERT INTO n SELECT a FROM t",
            "DROP TABLE main.\"T\"",
            "ALTER TABLE n RENAME TO t"
        ]));
        assert!(rebuild(&[
            "ALTER TABLE t RENAME TO old",
            "CREATE TABLE IF NOT EXISTS t(a)",
            "DROP TABLE old"
        ]));
        assert!(rebuild(&["DROP TABLE IF EXISTS [t]", "CREATE TABLE t(a)"]));
        assert!(!rebuild(&["CREATE TABLE t(a)", "DROP TABLE u"]));
        assert!(!rebuild(&["ALTER TABLE t RENAME TO u"]));
    }

    proptest! {
        #[test]
        fn splitting_loses_nothing_but_separators(sql in "(CREATE|TRIGGER|BEGIN|END|;|'|--|\n| |a|\\(|\\)|/\\*|\\*/){0,30}") {
            for dialect in Dialect::ALL {
                let statements = split(&sql, dialect);
                let kept: usize = statements.iter().map(|s| lex::tokens(s.text(&sql), dialect).count()).sum();
                let inner: usize = statements.iter()
                    .map(|s| lex::tokens(s.text(&sql), dialect).filter(|t| t.is_symbol(s.text(&sql), ';')).count()).sum();
                let all = lex::tokens(&sql, dialect).filter(|t| !t.is_symbol(&sql, ';')).count();
                prop_assert_eq!(kept - inner, all);
            }
        }
    }

    #[test]
    fn what_is_encoded_comes_back() {
        for dialect in Dialect::ALL {
            let statements: Vec<Statement> = LETTERS
                .iter()
                .enumerate()
                .map(|(at, (kind, _))| Statement {
                    start: at * 1_000,
                    end: at * 1_000 + 7,
                    kind: *kind,
                })
                .collect();
            let text = encode(dialect, &statements);
            assert_eq!(decode_dialect(&text), dialect);
            assert_eq!(decode(&text), statements);
            assert_eq!(decode(&encode(dialect, &[])), []);
        }
        for broken in ["", "s", "s,", "s1", "s1-", "é", "s1-2é", "sx-yz"] {
            assert_eq!(decode(broken), [], "{broken}");
            decode_dialect(broken.get(..1).unwrap_or_default());
        }
    }
}
