//! What a statement is to the server: whether it commits by itself, and whether it can be seen afterwards that it ran.

use std::borrow::Cow;

use migrate_schema::{
    Dialect,
    lex::{self, Token, TokenKind},
};

/// What can be known of a statement that stands alone after its answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Running it twice does no harm.
    Repeatable,
    /// The schema shows it.
    Schema,
    /// `DROP TABLE`, `VIEW` or `SEQUENCE` of several, which MariaDB does one after the other.
    DropsSeveral,
    /// Whether a database is there, and nothing of what is in it.
    Database,
    /// Nothing shows it.
    Opaque,
}

/// The words and signs of a statement, with comments that the server executes taken for what they hold.
pub(super) struct Words<'a> {
    text: Cow<'a, str>,
    tokens: Vec<Token>,
}

impl<'a> Words<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        let text = without_executable_comments(sql);
        let mut tokens: Vec<Token> = lex::tokens(&text, Dialect::Mysql)
            .filter(|token| token.kind != TokenKind::Hint)
            .collect();
        // `SET STATEMENT max_statement_time = 5 FOR …` is what stands behind it.
        let is = |token: &Token, word| token.is_word(&text, word);
        while tokens.len() > 2 && is(&tokens[0], "set") && is(&tokens[1], "statement") {
            let Some(behind) = tokens.iter().position(|token| is(token, "for")) else {
                break;
            };
            tokens.drain(..=behind);
        }
        Self { text, tokens }
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_word(&self.text, word))
    }

    fn any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    fn has(&self, word: &str) -> bool {
        (0..self.tokens.len()).any(|at| self.is(at, word))
    }

    fn symbol(&self, at: usize, symbol: char) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_symbol(&self.text, symbol))
    }

    /// The first place behind `CREATE`, `DROP` and `ALTER`, and what may stand between them and the kind of the object.
    fn object(&self) -> usize {
        let mut at = 1;
        if self.is(at, "or") {
            at += 2;
        }
        at
    }

    /// Whether running it ends the transaction around it, or may do so.
    pub(super) fn commits(&self) -> bool {
        match self.word(0).as_deref() {
            Some("create" | "drop") => {
                let at = self.object();
                let is_temporary =
                    self.is(at, "temporary") && self.any(at + 1, &["table", "tables"]);
                !is_temporary && !self.is(at, "prepare")
            }
            Some(
                "alter" | "rename" | "truncate" | "grant" | "revoke" | "flush" | "optimize"
                | "repair" | "lock" | "unlock" | "install" | "uninstall" | "backup" | "shutdown"
                | "restart" | "change" | "reset" | "stop" | "clone" | "import",
            ) => true,
            // What a procedure, or a text that is made at run time, does in the end nobody can see here.
            Some("call" | "execute") => true,
            Some("analyze" | "check") => {
                let skipped = self.any(1, &["no_write_to_binlog", "local"]);
                self.any(1 + usize::from(skipped), &["table", "tables", "view"])
            }
            Some("cache") => self.is(1, "index"),
            Some("load") => self.is(1, "index"),
            Some("start") => !self.is(1, "transaction"),
            Some("set") => {
                self.any(1, &["password", "default"])
                    || (self.is(1, "resource") && self.is(2, "group"))
                    || self.has("autocommit")
                    || (0..self.tokens.len())
                        .any(|at| self.word(at).as_deref() == Some("@@autocommit"))
            }
            _ => false,
        }
    }

    /// Whether all it does is to set something of the session, from nothing that may be another thing later.
    pub(super) fn sets_session(&self) -> bool {
        match self.word(0).as_deref() {
            Some("use") => true,
            Some("set") => {
                !self.commits() && !self.any(1, &["global", "persist"]) && !self.has("select")
            }
            _ => false,
        }
    }

    /// What can be known of it afterwards.
    pub(super) fn sight(&self) -> Sight {
        match self.word(0).as_deref() {
            Some("create" | "drop" | "alter") => self.sight_of_object(),
            Some("rename") if self.is(1, "user") => Sight::Opaque,
            // Names that change places leave the same schema where the tables are alike.
            Some("rename") => {
                if self.has_cycle() {
                    Sight::Opaque
                } else {
                    Sight::Schema
                }
            }
            Some(
                "truncate" | "grant" | "flush" | "optimize" | "repair" | "analyze" | "check"
                | "cache" | "load" | "lock" | "unlock" | "start" | "stop" | "set",
            ) => Sight::Repeatable,
            // What is taken away twice is an error; and the rest is done to the server, not to the schema.
            _ => Sight::Opaque,
        }
    }

    fn sight_of_object(&self) -> Sight {
        let drops = self.is(0, "drop");
        let creates = self.is(0, "create");
        let mut at = self.object();
        while self.any(
            at,
            &[
                "temporary",
                "online",
                "offline",
                "ignore",
                "unique",
                "fulltext",
                "spatial",
                "aggregate",
            ],
        ) {
            at += 1;
        }
        if self.is(at, "definer") || self.is(at, "algorithm") || self.is(at, "sql") {
            return Sight::Schema;
        }
        let replaces = creates && self.is(1, "or");
        let if_exists = self.is(at + 1, "if");
        match self.word(at).as_deref() {
            Some("user" | "role") if replaces || if_exists || self.is(0, "alter") => {
                Sight::Repeatable
            }
            Some("database" | "schema") if drops => Sight::Database,
            Some("table" | "tables" | "view" | "sequence")
                if drops && self.targets(at).len() > 1 =>
            {
                Sight::DropsSeveral
            }
            Some("table") if self.is(0, "alter") && self.moves_content() => Sight::Opaque,
            Some(
                "table" | "tables" | "view" | "sequence" | "index" | "trigger" | "procedure"
                | "function" | "package" | "event" | "database" | "schema",
            ) => Sight::Schema,
            // Users, servers, tablespaces, and whatever there will be.
            _ => Sight::Opaque,
        }
    }

    /// `EXCHANGE PARTITION` twice is none; a tablespace is in no schema.
    fn moves_content(&self) -> bool {
        (0..self.tokens.len()).any(|at| {
            (self.is(at, "exchange") && self.is(at + 1, "partition"))
                || (self.any(at, &["discard", "import"])
                    && (self.is(at + 1, "tablespace") || self.is(at + 1, "partition")))
        })
    }

    /// Whether a `RENAME TABLE` gives a name to one table that it takes from another.
    fn has_cycle(&self) -> bool {
        let pairs = self.renames();
        pairs.len() > 1
            && pairs
                .iter()
                .any(|(from, _)| pairs.iter().any(|(_, to)| from.eq_ignore_ascii_case(to)))
    }

    fn renames(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut at = 2;
        while at < self.tokens.len() {
            let mut from = String::new();
            let mut to = String::new();
            while at < self.tokens.len() && !self.is(at, "to") && !self.symbol(at, ',') {
                from = self.name(at).unwrap_or(from);
                at += 1;
            }
            at += 1;
            while at < self.tokens.len() && !self.symbol(at, ',') {
                to = self.name(at).unwrap_or(to);
                at += 1;
            }
            at += 1;
            pairs.push((from, to));
        }
        pairs
    }

    /// What a `DROP` of tables, views or sequences names: as it stands there, each.
    pub(super) fn dropped(&self) -> (String, Vec<Target>) {
        let at = self.object();
        let kind = match self.word(at).as_deref() {
            Some("view") => "VIEW",
            Some("sequence") => "SEQUENCE",
            _ => "TABLE",
        };
        (kind.to_owned(), self.targets(at))
    }

    fn targets(&self, kind: usize) -> Vec<Target> {
        let mut at = kind + 1;
        while self.any(at, &["if", "exists"]) {
            at += 1;
        }
        let mut targets = Vec::new();
        let mut parts: Vec<String> = Vec::new();
        while at < self.tokens.len() {
            if self.symbol(at, ',') {
                targets.extend(Target::new(&parts));
                parts.clear();
            } else if self.any(at, &["restrict", "cascade", "wait", "nowait"]) && !parts.is_empty()
            {
                break;
            } else {
                parts.extend(self.name(at));
            }
            at += 1;
        }
        targets.extend(Target::new(&parts));
        targets
    }

    /// All that may be a name, each once: words, quoted names, and texts in `"`, which are names with `ANSI_QUOTES`.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for at in 0..self.tokens.len() {
            if let Some(name) = self.name(at)
                && !name.is_empty()
                && name.chars().count() <= 64
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }

    fn name(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        let text = token.text(&self.text);
        let within = |quote: char| {
            let inner = text.strip_prefix(quote)?;
            let inner = inner.strip_suffix(quote).unwrap_or(inner);
            Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
        };
        match token.kind {
            TokenKind::Word => Some(text.to_owned()),
            TokenKind::QuotedName => within('`'),
            TokenKind::Text => within('"'),
            // A name may begin with a digit: `2fa_codes`.
            TokenKind::Number => Some(text.to_owned()),
            _ => None,
        }
    }

    fn word(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        let is_word = token.kind == TokenKind::Word;
        is_word.then(|| token.text(&self.text).to_ascii_lowercase())
    }
}

/// A table, view or sequence by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) database: Option<String>,
    pub(super) name: String,
}

impl Target {
    fn new(parts: &[String]) -> Option<Self> {
        match parts {
            [name] => Some(Self {
                database: None,
                name: name.clone(),
            }),
            [database, name] => Some(Self {
                database: Some(database.clone()),
                name: name.clone(),
            }),
            _ => None,
        }
    }
}

/// The text with `/*!50100 … */` and `/*M! … */` as what they hold. Whether the server executes them depends on its
/// version; who takes them for executed errs on the safe side.
fn without_executable_comments(sql: &str) -> Cow<'_, str> {
    if !sql.contains("/*!") && !sql.contains("/*M!") {
        return Cow::Borrowed(sql);
    }
    // Of the same length, so that places in one are places in the other.
    let masked = sql.replace("/*M!", "/*! ");
    let mut text = String::with_capacity(sql.len());
    let mut done = 0;
    for hint in lex::tokens(&masked, Dialect::Mysql) {
        if hint.kind != TokenKind::Hint {
            continue;
        }
        let comment = hint.text(sql);
        text.push_str(sql.get(done..hint.start).unwrap_or_default());
        done = hint.end;
        text.push(' ');
        if !comment.starts_with("/*+") {
            let inner = comment.trim_start_matches("/*M!").trim_start_matches("/*!");
            let inner = inner.strip_suffix("*/").unwrap_or(inner);
            text.push_str(inner.trim_start_matches(|c: char| c.is_ascii_digit()));
            text.push(' ');
        }
    }
    text.push_str(sql.get(done..).unwrap_or_default());
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commits(sql: &str) -> bool {
        Words::new(sql).commits()
    }

    fn sight(sql: &str) -> Sight {
        assert!(commits(sql), "{sql}");
        Words::new(sql).sight()
    }

    /// As the manuals of MySQL 8.4 and MariaDB list them.
    #[test]
    fn what_commits_by_itself() {
        for sql in [
            "ALTER DATABASE a CHARACTER SET utf8mb4",
            "alter table t add c int",
            "ALTER INSTANCE ROTATE INNODB MASTER KEY",
            "ANALYZE LOCAL TABLE t",
            "BACKUP STAGE START",
            "CACHE INDEX t IN hot",
            "CALL p()",
            "CHANGE MASTER TO MASTER_DELAY = 1",
            "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 1",
            "CHECK TABLE t",
            "CREATE DATABASE a",
            "CREATE OR REPLACE TABLE t (a INT)",
            "CREATE DEFINER = root@localhost TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
            "CREATE PACKAGE p AS END",
            "CREATE ROLE r",
            "CREATE SEQUENCE s",
            "CREATE SPATIAL REFERENCE SYSTEM 4120 NAME 'Greek'",
            "CREATE UNIQUE INDEX i ON t (a)",
            "CREATE USER u",
            "DROP TABLE t",
            "DROP TABLES t, u",
            "EXECUTE IMMEDIATE 'DROP TABLE t'",
            "EXECUTE p",
            "FLUSH TABLES",
            "GRANT SELECT ON *.* TO u",
            "IMPORT TABLE FROM 'a.sdi'",
            "INSTALL PLUGIN p SONAME 'p.so'",
            "LOAD INDEX INTO CACHE t",
            "LOCK TABLES t WRITE",
            "OPTIMIZE TABLE t",
            "RENAME TABLE a TO b",
            "REPAIR TABLE t",
            "RESET REPLICA",
            "REVOKE ALL ON *.* FROM u",
            "SET PASSWORD = 'x'",
            "SET autocommit = 1",
            "SET @@session.autocommit = ON",
            "SET STATEMENT max_statement_time = 5 FOR ALTER TABLE t FORCE",
            "START SLAVE",
            "STOP REPLICA",
            "TRUNCATE t",
            "UNINSTALL SONAME 'p'",
            "UNLOCK TABLES",
            "/*!40101 ALTER TABLE t ENABLE KEYS */",
            "/*! CREATE VIEW v AS SELECT 1 */",
            "/*M!100300 CREATE SEQUENCE s */",
            "/* why */ -- so\n DROP VIEW v",
            "CREATE /*!32302 TEMPORARY */ VIEW v AS SELECT 1",
        ] {
            assert!(commits(sql), "{sql}");
        }
    }

    #[test]
    fn what_does_not_commit() {
        for sql in [
            "INSERT INTO t VALUES (1)",
            "UPDATE t SET a = 'DROP TABLE t'",
            "SELECT 1",
            "CREATE TEMPORARY TABLE t (a INT)",
            "CREATE OR REPLACE TEMPORARY TABLE t (a INT)",
            "CREATE /*!32302 TEMPORARY */ TABLE t (a INT)",
            "DROP TEMPORARY TABLE t",
            "DROP PREPARE p",
            "LOAD DATA INFILE 'a' INTO TABLE t",
            "ANALYZE SELECT 1",
            "ANALYZE UPDATE t SET a = 1",
            "CHECKSUM TABLE t",
            "SET @a = 1",
            "SET NAMES utf8mb4",
            "SET GLOBAL max_connections = 5",
            "SET STATEMENT max_statement_time = 5 FOR UPDATE t SET a = 1",
            "/*!40101 SET NAMES utf8 */",
            "/*!40000 INSERT INTO t VALUES (1) */",
            "/*+ MAX_EXECUTION_TIME(1) */ SELECT 1",
            "DO SLEEP(0)",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "",
            "/*!",
        ] {
            assert!(!commits(sql), "{sql}");
        }
    }

    #[test]
    fn what_can_be_seen_afterwards() {
        for (sql, expected) in [
            ("CREATE TABLE t (a INT)", Sight::Schema),
            ("CREATE OR REPLACE VIEW v AS SELECT 1", Sight::Schema),
            (
                "CREATE DEFINER = CURRENT_USER PROCEDURE p() SELECT 1",
                Sight::Schema,
            ),
            ("CREATE DATABASE a", Sight::Schema),
            ("ALTER TABLE t ADD c INT", Sight::Schema),
            (
                "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u",
                Sight::Opaque,
            ),
            ("ALTER TABLE t IMPORT TABLESPACE", Sight::Opaque),
            ("DROP TABLE IF EXISTS a", Sight::Schema),
            ("DROP TABLE a, `b`, c.d CASCADE", Sight::DropsSeveral),
            ("DROP VIEW IF EXISTS a, b", Sight::DropsSeveral),
            ("DROP INDEX i ON t", Sight::Schema),
            ("DROP SCHEMA a", Sight::Database),
            ("RENAME TABLE a TO b, c TO d", Sight::Schema),
            ("RENAME TABLE a TO x, b TO a, x TO b", Sight::Opaque),
            ("TRUNCATE TABLE t", Sight::Repeatable),
            ("GRANT SELECT ON a TO b", Sight::Repeatable),
            ("REVOKE SELECT ON a FROM b", Sight::Opaque),
            ("CREATE USER u", Sight::Opaque),
            ("CREATE USER IF NOT EXISTS u", Sight::Repeatable),
            ("DROP USER IF EXISTS u", Sight::Repeatable),
            ("CALL p()", Sight::Opaque),
            ("INSTALL PLUGIN p SONAME 'p.so'", Sight::Opaque),
            ("ANALYZE TABLE t", Sight::Repeatable),
        ] {
            assert_eq!(sight(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_only_sets_the_session() {
        for sql in [
            "SET FOREIGN_KEY_CHECKS = 0",
            "/*!40101 SET NAMES utf8 */",
            "SET @old = @@sql_mode",
            "USE other",
        ] {
            assert!(Words::new(sql).sets_session(), "{sql}");
        }
        for sql in [
            "SET GLOBAL max_connections = 5",
            "SET @most = (SELECT MAX(id) FROM t)",
            "SET PASSWORD = 'x'",
            "SET STATEMENT max_statement_time = 5 FOR UPDATE t SET a = 1",
            "SET autocommit = 0",
            "UPDATE t SET a = 1",
        ] {
            assert!(!Words::new(sql).sets_session(), "{sql}");
        }
    }

    #[test]
    fn names_of_all_kinds_of_quotes() {
        let names = Words::new("/*!50003 CREATE TRIGGER `a``b` ON \"c\".2fa */").names();
        assert_eq!(names, ["CREATE", "TRIGGER", "a`b", "ON", "c", "2fa"]);
        let (kind, targets) = Words::new("DROP TABLE IF EXISTS a.`b`, c RESTRICT").dropped();
        assert_eq!(kind, "TABLE");
        let target = |database: Option<&str>, name: &str| Target {
            database: database.map(str::to_owned),
            name: name.to_owned(),
        };
        assert_eq!(targets, [target(Some("a"), "b"), target(None, "c")]);
    }
}
