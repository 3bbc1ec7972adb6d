//! All changes of a table, as one statement.

use super::{
    super::{
        super::{
            constraint as text, expression::of_default, index, name::text as literal,
            table::option_on_mysql,
        },
        mention::uses_column,
        names::mysql as names,
    },
    DIALECT, DdlError, Plan, Planned, column, name, object_name,
};
use crate::schema::{
    Column, Index, ObjectName, Table, TableKind,
    diff::{Change, TableChange},
};

/// The parts of `ALTER TABLE`, in the order in which they are written.
#[derive(Default)]
struct Clauses {
    drops: Vec<String>,
    columns: Vec<String>,
    adds: Vec<String>,
    options: Vec<String>,
    loses: Vec<String>,
    /// Columns that are changed, each once.
    changed: Vec<String>,
    /// The indexes that go, by their names.
    indexes_gone: Vec<String>,
}

impl Plan<'_> {
    pub(super) fn alter_table(
        &self,
        own: &ObjectName,
        changes: &[TableChange],
        statements: &mut Vec<Planned>,
    ) -> Result<(), DdlError> {
        let missing = || {
            DdlError::new(
                format!("the table {own}"),
                "the schema that the changes begin with has no such table",
                "compare again",
            )
        };
        let before = self.now(own).ok_or_else(missing)?;
        let mut after = self.working.clone();
        for change in changes {
            after.change(&Change::alter(own.clone(), change.clone()));
        }
        let after = after.tables.into_iter().find(|table| table.name == *own);
        let after = after.ok_or_else(missing)?;
        let mut clauses = Clauses::default();
        for change in changes {
            let told = Change::alter(own.clone(), change.clone());
            clauses.loses.extend(told.loses());
            self.clause(before, &after, change, &mut clauses)?;
        }
        for left in self.left_on(own) {
            clauses
                .drops
                .push(format!("DROP INDEX {}", name(&left, DIALECT)));
        }
        self.columns(before, &after, changes, &mut clauses);
        convert(own, before, &after, changes, &mut clauses, statements);
        self.fill(own, before, &after, &clauses, statements);
        statements.extend(clauses.written(own));
        Ok(())
    }

    fn clause(
        &self,
        before: &Table,
        after: &Table,
        change: &TableChange,
        clauses: &mut Clauses,
    ) -> Result<(), DdlError> {
        let own = &before.name;
        match change {
            TableChange::AddColumn(_) => {}
            TableChange::DropColumn(column) => {
                let column = name(&column.name, DIALECT);
                clauses.drops.push(format!("DROP COLUMN {column}"));
            }
            TableChange::AlterColumn { column, .. } => clauses.change(column),
            TableChange::AddPrimaryKey(key) => {
                clauses.adds.push(add(&text::primary_key(key, DIALECT)))
            }
            TableChange::DropPrimaryKey(_) => clauses.drops.push("DROP PRIMARY KEY".to_owned()),
            TableChange::AddUnique(key) => clauses.adds.push(add(&text::unique(key, DIALECT))),
            TableChange::DropUnique(key) => clauses.drop_index(&names::unique(key)),
            TableChange::AddCheck(check) if check.name.is_none() && check.column.is_some() => {
                let column = check.column.as_deref().unwrap_or_default();
                clauses.changed_with_check(column, check, after);
            }
            TableChange::AddCheck(check) => clauses.adds.push(add(&text::check(check, DIALECT))),
            // It is a part of the column there, and goes where it is not said again.
            TableChange::DropCheck(check) if check.name.is_none() && check.column.is_some() => {
                clauses.change(check.column.as_deref().unwrap_or_default());
            }
            TableChange::DropCheck(check) => {
                let check = names::check(before, check)?;
                let check = name(&check, DIALECT);
                clauses.drops.push(format!("DROP CONSTRAINT {check}"));
            }
            TableChange::CreateIndex(one) if self.is_left(own, one) => {}
            TableChange::CreateIndex(one) => clauses.adds.push(add(&index::inside(one))),
            TableChange::DropIndex(one) => clauses.drop_index(&one.name),
            TableChange::IndexComment { index: one, to, .. } => {
                let found = before.indexes.iter().find(|index| index.name == *one);
                if let Some(found) = found {
                    clauses.drop_index(one);
                    let again = Index {
                        comment: to.clone(),
                        ..found.clone()
                    };
                    clauses.adds.push(add(&index::inside(&again)));
                }
            }
            TableChange::Option { name, to, .. } => clauses.option(name, to.as_deref()),
            TableChange::Comment { to, .. } => {
                let comment = literal(to.as_deref().unwrap_or_default(), DIALECT);
                clauses.options.push(format!("COMMENT={comment}"));
            }
            TableChange::Kind { to, .. } => clauses.options.push(match to {
                TableKind::Partitioned(by) => format!("PARTITION BY {}", by.trim()),
                TableKind::Plain => "REMOVE PARTITIONING".to_owned(),
                _ => {
                    let told = Change::alter(own.clone(), change.clone());
                    return Err(super::super::foreign(&told, DIALECT));
                }
            }),
            other => {
                let told = Change::alter(own.clone(), other.clone());
                return Err(super::super::foreign(&told, DIALECT));
            }
        }
        Ok(())
    }

    /// Columns that are added and changed, in the order in which they stand in the end.
    fn columns(
        &self,
        before: &Table,
        after: &Table,
        changes: &[TableChange],
        clauses: &mut Clauses,
    ) {
        let then = self.then(&before.name).unwrap_or(after);
        let dropped = |column: &str| {
            changes
                .iter()
                .any(|change| matches!(change, TableChange::DropColumn(one) if one.name == column))
        };
        let mut there: Vec<String> = (before.columns.iter())
            .map(|column| column.name.clone())
            .filter(|column| !dropped(column))
            .collect();
        for wanted in std::mem::take(&mut clauses.changed) {
            let find = |table: &Table| {
                let mut columns = table.columns.iter();
                columns.find(|one| one.name == wanted).cloned()
            };
            let (Some(old), Some(new)) = (find(before), find(after)) else {
                continue;
            };
            // As it is to be, with what was not compared: a collation that only one side says.
            let new = find(then).map_or_else(|| new.clone(), |then| in_words(&new, then));
            if column::has_to_be_made_again(&old, &new) {
                there.retain(|one| *one != wanted);
                clauses.make_again(&new, &column::place(&wanted, &there, then), before, after);
                there.push(wanted);
            } else {
                clauses.columns.push(column::modify(after, &new, before));
            }
        }
        let is_new = |column: &&Column| !before.columns.iter().any(|one| one.name == column.name);
        let mut new: Vec<&Column> = after.columns.iter().filter(is_new).collect();
        let position =
            |column: &&Column| then.columns.iter().position(|one| one.name == column.name);
        new.sort_by_key(position);
        for wanted in new {
            let place = column::place(&wanted.name, &there, then);
            let mut clause = column::add(wanted, &place);
            let own = |check: &&crate::schema::Check| {
                check.name.is_none() && check.column.as_ref() == Some(&wanted.name)
            };
            if place.is_empty() {
                for check in after.checks.iter().filter(own) {
                    clause += &format!(" {}", text::check(check, DIALECT));
                }
            } else {
                let checks = after.checks.iter().filter(own);
                let checks = checks.map(|check| format!(" {}", text::check(check, DIALECT)));
                let checks: String = checks.collect();
                clause.insert_str(clause.len() - place.len(), &checks);
            }
            clauses.columns.push(clause);
            there.push(wanted.name.clone());
        }
    }

    /// Where a column takes NULL no longer, its rows get the default first.
    fn fill(
        &self,
        own: &ObjectName,
        before: &Table,
        after: &Table,
        clauses: &Clauses,
        statements: &mut Vec<Planned>,
    ) {
        let table = object_name(own, DIALECT);
        for new in &after.columns {
            let old = before.columns.iter().find(|one| one.name == new.name);
            let Some(old) = old.filter(|old| old.nullable && !new.nullable) else {
                continue;
            };
            let Some(default) = new.default.as_ref().filter(|_| old.generated.is_none()) else {
                continue;
            };
            if clauses.columns.is_empty() {
                continue;
            }
            if old.data_type != new.data_type {
                // The default may be none of the old type's values.
                let between = Column {
                    nullable: true,
                    default: None,
                    on_update: None,
                    ..new.clone()
                };
                let clause = column::modify(before, &between, before);
                statements.push(Planned::new(format!("ALTER TABLE {table} {clause}")));
            }
            let column = name(&new.name, DIALECT);
            let value = of_default(default, DIALECT);
            statements.push(Planned::new(format!(
                "UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"
            )));
        }
    }
}

/// A column in the words of what is wanted.
fn in_words(after: &Column, then: Column) -> Column {
    Column {
        name: after.name.clone(),
        ..then
    }
}

fn add(clause: &str) -> String {
    format!("ADD {clause}")
}

/// Another character set or collation of the table is that of its columns too, where they say nothing else. The engine
/// may make their types larger then, so all that have texts are said again.
fn convert(
    own: &ObjectName,
    before: &Table,
    after: &Table,
    changes: &[TableChange],
    clauses: &mut Clauses,
    statements: &mut Vec<Planned>,
) {
    let value = |table: &Table, wanted: &str| {
        let mut options = table.options.iter();
        options
            .find(|(option, _)| option == wanted)
            .map(|(_, value)| value.clone())
    };
    let changed = |wanted: &str| {
        changes.iter().any(|change| {
            matches!(change, TableChange::Option { name, from: Some(_), to: Some(_) } if name == wanted)
        })
    };
    let (charset, collation) = (value(after, "charset"), value(after, "collate"));
    if !(changed("charset") || changed("collate")) {
        return;
    }
    let from_collation = collation.as_deref().and_then(|one| one.split('_').next());
    let Some(charset) = charset.or_else(|| from_collation.map(str::to_owned)) else {
        return;
    };
    let mut sql = format!(
        "ALTER TABLE {} CONVERT TO CHARACTER SET {charset}",
        object_name(own, DIALECT)
    );
    if let Some(collation) = collation {
        sql += &format!(" COLLATE {collation}");
    }
    statements.push(Planned::new(sql));
    clauses
        .options
        .retain(|option| !option.starts_with("DEFAULT CHARSET") && !option.starts_with("COLLATE"));
    let has_text = |column: &&Column| {
        let word = column.data_type.to_ascii_lowercase();
        ["char", "text", "enum", "set"]
            .iter()
            .any(|one| word.contains(one))
    };
    for column in before.columns.iter().filter(has_text) {
        let stays = after.columns.iter().find(|one| one.name == column.name);
        let is_changed = changes.iter().any(|change| {
            matches!(change, TableChange::AlterColumn { column: one, .. } if *one == column.name)
        });
        if let Some(stays) = stays.filter(|_| !is_changed) {
            clauses.columns.push(column::modify(after, stays, before));
        }
    }
}

impl Clauses {
    fn change(&mut self, column: &str) {
        if !self.changed.iter().any(|one| one == column) {
            self.changed.push(column.to_owned());
        }
    }

    /// A check behind a column is said with it, where the column is there already.
    fn changed_with_check(&mut self, column: &str, check: &crate::schema::Check, after: &Table) {
        // MySQL takes it as one of the table, and MariaDB as it was meant.
        let table_check = text::check(check, DIALECT);
        let is_there = after.columns.iter().any(|one| one.name == column);
        if is_there {
            self.change(column);
        } else {
            self.adds.push(add(&table_check));
        }
    }

    fn drop_index(&mut self, index: &str) {
        if !self.indexes_gone.iter().any(|one| one == index) {
            self.drops
                .push(format!("DROP INDEX {}", name(index, DIALECT)));
            self.indexes_gone.push(index.to_owned());
        }
    }

    fn option(&mut self, option: &str, to: Option<&str>) {
        match (option, to) {
            ("row_format", None) => self.options.push("ROW_FORMAT=DEFAULT".to_owned()),
            ("key_block_size", None) => self.options.push("KEY_BLOCK_SIZE=0".to_owned()),
            // What is said no longer may be what the engine does by itself.
            (_, None) => {}
            (option, Some(to)) => self.options.push(option_on_mysql(option, to)),
        }
    }

    /// A column goes and comes again, with the indexes that it is in.
    fn make_again(&mut self, new: &Column, place: &str, before: &Table, after: &Table) {
        let column = name(&new.name, DIALECT);
        let on = |table: &Table| -> Vec<Index> {
            let indexes = table.indexes.iter();
            let indexes = indexes.filter(|one| uses_column(one, &new.name, DIALECT));
            indexes.cloned().collect()
        };
        for one in on(before) {
            let stays = after.indexes.contains(&one);
            if stays && !self.indexes_gone.contains(&one.name) {
                self.drop_index(&one.name);
                self.adds.push(add(&index::inside(&one)));
            }
        }
        for key in &before.uniques {
            let part = |part: &crate::schema::IndexPart| {
                part.on == crate::schema::IndexOn::Column(new.name.clone())
            };
            let own = names::unique(key);
            if key.parts.iter().any(part)
                && after.uniques.contains(key)
                && !self.indexes_gone.contains(&own)
            {
                self.drop_index(&own);
                self.adds.push(add(&text::unique(key, DIALECT)));
            }
        }
        self.drops.push(format!("DROP COLUMN {column}"));
        self.columns.push(column::add(new, place));
    }

    fn written(self, own: &ObjectName) -> Option<Planned> {
        let (partition, options): (Vec<String>, Vec<String>) = self
            .options
            .into_iter()
            .partition(|option| option.contains("PARTITION"));
        let clauses: Vec<String> = (self.drops.into_iter())
            .chain(self.columns)
            .chain(self.adds)
            .chain(options)
            .collect();
        let table = object_name(own, DIALECT);
        let mut sql = match clauses.as_slice() {
            [] if partition.is_empty() => return None,
            [] => format!("ALTER TABLE {table}"),
            [only] => format!("ALTER TABLE {table} {only}"),
            _ => format!("ALTER TABLE {table}\n    {}", clauses.join(",\n    ")),
        };
        for partition in partition {
            sql += &format!(" {partition}");
        }
        Some(Planned {
            loses: (!self.loses.is_empty()).then(|| self.loses.join("; ")),
            ..Planned::new(sql)
        })
    }
}
