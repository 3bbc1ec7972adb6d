//! What `ALTER TABLE` of SQLite can do.

use super::super::{Planned, column, constraint, name, object_name};
use crate::{
    Dialect,
    lex::{self, TokenKind},
    schema::{
        Check, Column, ForeignKey, Index, IndexOn, Schema, Table,
        diff::{Change, TableChange, words},
    },
};

const DIALECT: Dialect = Dialect::Sqlite;

/// The statements of `ALTER TABLE` that do all of this; none where it cannot.
pub(super) fn in_place(
    schema: &Schema,
    table: &Table,
    changes: &[(usize, &TableChange)],
) -> Option<Vec<Planned>> {
    let mut added: Vec<Added<'_>> = Vec::new();
    let mut dropped: Vec<&Column> = Vec::new();
    for (_, change) in changes {
        match change {
            TableChange::AddColumn(column) => added.push(Added::new(column)?),
            TableChange::DropColumn(column) => dropped.push(column),
            _ => {}
        }
    }
    for (_, change) in changes {
        match change {
            TableChange::AddColumn(_) | TableChange::DropColumn(_) => {}
            TableChange::AddForeignKey(key) => refer(&mut added, key)?,
            TableChange::AddCheck(check) => guard(table, &mut added, check)?,
            _ => return None,
        }
    }
    let left = table.columns.len() - dropped.len().min(table.columns.len());
    if left == 0 || !dropped.iter().all(|column| can_drop(schema, table, column)) {
        return None;
    }
    let own = object_name(&table.name, DIALECT);
    let drops = dropped.iter().map(|column| {
        let change = TableChange::DropColumn((*column).clone());
        Planned {
            loses: Change::alter(table.name.clone(), change).loses(),
            ..Planned::new(format!(
                "ALTER TABLE {own} DROP COLUMN {}",
                name(&column.name, DIALECT)
            ))
        }
    });
    let adds = added.iter().map(|one| {
        let mut sql = format!(
            "ALTER TABLE {own} ADD COLUMN {}",
            column::definition(one.column, DIALECT)
        );
        for check in &one.checks {
            sql += &format!(" {}", constraint::check(check, DIALECT));
        }
        if let Some(key) = one.foreign_key {
            let named = constraint::named(key.name.as_ref(), DIALECT);
            sql += &format!(" {named}{}", constraint::references(key, DIALECT));
        }
        Planned::new(sql)
    });
    Some(drops.chain(adds).collect())
}

/// A column that is added, with what stands behind it.
struct Added<'a> {
    column: &'a Column,
    checks: Vec<&'a Check>,
    foreign_key: Option<&'a ForeignKey>,
}

impl<'a> Added<'a> {
    /// None where only an empty table could get the column so.
    fn new(column: &'a Column) -> Option<Self> {
        let stored = column.generated.as_ref().is_some_and(|one| one.stored);
        let constant = column.default.as_deref().is_none_or(is_constant);
        (!stored && constant && !column.auto_increment).then_some(Self {
            column,
            checks: Vec::new(),
            foreign_key: None,
        })
    }

    fn is(&self, name: &str) -> bool {
        self.column.name.eq_ignore_ascii_case(name)
    }
}

fn refer<'a>(added: &mut [Added<'a>], key: &'a ForeignKey) -> Option<()> {
    let [column] = key.columns.as_slice() else {
        return None;
    };
    let own = added.iter_mut().find(|one| one.is(column))?;
    let null = own.column.default.as_deref().is_none_or(is_null);
    if own.foreign_key.is_some() || !null {
        return None;
    }
    own.foreign_key = Some(key);
    Some(())
}

/// A check of new columns alone stands behind the last of them.
fn guard<'a>(table: &Table, added: &mut [Added<'a>], check: &'a Check) -> Option<()> {
    let said = words(&check.expression, DIALECT);
    let is_said = |column: &str| said.contains(&column.to_lowercase());
    let rowid = ["rowid", "_rowid_", "oid"].into_iter().any(is_said);
    if rowid || table.columns.iter().any(|one| is_said(&one.name)) {
        return None;
    }
    let last = added.iter_mut().rfind(|one| is_said(&one.column.name))?;
    last.checks.push(check);
    Some(())
}

/// Whether `DROP COLUMN` can do it: nothing else may say the column's name.
fn can_drop(schema: &Schema, table: &Table, column: &Column) -> bool {
    let own = column.name.to_lowercase();
    let says = |text: &str| words(text, DIALECT).contains(&own);
    let is = |other: &str| other.eq_ignore_ascii_case(&column.name);
    let on = |on: &IndexOn| match on {
        IndexOn::Column(other) => is(other),
        IndexOn::Expression(text) => says(text),
    };
    let index = |index: &Index| {
        index.parts.iter().any(|part| on(&part.on)) || index.predicate.as_deref().is_some_and(says)
    };
    let keys = table.primary_key.iter().chain(&table.uniques);
    let in_table = keys.flat_map(|key| &key.parts).any(|part| on(&part.on))
        || table
            .foreign_keys
            .iter()
            .any(|key| key.columns.iter().any(|other| is(other)))
        || table.checks.iter().any(|check| says(&check.expression))
        || table.indexes.iter().any(index)
        || (table.columns.iter())
            .filter_map(|one| one.generated.as_ref())
            .any(|generated| says(&generated.expression));
    let in_views = schema
        .views
        .iter()
        .any(|view| says(&view.query) || view.triggers.iter().any(|trigger| says(&trigger.sql)));
    let in_triggers =
        (schema.tables.iter().flat_map(|table| &table.triggers)).any(|trigger| says(&trigger.sql));
    !(in_table || in_views || in_triggers)
}

/// Whether SQLite can put the default into rows that are there without writing them.
fn is_constant(default: &str) -> bool {
    let tokens: Vec<lex::Token> = lex::tokens(default, DIALECT).collect();
    let sign = tokens
        .first()
        .is_some_and(|first| first.is_symbol(default, '-') || first.is_symbol(default, '+'));
    match &tokens[usize::from(sign)..] {
        [only] => match only.kind {
            TokenKind::Number => true,
            TokenKind::Text => !sign && !only.text(default).starts_with('"'),
            TokenKind::Word => {
                let word = only.text(default).to_lowercase();
                !sign && matches!(word.as_str(), "null" | "true" | "false")
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_null(default: &str) -> bool {
    default.trim().eq_ignore_ascii_case("null")
}
