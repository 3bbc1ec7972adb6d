//! The functions that work on a source tree, on real trees.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

mod import;
mod locate;
mod make;
mod support;
