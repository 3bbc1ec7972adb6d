//! When two names are one.

use crate::{Dialect, schema::ObjectName};

/// Names, as a dialect's engines compare them.
#[derive(Clone, Copy, Debug)]
pub(in crate::schema) struct Names(pub(in crate::schema) Dialect);

impl Names {
    /// Two names of columns, indexes, constraints or triggers.
    pub(in crate::schema) fn same(self, left: &str, right: &str) -> bool {
        match self.0 {
            Dialect::Sqlite => left.eq_ignore_ascii_case(right),
            Dialect::Postgres => left == right,
            Dialect::Mysql => {
                left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
            }
        }
    }

    /// Two names of tables, views, types, ….
    pub(in crate::schema) fn same_object(self, left: &ObjectName, right: &ObjectName) -> bool {
        let same = |left: &str, right: &str| match self.0 {
            Dialect::Sqlite => left.eq_ignore_ascii_case(right),
            // On MySQL they differ by case, as file names do where servers mostly run.
            Dialect::Postgres | Dialect::Mysql => left == right,
        };
        let schemas = match (&left.schema, &right.schema) {
            (None, None) => true,
            (Some(left), Some(right)) => same(left, right),
            _ => false,
        };
        schemas && same(&left.name, &right.name)
    }

    /// Two lists of names of columns, in this order.
    pub(in crate::schema) fn same_list(self, left: &[String], right: &[String]) -> bool {
        left.len() == right.len()
            && left
                .iter()
                .zip(right)
                .all(|(left, right)| self.same(left, right))
    }

    /// Whether a list has this name.
    pub(in crate::schema) fn contains(self, names: &[String], name: &str) -> bool {
        names.iter().any(|other| self.same(other, name))
    }
}
