//! SQL of another dialect: which one it is, and what MySQL writes instead.

use std::ops::Range;

use super::{parser::Parser, token::Kind};
use crate::{Code, Finding};

const POSTGRES: &str = "PostgreSQL";
const SQLITE: &str = "SQLite";
const BOTH: &str = "PostgreSQL and SQLite";
const SQL_SERVER: &str = "SQL Server";
const ORACLE: &str = "Oracle";

/// Types of others.
const TYPES: &[(&str, &str, &str)] = &[
    ("bigserial", POSTGRES, "BIGINT AUTO_INCREMENT"),
    ("serial4", POSTGRES, "INT AUTO_INCREMENT"),
    ("serial8", POSTGRES, "BIGINT AUTO_INCREMENT"),
    ("smallserial", POSTGRES, "SMALLINT AUTO_INCREMENT"),
    ("bytea", POSTGRES, "BLOB or VARBINARY"),
    ("jsonb", POSTGRES, "JSON"),
    ("timestamptz", POSTGRES, "TIMESTAMP"),
    ("timetz", POSTGRES, "TIME"),
    (
        "citext",
        POSTGRES,
        "VARCHAR with a collation that ignores case",
    ),
    ("inet", POSTGRES, "VARBINARY(16) or VARCHAR(45)"),
    ("cidr", POSTGRES, "VARCHAR(45)"),
    ("macaddr", POSTGRES, "CHAR(17)"),
    ("money", POSTGRES, "DECIMAL(19, 4)"),
    ("tsvector", POSTGRES, "TEXT with a FULLTEXT key"),
    ("hstore", POSTGRES, "JSON"),
    ("xml", POSTGRES, "TEXT"),
    ("oid", POSTGRES, "INT UNSIGNED"),
    ("name", POSTGRES, "VARCHAR(64)"),
    ("bpchar", POSTGRES, "CHAR"),
    ("interval", POSTGRES, "TIME or a number of seconds"),
    ("varbit", POSTGRES, "BIT(n)"),
    ("clob", ORACLE, "LONGTEXT"),
    ("nclob", ORACLE, "LONGTEXT"),
    ("number", ORACLE, "DECIMAL"),
    ("varchar2", ORACLE, "VARCHAR"),
    ("nvarchar2", ORACLE, "VARCHAR"),
    ("raw", ORACLE, "VARBINARY"),
    ("datetime2", SQL_SERVER, "DATETIME(6)"),
    ("smalldatetime", SQL_SERVER, "DATETIME"),
    ("datetimeoffset", SQL_SERVER, "DATETIME(6)"),
    ("uniqueidentifier", SQL_SERVER, "CHAR(36) or BINARY(16)"),
    ("ntext", SQL_SERVER, "TEXT"),
    ("image", SQL_SERVER, "LONGBLOB"),
    ("string", "Spanner and BigQuery", "VARCHAR or TEXT"),
    ("any", SQLITE, "a type of its own for the column"),
];

/// Words at or beside the place where the parser stopped.
const WORDS: &[(&str, &str, &str)] = &[
    ("autoincrement", SQLITE, "AUTO_INCREMENT"),
    (
        "conflict",
        BOTH,
        "ON DUPLICATE KEY UPDATE, or INSERT IGNORE",
    ),
    (
        "rowid",
        SQLITE,
        "nothing: every InnoDB table has a clustered key",
    ),
    (
        "strict",
        SQLITE,
        "nothing: the sql_mode makes tables strict",
    ),
    ("glob", SQLITE, "LIKE or REGEXP"),
    (
        "ilike",
        POSTGRES,
        "LIKE, which ignores case under most collations",
    ),
    ("similar", POSTGRES, "REGEXP"),
    ("isnull", BOTH, "IS NULL"),
    ("notnull", BOTH, "IS NOT NULL"),
    (
        "returning",
        BOTH,
        "a SELECT behind it (MariaDB has RETURNING for INSERT and DELETE)",
    ),
    ("concurrently", POSTGRES, "ALGORITHM=INPLACE LOCK=NONE"),
    ("nulls", BOTH, "ORDER BY a IS NULL, a"),
    ("identity", POSTGRES, "AUTO_INCREMENT"),
    ("inherits", POSTGRES, "two tables and a foreign key"),
    (
        "deferrable",
        POSTGRES,
        "nothing: MySQL checks foreign keys at once",
    ),
    (
        "initially",
        POSTGRES,
        "nothing: MySQL checks foreign keys at once",
    ),
    ("only", POSTGRES, "ALTER TABLE without ONLY"),
    ("unlogged", POSTGRES, "an ordinary table"),
    (
        "materialized",
        POSTGRES,
        "a table that is filled by INSERT … SELECT",
    ),
    ("full", BOTH, "a UNION of a LEFT JOIN and a RIGHT JOIN"),
    (
        "include",
        POSTGRES,
        "the columns as further parts of the key",
    ),
    (
        "gin",
        POSTGRES,
        "a FULLTEXT key, or a key on a generated column",
    ),
    ("gist", POSTGRES, "a SPATIAL key"),
    ("brin", POSTGRES, "an ordinary key"),
    ("tablespace", POSTGRES, "TABLESPACE without SET"),
    ("temp", BOTH, "TEMPORARY"),
    ("filter", BOTH, "SUM(CASE WHEN … THEN … END)"),
    ("owner", POSTGRES, "nothing: tables have no owners"),
    ("type", POSTGRES, "MODIFY COLUMN name type"),
    ("using", POSTGRES, "an UPDATE before the change of the type"),
    ("top", SQL_SERVER, "LIMIT"),
    ("nocase", SQLITE, "a collation that ends with _ci"),
];

/// Two words, of which the parser stopped at the second.
const PAIRS: &[(&str, &str, &str, &str)] = &[
    ("table", "only", POSTGRES, "ALTER TABLE without ONLY"),
    ("set", "not", POSTGRES, "MODIFY COLUMN name type NOT NULL"),
    ("drop", "not", POSTGRES, "MODIFY COLUMN name type NULL"),
    ("set", "data", POSTGRES, "MODIFY COLUMN name type"),
    ("insert", "or", SQLITE, "INSERT IGNORE, or REPLACE"),
    ("update", "or", SQLITE, "UPDATE IGNORE"),
    (
        "distinct",
        "on",
        POSTGRES,
        "GROUP BY, or ROW_NUMBER() OVER (…) = 1",
    ),
    (
        "timestamp",
        "with",
        POSTGRES,
        "TIMESTAMP, which is kept in UTC",
    ),
    ("timestamp", "without", POSTGRES, "DATETIME"),
    ("time", "with", POSTGRES, "TIME"),
    ("time", "without", POSTGRES, "TIME"),
    ("generated", "by", POSTGRES, "AUTO_INCREMENT"),
    (
        "restart",
        "identity",
        POSTGRES,
        "TRUNCATE alone: it begins to count anew",
    ),
    ("array", "[", POSTGRES, "JSON"),
    ("default", "values", BOTH, "INSERT INTO t () VALUES ()"),
];

/// First words, or words behind CREATE, ALTER and DROP.
const STATEMENTS: &[(&str, &str, &str)] = &[
    ("pragma", SQLITE, "SET, for what is a setting"),
    ("vacuum", BOTH, "OPTIMIZE TABLE"),
    ("reindex", BOTH, "OPTIMIZE TABLE"),
    ("attach", SQLITE, "CREATE DATABASE"),
    ("detach", SQLITE, "nothing"),
    ("copy", POSTGRES, "LOAD DATA"),
    ("listen", POSTGRES, "nothing"),
    ("notify", POSTGRES, "nothing"),
    (
        "refresh",
        POSTGRES,
        "TRUNCATE and INSERT … SELECT on a table",
    ),
    ("cluster", POSTGRES, "OPTIMIZE TABLE"),
    ("reassign", POSTGRES, "nothing: tables have no owners"),
    (
        "comment",
        POSTGRES,
        "ALTER TABLE … COMMENT='…', or COMMENT behind the column's type",
    ),
    ("merge", POSTGRES, "INSERT … ON DUPLICATE KEY UPDATE"),
    ("abort", POSTGRES, "ROLLBACK"),
    ("virtual", SQLITE, "a table with a FULLTEXT key"),
    ("extension", POSTGRES, "nothing"),
    ("type", POSTGRES, "ENUM('a', 'b') as the type of the column"),
    ("domain", POSTGRES, "a CHECK of the column"),
    (
        "materialized",
        POSTGRES,
        "a table that is filled by INSERT … SELECT",
    ),
    ("policy", POSTGRES, "a view that filters"),
    ("rule", POSTGRES, "a trigger"),
    ("operator", POSTGRES, "a function"),
    ("aggregate", POSTGRES, "a loadable function"),
    ("publication", POSTGRES, "nothing"),
    ("subscription", POSTGRES, "nothing"),
    ("collation", POSTGRES, "one of the server's collations"),
    ("cast", POSTGRES, "nothing"),
    ("unlogged", POSTGRES, "an ordinary table"),
    ("temp", BOTH, "TEMPORARY"),
    ("exec", SQL_SERVER, "CALL"),
    ("go", SQL_SERVER, "`;`"),
    ("print", SQL_SERVER, "SELECT"),
    ("if_not_exists", SQL_SERVER, "IF NOT EXISTS"),
];

fn finding(dialect: &str, what: &str, instead: &str, range: Range<usize>) -> Finding {
    let help = match instead.split_once("nothing: ") {
        Some((_, reason)) => format!("leave it out: {reason}"),
        None if instead == "nothing" => "MySQL has nothing like it".to_owned(),
        None => format!("MySQL writes {instead}"),
    };
    let verb = if dialect.contains(" and ") {
        "are"
    } else {
        "is"
    };
    let message = match verb {
        "are" => format!("`{what}` is of {dialect}"),
        _ => format!("`{what}` is {dialect}'s"),
    };
    Finding::new(Code::WrongDialect, message, range).help(help)
}

fn among(list: &[(&str, &str, &str)], word: &str, range: Range<usize>) -> Option<Finding> {
    let (_, dialect, instead) = list
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(word))?;
    Some(finding(dialect, &word.to_ascii_uppercase(), instead, range))
}

pub(super) fn using_before_parts(range: Range<usize>) -> Finding {
    finding(
        POSTGRES,
        "ON t USING … (a)",
        "the method behind the columns: `ON t (a) USING BTREE`",
        range,
    )
}

pub(super) fn partial_index(range: Range<usize>) -> Finding {
    let instead = "an index on a generated column that is NULL for the other rows";
    finding(BOTH, "CREATE INDEX … WHERE", instead, range)
}

pub(super) fn owned_sequence(range: Range<usize>) -> Finding {
    finding(POSTGRES, "OWNED BY", "AUTO_INCREMENT", range)
}

pub(super) fn alter_index(range: Range<usize>) -> Finding {
    finding(
        POSTGRES,
        "ALTER INDEX",
        "ALTER TABLE t RENAME INDEX a TO b",
        range,
    )
}

pub(super) fn trigger_function(range: Range<usize>) -> Finding {
    let instead = "what the trigger does behind FOR EACH ROW, between BEGIN and END";
    finding(POSTGRES, "EXECUTE FUNCTION", instead, range)
}

/// A sequence whose name stands in a string.
pub(super) fn nextval(range: Range<usize>) -> Finding {
    finding(POSTGRES, "nextval('…')", "AUTO_INCREMENT", range)
}

/// A type of another dialect.
pub(super) fn of_type(word: &str, range: Range<usize>) -> Option<Finding> {
    among(TYPES, word, range)
}

/// A statement of another dialect; its word stands here.
pub(super) fn of_statement(parser: &Parser<'_>) -> Option<Finding> {
    let token = parser.token();
    if token.kind != Kind::Word {
        return None;
    }
    among(STATEMENTS, parser.text(), token.range())
}

/// What the parser refuses, as another dialect's SQL where it is that.
pub(super) fn explained(parser: &Parser<'_>, refused: Finding) -> Finding {
    if refused.code != Code::SqlSyntax {
        return refused;
    }
    let Some(at) = parser
        .tokens
        .iter()
        .position(|token| token.end > refused.range.start)
    else {
        return refused;
    };
    let symbol = |at: usize| {
        let token = parser.tokens.get(at)?;
        (token.kind == Kind::Symbol).then(|| parser.sql.get(token.range()))?
    };
    let pair = || of_pair(parser, at).or_else(|| of_pair(parser, at + 1));
    let only = || of_pair(parser, at.checked_sub(1)?);
    if let Some(found) = of_symbols(parser, at, &symbol).or_else(pair).or_else(only) {
        return found;
    }
    for near in [at, at + 1, at.wrapping_sub(1)] {
        let Some(token) = parser
            .tokens
            .get(near)
            .filter(|token| token.kind == Kind::Word)
        else {
            continue;
        };
        let word = parser.sql.get(token.range()).unwrap_or_default();
        if let Some(found) = among(WORDS, word, token.range()) {
            // Some of these words are MySQL's too: they count only where they stand themselves.
            let shared = [
                "type",
                "using",
                "full",
                "only",
                "tablespace",
                "filter",
                "include",
                "top",
                "strict",
                "identity",
            ];
            if near == at || !shared.contains(&word.to_ascii_lowercase().as_str()) {
                return found;
            }
        }
    }
    refused
}

fn of_pair(parser: &Parser<'_>, at: usize) -> Option<Finding> {
    let text = |at: usize| parser.sql.get(parser.tokens.get(at)?.range());
    let (first, second) = (text(at.checked_sub(1)?)?, text(at)?);
    let (.., dialect, instead) = PAIRS.iter().find(|(one, two, ..)| {
        one.eq_ignore_ascii_case(first) && two.eq_ignore_ascii_case(second)
    })?;
    let what = format!("{first} {second}").to_ascii_uppercase();
    let range = parser.tokens.get(at - 1)?.start..parser.tokens.get(at)?.end;
    Some(finding(dialect, &what, instead, range))
}

fn of_symbols<'a>(
    parser: &Parser<'_>,
    at: usize,
    symbol: &impl Fn(usize) -> Option<&'a str>,
) -> Option<Finding> {
    let range = |from: usize, to: usize| -> Option<Range<usize>> {
        Some(parser.tokens.get(from)?.start..parser.tokens.get(to)?.end)
    };
    for near in [at, at.wrapping_sub(1)] {
        if symbol(near) == Some(":") && symbol(near.wrapping_add(1)) == Some(":") {
            return Some(finding(
                POSTGRES,
                "::",
                "CAST(… AS type)",
                range(near, near + 1)?,
            ));
        }
        if symbol(near) == Some("[") {
            let instead = "names in backticks, and JSON for arrays";
            return Some(finding(
                "PostgreSQL and SQL Server",
                "[…]",
                instead,
                range(near, near)?,
            ));
        }
        let token = parser.tokens.get(near)?;
        let text = parser.sql.get(token.range())?;
        if token.kind == Kind::Word && text.starts_with('$') {
            let instead = "the body of a routine between BEGIN and END";
            return Some(finding(POSTGRES, text, instead, token.range()));
        }
        if near == at && token.kind == Kind::Text && text.starts_with('"') {
            let name = text.trim_matches('"');
            return Some(
                Finding::new(
                    Code::WrongDialect,
                    format!("{text} is a string in MySQL, and a name in PostgreSQL and SQLite"),
                    token.range(),
                )
                .help(format!("MySQL writes names in backticks: `{name}`")),
            );
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::{Code, grammar::mysql::tests::refused};

    #[test]
    fn sql_of_others_is_named() {
        for (sql, place, help) in [
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
                "AUTOINCREMENT",
                "MySQL writes AUTO_INCREMENT",
            ),
            (
                "CREATE TABLE t (a BYTEA)",
                "BYTEA",
                "MySQL writes BLOB or VARBINARY",
            ),
            (
                "CREATE TABLE t (a TIMESTAMPTZ)",
                "TIMESTAMPTZ",
                "MySQL writes TIMESTAMP",
            ),
            (
                "SELECT a::text FROM t",
                "::",
                "MySQL writes CAST(… AS type)",
            ),
            (
                "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
                "CONFLICT",
                "MySQL writes ON DUPLICATE KEY UPDATE",
            ),
            (
                "SELECT * FROM t WHERE a ILIKE 'b'",
                "ILIKE",
                "MySQL writes LIKE",
            ),
            (
                "CREATE INDEX i ON t USING btree (a)",
                "USING",
                "MySQL writes the method behind the columns",
            ),
            (
                "CREATE UNIQUE INDEX i ON t (a) WHERE b IS NULL",
                "WHERE",
                "MySQL writes an index on a generated column",
            ),
            (
                "CREATE TRIGGER x AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
                "EXECUTE FUNCTION",
                "MySQL writes what the trigger does",
            ),
            (
                "ALTER TABLE ONLY t ADD COLUMN a INT",
                "TABLE ONLY",
                "MySQL writes ALTER TABLE without ONLY",
            ),
            (
                "ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('s')",
                "'s'",
                "MySQL writes AUTO_INCREMENT",
            ),
            (
                "ALTER INDEX a RENAME TO b",
                "INDEX",
                "MySQL writes ALTER TABLE t RENAME INDEX",
            ),
            (
                "ALTER TABLE t ALTER COLUMN a DROP NOT NULL",
                "DROP NOT",
                "MySQL writes MODIFY COLUMN",
            ),
            (
                "CREATE EXTENSION x",
                "EXTENSION",
                "MySQL has nothing like it",
            ),
            ("PRAGMA foreign_keys = ON", "PRAGMA", "MySQL writes SET"),
            (
                "CREATE TABLE \"t\" (a INT)",
                "\"t\"",
                "MySQL writes names in backticks: `t`",
            ),
            (
                "COMMENT ON TABLE t IS 'x'",
                "COMMENT",
                "MySQL writes ALTER TABLE",
            ),
            (
                "UPDATE t SET a = 1 RETURNING b",
                "RETURNING",
                "MySQL writes a SELECT behind it",
            ),
            (
                "CREATE INDEX CONCURRENTLY i ON t (a)",
                "CONCURRENTLY",
                "MySQL writes ALGORITHM=INPLACE LOCK=NONE",
            ),
            (
                "ALTER TABLE t ALTER COLUMN a TYPE TEXT",
                "TYPE",
                "MySQL writes MODIFY COLUMN",
            ),
            (
                "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
                "SET NOT",
                "MySQL writes MODIFY COLUMN",
            ),
            (
                "CREATE TABLE t (a TEXT[])",
                "[",
                "MySQL writes names in backticks",
            ),
        ] {
            let (code, found, message, advised) = refused(sql);
            assert_eq!(
                (code, found),
                (Code::WrongDialect, place),
                "{sql}: {message}"
            );
            assert!(advised.starts_with(help), "{sql}: {advised}");
        }
    }
}
