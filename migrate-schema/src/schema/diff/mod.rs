//! Two schemas beside each other: what has to be done to one to get the other.

mod change;
#[cfg(feature = "serde")]
mod json;
mod loses;
mod words;

pub use change::{Change, ColumnChange, TableChange, TypeChange, ViewChange};
