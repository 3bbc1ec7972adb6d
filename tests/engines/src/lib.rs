//! What every driver has to do, as tests on real servers.
//!
//! [`Histories`] are the migrations that a test program makes up.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test's ground is a test that fails"
)]

mod histories;

pub use histories::{Histories, History, Way};
