//! Columns: types, defaults, and what is written on them.

use sea_query::{ColumnDef, ColumnType as SeaType, Expr, MysqlQueryBuilder, QueryBuilder, Value};

use super::{
    RenderError,
    error::unsupported,
    text::{check_expression, expression},
};
use crate::{
    Dialect,
    model::{AutoIncrement, Column, ColumnType, DefaultValue, Literal},
};

/// The name of a type in a dialect, as it stands in a statement.
///
/// ```
/// use migrate_schema::{Dialect, model::ColumnType, render::column_type};
/// assert_eq!(column_type(&ColumnType::Json, Dialect::Postgres), "jsonb");
/// assert_eq!(column_type(&ColumnType::Json, Dialect::Sqlite), "text");
/// ```
pub fn column_type(column_type: &ColumnType, dialect: Dialect) -> String {
    use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, TableBuilder};
    let mut text = String::new();
    let sea_type = sea_type(column_type, dialect);
    match dialect {
        Dialect::Sqlite => {
            TableBuilder::prepare_column_type(&SqliteQueryBuilder, &sea_type, &mut text);
        }
        Dialect::Postgres => PostgresQueryBuilder.prepare_column_type(&sea_type, &mut text),
        Dialect::Mysql => MysqlQueryBuilder.prepare_column_type(&sea_type, &mut text),
    }
    text
}

/// The type in sea-query's terms. On SQLite sea-query's own names would be seen (`timestamp_text`,
/// `real_decimal`), so the names there are ours.
fn sea_type(column_type: &ColumnType, dialect: Dialect) -> SeaType {
    let sqlite = dialect == Dialect::Sqlite;
    match column_type {
        ColumnType::Double if sqlite => SeaType::custom("real"),
        ColumnType::Decimal(None) if sqlite => SeaType::custom("decimal"),
        ColumnType::Decimal(Some((precision, scale))) if sqlite => {
            SeaType::custom(format!("decimal({precision}, {scale})"))
        }
        ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Json
        | ColumnType::Uuid
            if sqlite =>
        {
            SeaType::Text
        }
        ColumnType::SmallInteger => SeaType::SmallInteger,
        ColumnType::Integer => SeaType::Integer,
        ColumnType::BigInteger => SeaType::BigInteger,
        ColumnType::Double => SeaType::Double,
        ColumnType::Decimal(numbers) => SeaType::Decimal(*numbers),
        ColumnType::Boolean => SeaType::Boolean,
        ColumnType::String(length) => SeaType::string(*length),
        ColumnType::Text => SeaType::Text,
        ColumnType::Date => SeaType::Date,
        ColumnType::Time => SeaType::Time,
        ColumnType::Timestamp => SeaType::DateTime,
        ColumnType::TimestampTz => SeaType::TimestampWithTimeZone,
        ColumnType::Json => SeaType::JsonBinary,
        ColumnType::Uuid => SeaType::Uuid,
        ColumnType::Blob => SeaType::Blob,
        ColumnType::Custom(text) => SeaType::custom(text.clone()),
    }
}

/// The column with its type, nullability, numbering and default.
pub(super) fn definition(column: &Column, dialect: Dialect) -> Result<ColumnDef, RenderError> {
    if let ColumnType::Custom(text) = &column.column_type {
        check_expression(text, dialect)?;
    }
    if dialect == Dialect::Mysql && column.column_type == ColumnType::Decimal(None) {
        return unsupported(
            dialect,
            format!(
                "cuts all digits behind the point from `{}`, a decimal without numbers",
                column.name
            ),
            format!("write `decimal(\"{}\", 10, 2)`", column.name),
        );
    }
    let mut sea_type = sea_type(&column.column_type, dialect);
    if dialect == Dialect::Sqlite && column.auto_increment.is_some() {
        // Any other name than INTEGER is not numbered there.
        sea_type = SeaType::Integer;
    }
    let mut definition = ColumnDef::new_with_type(column.name.clone(), sea_type);
    if !column.nullable {
        definition.not_null();
    } else if dialect == Dialect::Mysql && column.column_type == ColumnType::TimestampTz {
        // Without the word, older servers make a timestamp NOT NULL.
        definition.null();
    }
    if numbers_itself(column.auto_increment, dialect) {
        definition.auto_increment();
    }
    if let Some(default) = &column.default {
        definition.default(default_value(column, default, dialect)?);
    }
    Ok(definition)
}

/// Whether numbering has to be asked for: SQLite numbers every `INTEGER PRIMARY KEY`.
const fn numbers_itself(auto_increment: Option<AutoIncrement>, dialect: Dialect) -> bool {
    match auto_increment {
        None => false,
        Some(AutoIncrement::MayReuse) => !matches!(dialect, Dialect::Sqlite),
        Some(AutoIncrement::NeverReuse) => true,
    }
}

/// The default. sea-query puts parentheses around what it takes for an expression.
fn default_value(
    column: &Column,
    default: &DefaultValue,
    dialect: Dialect,
) -> Result<Expr, RenderError> {
    let mysql = dialect == Dialect::Mysql;
    Ok(match default {
        DefaultValue::Expression(text) => expression(text, dialect)?,
        DefaultValue::Literal(literal) => {
            let value = value(literal);
            if mysql && needs_an_expression(&column.column_type) {
                Expr::cust(MysqlQueryBuilder.value_to_string(&value))
            } else {
                Expr::val(value)
            }
        }
        DefaultValue::Now => match column.column_type {
            ColumnType::Date if mysql => Expr::cust("CURRENT_DATE"),
            ColumnType::Time if mysql => Expr::cust("CURRENT_TIME"),
            ColumnType::Date => Expr::current_date(),
            ColumnType::Time => Expr::current_time(),
            ColumnType::Timestamp | ColumnType::TimestampTz => Expr::current_timestamp(),
            _ if mysql => Expr::cust("CURRENT_TIMESTAMP"),
            _ => Expr::current_timestamp(),
        },
    })
}

/// MySQL takes a constant as the default of these only where it is written as an expression.
const fn needs_an_expression(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Text | ColumnType::Json | ColumnType::Blob
    )
}

fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::String(None),
        Literal::Boolean(value) => Value::Bool(Some(*value)),
        Literal::Integer(value) => Value::BigInt(Some(*value)),
        Literal::Double(value) => Value::Double(Some(*value)),
        Literal::Text(value) => Value::String(Some(value.clone())),
        Literal::Blob(value) => Value::Bytes(Some(value.clone())),
    }
}
