//! Whether a document can mean something: names that stand twice, keys on columns that are not there, foreign keys that
//! refer to nothing.

use std::collections::{HashMap, hash_map::Entry};

use super::{Fault, read::Places, short::columns_of};
use crate::{
    Dialect, nearest,
    schema::{ForeignKey, Index, IndexOn, IndexPart, ObjectName, Schema, Table, TableKind},
};

pub(super) fn check(schema: &Schema, places: &[Places], faults: &mut Vec<Fault>) {
    let dialect = schema.dialect;
    let tables: HashMap<(String, String), usize> = (schema.tables.iter().enumerate())
        .map(|(at, table)| (folded_name(&table.name, dialect), at))
        .collect();
    let mut meaning = Meaning {
        schema,
        places,
        tables,
        faults,
    };
    meaning.relations();
    meaning.indexes();
    for (table, places) in schema.tables.iter().zip(places) {
        meaning.columns(table, places);
        meaning.keys(table, places);
        meaning.constraint_names(table, places);
        for (key, (path, dangling)) in table.foreign_keys.iter().zip(&places.foreign_keys) {
            meaning.foreign_key(table, key, path, *dangling, places.broken);
        }
    }
}

struct Meaning<'s, 'f> {
    schema: &'s Schema,
    places: &'s [Places],
    /// By their folded names.
    tables: HashMap<(String, String), usize>,
    faults: &'f mut Vec<Fault>,
}

/// A name in the form in which the engine compares names.
fn folded(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => name.to_owned(),
        Dialect::Sqlite | Dialect::Mysql => name.to_lowercase(),
    }
}

/// A table's name in that form. On MySQL they are files, whose case may count.
fn folded_name(name: &ObjectName, dialect: Dialect) -> (String, String) {
    let part = |part: &str| match dialect {
        Dialect::Sqlite => part.to_lowercase(),
        Dialect::Postgres | Dialect::Mysql => part.to_owned(),
    };
    (
        name.schema.as_deref().map(part).unwrap_or_default(),
        part(&name.name),
    )
}

/// Whether columns are looked for in vain for another reason than that there is no such column.
fn is_open(table: &Table, places: &Places) -> bool {
    table.open
        || places.broken
        || matches!(table.kind, TableKind::Other(_) | TableKind::Child { .. })
}

impl Meaning<'_, '_> {
    fn fault(&mut self, path: &str, message: String) {
        self.faults.push(Fault::at(path, message));
    }

    /// Tables and views share one space of names.
    fn relations(&mut self) {
        let dialect = self.schema.dialect;
        let mut seen: HashMap<(String, String), &ObjectName> = HashMap::new();
        let mut faults = Vec::new();
        let whole = self.schema.tables.iter().zip(self.places);
        for (table, places) in whole.filter(|(_, places)| !places.broken) {
            match seen.entry(folded_name(&table.name, dialect)) {
                Entry::Occupied(other) => {
                    let other = other.get();
                    faults.push(Fault::at(
                        &places.table,
                        format!("there is a table `{other}` already, and case does not count"),
                    ));
                }
                Entry::Vacant(vacant) => {
                    vacant.insert(&table.name);
                }
            }
        }
        let database = self
            .places
            .first()
            .and_then(|places| places.table.split(".tables").next());
        for view in &self.schema.views {
            if seen.contains_key(&folded_name(&view.name, dialect)) {
                let path = database.map_or_else(String::new, |database| {
                    format!("{database}.views.{}", view.name)
                });
                faults.push(Fault::at(
                    path,
                    format!("there is a table `{}` already", view.name),
                ));
            }
        }
        self.faults.append(&mut faults);
    }

    /// An index has a name of its own: in the schema, or with MySQL in its table.
    fn indexes(&mut self) {
        let dialect = self.schema.dialect;
        let mut seen: HashMap<(String, String), &str> = HashMap::new();
        let mut faults = Vec::new();
        for (table, places) in self.schema.tables.iter().zip(self.places) {
            let space = match dialect {
                Dialect::Mysql => table.name.to_string(),
                Dialect::Sqlite | Dialect::Postgres => {
                    table.name.schema.clone().unwrap_or_default()
                }
            };
            for (index, path) in table.indexes.iter().zip(&places.indexes) {
                let name = (space.clone(), folded(&index.name, dialect));
                let is_table = dialect != Dialect::Mysql && self.is_relation(table, &index.name);
                match seen.entry(name) {
                    Entry::Occupied(other) => {
                        let message = format!(
                            "there is an index `{}` already, at {}",
                            index.name,
                            other.get()
                        );
                        faults.push(Fault::at(path, message));
                    }
                    Entry::Vacant(vacant) => {
                        vacant.insert(path);
                        if is_table {
                            let message = format!(
                                "there is a table `{}` already, so an index cannot be called so",
                                index.name
                            );
                            faults.push(Fault::at(path, message));
                        }
                    }
                }
            }
        }
        self.faults.append(&mut faults);
    }

    /// Whether there is a table of this name beside another one.
    fn is_relation(&self, beside: &Table, name: &str) -> bool {
        let name = ObjectName {
            schema: beside.name.schema.clone(),
            name: name.to_owned(),
        };
        self.tables
            .contains_key(&folded_name(&name, self.schema.dialect))
    }

    fn columns(&mut self, table: &Table, places: &Places) {
        let dialect = self.schema.dialect;
        let mut seen: HashMap<String, &str> = HashMap::new();
        for (column, path) in table.columns.iter().zip(&places.columns) {
            match seen.entry(folded(&column.name, dialect)) {
                Entry::Occupied(other) => {
                    let message = format!(
                        "there is a column `{}` already, at {}",
                        column.name,
                        other.get()
                    );
                    self.fault(path, message);
                }
                Entry::Vacant(vacant) => {
                    vacant.insert(path);
                }
            }
            if table.strict && dialect == Dialect::Sqlite && !is_strict(&column.data_type) {
                let message = format!(
                    "a STRICT table has no type `{}`: write int, integer, real, text, blob or any",
                    column.data_type
                );
                self.fault(path, message);
            }
        }
        // PostgreSQL has tables without columns.
        if table.columns.is_empty()
            && table.kind == TableKind::Plain
            && !is_open(table, places)
            && dialect != Dialect::Postgres
        {
            self.fault(&places.table, "a table has at least one column".to_owned());
        }
        if dialect == Dialect::Sqlite && table.without_rowid && table.primary_key.is_none() {
            self.fault(
                &places.table,
                "a table WITHOUT ROWID has a primary key".to_owned(),
            );
        }
    }

    fn keys(&mut self, table: &Table, places: &Places) {
        if let Some(key) = &table.primary_key {
            self.parts(table, places, &key.parts, &places.primary_key);
            self.names(table, places, &key.include, &places.primary_key);
        }
        for (key, path) in table.uniques.iter().zip(&places.uniques) {
            self.parts(table, places, &key.parts, path);
            self.names(table, places, &key.include, path);
        }
        for (index, path) in table.indexes.iter().zip(&places.indexes) {
            self.parts(table, places, &index.parts, path);
            self.names(table, places, &index.include, path);
        }
        for (check, path) in table.checks.iter().zip(&places.checks) {
            if let Some(column) = &check.column {
                self.column(table, places, column, path);
            }
        }
        for (key, (path, _)) in table.foreign_keys.iter().zip(&places.foreign_keys) {
            self.names(table, places, &key.columns, path);
        }
    }

    fn parts(&mut self, table: &Table, places: &Places, parts: &[IndexPart], path: &str) {
        for part in parts {
            if let IndexOn::Column(name) = &part.on {
                self.column(table, places, name, path);
            }
        }
    }

    fn names(&mut self, table: &Table, places: &Places, names: &[String], path: &str) {
        for name in names {
            self.column(table, places, name, path);
        }
    }

    /// A column that has to be there.
    fn column(&mut self, table: &Table, places: &Places, name: &str, path: &str) {
        let dialect = self.schema.dialect;
        if is_open(table, places) || has(table, name, dialect) {
            return;
        }
        let names = table.columns.iter().map(|column| column.name.as_str());
        let help = nearest(name, names)
            .map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        self.fault(
            path,
            format!("`{}` has no column `{name}`{help}", table.name),
        );
    }

    /// On PostgreSQL, two constraints of a table cannot have one name.
    fn constraint_names(&mut self, table: &Table, places: &Places) {
        if self.schema.dialect == Dialect::Sqlite {
            return;
        }
        let keys = table
            .primary_key
            .iter()
            .map(|key| (key.name.as_ref(), &places.primary_key));
        let uniques = table.uniques.iter().zip(&places.uniques);
        let foreign = table.foreign_keys.iter().zip(&places.foreign_keys);
        let checks = table.checks.iter().zip(&places.checks);
        let mut all: Vec<(Option<&String>, &String)> = Vec::new();
        if self.schema.dialect == Dialect::Postgres {
            all.extend(keys);
            all.extend(uniques.map(|(key, path)| (key.name.as_ref(), path)));
        }
        all.extend(foreign.map(|(key, (path, _))| (key.name.as_ref(), path)));
        all.extend(checks.map(|(check, path)| (check.name.as_ref(), path)));
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for (name, path) in all
            .into_iter()
            .filter_map(|(name, path)| Some((name?, path)))
        {
            if let Some(other) = seen.insert(name, path) {
                self.fault(
                    path,
                    format!("there is a constraint `{name}` already, at {other}"),
                );
            }
        }
    }

    fn foreign_key(
        &mut self,
        table: &Table,
        key: &ForeignKey,
        path: &str,
        dangling: bool,
        broken: bool,
    ) {
        if dangling || broken || self.schema.knows_nothing_of(&key.table) {
            return;
        }
        let dialect = self.schema.dialect;
        let Some(at) = self.referred(table, key) else {
            let names = self
                .schema
                .tables
                .iter()
                .map(|table| table.name.name.as_str());
            let help = nearest(&key.table.name, names)
                .map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
            self.fault(path, format!("there is no table `{}`{help}", key.table));
            return;
        };
        let (referred, its) = (&self.schema.tables[at], &self.places[at]);
        if is_open(referred, its) {
            return;
        }
        let columns: Vec<&str> = match &referred.primary_key {
            Some(primary) if key.referred.is_empty() => columns_of(&primary.parts),
            None if key.referred.is_empty() => {
                let message = format!(
                    "`{}` has no primary key: say which of its columns are meant",
                    key.table
                );
                self.fault(path, message);
                return;
            }
            _ => key.referred.iter().map(String::as_str).collect(),
        };
        if columns.len() != key.columns.len() {
            let message = format!(
                "{} and {}: as many columns have to stand on both sides",
                number(key.columns.len(), "column"),
                number(columns.len(), "column referred to")
            );
            self.fault(path, message);
            return;
        }
        let missing = columns
            .iter()
            .copied()
            .find(|name| !has(referred, name, dialect));
        if let Some(missing) = missing {
            let names = referred.columns.iter().map(|column| column.name.as_str());
            let help = nearest(missing, names)
                .map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
            self.fault(
                path,
                format!("`{}` has no column `{missing}`{help}", key.table),
            );
        } else if !is_unique(referred, &columns, dialect) {
            let message = format!(
                "the columns that this refers to, {} of `{}`, are neither the primary key nor unique",
                columns.join(", "),
                key.table
            );
            self.fault(path, message);
        }
    }

    /// The table that a foreign key refers to, by name: without a schema it is in the usual one, or beside the table.
    fn referred(&self, table: &Table, key: &ForeignKey) -> Option<usize> {
        let dialect = self.schema.dialect;
        let find = |name: &ObjectName| self.tables.get(&folded_name(name, dialect)).copied();
        find(&key.table).or_else(|| {
            let beside = ObjectName {
                schema: table.name.schema.clone(),
                name: key.table.name.clone(),
            };
            key.table.schema.is_none().then(|| find(&beside)).flatten()
        })
    }
}

/// Foreign keys that the engine takes though what they refer to is not there, or not unique: said so in what is exported.
pub(super) fn dangles(schema: &Schema, key: &ForeignKey) -> bool {
    let dialect = schema.dialect;
    if dialect == Dialect::Postgres {
        return false;
    }
    let referred = (schema.tables.iter())
        .find(|one| folded_name(&one.name, dialect) == folded_name(&key.table, dialect));
    let Some(referred) = referred else {
        return !schema.knows_nothing_of(&key.table);
    };
    if referred.open || matches!(referred.kind, TableKind::Other(_)) {
        return false;
    }
    let columns: Vec<&str> = match (&referred.primary_key, key.referred.is_empty()) {
        (Some(primary), true) => columns_of(&primary.parts),
        (None, true) => return true,
        (_, false) => key.referred.iter().map(String::as_str).collect(),
    };
    columns.len() != key.columns.len()
        || columns.iter().any(|name| !has(referred, name, dialect))
        || !is_unique(referred, &columns, dialect)
}

fn has(table: &Table, name: &str, dialect: Dialect) -> bool {
    let name = folded(name, dialect);
    table
        .columns
        .iter()
        .any(|column| folded(&column.name, dialect) == name)
}

fn is_strict(data_type: &str) -> bool {
    let known = ["int", "integer", "real", "text", "blob", "any"];
    known
        .iter()
        .any(|known| known.eq_ignore_ascii_case(data_type))
}

/// Whether a foreign key may refer to these columns.
fn is_unique(table: &Table, columns: &[&str], dialect: Dialect) -> bool {
    let fold = |name: &str| folded(name, dialect);
    let mut wanted: Vec<String> = columns.iter().map(|name| fold(name)).collect();
    let keys = table.primary_key.iter().chain(&table.uniques);
    let keys = keys.map(|key| &key.parts[..]);
    if dialect == Dialect::Mysql {
        // InnoDB takes every index that begins with them.
        let indexes = table.indexes.iter().map(|index| &index.parts[..]);
        return keys.chain(indexes).any(|parts| {
            let names = columns_of(parts);
            let first: Vec<String> = names
                .iter()
                .take(wanted.len())
                .map(|name| fold(name))
                .collect();
            first == wanted
        });
    }
    let whole = |index: &&Index| index.unique && index.predicate.is_none();
    let indexes = table
        .indexes
        .iter()
        .filter(whole)
        .map(|index| &index.parts[..]);
    wanted.sort();
    keys.chain(indexes).any(|parts| {
        let mut names: Vec<String> = columns_of(parts).into_iter().map(fold).collect();
        names.sort();
        names.len() == parts.len() && names == wanted
    })
}

fn number(number: usize, noun: &str) -> String {
    let (first, rest) = noun
        .split_once(' ')
        .map_or((noun, String::new()), |(first, rest)| {
            (first, format!(" {rest}"))
        });
    match number {
        1 => format!("1 {first}{rest}"),
        number => format!("{number} {first}s{rest}"),
    }
}
