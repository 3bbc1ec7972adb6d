//! Schemas and their changes as SQL of a dialect.
//!
//! [`create`] makes a whole schema, in an order in which each statement finds what it needs.
//!
//! ```
//! use migrate_schema::{Dialect, schema::{Column, Key, ObjectName, Schema, Table, ddl}};
//!
//! let mut users = Table::new(ObjectName::bare("users"));
//! users.columns.push(Column::new("id", "integer"));
//! users.columns.push(Column::new("email", "text"));
//! users.primary_key = Some(Key::on(["id"]));
//! let mut schema = Schema::empty(Dialect::Postgres);
//! schema.tables.push(users);
//!
//! assert_eq!(
//!     ddl::script(&ddl::create(&schema)?),
//!     "CREATE TABLE users (\n    id integer PRIMARY KEY,\n    email text\n);\n",
//! );
//! # Ok::<(), ddl::DdlError>(())
//! ```
//!
//! Names stand in quotes where they need them, and nowhere else. What cannot be written is a [`DdlError`], and never
//! left out.

mod change;
mod column;
mod comment;
mod constraint;
mod create;
mod error;
mod expression;
mod index;
mod name;
mod order;
mod rebuild;
mod sqlite;
mod table;
mod types;
mod view;
mod words;

pub use change::{change, there_and_back};
pub use create::create;
pub use error::DdlError;
pub use index::create_index;
pub use name::{name, object_name, text};
pub use sqlite::change as change_on_sqlite;
pub use table::create_table;
pub use types::{create_sequence, create_type};
pub use view::create_view;

/// A statement that is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its text, without a `;` at the end.
    pub sql: String,
    /// What is lost of the data, in words.
    pub loses: Option<String>,
    /// It has to be committed before the next one runs: a migration of its own, or one without a transaction.
    pub alone: bool,
}

impl Planned {
    /// A statement that loses nothing.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            loses: None,
            alone: false,
        }
    }
}

/// All statements as one text, each with its `;` on lines of its own.
pub fn script(statements: &[Planned]) -> String {
    let ended = statements.iter().map(|statement| {
        let sql = statement.sql.trim_end();
        format!("{}{}", sql, if sql.ends_with(';') { "\n" } else { ";\n" })
    });
    ended.collect()
}
