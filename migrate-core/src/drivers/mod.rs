//! The databases. A folder and a feature each.

#[cfg(feature = "sqlite")]
pub mod sqlite;
