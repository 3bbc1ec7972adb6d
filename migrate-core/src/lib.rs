//! Database migrations as Rust code, checked while they compile.
//!
//! ```
//! use migrate_core::prelude::*;
//!
//! pub struct CreateUsers;
//!
//! #[migration("20260215_create_users")]
//! impl Migration for CreateUsers {
//!     fn up(&self, steps: &mut Steps) {
//!         steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)"));
//!     }
//!     fn down(&self, steps: &mut Steps) {
//!         steps.sql(sql!("DROP TABLE users"));
//!     }
//! }
//!
//! fn main() -> Result<(), migrate_core::Error> {
//!     let mut connection = migrate_core::sqlite::open("sqlite::memory:")?;
//!     Migrator::new().up(&mut connection)?;
//!     Ok(())
//! }
//! ```
//!
//! A [`Migration`] says by [`Steps`] what is to be done, `#[`[`migration`]`]` registers it at link time,
//! [`sql!`] checks its SQL while it compiles, and a [`Migrator`] runs what is pending: each migration and its
//! row in the history in one transaction, so that a killed run leaves nothing to clean up.
//!
//! # Features
//!
//! - `sqlite` (default): runs on `rusqlite::Connection`. The application chooses how SQLite is linked, for
//!   instance by rusqlite's feature `bundled`.
//! - `rqlite`: runs on a cluster of rqlite, over HTTP ([`rqlite`]); `rqlite-tls`: over HTTPS too.
//! - `mysql`: runs on MySQL, MariaDB and Galera, by mysql_async.
//! - `tokio`: [`Migrator::up_async`] and its kin for what blocks, SQLite and rqlite, on threads of tokio's.
//! - `postgres`: runs on `tokio_postgres::Client`, and by URL: see [`postgres`].
//! - `builder` (default): the steps that are not SQL text, such as [`Steps::create_table`].
//! - `models`: [`derive@Table`], structs that say what their tables have to be ([`models`]).
//! - `schema`: whole schemas, live or as the migrations build them: the module `schema`. `schema-sqlite`, `schema-postgres`,
//!   `schema-mysql`: the same with the grammar that it reads a dialect by.
//! - `serde`: plans, reports and states can be serialised.
//! - `test`: [`test_migrations!`], for dev-dependencies.
//! - `tracing`: `TracingObserver`.
#![cfg_attr(
    not(any(
        feature = "mysql",
        feature = "postgres",
        feature = "rqlite",
        feature = "sqlite"
    )),
    allow(dead_code, reason = "without a driver there is nothing to run on")
)]

mod adopt;
#[cfg(feature = "builder")]
mod builder;
mod database;
mod drivers;
mod engine;
mod error;
mod history;
mod linked;
#[cfg(feature = "sqlite")]
mod memory;
mod migration;
mod migrator;
#[cfg(feature = "models")]
pub mod models;
mod native;
mod observer;
mod plan;
#[cfg(all(feature = "builder", feature = "sqlite"))]
mod rebuild;
mod registry;
#[cfg(feature = "schema")]
pub mod schema;
mod sql;
mod status;
mod steps;
#[cfg(feature = "test")]
pub mod testing;
mod url;

pub use adopt::Tool;
pub use database::Database;
#[cfg(feature = "mysql")]
pub use drivers::mysql;
#[cfg(feature = "postgres")]
pub use drivers::postgres;
#[cfg(feature = "rqlite")]
pub use drivers::rqlite;
#[cfg(feature = "sqlite")]
pub use drivers::sqlite;
pub use error::Error;
pub use history::{Applied, Progress};
#[cfg(feature = "sqlite")]
pub use memory::migrated_memory;
#[cfg(feature = "models")]
pub use migrate_macros::Table;
pub use migrate_macros::{migration, migrations, sql};
pub use migrate_schema::{Dialect, IdError, MigrationId, Version};
pub use migration::Migration;
pub use migrator::{AsyncConnection, Connection, Migrator};
#[cfg(feature = "models")]
pub use models::Table;
pub use native::{IntoNative, Outcome, StepError, StepResult};
#[cfg(feature = "tracing")]
pub use observer::TracingObserver;
pub use observer::{Done, Event, Observer, Report};
pub use plan::{
    ActionKind, Down, Plan, PlanError, PlannedMigration, PlannedStep, Policy, Request, State, Up,
    Warning,
};
pub use registry::{Registered, Registry, RegistryError};
#[cfg(feature = "sqlite")]
pub use rusqlite;
pub use sql::{IntoSql, Sql};
pub use status::{MigrationStatus, Status};
pub use steps::Steps;

/// What a file with a migration needs.
pub mod prelude {
    pub use crate::{Migration, Migrator, Sql, StepResult, Steps, migration, sql};
    #[cfg(feature = "builder")]
    pub use migrate_schema::model::Action;
}

/// Names crates that hold migrations, so that the linker keeps them.
///
/// A crate that a program never names is not linked, and its migrations would be missing without a word.
/// `migrate_cli::main!` does the same for the program that it makes.
///
/// ```
/// // migrate_core::link!(blog, accounts);
/// migrate_core::link!(std);
/// ```
#[macro_export]
macro_rules! link {
    ($($crate_name:ident),+ $(,)?) => {
        $(#[allow(unused_imports)] use $crate_name as _;)+
    };
}

/// What the macros expand to. Not public API: anything here may change in any release.
#[doc(hidden)]
pub mod __private {
    /// The version that the macros of this release name.
    pub mod v1 {
        #[cfg(feature = "models")]
        pub use crate::models::{Model, ModelColumn, Table, register_model};
        pub use crate::{
            Migration, Steps,
            linked::{Embedded, EmbeddedPart, Written, register, register_all, register_with},
            migration::{sql, sql_each},
        };
        pub use migrate_macros::registered;
    }
}

/// What `sql!` expands to where a compiler makes no program.
#[doc(hidden)]
pub const __CHECKED: Sql = migration::sql("", "");

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
