//! Columns, as they stand in `CREATE TABLE` and behind `ADD COLUMN`, `MODIFY`.

use super::{
    expression::{in_parentheses, of_default},
    name::{name, text},
};
use crate::{
    Dialect,
    schema::{Column, Identity, ObjectName},
};

/// A column without the constraints that stand behind it.
pub(super) fn definition(column: &Column, dialect: Dialect) -> String {
    let mut parts = vec![name(&column.name, dialect), data_type(column, dialect)];
    match dialect {
        Dialect::Sqlite => sqlite(column, &mut parts),
        Dialect::Postgres => postgres(column, &mut parts),
        Dialect::Mysql => mysql(column, &mut parts),
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// The type, as it is written where the column is made.
fn data_type(column: &Column, dialect: Dialect) -> String {
    let written = column.data_type.trim();
    if dialect != Dialect::Postgres || !column.auto_increment || column.default.is_some() {
        return written.to_owned();
    }
    match written.to_ascii_lowercase().as_str() {
        "smallint" | "int2" => "smallserial".to_owned(),
        "integer" | "int" | "int4" => "serial".to_owned(),
        "bigint" | "int8" => "bigserial".to_owned(),
        _ => written.to_owned(),
    }
}

fn sqlite(column: &Column, parts: &mut Vec<String>) {
    let dialect = Dialect::Sqlite;
    parts.extend(collation(column, dialect));
    if !column.nullable {
        parts.push("NOT NULL".to_owned());
    }
    parts.extend(default(column, dialect));
    parts.extend(generated(column, dialect));
}

fn postgres(column: &Column, parts: &mut Vec<String>) {
    let dialect = Dialect::Postgres;
    parts.extend(collation(column, dialect));
    let brings_not_null = column.identity.is_some() || is_serial(column);
    if !column.nullable && !brings_not_null {
        parts.push("NOT NULL".to_owned());
    }
    parts.extend(default(column, dialect));
    parts.extend(generated(column, dialect));
    parts.extend(column.identity.map(|identity| {
        let how = identity_words(identity);
        format!("GENERATED {how} AS IDENTITY")
    }));
}

fn mysql(column: &Column, parts: &mut Vec<String>) {
    let dialect = Dialect::Mysql;
    parts.extend(collation(column, dialect));
    parts.extend(generated(column, dialect));
    if !column.nullable {
        parts.push("NOT NULL".to_owned());
    } else if is_timestamp(&column.data_type) {
        // Without the word some servers make it NOT NULL, and changed by every UPDATE.
        parts.push("NULL".to_owned());
    }
    parts.extend(default(column, dialect));
    let on_update = column.on_update.as_ref();
    parts.extend(on_update.map(|expression| format!("ON UPDATE {}", expression.trim())));
    if column.auto_increment {
        parts.push("AUTO_INCREMENT".to_owned());
    }
    if column.invisible {
        parts.push("INVISIBLE".to_owned());
    }
    let comment = column.comment.as_ref();
    parts.extend(comment.map(|comment| format!("COMMENT {}", text(comment, dialect))));
}

/// `COLLATE …`.
pub(super) fn collation(column: &Column, dialect: Dialect) -> Option<String> {
    let collation = column.collation.as_ref()?;
    Some(format!("COLLATE {}", collation_name(collation, dialect)))
}

/// The name of a collation, which may stand behind that of its schema.
pub(super) fn collation_name(collation: &str, dialect: Dialect) -> String {
    match collation.strip_prefix("pg_catalog.") {
        Some(own) if dialect == Dialect::Postgres => {
            let schema = Some("pg_catalog".to_owned());
            let own = own.trim_matches('"').to_owned();
            super::object_name(&ObjectName { schema, name: own }, dialect)
        }
        _ => name(collation.trim_matches('"'), dialect),
    }
}

/// `DEFAULT …`.
fn default(column: &Column, dialect: Dialect) -> Option<String> {
    let default = column.default.as_ref()?;
    Some(format!("DEFAULT {}", of_default(default, dialect)))
}

/// `GENERATED ALWAYS AS (…) STORED`.
pub(super) fn generated(column: &Column, dialect: Dialect) -> Option<String> {
    let generated = column.generated.as_ref()?;
    let kept = if generated.stored {
        "STORED"
    } else {
        "VIRTUAL"
    };
    let expression = in_parentheses(&generated.expression, dialect);
    Some(format!("GENERATED ALWAYS AS {expression} {kept}"))
}

pub(super) const fn identity_words(identity: Identity) -> &'static str {
    match identity {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    }
}

/// Whether it is written as `serial`, which brings NOT NULL and a sequence.
pub(super) fn is_serial(column: &Column) -> bool {
    column.auto_increment && data_type(column, Dialect::Postgres).ends_with("serial")
}

fn is_timestamp(data_type: &str) -> bool {
    let start = data_type.trim_start().get(..9);
    start.is_some_and(|start| start.eq_ignore_ascii_case("timestamp"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Generated;

    fn column(data_type: &str, change: impl FnOnce(&mut Column)) -> [String; 3] {
        let mut column = Column::new("a", data_type);
        change(&mut column);
        Dialect::ALL.map(|dialect| definition(&column, dialect))
    }

    #[test]
    fn what_a_column_says() {
        assert_eq!(column("", |_| {})[0], "a");
        assert_eq!(
            column("text", |column| {
                column.nullable = false;
                column.default = Some("lower('A')".into());
                column.collation = Some("C".into());
                column.comment = Some("it's".into());
            }),
            [
                "a text COLLATE C NOT NULL DEFAULT (lower('A'))",
                "a text COLLATE \"C\" NOT NULL DEFAULT lower('A')",
                "a text COLLATE C NOT NULL DEFAULT (lower('A')) COMMENT 'it''s'",
            ]
        );
        let generated = column("int", |column| {
            column.generated = Some(Generated {
                expression: "b + 1".into(),
                stored: true,
            });
        });
        assert_eq!(generated, ["a int GENERATED ALWAYS AS (b + 1) STORED"; 3]);
    }

    #[test]
    fn what_the_engine_numbers() {
        let serial = column("int8", |column| {
            column.auto_increment = true;
            column.nullable = false;
        });
        assert_eq!(serial[1], "a bigserial");
        assert_eq!(serial[2], "a int8 NOT NULL AUTO_INCREMENT");
        let identity = column("bigint", |column| {
            column.identity = Some(Identity::ByDefault);
            column.nullable = false;
        });
        assert_eq!(identity[1], "a bigint GENERATED BY DEFAULT AS IDENTITY");
    }

    #[test]
    fn a_time_stamp_of_mysql_says_that_it_takes_null() {
        let stamp = column("timestamp(3)", |column| {
            column.default = Some("CURRENT_TIMESTAMP(3)".into());
            column.on_update = Some("CURRENT_TIMESTAMP(3)".into());
            column.invisible = true;
        });
        assert_eq!(
            stamp[2],
            "a timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) INVISIBLE"
        );
    }
}
