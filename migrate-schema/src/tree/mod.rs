//! What a statement says, in one form for every dialect.
//!
//! Each grammar (`grammar/`) turns the text of its dialect into this tree, and everything behind it (the catalog, the
//! names in queries, the lints) reads only the tree. It is not a faithful syntax tree: what no check asks about is not
//! in it, and what a grammar cannot say stands there as *opaque*, of which nothing is ever concluded.

mod change;
mod expression;
mod object;
mod query;
mod table;

use std::ops::Range;

pub use change::from_change;
pub use expression::{Expression, ExpressionKind, Literal};
pub use object::{
    AlterSequence, AlterType, Argument, CreateFunction, CreateIndex, CreateSequence, CreateTrigger,
    CreateType, CreateView, Drop, FunctionKind, IndexPart, ObjectKind, Rename, Require, RowColumn,
    Target, TriggerBody, TriggerEvent, TriggerTime, TypeShape,
};
pub use query::{
    AssignmentTarget, Body, Conflict, ConflictAction, Cte, Delete, Insert, Join, JoinCondition,
    Output, Query, Select, SetOperator, Source, Update,
};
pub use table::{
    Alter, AlterTable, Column, ColumnChange, Constraint, ConstraintKind, CreateTable, Deferrable,
    DropWhich, ForeignKey, Generated, Identity, Like, Position, PrimaryKeyMark, Rebuild, Terms,
    TypeName, UniqueMark, VirtualTable,
};

/// A name, as the engine stores it.
///
/// On PostgreSQL a name without quotes is in lower case here already; the other dialects keep the case that was written
/// and compare without it where they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Without its quotes.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// Its bytes in the SQL text.
    pub range: Range<usize>,
}

/// The name of an object, with that of its schema (on MySQL: its database) where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The schema or database.
    pub schema: Option<Name>,
    /// The object.
    pub name: Name,
}

impl Path {
    /// A name without a schema.
    pub const fn bare(name: Name) -> Self {
        Self { schema: None, name }
    }

    /// From its first byte to its last.
    pub fn range(&self) -> Range<usize> {
        let start = self
            .schema
            .as_ref()
            .map_or(self.name.range.start, |schema| schema.range.start);
        start..self.name.range.end
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        write!(f, "{}", self.name)
    }
}

/// What `DROP` does with what depends on the thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// Nothing written. It means `RESTRICT` on PostgreSQL, and has no choice elsewhere.
    #[default]
    Default,
    /// `RESTRICT`: refuse.
    Restrict,
    /// `CASCADE`: it goes too.
    Cascade,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Its bytes in the SQL text.
    pub range: Range<usize>,
    /// What it does. Mostly one action; none for what no check looks at (`SET`, `BEGIN`, `PRAGMA`, …).
    pub actions: Vec<Action>,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `CREATE TABLE`.
    CreateTable(Box<CreateTable>),
    /// `ALTER TABLE`, and `ALTER VIEW`, `ALTER INDEX` and their kin where they do what a table can.
    AlterTable(AlterTable),
    /// `CREATE INDEX`.
    CreateIndex(CreateIndex),
    /// `CREATE VIEW`, `CREATE MATERIALIZED VIEW`.
    CreateView(CreateView),
    /// `CREATE TRIGGER`.
    CreateTrigger(CreateTrigger),
    /// `CREATE SEQUENCE`.
    CreateSequence(CreateSequence),
    /// `ALTER SEQUENCE`, apart from renaming it.
    AlterSequence(AlterSequence),
    /// `CREATE TYPE`, `CREATE DOMAIN`.
    CreateType(CreateType),
    /// `ALTER TYPE`, `ALTER DOMAIN`, apart from renaming it.
    AlterType(AlterType),
    /// `CREATE FUNCTION`, `CREATE PROCEDURE`, `CREATE AGGREGATE`.
    CreateFunction(CreateFunction),
    /// `CREATE SCHEMA`, and `CREATE DATABASE` on MySQL.
    CreateSchema {
        /// The schema; none for `CREATE SCHEMA AUTHORIZATION role` alone.
        name: Option<Name>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `CREATE EXTENSION`: brings functions, types and operators that nobody here knows.
    CreateExtension {
        /// The extension.
        name: Name,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `CREATE` of something of which only the name matters: roles, policies, rules, publications, ….
    CreateOther {
        /// What is made.
        target: Target,
        /// `IF NOT EXISTS`, or `OR REPLACE`.
        if_not_exists: bool,
    },
    /// `DROP` of any object, `DROP INDEX … ON t` and `DROP TRIGGER … ON t` too.
    Drop(Drop),
    /// `RENAME` of any object but a column, constraint or table (those are [`Alter`]s). MySQL's `RENAME TABLE` is one for each pair.
    Rename(Rename),
    /// `ALTER … SET SCHEMA`.
    SetSchema {
        /// What moves.
        target: Target,
        /// Where to.
        schema: Name,
    },
    /// What must exist for the statement to work, and is not changed by it: `COMMENT ON`, `GRANT … ON`, `REFRESH`, `REINDEX`, `LOCK`, ….
    Require(Require),
    /// `TRUNCATE`.
    Truncate {
        /// The tables.
        tables: Vec<Path>,
        /// `CASCADE` or not.
        behavior: Behavior,
    },
    /// `INSERT`, `REPLACE`.
    Insert(Box<Insert>),
    /// `UPDATE`.
    Update(Box<Update>),
    /// `DELETE`.
    Delete(Box<Delete>),
    /// `SELECT`, `VALUES`, `TABLE`, and statements that only evaluate expressions (`CALL`, `DO`, `EXPLAIN`).
    Query(Box<Query>),
    /// `SET search_path`, `USE database`.
    SearchPath(Vec<Name>),
    /// Another setting: `PRAGMA name = value`, `SET name = value`.
    Setting {
        /// The setting's name, in lower case.
        name: String,
        /// Its value as written, without quotes; none where it is only asked for.
        value: Option<String>,
    },
    /// A statement in a body, which may run or not.
    Perhaps {
        /// What it does.
        action: Box<Action>,
        /// It is tried for certain, and where the engine refuses it, nothing has happened.
        tried: bool,
    },
    /// The statement is valid, but what it does is not known: everything that it names may be there or not afterwards.
    Opaque {
        /// All words of it that can be names, in the case that was written, also those inside its strings.
        words: Vec<String>,
        /// It may do anything to anything (dynamic SQL): nothing is known afterwards.
        everything: bool,
    },
}
