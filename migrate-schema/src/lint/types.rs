//! Types of columns, as far as the lints compare them.

use crate::{Dialect, tree::TypeName};

/// What a type holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Whole numbers of so many bits.
    Integer { bits: u32, unsigned: bool },
    /// Floating point of so many bits.
    Float { bits: u32 },
    /// Numbers with so many digits before and behind the point; none says any number.
    Decimal(Option<(u64, u64)>),
    /// Text of so many characters; none says any number.
    Text(Option<u64>),
    /// Bytes; none says any number.
    Bytes(Option<u64>),
    /// `true` and `false`.
    Boolean,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A point in time, with a time zone or without.
    Timestamp { zone: bool },
    /// JSON.
    Json,
    /// A UUID.
    Uuid,
}

/// What a type holds, where that is known.
pub(super) fn holds(ty: &TypeName, dialect: Dialect) -> Option<Holds> {
    if ty.array
        || ty.special
        || ty
            .path
            .schema
            .as_ref()
            .is_some_and(|s| s.text != "pg_catalog")
    {
        return None;
    }
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => postgres(ty),
        Dialect::Mysql => mysql(ty),
    }
}

/// The number in the brackets of a type, by its place.
fn number(ty: &TypeName, at: usize) -> Option<u64> {
    ty.arguments
        .get(at)
        .and_then(|text| text.trim().parse().ok())
}

fn integer(ty: &TypeName, bits: u32) -> Option<Holds> {
    let unsigned = ty.words.iter().any(|word| word == "unsigned");
    Some(Holds::Integer { bits, unsigned })
}

fn postgres(ty: &TypeName) -> Option<Holds> {
    let integer = |bits| integer(ty, bits);
    let number = |at| number(ty, at);
    match ty.path.name.text.to_ascii_lowercase().as_str() {
        "smallint" | "int2" | "smallserial" | "serial2" => integer(16),
        "integer" | "int" | "int4" | "serial" | "serial4" => integer(32),
        "bigint" | "int8" | "bigserial" | "serial8" => integer(64),
        "real" | "float4" => Some(Holds::Float { bits: 32 }),
        "double precision" | "float8" => Some(Holds::Float { bits: 64 }),
        "numeric" | "decimal" => Some(Holds::Decimal(
            number(0).map(|p| digits(p, number(1).unwrap_or(0))),
        )),
        "text" | "citext" => Some(Holds::Text(None)),
        "varchar" | "character varying" => Some(Holds::Text(number(0))),
        "char" | "character" | "bpchar" => Some(Holds::Text(number(0).or(Some(1)))),
        "bytea" => Some(Holds::Bytes(None)),
        "boolean" | "bool" => Some(Holds::Boolean),
        "date" => Some(Holds::Date),
        "time" | "time without time zone" => Some(Holds::Time),
        "timestamp" | "timestamp without time zone" => Some(Holds::Timestamp { zone: false }),
        "timestamptz" | "timestamp with time zone" => Some(Holds::Timestamp { zone: true }),
        "json" | "jsonb" => Some(Holds::Json),
        "uuid" => Some(Holds::Uuid),
        _ => None,
    }
}

fn mysql(ty: &TypeName) -> Option<Holds> {
    let name = ty.path.name.text.to_ascii_lowercase();
    let integer = |bits| integer(ty, bits);
    let number = |at| number(ty, at);
    match name.as_str() {
        "tinyint" => integer(8),
        "bool" | "boolean" => integer(8),
        "smallint" => integer(16),
        "mediumint" => integer(24),
        "int" | "integer" => integer(32),
        "bigint" => integer(64),
        "float" => Some(Holds::Float { bits: 32 }),
        "double" | "double precision" | "real" => Some(Holds::Float { bits: 64 }),
        "decimal" | "numeric" | "dec" => Some(Holds::Decimal(Some(digits(
            number(0).unwrap_or(10),
            number(1).unwrap_or(0),
        )))),
        "tinytext" => Some(Holds::Text(Some(255))),
        "text" => Some(Holds::Text(Some(65_535))),
        "mediumtext" => Some(Holds::Text(Some(16_777_215))),
        "longtext" => Some(Holds::Text(None)),
        "varchar" | "nvarchar" | "character varying" => Some(Holds::Text(number(0))),
        "char" | "character" => Some(Holds::Text(number(0).or(Some(1)))),
        "tinyblob" => Some(Holds::Bytes(Some(255))),
        "blob" => Some(Holds::Bytes(Some(65_535))),
        "mediumblob" => Some(Holds::Bytes(Some(16_777_215))),
        "longblob" => Some(Holds::Bytes(None)),
        "varbinary" | "binary" => Some(Holds::Bytes(number(0))),
        "date" => Some(Holds::Date),
        "time" => Some(Holds::Time),
        "datetime" | "timestamp" => Some(Holds::Timestamp {
            zone: name == "timestamp",
        }),
        "json" => Some(Holds::Json),
        _ => None,
    }
}

const fn digits(precision: u64, scale: u64) -> (u64, u64) {
    (precision.saturating_sub(scale), scale)
}

/// What values of the old type the new one cannot hold, in words; none where it holds all, or nobody knows.
pub(super) fn lost(old: Holds, new: Holds) -> Option<String> {
    use Holds::{Bytes, Date, Decimal, Float, Integer, Json, Text, Time, Timestamp, Uuid};
    let fewer =
        |old: Option<u64>, new: Option<u64>| new.filter(|new| old.is_none_or(|old| old > *new));
    match (old, new) {
        (
            Integer { bits, unsigned },
            Integer {
                bits: to,
                unsigned: now,
            },
        ) => {
            if to < bits || (unsigned && !now && to == bits) {
                Some(format!("numbers that need more than {to} bits"))
            } else if now && !unsigned {
                Some("negative numbers".to_owned())
            } else {
                None
            }
        }
        (Float { .. } | Decimal(_), Integer { .. }) => {
            Some("what stands behind the point".to_owned())
        }
        (Float { bits: 64 }, Float { bits: 32 }) => Some("digits behind the seventh".to_owned()),
        (Decimal(old), Decimal(Some((before, behind)))) => match old {
            Some((old_before, old_behind)) if old_before <= before && old_behind <= behind => None,
            _ => Some(format!(
                "more than {before} digits before the point or {behind} behind it"
            )),
        },
        (Text(old), Text(new)) => {
            fewer(old, new).map(|n| format!("texts of more than {n} characters"))
        }
        (Bytes(old), Bytes(new)) => {
            fewer(old, new).map(|n| format!("values of more than {n} bytes"))
        }
        (Text(_), Integer { .. } | Float { .. } | Decimal(_)) => {
            Some("texts that are no numbers".to_owned())
        }
        (Text(_), Date | Time | Timestamp { .. }) => Some("texts that are no dates".to_owned()),
        (Text(_), Json) => Some("texts that are no JSON".to_owned()),
        (Text(_), Uuid) => Some("texts that are no UUIDs".to_owned()),
        (Timestamp { .. }, Date) => Some("the time of the day".to_owned()),
        (Timestamp { .. }, Time) => Some("the day".to_owned()),
        _ => None,
    }
}
