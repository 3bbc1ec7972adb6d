//! A history of thirty-one migrations that is made for being killed.
//!
//! Every migration leaves a mark in its own transaction: a row of `trace`, and a count in `counter` that is
//! wrong as soon as something runs twice. So a look at the database tells what has really run, and the tests
//! compare that with what the history says.
//!
//! The environments select what a test needs:
//!
//! - [`PLAIN`]: every migration runs in one transaction.
//! - [`OUTSIDE`]: one runs outside a transaction, `011_outside`.
//! - [`RUST`]: another one outside a transaction has a Rust step, `016_note`.
//! - [`SWITCH`]: as [`PLAIN`], and the first migration switches to a write-ahead log.

mod history;

pub use migrate_test_servers::{EVERYWHERE, GATE, STOP, reach};

/// Every migration runs in a transaction.
pub const PLAIN: &str = "plain";
/// One migration runs outside a transaction.
pub const OUTSIDE: &str = "outside";
/// Two run outside a transaction, and one of them has a Rust step.
pub const RUST: &str = "rust";
/// The first migration switches to a write-ahead log.
pub const SWITCH: &str = "switch";

/// How many rows the larger steps write, as a variable of the environment: it makes a run as long as a test needs it.
pub const ROWS: &str = "CRASH_ROWS";
