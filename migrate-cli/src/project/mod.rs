//! What works on a user's source tree and needs no database: find the package, write a new migration,
//! and turn a folder of SQL files into migrations.
//!
//! Nothing here is half done: an action writes all of its files or, where one cannot be written, none.

mod draft;
mod error;
mod folder;
mod ids;
mod import;
mod insert;
mod intent;
mod literal;
mod make;
mod name;
mod number;
mod package;
mod place;
mod render;
mod source;
mod write;
mod write_sql;

pub use error::{ImportFault, ProjectError};
pub use folder::{Declaration, ModuleLines};
pub use import::{Destination, ImportOptions, Imported, ImportedMigration, import};
pub use make::{Created, MakeOptions, make};
pub use package::{Location, Package, Target, locate};
pub(crate) use write_sql::{Script, Statements, known, write_sql};
