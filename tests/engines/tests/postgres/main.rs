//! Migrations on real servers of PostgreSQL.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod cancelled;
mod client;
mod cockroach;
mod conformance;
mod histories;
mod killed;
mod kinds;
mod lost;
mod outside;
mod refused;
mod seeds;
mod settings;

use migrate_core::{Report, postgres};
use migrate_test_servers::Database;

/// Applies everything that is pending of a history.
fn up(set: &str, database: &Database) -> Result<Report, migrate_core::Error> {
    histories::of(set).up(&mut postgres::open(&database.url())?)
}

/// A runtime of a test.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}
