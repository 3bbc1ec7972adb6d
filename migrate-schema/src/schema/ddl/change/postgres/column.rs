//! Columns that are changed.

use super::{
    super::{
        super::{
            column::{collation, definition, identity_words},
            comment, constraint as text,
            expression::of_default,
            index,
            name::text as literal,
        },
        mention::{computes_with, mentions, uses_column},
        names::postgres as names,
    },
    DIALECT, DdlError, Plan, constraint, name, object_name, retype,
    table::drop_trigger,
};
use crate::schema::{
    Check, Column, Exclusion, ForeignKey, Index, IndexOn, IndexPart, Key, ObjectName, Table,
    Trigger,
    diff::{Change, TableChange},
};

/// What has to go before a column changes its type, and comes back right behind it.
#[derive(Default)]
struct Aside {
    generated: Vec<Column>,
    checks: Vec<Check>,
    indexes: Vec<Index>,
    triggers: Vec<Trigger>,
}

/// What goes with a column that is dropped.
struct OnColumn {
    primary_key: Option<Key>,
    uniques: Vec<Key>,
    foreign_keys: Vec<ForeignKey>,
    checks: Vec<Check>,
    exclusions: Vec<Exclusion>,
    indexes: Vec<Index>,
}

impl Plan<'_> {
    /// Changes of columns of one table: each column in as few statements as can be.
    pub(super) fn columns(&mut self, changes: &[Change]) -> Result<(), DdlError> {
        let mut done: Vec<&str> = Vec::new();
        for change in changes {
            let Some((table, column)) = altered(change) else {
                continue;
            };
            if done.contains(&column) {
                continue;
            }
            done.push(column);
            let own = |change: &&Change| altered(change) == Some((table, column));
            let before = self.column(table, column)?;
            let mut loses: Vec<String> = Vec::new();
            let own: Vec<&Change> = changes.iter().filter(own).collect();
            let mut changed = self.working.clone();
            for change in &own {
                changed.change(change);
                loses.extend(change.loses());
            }
            let tables = changed.tables.iter().find(|one| one.name == *table);
            let mut columns = tables.iter().flat_map(|table| &table.columns);
            let after = columns.find(|one| one.name == column).cloned();
            let after = after.unwrap_or_else(|| before.clone());
            let loses = (!loses.is_empty()).then(|| loses.join("; "));
            self.alter_column(table, &before, &after, loses)?;
            for change in own {
                self.working.change(change);
            }
        }
        Ok(())
    }

    fn column(&self, table: &ObjectName, column: &str) -> Result<Column, DdlError> {
        let columns = self.table(table)?.columns;
        let own = columns.into_iter().find(|one| one.name == column);
        own.ok_or_else(|| {
            DdlError::new(
                format!("the column {table}.{column}"),
                "the schema that the changes begin with has no such column",
                "compare again",
            )
        })
    }

    fn alter_column(
        &mut self,
        own: &ObjectName,
        before: &Column,
        after: &Column,
        loses: Option<String>,
    ) -> Result<(), DdlError> {
        if before.generated != after.generated && after.generated.is_some() {
            return self.make_again(own, after, loses);
        }
        let table = self.table(own)?;
        let mut alter = Alter::new(own, before);
        if before.generated.is_some() && after.generated.is_none() {
            alter.add("DROP EXPRESSION");
        }
        let is_retyped = before.data_type != after.data_type || before.collation != after.collation;
        let using = retype::using(&before.data_type, &after.data_type, &alter.column);
        let converts = retype::converts(&before.data_type, &after.data_type);
        let says_default_again = retype::is_other(&before.data_type, &after.data_type);
        self.drop_default(&mut alter, &table, before, after, says_default_again);
        if is_retyped {
            let words = type_words(after, using.as_deref());
            self.retype(&mut alter, own, before, words, converts, loses)?;
            if before.auto_increment && after.auto_increment {
                let sequence = sequence_of(&table, before);
                let data_type = after.data_type.trim();
                self.push(format!("ALTER SEQUENCE {sequence} AS {data_type}"));
            }
        }
        if let Some(default) = &after.default
            && (before.default != after.default || says_default_again)
        {
            alter.add(format!("SET DEFAULT {}", of_default(default, DIALECT)));
        }
        self.number(&mut alter, &table, before, after);
        if before.comment != after.comment {
            self.flush(&mut alter, None);
            self.push(comment::on_column(
                own,
                &before.name,
                after.comment.as_ref(),
            ));
        }
        self.flush(&mut alter, None);
        Ok(())
    }

    /// What gives a column its values goes before its type changes.
    fn drop_default(
        &mut self,
        alter: &mut Alter,
        table: &Table,
        before: &Column,
        after: &Column,
        says_again: bool,
    ) {
        let serial_goes = before.auto_increment && !after.auto_increment;
        let default_goes = before.default.is_some() && (after.default.is_none() || says_again);
        if default_goes || serial_goes {
            alter.add("DROP DEFAULT");
        }
        if serial_goes {
            self.flush(alter, None);
            self.push(format!("DROP SEQUENCE {}", sequence_of(table, before)));
        }
        if before.identity.is_some() && after.identity.is_none() {
            alter.add("DROP IDENTITY");
        }
    }

    /// NULL, and the numbers that the engine gives.
    fn number(&mut self, alter: &mut Alter, table: &Table, before: &Column, after: &Column) {
        let own = object_name(&table.name, DIALECT);
        let column = alter.column.clone();
        let highest = format!("coalesce((SELECT max({column}) FROM {own}), 0) + 1, false");
        let serial_comes = after.auto_increment && !before.auto_increment;
        if serial_comes {
            self.flush(alter, None);
            let sequence = sequence_of(table, after);
            let data_type = after.data_type.trim();
            self.push(format!(
                "CREATE SEQUENCE {sequence} AS {data_type} OWNED BY {own}.{column}"
            ));
            let quoted = literal(&sequence, DIALECT);
            self.push(format!("SELECT setval({quoted}, {highest})"));
            alter.add(format!("SET DEFAULT nextval({quoted})"));
        }
        if before.nullable && !after.nullable {
            let fill = match &after.default {
                Some(default) if after.generated.is_none() => Some(of_default(default, DIALECT)),
                _ => serial_comes.then(|| "DEFAULT".to_owned()),
            };
            if let Some(value) = fill {
                self.flush(alter, None);
                self.push(format!(
                    "UPDATE {own} SET {column} = {value} WHERE {column} IS NULL"
                ));
            }
            alter.add("SET NOT NULL");
        }
        if !before.nullable && after.nullable {
            alter.add("DROP NOT NULL");
        }
        match (before.identity, after.identity) {
            (None, Some(identity)) => {
                alter.add(format!(
                    "ADD GENERATED {} AS IDENTITY",
                    identity_words(identity)
                ));
                self.flush(alter, None);
                let table = literal(&own, DIALECT);
                let plain = literal(&after.name, DIALECT);
                self.push(format!(
                    "SELECT setval(pg_get_serial_sequence({table}, {plain}), {highest})"
                ));
            }
            (Some(from), Some(to)) if from != to => {
                alter.add(format!("SET GENERATED {}", identity_words(to)));
            }
            _ => {}
        }
    }

    /// Another type, with all that stands in its way.
    fn retype(
        &mut self,
        alter: &mut Alter,
        own: &ObjectName,
        before: &Column,
        words: String,
        converts: bool,
        loses: Option<String>,
    ) -> Result<(), DdlError> {
        let aside = self.set_aside(own, &before.name, converts)?;
        alter.add(words);
        self.flush(alter, loses);
        self.put_back(own, aside);
        Ok(())
    }

    /// A column gets a type of the same name that was made again.
    pub(super) fn convert_column(
        &mut self,
        own: &ObjectName,
        column: &Column,
        loses: Option<String>,
    ) -> Result<(), DdlError> {
        let mut alter = Alter::new(own, column);
        if column.default.is_some() {
            alter.add("DROP DEFAULT");
        }
        let using = retype::through_text(&column.data_type, &alter.column);
        let aside = self.set_aside(own, &column.name, true)?;
        alter.add(type_words(column, Some(&using)));
        if let Some(default) = &column.default {
            alter.add(format!("SET DEFAULT {}", of_default(default, DIALECT)));
        }
        self.flush(&mut alter, loses);
        self.put_back(own, aside);
        Ok(())
    }

    fn set_aside(
        &mut self,
        own: &ObjectName,
        column: &str,
        converts: bool,
    ) -> Result<Aside, DdlError> {
        self.without_views_of(own, Some(column));
        let table = self.table(own)?;
        let mut aside = Aside::default();
        for trigger in &table.triggers {
            if mentions(before_execute(&trigger.sql), column, DIALECT) {
                self.push(drop_trigger(own, &trigger.name));
                aside.triggers.push(trigger.clone());
            }
        }
        if converts {
            for (other, key) in self.foreign_keys_on(own, column) {
                self.without_foreign_key(&other, &key)?;
            }
            for check in &table.checks {
                if mentions(&check.expression, column, DIALECT) {
                    let name = names::check(&table, check);
                    self.push(constraint::drop(own, &name));
                    aside.checks.push(check.clone());
                }
            }
            for one in &table.indexes {
                if computes_with(one, column, DIALECT) {
                    self.push(constraint::drop_index(own, &one.name));
                    aside.indexes.push(one.clone());
                }
            }
        }
        for other in &table.columns {
            let generated = other.generated.as_ref();
            if generated.is_some_and(|one| mentions(&one.expression, column, DIALECT)) {
                self.without_views_of(own, Some(&other.name));
                aside.generated.push(other.clone());
            }
        }
        for other in &aside.generated {
            let column = name(&other.name, DIALECT);
            self.push(format!(
                "ALTER TABLE {} DROP COLUMN {column}",
                object_name(own, DIALECT)
            ));
        }
        Ok(aside)
    }

    fn put_back(&mut self, own: &ObjectName, aside: Aside) {
        let table = self
            .working
            .tables
            .iter()
            .find(|table| table.name == *own)
            .cloned();
        for column in &aside.generated {
            self.add_column(own, column);
        }
        for check in &aside.checks {
            self.push(constraint::add_check(own, check));
        }
        for one in &aside.indexes {
            for sql in index::create_index(DIALECT, own, one) {
                self.push(sql);
            }
        }
        if let Some(table) = table {
            for column in &aside.generated {
                let on = on_column(&table, &column.name);
                self.add_again(own, on, &aside);
            }
        }
        for trigger in &aside.triggers {
            self.push(trigger.sql.trim());
        }
    }

    /// What is computed otherwise is made again, with all that goes with it.
    fn make_again(
        &mut self,
        own: &ObjectName,
        after: &Column,
        loses: Option<String>,
    ) -> Result<(), DdlError> {
        self.without_views_of(own, Some(&after.name));
        for (other, key) in self.foreign_keys_on(own, &after.name) {
            self.without_foreign_key(&other, &key)?;
        }
        let table = self.table(own)?;
        let on = on_column(&table, &after.name);
        let column = name(&after.name, DIALECT);
        let sql = format!(
            "ALTER TABLE {} DROP COLUMN {column}",
            object_name(own, DIALECT)
        );
        self.push_losing(sql, loses);
        self.add_column(own, after);
        self.add_again(own, on, &Aside::default());
        Ok(())
    }

    fn add_column(&mut self, own: &ObjectName, column: &Column) {
        let table = object_name(own, DIALECT);
        let words = definition(column, DIALECT);
        self.push(format!("ALTER TABLE {table} ADD COLUMN {words}"));
        self.comment_on_column(own, column);
    }

    /// Adds what went with a column, apart from what was put aside.
    fn add_again(&mut self, own: &ObjectName, on: OnColumn, aside: &Aside) {
        if let Some(key) = &on.primary_key {
            self.push(constraint::add(own, &text::primary_key(key, DIALECT)));
        }
        for key in &on.uniques {
            self.push(constraint::add(own, &text::unique(key, DIALECT)));
        }
        for check in on.checks.iter().filter(|one| !aside.checks.contains(one)) {
            self.push(constraint::add_check(own, check));
        }
        for one in &on.exclusions {
            self.push(constraint::add(own, &text::exclusion(one, DIALECT)));
        }
        for one in on.indexes.iter().filter(|one| !aside.indexes.contains(one)) {
            for sql in index::create_index(DIALECT, own, one) {
                self.push(sql);
            }
        }
        for key in on.foreign_keys {
            let gone = self
                .foreign_keys
                .iter()
                .any(|(_, one)| one.columns == key.columns && one.table == key.table);
            if !gone {
                let sql = super::super::super::create::add_foreign_key(DIALECT, own, &key);
                self.push(sql);
            }
        }
    }

    /// The foreign keys from and to a column, with their tables.
    fn foreign_keys_on(&self, own: &ObjectName, column: &str) -> Vec<(ObjectName, ForeignKey)> {
        let has = |columns: &[String]| columns.iter().any(|one| one == column);
        let key_of = self.working.tables.iter().find(|table| table.name == *own);
        let key_of = key_of.and_then(|table| table.primary_key.as_ref());
        let is_key = key_of.is_some_and(|key| is_on(key, column));
        let tables = self.working.tables.iter();
        let keys = tables.flat_map(|table| table.foreign_keys.iter().map(|key| (&table.name, key)));
        keys.filter(|(table, key)| {
            let referred = has(&key.referred) || (key.referred.is_empty() && is_key);
            (*table == own && has(&key.columns)) || (key.table == *own && referred)
        })
        .map(|(table, key)| (table.clone(), key.clone()))
        .collect()
    }

    fn flush(&mut self, alter: &mut Alter, loses: Option<String>) {
        if let Some(sql) = alter.take() {
            self.push_losing(sql, loses);
        }
    }
}

/// `ALTER TABLE` with several actions on one column.
struct Alter {
    table: String,
    /// The column, as it is written.
    column: String,
    actions: Vec<String>,
}

impl Alter {
    fn new(table: &ObjectName, column: &Column) -> Self {
        Self {
            table: object_name(table, DIALECT),
            column: name(&column.name, DIALECT),
            actions: Vec::new(),
        }
    }

    fn add(&mut self, action: impl AsRef<str>) {
        let action = action.as_ref();
        self.actions
            .push(format!("ALTER COLUMN {} {action}", self.column));
    }

    fn take(&mut self) -> Option<String> {
        let actions = std::mem::take(&mut self.actions);
        let table = &self.table;
        match actions.as_slice() {
            [] => None,
            [only] => Some(format!("ALTER TABLE {table} {only}")),
            _ => Some(format!(
                "ALTER TABLE {table}\n    {}",
                actions.join(",\n    ")
            )),
        }
    }
}

/// `TYPE …`.
fn type_words(column: &Column, using: Option<&str>) -> String {
    let mut words = format!("TYPE {}", column.data_type.trim());
    if let Some(collation) = collation(column, DIALECT) {
        words += &format!(" {collation}");
    }
    if let Some(using) = using {
        words += &format!(" USING {using}");
    }
    words
}

fn altered(change: &Change) -> Option<(&ObjectName, &str)> {
    match change {
        Change::AlterTable {
            table,
            change: TableChange::AlterColumn { column, .. },
        } => Some((table, column)),
        _ => None,
    }
}

/// The sequence of a column, as it is written.
fn sequence_of(table: &Table, column: &Column) -> String {
    let sequence = ObjectName {
        schema: table.name.schema.clone(),
        name: names::sequence(table, &column.name),
    };
    object_name(&sequence, DIALECT)
}

/// The part of a trigger that may name columns.
fn before_execute(sql: &str) -> &str {
    let execute = crate::lex::tokens(sql, DIALECT).find(|token| token.is_word(sql, "execute"));
    &sql[..execute.map_or(sql.len(), |token| token.start)]
}

fn is_on(key: &Key, column: &str) -> bool {
    let part = |part: &IndexPart| part.on == IndexOn::Column(column.to_owned());
    key.parts.iter().any(part) || key.include.iter().any(|one| one == column)
}

/// What the engine drops with a column.
fn on_column(table: &Table, column: &str) -> OnColumn {
    let keys = table.uniques.iter().filter(|key| is_on(key, column));
    let foreign = table.foreign_keys.iter();
    let foreign = foreign.filter(|key| key.columns.iter().any(|one| one == column));
    let checks = table.checks.iter();
    let checks = checks.filter(|check| mentions(&check.expression, column, DIALECT));
    let exclusions = table.exclusions.iter();
    let exclusions = exclusions.filter(|one| mentions(&one.definition, column, DIALECT));
    let indexes = table.indexes.iter();
    let indexes = indexes.filter(|index| uses_column(index, column, DIALECT));
    OnColumn {
        primary_key: table.primary_key.clone().filter(|key| is_on(key, column)),
        uniques: keys.cloned().collect(),
        foreign_keys: foreign.cloned().collect(),
        checks: checks.cloned().collect(),
        exclusions: exclusions.cloned().collect(),
        indexes: indexes.cloned().collect(),
    }
}

/// Takes out of a table what the engine drops with a column.
pub(super) fn without(table: &mut Table, column: &str) {
    let on = on_column(table, column);
    if on.primary_key.is_some() {
        table.primary_key = None;
    }
    table.uniques.retain(|one| !on.uniques.contains(one));
    table
        .foreign_keys
        .retain(|one| !on.foreign_keys.contains(one));
    table.checks.retain(|one| !on.checks.contains(one));
    table.exclusions.retain(|one| !on.exclusions.contains(one));
    table.indexes.retain(|one| !on.indexes.contains(one));
}
