//! Databases that another tool has migrated so far: what its history says.

mod read;
mod tool;

pub(crate) use read::{Entry, OtherHistory};
pub use tool::Tool;
