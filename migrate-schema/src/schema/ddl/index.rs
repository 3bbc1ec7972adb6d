//! Indexes.

use super::{
    constraint::parts,
    expression::in_parentheses,
    name::{name, names, object_name, text},
};
use crate::{
    Dialect,
    schema::{Index, ObjectName},
};

/// An index of a table or of a materialized view: the statement that makes it, and that of its comment.
pub fn create_index(dialect: Dialect, table: &ObjectName, index: &Index) -> Vec<String> {
    let mut statements = vec![create(dialect, table, index)];
    if dialect == Dialect::Postgres
        && let Some(comment) = &index.comment
    {
        statements.push(comment_on(table, &index.name, Some(comment)));
    }
    statements
}

fn create(dialect: Dialect, table: &ObjectName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let own = name(&index.name, dialect);
    let on = object_name(table, dialect);
    match dialect {
        Dialect::Sqlite => {
            // The schema stands before the index, and never before the table.
            let schema = table.schema.as_ref();
            let schema = schema.map(|schema| format!("{}.", name(schema, dialect)));
            let schema = schema.unwrap_or_default();
            let on = name(&table.name, dialect);
            format!(
                "CREATE {unique}INDEX {schema}{own} ON {on} {}",
                behind(dialect, index)
            )
        }
        Dialect::Postgres => {
            let method = index.method.as_ref();
            let method = method.map(|method| format!("USING {} ", name(method, dialect)));
            let method = method.unwrap_or_default();
            format!(
                "CREATE {unique}INDEX {own} ON {on} {method}{}",
                behind(dialect, index)
            )
        }
        Dialect::Mysql => {
            let (kind, using) = method_on_mysql(index);
            format!(
                "CREATE {unique}{kind}INDEX {own} ON {on} {}{using}{}",
                behind(dialect, index),
                comment(index)
            )
        }
    }
}

/// An index inside of `CREATE TABLE` or behind `ADD` (MySQL).
pub(super) fn inside(index: &Index) -> String {
    let dialect = Dialect::Mysql;
    let (kind, using) = method_on_mysql(index);
    let unique = if index.unique { "UNIQUE " } else { "" };
    format!(
        "{unique}{kind}INDEX {} {}{using}{}",
        name(&index.name, dialect),
        behind(dialect, index),
        comment(index)
    )
}

/// What it is on, and all that stands behind it.
fn behind(dialect: Dialect, index: &Index) -> String {
    let mut text = format!("({})", parts(&index.parts, dialect));
    if !index.include.is_empty() {
        text += &format!(" INCLUDE ({})", names(&index.include, dialect));
    }
    if index.nulls_not_distinct {
        text += " NULLS NOT DISTINCT";
    }
    if let Some(predicate) = &index.predicate {
        // Parentheses would be part of what SQLite keeps, and say nothing.
        text += &match dialect {
            Dialect::Sqlite => format!(" WHERE {}", predicate.trim()),
            _ => format!(" WHERE {}", in_parentheses(predicate, dialect)),
        };
    }
    text
}

/// What stands before `INDEX`, and what stands behind the parts.
fn method_on_mysql(index: &Index) -> (&'static str, String) {
    match index.method.as_deref() {
        Some("fulltext") => ("FULLTEXT ", String::new()),
        Some("spatial") => ("SPATIAL ", String::new()),
        Some(method) => ("", format!(" USING {}", method.to_uppercase())),
        None => ("", String::new()),
    }
}

/// `COMMENT` of an index on MySQL.
fn comment(index: &Index) -> String {
    let comment = index.comment.as_ref();
    comment.map_or_else(String::new, |comment| {
        format!(" COMMENT {}", text(comment, Dialect::Mysql))
    })
}

/// `COMMENT ON INDEX` (PostgreSQL). An index is in the schema of its table.
pub(super) fn comment_on(table: &ObjectName, index: &str, comment: Option<&String>) -> String {
    let index = ObjectName {
        schema: table.schema.clone(),
        name: index.to_owned(),
    };
    super::comment::on("INDEX", &object_name(&index, Dialect::Postgres), comment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{IndexOn, IndexPart};

    fn index() -> Index {
        Index {
            name: "i".into(),
            unique: true,
            method: None,
            parts: vec![
                IndexPart::column("a"),
                IndexPart {
                    on: IndexOn::Expression("lower(b)".into()),
                    descending: true,
                    ..IndexPart::column("")
                },
            ],
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: Some("a > 0".into()),
            comment: None,
        }
    }

    #[test]
    fn an_index_on_each() {
        let table = ObjectName {
            schema: Some("s".into()),
            name: "t".into(),
        };
        let all = |index: &Index| {
            Dialect::ALL.map(|dialect| create_index(dialect, &table, index).join("; "))
        };
        let mut index = index();
        assert_eq!(
            all(&index)[..2],
            [
                "CREATE UNIQUE INDEX s.i ON t (a, lower(b) DESC) WHERE a > 0",
                "CREATE UNIQUE INDEX i ON s.t (a, lower(b) DESC) WHERE (a > 0)",
            ]
        );
        index.unique = false;
        index.predicate = None;
        index.comment = Some("c".into());
        index.method = Some("hash".into());
        assert_eq!(
            all(&index)[1..],
            [
                "CREATE INDEX i ON s.t USING hash (a, lower(b) DESC); COMMENT ON INDEX s.i IS 'c'",
                "CREATE INDEX i ON s.t (a, (lower(b)) DESC) USING HASH COMMENT 'c'",
            ]
        );
        index.method = Some("fulltext".into());
        assert_eq!(
            all(&index)[2],
            "CREATE FULLTEXT INDEX i ON s.t (a, (lower(b)) DESC) COMMENT 'c'"
        );
    }
}
