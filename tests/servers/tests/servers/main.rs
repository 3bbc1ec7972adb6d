//! The ground of the tests, tested: each server starts, answers, and is gone in the end.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

mod clusters;
mod contests;
mod deaths;
mod mariadb;
mod postgres;
mod wires;

use std::path::Path;

/// Whether there is such a process.
fn is_alive(process: Option<u32>) -> bool {
    process.is_some_and(|id| Path::new(&format!("/proc/{id}")).exists())
}
