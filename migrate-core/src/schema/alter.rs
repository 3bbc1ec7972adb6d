//! From the schema that a database has to the one that is wanted.

use migrate_schema::{
    Dialect,
    schema::{
        Schema,
        ddl::{self, Planned},
        diff::{Change, Hints, diff},
        document::{Database as DocumentOf, Document},
        live::Definitions,
    },
};

use super::{
    foreign::{Foreign, without_foreign},
    is_built_in, read,
};
use crate::{
    engine::{
        alter::Alter,
        driver::{DriverError, DriverErrorKind},
    },
    error::Error,
    migrator::{Answer, AsyncConnection, Connection, Migrator},
};

/// What has to be done to a database so that it has the schema that is wanted. [`plan`] makes it, and [`alter`] does it.
#[derive(Clone, Debug)]
pub struct Alteration {
    on: Definitions,
    changes: Vec<Change>,
    statements: Vec<Planned>,
    foreign: Vec<Foreign>,
}

impl Alteration {
    /// Whether the database has that schema already.
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What changes. Each says itself in words.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The statements that do it, in their order.
    pub fn statements(&self) -> &[Planned] {
        &self.statements
    }

    /// What is lost of the data, in words.
    pub fn losses(&self) -> Vec<String> {
        let changes: Vec<String> = self.changes.iter().filter_map(Change::loses).collect();
        if !changes.is_empty() {
            return changes;
        }
        // What a change does not lose by itself, but by the way in which it is done.
        let statements = self.statements.iter();
        statements.filter_map(|one| one.loses.clone()).collect()
    }

    /// The tables of other tools, which are left alone.
    pub fn foreign(&self) -> &[Foreign] {
        &self.foreign
    }
}

/// What has to be done to a database so that it has this schema. The tables of the history and those of other tools are left
/// alone, unless the schema has them too. Writes nothing.
///
/// # Errors
///
/// Where the database cannot be read, is of another dialect, or there is no statement for a change.
///
/// ```
/// # use migrate_core::{Migrator, schema};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # #[cfg(feature = "schema-sqlite")] {
/// use migrate_core::schema::document::Document;
///
/// let mut connection = migrate_core::sqlite::open("sqlite::memory:")?;
/// let migrator = Migrator::new();
/// let document = Document::read(r#"{
///     "version": 1,
///     "databases": {"main": {"tables": {"users": {
///         "columns": [{"name": "id", "type": "integer"}, "email"],
///         "constraints": ["PRIMARY KEY (id)", "UNIQUE (email)"]
///     }}}}
/// }"#)?;
/// let wanted = document.database("main").unwrap().schema(migrate_core::Dialect::Sqlite)?;
///
/// let alteration = schema::plan(&migrator, &mut connection, &wanted)?;
/// assert_eq!(alteration.changes()[0].to_string(), "table users: added");
/// schema::alter(&migrator, &mut connection, &alteration)?;
/// assert!(schema::plan(&migrator, &mut connection, &wanted)?.is_empty());
/// # }
/// # Ok(())
/// # }
/// ```
pub fn plan<C: Connection>(
    migrator: &Migrator,
    connection: &mut C,
    wanted: &Schema,
) -> Result<Alteration, Error> {
    planned(migrator.definitions(connection)?, wanted, |_| {})
}

/// As [`plan`], without blocking the thread.
///
/// # Errors
///
/// As there.
pub async fn plan_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
    wanted: &Schema,
) -> Result<Alteration, Error> {
    planned(
        migrator.definitions_async(connection).await?,
        wanted,
        |_| {},
    )
}

/// The plan, for what is left of the live schema when what is to be left alone is taken out of it.
pub(super) fn planned(
    answer: Answer,
    wanted: &Schema,
    leave_alone: impl FnOnce(&mut Schema),
) -> Result<Alteration, Error> {
    let Answer::Definitions(dialect, on) = answer else {
        return Err(Error::unanswered());
    };
    if wanted.dialect != dialect {
        let message = format!(
            "it is in the words of {}, and this is a database of {dialect}",
            wanted.dialect
        );
        return Err(refused("the schema is not for this database", message));
    }
    let mut live = read(Answer::Definitions(dialect, on.clone()))?;
    let foreign = without_foreign(&mut live, wanted);
    leave_alone(&mut live);
    let changes = diff(&live, wanted, &Hints::default());
    let statements = match changes.is_empty() {
        true => Vec::new(),
        false => ddl::change(&live, wanted, &changes)
            .map_err(|error| refused("there is no statement for a change", error.to_string()))?,
    };
    Ok(Alteration {
        on,
        changes,
        statements,
        foreign,
    })
}

/// Does what was planned, in one transaction where the engine has one for a schema. Where somebody has changed the schema
/// since then, nothing is done.
///
/// # Errors
///
/// Where a statement fails: then all of it is rolled back, or, on MySQL, the statements before it stay, and a new plan has what
/// is left.
pub fn alter<C: Connection>(
    migrator: &Migrator,
    connection: &mut C,
    alteration: &Alteration,
) -> Result<(), Error> {
    if alteration.statements.is_empty() {
        return Ok(());
    }
    match migrator.alter(connection, &alteration.job())? {
        Answer::Done => Ok(()),
        _ => Err(Error::unanswered()),
    }
}

/// As [`alter`], without blocking the thread.
///
/// # Errors
///
/// As there.
pub async fn alter_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
    alteration: &Alteration,
) -> Result<(), Error> {
    if alteration.statements.is_empty() {
        return Ok(());
    }
    match migrator.alter_async(connection, &alteration.job()).await? {
        Answer::Done => Ok(()),
        _ => Err(Error::unanswered()),
    }
}

impl Alteration {
    fn job(&self) -> Alter {
        let statements = self.statements.iter();
        Alter {
            on: self.on.clone(),
            statements: statements.map(|one| (one.sql.clone(), one.alone)).collect(),
        }
    }
}

pub(super) fn refused(what: &str, why: String) -> Error {
    Error::driver(what, DriverError::new(DriverErrorKind::Unfit, why))
}

/// What a database holds, as a document of which it is the database `main`.
///
/// # Errors
///
/// Where it cannot be read.
///
/// ```
/// # use migrate_core::{Migrator, schema};
/// # fn main() -> Result<(), migrate_core::Error> {
/// # #[cfg(feature = "schema-sqlite")] {
/// let mut connection = migrate_core::sqlite::open("sqlite::memory:")?;
/// connection.execute_batch("CREATE TABLE users (id INTEGER PRIMARY KEY)").unwrap();
/// let document = schema::export(&Migrator::new(), &mut connection)?;
/// assert!(document.to_string().contains(r#""users""#));
/// # }
/// # Ok(())
/// # }
/// ```
pub fn export<C: Connection>(migrator: &Migrator, connection: &mut C) -> Result<Document, Error> {
    Ok(exported(&super::live(migrator, connection)?))
}

/// As [`export`], without blocking the thread.
///
/// # Errors
///
/// As there.
pub async fn export_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
) -> Result<Document, Error> {
    Ok(exported(&super::live_async(migrator, connection).await?))
}

fn exported(schema: &Schema) -> Document {
    let now = format!("{:.0}", jiff::Timestamp::now());
    Document::new().exported_at(now).with("main", schema)
}

/// Brings a database to the schema that a document has for it: [`plan`] and [`alter`] in one. Where that would lose
/// data, nothing is done, unless it is allowed.
///
/// # Errors
///
/// As those two; where the document is not right, or not for this database; and where data would be lost: the error names it.
///
/// ```
/// # use migrate_core::{Migrator, schema};
/// # fn main() -> Result<(), migrate_core::Error> {
/// # #[cfg(feature = "schema-sqlite")] {
/// let migrator = Migrator::new();
/// let mut from = migrate_core::sqlite::open("sqlite::memory:")?;
/// from.execute_batch("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)").unwrap();
/// let document = schema::export(&migrator, &mut from)?;
///
/// let mut to = migrate_core::sqlite::open("sqlite::memory:")?;
/// schema::apply(&migrator, &mut to, document.database("main").unwrap(), false)?;
/// assert_eq!(schema::live(&migrator, &mut to)?, schema::live(&migrator, &mut from)?);
///
/// let nothing = document.with("main", &schema::Schema::empty(migrate_core::Dialect::Sqlite));
/// let error = schema::apply(&migrator, &mut to, nothing.database("main").unwrap(), false).unwrap_err();
/// assert!(error.to_string().contains("all rows of users"), "{error}");
/// # }
/// # Ok(())
/// # }
/// ```
pub fn apply<C: Connection>(
    migrator: &Migrator,
    connection: &mut C,
    wanted: &DocumentOf,
    may_lose_data: bool,
) -> Result<Alteration, Error> {
    let answer = migrator.definitions(connection)?;
    let alteration = wanted_by(answer, wanted, may_lose_data)?;
    alter(migrator, connection, &alteration)?;
    Ok(alteration)
}

/// As [`apply`], without blocking the thread.
///
/// # Errors
///
/// As there.
pub async fn apply_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
    wanted: &DocumentOf,
    may_lose_data: bool,
) -> Result<Alteration, Error> {
    let answer = migrator.definitions_async(connection).await?;
    let alteration = wanted_by(answer, wanted, may_lose_data)?;
    alter_async(migrator, connection, &alteration).await?;
    Ok(alteration)
}

fn wanted_by(
    answer: Answer,
    wanted: &DocumentOf,
    may_lose_data: bool,
) -> Result<Alteration, Error> {
    let Answer::Definitions(dialect, _) = &answer else {
        return Err(Error::unanswered());
    };
    let wanted = of_document(wanted, *dialect)?;
    let alteration = planned(answer, &wanted, |_| {})?;
    let losses = alteration.losses();
    if !may_lose_data && !losses.is_empty() {
        return Err(refused(
            "data would be lost, and nothing was done",
            losses.join(", "),
        ));
    }
    Ok(alteration)
}

/// The schema of a database of a document.
fn of_document(database: &DocumentOf, dialect: Dialect) -> Result<Schema, Error> {
    is_built_in(dialect)?;
    database
        .schema(dialect)
        .map_err(|faults| refused("the schema document is not right", faults.to_string()))
}
