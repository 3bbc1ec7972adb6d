//! A table of SQLite that is made again, with what a look at the database has found.

use std::collections::BTreeSet;

use super::{RenderError, error::unsupported, table};
use crate::{
    Dialect,
    model::{self, Table},
    quote::quoted,
    rebuild::{Definition, Rebuild, column_of, requalified, rowid_name, scratch_name, words},
};

/// What there is before the table is made again.
#[derive(Clone, Debug, Default)]
pub struct Existing {
    /// All that `sqlite_schema` has, in its order.
    pub objects: Vec<Object>,
    /// The columns of the table, and whether each is computed.
    pub columns: Vec<(String, bool)>,
}

/// A row of `sqlite_schema`.
#[derive(Clone, Debug)]
pub struct Object {
    /// `table`, `index`, `view` or `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table or view that it belongs to.
    pub table: String,
    /// The statement that makes it; none for the index of a constraint.
    pub sql: Option<String>,
}

/// Why there are no statements without a look at the database.
pub(super) fn refused(
    rebuild: &model::Rebuild,
    dialect: Dialect,
) -> Result<Vec<String>, RenderError> {
    let name = &rebuild.table.name;
    match dialect {
        Dialect::Sqlite => unsupported(
            dialect,
            format!("tells only when it runs what hangs on `{name}`"),
            "make the statements with what the database has",
        ),
        _ => unsupported(
            dialect,
            format!("has no need to make the table `{name}` again"),
            "`rebuild_table` is for SQLite; write `ALTER TABLE` in `sql!`, with a text for each dialect",
        ),
    }
}

/// The statements that make a table again, as it is to be. `works` says whether a statement can be prepared before.
pub fn rebuild(
    change: &model::Rebuild,
    existing: &Existing,
    works: impl Fn(&str) -> bool,
) -> Result<Vec<String>, RenderError> {
    let wanted = &change.table.name;
    let own = |object: &&Object| object.kind == "table" && same(&object.name, wanted);
    let Some(old) = existing.objects.iter().find(own) else {
        return unsupported(
            Dialect::Sqlite,
            format!("has no table `{wanted}` to make again"),
            "look at its name, and at what the migrations before this one have made",
        );
    };
    let Some(definition) = old.sql.as_deref().and_then(Definition::of) else {
        return unsupported(
            Dialect::Sqlite,
            format!("cannot make `{wanted}` again, which is no ordinary table"),
            "drop it and make another one",
        );
    };
    let is_taken = |name: &str| existing.objects.iter().any(|other| same(&other.name, name));
    let scratch = scratch_name(&old.name, is_taken);
    let new = definition_of(change, &definition, &old.name, &scratch)?;
    let hanging = Hanging::of(existing, &old.name);
    let copied = copied(change, existing, &old.name);
    let rebuild = Rebuild {
        table: old.name.clone(),
        scratch,
        create: new.to_string(),
        rowid: rowid(change, &definition, &new, &copied),
        copied,
        numbered: definition.is_numbered() && new.is_numbered(),
        before: hanging.before(),
        after: hanging.after(works),
    };
    Ok(rebuild.statements(sql_name))
}

fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

fn sql_name(name: &str) -> String {
    quoted(name, Dialect::Sqlite)
}

/// The new table under its first name.
fn definition_of(
    change: &model::Rebuild,
    old: &Definition,
    own: &str,
    scratch: &str,
) -> Result<Definition, RenderError> {
    let mut table = Table {
        name: scratch.to_owned(),
        ..change.table.clone()
    };
    for check in &mut table.checks {
        check.expression = requalified(&check.expression, own, scratch);
    }
    let text = table::create(&table, Dialect::Sqlite)?;
    let Some(mut new) = Definition::of(&text) else {
        return unsupported(
            Dialect::Sqlite,
            format!("cannot read what `{own}` is to be"),
            "make it again by SQL",
        );
    };
    for (name, text) in &mut new.columns {
        if change.keeps(name) {
            let Some(kept) = old.column(name) else {
                return unsupported(
                    Dialect::Sqlite,
                    format!("has no column `{name}` of `{own}` to keep"),
                    "look at its name",
                );
            };
            *text = requalified(kept, own, scratch);
        } else if let Some(collation) = old.collation(name) {
            *text += &format!(" COLLATE {collation}");
        }
    }
    new.strict = change.strict || old.strict;
    new.without_rowid = change.without_rowid || old.without_rowid;
    Ok(new)
}

/// The columns of the new table that get values, and what from.
fn copied(change: &model::Rebuild, existing: &Existing, own: &str) -> Vec<(String, String)> {
    let value = |column: &str| {
        let said = change.copies.iter().find(|(name, _)| same(name, column));
        if let Some((_, expression)) = said {
            return Some(expression.clone());
        }
        let (name, computed) = existing
            .columns
            .iter()
            .find(|(name, _)| same(name, column))?;
        // One that stays computed gets no values, and one that is not any more gets those that it had.
        (!(*computed && change.keeps(name))).then(|| column_of(own, name, sql_name))
    };
    (change.table.columns.iter())
        .filter_map(|column| Some((sql_name(&column.name), value(&column.name)?)))
        .collect()
}

/// A rowid is copied where no column that is copied is one.
fn rowid(
    change: &model::Rebuild,
    old: &Definition,
    new: &Definition,
    copied: &[(String, String)],
) -> Option<&'static str> {
    if old.without_rowid || new.without_rowid {
        return None;
    }
    let alias = match change.table.primary_key.as_slice() {
        [only] if new.is_integer(only) => Some(sql_name(only)),
        _ => None,
    };
    if alias.is_some_and(|alias| copied.iter().any(|(column, _)| *column == alias)) {
        return None;
    }
    let columns = old.columns.iter().chain(&new.columns);
    rowid_name(columns.map(|(name, _)| name.as_str()))
}

/// What hangs on a table.
struct Hanging<'a> {
    /// Its indexes and triggers.
    own: Vec<&'a Object>,
    /// The views that name it, with their triggers, and triggers on other tables that do.
    aside: Vec<&'a Object>,
}

impl<'a> Hanging<'a> {
    fn of(existing: &'a Existing, table: &str) -> Self {
        let mut named = BTreeSet::from([table.to_lowercase()]);
        let texts: Vec<BTreeSet<String>> = (existing.objects.iter())
            .map(|one| words(one.sql.as_deref().unwrap_or_default()))
            .collect();
        loop {
            let count = named.len();
            for (object, words) in existing.objects.iter().zip(&texts) {
                let of_view = object.kind == "view" && !words.is_disjoint(&named);
                if of_view {
                    named.insert(object.name.to_lowercase());
                }
            }
            if named.len() == count {
                break;
            }
        }
        let (mut own, mut aside) = (Vec::new(), Vec::new());
        for (object, words) in existing.objects.iter().zip(&texts) {
            if object.sql.is_none() {
                continue;
            }
            let is_on = |name: &str| same(&object.table, name);
            match object.kind.as_str() {
                "index" | "trigger" if is_on(table) => own.push(object),
                "view" if named.contains(&object.name.to_lowercase()) => aside.push(object),
                "trigger" if !words.is_disjoint(&named) => aside.push(object),
                // Those behind one that has to go come too, so that they stay in their order.
                "trigger"
                    if aside
                        .iter()
                        .any(|other| other.kind == "trigger" && is_on(&other.table)) =>
                {
                    aside.push(object);
                }
                _ => {}
            }
        }
        Self { own, aside }
    }

    /// Triggers first: those of a view go with it otherwise.
    fn before(&self) -> Vec<String> {
        let of = |kind: &'static str| {
            let objects = self.aside.iter().rev().filter(move |one| one.kind == kind);
            objects.map(move |one| format!("DROP {} {}", kind.to_uppercase(), sql_name(&one.name)))
        };
        of("trigger").chain(of("view")).collect()
    }

    /// All of it again, and a look at what was whole before.
    fn after(&self, works: impl Fn(&str) -> bool) -> Vec<String> {
        let all = || self.own.iter().chain(&self.aside);
        let of = |kind: &'static str| {
            let objects = all().filter(move |one| one.kind == kind);
            objects.filter_map(|one| one.sql.clone())
        };
        let mut statements: Vec<String> =
            of("index").chain(of("view")).chain(of("trigger")).collect();
        let mut probes = Vec::new();
        for object in all() {
            match object.kind.as_str() {
                "view" => probes.push(format!("SELECT 1 FROM {} LIMIT 0", sql_name(&object.name))),
                "trigger" => {
                    let on = sql_name(&object.table);
                    probes.push(format!("EXPLAIN INSERT INTO {on} DEFAULT VALUES"));
                    probes.push(format!("EXPLAIN DELETE FROM {on}"));
                }
                _ => {}
            }
        }
        probes.dedup();
        statements.extend(probes.into_iter().filter(|probe| works(probe)));
        statements
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Change, render::render};

    #[test]
    fn other_databases_refuse_it_when_it_is_planned() {
        let change = Change::rebuild_table("users", |t| {
            t.id();
        });
        for (dialect, product) in [(Dialect::Postgres, "PostgreSQL"), (Dialect::Mysql, "MySQL")] {
            let error = render(&change, dialect).unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "{product} has no need to make the table `users` again: `rebuild_table` is for SQLite; \
                     write `ALTER TABLE` in `sql!`, with a text for each dialect"
                )
            );
        }
    }

    #[test]
    fn what_was_broken_before_is_not_looked_at() {
        let object = |kind: &str, name: &str, table: &str, sql: &str| Object {
            kind: kind.into(),
            name: name.into(),
            table: table.into(),
            sql: Some(sql.into()),
        };
        let existing = Existing {
            objects: vec![
                object("table", "t", "t", "CREATE TABLE t (a INT)"),
                object("view", "v", "v", "CREATE VIEW v AS SELECT a FROM t"),
                object("view", "w", "w", "CREATE VIEW w AS SELECT gone FROM t"),
            ],
            columns: vec![("a".into(), false)],
        };
        let Change::RebuildTable(change) = Change::rebuild_table("T", |t| {
            t.integer("a").not_null();
        }) else {
            panic!("not a rebuild")
        };
        let statements = rebuild(&change, &existing, |probe| !probe.contains("\"w\"")).unwrap();
        let probes: Vec<&String> = (statements.iter())
            .filter(|one| one.starts_with("SELECT 1"))
            .collect();
        assert_eq!(probes, ["SELECT 1 FROM \"v\" LIMIT 0"]);
        assert_eq!(statements[..2], ["DROP VIEW \"w\"", "DROP VIEW \"v\""]);
        assert!(statements.contains(&"ALTER TABLE \"t__new\" RENAME TO \"t\"".to_owned()));
    }
}
