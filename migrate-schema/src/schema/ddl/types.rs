//! Types and sequences (PostgreSQL).

use super::{
    DdlError,
    expression::{in_parentheses, of_default},
    name::{name, text, type_name},
};
use crate::{
    Dialect,
    schema::{Sequence, Type, TypeShape},
};

const DIALECT: Dialect = Dialect::Postgres;

/// The statement that makes a type.
pub fn create_type(one: &Type) -> Result<String, DdlError> {
    let own = type_name(&one.name, DIALECT);
    Ok(match &one.shape {
        TypeShape::Enum(labels) => format!("CREATE TYPE {own} AS ENUM ({})", texts(labels)),
        TypeShape::Composite(attributes) => {
            let lines = attributes.iter().map(|(attribute, data_type)| {
                format!("    {} {}", name(attribute, DIALECT), data_type.trim())
            });
            let lines = lines.collect::<Vec<_>>().join(",\n");
            match lines.is_empty() {
                true => format!("CREATE TYPE {own} AS ()"),
                false => format!("CREATE TYPE {own} AS (\n{lines}\n)"),
            }
        }
        TypeShape::Domain {
            base,
            not_null,
            default,
            checks,
        } => {
            let mut sql = format!("CREATE DOMAIN {own} AS {}", base.trim());
            if let Some(default) = default {
                sql += &format!(" DEFAULT {}", of_default(default, DIALECT));
            }
            if *not_null {
                sql += " NOT NULL";
            }
            for (check, condition) in checks {
                sql += &format!("\n    {}", domain_check(check.as_ref(), condition));
            }
            sql
        }
        TypeShape::Other(Some(sql)) => sql.trim().to_owned(),
        TypeShape::Other(None) => {
            return Err(DdlError::new(
                format!("the type {}", one.name),
                "nobody knows how it was made",
                "make it with a statement of your own",
            ));
        }
    })
}

/// The statement that makes a sequence.
pub fn create_sequence(sequence: &Sequence) -> Result<String, DdlError> {
    let sql = sequence.sql.as_ref().map(|sql| sql.trim().to_owned());
    sql.ok_or_else(|| {
        DdlError::new(
            format!("the sequence {}", sequence.name),
            "nobody knows how it was made",
            "make it with a statement of your own",
        )
    })
}

/// A check of a domain.
pub(super) fn domain_check(own: Option<&String>, condition: &str) -> String {
    let named = super::constraint::named(own, DIALECT);
    format!("{named}CHECK {}", in_parentheses(condition, DIALECT))
}

/// Texts with commas between them.
pub(super) fn texts(labels: &[String]) -> String {
    let labels = labels.iter().map(|label| text(label, DIALECT));
    labels.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ObjectName;

    fn sql(shape: TypeShape) -> String {
        create_type(&Type {
            name: ObjectName::bare("t"),
            shape,
            made_by: None,
        })
        .unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn types() {
        assert_eq!(
            sql(TypeShape::Enum(vec!["a".into(), "b'c".into()])),
            "CREATE TYPE t AS ENUM ('a', 'b''c')"
        );
        assert_eq!(
            sql(TypeShape::Composite(vec![("a".into(), "int".into())])),
            "CREATE TYPE t AS (\n    a int\n)"
        );
        assert_eq!(
            sql(TypeShape::Domain {
                base: "int".into(),
                not_null: true,
                default: Some("1".into()),
                checks: vec![(Some("c".into()), "VALUE > 0".into())],
            }),
            "CREATE DOMAIN t AS int DEFAULT 1 NOT NULL\n    CONSTRAINT c CHECK (VALUE > 0)"
        );
        assert_eq!(
            sql(TypeShape::Other(None)),
            "the type t: nobody knows how it was made; make it with a statement of your own"
        );
    }
}
