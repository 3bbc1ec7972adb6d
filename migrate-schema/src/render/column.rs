//! Columns: types, defaults, and what is written on them.

use sea_query::{
    ColumnDef, ColumnType as SeaType, Expr, IntoIden, Keyword, MysqlQueryBuilder, QueryBuilder,
    Value,
};

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
        DefaultValue::Literal(Literal::Double(number)) => {
            Expr::Keyword(Keyword::Custom(double(*number).into_iden()))
        }
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

/// sea-query writes all digits, of which MySQL reads 65.
fn double(number: f64) -> String {
    let digits = number.to_string();
    if digits.len() > 20 {
        format!("{number:e}")
    } else {
        digits
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        builder::{ColumnBuilder, NewColumn, TableBuilder},
        model::Change,
        render::render,
    };

    #[test]
    fn types() {
        let names =
            |word: &str| Dialect::ALL.map(|dialect| column_type(&word.parse().unwrap(), dialect));
        let table = [
            ("smallint", ["smallint", "smallint", "smallint"]),
            ("integer", ["integer", "integer", "int"]),
            ("bigint", ["integer", "bigint", "bigint"]),
            ("double", ["real", "double precision", "double"]),
            (
                "decimal(10, 2)",
                ["decimal(10, 2)", "decimal(10, 2)", "decimal(10, 2)"],
            ),
            ("decimal", ["decimal", "decimal", "decimal"]),
            ("boolean", ["boolean", "bool", "bool"]),
            ("string(40)", ["varchar(40)", "varchar(40)", "varchar(40)"]),
            ("string", ["varchar", "varchar", "varchar(255)"]),
            ("text", ["text", "text", "text"]),
            ("date", ["text", "date", "date"]),
            ("time", ["text", "time", "time"]),
            (
                "timestamp",
                ["text", "timestamp without time zone", "datetime"],
            ),
            (
                "timestamptz",
                ["text", "timestamp with time zone", "timestamp"],
            ),
            ("json", ["text", "jsonb", "json"]),
            ("uuid", ["text", "uuid", "binary(16)"]),
            ("blob", ["blob", "bytea", "blob"]),
        ];
        for (word, expected) in table {
            assert_eq!(names(word), expected, "{word}");
        }
        let custom = ColumnType::custom("geometry(Point, 4326)");
        for dialect in Dialect::ALL {
            assert_eq!(column_type(&custom, dialect), "geometry(Point, 4326)");
        }
    }

    /// The column as each dialect adds it.
    fn added(define: impl FnOnce(NewColumn<'_>) -> ColumnBuilder<'_>) -> [String; 3] {
        let change = Change::add_column("t", define);
        Dialect::ALL.map(|dialect| match render(&change, dialect) {
            Ok(statements) => {
                let statement = statements.join(";");
                statement.split_once("ADD COLUMN ").unwrap().1.to_owned()
            }
            Err(error) => error.to_string(),
        })
    }

    #[test]
    fn constants() {
        assert_eq!(
            added(|c| c.string("a", 9).not_null().default("it's \"?\"\n\\")),
            [
                "\"a\" varchar(9) NOT NULL DEFAULT 'it''s \"?\"\n\\'",
                r#""a" varchar(9) NOT NULL DEFAULT E'it\'s "?"\n\\'"#,
                r#"`a` varchar(9) NOT NULL DEFAULT 'it\'s \"?\"\n\\'"#,
            ]
        );
        assert_eq!(
            added(|c| c.text("a").default("x")),
            [
                r#""a" text DEFAULT 'x'"#,
                r#""a" text DEFAULT 'x'"#,
                "`a` text DEFAULT ('x')"
            ]
        );
        assert_eq!(
            added(|c| c.blob("a").default(vec![0, 255])),
            [
                r#""a" blob DEFAULT x'00FF'"#,
                r#""a" bytea DEFAULT '\x00FF'"#,
                "`a` blob DEFAULT (x'00FF')"
            ]
        );
        assert_eq!(
            added(|c| c.json("a").default("{}")),
            [
                r#""a" text DEFAULT '{}'"#,
                r#""a" jsonb DEFAULT '{}'"#,
                "`a` json DEFAULT ('{}')"
            ]
        );
        assert_eq!(
            added(|c| c.boolean("a").default(false)),
            [
                r#""a" boolean DEFAULT FALSE"#,
                r#""a" bool DEFAULT FALSE"#,
                "`a` bool DEFAULT FALSE"
            ]
        );
        assert_eq!(
            added(|c| c.bigint("a").default(i64::MIN))[0],
            r#""a" integer DEFAULT -9223372036854775808"#
        );
        assert_eq!(
            added(|c| c.double("a").default(-0.5))[1],
            r#""a" double precision DEFAULT -0.5"#
        );
        for (number, text) in [
            (f64::MAX, "1.7976931348623157e308"),
            (-1e-300, "-1e-300"),
            (1e15, "1000000000000000"),
        ] {
            let expected = [
                format!("\"a\" real DEFAULT {text}"),
                format!("\"a\" double precision DEFAULT {text}"),
                format!("`a` double DEFAULT {text}"),
            ];
            assert_eq!(added(|c| c.double("a").default(number)), expected);
        }
        assert_eq!(
            added(|c| c.uuid("a").default(None::<&str>))[2],
            "`a` binary(16) DEFAULT NULL"
        );
    }

    #[test]
    fn the_time_of_the_insert() {
        let created = |word: &str| {
            let column_type: ColumnType = word.parse().unwrap();
            let change = Change::create_table("t", |t| {
                t.column("a", column_type).default_now();
            });
            Dialect::ALL.map(|dialect| {
                let statement = render(&change, dialect).unwrap().join(";");
                statement
                    .split_once("DEFAULT ")
                    .unwrap()
                    .1
                    .trim_end_matches(" )")
                    .to_owned()
            })
        };
        let bare = "CURRENT_TIMESTAMP";
        assert_eq!(created("timestamp"), [bare, bare, bare]);
        assert_eq!(created("timestamptz"), [bare, bare, bare]);
        assert_eq!(created("text"), [bare, bare, "(CURRENT_TIMESTAMP)"]);
        assert_eq!(
            created("date"),
            ["CURRENT_DATE", "CURRENT_DATE", "(CURRENT_DATE)"]
        );
        assert_eq!(
            created("time"),
            ["CURRENT_TIME", "CURRENT_TIME", "(CURRENT_TIME)"]
        );
    }

    #[test]
    fn expressions_stand_in_parentheses() {
        let change = Change::create_table("t", |t| {
            t.text("a").default_expression("lower('A')");
        });
        for dialect in Dialect::ALL {
            let statement = render(&change, dialect).unwrap().join(";");
            assert!(
                statement.ends_with(" text DEFAULT (lower('A')) )"),
                "{statement}"
            );
        }
    }

    #[test]
    fn mysql_is_told_what_the_others_know() {
        assert_eq!(added(|c| c.timestamptz("a"))[2], "`a` timestamp NULL");
        assert_eq!(
            added(|c| c.column("a", ColumnType::Decimal(None)))[2],
            "MySQL cuts all digits behind the point from `a`, a decimal without numbers: write `decimal(\"a\", 10, 2)`"
        );
    }

    #[test]
    fn numbering() {
        let created = |define: fn(&mut TableBuilder)| {
            let change = Change::create_table("t", define);
            Dialect::ALL.map(|dialect| {
                let statement = render(&change, dialect).unwrap().join(";");
                statement
                    .split_once("( ")
                    .unwrap()
                    .1
                    .trim_end_matches(" )")
                    .to_owned()
            })
        };
        let identity = "GENERATED BY DEFAULT AS IDENTITY NOT NULL PRIMARY KEY";
        assert_eq!(
            created(|t| {
                t.id();
            }),
            [
                r#""id" integer NOT NULL PRIMARY KEY"#.to_owned(),
                format!("\"id\" integer {identity}"),
                "`id` int NOT NULL PRIMARY KEY AUTO_INCREMENT".to_owned(),
            ]
        );
        assert_eq!(
            created(|t| {
                t.big_id().auto_increment();
            }),
            [
                r#""id" integer NOT NULL PRIMARY KEY AUTOINCREMENT"#.to_owned(),
                format!("\"id\" bigint {identity}"),
                "`id` bigint NOT NULL PRIMARY KEY AUTO_INCREMENT".to_owned(),
            ]
        );
        assert_eq!(
            created(|t| {
                t.smallint("n").primary_key().auto_increment();
            }),
            [
                r#""n" integer NOT NULL PRIMARY KEY AUTOINCREMENT"#.to_owned(),
                format!("\"n\" smallint {identity}"),
                "`n` smallint NOT NULL PRIMARY KEY AUTO_INCREMENT".to_owned(),
            ]
        );
    }
}
