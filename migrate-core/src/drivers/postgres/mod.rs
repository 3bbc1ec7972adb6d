//! PostgreSQL, by tokio-postgres: the connection that the application has, or one by URL.
//!
//! ```no_run
//! use migrate_core::prelude::*;
//! use migrate_core::postgres::tokio_postgres;
//!
//! pub struct CreateUsers;
//!
//! #[migration("20260215_create_users", irreversible = "the spelling is not kept")]
//! impl Migration for CreateUsers {
//!     fn up(&self, steps: &mut Steps) {
//!         steps.sql(Sql::unchecked("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL)"));
//!         steps.run("lower-case emails", async |tx: &tokio_postgres::Transaction<'_>| {
//!             tx.execute("UPDATE users SET email = lower(email)", &[]).await?;
//!             Ok(())
//!         });
//!     }
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! // The connection of the application, which a pool may have given: `&mut **pooled` of deadpool, `&mut *pooled` of bb8.
//! let mut client = migrate_core::postgres::connect("postgres://app@localhost/app").await?;
//! Migrator::new().up_async(&mut client).await?;
//!
//! // Or by URL, without blocking, …
//! let mut database = migrate_core::postgres::open("postgres://app@localhost/app?sslmode=verify-full")?;
//! Migrator::new().up_async(&mut database).await?;
//! # Ok(())
//! # }
//! # fn main() -> Result<(), migrate_core::Error> {
//! // … and blocking, where there is no runtime.
//! let mut database = migrate_core::postgres::open("postgres://app@localhost/app")?;
//! Migrator::new().up(&mut database)?;
//! # Ok(())
//! # }
//! ```
//!
//! Every migration is one transaction, with its row in the history. It begins with the lock of one row, so of several
//! runs at once each migration is done by one, and the session that holds the lock has no need to say that it is alive:
//! where it ends, the server rolls back. That works through a pool in transaction mode too.
//!
//! What PostgreSQL does not do in a transaction (`CREATE INDEX CONCURRENTLY`, `VACUUM`, …) stands in migrations with
//! `transaction = false`. They are recorded step by step, and where a run was cut off, the next one looks at the schema:
//! an invalid index that was left is dropped, and made again.
//!
//! # Settings
//!
//! - [`lock_timeout`](crate::Migrator::lock_timeout) and [`statement_timeout`](crate::Migrator::statement_timeout) are set
//!   within each transaction. Outside of one only the second counts.
//! - [`schema`](crate::Migrator::schema) is put before the search path, in each transaction; around what stands outside of
//!   one it is set for the session, which a pool in transaction mode does not keep.
//! - `fresh` drops what is in the schemas of the search path, but extensions and what belongs to them.
//!
//! # CockroachDB and YugabyteDB
//!
//! They are recognised by their version. There each change of the schema stands alone, is recorded before and after, and
//! looked up where an answer was lost. This was tried against a *simulation* of CockroachDB in front of PostgreSQL, not
//! against CockroachDB or YugabyteDB.

mod claim;
mod database;
mod error;
mod facts;
mod lent;
mod link;
mod session;
mod table;
mod tls;
mod trace;
mod transaction;
mod url;
mod wipe;

pub use database::{Database, connect, open};
pub use tokio_postgres;
