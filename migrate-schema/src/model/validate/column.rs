//! What a column may be by itself: its type and its default.

use super::{expression, name_of};
use crate::model::{Column, ColumnType, DefaultValue, Literal, ModelError};

pub(super) fn validate_column(table: &str, column: &Column) -> Result<(), ModelError> {
    name_of(&format!("a column of `{table}`"), &column.name)?;
    let bad_type = |reason| {
        Err(ModelError::BadType {
            column: column.name.clone(),
            column_type: column.column_type.clone(),
            reason,
        })
    };
    match &column.column_type {
        ColumnType::String(Some(0)) => return bad_type("the length has to be at least 1"),
        ColumnType::Decimal(Some((0, _))) => return bad_type("it needs at least one digit"),
        ColumnType::Decimal(Some((precision, scale))) if scale > precision => {
            return bad_type("it cannot have more digits behind the point than digits");
        }
        ColumnType::Custom(text) => {
            expression(|| format!("the type of column `{}`", column.name), text)?;
        }
        _ => {}
    }
    match &column.default {
        Some(default) => validate_default(column, default),
        None => Ok(()),
    }
}

fn validate_default(column: &Column, default: &DefaultValue) -> Result<(), ModelError> {
    let what = || format!("the default of column `{}`", column.name);
    let (given, instead) = match default {
        DefaultValue::Expression(text) => return expression(what, text),
        DefaultValue::Literal(Literal::Text(text)) if text.contains('\0') => {
            return Err(ModelError::NulCharacter { what: what() });
        }
        DefaultValue::Now if has_a_time(&column.column_type) => return Ok(()),
        DefaultValue::Now => (
            "the time of the insert",
            "it on a date, time, timestamp or text column",
        ),
        DefaultValue::Literal(Literal::Null) if !column.nullable => {
            ("NULL", "another value or leave `not_null()` out")
        }
        DefaultValue::Literal(Literal::Double(number)) if !number.is_finite() => {
            ("a number that is not finite", "a finite number")
        }
        DefaultValue::Literal(literal) if fits(literal, &column.column_type) => return Ok(()),
        DefaultValue::Literal(literal) => (kind(literal), wanted(&column.column_type)),
    };
    Err(ModelError::BadDefault {
        column: column.name.clone(),
        column_type: column.column_type.clone(),
        default: given,
        instead,
    })
}

const fn has_a_time(column_type: &ColumnType) -> bool {
    use ColumnType::{Custom, Date, String, Text, Time, Timestamp, TimestampTz};
    matches!(
        column_type,
        Date | Time | Timestamp | TimestampTz | Text | String(_) | Custom(_)
    )
}

/// Whether a literal is a value of the type on every dialect: SQLite would take anything.
const fn fits(literal: &Literal, column_type: &ColumnType) -> bool {
    match (literal, column_type) {
        (Literal::Null, _) | (_, ColumnType::Custom(_)) => true,
        (Literal::Boolean(_), ColumnType::Boolean) => true,
        (Literal::Integer(_), ColumnType::Double | ColumnType::Decimal(_)) => true,
        (Literal::Integer(_), other) => other.is_integer(),
        (Literal::Double(_), ColumnType::Double | ColumnType::Decimal(_)) => true,
        (Literal::Blob(_), ColumnType::Blob) => true,
        // Text is how exact decimals, times, documents and UUIDs are written.
        (Literal::Text(_), other) => {
            !other.is_integer()
                && !matches!(
                    other,
                    ColumnType::Double | ColumnType::Boolean | ColumnType::Blob
                )
        }
        _ => false,
    }
}

const fn kind(literal: &Literal) -> &'static str {
    match literal {
        Literal::Null => "NULL",
        Literal::Boolean(_) => "a boolean",
        Literal::Integer(_) => "a whole number",
        Literal::Double(_) => "a floating-point number",
        Literal::Text(_) => "text",
        Literal::Blob(_) => "bytes",
    }
}

const fn wanted(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger => "a whole number",
        ColumnType::Double | ColumnType::Decimal(_) => "a number",
        ColumnType::Boolean => "`true` or `false`",
        ColumnType::Blob => "bytes",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(column: Column) -> String {
        match validate_column("t", &column) {
            Ok(()) => "valid".into(),
            Err(error) => error.to_string(),
        }
    }

    fn with_default(column_type: ColumnType, default: DefaultValue) -> String {
        message(Column {
            default: Some(default),
            ..Column::new("a", column_type)
        })
    }

    #[test]
    fn types() {
        let of = |column_type| message(Column::new("a", column_type));
        assert_eq!(of(ColumnType::Decimal(Some((10, 10)))), "valid");
        assert_eq!(
            of(ColumnType::String(Some(0))),
            "column `a` has the type `string(0)`: the length has to be at least 1"
        );
        assert_eq!(
            of(ColumnType::Decimal(Some((0, 0)))),
            "column `a` has the type `decimal(0, 0)`: it needs at least one digit"
        );
        assert_eq!(
            of(ColumnType::Decimal(Some((2, 3)))),
            "column `a` has the type `decimal(2, 3)`: it cannot have more digits behind the point than digits"
        );
    }

    #[test]
    fn a_default_is_a_value_of_the_type() {
        let values: [(&str, Literal, &[&str]); 6] = [
            ("NULL", Literal::Null, &ColumnType::WORDS),
            ("boolean", true.into(), &["boolean"]),
            (
                "integer",
                1.into(),
                &["smallint", "integer", "bigint", "double", "decimal"],
            ),
            ("double", 0.5.into(), &["double", "decimal"]),
            (
                "text",
                "x".into(),
                &[
                    "decimal",
                    "string",
                    "text",
                    "date",
                    "time",
                    "timestamp",
                    "timestamptz",
                    "json",
                    "uuid",
                ],
            ),
            ("blob", vec![1_u8].into(), &["blob"]),
        ];
        for (name, literal, fitting) in values {
            for word in ColumnType::WORDS {
                let result = with_default(
                    word.parse().unwrap(),
                    DefaultValue::Literal(literal.clone()),
                );
                assert_eq!(
                    result == "valid",
                    fitting.contains(&word),
                    "{name} on {word}: {result}"
                );
            }
            let custom = with_default(ColumnType::custom("any"), DefaultValue::Literal(literal));
            assert_eq!(custom, "valid", "{name} on a custom type");
        }
        assert_eq!(
            with_default(ColumnType::Boolean, DefaultValue::Literal(0.into())),
            "column `a` of type `boolean` cannot have a whole number as its default: write `true` or `false`"
        );
    }

    #[test]
    fn defaults_that_no_engine_can_hold() {
        assert_eq!(
            with_default(ColumnType::Double, DefaultValue::Literal(f64::NAN.into())),
            "column `a` of type `double` cannot have a number that is not finite as its default: write a finite number"
        );
        assert_eq!(
            with_default(ColumnType::Text, DefaultValue::Literal("\0".into())),
            "the default of column `a` contains a NUL character: no engine takes it in SQL text"
        );
        let not_null = Column {
            nullable: false,
            default: Some(DefaultValue::Literal(Literal::Null)),
            ..Column::new("a", ColumnType::Text)
        };
        assert_eq!(
            message(not_null),
            "column `a` of type `text` cannot have NULL as its default: write another value or leave `not_null()` out"
        );
    }

    #[test]
    fn the_time_of_the_insert_needs_a_column_that_can_hold_it() {
        for word in ["date", "time", "timestamp", "timestamptz", "text", "string"] {
            assert_eq!(
                with_default(word.parse().unwrap(), DefaultValue::Now),
                "valid",
                "{word}"
            );
        }
        assert_eq!(
            with_default(ColumnType::Integer, DefaultValue::Now),
            "column `a` of type `integer` cannot have the time of the insert as its default: \
             write it on a date, time, timestamp or text column"
        );
    }
}
