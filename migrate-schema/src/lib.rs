//! The pure part of migrate.
mod dialect;

pub use dialect::{Dialect, UnknownDialect};
