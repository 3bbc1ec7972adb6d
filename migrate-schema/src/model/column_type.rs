use std::{fmt, str::FromStr};

use crate::nearest;

/// The type of a column, in words that mean the same on every dialect.
///
/// | type | SQLite | PostgreSQL | MySQL |
/// |---|---|---|---|
/// | `SmallInteger` | `smallint` | `smallint` | `smallint` |
/// | `Integer` | `integer` | `integer` | `int` |
/// | `BigInteger` | `integer` | `bigint` | `bigint` |
/// | `Double` | `real` | `double precision` | `double` |
/// | `Decimal` | `decimal(p, s)` | `decimal(p, s)` | `decimal(p, s)` |
/// | `Boolean` | `boolean` | `bool` | `bool` |
/// | `String` | `varchar(n)` | `varchar(n)` | `varchar(n)` |
/// | `Text` | `text` | `text` | `text` |
/// | `Date` | `text` | `date` | `date` |
/// | `Time` | `text` | `time` | `time` |
/// | `Timestamp` | `text` | `timestamp without time zone` | `datetime` |
/// | `TimestampTz` | `text` | `timestamp with time zone` | `timestamp` |
/// | `Json` | `text` | `jsonb` | `json` |
/// | `Uuid` | `text` | `uuid` | `binary(16)` |
/// | `Blob` | `blob` | `bytea` | `blob` |
///
/// SQLite gets `text` where any other name would let it turn what looks like a number into one. It has no
/// exact decimals: `Decimal` keeps 15 digits there.
///
/// From a word, as in a schema document:
///
/// ```
/// use migrate_schema::model::ColumnType;
/// assert_eq!("integer".parse(), Ok(ColumnType::Integer));
/// assert_eq!("varchar(40)".parse(), Ok(ColumnType::String(Some(40))));
/// assert_eq!(ColumnType::Decimal(Some((10, 2))).to_string(), "decimal(10, 2)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ColumnType {
    /// A whole number of 16 bits.
    SmallInteger,
    /// A whole number of 32 bits (64 on SQLite).
    Integer,
    /// A whole number of 64 bits.
    BigInteger,
    /// A floating-point number of 64 bits.
    Double,
    /// An exact decimal number: all its digits, and those behind the point.
    Decimal(Option<(u32, u32)>),
    /// True or false.
    Boolean,
    /// Text of at most so many characters. SQLite does not enforce the length.
    String(Option<u32>),
    /// Text of any length.
    Text,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time of day, without a time zone.
    Timestamp,
    /// An instant.
    TimestampTz,
    /// A JSON document.
    Json,
    /// A UUID.
    Uuid,
    /// Bytes.
    Blob,
    /// A type of the dialect's own, written as given.
    Custom(String),
}

impl ColumnType {
    /// A type of the dialect's own, such as `inet` or `geometry(Point, 4326)`. It is written as given.
    pub fn custom(text: impl Into<String>) -> Self {
        Self::Custom(text.into())
    }

    /// Whether it is one of the whole numbers.
    pub const fn is_integer(&self) -> bool {
        matches!(self, Self::SmallInteger | Self::Integer | Self::BigInteger)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(Some((precision, scale))) => write!(f, "decimal({precision}, {scale})"),
            Self::String(Some(length)) => write!(f, "string({length})"),
            Self::Custom(text) => f.write_str(text),
            Self::SmallInteger => f.write_str("smallint"),
            Self::Integer => f.write_str("integer"),
            Self::BigInteger => f.write_str("bigint"),
            Self::Double => f.write_str("double"),
            Self::Decimal(None) => f.write_str("decimal"),
            Self::Boolean => f.write_str("boolean"),
            Self::String(None) => f.write_str("string"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::TimestampTz => f.write_str("timestamptz"),
            Self::Json => f.write_str("json"),
            Self::Uuid => f.write_str("uuid"),
            Self::Blob => f.write_str("blob"),
        }
    }
}

/// The word is not the name of a column type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown column type `{word}`: {}", .near.map_or_else(
    || format!("write one of {}", ColumnType::WORDS.join(", ")),
    |near| format!("did you mean `{near}`?"),
))]
pub struct UnknownColumnType {
    /// What was written.
    pub word: String,
    /// The word that was probably meant.
    pub near: Option<&'static str>,
}

impl ColumnType {
    /// The words that [`FromStr`] prefers; it also takes the usual other names (`int`, `varchar`, `bool`, `datetime` …).
    pub const WORDS: [&'static str; 15] = [
        "smallint",
        "integer",
        "bigint",
        "double",
        "decimal",
        "boolean",
        "string",
        "text",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "json",
        "uuid",
        "blob",
    ];

    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "smallint" | "int2" => Self::SmallInteger,
            "integer" | "int" | "int4" => Self::Integer,
            "bigint" | "biginteger" | "int8" => Self::BigInteger,
            "double" | "double precision" | "real" | "float" | "number" => Self::Double,
            "decimal" | "numeric" => Self::Decimal(None),
            "boolean" | "bool" => Self::Boolean,
            "string" | "varchar" | "character varying" => Self::String(None),
            "text" => Self::Text,
            "date" => Self::Date,
            "time" => Self::Time,
            "timestamp" | "datetime" | "timestamp without time zone" => Self::Timestamp,
            "timestamptz" | "timestamp with time zone" => Self::TimestampTz,
            "json" | "jsonb" => Self::Json,
            "uuid" => Self::Uuid,
            "blob" | "binary" | "bytea" => Self::Blob,
            _ => return None,
        })
    }

    /// A type with its numbers in parentheses, such as `string(40)`.
    fn from_word_and_numbers(word: &str, numbers: &[u32]) -> Option<Self> {
        match (Self::from_word(word)?, numbers) {
            (plain, []) => Some(plain),
            (Self::String(_), [length]) => Some(Self::String(Some(*length))),
            (Self::Decimal(_), [precision]) => Some(Self::Decimal(Some((*precision, 0)))),
            (Self::Decimal(_), [precision, scale]) => {
                Some(Self::Decimal(Some((*precision, *scale))))
            }
            _ => None,
        }
    }
}

impl FromStr for ColumnType {
    type Err = UnknownColumnType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_ascii_lowercase();
        let (word, inside) = match lower.split_once('(') {
            Some((word, rest)) => (word.trim_end(), rest.strip_suffix(')')),
            None => (lower.as_str(), Some("")),
        };
        let numbers: Option<Vec<u32>> = match inside {
            Some("") if !lower.contains('(') => Some(Vec::new()),
            Some(inside) => inside
                .split(',')
                .map(|number| number.trim().parse().ok())
                .collect(),
            None => None,
        };
        numbers
            .and_then(|numbers| Self::from_word_and_numbers(word, &numbers))
            .ok_or_else(|| UnknownColumnType {
                word: text.to_owned(),
                near: nearest(word, Self::WORDS).filter(|near| *near != word),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_and_written_back() {
        for word in ColumnType::WORDS {
            assert_eq!(word.parse::<ColumnType>().unwrap().to_string(), word);
        }
        for text in ["string(40)", "decimal(10, 2)"] {
            assert_eq!(text.parse::<ColumnType>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_names_case_and_spaces() {
        assert_eq!(" VARCHAR ( 40 ) ".parse(), Ok(ColumnType::String(Some(40))));
        assert_eq!("NUMERIC(5)".parse(), Ok(ColumnType::Decimal(Some((5, 0)))));
        assert_eq!("Double Precision".parse(), Ok(ColumnType::Double));
        assert_eq!("datetime".parse(), Ok(ColumnType::Timestamp));
        assert_eq!("Bool".parse(), Ok(ColumnType::Boolean));
    }

    #[test]
    fn what_is_no_type_says_what_to_write() {
        let message = |text: &str| text.parse::<ColumnType>().unwrap_err().to_string();
        assert_eq!(
            message("intger"),
            "unknown column type `intger`: did you mean `integer`?"
        );
        assert_eq!(
            message("geometry"),
            "unknown column type `geometry`: write one of smallint, integer, bigint, double, decimal, boolean, \
             string, text, date, time, timestamp, timestamptz, json, uuid, blob"
        );
        for wrong in [
            "",
            "string(",
            "string()",
            "string(x)",
            "string(-1)",
            "integer(4)",
            "decimal(1,2,3)",
            "string(4294967296)",
        ] {
            assert!(wrong.parse::<ColumnType>().is_err(), "{wrong}");
        }
    }
}
