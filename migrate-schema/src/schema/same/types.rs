//! Types: the names that each dialect has for one thing, and what it leaves out.

use super::{
    Same,
    token::{Token, tokens},
};
use crate::Dialect;

/// A type, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    /// Its schema, where it was written.
    schema: Option<String>,
    /// Its one name.
    base: String,
    /// What stands in its brackets.
    arguments: Vec<String>,
    /// It is an array.
    array: bool,
    /// `unsigned`, `zerofill`.
    unsigned: bool,
    zerofill: bool,
    /// The character set and the collation (MySQL).
    charset: Option<String>,
    collation: Option<String>,
}

/// Whether two types are the same, as they are written.
pub fn data_type_of(dialect: Dialect, a: &str, b: &str) -> Same {
    if a == b {
        return Same::Yes;
    }
    if dialect == Dialect::Sqlite {
        return Same::from(tokens(a, dialect) == tokens(b, dialect));
    }
    let (Some(a), Some(b)) = (parts(dialect, a), parts(dialect, b)) else {
        return if tokens(a, dialect) == tokens(b, dialect) {
            Same::Yes
        } else {
            Same::Unknown
        };
    };
    let schemas = match (&a.schema, &b.schema) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let silent = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    if dialect == Dialect::Mysql && sized_by_length(&a, &b) {
        return Same::Unknown;
    }
    Same::from(
        schemas
            && a.base == b.base
            && a.arguments == b.arguments
            && a.array == b.array
            && a.unsigned == b.unsigned
            && a.zerofill == b.zerofill
            && silent(&a.charset, &b.charset)
            && silent(&a.collation, &b.collation),
    )
}

/// `TEXT(1000)` is the smallest text that has the room, which depends on the character set.
fn sized_by_length(a: &Parts, b: &Parts) -> bool {
    let sized = |parts: &Parts| {
        matches!(parts.base.as_str(), "text" | "blob") && !parts.arguments.is_empty()
    };
    let family = |parts: &Parts| {
        parts.base.ends_with("text") || parts.base.ends_with("blob") || parts.base == "longtext"
    };
    a != b && (sized(a) || sized(b)) && family(a) && family(b)
}

/// The one name of a type, without what stands in brackets.
pub(super) fn base(dialect: Dialect, ty: &str) -> String {
    parts(dialect, ty).map_or_else(|| ty.to_owned(), |parts| parts.base)
}

/// Whether PostgreSQL makes casts to this type by itself, and shows them.
pub(super) fn is_implicit(dialect: Dialect, ty: &str) -> bool {
    let base = base(dialect, ty);
    match dialect {
        Dialect::Postgres => [
            "text",
            "character varying",
            "character",
            "numeric",
            "double precision",
            "bigint",
            "integer",
            "timestamp",
            "timestamp with time zone",
            "regclass",
            "oid",
            "name",
            "inet",
            "bit varying",
            "interval",
            "time",
        ]
        .contains(&base.as_str()),
        Dialect::Mysql => base == "binary",
        Dialect::Sqlite => false,
    }
}

/// Whether one of them is a type that somebody has made.
pub(super) fn is_made(types: &[&str]) -> bool {
    types.iter().any(|ty| {
        let base = base(Dialect::Postgres, ty);
        let base = base.as_str();
        !base.contains(' ') && !BUILT_IN.contains(&base)
    })
}

const BUILT_IN: [&str; 24] = [
    "text",
    "character",
    "character varying",
    "integer",
    "bigint",
    "smallint",
    "numeric",
    "real",
    "boolean",
    "bytea",
    "date",
    "time",
    "timestamp",
    "interval",
    "uuid",
    "json",
    "jsonb",
    "inet",
    "cidr",
    "regclass",
    "bit",
    "oid",
    "name",
    "bpchar",
];

fn parts(dialect: Dialect, ty: &str) -> Option<Parts> {
    let all = tokens(ty, dialect);
    let mut read = Parts {
        schema: None,
        base: String::new(),
        arguments: Vec::new(),
        array: false,
        unsigned: false,
        zerofill: false,
        charset: None,
        collation: None,
    };
    let mut at = 0;
    let mut words: Vec<String> = Vec::new();
    let mut quoted = false;
    while let Some(token) = all.get(at) {
        at += 1;
        match token {
            Token::Symbol(sign) if sign == "." => read.schema = words.pop(),
            Token::Symbol(sign) if sign == "(" => {
                let end = all[at..].iter().position(|token| token.is_symbol(")"))? + at;
                read.arguments = arguments(&all[at..end]);
                at = end + 1;
            }
            Token::Symbol(sign) if sign == "[" => {
                let end = all[at..].iter().position(|token| token.is_symbol("]"))? + at;
                read.array = true;
                at = end + 1;
            }
            Token::Word(word) => {
                let next = all.get(at).and_then(Token::as_name);
                match (dialect, word.as_str(), next) {
                    (Dialect::Postgres, "array", _) if !words.is_empty() => {
                        read.array = true;
                    }
                    (Dialect::Mysql, "unsigned", _) => read.unsigned = true,
                    (Dialect::Mysql, "zerofill", _) => {
                        (read.unsigned, read.zerofill) = (true, true);
                    }
                    (Dialect::Mysql, "signed" | "ascii" | "unicode" | "byte", _) => {}
                    (Dialect::Mysql, "character", Some("set")) => {
                        read.charset = all.get(at + 1).map(charset);
                        at += 2;
                    }
                    (Dialect::Mysql, "charset", Some(_)) => {
                        read.charset = all.get(at).map(charset);
                        at += 1;
                    }
                    (_, "collate", Some(name)) => {
                        read.collation = Some(name.to_lowercase());
                        at += 1;
                    }
                    _ => words.push(word.clone()),
                }
            }
            Token::Name(name) => {
                quoted = true;
                words.push(name.clone());
            }
            // `VARCHAR 'utf8'` and the like are no types that anybody writes.
            _ => return None,
        }
    }
    if read.schema.as_deref() == Some("pg_catalog") {
        read.schema = None;
    }
    let name = words.join(" ");
    match dialect {
        Dialect::Postgres => postgres(&mut read, &name, quoted),
        Dialect::Mysql => mysql(&mut read, &name),
        Dialect::Sqlite => read.base = name,
    }
    Some(read)
}

fn charset(token: &Token) -> String {
    let name = match token {
        Token::Word(name) | Token::Name(name) | Token::Text(name) => name.to_lowercase(),
        _ => String::new(),
    };
    super::options::charset(&name)
}

/// What stands between commas: numbers, labels.
fn arguments(all: &[Token]) -> Vec<String> {
    all.split(|token| token.is_symbol(","))
        .map(|part| {
            let words = part.iter().map(|token| match token {
                Token::Text(text) => format!("'{text}'"),
                Token::Word(text)
                | Token::Name(text)
                | Token::Number(text)
                | Token::Symbol(text)
                | Token::Bytes(text) => text.clone(),
            });
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn postgres(read: &mut Parts, name: &str, quoted: bool) {
    let without_zone = |name: &str| {
        name.strip_suffix(" without time zone")
            .unwrap_or(name)
            .to_owned()
    };
    // `"char"` is a type of one byte.
    if quoted && name == "char" {
        read.base = "\"char\"".to_owned();
        return;
    }
    let one = |read: &mut Parts| {
        if read.arguments.is_empty() {
            read.arguments = vec!["1".to_owned()];
        }
    };
    let base = match name {
        "int" | "int4" | "serial" | "serial4" => "integer",
        "int2" | "smallserial" | "serial2" => "smallint",
        "int8" | "bigserial" | "serial8" => "bigint",
        "float4" => "real",
        "float8" => "double precision",
        "float" => {
            let bits = read
                .arguments
                .pop()
                .and_then(|bits| bits.parse::<u32>().ok());
            if bits.is_some_and(|bits| bits <= 24) {
                "real"
            } else {
                "double precision"
            }
        }
        "bool" => "boolean",
        "varchar"
        | "char varying"
        | "national character varying"
        | "national char varying"
        | "nchar varying" => "character varying",
        "char" | "character" | "nchar" | "national character" | "national char" => {
            one(read);
            "character"
        }
        "bpchar" if !read.arguments.is_empty() => "character",
        "decimal" | "dec" | "numeric" => {
            if read.arguments.len() == 1 {
                read.arguments.push("0".to_owned());
            }
            "numeric"
        }
        "varbit" => "bit varying",
        "bit" => {
            one(read);
            "bit"
        }
        "timestamptz" => "timestamp with time zone",
        "timetz" => "time with time zone",
        other => {
            read.base = without_zone(other);
            return;
        }
    };
    read.base = base.to_owned();
}

fn mysql(read: &mut Parts, name: &str) {
    let lower = name.to_lowercase();
    let base = match lower.as_str() {
        "bool" | "boolean" => {
            read.arguments = vec!["1".to_owned()];
            "tinyint"
        }
        "int1" => "tinyint",
        "int2" => "smallint",
        "int3" | "middleint" => "mediumint",
        "integer" | "int4" => "int",
        "int8" => "bigint",
        "serial" => {
            read.unsigned = true;
            "bigint"
        }
        "dec" | "numeric" | "fixed" => "decimal",
        "float4" => "float",
        "float8" | "real" | "double precision" => "double",
        "character" | "nchar" | "national char" | "national character" => "char",
        "varcharacter"
        | "character varying"
        | "char varying"
        | "nvarchar"
        | "nchar varchar"
        | "national varchar"
        | "national varcharacter"
        | "nchar varying"
        | "national char varying"
        | "national character varying" => "varchar",
        "char binary" | "varchar binary" | "text binary" => {
            lower.split(' ').next().unwrap_or_default()
        }
        "long" | "long varchar" => "mediumtext",
        "long varbinary" => "mediumblob",
        // MariaDB has no type for it.
        "json" => "longtext",
        "geomcollection" => "geometrycollection",
        other => other,
    };
    read.base = base.to_owned();
    let default = match base {
        // How wide a number is shown says nothing of what it holds.
        "smallint" | "mediumint" | "int" | "bigint" if !read.zerofill => {
            read.arguments.clear();
            return;
        }
        "tinyint" if !read.zerofill && read.arguments != ["1"] => {
            read.arguments.clear();
            return;
        }
        "year" => {
            read.arguments.clear();
            return;
        }
        "decimal" => {
            if read.arguments.is_empty() {
                read.arguments.push("10".to_owned());
            }
            if read.arguments.len() == 1 {
                read.arguments.push("0".to_owned());
            }
            return;
        }
        "float" if read.arguments.len() == 1 => {
            let bits = read
                .arguments
                .pop()
                .and_then(|bits| bits.parse::<u32>().ok());
            if bits.is_some_and(|bits| bits > 24) {
                read.base = "double".to_owned();
            }
            return;
        }
        "datetime" | "timestamp" | "time" => {
            if read.arguments == ["0"] {
                read.arguments.clear();
            }
            return;
        }
        "char" | "binary" | "bit" => "1",
        _ => return,
    };
    if read.arguments.is_empty() {
        read.arguments.push(default.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(dialect: Dialect, pairs: &[(&str, &str)]) {
        for (a, b) in pairs {
            assert_eq!(data_type_of(dialect, a, b), Same::Yes, "{a} {b}");
            assert_eq!(data_type_of(dialect, b, a), Same::Yes, "{b} {a}");
        }
    }

    fn other(dialect: Dialect, pairs: &[(&str, &str)]) {
        for (a, b) in pairs {
            assert_eq!(data_type_of(dialect, a, b), Same::No, "{a} {b}");
        }
    }

    #[test]
    fn postgres_has_many_names_for_a_type() {
        same(
            Dialect::Postgres,
            &[
                ("INT4", "integer"),
                ("varchar(255)", "character varying(255)"),
                ("char", "character(1)"),
                ("decimal(10)", "numeric(10,0)"),
                ("numeric(10, 2)", "NUMERIC(10,2)"),
                ("timestamptz", "timestamp with time zone"),
                ("timestamp(3)", "timestamp(3) without time zone"),
                ("timestamptz(6)", "timestamp(6) with time zone"),
                ("float(53)", "double precision"),
                ("text[]", "TEXT ARRAY"),
                ("int[3]", "integer[]"),
                ("public.mood", "mood"),
                ("\"Mood\"", "public.\"Mood\""),
                ("pg_catalog.int4", "int"),
                ("bool", "boolean"),
            ],
        );
        other(
            Dialect::Postgres,
            &[
                ("int", "bigint"),
                ("varchar(10)", "varchar(11)"),
                ("varchar", "text"),
                ("timestamp", "timestamptz"),
                ("\"char\"", "char"),
                ("int", "int[]"),
                ("mood", "\"Mood\""),
                ("a.mood", "b.mood"),
            ],
        );
    }

    #[test]
    fn mysql_shows_widths_and_character_sets() {
        same(
            Dialect::Mysql,
            &[
                ("INTEGER", "int(11)"),
                ("bool", "tinyint(1)"),
                ("tinyint", "tinyint(4)"),
                ("bigint unsigned", "BIGINT(20) UNSIGNED"),
                ("int zerofill", "int unsigned zerofill"),
                ("decimal", "decimal(10,0)"),
                ("enum('a','b')", "ENUM('a', 'b')"),
                (
                    "varchar(5) character set utf8",
                    "varchar(5) charset utf8mb3",
                ),
                ("varchar(5)", "varchar(5) collate utf8mb4_bin"),
                ("json", "longtext"),
                ("datetime(0)", "datetime"),
                ("double precision", "double"),
            ],
        );
        other(
            Dialect::Mysql,
            &[
                ("int", "int unsigned"),
                ("tinyint", "tinyint(1)"),
                ("enum('a')", "enum('A')"),
                ("varchar(5) charset utf8", "varchar(5) charset latin1"),
                ("datetime", "datetime(6)"),
            ],
        );
        assert_eq!(
            data_type_of(Dialect::Mysql, "text(70000)", "mediumtext"),
            Same::Unknown
        );
    }

    #[test]
    fn sqlite_keeps_what_was_written() {
        same(
            Dialect::Sqlite,
            &[("INTEGER", "integer"), ("VARCHAR (10)", "varchar(10)")],
        );
        other(Dialect::Sqlite, &[("INT", "INTEGER"), ("", "text")]);
    }
}
