//! Resource definitions: tables as an application describes them, in JSON, one file for each.
//!
//! ```
//! use migrate_schema::{Dialect, schema::definitions::Definitions};
//!
//! let file = r#"{"fields": {
//!     "email": {"type": "email", "required": true, "unique": true},
//!     "team": {"type": "relation", "target": "teams", "onDelete": "cascade"}
//! }}"#;
//! let teams = r#"{"fields": {"name": {"type": "string"}}}"#;
//! let definitions = Definitions::read([("users.json", file), ("teams.json", teams)], &[])?;
//! let schema = definitions.schema(Dialect::Sqlite)?;
//! let names: Vec<&str> = schema.tables[1].columns.iter().map(|column| column.name.as_str()).collect();
//! assert_eq!(names, ["id", "email", "teamId", "created_at", "updated_at"]);
//! # Ok::<(), migrate_schema::schema::definitions::Faults>(())
//! ```

mod fits;
mod merge;
mod read;
mod table;

use std::fmt;

use super::json::Json;

pub use merge::{Merged, Removal};

/// The definitions of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    /// One for each file, in the order of their tables' names.
    pub tables: Vec<Definition>,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The file, for messages.
    pub file: String,
    /// The table: the stem of the file's name.
    pub table: String,
    /// What it is for.
    pub description: Option<String>,
    /// The name that the table had before.
    pub renamed_from: Option<String>,
    /// Its fields, in the order of the file.
    pub fields: Vec<Field>,
    /// It says all of its columns, and has the usual ones without saying so. A struct does not: of what it leaves out (defaults, keys,
    /// and which of the types that its field fits) nothing is concluded.
    pub whole: bool,
    /// The table may have columns that no field names.
    pub partial: bool,
}

/// A field: a column of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the file.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// `NOT NULL`.
    pub required: bool,
    /// No two rows have the same.
    pub unique: bool,
    /// It is (a part of) the primary key.
    pub primary_key: bool,
    /// What a row gets that does not say.
    pub default: Option<Json>,
    /// Another table's row that it names.
    pub references: Option<Reference>,
    /// What it is for.
    pub description: Option<String>,
    /// The name that the field had before.
    pub renamed_from: Option<String>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A short text.
    String,
    /// A mail address.
    Email,
    /// A text of any length.
    Text,
    /// JSON, as text.
    Json,
    /// A number.
    Number,
    /// A number of which every digit counts.
    Decimal,
    /// A whole number.
    Integer,
    /// A whole number of 64 bits.
    BigInteger,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    DateTime,
    /// A moment that knows its zone.
    Timestamp,
    /// A UUID.
    Uuid,
    /// Bytes.
    Blob,
    /// One of these words.
    Enum(Vec<String>),
    /// The key of a row of another table. The column is called like the field with `Id` behind it.
    Relation,
    /// A type of the database, as it is written there.
    Written(String),
}

/// What a field refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The table.
    pub table: String,
    /// Its column; none for its primary key.
    pub column: Option<String>,
    /// `ON DELETE`, in capitals; none for `NO ACTION`.
    pub on_delete: Option<String>,
}

/// Something that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The place in it: `fields.email.uniqe`; empty for all of it.
    pub path: String,
    /// What is wrong, and what to write.
    pub message: String,
}

/// All that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Definitions {
    /// The definition of a table.
    pub fn table(&self, name: &str) -> Option<&Definition> {
        self.tables
            .iter()
            .find(|definition| definition.table.eq_ignore_ascii_case(name))
    }
}

impl Definition {
    /// Something wrong at a place of it.
    fn fault(&self, path: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            file: self.file.clone(),
            path: path.into(),
            message: message.into(),
        }
    }

    /// The column that a row of this table is named by.
    fn key(&self) -> Option<&Field> {
        let mut keys = self.fields.iter().filter(|field| field.primary_key);
        keys.next().filter(|_| keys.next().is_none())
    }
}

impl Field {
    /// The column of the table.
    pub fn column(&self) -> String {
        column_of(&self.kind, &self.name)
    }
}

impl Kind {
    /// The kind that files call by this word; none for an enum, a relation, and what is none.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "email" => Self::Email,
            "text" => Self::Text,
            "json" => Self::Json,
            "number" => Self::Number,
            "decimal" => Self::Decimal,
            "integer" => Self::Integer,
            "biginteger" => Self::BigInteger,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "time" => Self::Time,
            "datetime" => Self::DateTime,
            "timestamp" => Self::Timestamp,
            "uuid" => Self::Uuid,
            "blob" => Self::Blob,
            _ => return None,
        })
    }
}

fn column_of(kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Relation => format!("{name}Id"),
        _ => name.to_owned(),
    }
}
