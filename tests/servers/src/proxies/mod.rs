//! Proxies in front of servers, which lose what a test wants lost.

mod cockroach;
mod dialect;
mod listener;
mod messages;
mod session;
mod wire;

pub use cockroach::{CockroachLike, Fault};
pub use wire::{Toward, Wire};
