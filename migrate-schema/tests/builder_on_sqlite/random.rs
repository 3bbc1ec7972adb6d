//! Random changes: the catalog takes one exactly when the engine does, and both end up the same.

use migrate_schema::{
    Dialect,
    catalog::{Catalog, Column as Known, ConstraintKind},
    model::{Action, Change, Column, ColumnDefinition, ColumnType, ForeignKey},
    render::render,
};
use std::sync::Arc;

use proptest::{collection::vec, prelude::*};
use rusqlite::types::Value;

use super::engine::{self, Engine, text};

/// Few names, so that they meet; one that differs in case, one that an index and a table want, two that need quotes.
const TABLES: [&str; 5] = ["a", "b", "A", "i", "c d"];
const COLUMNS: [&str; 5] = ["x", "y", "X", "w\"q", "order"];
const INDEXES: [&str; 4] = ["i", "j", "b", "k l"];

/// The numbers that a change is made from; zero, the simplest choice everywhere, when they are used up.
struct Draw<'a> {
    numbers: std::slice::Iter<'a, u8>,
    catalog: &'a Catalog,
}

impl Draw<'_> {
    fn below(&mut self, limit: usize) -> usize {
        self.numbers
            .next()
            .map_or(0, |number| usize::from(*number) % limit)
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) >= 100 - chance
    }

    fn one_of(&mut self, names: &[&str]) -> String {
        names[self.below(names.len())].to_owned()
    }

    /// Mostly a table that is there.
    fn table(&mut self) -> String {
        let tables = engine::tables(self.catalog);
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        if names.is_empty() || self.percent(5) {
            return self.one_of(&TABLES);
        }
        self.one_of(&names)
    }

    /// Mostly a column that is there.
    fn column(&mut self, table: &str) -> String {
        let columns = self.columns(table);
        if columns.is_empty() || self.percent(5) {
            return self.one_of(&COLUMNS);
        }
        columns[self.below(columns.len())].name.clone()
    }

    fn columns(&self, table: &str) -> Vec<Arc<Known>> {
        engine::table(self.catalog, table).map_or_else(Vec::new, |table| table.columns.clone())
    }

    /// One to three names without repetition.
    fn some(&mut self, names: &[String]) -> Vec<String> {
        let mut chosen = vec![names[self.below(names.len())].clone()];
        while self.percent(30) {
            let name = &names[self.below(names.len())];
            if !chosen.contains(name) {
                chosen.push(name.clone());
            }
        }
        chosen
    }

    fn foreign_key(&mut self, own: &[String]) -> ForeignKey {
        let table = self.table();
        let referenced: Vec<String> = own.iter().map(|_| self.column(&table)).collect();
        let mut key = ForeignKey::new(own, table, referenced);
        if self.percent(50) {
            key.on_delete = Action::Cascade;
            key.on_update = Action::SetDefault;
        }
        key
    }

    fn definition(&mut self, name: &str, others: &[String]) -> ColumnDefinition {
        let word = ColumnType::WORDS[self.below(ColumnType::WORDS.len())];
        let column_type: ColumnType = word.parse().unwrap();
        let mut column = Column::new(name, column_type.clone());
        column.nullable = !self.percent(30);
        let mut definition = ColumnDefinition::from(column);
        definition.unique = self.percent(15);
        definition.primary_key = self.percent(10);
        if self.percent(20) {
            definition
                .checks
                .push(condition(&others[self.below(others.len())]));
        }
        if self.percent(20) {
            definition
                .foreign_keys
                .push(self.foreign_key(&[name.to_owned()]));
        }
        let default = self.below(4);
        let mut with_default = Change::add_column("t", |c| {
            let column = c.column(name, column_type.clone());
            match default {
                1 if column_type.is_integer() => column.default(1),
                1 if word == "text" => column.default("it's"),
                2 if word.starts_with("time") || word == "date" => column.default_now(),
                3 if word == "boolean" => column.default_expression("NOT FALSE"),
                _ => column,
            }
        });
        if let Change::AddColumn {
            definition: other, ..
        } = &mut with_default
        {
            definition.column.default = other.column.default.take();
        }
        definition
    }

    fn create_table(&mut self) -> Change {
        let name = self.one_of(&TABLES);
        let mut columns: Vec<String> = Vec::new();
        for _ in 0..=self.below(4) {
            let column = self.one_of(&COLUMNS);
            if !columns
                .iter()
                .any(|other| other.eq_ignore_ascii_case(&column))
            {
                columns.push(column);
            }
        }
        let definitions: Vec<_> = columns
            .iter()
            .map(|column| self.definition(column, &columns))
            .collect();
        let mut change = Change::create_table(name, |t| {
            if !definitions.iter().any(|definition| definition.primary_key) {
                match self.below(6) {
                    0 => {
                        t.id();
                    }
                    1 => {
                        t.big_id().auto_increment();
                    }
                    2 => t.primary_key(self.some(&columns)),
                    _ => {}
                }
            }
            if self.percent(20) {
                t.unique(self.some(&columns)).named("u");
            }
            if self.percent(20) {
                t.check("named", condition(&columns[self.below(columns.len())]));
            }
        });
        if let Change::CreateTable(table) = &mut change {
            let keys = self.percent(20).then(|| {
                let own = self.some(&columns);
                self.foreign_key(&own)
            });
            definitions
                .into_iter()
                .for_each(|definition| table.push(definition));
            table.foreign_keys.extend(keys);
        }
        change
    }

    fn create_index(&mut self) -> Change {
        let (name, table) = (self.one_of(&INDEXES), self.table());
        let columns: Vec<String> = (0..=self.below(2)).map(|_| self.column(&table)).collect();
        Change::create_index(name, &table, |mut index| {
            for column in columns {
                // Expressions are not the catalog's affair, so their columns have to be there.
                let known = self.has(&table, &column);
                let text = format!("coalesce({}, 1)", quoted(&column));
                index = match self.below(6) {
                    4 if known => index.expression(text),
                    5 if known => index.descending_expression(text),
                    3 => index.descending(column),
                    _ => index.column(column),
                };
            }
            let filter = self.column(&table);
            if self.percent(30) && self.has(&table, &filter) {
                index = index.filter(condition(&filter));
            }
            if self.percent(30) {
                index.unique()
            } else {
                index
            }
        })
    }

    fn has(&self, table: &str, column: &str) -> bool {
        let columns = self.columns(table);
        columns
            .iter()
            .any(|own| own.name.eq_ignore_ascii_case(column))
    }

    fn change(&mut self) -> Change {
        match self.below(16) {
            0..=3 => self.create_table(),
            4 => Change::drop_table(self.table()),
            5..=6 => {
                let (table, name) = (self.table(), self.one_of(&COLUMNS));
                let known = self.columns(&table);
                let mut others: Vec<String> =
                    known.iter().map(|column| column.name.clone()).collect();
                others.push(name.clone());
                let definition = self.definition(&name, &others);
                Change::AddColumn { table, definition }
            }
            7..=9 => {
                let table = self.table();
                let column = self.column(&table);
                Change::drop_column(table, column)
            }
            10 => Change::rename_table(self.table(), self.one_of(&TABLES)),
            11..=12 => {
                let table = self.table();
                let from = self.column(&table);
                Change::rename_column(table, from, self.one_of(&COLUMNS))
            }
            13..=14 => self.create_index(),
            _ => {
                let table = self.table();
                let known = engine::table(self.catalog, &table);
                let indexes = known.map_or(&[][..], |table| &table.indexes);
                let names: Vec<String> = indexes.iter().map(|index| index.name.clone()).collect();
                let name = match names.is_empty() || self.percent(5) {
                    true => self.one_of(&INDEXES),
                    false => names[self.below(names.len())].clone(),
                };
                Change::drop_index(name, table)
            }
        }
    }
}

fn change(numbers: &[u8], catalog: &Catalog) -> Change {
    let numbers = numbers.iter();
    Draw { numbers, catalog }.change()
}

fn quoted(name: &str) -> String {
    if name == "x" || name == "y" {
        return name.into();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A condition that holds for every row.
fn condition(column: &str) -> String {
    format!("{} IS NOT 'no such value'", quoted(column))
}

/// Whether a foreign key leads to a table or column that is not there: a rename may then give it one for good.
fn leads_nowhere(catalog: &Catalog) -> bool {
    let tables = engine::tables(catalog);
    let constraints = tables.iter().flat_map(|table| &table.constraints);
    constraints.into_iter().any(|one| {
        let ConstraintKind::ForeignKey {
            table, referred, ..
        } = &one.kind
        else {
            return false;
        };
        catalog.relation_by_key(table).is_none_or(|target| {
            let mut names = referred.iter();
            names.any(|name| catalog.column(target, name).is_none())
        })
    })
}

/// Makes the change where both agree, and says whether it was made.
fn make(engine: &mut Engine, change: &Change) -> bool {
    let verdict = engine.judge(change);
    let Ok(statements) = render(change, Dialect::Sqlite) else {
        return false;
    };
    let sql = statements.join(";");
    match verdict {
        Ok(_) => {
            // Whether rows refer to the table is not in the schema.
            engine.run("PRAGMA foreign_keys = OFF");
            engine.make(change);
            engine.run("PRAGMA foreign_keys = ON");
            true
        }
        Err(error) => {
            let agreed = engine.refuses(&sql);
            assert!(agreed, "{error}, but the engine takes {sql}");
            false
        }
    }
}

/// One row in each table whose constraints let it be: what is added later has to fit it.
fn fill(engine: &Engine) {
    for table in engine.tables() {
        let name = quoted(&table.name);
        if engine.row(&format!("SELECT count(*) FROM {name}")) == [Value::Integer(0)] {
            let _ = engine
                .connection
                .execute_batch(&format!("INSERT INTO {name} DEFAULT VALUES"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_catalog_agrees_with_the_engine(steps in vec(vec(any::<u8>(), 0..60), 1..30)) {
        let mut engine = Engine::new();
        for step in steps {
            let change = change(&step, &engine.catalog);
            make(&mut engine, &change);
            fill(&engine);
        }
    }

    #[test]
    fn the_inverse_takes_a_change_back(steps in vec(vec(any::<u8>(), 0..60), 1..30)) {
        let mut engine = Engine::new();
        for step in steps {
            let change = change(&step, &engine.catalog);
            let before = engine.catalog.clone();
            if make(&mut engine, &change) && let Some(inverse) = change.inverse() {
                if leads_nowhere(&before) {
                    continue;
                }
                prop_assert!(make(&mut engine, &inverse), "{inverse} is refused");
                // A rename of `A` back may give the table `a` its name in another case, and lose quotes that say nothing.
                let text = |catalog: &Catalog| text(catalog).to_lowercase();
                prop_assert_eq!(text(&engine.catalog), text(&before));
                prop_assert!(make(&mut engine, &change), "{change} is refused the second time");
            }
        }
    }

    #[test]
    fn the_canonical_text_tells_changes_apart(left in vec(any::<u8>(), 0..60), right in vec(any::<u8>(), 0..4), cut in 0..60_usize) {
        let catalog = engine::empty(Dialect::Sqlite);
        // Changes that differ in a few numbers only.
        let mut other = left.clone();
        for (position, number) in right.into_iter().enumerate() {
            if let Some(place) = other.get_mut(cut + position) {
                *place = number;
            }
        }
        let (left, right) = (change(&left, &catalog), change(&other, &catalog));
        prop_assert_eq!(left == right, left.canonical() == right.canonical(), "{:?} {:?}", left, right);
    }

    #[test]
    fn no_change_makes_anything_panic(step in vec(any::<u8>(), 0..60)) {
        for dialect in Dialect::ALL {
            let mut catalog = engine::empty(dialect);
            let first = change(&[], &catalog);
            let _ = engine::apply(&mut catalog, &first);
            let change = change(&step, &catalog);
            let _ = (render(&change, dialect), engine::apply(&mut catalog, &change), change.inverse());
        }
    }
}
