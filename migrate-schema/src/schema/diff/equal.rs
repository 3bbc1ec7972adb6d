//! When two parts of two schemas are one: what is unknown on either side is never told as different.

use super::names::Names;
use crate::{
    Dialect,
    schema::{
        Check, Exclusion, ForeignKey, Generated, Index, IndexOn, IndexPart, Key, ObjectName,
        Routine, Schema, Sequence, Table, Trigger, View, same,
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

    /// Whether one of the two says of this name that it may be there or not.
    pub(super) fn unknown(self, name: &str) -> bool {
        let name = ObjectName::bare(name);
        self.from.knows_nothing_of(&name) || self.to.knows_nothing_of(&name)
    }

    pub(super) fn types(self, from: &str, to: &str) -> bool {
        !same::data_type(self.dialect(), from, to).is_no()
    }

    pub(super) fn expressions(self, from: &str, to: &str) -> bool {
        !same::expression(self.dialect(), from, to).is_no()
    }

    pub(super) fn defaults(self, from: Option<&str>, to: Option<&str>, data_type: &str) -> bool {
        !same::default(self.dialect(), data_type, from, to).is_no()
    }

    pub(super) fn optional(self, from: Option<&str>, to: Option<&str>) -> bool {
        !same::optional(self.dialect(), from, to).is_no()
    }

    /// Pieces of SQL whose form nobody knows.
    pub(super) fn clauses(self, from: &str, to: &str) -> bool {
        !same::clause(self.dialect(), from, to).is_no()
    }

    pub(super) fn collations(self, from: Option<&str>, to: Option<&str>) -> bool {
        !same::collation(self.dialect(), from, to).is_no()
    }

    /// An option of a table, which is said on each side or not.
    pub(super) fn option(self, name: &str, from: Option<&str>, to: Option<&str>) -> bool {
        let list = |value: Option<&str>| -> Vec<(String, String)> {
            let value = value.map(|value| (name.to_owned(), value.to_owned()));
            value.into_iter().collect()
        };
        !same::options(self.dialect(), &list(from), &list(to)).is_no()
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
        !same::index_parts(self.dialect(), from, to).is_no()
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
                action(from.on_delete.as_deref(), self.dialect()),
                action(to.on_delete.as_deref(), self.dialect()),
            )
            && Self::word(
                action(from.on_update.as_deref(), self.dialect()),
                action(to.on_update.as_deref(), self.dialect()),
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
        self.clauses(&from.definition, &to.definition)
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
            && self.optional(from.predicate.as_deref(), to.predicate.as_deref())
    }

    pub(super) fn trigger(self, from: &Trigger, to: &Trigger) -> bool {
        !same::trigger(self.dialect(), &from.sql, &to.sql).is_no()
    }

    /// Apart from its comment, its indexes and its triggers.
    pub(super) fn view(self, from: &View, to: &View) -> bool {
        let unknown = from.query.trim().is_empty() || to.query.trim().is_empty();
        // A server that is asked gives the names to the columns in the query itself.
        let moved = self.dialect() != Dialect::Sqlite
            && from.column_names.is_empty() != to.column_names.is_empty();
        from.materialized == to.materialized
            && (unknown
                || moved
                || (self.queries(&from.query, &to.query)
                    && self.names().same_list(&from.column_names, &to.column_names)))
    }

    /// `*` stands for columns that are the same on both sides, or for nobody knows what.
    fn queries(self, from: &str, to: &str) -> bool {
        let columns = |name: &str| {
            let before = columns_of(self.from, name)?;
            let after = columns_of(self.to, name)?;
            self.names().same_list(&before, &after).then_some(after)
        };
        !same::query(self.dialect(), from, to, &columns).is_no()
    }

    pub(super) fn sequence(self, from: &Sequence, to: &Sequence) -> bool {
        match (&from.sql, &to.sql) {
            (Some(from), Some(to)) => !same::sequence(self.dialect(), from, to).is_no(),
            _ => true,
        }
    }

    pub(super) fn routine(self, from: &Routine, to: &Routine) -> bool {
        !same::routine(self.dialect(), from, to).is_no()
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

/// `NO ACTION` is what is done where nothing is said, and on MySQL the same as `RESTRICT`.
fn action(text: Option<&str>, dialect: Dialect) -> Option<&str> {
    text.filter(|text| {
        let restricts = dialect == Dialect::Mysql && text.eq_ignore_ascii_case("restrict");
        !restricts && !text.eq_ignore_ascii_case("no action")
    })
}

/// The columns of a table or view, where there is one of this name and all of them are known.
fn columns_of(schema: &Schema, name: &str) -> Option<Vec<String>> {
    let names = Names(schema.dialect);
    let tables = schema.tables.iter().filter(|table| !table.open);
    let tables = tables.map(|table| (&table.name.name, &table.columns));
    let views = schema
        .views
        .iter()
        .map(|view| (&view.name.name, &view.columns));
    let mut found = tables.chain(views).filter(|(own, _)| names.same(own, name));
    let (_, columns) = found.next()?;
    let known = found.next().is_none() && !columns.is_empty();
    known.then(|| columns.iter().map(|column| column.name.clone()).collect())
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
