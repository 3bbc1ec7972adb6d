//! The parts of a schema, and the changes the builder steps make to it.
//!
//! A [`Table`] is what a table *is*, however it came about: the builder, introspection and parsed SQL all
//! make the same model. What was written on one column (`UNIQUE`, a foreign key) stands in the table's lists,
//! so that two ways of saying one thing are equal. A [`Change`] is one step of a migration.
//!
//! Models are plain data and may be wrong; [`Change::validate`] says what is wrong with one.

mod canonical;
mod change;
mod column_type;
mod error;
mod index;
mod rebuild;
mod table;
mod validate;

pub use change::Change;
pub use column_type::{ColumnType, UnknownColumnType};
pub use error::ModelError;
pub use index::{Index, IndexColumn, IndexKey};
pub use rebuild::Rebuild;
pub use table::{
    Action, AutoIncrement, Check, Column, ColumnDefinition, DefaultValue, ForeignKey, Literal,
    Table, Unique,
};
