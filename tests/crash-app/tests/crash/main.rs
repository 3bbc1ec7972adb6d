//! Kills, storms, locks and full disks: real processes on real files.
//!
//! A normal run does a small number of everything; with `MIGRATE_SOAK=1` it is the large one (`.ci/soak`). Whatever
//! is random comes from a seed, which is printed when a test fails; `MIGRATE_SEED` sets it.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

mod full_disk;
mod ground;
mod killed;
mod locked;
mod looked_at;
mod places;
mod storm;
mod unresolved;
