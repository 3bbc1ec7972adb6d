//! A database's schema as data with its SQL: what is exported, compared, drawn, and written as DDL.
//!
//! The [catalog](crate::catalog) answers what a name means while a history is replayed; a [`Schema`] says what is there in
//! the end, with the texts that DDL needs. Both sides of every comparison are made the same way, from the catalog: of a
//! history its statements are replayed, of a live database the definitions that the engine itself gives.
//!
//! Everything is in the dialect's own words: a type as it is written there, an expression as SQL. Two words for one thing
//! (`int` and `integer`, `(a > 0)` and `a > 0`) are told apart here and are equal where schemas are compared.

pub mod ddl;
pub mod definitions;
pub mod diff;
pub mod document;
pub mod json;
pub mod live;
mod of;
pub mod picture;
pub mod same;

pub use of::Reading;

use crate::Dialect;

/// What a database holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// The dialect that all types and expressions are in.
    pub dialect: Dialect,
    /// The schemas (PostgreSQL) that were made, besides the one where names without a schema are.
    pub namespaces: Vec<String>,
    /// The extensions (PostgreSQL).
    pub extensions: Vec<String>,
    /// The tables, in the order in which they were made.
    pub tables: Vec<Table>,
    /// The views, in an order in which each reads only what is before it.
    pub views: Vec<View>,
    /// The enums, domains and composite types.
    pub types: Vec<Type>,
    /// The sequences that belong to no column.
    pub sequences: Vec<Sequence>,
    /// The functions and procedures.
    pub routines: Vec<Routine>,
    /// What may be there or not, or is there and nobody knows how: names as they were written. Nothing is concluded of it.
    pub unknown: Vec<String>,
}

/// The name of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectName {
    /// Its schema; none where that is the usual one (`main` on SQLite, the first of the search path on PostgreSQL, the database on MySQL).
    pub schema: Option<String>,
    /// Its name, as the engine stores it.
    pub name: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: ObjectName,
    /// What kind of table.
    pub kind: TableKind,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<Key>,
    /// Its unique constraints. (An index that is unique is no constraint.)
    pub uniques: Vec<Key>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks, those behind columns too.
    pub checks: Vec<Check>,
    /// Its exclusion constraints (PostgreSQL).
    pub exclusions: Vec<Exclusion>,
    /// Its indexes, apart from those that the engine makes for constraints.
    pub indexes: Vec<Index>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// `STRICT` (SQLite).
    pub strict: bool,
    /// `WITHOUT ROWID` (SQLite).
    pub without_rowid: bool,
    /// `ENGINE`, `CHARSET`, storage parameters: name in lower case, value as written.
    pub options: Vec<(String, String)>,
    /// Its comment.
    pub comment: Option<String>,
    /// The migration that made it, where a history did.
    pub made_by: Option<String>,
    /// It may have columns, constraints, indexes and triggers that nobody knows of.
    pub open: bool,
}

/// What kind of table.
#[derive(Clone, Debug, PartialEq)]
pub enum TableKind {
    /// An ordinary one.
    Plain,
    /// A virtual table (SQLite), or a foreign table (PostgreSQL), by the whole statement that makes it.
    Other(String),
    /// A table that is partitioned: what stands behind `PARTITION BY`.
    Partitioned(String),
    /// A partition, or a table that inherits: its parents, and for a partition what stands behind `FOR VALUES` or `DEFAULT`.
    Child {
        /// The tables that it belongs to.
        parents: Vec<ObjectName>,
        /// The bounds of a partition.
        bounds: Option<String>,
    },
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as written; empty where SQLite was told none.
    pub data_type: String,
    /// Whether it takes NULL. (The columns of a primary key do not, where the engine says so.)
    pub nullable: bool,
    /// Its default, as an SQL expression.
    pub default: Option<String>,
    /// What it is computed from.
    pub generated: Option<Generated>,
    /// `GENERATED … AS IDENTITY` (PostgreSQL).
    pub identity: Option<Identity>,
    /// `AUTO_INCREMENT` (MySQL), `AUTOINCREMENT` (SQLite), `serial` (PostgreSQL, whose type is then the integer behind it).
    pub auto_increment: bool,
    /// `ON UPDATE` (MySQL), as an SQL expression.
    pub on_update: Option<String>,
    /// `INVISIBLE` (MySQL).
    pub invisible: bool,
    /// `COLLATE`.
    pub collation: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// What a generated column is computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The expression.
    pub expression: String,
    /// `STORED`, not `VIRTUAL`.
    pub stored: bool,
}

/// `GENERATED … AS IDENTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `ALWAYS`.
    Always,
    /// `BY DEFAULT`.
    ByDefault,
}

/// When a constraint is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deferrable {
    /// With each statement.
    #[default]
    No,
    /// `DEFERRABLE INITIALLY IMMEDIATE`.
    Immediate,
    /// `DEFERRABLE INITIALLY DEFERRED`.
    Deferred,
}

/// A primary key or a unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its name, where it was given one; none where the engine chose it.
    pub name: Option<String>,
    /// What it is on.
    pub parts: Vec<IndexPart>,
    /// `INCLUDE` (PostgreSQL).
    pub include: Vec<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL).
    pub nulls_not_distinct: bool,
    /// When it is looked at.
    pub deferrable: Deferrable,
    /// `ON CONFLICT` (SQLite), in capitals.
    pub on_conflict: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its name, where it was given one; none where the engine chose it.
    pub name: Option<String>,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table that is referred to.
    pub table: ObjectName,
    /// Its columns; empty where they were left out and are not known.
    pub referred: Vec<String>,
    /// `ON DELETE`, in capitals; none for `NO ACTION`.
    pub on_delete: Option<String>,
    /// `ON UPDATE`, in capitals; none for `NO ACTION`.
    pub on_update: Option<String>,
    /// When it is looked at.
    pub deferrable: Deferrable,
    /// It was not proven for the rows that were there before it (PostgreSQL).
    pub not_valid: bool,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name, where it was given one; none where the engine chose it.
    pub name: Option<String>,
    /// The condition.
    pub expression: String,
    /// The column that it stands behind, of which it is a part on SQLite.
    pub column: Option<String>,
    /// `NO INHERIT` (PostgreSQL).
    pub no_inherit: bool,
    /// It was not proven for the rows that were there before it (PostgreSQL).
    pub not_valid: bool,
}

/// An exclusion constraint (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Its name, where it was given one.
    pub name: Option<String>,
    /// All that stands behind `EXCLUDE`.
    pub definition: String,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// `UNIQUE`.
    pub unique: bool,
    /// `USING`, `FULLTEXT`, `SPATIAL`, in lower case; none for the usual one.
    pub method: Option<String>,
    /// What it is on.
    pub parts: Vec<IndexPart>,
    /// `INCLUDE` (PostgreSQL).
    pub include: Vec<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL).
    pub nulls_not_distinct: bool,
    /// `WHERE`.
    pub predicate: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A part of an index or of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPart {
    /// The column, or the expression.
    pub on: IndexOn,
    /// `COLLATE`.
    pub collation: Option<String>,
    /// The operator class (PostgreSQL).
    pub operator_class: Option<String>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`, where it is not what the engine does by itself.
    pub nulls_first: Option<bool>,
    /// The length of the prefix (MySQL).
    pub length: Option<u64>,
}

/// What a part of an index is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexOn {
    /// A column.
    Column(String),
    /// An expression.
    Expression(String),
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The whole statement that makes it.
    pub sql: String,
}

/// A view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its name.
    pub name: ObjectName,
    /// `MATERIALIZED` (PostgreSQL).
    pub materialized: bool,
    /// Its columns, as far as they are known.
    pub columns: Vec<Column>,
    /// The names that it gives to its columns itself.
    pub column_names: Vec<String>,
    /// Its query.
    pub query: String,
    /// The tables and views that it reads.
    pub reads: Vec<ObjectName>,
    /// The indexes of a materialized view.
    pub indexes: Vec<Index>,
    /// Its triggers (`INSTEAD OF`).
    pub triggers: Vec<Trigger>,
    /// Its comment.
    pub comment: Option<String>,
    /// The migration that made it, where a history did.
    pub made_by: Option<String>,
}

/// A type that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// Its name.
    pub name: ObjectName,
    /// What it is made of.
    pub shape: TypeShape,
    /// The migration that made it, where a history did.
    pub made_by: Option<String>,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeShape {
    /// The labels of an enum, in order.
    Enum(Vec<String>),
    /// The attributes of a composite type: names and types.
    Composite(Vec<(String, String)>),
    /// A domain.
    Domain {
        /// The type that it is based on.
        base: String,
        /// `NOT NULL`.
        not_null: bool,
        /// Its default, as an SQL expression.
        default: Option<String>,
        /// Its checks: names, where they were given one, and conditions.
        checks: Vec<(Option<String>, String)>,
    },
    /// A range or base type, by the whole statement that makes it, where that is known.
    Other(Option<String>),
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: ObjectName,
    /// The whole statement that makes it, where that is known.
    pub sql: Option<String>,
}

/// A function or a procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routine {
    /// Its name.
    pub name: ObjectName,
    /// `FUNCTION`, `PROCEDURE` or `AGGREGATE`.
    pub kind: RoutineKind,
    /// The types of the arguments that a caller gives, which tell functions of one name apart.
    pub arguments: Vec<String>,
    /// The whole statement that makes it.
    pub sql: String,
    /// The migration that made it, where a history did.
    pub made_by: Option<String>,
}

/// What kind of routine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoutineKind {
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate.
    Aggregate,
}

impl ObjectName {
    /// A name in the usual schema.
    pub fn bare(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)
    }
}

impl Schema {
    /// A database that holds nothing.
    pub const fn empty(dialect: Dialect) -> Self {
        Self {
            dialect,
            namespaces: Vec::new(),
            extensions: Vec::new(),
            tables: Vec::new(),
            views: Vec::new(),
            types: Vec::new(),
            sequences: Vec::new(),
            routines: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

impl Table {
    /// An ordinary table without columns.
    pub const fn new(name: ObjectName) -> Self {
        Self {
            name,
            kind: TableKind::Plain,
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            strict: false,
            without_rowid: false,
            options: Vec::new(),
            comment: None,
            made_by: None,
            open: false,
        }
    }
}

impl Column {
    /// A column that takes NULL and has no default.
    pub fn new(name: impl Into<String>, data_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.into(),
            nullable: true,
            default: None,
            generated: None,
            identity: None,
            auto_increment: false,
            on_update: None,
            invisible: false,
            collation: None,
            comment: None,
        }
    }
}

impl Key {
    /// A key on columns, without a name.
    pub fn on(columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            name: None,
            parts: columns.into_iter().map(IndexPart::column).collect(),
            include: Vec::new(),
            nulls_not_distinct: false,
            deferrable: Deferrable::No,
            on_conflict: None,
        }
    }
}

impl IndexPart {
    /// A column as it is.
    pub fn column(name: impl Into<String>) -> Self {
        Self {
            on: IndexOn::Column(name.into()),
            collation: None,
            operator_class: None,
            descending: false,
            nulls_first: None,
            length: None,
        }
    }
}
