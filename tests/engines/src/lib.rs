//! What every driver has to do, as tests on real servers.
//!
//! [`mod@conformance`] has what is asked of every database, written once. [`Histories`] are the migrations that a test program
//! makes up.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test's ground is a test that fails"
)]

pub mod conformance;
mod histories;

pub use histories::{Histories, History, Way};
