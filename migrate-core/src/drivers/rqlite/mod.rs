//! rqlite, over HTTP: SQLite on several nodes that agree by Raft.
//!
//! ```no_run
//! # use migrate_core::prelude::*;
//! # #[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER PRIMARY KEY)", down = "DROP TABLE users")]
//! # pub struct CreateUsers;
//! let mut cluster = migrate_core::rqlite::connect("rqlite://ann:secret@node1:4001,node2,node3")?;
//! Migrator::new().up(&mut cluster)?;
//! # Ok::<(), migrate_core::Error>(())
//! ```
//!
//! # URL
//!
//! `rqlite://user:password@host:port,host:port`. The port is 4001 unless it is named, the user can be left out, and one
//! node is enough: the others are for when it is down. What a node that does not lead is asked, goes to the leader.
//! `rqlites://` and `?tls` speak TLS (feature `rqlite-tls`), and trust the authorities that the system trusts, or those in
//! the PEM file of `?ca=FILE`.
//!
//! # One migration, one batch
//!
//! rqlite has no transactions that stay open, only batches that take place whole or not at all. So a migration is one
//! batch, with its row in the history, and it is sent at the end. A statement that fails is named all the same.
//!
//! Before everything else in the batch, the token in the table `_migrations_lock` is changed from what was read together
//! with the history to the next one. Where another run was faster, that fails, and the batch with it; the history is
//! read again, and decided anew. Nothing is locked, so a killed run leaves nothing behind. Where an answer is lost, the
//! history tells whether the batch took place, and if it still is under way, it and a second one cannot both take place.
//!
//! With `transaction = false`, each statement is such a batch together with the record that it is done. For that time
//! the run says by `holder` and `beat` in the same table that it is alive, so that another one waits for it.
//!
//! # Rust steps
//!
//! A step reads by a [`Reader`], and what it wants to change it returns as SQL, which joins the batch. It sees the
//! database as it was before its migration.
//!
//! ```
//! use migrate_core::{prelude::*, rqlite::Reader};
//!
//! #[migration("20260216_backfill_names")]
//! # pub struct BackfillNames;
//! impl Migration for BackfillNames {
//!     fn up(&self, steps: &mut Steps) {
//!         steps.run("fill in names", |database: &Reader| {
//!             let rows = database.query("SELECT id, email FROM users WHERE name IS NULL", &[])?;
//!             let name = |email: &str| email.split('@').next().unwrap_or_default().replace('\'', "''");
//!             let updates = rows.iter().filter_map(|row| {
//!                 let (id, email) = (row[0].as_i64()?, row[1].as_str()?);
//!                 Some(Sql::unchecked(format!("UPDATE users SET name = '{}' WHERE id = {id}", name(email))))
//!             });
//!             Ok(updates.collect::<Vec<Sql>>())
//!         });
//!     }
//!     fn down(&self, steps: &mut Steps) {
//!         steps.sql(sql!("SELECT 1"));
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! # What is different from SQLite
//!
//! - Each node runs every statement for itself, and again when it starts. What gives another value then (`random()`,
//!   `CURRENT_TIMESTAMP`, …) makes the nodes differ, and `cargo migrate lint --dialect rqlite` says so: compute the value
//!   in a Rust step.
//! - `PRAGMA foreign_keys` is a setting of the nodes (`-fk`). Where it is on, a table to which others refer cannot be
//!   made again: the run refuses that, because rows of the others would be deleted.
//! - A pragma that is a setting of a connection or of the file is refused: it would change the nodes' own.

mod beats;
mod computed;
mod connection;
mod driver;
mod http;
mod lock;
mod reader;
mod table;
mod target;
#[cfg(feature = "rqlite-tls")]
mod tls;
mod transaction;
mod wire;

pub use connection::{Connection, connect};
pub use reader::{QueryError, Reader};
pub use serde_json::Value;
