//! The databases. A folder and a feature each, and what they share.

#[cfg(any(feature = "mysql", feature = "postgres"))]
mod blocking;
#[allow(dead_code, reason = "the drivers of servers say all of it")]
pub(crate) mod lease;
#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
pub(crate) mod record;
#[cfg(feature = "rqlite")]
pub mod rqlite;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "sqlite", feature = "rqlite"))]
mod sqlite_sql;
