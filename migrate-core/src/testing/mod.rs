//! The tests that every history of migrations should have, made by one line: [`test_migrations!`](crate::test_migrations).
//!
//! Each is a function too, for a project that wants only some of them, or wants them under names of its own.

mod belief;
mod definitions;
mod fill;
mod kept;
mod schema;

use std::fmt;

use rusqlite::Connection;

use crate::{
    error::Error,
    memory::copy,
    migrator::Migrator,
    plan::{Down, Request, Up},
    registry::{Registered, Registry},
};

/// Makes the tests of a crate's migrations: call it once, in the crate that holds them or in a file of its `tests/`.
///
/// - `there_is_one_order`: every migration has its place, and none has two.
/// - `the_history_replays`: all of them run on a real database, and what the checks believed while compiling is what the database then holds.
/// - `down_undoes_up`: up, down and up again leave no trace, one migration after the other.
/// - `rows_survive`: each migration runs on tables that have rows, and keeps them.
/// - `definitions_match`: what is made is what the structs with `#[derive(Table)]` say, and the resource definitions, if Cargo.toml names their
///   folder (`definitions` in `[package.metadata.migrate]`).
///
/// In `tests/` the crate is named, so that it is linked: `migrate_core::test_migrations!(blog);`. It needs the feature `test`:
///
/// ```toml
/// [dev-dependencies]
/// migrate-core = { version = "0.1", features = ["test"] }
/// ```
///
/// ```
/// # mod application {
/// migrate_core::test_migrations!();
/// # }
/// ```
#[macro_export]
macro_rules! test_migrations {
    ($($crate_name:ident),* $(,)?) => {
        #[cfg(test)]
        mod test_migrations {
            $(#[allow(unused_imports)] use ::$crate_name as _;)*

            #[test]
            fn there_is_one_order() -> ::core::result::Result<(), $crate::testing::Failure> {
                $crate::testing::there_is_one_order()
            }

            #[test]
            fn the_history_replays() -> ::core::result::Result<(), $crate::testing::Failure> {
                $crate::testing::the_history_replays(::core::env!("CARGO_MANIFEST_DIR"))
            }

            #[test]
            fn down_undoes_up() -> ::core::result::Result<(), $crate::testing::Failure> {
                $crate::testing::down_undoes_up()
            }

            #[test]
            fn rows_survive() -> ::core::result::Result<(), $crate::testing::Failure> {
                $crate::testing::rows_survive()
            }

            #[test]
            fn definitions_match() -> ::core::result::Result<(), $crate::testing::Failure> {
                $crate::testing::definitions_match(::core::env!("CARGO_MANIFEST_DIR"))
            }
        }
    };
}

/// Why a test has failed. `Debug` shows the same as `Display`, because that is what a failed test prints.
pub struct Failure(String);

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn of(one: &Registered, text: impl fmt::Display) -> Self {
        Self(format!(
            "{} ({}:{}): {text}",
            one.id(),
            one.file(),
            one.line()
        ))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text += &format!("\n  caused by: {cause}");
            source = cause.source();
        }
        Self(text)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

/// Every linked migration has its place in the order, and none has two.
///
/// # Errors
///
/// Where two claim one version, one is to come `after` one that is not there, or in a circle; and where none is linked.
pub fn there_is_one_order() -> Result<(), Failure> {
    Registry::linked(None)
        .map(|_| ())
        .map_err(|error| Failure::new(error.to_string()))
}

/// All migrations run on a real database, and the schema that the checks believe in is the one that it then has.
///
/// `directory` is where the crate's Cargo.toml is: what it declares as external is not compared.
///
/// # Errors
///
/// Where a migration fails, or the two schemas differ; the text lists the differences.
pub fn the_history_replays(directory: &str) -> Result<(), Failure> {
    let mut walk = Walk::new()?;
    let mut belief = belief::Belief::new(directory);
    while let Some(one) = walk.next().cloned() {
        walk.up()?;
        belief.apply(&one, ENVIRONMENT)?;
    }
    belief.compare(&walk.connection)
}

/// Each migration that can be taken back is: the database is then as it was before, and applying it again gives what it gave.
///
/// # Errors
///
/// Where one leaves something behind or loses something; the text lists what.
pub fn down_undoes_up() -> Result<(), Failure> {
    let mut walk = Walk::new()?;
    while let Some(one) = walk.next().cloned() {
        let before = copy(&walk.connection)?;
        walk.up()?;
        if one.irreversible().is_some() {
            continue;
        }
        let after = copy(&walk.connection)?;
        walk.down()?;
        let trace = schema::differences(&before, &walk.connection)?;
        if !trace.is_empty() {
            let text = format!("`down` does not undo `up`: {}", trace.join("; "));
            return Err(Failure::of(&one, text));
        }
        walk.up()?;
        let trace = schema::differences(&after, &walk.connection)?;
        if !trace.is_empty() {
            let text = format!(
                "`up` after `down` gives something else than before: {}",
                trace.join("; ")
            );
            return Err(Failure::of(&one, text));
        }
    }
    Ok(())
}

/// Each migration runs on tables that have rows, and keeps them: those of every table that is there before and after, and the
/// values of every column that is.
///
/// The rows are made up from the schema, a few for each table. A migration with a `DELETE`, or an `UPDATE` of the column, means what it does.
/// Where no row can be made that a table's constraints allow, the table stays empty, and the output of the test says so.
///
/// # Errors
///
/// Where a migration fails because of the rows, or loses some.
pub fn rows_survive() -> Result<(), Failure> {
    let mut walk = Walk::new()?;
    while let Some(one) = walk.next().cloned() {
        fill::fill(&walk.connection)?;
        let before = kept::Rows::count(&walk.connection)?;
        walk.up().map_err(|failure| {
            Failure::of(
                &one,
                format!("it fails on tables that have rows: {failure}"),
            )
        })?;
        let lost = before.lost(&walk.connection, &one, ENVIRONMENT)?;
        if !lost.is_empty() {
            return Err(Failure::of(
                &one,
                format!("it loses rows: {}", lost.join("; ")),
            ));
        }
    }
    Ok(())
}

/// All migrations together make what is defined: by the linked structs with [`derive@crate::Table`], and by the resource definitions in the folder
/// that `definitions` in `[package.metadata.migrate]` names.
///
/// `directory` is where the crate's Cargo.toml is.
///
/// # Errors
///
/// Where a migration fails, a definition cannot be read, or the tables differ from what is defined; the text lists the differences.
pub fn definitions_match(directory: &str) -> Result<(), Failure> {
    let mut walk = Walk::new()?;
    while walk.next().is_some() {
        walk.up()?;
    }
    definitions::compare(&walk.migrator, &mut walk.connection, directory)
}

/// The linked migrations, applied one by one to a database in memory.
struct Walk {
    migrator: Migrator,
    connection: Connection,
    /// Those that are for this environment, in order.
    list: Vec<Registered>,
    at: usize,
}

const ENVIRONMENT: &str = "test";

impl Walk {
    fn new() -> Result<Self, Failure> {
        let migrator = Migrator::new().environment(ENVIRONMENT);
        let registry = migrator.registry()?;
        let list = registry
            .iter()
            .filter(|one| one.is_for(ENVIRONMENT) && one.disabled_feature().is_none())
            .cloned()
            .collect();
        let connection = crate::sqlite::open(":memory:")?;
        Ok(Self {
            migrator,
            connection,
            list,
            at: 0,
        })
    }

    /// The one that `up` would apply.
    fn next(&self) -> Option<&Registered> {
        self.list.get(self.at)
    }

    fn up(&mut self) -> Result<(), Failure> {
        self.migrator
            .run(&mut self.connection, &Request::Up(Up::Count(1)))?;
        self.at += 1;
        Ok(())
    }

    fn down(&mut self) -> Result<(), Failure> {
        self.migrator
            .run(&mut self.connection, &Request::Down(Down::Count(1)))?;
        self.at -= 1;
        Ok(())
    }
}
