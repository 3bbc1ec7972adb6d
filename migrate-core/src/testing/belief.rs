//! What the checks believe that the database holds, beside what it holds.

use std::{collections::BTreeMap, path::Path as FilePath};

use migrate_schema::{
    Dialect,
    catalog::{Catalog, ConstraintKind, Lookup, Relation, RelationKind},
    grammar,
    replay::{Migration, Replay, Step, What},
    settings::{Manifest, Settings, Target},
    tree::{Name, Path},
};
use rusqlite::Connection;

use crate::{registry::Registered, steps::Task};

use super::Failure;

/// A line for each thing: its name, and what there is to say of it.
type Lines = BTreeMap<String, String>;

/// The catalog that the checks build, fed with what the migrations do when they run.
pub(super) struct Belief {
    replay: Replay,
    /// Those with Rust steps, whose doings no check can see.
    with_rust: Vec<String>,
}

impl Belief {
    /// The belief about an empty database. `directory` is where the Cargo.toml with the settings is.
    pub(super) fn new(directory: &str) -> Self {
        let text = std::fs::read_to_string(FilePath::new(directory).join("Cargo.toml"));
        // What is wrong with the settings is for the compiler to tell.
        let settings = text.map_or_else(
            |_| Settings::default(),
            |text| Manifest::read(&text).0.settings,
        );
        let target = settings
            .targets
            .iter()
            .find(|target| target.dialect() == Dialect::Sqlite);
        let target = target
            .cloned()
            .unwrap_or_else(|| Target::from(Dialect::Sqlite));
        Self {
            replay: Replay::new(&target, &settings),
            with_rust: Vec::new(),
        }
    }

    /// The next migration.
    pub(super) fn apply(&mut self, one: &Registered, environment: &str) -> Result<(), Failure> {
        let prepared = one
            .up(environment)
            .prepare(Dialect::Sqlite)
            .map_err(|fault| Failure::of(one, fault))?;
        let target = self.replay.catalog().target().clone();
        let mut parsed = Vec::new();
        for task in &prepared.tasks {
            match task {
                Task::Statement { text, .. } => {
                    parsed.push((&**text, grammar::parse(text, &target)))
                }
                Task::Run { .. } => self.with_rust.push(one.id().to_string()),
                Task::Log(_) => {}
            }
        }
        let steps = parsed.iter().map(|(sql, parsed)| Step {
            what: What::Sql { sql, parsed },
            conditional: false,
        });
        let id = one.id().to_string();
        let outcome = self.replay.migration(&Migration {
            id: &id,
            up: steps.collect(),
            down: None,
            transaction: one.registration.transaction,
            irreversible: true,
        });
        // The database has taken it, so an error here is one of the checks.
        let errors: Vec<String> = outcome
            .findings
            .iter()
            .filter(|found| found.finding.code.level() == migrate_schema::Level::Deny)
            .map(|found| found.finding.message.clone())
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Failure::of(
                one,
                format!(
                    "the database takes what the checks refuse: {}",
                    errors.join("; ")
                ),
            ))
        }
    }

    /// Lists what the catalog says otherwise than the database.
    pub(super) fn compare(&self, connection: &Connection) -> Result<(), Failure> {
        let catalog = self.replay.catalog();
        let (believed, real) = (believed(catalog), real(connection, catalog)?);
        let mut found = Vec::new();
        for (thing, now) in &real {
            match believed.get(thing) {
                None => found.push(format!(
                    "the database has {thing}, of which the checks do not know"
                )),
                Some(then) if then != now => found.push(format!(
                    "{thing} is `{now}` in the database, and `{then}` for the checks"
                )),
                Some(_) => {}
            }
        }
        let missing = believed.keys().filter(|thing| !real.contains_key(*thing));
        found.extend(
            missing.map(|thing| {
                format!("the checks know of {thing}, which the database does not have")
            }),
        );
        if found.is_empty() {
            return Ok(());
        }
        let mut text = format!(
            "what the checks believe is not what the database holds:\n  {}",
            found.join("\n  ")
        );
        if !self.with_rust.is_empty() {
            text += &format!(
                "\nNo check can see what the Rust steps of {} do: name the tables that they make in `external` of [package.metadata.migrate]",
                self.with_rust.join(", ")
            );
        }
        Err(Failure::new(text))
    }
}

fn believed(catalog: &Catalog) -> Lines {
    let mut lines = Lines::new();
    for relation in catalog
        .relations()
        .filter(|relation| !relation.temporary && !relation.open)
    {
        let name = relation.name.to_ascii_lowercase();
        match relation.kind {
            RelationKind::View | RelationKind::MaterializedView => {
                drop(lines.insert(format!("view `{name}`"), String::new()))
            }
            RelationKind::VirtualTable => {
                drop(lines.insert(format!("table `{name}`"), String::new()))
            }
            _ => believed_table(relation, &name, &mut lines),
        }
        for trigger in &relation.triggers {
            lines.insert(
                format!("trigger `{}`", trigger.name.to_ascii_lowercase()),
                format!("on {name}"),
            );
        }
    }
    lines
}

fn believed_table(relation: &Relation, name: &str, lines: &mut Lines) {
    lines.insert(format!("table `{name}`"), String::new());
    let key = relation
        .constraints
        .iter()
        .find_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => Some(columns.as_slice()),
            _ => None,
        });
    let key = key.unwrap_or_default();
    for column in &relation.columns {
        let place = key
            .iter()
            .position(|other| other.eq_ignore_ascii_case(&column.name))
            .map_or(0, |at| u32::try_from(at).unwrap_or_default() + 1);
        let text = describe(column.not_null, place);
        lines.insert(
            format!("column `{name}.{}`", column.name.to_ascii_lowercase()),
            text,
        );
    }
    for index in &relation.indexes {
        let text = format!(
            "on {name}, unique: {}, columns: {}, partial: {}",
            index.unique,
            index.parts.len(),
            index.predicate.is_some()
        );
        lines.insert(format!("index `{}`", index.name.to_ascii_lowercase()), text);
    }
    for constraint in &relation.constraints {
        if let ConstraintKind::ForeignKey { columns, table, .. } = &constraint.kind {
            let thing = format!(
                "foreign key of `{name}` ({}) to `{}`",
                columns.join(",").to_ascii_lowercase(),
                table.1.to_ascii_lowercase()
            );
            lines.insert(thing, String::new());
        }
    }
}

/// A column of a key may refuse NULL or not, as the table is made; that is the engine's affair.
fn describe(not_null: bool, key: u32) -> String {
    if key > 0 {
        format!("number {key} of the primary key")
    } else {
        format!("not null: {not_null}")
    }
}

fn real(connection: &Connection, catalog: &Catalog) -> Result<Lines, Failure> {
    let mut lines = Lines::new();
    let mut statement = connection.prepare(
        "SELECT l.type, lower(l.name) FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') \
         AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name <> '_migrations'",
    )?;
    let relations = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for relation in relations {
        let (kind, name): (String, String) = relation?;
        let path = Path::bare(Name {
            text: name.clone(),
            quoted: true,
            range: 0..0,
        });
        match catalog.relation(&path) {
            Lookup::Unknown => continue,
            Lookup::Known(relation) if relation.open => continue,
            _ => {}
        }
        if kind == "view" {
            lines.insert(format!("view `{name}`"), String::new());
        } else {
            lines.insert(format!("table `{name}`"), String::new());
        }
        if kind == "table" {
            real_table(connection, &name, &mut lines)?;
        }
        let mut statement = connection.prepare("SELECT lower(name) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE")?;
        for trigger in statement.query_map([&name], |row| row.get::<_, String>(0))? {
            lines.insert(format!("trigger `{}`", trigger?), format!("on {name}"));
        }
    }
    Ok(lines)
}

fn real_table(connection: &Connection, name: &str, lines: &mut Lines) -> Result<(), Failure> {
    let mut statement =
        connection.prepare("SELECT lower(name), \"notnull\", pk FROM pragma_table_xinfo(?)")?;
    for column in statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))? {
        let (column, not_null, key): (String, bool, u32) = column?;
        lines.insert(format!("column `{name}.{column}`"), describe(not_null, key));
    }
    let mut statement = connection.prepare(
        "SELECT lower(l.name), l.\"unique\", l.partial, (SELECT count(*) FROM pragma_index_info(l.name)) FROM pragma_index_list(?) AS l WHERE l.origin = 'c'",
    )?;
    for index in statement.query_map([name], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })? {
        let (index, unique, partial, columns): (String, bool, bool, i64) = index?;
        lines.insert(
            format!("index `{index}`"),
            format!("on {name}, unique: {unique}, columns: {columns}, partial: {partial}"),
        );
    }
    let mut statement = connection
        .prepare("SELECT lower(group_concat(\"from\")), lower(\"table\") FROM pragma_foreign_key_list(?) GROUP BY id")?;
    for key in statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let (columns, table): (String, String) = key?;
        lines.insert(
            format!("foreign key of `{name}` ({columns}) to `{table}`"),
            String::new(),
        );
    }
    Ok(())
}
