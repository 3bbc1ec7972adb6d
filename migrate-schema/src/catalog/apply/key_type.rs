//! Whether the columns on both sides of a foreign key can be compared.

use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Column, Lookup, Relation},
    tree::{ForeignKey, TypeName, TypeShape},
};

impl Catalog {
    /// What to say where a column and the one that it refers to have types that nothing compares.
    pub(super) fn type_clash(
        &self,
        draft: &Relation,
        target: &Relation,
        key: &ForeignKey,
        (columns, referred): (&[String], &[String]),
    ) -> Option<Finding> {
        for (own, other) in columns.iter().zip(referred) {
            let (Some(own), Some(other)) = (self.column(draft, own), self.column(target, other))
            else {
                continue;
            };
            let (Some(left), Some(right)) = (self.family(own), self.family(other)) else {
                continue;
            };
            if left == right {
                continue;
            }
            let written = |column: &Column| column.ty.as_ref().map_or_else(String::new, words);
            let message = format!(
                "`{}.{}` is {}, and `{}.{}`, to which it refers, is {}",
                draft.name,
                own.name,
                written(own),
                target.name,
                other.name,
                written(other)
            );
            let finding = Finding::new(Code::InvalidDefinition, message, key.table.range());
            return Some(finding.help("give both columns the same type"));
        }
        None
    }

    /// The types that a column's type can be compared with, in a word; none where that is not certain.
    fn family(&self, column: &Column) -> Option<String> {
        let ty = column.ty.as_ref()?;
        match self.dialect() {
            Dialect::Postgres => self.family_on_postgres(ty),
            Dialect::Sqlite | Dialect::Mysql => None,
        }
    }

    fn family_on_postgres(&self, ty: &TypeName) -> Option<String> {
        if ty.special || ty.array {
            return None;
        }
        if let Lookup::Known(own) = self.type_(&ty.path) {
            return match &own.shape {
                TypeShape::Enum(_) => Some(format!("enum {}.{}", own.schema, own.name)),
                TypeShape::Domain { base, .. } if base.path != ty.path => {
                    self.family_on_postgres(base)
                }
                _ => None,
            };
        }
        if ty.path.schema.is_some() {
            return None;
        }
        let family = match super::plain_type(&ty.path.name.text) {
            "smallint" | "integer" | "bigint" | "serial" | "serial2" | "serial4" | "serial8"
            | "bigserial" | "smallserial" | "numeric" | "real" | "double precision" => "number",
            "text" | "character varying" | "character" | "name" => "text",
            "date" | "timestamp" | "timestamp with time zone" => "time",
            name @ ("uuid" | "boolean" | "bytea" | "jsonb" | "interval") => name,
            _ => return None,
        };
        Some(family.to_owned())
    }
}

fn words(ty: &TypeName) -> String {
    let mut text = ty.path.to_string();
    for word in &ty.words {
        text.push(' ');
        text.push_str(word);
    }
    format!("`{text}`")
}
