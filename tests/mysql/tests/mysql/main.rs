//! The driver of MySQL on real servers of MariaDB.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod basic;
mod contest;
mod fenced;
mod given;
mod ground;
mod killed;
mod lost;
mod settings;
mod settled;
mod words;
