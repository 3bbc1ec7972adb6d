//! What a database holds: the things that the catalog knows.

use std::sync::Arc;

use crate::tree::{
    Argument, Expression, FunctionKind, Generated, Identity, IndexPart, Query, TriggerBody,
    TriggerEvent, TriggerTime, TypeName, TypeShape,
};

/// Which migration made or dropped something: its place in the history that is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u32);

/// What has columns: a table, a view, a virtual table.
#[derive(Clone, Debug)]
pub struct Relation {
    /// What it is.
    pub kind: RelationKind,
    /// The schema or database it is in, as the engine stores it; on SQLite `main` or `temp`.
    pub schema: String,
    /// Its name, as it was written when it was made.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// It may have columns, constraints, indexes and triggers that nobody here knows of.
    pub open: bool,
    /// Its constraints, in the order in which they were made.
    pub constraints: Vec<Constraint>,
    /// Its indexes, apart from those that the engine makes for constraints.
    pub indexes: Vec<Index>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// `STRICT` (SQLite).
    pub strict: bool,
    /// `WITHOUT ROWID` (SQLite).
    pub without_rowid: bool,
    /// The module of a virtual table (SQLite), in lower case.
    pub module: Option<String>,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `PARTITION BY` (PostgreSQL).
    pub partitioned: bool,
    /// The table that it is a partition of, or inherits from: the keys of their relations.
    pub parents: Vec<(String, String)>,
    /// `ENGINE`, `CHARSET`, ….
    pub options: Vec<(String, String)>,
    /// The query of a view.
    pub query: Option<Arc<Query>>,
    /// The names that a view gives to its columns.
    pub column_names: Vec<String>,
    /// `COMMENT ON` it.
    pub comment: Option<String>,
    /// It has rows for certain: an earlier migration inserted some. (Nothing is ever concluded from `false`.)
    pub has_rows: bool,
    /// The migration that made it.
    pub origin: Origin,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// `CREATE TABLE`.
    Table,
    /// `CREATE FOREIGN TABLE`.
    ForeignTable,
    /// `CREATE VIRTUAL TABLE` (SQLite).
    VirtualTable,
    /// `CREATE VIEW`.
    View,
    /// `CREATE MATERIALIZED VIEW`.
    MaterializedView,
    /// A sequence: on PostgreSQL it shares the names of tables.
    Sequence,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as written; none where there is none, or (of a view) where nobody knows it.
    pub ty: Option<TypeName>,
    /// It refuses NULL. (A primary key does so too, where the engine says so.)
    pub not_null: bool,
    /// Its default.
    pub default: Option<Expression>,
    /// `GENERATED ALWAYS AS`.
    pub generated: Option<Generated>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Identity>,
    /// `AUTO_INCREMENT`, and SQLite's `AUTOINCREMENT`.
    pub auto_increment: bool,
    /// `COLLATE`, as written.
    pub collation: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The migration that made it.
    pub origin: Origin,
}

/// A constraint.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Its name: the one written, or the one that the engine chooses; empty where it has none (SQLite) or nobody knows it.
    pub name: String,
    /// The name was chosen by the engine.
    pub generated_name: bool,
    /// What it is.
    pub kind: ConstraintKind,
    /// The migration that made it.
    pub origin: Origin,
}

/// What a constraint is.
#[derive(Clone, Debug)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`: its columns.
    PrimaryKey(Vec<String>),
    /// `UNIQUE`: its columns.
    Unique(Vec<String>),
    /// `FOREIGN KEY`.
    ForeignKey {
        /// The referring columns.
        columns: Vec<String>,
        /// The schema and name of the table that is referred to.
        table: (String, String),
        /// Its columns; empty for its primary key where that was not known.
        referred: Vec<String>,
        /// `ON DELETE`, in capitals.
        on_delete: Option<String>,
        /// `ON UPDATE`, in capitals.
        on_update: Option<String>,
    },
    /// `CHECK`.
    Check(Expression),
    /// `EXCLUDE`.
    Exclude(Vec<IndexPart>),
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// `UNIQUE`.
    pub unique: bool,
    /// `USING`, in lower case.
    pub method: Option<String>,
    /// What it is on.
    pub parts: Vec<IndexPart>,
    /// `INCLUDE`.
    pub include: Vec<String>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// The migration that made it.
    pub origin: Origin,
}

/// A trigger.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// When it fires.
    pub time: TriggerTime,
    /// What fires it.
    pub events: Vec<TriggerEvent>,
    /// `WHEN`.
    pub when: Option<Expression>,
    /// What it does.
    pub body: TriggerBody,
    /// The migration that made it.
    pub origin: Origin,
}

/// A type that a migration made.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub shape: TypeShape,
    /// The migration that made it.
    pub origin: Origin,
}

/// A function, procedure or aggregate that a migration made. One name may have several.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What kind.
    pub kind: FunctionKind,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What it gives.
    pub returns: Option<TypeName>,
    /// The migration that made it.
    pub origin: Origin,
}

/// The answer to "is there a …?".
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'a, T> {
    /// It is there.
    Known(&'a T),
    /// Nobody knows: something that could not be read may have made or dropped it, or it belongs to somebody else.
    Unknown,
    /// It is not there.
    Absent,
}

impl<'a, T> Lookup<'a, T> {
    /// The thing, if it is known to be there.
    pub const fn known(self) -> Option<&'a T> {
        match self {
            Self::Known(thing) => Some(thing),
            Self::Unknown | Self::Absent => None,
        }
    }
}
