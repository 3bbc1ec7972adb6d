//! The closures in which tables, columns and indexes are written.
//!
//! ```
//! use migrate_schema::model::{Action, Change};
//!
//! let users = Change::create_table("users", |t| {
//!     t.id();
//!     t.text("email").not_null().unique();
//!     t.string("nick", 40).default("anon");
//!     t.integer("age").check("age >= 0");
//!     t.timestamp("created_at").not_null().default_now();
//!     t.integer("team_id").references("teams", "id").on_delete(Action::Cascade);
//!     t.check("nick_is_no_email", "nick <> email");
//! });
//! let age = Change::add_column("users", |c| c.integer("logins").not_null().default(0));
//! let index = Change::create_index("users_recent", "users", |i| {
//!     i.column("team_id").descending("created_at").filter("age >= 18")
//! });
//! for change in [users, age, index] {
//!     change.validate().unwrap();
//! }
//! ```
//!
//! A builder never fails. What it made may be wrong, and [`Change::validate`] says so.

mod change;
mod column;
mod constraint;
mod index;
mod rebuild;
mod table;

pub use column::{ColumnBuilder, NewColumn};
pub use constraint::{ForeignKeyBuilder, UniqueBuilder};
pub use index::IndexBuilder;
pub use rebuild::RebuildBuilder;
pub use table::TableBuilder;

#[cfg(doc)]
use crate::model::Change;

/// The methods that begin a column, one per type: on a table they add to it, in `add_column` they make the one column.
macro_rules! column_methods {
    ($self:ident: $receiver:ty => $output:ty) => {
        /// A column of any type: `t.column("address", ColumnType::custom("inet"))`.
        pub fn column(
            $self: $receiver,
            name: impl Into<String>,
            column_type: ColumnType,
        ) -> $output {
            $self.start(Column::new(name, column_type))
        }

        /// A whole number of 16 bits.
        pub fn smallint($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::SmallInteger)
        }

        /// A whole number of 32 bits (64 on SQLite).
        pub fn integer($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Integer)
        }

        /// A whole number of 64 bits.
        pub fn bigint($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::BigInteger)
        }

        /// A floating-point number of 64 bits.
        pub fn double($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Double)
        }

        /// An exact decimal number of `precision` digits, `scale` of them behind the point.
        pub fn decimal(
            $self: $receiver,
            name: impl Into<String>,
            precision: u32,
            scale: u32,
        ) -> $output {
            $self.column(name, ColumnType::Decimal(Some((precision, scale))))
        }

        /// True or false.
        pub fn boolean($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Boolean)
        }

        /// Text of at most `length` characters: `VARCHAR(length)`.
        pub fn string($self: $receiver, name: impl Into<String>, length: u32) -> $output {
            $self.column(name, ColumnType::String(Some(length)))
        }

        /// Text of any length.
        pub fn text($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Text)
        }

        /// A day.
        pub fn date($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Date)
        }

        /// A time of day.
        pub fn time($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Time)
        }

        /// A day and a time of day, without a time zone.
        pub fn timestamp($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Timestamp)
        }

        /// An instant: a timestamp with a time zone.
        pub fn timestamptz($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::TimestampTz)
        }

        /// A JSON document.
        pub fn json($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Json)
        }

        /// A UUID.
        pub fn uuid($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Uuid)
        }

        /// Bytes.
        pub fn blob($self: $receiver, name: impl Into<String>) -> $output {
            $self.column(name, ColumnType::Blob)
        }
    };
}
use column_methods;
