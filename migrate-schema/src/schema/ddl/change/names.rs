//! The names that an engine has chosen.

use super::{super::DdlError, mention::mentions};
use crate::{
    Dialect,
    catalog::chosen_name::{addition, object_name},
    schema::{Check, Exclusion, ForeignKey, IndexOn, Key, Table},
};

/// The columns of a key, empty for an expression.
fn columns(key: &Key) -> Vec<String> {
    let column = |on: &IndexOn| match on {
        IndexOn::Column(column) => column.clone(),
        IndexOn::Expression(_) => String::new(),
    };
    key.parts.iter().map(|part| column(&part.on)).collect()
}

/// The names of PostgreSQL. One that it had to give a number is not left out where a schema is told, so that all that
/// have none have their first choice.
pub(super) mod postgres {
    use super::{
        Check, Dialect, Exclusion, ForeignKey, Key, Table, addition, columns, mentions, object_name,
    };

    pub(in super::super) fn primary_key(table: &Table, key: &Key) -> String {
        let chosen = || object_name(&table.name.name, "", "pkey");
        key.name.clone().unwrap_or_else(chosen)
    }

    pub(in super::super) fn unique(table: &Table, key: &Key) -> String {
        let chosen = || object_name(&table.name.name, &addition(&columns(key)), "key");
        key.name.clone().unwrap_or_else(chosen)
    }

    pub(in super::super) fn foreign_key(table: &Table, key: &ForeignKey) -> String {
        let chosen = || object_name(&table.name.name, &key.columns.join("_"), "fkey");
        key.name.clone().unwrap_or_else(chosen)
    }

    pub(in super::super) fn check(table: &Table, check: &Check) -> String {
        let chosen = || {
            let columns = table.columns.iter().map(|column| column.name.as_str());
            let named = |column: &&str| mentions(&check.expression, column, Dialect::Postgres);
            let named: Vec<&str> = columns.filter(named).collect();
            match named.as_slice() {
                [only] => object_name(&table.name.name, only, "check"),
                _ => object_name(&table.name.name, "", "check"),
            }
        };
        check.name.clone().unwrap_or_else(chosen)
    }

    /// Of what it is on only the text is known, from which the first choice cannot be told.
    pub(in super::super) fn exclusion(exclusion: &Exclusion) -> Option<String> {
        exclusion.name.clone()
    }

    /// The sequence of a `serial` column.
    pub(in super::super) fn sequence(table: &Table, column: &str) -> String {
        object_name(&table.name.name, column, "seq")
    }
}

/// The names of MySQL and MariaDB.
pub(super) mod mysql {
    use super::{Check, DdlError, ForeignKey, Key, Table, columns};

    pub(in super::super) fn unique(key: &Key) -> String {
        let chosen = || columns(key).into_iter().next().unwrap_or_default();
        key.name.clone().unwrap_or_else(chosen)
    }

    /// `t_ibfk_1`: those without a name are numbered in their order.
    pub(in super::super) fn foreign_key(table: &Table, key: &ForeignKey) -> String {
        if let Some(name) = &key.name {
            return name.clone();
        }
        let unnamed = table.foreign_keys.iter().filter(|one| one.name.is_none());
        let before = unnamed.take_while(|one| *one != key).count();
        format!("{}_ibfk_{}", table.name.name, before + 1)
    }

    /// The two do not choose the same.
    pub(in super::super) fn check(table: &Table, check: &Check) -> Result<String, DdlError> {
        check.name.clone().ok_or_else(|| {
            DdlError::new(
                format!("the check ({}) of {}", check.expression, table.name),
                "it has no name of its own: MariaDB calls it `CONSTRAINT_…`, and MySQL `…_chk_…`",
                "drop it with a statement of your own, by the name that `SHOW CREATE TABLE` tells",
            )
        })
    }
}
