//! Migrations on real servers of MariaDB, and on a cluster of Galera. What is of MySQL alone is in the package
//! `migrate-test-mysql`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod conformance;
