//! Words for types that every database has, and the types of a dialect.

use crate::{
    Dialect,
    catalog::builtin::{is_type, type_names},
    model::ColumnType,
    nearest,
};

/// The type in the dialect's own words: a word for every database is mapped, any other type is taken as it is written.
pub(super) fn own(word: &str, dialect: Dialect) -> String {
    match portable(word, dialect) {
        Some(portable) => mapped(&portable, dialect),
        None => word.to_owned(),
    }
}

/// Whether `type` would mean something else than what the engine wrote, so that `sql_type` has to stand in its place.
pub(super) fn is_ambiguous(own_type: &str, dialect: Dialect) -> bool {
    portable(own_type, dialect).is_some_and(|portable| {
        // These are the same type by two names.
        let same = matches!(
            (dialect, &portable),
            (
                Dialect::Postgres,
                ColumnType::Timestamp | ColumnType::TimestampTz
            ) | (
                _,
                ColumnType::Integer | ColumnType::Boolean | ColumnType::Decimal(None)
            )
        );
        !same && !mapped(&portable, dialect).eq_ignore_ascii_case(own_type)
    })
}

/// What is written as one of the words, in lower case; or as one of their usual other names, where the dialect has no
/// type that is called so. SQLite has every name.
fn portable(word: &str, dialect: Dialect) -> Option<ColumnType> {
    let name = word.split('(').next().unwrap_or_default().trim();
    if ColumnType::WORDS.contains(&name) {
        return word.parse().ok();
    }
    match is_type(dialect, &name.to_ascii_lowercase()) {
        Some(false) => word.parse().ok(),
        _ => None,
    }
}

fn mapped(portable: &ColumnType, dialect: Dialect) -> String {
    use ColumnType::{
        BigInteger, Blob, Boolean, Custom, Date, Decimal, Double, Integer, Json, SmallInteger,
        String as Varchar, Text, Time, Timestamp, TimestampTz, Uuid,
    };
    let (sqlite, postgres, mysql) = match portable {
        SmallInteger => ("smallint", "smallint", "smallint"),
        Integer => ("integer", "integer", "int"),
        BigInteger => ("integer", "bigint", "bigint"),
        Double => ("real", "double precision", "double"),
        Decimal(None) => ("decimal", "decimal", "decimal"),
        Decimal(Some((precision, scale))) => return format!("decimal({precision}, {scale})"),
        Boolean => ("boolean", "boolean", "boolean"),
        Varchar(None) => ("varchar", "varchar", "varchar(255)"),
        Varchar(Some(length)) => return format!("varchar({length})"),
        Text => ("text", "text", "text"),
        Date => ("text", "date", "date"),
        Time => ("text", "time", "time"),
        Timestamp => ("text", "timestamp", "datetime"),
        TimestampTz => ("text", "timestamptz", "timestamp"),
        Json => ("text", "jsonb", "json"),
        Uuid => ("text", "uuid", "binary(16)"),
        Blob => ("blob", "bytea", "blob"),
        Custom(text) => return text.clone(),
    };
    let own = match dialect {
        Dialect::Sqlite => sqlite,
        Dialect::Postgres => postgres,
        Dialect::Mysql => mysql,
    };
    own.to_owned()
}

/// Why a type is none of the dialect, where that is certain. `made` are the types that the document itself has.
pub(super) fn refused(own: &str, dialect: Dialect, made: &[&str]) -> Option<String> {
    let base = base(own)?;
    if is_type(dialect, &base) != Some(false)
        || made.iter().any(|name| name.eq_ignore_ascii_case(&base))
    {
        return None;
    }
    let known = type_names(dialect).chain(ColumnType::WORDS);
    let near = nearest(&base, known).or_else(|| nearest(&base, made.iter().copied()));
    let help = near.map_or_else(
        || {
            format!(
                "write one of its types, or one of {}",
                ColumnType::WORDS.join(", ")
            )
        },
        |near| format!("did you mean `{near}`?"),
    );
    Some(format!("there is no type `{own}`: {help}"))
}

/// The name of a type without its numbers, in lower case; none where it has a schema, or quotes.
fn base(own: &str) -> Option<String> {
    let lower = own.trim().to_ascii_lowercase();
    if lower.contains(['.', '"', '`', '%']) {
        return None;
    }
    let without = match (lower.find('('), lower.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", &lower[..open], &lower[close + 1..])
        }
        (None, None) => lower,
        _ => return None,
    };
    let mut words: Vec<&str> = without.split_whitespace().collect();
    if let Some(at) = words
        .iter()
        .position(|word| word.starts_with('[') || *word == "array")
    {
        words.truncate(at);
    }
    let name = words.join(" ");
    let name = name.split('[').next().unwrap_or_default().trim_end();
    // What stands behind a type of MySQL, and the kinds of intervals, belong to it.
    let words: Vec<&str> = (name.split(' '))
        .take_while(|word| {
            !matches!(
                *word,
                "unsigned" | "signed" | "zerofill" | "character" | "charset" | "collate" | "binary"
            ) || name.starts_with(word)
        })
        .collect();
    match words.first() {
        Some(&"interval") => Some("interval".to_owned()),
        _ => Some(words.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_mapped_and_own_types_stay() {
        for (word, sqlite, postgres, mysql) in [
            ("integer", "integer", "integer", "int"),
            ("string", "varchar", "varchar", "varchar(255)"),
            ("string(40)", "varchar(40)", "varchar(40)", "varchar(40)"),
            ("timestamp", "text", "timestamp", "datetime"),
            ("json", "text", "jsonb", "json"),
            ("TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP"),
            ("inet", "inet", "inet", "inet"),
            ("", "", "", ""),
        ] {
            let all = Dialect::ALL.map(|dialect| own(word, dialect));
            assert_eq!(all, [sqlite, postgres, mysql], "{word}");
        }
        // PostgreSQL has no such type, so it is the usual other name; MySQL has, and SQLite has every name.
        assert_eq!(own("datetime", Dialect::Postgres), "timestamp");
        assert_eq!(own("datetime", Dialect::Mysql), "datetime");
        assert_eq!(own("datetime", Dialect::Sqlite), "datetime");
    }

    #[test]
    fn what_would_be_read_as_another_type_is_ambiguous() {
        for (word, dialect) in [
            ("timestamp", Dialect::Sqlite),
            ("string", Dialect::Sqlite),
            ("json", Dialect::Postgres),
            ("timestamp", Dialect::Mysql),
            ("uuid", Dialect::Mysql),
        ] {
            assert!(is_ambiguous(word, dialect), "{word}");
        }
        for (word, dialect) in [
            ("TIMESTAMP", Dialect::Sqlite),
            ("integer", Dialect::Sqlite),
            ("text", Dialect::Sqlite),
            ("integer", Dialect::Mysql),
            ("timestamp", Dialect::Postgres),
            ("inet", Dialect::Postgres),
            ("", Dialect::Sqlite),
        ] {
            assert!(!is_ambiguous(word, dialect), "{word}");
        }
    }

    /// The builder steps, whose DDL is another crate's, have the same types.
    #[cfg(feature = "render")]
    #[test]
    fn the_builder_has_the_same() {
        use crate::render::column_type;
        for dialect in Dialect::ALL {
            for word in ColumnType::WORDS {
                let portable: ColumnType = word.parse().unwrap();
                let (builder, document) =
                    (column_type(&portable, dialect), mapped(&portable, dialect));
                let builder = builder
                    .replace(" without time zone", "")
                    .replace("timestamp with time zone", "timestamptz");
                let builder = if builder == "bool" {
                    "boolean"
                } else {
                    &builder
                };
                assert_eq!(builder, document, "{dialect}");
            }
        }
    }

    #[test]
    fn what_is_no_type() {
        let message = |own: &str| refused(own, Dialect::Postgres, &["mood"]);
        assert_eq!(
            message("intger").unwrap(),
            "there is no type `intger`: did you mean `integer`?"
        );
        for fine in [
            "mood",
            "MOOD",
            "integer[]",
            "numeric(10, 2)",
            "timestamp(3) with time zone",
            "double precision",
            "other.type",
            "\"Mood\"",
            "character varying(3)",
            "bit varying(4)",
            "interval day to second",
            "text[][]",
            "integer array",
        ] {
            assert_eq!(message(fine), None, "{fine}");
        }
        let mysql = |own: &str| refused(own, Dialect::Mysql, &[]);
        for fine in [
            "int(10) unsigned",
            "enum('a','b')",
            "varchar(10) character set utf8mb4",
            "BIGINT UNSIGNED",
            "tinyint(1)",
            "char(3) binary",
        ] {
            assert_eq!(mysql(fine), None, "{fine}");
        }
        assert_eq!(refused("anything at all", Dialect::Sqlite, &[]), None);
    }
}
