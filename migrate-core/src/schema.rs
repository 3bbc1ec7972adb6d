//! Whole schemas: what a database holds, and what the migrations of a program build.
//!
//! ```
//! use migrate_core::{prelude::*, schema};
//!
//! #[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)", down = "DROP TABLE users")]
//! pub struct CreateUsers;
//!
//! # fn main() -> Result<(), migrate_core::Error> {
//! # #[cfg(feature = "schema-sqlite")] {
//! let mut connection = migrate_core::sqlite::open("sqlite::memory:")?;
//! let migrator = Migrator::new();
//! migrator.up(&mut connection)?;
//!
//! let live = schema::live(&migrator, &mut connection)?;
//! assert_eq!(live.tables[0].columns[1].name, "email");
//! let expected = schema::expected(&migrator, migrate_core::Dialect::Sqlite)?;
//! assert_eq!(expected.tables[0].made_by.as_deref(), Some("20260215_create_users"));
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! Both are read by the grammar of the dialect, which is one of the features `schema-sqlite`, `schema-postgres` and
//! `schema-mysql`.

mod alter;
mod drift;
mod foreign;

use migrate_schema::{
    Dialect, grammar,
    settings::{Settings, Target},
};

pub use alter::{
    Alteration, alter, alter_async, apply, apply_async, export, export_async, plan, plan_async,
};
pub use drift::{Drift, drift, drift_async, drift_of, plan_back, plan_back_async};
pub use foreign::{Foreign, without_foreign};
pub use migrate_schema::schema::*;

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    error::{Error, Kind},
    history::Progress,
    migrator::{Answer, AsyncConnection, Connection, Migrator},
    plan::State,
    registry::Registered,
    status::Status,
    steps::Task,
};

/// What a database holds, without the tables of the history. Writes nothing.
///
/// # Errors
///
/// Where it cannot be read, or the grammar of its dialect is not built in.
pub fn live<C: Connection>(migrator: &Migrator, connection: &mut C) -> Result<Schema, Error> {
    read(migrator.definitions(connection)?)
}

/// The same without blocking the thread.
///
/// # Errors
///
/// As [`live()`].
pub async fn live_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
) -> Result<Schema, Error> {
    read(migrator.definitions_async(connection).await?)
}

fn read(answer: Answer) -> Result<Schema, Error> {
    let Answer::Definitions(dialect, definitions) = answer else {
        return Err(Error::unanswered());
    };
    is_built_in(dialect)?;
    let (schema, _) = definitions.schema(&dialect.into(), &Settings::default());
    Ok(schema)
}

/// What all migrations of the program build on an empty database.
///
/// What a Rust step does nobody can see: whatever it names is [unknown](Schema::unknown).
///
/// # Errors
///
/// Where none is linked, a step cannot be written in the dialect, or its grammar is not built in.
pub fn expected(migrator: &Migrator, dialect: Dialect) -> Result<Schema, Error> {
    let mut history = Replayed::new(dialect)?;
    history.all(migrator, |_, _| Ok(()))?;
    Ok(history.reading.schema())
}

/// What the migrations say, to be shown to people: each of them, in the order in which they run, with the schema that it leaves.
///
/// A step in Rust is passed over here, as if it changed rows alone; so a schema is told even of a history in which
/// [`expected`] cannot be sure of anything.
///
/// ```
/// # use migrate_core::{prelude::*, schema};
/// # #[migration("20260215_a", up = "CREATE TABLE a (id INTEGER PRIMARY KEY)", down = "DROP TABLE a")]
/// # pub struct A;
/// # fn main() -> Result<(), migrate_core::Error> {
/// # #[cfg(feature = "schema-sqlite")] {
/// let mut tables = Vec::new();
/// schema::each(&Migrator::new(), migrate_core::Dialect::Sqlite, |migration, schema| {
///     tables.push((migration.id().to_string(), schema.tables.len()));
///     Ok(())
/// })?;
/// assert_eq!(tables, [("20260215_a".to_owned(), 1)]);
/// # }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`expected`], and what the closure gives back.
pub fn each(
    migrator: &Migrator,
    dialect: Dialect,
    mut show: impl FnMut(&Registered, Schema) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut history = Replayed::new(dialect)?;
    history.passes_over_rust = true;
    history.all(migrator, |migration, reading| {
        show(migration, reading.schema())
    })
}

/// What the migrations that are applied have built, by the [`Status`] of the database: each in its order of then and for its
/// environment of then.
///
/// A migration that the program does not have may have done anything, and so may one that was cut off.
///
/// ```
/// # use migrate_core::{prelude::*, schema};
/// # #[migration("20260215_a", up = "CREATE TABLE a (id INTEGER PRIMARY KEY)", down = "DROP TABLE a")]
/// # pub struct A;
/// # fn main() -> Result<(), migrate_core::Error> {
/// # #[cfg(feature = "schema-sqlite")] {
/// let mut connection = migrate_core::sqlite::open("sqlite::memory:")?;
/// let migrator = Migrator::new();
/// let status = migrator.status(&mut connection)?;
/// let expected = schema::applied(&migrator, &status, migrate_core::Dialect::Sqlite)?;
/// assert!(expected.tables.is_empty());
/// # }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`expected`].
pub fn applied(migrator: &Migrator, status: &Status, dialect: Dialect) -> Result<Schema, Error> {
    let mut history = Replayed::new(dialect)?;
    let registry = migrator.registry()?;
    let mut rows: Vec<_> = (status.migrations.iter())
        .filter_map(|one| Some((one, one.applied.as_ref()?)))
        .filter(|(one, _)| one.state != State::Foreign)
        .collect();
    rows.sort_by_key(|(_, row)| row.seq);
    for (one, row) in rows {
        let mut known = registry.iter();
        let own = known.find(|own| own.set() == one.set && own.id().as_str() == one.id);
        let is_whole = row.progress == Progress::Applied && one.state != State::Changed;
        match own {
            Some(own) if is_whole => history.migration(own, &row.environment)?,
            _ => history.anything(&one.id),
        }
    }
    Ok(history.reading.schema())
}

/// A history that is read as a schema.
struct Replayed {
    reading: Reading,
    dialect: Dialect,
    passes_over_rust: bool,
}

impl Replayed {
    fn new(dialect: Dialect) -> Result<Self, Error> {
        is_built_in(dialect)?;
        Ok(Self {
            reading: Reading::new(&Target::from(dialect), &Settings::default()),
            dialect,
            passes_over_rust: false,
        })
    }

    /// All migrations that are on in the environment.
    fn all(
        &mut self,
        migrator: &Migrator,
        mut after: impl FnMut(&Registered, &Reading) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let environment = migrator.environment_name();
        for one in migrator.registry()?.iter() {
            let is_on = one.is_for(environment) && one.disabled_feature().is_none();
            if is_on {
                self.migration(one, environment)?;
                after(one, &self.reading)?;
            }
        }
        Ok(())
    }

    fn migration(&mut self, one: &Registered, environment: &str) -> Result<(), Error> {
        let steps = one.up(environment);
        let prepared = steps.prepare(self.dialect).map_err(|fault| {
            Error::new(Kind::Prepare {
                migration: one.id().to_string(),
                place: format!("{}:{}", one.file(), one.line()),
                fault,
            })
        })?;
        self.reading.begin(one.id().as_str());
        for task in &prepared.tasks {
            match (task, one.registration.words) {
                (Task::Statement { text, .. }, _) => {
                    // What is wrong with it the macro has told, and what follows from that is unknown.
                    self.reading.apply(text);
                }
                (Task::Run { .. }, _) if self.passes_over_rust => {}
                (Task::Run { .. }, Some(words)) => {
                    let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
                    self.reading.unknown(&words);
                }
                (Task::Run { .. }, None) => self.reading.unknown_everything(),
                (Task::Log(_), _) => {}
            }
        }
        Ok(())
    }

    /// A migration of which nobody knows what it has done.
    fn anything(&mut self, id: &str) {
        self.reading.begin(id);
        self.reading.unknown_everything();
    }
}

/// Whether the schema of such a database can be read by this program: the grammar of its dialect is built in, and there is a
/// reader for its definitions.
pub fn is_readable(dialect: Dialect) -> bool {
    let mut inquiry = live::inquiry(&Target::from(dialect), &live::Scope::default());
    grammar::is_built_in(dialect) && inquiry.next(&[]).is_ok()
}

fn is_built_in(dialect: Dialect) -> Result<(), Error> {
    if grammar::is_built_in(dialect) {
        return Ok(());
    }
    let message = format!(
        "this program was built without the grammar of {dialect}: in Cargo.toml, give `migrate-core` the feature `schema-{dialect}`"
    );
    let error = DriverError::new(DriverErrorKind::Unfit, message);
    Err(Error::driver("cannot read the schema", error))
}
