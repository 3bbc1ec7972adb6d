//! The pure part of migrate: identifiers, SQL statements, checksums, the schema model and its renderers.
//!
//! Nothing here opens a file or a database, and nothing here depends on `syn` or on a driver, so the same
//! code serves the macros while they compile and the runner when it runs.

pub mod builder;
pub mod catalog;
mod checksum;
mod dialect;
pub mod finding;
mod id;
pub mod lex;
pub mod model;
mod near;
mod quote;
#[cfg(feature = "render")]
pub mod render;
pub mod statement;
#[cfg(feature = "parse")]
pub mod syntax;

pub use checksum::Checksum;
pub use dialect::{Dialect, UnknownDialect};
pub use finding::{Code, Finding};
pub use id::{IdError, MigrationId, Version};
pub use near::nearest;
pub use statement::{Statement, StatementKind};
