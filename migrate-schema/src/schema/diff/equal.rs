//! When two parts of two schemas are one: what is unknown on either side is never told as different.

use super::{names::Names, text};
use crate::{
    Dialect,
    schema::{
        Check, Exclusion, ForeignKey, Generated, Index, IndexOn, IndexPart, Key, ObjectName,
        Routine, Schema, Sequence, Table, Trigger, View,
    },
};

/// Two schemas of one dialect.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
}

impl Sides<'_> {
    pub(super) const fn dialect(self) -> Dialect {
        self.to.dialect
    }

    pub(super) const fn names(self) -> Names {
        Names(self.dialect())
    }

    pub(super) fn types(self, from: &str, to: &str) -> bool {
        text::same_type(from, to, self.dialect())
    }

    pub(super) fn expressions(self, from: &str, to: &str) -> bool {
        text::same_expression(from, to, self.dialect())
    }

    pub(super) fn defaults(self, from: Option<&str>, to: Option<&str>, data_type: &str) -> bool {
        text::same_default(from, to, data_type, self.dialect())
    }

    pub(super) fn options(self, from: Option<&str>, to: Option<&str>) -> bool {
        match (from, to) {
            (Some(from), Some(to)) => self.expressions(from, to),
            (None, None) => true,
            _ => false,
        }
    }

    pub(super) fn generated(self, from: Option<&Generated>, to: Option<&Generated>) -> bool {
        match (from, to) {
            (Some(from), Some(to)) => {
                from.stored == to.stored && self.expressions(&from.expression, &to.expression)
            }
            (None, None) => true,
            _ => false,
        }
    }

    /// A name of a collation, an action, a method: words, whatever their case.
    pub(super) fn word(from: Option<&str>, to: Option<&str>) -> bool {
        match (from, to) {
            (Some(from), Some(to)) => from.eq_ignore_ascii_case(to),
            (None, None) => true,
            _ => false,
        }
    }

    fn parts(self, from: &[IndexPart], to: &[IndexPart]) -> bool {
        from.len() == to.len() && from.iter().zip(to).all(|(from, to)| self.part(from, to))
    }

    fn part(self, from: &IndexPart, to: &IndexPart) -> bool {
        let on = match (&from.on, &to.on) {
            (IndexOn::Column(from), IndexOn::Column(to)) => self.names().same(from, to),
            (IndexOn::Expression(from), IndexOn::Expression(to)) => self.expressions(from, to),
            _ => false,
        };
        on && Self::word(from.collation.as_deref(), to.collation.as_deref())
            && Self::word(from.operator_class.as_deref(), to.operator_class.as_deref())
            && from.descending == to.descending
            && from.nulls_first == to.nulls_first
            && from.length == to.length
    }

    /// Apart from its name.
    pub(super) fn key(self, from: &Key, to: &Key) -> bool {
        self.parts(&from.parts, &to.parts)
            && self.names().same_list(&from.include, &to.include)
            && from.nulls_not_distinct == to.nulls_not_distinct
            && from.deferrable == to.deferrable
            && Self::word(from.on_conflict.as_deref(), to.on_conflict.as_deref())
    }

    /// Apart from its name, and from whether it is proven.
    pub(super) fn foreign_key(self, from: &ForeignKey, to: &ForeignKey) -> bool {
        self.names().same_list(&from.columns, &to.columns)
            && self.names().same_object(&from.table, &to.table)
            && self.referred(from, to)
            && Self::word(
                action(from.on_delete.as_deref()),
                action(to.on_delete.as_deref()),
            )
            && Self::word(
                action(from.on_update.as_deref()),
                action(to.on_update.as_deref()),
            )
            && from.deferrable == to.deferrable
    }

    /// Columns that were left out are those of the primary key.
    fn referred(self, from: &ForeignKey, to: &ForeignKey) -> bool {
        let columns = |key: &ForeignKey, schema: &Schema| {
            if key.referred.is_empty() {
                primary_key(schema, &key.table)
            } else {
                Some(key.referred.clone())
            }
        };
        match (columns(from, self.from), columns(to, self.to)) {
            (Some(from), Some(to)) => self.names().same_list(&from, &to),
            _ => from.referred.is_empty() || to.referred.is_empty(),
        }
    }

    /// Apart from its name, and from whether it is proven.
    pub(super) fn check(self, from: &Check, to: &Check) -> bool {
        self.expressions(&from.expression, &to.expression) && from.no_inherit == to.no_inherit
    }

    /// Apart from its name.
    pub(super) fn exclusion(self, from: &Exclusion, to: &Exclusion) -> bool {
        self.expressions(&from.definition, &to.definition)
    }

    /// Apart from its comment.
    pub(super) fn index(self, from: &Index, to: &Index) -> bool {
        let method = |index: &Index| {
            let named = index.method.clone().unwrap_or_default();
            if named == "btree" {
                String::new()
            } else {
                named
            }
        };
        from.unique == to.unique
            && method(from) == method(to)
            && self.parts(&from.parts, &to.parts)
            && self.names().same_list(&from.include, &to.include)
            && from.nulls_not_distinct == to.nulls_not_distinct
            && self.options(from.predicate.as_deref(), to.predicate.as_deref())
    }

    pub(super) fn trigger(self, from: &Trigger, to: &Trigger) -> bool {
        text::same_statement(&from.sql, &to.sql, self.dialect())
    }

    /// Apart from its comment, its indexes and its triggers.
    pub(super) fn view(self, from: &View, to: &View) -> bool {
        let unknown = from.query.trim().is_empty() || to.query.trim().is_empty();
        from.materialized == to.materialized
            && (unknown
                || (text::same_query(&from.query, &to.query, self.dialect())
                    && self.names().same_list(&from.column_names, &to.column_names)))
    }

    pub(super) fn sequence(self, from: &Sequence, to: &Sequence) -> bool {
        match (&from.sql, &to.sql) {
            (Some(from), Some(to)) => text::same_statement(from, to, self.dialect()),
            _ => true,
        }
    }

    pub(super) fn routine(self, from: &Routine, to: &Routine) -> bool {
        text::same_statement(&from.sql, &to.sql, self.dialect())
    }

    /// Whether it is the same routine, perhaps with another definition.
    pub(super) fn same_routine(self, from: &Routine, to: &Routine) -> bool {
        let arguments = self.dialect() != Dialect::Postgres
            || (from.arguments.len() == to.arguments.len()
                && (from.arguments.iter().zip(&to.arguments))
                    .all(|(from, to)| self.types(from, to)));
        let kinds = self.dialect() == Dialect::Postgres || from.kind == to.kind;
        kinds && arguments && self.names().same_object(&from.name, &to.name)
    }
}

/// `NO ACTION` is what is done where nothing is said.
fn action(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.eq_ignore_ascii_case("no action"))
}

fn primary_key(schema: &Schema, table: &ObjectName) -> Option<Vec<String>> {
    let names = Names(schema.dialect);
    let table: &Table = (schema.tables.iter()).find(|one| names.same_object(&one.name, table))?;
    let parts = &table.primary_key.as_ref()?.parts;
    let column = |part: &IndexPart| match &part.on {
        IndexOn::Column(name) => Some(name.clone()),
        IndexOn::Expression(_) => None,
    };
    parts.iter().map(column).collect()
}
