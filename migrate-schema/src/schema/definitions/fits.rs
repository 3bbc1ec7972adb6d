//! Whether a field of a struct can hold what a column has.

use super::Kind;
use crate::Dialect;

/// Whether a column of this type holds what the field does: which of several types it is, the field does not say.
pub(super) fn fits(kind: &Kind, data_type: &str, dialect: Dialect) -> bool {
    let lower = data_type.to_lowercase();
    // `timestamp(3) with time zone` without its precision.
    let word = match (lower.find('('), lower.rfind(')')) {
        (Some(open), Some(close)) if open < close => lower[..open].to_owned() + &lower[close + 1..],
        _ => lower,
    };
    let word = word.trim();
    let has = |words: &[&str]| {
        words.iter().any(|known| {
            let rest = word.strip_prefix(known);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    let is_text = || {
        has(&[
            "text",
            "varchar",
            "character",
            "char",
            "nvarchar",
            "nchar",
            "clob",
            "citext",
            "tinytext",
            "mediumtext",
            "longtext",
            "enum",
            "string",
        ])
    };
    // SQLite has no types for these: a text or a number stands for them.
    let is_loose = |also: &[&str]| dialect == Dialect::Sqlite && (is_text() || has(also));
    match kind {
        Kind::String | Kind::Email | Kind::Text | Kind::Enum(_) => {
            is_text() || has(&["uuid", "name", "json", "jsonb"]) && dialect == Dialect::Sqlite
        }
        Kind::Json => is_text() || has(&["json", "jsonb"]),
        Kind::Number => has(&[
            "real", "double", "float", "float4", "float8", "numeric", "decimal",
        ]),
        Kind::Decimal => {
            has(&["numeric", "decimal", "dec", "real", "double", "money"]) || is_loose(&["integer"])
        }
        Kind::Integer => {
            has(&[
                "integer",
                "int",
                "int4",
                "int2",
                "smallint",
                "mediumint",
                "tinyint",
                "serial",
                "smallserial",
            ]) || dialect == Dialect::Sqlite && has(&["bigint", "int8"])
        }
        Kind::BigInteger => {
            has(&["bigint", "int8", "bigserial"])
                || dialect != Dialect::Postgres
                    && has(&["integer", "int", "smallint", "mediumint", "tinyint"])
        }
        Kind::Boolean => {
            has(&["boolean", "bool", "tinyint", "bit"])
                || dialect == Dialect::Sqlite && has(&["integer", "int"])
        }
        Kind::Date => has(&["date"]) || is_loose(&["integer"]),
        Kind::Time => has(&["time"]) || is_loose(&["integer"]),
        Kind::DateTime => {
            has(&["timestamp", "datetime"]) && !word.ends_with("with time zone")
                || is_loose(&["integer", "int", "real", "date"])
        }
        Kind::Timestamp => {
            has(&["timestamptz", "timestamp with time zone"])
                || dialect == Dialect::Mysql && has(&["timestamp", "datetime"])
                || is_loose(&["integer", "int", "real", "timestamp", "datetime"])
        }
        Kind::Uuid => {
            has(&["uuid"])
                || dialect != Dialect::Postgres && (is_text() || has(&["blob", "binary"]))
        }
        Kind::Blob => has(&[
            "blob",
            "bytea",
            "binary",
            "varbinary",
            "tinyblob",
            "mediumblob",
            "longblob",
        ]),
        Kind::Relation => true,
        Kind::Written(text) => {
            let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
            plain(text) == plain(data_type)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_fits_the_types_that_hold_its_values() {
        for (kind, dialect, yes, no) in [
            (
                Kind::BigInteger,
                Dialect::Sqlite,
                &["INTEGER", "BIGINT", "int"][..],
                &["TEXT", "INTERVAL", ""][..],
            ),
            (
                Kind::BigInteger,
                Dialect::Postgres,
                &["bigint", "BIGSERIAL"],
                &["integer"],
            ),
            (
                Kind::Integer,
                Dialect::Postgres,
                &["integer", "INT4", "serial"],
                &["bigint", "text"],
            ),
            (
                Kind::String,
                Dialect::Mysql,
                &["varchar(255)", "LONGTEXT", "enum('a')"],
                &["int", "varbinary(4)"],
            ),
            (
                Kind::Boolean,
                Dialect::Mysql,
                &["tinyint(1)", "BOOLEAN"],
                &["varchar(1)"],
            ),
            (
                Kind::DateTime,
                Dialect::Postgres,
                &["timestamp(3)", "timestamp without time zone"],
                &["timestamp(3) with time zone", "timestamptz"],
            ),
            (
                Kind::Timestamp,
                Dialect::Postgres,
                &["timestamptz", "timestamp with time zone"],
                &["timestamp", "date"],
            ),
            (
                Kind::Uuid,
                Dialect::Sqlite,
                &["TEXT", "BLOB", "uuid"],
                &["INTEGER"],
            ),
            (
                Kind::Decimal,
                Dialect::Postgres,
                &["numeric(10, 2)"],
                &["text"],
            ),
            (
                Kind::Written("NUMERIC(10, 2)".to_owned()),
                Dialect::Postgres,
                &["numeric(10,2)"],
                &["numeric"],
            ),
        ] {
            for data_type in yes {
                assert!(fits(&kind, data_type, dialect), "{kind:?} {data_type}");
            }
            for data_type in no {
                assert!(!fits(&kind, data_type, dialect), "{kind:?} {data_type}");
            }
        }
    }
}
