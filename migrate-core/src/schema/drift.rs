//! What a database has that the applied migrations did not build, or has not though they did.

use std::collections::HashSet;

use migrate_schema::{
    Dialect,
    lex::{self, TokenKind},
    schema::{
        ObjectName, Schema,
        diff::{Change, Hints, diff},
    },
};

use super::{
    alter::{Alteration, planned},
    applied,
    foreign::{Foreign, without_foreign},
    live, live_async,
};
use crate::{
    error::Error,
    migrator::{Answer, AsyncConnection, Connection, Migrator},
    plan::State,
    status::Status,
    steps::Task,
};

/// How a database differs from what the applied migrations build.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Drift {
    /// What was done to it behind the back of the migrations.
    pub changes: Vec<Change>,
    /// What no migration of the program has ever named: tables, views, types, … by their names. Somebody else has made it, so it is
    /// no drift.
    pub others: Vec<String>,
    /// The tables of other tools.
    pub foreign: Vec<Foreign>,
    /// What was not compared, because a migration has done something with it that nobody can read (a Rust step, a migration that the
    /// program does not have): tables and views by their names.
    pub not_compared: Vec<String>,
}

impl Drift {
    /// Whether the database is as the migrations have made it.
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Compares what the applied migrations build with what is there. Writes nothing. What a migration does that nobody can
/// read (a Rust step, one that the program does not have) is never told as drift.
///
/// # Errors
///
/// Where the history or the schema cannot be read, or the grammar of the dialect is not built in.
///
/// ```
/// use migrate_core::{prelude::*, schema};
/// # #[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)", down = "DROP TABLE users")]
/// # pub struct CreateUsers;
/// # fn main() -> Result<(), migrate_core::Error> {
/// # #[cfg(feature = "schema-sqlite")] {
/// let mut connection = migrate_core::sqlite::open("sqlite::memory:")?;
/// let migrator = Migrator::new();
/// migrator.up(&mut connection)?;
/// assert!(schema::drift(&migrator, &mut connection)?.is_empty());
///
/// connection.execute_batch("ALTER TABLE users ADD COLUMN age INTEGER").unwrap();
/// let drift = schema::drift(&migrator, &mut connection)?;
/// assert_eq!(drift.changes[0].to_string(), "column users.age: added (INTEGER)");
/// # }
/// # Ok(())
/// # }
/// ```
pub fn drift<C: Connection>(migrator: &Migrator, connection: &mut C) -> Result<Drift, Error> {
    let status = migrator.status(connection)?;
    drift_of(migrator, connection, &status)
}

/// As [`drift`], for somebody who has asked for the status already.
///
/// # Errors
///
/// As there.
pub fn drift_of<C: Connection>(
    migrator: &Migrator,
    connection: &mut C,
    status: &Status,
) -> Result<Drift, Error> {
    let live = live(migrator, connection)?;
    compared(migrator, status, live)
}

/// As [`drift`], without blocking the thread.
///
/// # Errors
///
/// As there.
pub async fn drift_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
) -> Result<Drift, Error> {
    let status = migrator.status_async(connection).await?;
    let live = live_async(migrator, connection).await?;
    compared(migrator, &status, live)
}

fn compared(migrator: &Migrator, status: &Status, mut live: Schema) -> Result<Drift, Error> {
    let built = applied(migrator, status, live.dialect)?;
    let foreign = without_foreign(&mut live, &built);
    let named = named(migrator, status, live.dialect)?;
    let mut others = take_others(&mut live, &named);
    if built.unknown.iter().any(|name| name == "*") {
        // A migration that nobody can read may have made them.
        others.clear();
    }
    let tables = live.tables.iter().map(|table| &table.name);
    let names = tables.chain(live.views.iter().map(|view| &view.name));
    let not_compared = names.filter(|name| built.knows_nothing_of(name));
    Ok(Drift {
        not_compared: not_compared.map(ToString::to_string).collect(),
        changes: diff(&built, &live, &Hints::default()),
        others,
        foreign,
    })
}

/// What has to be done to a database to take back what was done behind the back of its migrations. What no migration has ever named
/// is left alone. [`alter`](super::alter) does it.
///
/// # Errors
///
/// As [`drift`].
pub fn plan_back<C: Connection>(
    migrator: &Migrator,
    connection: &mut C,
) -> Result<Alteration, Error> {
    let status = migrator.status(connection)?;
    back(migrator, &status, migrator.definitions(connection)?)
}

/// As [`plan_back`], without blocking the thread.
///
/// # Errors
///
/// As there.
pub async fn plan_back_async<C: AsyncConnection + ?Sized>(
    migrator: &Migrator,
    connection: &mut C,
) -> Result<Alteration, Error> {
    let status = migrator.status_async(connection).await?;
    back(
        migrator,
        &status,
        migrator.definitions_async(connection).await?,
    )
}

fn back(migrator: &Migrator, status: &Status, answer: Answer) -> Result<Alteration, Error> {
    let Answer::Definitions(dialect, _) = &answer else {
        return Err(Error::unanswered());
    };
    let built = applied(migrator, status, *dialect)?;
    let named = named(migrator, status, *dialect)?;
    planned(answer, &built, |live| {
        take_others(live, &named);
    })
}

/// Takes what no migration has ever named out of a schema.
fn take_others(live: &mut Schema, named: &HashSet<String>) -> Vec<String> {
    let mut others = Vec::new();
    live.tables
        .retain(|one| keep(&one.name, "table", named, &mut others));
    live.views
        .retain(|one| keep(&one.name, "view", named, &mut others));
    live.types
        .retain(|one| keep(&one.name, "type", named, &mut others));
    live.sequences
        .retain(|one| keep(&one.name, "sequence", named, &mut others));
    live.routines
        .retain(|one| keep(&one.name, "routine", named, &mut others));
    live.extensions
        .retain(|name| keep(&ObjectName::bare(name), "extension", named, &mut others));
    live.namespaces
        .retain(|name| keep(&ObjectName::bare(name), "schema", named, &mut others));
    others
}

/// Whether a migration has named it; where none has, it goes to the others.
fn keep(name: &ObjectName, what: &str, named: &HashSet<String>, others: &mut Vec<String>) -> bool {
    let keep = named.contains(&name.name.to_lowercase());
    if !keep {
        others.push(format!("{what} {name}"));
    }
    keep
}

/// All words of the SQL of what is applied, in lower case.
fn named(migrator: &Migrator, status: &Status, dialect: Dialect) -> Result<HashSet<String>, Error> {
    let registry = migrator.registry()?;
    let mut named = HashSet::new();
    for one in &status.migrations {
        let Some(row) = one.applied.as_ref().filter(|_| one.state != State::Foreign) else {
            continue;
        };
        let mut known = registry.iter();
        let own = known.find(|own| own.set() == one.set && own.id().as_str() == one.id);
        let Some(own) = own else {
            continue;
        };
        let Ok(prepared) = own.up(&row.environment).prepare(dialect) else {
            continue;
        };
        for task in &prepared.tasks {
            if let Task::Statement { text, .. } = task {
                words(text, dialect, &mut named);
            }
        }
        let of_code = own.registration.words.unwrap_or_default().split(' ');
        named.extend(of_code.map(str::to_lowercase));
    }
    Ok(named)
}

fn words(text: &str, dialect: Dialect, named: &mut HashSet<String>) {
    for token in lex::tokens(text, dialect) {
        let word = token.text(text);
        let name = match token.kind {
            TokenKind::Word => word,
            TokenKind::QuotedName => word
                .get(1..word.len().saturating_sub(1))
                .unwrap_or_default(),
            _ => continue,
        };
        named.insert(name.to_lowercase());
    }
}
