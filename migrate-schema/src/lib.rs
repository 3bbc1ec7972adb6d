//! The pure part of migrate: identifiers, SQL statements, checksums, the schema model and its renderers.
//!
//! Nothing here opens a file or a database, and nothing here depends on `syn` or on a driver, so the same
//! code serves the macros while they compile and the runner when it runs.

pub mod builder;
#[cfg(feature = "check")]
pub mod catalog;
mod checksum;
mod dialect;
pub mod finding;
#[cfg(feature = "check")]
pub mod folder;
#[cfg(feature = "check")]
pub mod grammar;
#[cfg(feature = "check")]
pub mod hash;
mod id;
mod level;
pub mod lex;
#[cfg(feature = "check")]
pub mod lint;
pub mod model;
mod near;
#[cfg(any(feature = "check", feature = "render"))]
mod quote;
#[cfg(any(feature = "schema", feature = "render"))]
pub mod rebuild;
#[cfg(feature = "render")]
pub mod render;
#[cfg(feature = "check")]
pub mod replay;
#[cfg(feature = "schema")]
pub mod schema;
pub mod settings;
#[cfg(feature = "check")]
pub mod source;
pub mod statement;
#[cfg(feature = "check")]
pub mod tree;

pub use checksum::Checksum;
pub use dialect::{Dialect, UnknownDialect};
pub use finding::{Code, Finding, Fix};
pub use id::{IdError, MigrationId, Version};
pub use level::{Level, UnknownLevel};
pub use near::{listed, nearest, nearest_or_longer};
pub use statement::{Statement, StatementKind};
