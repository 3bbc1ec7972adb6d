//! Indexes, views, triggers, types, functions, and what can be done with any object.

use super::{Action, Behavior, Column, Expression, Name, Path, Query, TypeName};
use crate::Finding;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A foreign table (PostgreSQL).
    ForeignTable,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// An index.
    Index,
    /// A sequence.
    Sequence,
    /// A trigger.
    Trigger,
    /// A type: enum, composite, range.
    Type,
    /// A domain.
    Domain,
    /// A function, an aggregate.
    Function,
    /// A procedure.
    Procedure,
    /// A function, an aggregate or a procedure (`ROUTINE`).
    Routine,
    /// A schema; a database on MySQL.
    Schema,
    /// An extension.
    Extension,
    /// A column of a table.
    Column,
    /// A constraint of a table.
    Constraint,
    /// A policy of a table.
    Policy,
    /// A rule of a table.
    Rule,
    /// A collation.
    Collation,
    /// Anything else (roles, publications, text search, events, …): nothing is checked of it.
    Other,
}

impl ObjectKind {
    /// What people call it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::ForeignTable => "foreign table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Index => "index",
            Self::Sequence => "sequence",
            Self::Trigger => "trigger",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Routine => "routine",
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Collation => "collation",
            Self::Other => "object",
        }
    }
}

/// An object that a statement is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name.
    pub path: Path,
    /// The table (or domain) that it belongs to: of a column, constraint, trigger, policy, rule; of an index on MySQL.
    pub on: Option<Path>,
    /// The types of a function's arguments, where they were written.
    pub arguments: Option<Vec<TypeName>>,
}

/// `DROP`.
#[derive(Clone, Debug, PartialEq)]
pub struct Drop {
    /// What goes, all of one kind.
    pub targets: Vec<Target>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `CASCADE`, `RESTRICT`.
    pub behavior: Behavior,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
}

/// `RENAME`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rename {
    /// What gets another name.
    pub target: Target,
    /// The name; with a schema only in MySQL's `RENAME TABLE a TO db.b`.
    pub to: Path,
    /// `IF EXISTS`.
    pub if_exists: bool,
}

/// What must be there.
#[derive(Clone, Debug, PartialEq)]
pub struct Require {
    /// The objects.
    pub targets: Vec<Target>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// What the statement does, in capitals: `COMMENT ON`, `REINDEX`, ….
    pub statement: &'static str,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// What `COMMENT ON` says; none where it takes a comment away.
    pub comment: Option<String>,
}

/// A part of an index or of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexPart {
    /// A column or an expression.
    pub expression: Expression,
    /// `COLLATE`.
    pub collation: Option<Path>,
    /// The operator class (PostgreSQL).
    pub operator_class: Option<Path>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`, `NULLS LAST`.
    pub nulls_first: Option<bool>,
    /// The length of the prefix (MySQL).
    pub length: Option<u64>,
}

/// `CREATE INDEX`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// Its name; PostgreSQL chooses one where there is none. On SQLite the schema stands here.
    pub name: Option<Path>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE` (MariaDB).
    pub or_replace: bool,
    /// `UNIQUE`.
    pub unique: bool,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// The table.
    pub table: Path,
    /// `USING method`, `FULLTEXT`, `SPATIAL`, in lower case.
    pub method: Option<String>,
    /// What it is on.
    pub parts: Vec<IndexPart>,
    /// `INCLUDE` (PostgreSQL).
    pub include: Vec<Name>,
    /// `NULLS NOT DISTINCT` (PostgreSQL).
    pub nulls_not_distinct: bool,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// `COMMENT` (MySQL).
    pub comment: Option<String>,
}

/// `CREATE VIEW`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// Its name.
    pub name: Path,
    /// `MATERIALIZED`.
    pub materialized: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// The names of its columns, where they were written.
    pub columns: Vec<Name>,
    /// What it shows.
    pub query: Query,
}

/// When a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerTime {
    /// `BEFORE`.
    Before,
    /// `AFTER`.
    After,
    /// `INSTEAD OF`.
    InsteadOf,
}

/// What fires a trigger.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerEvent {
    /// `INSERT`.
    Insert,
    /// `UPDATE`, `UPDATE OF columns`.
    Update(Vec<Name>),
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
}

/// What a trigger does.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerBody {
    /// `BEGIN … END` (SQLite).
    Statements(Vec<Action>),
    /// `EXECUTE FUNCTION f()` (PostgreSQL).
    Function(Path),
    /// A body that nobody reads (MySQL).
    Opaque {
        /// All words of it that can be names.
        words: Vec<String>,
        /// The columns that it names behind `NEW` and `OLD`.
        columns: Vec<RowColumn>,
    },
}

/// A column of the row that fires a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowColumn {
    /// `NEW`, not `OLD`.
    pub is_new: bool,
    /// `SET NEW.column = …`.
    pub is_set: bool,
    /// The column.
    pub name: Name,
}

/// `CREATE TRIGGER`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// Its name; PostgreSQL's has no schema.
    pub name: Path,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `CONSTRAINT TRIGGER` (PostgreSQL).
    pub constraint: bool,
    /// When it fires.
    pub time: TriggerTime,
    /// What fires it.
    pub events: Vec<TriggerEvent>,
    /// The table or view.
    pub table: Path,
    /// `WHEN`.
    pub when: Option<Expression>,
    /// What it does.
    pub body: TriggerBody,
}

/// `CREATE SEQUENCE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateSequence {
    /// Its name.
    pub name: Path,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE` (MariaDB).
    pub or_replace: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `OWNED BY table.column`.
    pub owned_by: Option<(Path, Name)>,
}

/// `ALTER SEQUENCE`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterSequence {
    /// Its name.
    pub name: Path,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `OWNED BY table.column`; `Some(None)` is `OWNED BY NONE`.
    pub owned_by: Option<Option<(Path, Name)>>,
    /// It changes something else.
    pub others: bool,
}

/// `CREATE TYPE`, `CREATE DOMAIN`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateType {
    /// Its name.
    pub name: Path,
    /// What it is made of.
    pub shape: TypeShape,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeShape {
    /// `AS ENUM (…)`, with the labels.
    Enum(Vec<Name>),
    /// `AS (…)`.
    Composite(Vec<Column>),
    /// `CREATE DOMAIN … AS type`.
    Domain {
        /// What it is based on.
        base: Box<TypeName>,
        /// Its constraints by name, and their expressions; `VALUE` stands for the value.
        checks: Vec<(Option<Name>, Expression)>,
        /// `NOT NULL`.
        not_null: bool,
        /// `DEFAULT`.
        default: Option<Box<Expression>>,
    },
    /// `AS RANGE`, a base type, a shell type.
    Other,
}

/// `ALTER TYPE`, `ALTER DOMAIN`.
#[derive(Clone, Debug, PartialEq)]
pub enum AlterType {
    /// `ADD VALUE`.
    AddValue {
        /// The type.
        name: Path,
        /// The label.
        label: Name,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// `BEFORE` or `AFTER` this label.
        beside: Option<Name>,
        /// It is `BEFORE`.
        before: bool,
    },
    /// `RENAME VALUE`.
    RenameValue {
        /// The type.
        name: Path,
        /// The label that it has.
        from: Name,
        /// The label that it gets.
        to: Name,
    },
    /// `ADD`, `DROP`, `ALTER ATTRIBUTE`: the same as a table's columns.
    Attributes(super::AlterTable),
    /// `ALTER DOMAIN … ADD CONSTRAINT`.
    AddConstraint {
        /// The domain.
        name: Path,
        /// The constraint's name.
        constraint: Option<Name>,
        /// The condition of a check.
        check: Option<Box<Expression>>,
    },
    /// `ALTER DOMAIN … SET DEFAULT`, `DROP DEFAULT`, `SET NOT NULL`, `DROP NOT NULL`.
    Domain {
        /// The domain.
        name: Path,
        /// What changes.
        change: Box<super::ColumnChange>,
    },
    /// `ALTER DOMAIN … DROP CONSTRAINT`.
    DropConstraint {
        /// The domain.
        name: Path,
        /// The constraint.
        constraint: Name,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `ALTER DOMAIN … RENAME CONSTRAINT`.
    RenameConstraint {
        /// The domain.
        name: Path,
        /// The name that it has.
        from: Name,
        /// The name that it gets.
        to: Name,
    },
    /// Anything else: the type must be there.
    Other {
        /// The type.
        name: Path,
    },
}

/// What kind of function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// `FUNCTION`.
    Function,
    /// `PROCEDURE`.
    Procedure,
    /// `AGGREGATE`.
    Aggregate,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its name.
    pub name: Option<Name>,
    /// Its type.
    pub ty: TypeName,
    /// It may be left out.
    pub has_default: bool,
    /// `OUT` (or a column of `RETURNS TABLE`): not given by a caller.
    pub output: bool,
    /// `VARIADIC`.
    pub variadic: bool,
}

/// `CREATE FUNCTION`, `CREATE PROCEDURE`, `CREATE AGGREGATE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateFunction {
    /// Its name.
    pub name: Path,
    /// What kind.
    pub kind: FunctionKind,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `IF NOT EXISTS` (MariaDB, MySQL 8.0.29).
    pub if_not_exists: bool,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// `RETURNS type`.
    pub returns: Option<TypeName>,
    /// The language, in lower case.
    pub language: Option<String>,
    /// What of the body could be read: the statements of a function in SQL. Nothing is checked of other languages.
    pub body: Vec<Action>,
    /// Why the engine refuses the body, where it looks at it.
    pub fault: Option<Box<Finding>>,
}
