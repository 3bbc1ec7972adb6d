//! Schemas for tests: any that a list of choices makes.

use proptest::prelude::*;

use crate::{
    Dialect,
    schema::{
        Check, Column, Deferrable, ForeignKey, Generated, Index, IndexOn, IndexPart, Key,
        ObjectName, Schema, Table, Trigger, View,
    },
};

/// Any schema of SQLite that the engine takes.
pub(in crate::schema) fn sqlite() -> impl Strategy<Value = Schema> {
    prop::collection::vec(any::<u8>(), 20..220)
        .prop_map(|bytes| Sqlite(Choices(bytes.into_iter())).schema())
}

/// Numbers to choose by; zeros at the end.
pub(in crate::schema) struct Choices(pub(in crate::schema) std::vec::IntoIter<u8>);

impl Choices {
    pub(in crate::schema) fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % count.max(1)
    }

    /// One in so many times.
    pub(in crate::schema) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(in crate::schema) fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    pub(in crate::schema) fn some<T: Clone>(&mut self, list: &[T], most: usize) -> Vec<T> {
        let mut left = list.to_vec();
        let count = 1 + self.below(most.min(left.len()));
        (0..count)
            .map(|_| left.remove(self.below(left.len())))
            .collect()
    }
}

const TABLES: [&str; 4] = ["users", "Order", "team members", "t"];
const COLUMNS: [&str; 6] = ["id", "name", "a b", "Group", "x", "y"];
const TYPES: [&str; 8] = [
    "INTEGER",
    "TEXT",
    "REAL",
    "BLOB",
    "NUMERIC",
    "VARCHAR(10)",
    "INT",
    "",
];
const STRICT_TYPES: [&str; 6] = ["INTEGER", "TEXT", "REAL", "BLOB", "INT", "ANY"];

pub(in crate::schema) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

struct Sqlite(Choices);

impl Sqlite {
    fn schema(mut self) -> Schema {
        let mut schema = Schema::empty(Dialect::Sqlite);
        let names = self.0.some(&TABLES, TABLES.len());
        for name in names {
            let table = self.table(name);
            schema.tables.push(table);
        }
        self.foreign_keys(&mut schema);
        self.triggers(&mut schema);
        self.views(&mut schema);
        schema
    }

    fn table(&mut self, name: &str) -> Table {
        let mut table = Table::new(ObjectName::bare(name));
        table.strict = self.0.one_in(4);
        let types: &[&str] = if table.strict { &STRICT_TYPES } else { &TYPES };
        for name in self.0.some(&COLUMNS, COLUMNS.len()) {
            let mut column = Column::new(name, self.0.of(types));
            column.nullable = !self.0.one_in(3);
            if self.0.one_in(3) {
                let defaults = ["1", "'it''s'", "NULL", "-2.5", "CURRENT_TIMESTAMP", "1 + 1"];
                let default = self.0.of(&defaults);
                column.default = Some(default.to_owned());
            }
            if self.0.one_in(4) {
                column.collation = Some(self.0.of(&["NOCASE", "RTRIM"]).to_owned());
            }
            table.columns.push(column);
        }
        self.generated(&mut table);
        self.keys(&mut table);
        self.checks(&mut table);
        self.indexes(&mut table);
        implied(&mut table);
        table
    }

    /// The last column is computed from the first.
    fn generated(&mut self, table: &mut Table) {
        if table.columns.len() < 2 || !self.0.one_in(3) {
            return;
        }
        let first = quoted(&table.columns[0].name);
        let expression = self.0.of(&["length({})", "{} || 'x'", "coalesce({}, 1)"]);
        let stored = self.0.one_in(2);
        if let Some(last) = table.columns.last_mut() {
            last.default = None;
            last.nullable = true;
            last.data_type = (if table.strict { "ANY" } else { "" }).to_owned();
            last.generated = Some(Generated {
                expression: expression.replace("{}", &first),
                stored,
            });
        }
    }

    fn keys(&mut self, table: &mut Table) {
        let plain: Vec<String> = plain(table);
        if self.0.one_in(5) {
            table.without_rowid = true;
        }
        if table.without_rowid || !self.0.one_in(3) {
            let columns = self.0.some(&plain, 2);
            let mut key = Key::on(columns.iter().cloned());
            let only = (table.columns.iter_mut()).find(|one| columns == [one.name.as_str()]);
            if let Some(column) = only
                && column.data_type == "INTEGER"
                && !table.without_rowid
                && self.0.one_in(2)
            {
                column.auto_increment = true;
            } else if self.0.one_in(4) {
                key.name = Some(format!("{}_key", table.name.name));
            }
            table.primary_key = Some(key);
        }
        for at in 0..self.0.below(3) {
            let mut key = Key::on(self.0.some(&plain, 2));
            if self.0.one_in(3) {
                key.name = Some(format!("unique {at}"));
            }
            let said = |other: &Key| other.parts == key.parts;
            let double = table.uniques.iter().any(said) || table.primary_key.iter().any(said);
            if !double {
                table.uniques.push(key);
            }
        }
    }

    fn checks(&mut self, table: &mut Table) {
        for at in 0..self.0.below(3) {
            let column = self.0.of(&table.columns).name;
            let text = self
                .0
                .of(&["{} IS NULL OR length({}) < 1000", "{} <> 'no'", "1 > 0"]);
            let expression = text.replace("{}", &quoted(&column));
            let said = |one: &Check| one.expression == expression;
            if table.checks.iter().any(said) {
                continue;
            }
            let named = self.0.one_in(2);
            table.checks.push(Check {
                name: named.then(|| format!("check_{at}")),
                expression,
                column: self.0.one_in(3).then_some(column),
                no_inherit: false,
                not_valid: false,
            });
        }
    }

    fn indexes(&mut self, table: &mut Table) {
        let columns: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
        for at in 0..self.0.below(3) {
            let mut parts = Vec::new();
            for column in self.0.some(&columns, 2) {
                let mut part = IndexPart::column(column.clone());
                if self.0.one_in(4) {
                    part.on = IndexOn::Expression(format!("lower({})", quoted(&column)));
                }
                part.descending = self.0.one_in(4);
                if self.0.one_in(4) {
                    part.collation = Some("NOCASE".into());
                }
                parts.push(part);
            }
            let predicate = self.0.one_in(3);
            let on = quoted(&self.0.of(&columns));
            table.indexes.push(Index {
                name: format!("{} {at}", table.name.name),
                unique: self.0.one_in(4),
                method: None,
                parts,
                include: Vec::new(),
                nulls_not_distinct: false,
                predicate: predicate.then(|| format!("{on} IS NOT NULL")),
                comment: None,
            });
        }
    }

    fn foreign_keys(&mut self, schema: &mut Schema) {
        let targets: Vec<(ObjectName, Vec<String>)> = (schema.tables.iter())
            .filter_map(|table| Some((table.name.clone(), columns_of(table.primary_key.as_ref()?))))
            .collect();
        for table in &mut schema.tables {
            if targets.is_empty() || !self.0.one_in(2) {
                continue;
            }
            let (to, referred) = self.0.of(&targets);
            let own: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
            if own.len() < referred.len() {
                continue;
            }
            let action = self
                .0
                .of(&[None, Some("CASCADE"), Some("SET NULL"), Some("RESTRICT")]);
            let deferrable = self.0.of(&[Deferrable::No, Deferrable::Deferred]);
            table.foreign_keys.push(ForeignKey {
                name: self.0.one_in(4).then(|| "refers".to_owned()),
                columns: own[..referred.len()].to_vec(),
                table: to,
                referred,
                on_delete: action.map(str::to_owned),
                on_update: None,
                deferrable,
                not_valid: false,
            });
        }
    }

    fn triggers(&mut self, schema: &mut Schema) {
        let others: Vec<(String, String)> = (schema.tables.iter())
            .map(|table| (table.name.name.clone(), plain(table)[0].clone()))
            .collect();
        for table in &mut schema.tables {
            if !self.0.one_in(3) {
                continue;
            }
            let (other, column) = self.0.of(&others);
            let (other, column) = (quoted(&other), quoted(&column));
            let own = quoted(&table.name.name);
            let name = format!("{} trigger", table.name.name);
            let event = self.0.of(&["AFTER INSERT", "BEFORE DELETE"]);
            table.triggers.push(Trigger {
                sql: format!(
                    "CREATE TRIGGER {} {event} ON {own} BEGIN UPDATE {other} SET {column} = {column} WHERE 0; END",
                    quoted(&name)
                ),
                name,
            });
        }
    }

    fn views(&mut self, schema: &mut Schema) {
        let mut sources: Vec<(String, String)> = (schema.tables.iter())
            .map(|table| (table.name.name.clone(), table.columns[0].name.clone()))
            .collect();
        for name in ["shown", "v"] {
            if !self.0.one_in(2) {
                continue;
            }
            let (source, column) = self.0.of(&sources);
            let text = self.0.of(&["", " WHERE 1"]);
            let mut view = View {
                name: ObjectName::bare(name),
                materialized: false,
                columns: Vec::new(),
                column_names: Vec::new(),
                query: format!(
                    "SELECT {} AS z FROM {}{text}",
                    quoted(&column),
                    quoted(&source)
                ),
                reads: vec![ObjectName::bare(&source)],
                indexes: Vec::new(),
                triggers: Vec::new(),
                comment: None,
                made_by: None,
            };
            if self.0.one_in(2) {
                let trigger = format!("{name} instead");
                view.triggers.push(Trigger {
                    sql: format!(
                        "CREATE TRIGGER {} INSTEAD OF INSERT ON {name} BEGIN SELECT 1; END",
                        quoted(&trigger)
                    ),
                    name: trigger,
                });
            }
            schema.views.push(view);
            sources.push((name.to_owned(), "z".to_owned()));
        }
    }
}

/// The columns that are not computed.
fn plain(table: &Table) -> Vec<String> {
    let plain = table.columns.iter().filter(|one| one.generated.is_none());
    plain.map(|one| one.name.clone()).collect()
}

pub(in crate::schema) fn columns_of(key: &Key) -> Vec<String> {
    let name = |part: &IndexPart| match &part.on {
        IndexOn::Column(name) | IndexOn::Expression(name) => name.clone(),
    };
    key.parts.iter().map(name).collect()
}

/// What SQLite says of the columns of a key.
fn implied(table: &mut Table) {
    let Some(key) = &table.primary_key else {
        return;
    };
    let columns = columns_of(key);
    let rowid = columns.len() == 1;
    for column in &mut table.columns {
        let refuses = table.strict
            || table.without_rowid
            || (rowid && column.data_type.eq_ignore_ascii_case("integer"));
        if columns.contains(&column.name) && refuses {
            column.nullable = false;
        }
    }
}
