//! What the tests share: folders in which the `migrate` programs of `fixtures` run as real processes, what
//! they print, a terminal, and applications that Cargo builds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is only for tests, and a test may panic"
)]

mod application;
mod folder;
mod ran;
#[cfg(unix)]
mod terminal;

pub use application::Application;
pub use folder::{Folder, bytes};
pub use ran::Ran;
#[cfg(unix)]
pub use terminal::Session;
