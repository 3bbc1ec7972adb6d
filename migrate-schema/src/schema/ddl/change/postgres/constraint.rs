//! Constraints and indexes that are added and dropped.

use super::{
    super::{
        super::{constraint as text, create::add_foreign_key},
        names::postgres as names,
    },
    DIALECT, DdlError, Plan, name, object_name,
};
use crate::schema::{Check, Exclusion, ForeignKey, Key, ObjectName, Table};

pub(super) fn drop_index(table: &ObjectName, index: &str) -> String {
    // An index is in the schema of its table.
    let index = ObjectName {
        schema: table.schema.clone(),
        name: index.to_owned(),
    };
    format!("DROP INDEX {}", object_name(&index, DIALECT))
}

pub(super) fn add(table: &ObjectName, constraint: &str) -> String {
    format!(
        "ALTER TABLE {} ADD {constraint}",
        object_name(table, DIALECT)
    )
}

pub(super) fn drop(table: &ObjectName, constraint: &str) -> String {
    let constraint = name(constraint, DIALECT);
    format!(
        "ALTER TABLE {} DROP CONSTRAINT {constraint}",
        object_name(table, DIALECT)
    )
}

pub(super) fn add_check(table: &ObjectName, check: &Check) -> String {
    let not_valid = if check.not_valid { " NOT VALID" } else { "" };
    add(
        table,
        &format!("{}{not_valid}", text::check(check, DIALECT)),
    )
}

/// Apart from the name, which one side may have chosen itself.
fn is_key(one: &Key, other: &Key) -> bool {
    let unnamed = |key: &Key| Key {
        name: None,
        ..key.clone()
    };
    let named = one.name.is_some() && one.name == other.name;
    named || unnamed(one) == unnamed(other)
}

fn is_foreign_key(one: &ForeignKey, other: &ForeignKey) -> bool {
    let unnamed = |key: &ForeignKey| ForeignKey {
        name: None,
        not_valid: false,
        ..key.clone()
    };
    let named = one.name.is_some() && one.name == other.name;
    named || unnamed(one) == unnamed(other)
}

impl Plan<'_> {
    fn in_working(&mut self, table: &ObjectName) -> Option<&mut Table> {
        let mut tables = self.working.tables.iter_mut();
        tables.find(|one| one.name == *table)
    }

    pub(super) fn drop_primary_key(&mut self, own: &ObjectName, key: &Key) -> Result<(), DdlError> {
        let table = self.table(own)?;
        let key = table.primary_key.as_ref().unwrap_or(key);
        self.push(drop(own, &names::primary_key(&table, key)));
        if let Some(table) = self.in_working(own) {
            table.primary_key = None;
        }
        Ok(())
    }

    pub(super) fn drop_unique(&mut self, own: &ObjectName, key: &Key) -> Result<(), DdlError> {
        let table = self.table(own)?;
        let at = table.uniques.iter().position(|one| is_key(one, key));
        let found = at.and_then(|at| table.uniques.get(at)).unwrap_or(key);
        self.push(drop(own, &names::unique(&table, found)));
        if let (Some(at), Some(table)) = (at, self.in_working(own)) {
            table.uniques.remove(at);
        }
        Ok(())
    }

    pub(super) fn drop_foreign_key(
        &mut self,
        own: &ObjectName,
        key: &ForeignKey,
    ) -> Result<(), DdlError> {
        let is_own =
            |(table, gone): &(ObjectName, ForeignKey)| table == own && is_foreign_key(gone, key);
        if let Some(at) = self.foreign_keys.iter().position(is_own) {
            self.foreign_keys.remove(at);
            return Ok(());
        }
        let table = self.table(own)?;
        let mut keys = table.foreign_keys.iter();
        let at = keys.position(|one| is_foreign_key(one, key));
        let found = at.and_then(|at| table.foreign_keys.get(at)).unwrap_or(key);
        self.push(drop(own, &names::foreign_key(&table, found)));
        if let (Some(at), Some(table)) = (at, self.in_working(own)) {
            table.foreign_keys.remove(at);
        }
        Ok(())
    }

    /// Takes a foreign key away that comes back behind everything.
    pub(super) fn without_foreign_key(
        &mut self,
        own: &ObjectName,
        key: &ForeignKey,
    ) -> Result<(), DdlError> {
        let table = self.table(own)?;
        let named = ForeignKey {
            name: Some(names::foreign_key(&table, key)),
            ..key.clone()
        };
        self.drop_foreign_key(own, key)?;
        self.foreign_keys.push((own.clone(), named));
        Ok(())
    }

    pub(super) fn restore_foreign_key(&mut self, table: &ObjectName, key: ForeignKey) {
        self.push(add_foreign_key(DIALECT, table, &key));
        if let Some(table) = self.in_working(table) {
            table.foreign_keys.push(key);
        }
    }

    pub(super) fn drop_check(&mut self, own: &ObjectName, check: &Check) -> Result<(), DdlError> {
        let table = self.table(own)?;
        let is_same = |one: &Check| {
            let named = one.name.is_some() && one.name == check.name;
            named || one.expression == check.expression
        };
        let at = table.checks.iter().position(is_same);
        let found = at.and_then(|at| table.checks.get(at)).unwrap_or(check);
        self.push(drop(own, &names::check(&table, found)));
        if let (Some(at), Some(table)) = (at, self.in_working(own)) {
            table.checks.remove(at);
        }
        Ok(())
    }

    pub(super) fn drop_exclusion(
        &mut self,
        own: &ObjectName,
        one: &Exclusion,
    ) -> Result<(), DdlError> {
        let constraint = names::exclusion(one).ok_or_else(|| {
            DdlError::new(
                format!("an exclusion constraint of {own}"),
                "it has no name of its own",
                "drop it with a statement of your own, by the name that `\\d` tells",
            )
        })?;
        self.push(drop(own, &constraint));
        if let Some(table) = self.in_working(own) {
            table.exclusions.retain(|other| other != one);
        }
        Ok(())
    }

    /// Gives the constraints that have none the names that they have had all along: a table that is renamed does not
    /// change them.
    pub(super) fn keep_names(&mut self, own: &ObjectName) {
        let Some(table) = self.in_working(own) else {
            return;
        };
        let before = table.clone();
        if let Some(key) = &mut table.primary_key {
            key.name = Some(names::primary_key(&before, key));
        }
        for key in &mut table.uniques {
            key.name = Some(names::unique(&before, key));
        }
        for key in &mut table.foreign_keys {
            key.name = Some(names::foreign_key(&before, key));
        }
        for check in &mut table.checks {
            check.name = Some(names::check(&before, check));
        }
    }
}
