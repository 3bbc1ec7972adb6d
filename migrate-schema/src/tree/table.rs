//! Tables: how they are made and altered.

use std::ops::Range;

use super::{Behavior, Expression, ExpressionKind, IndexPart, Name, Path, Query};
use crate::Finding;

/// A type, as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeName {
    /// Its name with its schema. Types of several words have one space between them (`double precision`), lower case unless quoted on PostgreSQL, as written elsewhere.
    pub path: Path,
    /// What stands in its brackets, as written.
    pub arguments: Vec<String>,
    /// The labels of MySQL's `ENUM` and `SET`; the words behind the type (`unsigned`, `zerofill`) in lower case.
    pub words: Vec<String>,
    /// `[]`, `ARRAY`.
    pub array: bool,
    /// `%ROWTYPE`, `SETOF`, or anything else of which the name says too little.
    pub special: bool,
    /// Its bytes in the SQL text.
    pub range: Range<usize>,
}

impl std::fmt::Display for TypeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path)?;
        if !self.arguments.is_empty() {
            write!(f, "({})", self.arguments.join(", "))?;
        }
        for word in &self.words {
            write!(f, " {word}")?;
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}

/// `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// Its name.
    pub name: Path,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE` (MariaDB).
    pub or_replace: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// A foreign table (PostgreSQL).
    pub foreign: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its constraints, and MySQL's keys.
    pub constraints: Vec<Constraint>,
    /// `LIKE`.
    pub like: Vec<Like>,
    /// `INHERITS`.
    pub inherits: Vec<Path>,
    /// `PARTITION OF`.
    pub partition_of: Option<Path>,
    /// `PARTITION BY`: columns and expressions.
    pub partition_by: Vec<Expression>,
    /// The bytes of all that stands behind `PARTITION BY`.
    pub partition_range: Option<Range<usize>>,
    /// The bytes of the bounds of a partition: `FOR VALUES …`, `DEFAULT`.
    pub bounds: Option<Range<usize>>,
    /// It is partitioned, whatever by.
    pub partitioned: bool,
    /// `OF type`.
    pub of_type: Option<Path>,
    /// `AS SELECT`.
    pub query: Option<Query>,
    /// `STRICT` (SQLite).
    pub strict: bool,
    /// `WITHOUT ROWID` (SQLite).
    pub without_rowid: bool,
    /// `CREATE VIRTUAL TABLE` (SQLite).
    pub virtual_table: Option<VirtualTable>,
    /// What the engine refuses in it whatever the database holds, but only where there is no such table yet (`IF NOT EXISTS`).
    pub faults: Vec<Finding>,
    /// `ENGINE=InnoDB`, `DEFAULT CHARSET=utf8mb4`, `WITH (…)`, `TABLESPACE x`: name in lower case, value as written.
    pub options: Vec<(String, String)>,
}

impl CreateTable {
    /// A table that has nothing yet.
    pub const fn new(name: Path) -> Self {
        Self {
            name,
            if_not_exists: false,
            or_replace: false,
            temporary: false,
            foreign: false,
            columns: Vec::new(),
            constraints: Vec::new(),
            like: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            partition_by: Vec::new(),
            partition_range: None,
            bounds: None,
            partitioned: false,
            of_type: None,
            query: None,
            strict: false,
            without_rowid: false,
            virtual_table: None,
            faults: Vec::new(),
            options: Vec::new(),
        }
    }
}

/// `USING module(arguments)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualTable {
    /// The module, as written.
    pub module: Name,
    /// Its arguments, as written.
    pub arguments: Vec<String>,
}

/// `LIKE table INCLUDING …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Like {
    /// The table that is copied.
    pub table: Path,
    /// What of it, in lower case (`all`, `indexes`, `constraints`, …). MySQL copies all.
    pub including: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// Its type; SQLite needs none.
    pub ty: Option<TypeName>,
    /// `NOT NULL`; `Some(false)` is `NULL`.
    pub not_null: Option<bool>,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// `PRIMARY KEY`.
    pub primary_key: Option<PrimaryKeyMark>,
    /// `UNIQUE`.
    pub unique: Option<UniqueMark>,
    /// `CHECK`, with the constraint's name.
    pub checks: Vec<(Option<Name>, Expression)>,
    /// `REFERENCES`.
    pub references: Vec<ForeignKey>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Generated>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Identity>,
    /// `AUTO_INCREMENT` (MySQL).
    pub auto_increment: bool,
    /// `INVISIBLE` (MySQL): `*` and an `INSERT` without a list leave it out.
    pub invisible: bool,
    /// `COLLATE`.
    pub collation: Option<Path>,
    /// `COMMENT` (MySQL).
    pub comment: Option<String>,
    /// `ON UPDATE CURRENT_TIMESTAMP` (MySQL).
    pub on_update: Option<Expression>,
    /// Where it goes (MySQL).
    pub position: Option<Position>,
    /// All its bytes in the SQL text.
    pub range: Range<usize>,
}

/// `PRIMARY KEY` behind a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKeyMark {
    /// The constraint's name.
    pub name: Option<Name>,
    /// `AUTOINCREMENT` (SQLite).
    pub autoincrement: bool,
    /// `DESC` (SQLite).
    pub descending: bool,
    /// What else is said of it.
    pub terms: Option<Box<Terms>>,
}

/// `UNIQUE` behind a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UniqueMark {
    /// The constraint's name. (MySQL has none.)
    pub name: Option<Name>,
    /// What else is said of it.
    pub terms: Option<Box<Terms>>,
}

/// What is said of a constraint besides what it is on. Most have nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// When it is looked at.
    pub deferrable: Deferrable,
    /// `NULLS NOT DISTINCT` (PostgreSQL).
    pub nulls_not_distinct: bool,
    /// `INCLUDE` (PostgreSQL).
    pub include: Vec<Name>,
    /// `NO INHERIT` (PostgreSQL).
    pub no_inherit: bool,
    /// `ON CONFLICT` (SQLite), in capitals.
    pub on_conflict: Option<String>,
    /// `COMMENT` (MySQL).
    pub comment: Option<String>,
}

/// When a constraint is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deferrable {
    /// With each statement.
    #[default]
    No,
    /// `DEFERRABLE`: where `SET CONSTRAINTS` says so, at the end of the transaction.
    Immediate,
    /// `DEFERRABLE INITIALLY DEFERRED`: at the end of the transaction.
    Deferred,
}

impl Terms {
    /// The same where there is something to it.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// `GENERATED ALWAYS AS (…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The expression.
    pub expression: Expression,
    /// `STORED`.
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

/// Where MySQL puts a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// `FIRST`.
    First,
    /// `AFTER column`.
    After(Name),
}

/// `FOREIGN KEY … REFERENCES`, and `REFERENCES` behind a column.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Option<Name>,
    /// The referring columns; empty behind a column, which then is meant.
    pub columns: Vec<Name>,
    /// The table that is referred to.
    pub table: Path,
    /// Its columns; none written means its primary key.
    pub referred: Vec<Name>,
    /// `ON DELETE`, in capitals.
    pub on_delete: Option<String>,
    /// `ON UPDATE`, in capitals.
    pub on_update: Option<String>,
    /// When it is looked at.
    pub deferrable: Deferrable,
}

/// A constraint of a table, or a key of MySQL's.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Its name. For a foreign key the same as in [`ForeignKey::name`].
    pub name: Option<Name>,
    /// What it is.
    pub kind: ConstraintKind,
    /// What else is said of it.
    pub terms: Option<Box<Terms>>,
    /// `NOT VALID`.
    pub not_valid: bool,
    /// `IF NOT EXISTS` (MariaDB).
    pub if_not_exists: bool,
    /// All its bytes in the SQL text.
    pub range: Range<usize>,
}

/// What a constraint is.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `PRIMARY KEY (…)`.
    PrimaryKey(Vec<IndexPart>),
    /// `UNIQUE (…)`. On MySQL the name is the index's.
    Unique(Vec<IndexPart>),
    /// `FOREIGN KEY (…) REFERENCES …`.
    ForeignKey(ForeignKey),
    /// `CHECK (…)`.
    Check(Expression),
    /// `EXCLUDE` (PostgreSQL).
    Exclude(Vec<IndexPart>),
    /// `KEY`, `INDEX`, `FULLTEXT`, `SPATIAL` (MySQL).
    Index {
        /// Its parts.
        parts: Vec<IndexPart>,
        /// `fulltext`, `spatial`, in lower case.
        method: Option<String>,
    },
    /// `PRIMARY KEY USING INDEX i`, `UNIQUE USING INDEX i` (PostgreSQL).
    UsingIndex {
        /// Whether it becomes the primary key.
        primary_key: bool,
        /// The index.
        index: Name,
    },
    /// `NOT NULL column` as a constraint of the table (PostgreSQL 18).
    NotNull(Name),
}

impl ConstraintKind {
    /// The columns of its own table that it is on, where they are plainly named.
    pub fn own_columns(&self) -> Vec<&Name> {
        match self {
            Self::PrimaryKey(parts) | Self::Unique(parts) => parts
                .iter()
                .filter_map(|part| match &part.expression.kind {
                    ExpressionKind::Column { table: None, name } => Some(name),
                    _ => None,
                })
                .collect(),
            Self::ForeignKey(key) => key.columns.iter().collect(),
            Self::NotNull(name) => vec![name],
            _ => Vec::new(),
        }
    }
}

/// `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// What the statement says that it is: `Table`, `View`, `Index`, ….
    pub kind: super::ObjectKind,
    /// The table.
    pub name: Path,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// What is done to it, in order.
    pub changes: Vec<Alter>,
    /// `ALGORITHM=…`, `LOCK=…` (MySQL): name in lower case, value as written.
    pub options: Vec<(String, String)>,
}

/// A table in another form.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuild {
    /// The table.
    pub table: CreateTable,
    /// The columns that stay as they are, of which the table says the name alone.
    pub kept: Vec<Name>,
}

/// One change of an `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub enum Alter {
    /// `ADD COLUMN`.
    AddColumn {
        /// The column.
        column: Box<Column>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP COLUMN`.
    DropColumn {
        /// The column.
        name: Name,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        behavior: Behavior,
    },
    /// `RENAME COLUMN`.
    RenameColumn {
        /// The name that it has.
        from: Name,
        /// The name that it gets.
        to: Name,
    },
    /// `rebuild_table` of the builder: the table in another form, with its rows and all that hangs on it (SQLite).
    Rebuild(Box<Rebuild>),
    /// `RENAME TO`.
    RenameTo(Path),
    /// `ADD CONSTRAINT`, `ADD KEY`, `ADD PRIMARY KEY`.
    AddConstraint(Constraint),
    /// `DROP CONSTRAINT`, `DROP FOREIGN KEY`, `DROP PRIMARY KEY`, `DROP INDEX`.
    DropConstraint {
        /// Its name; none for `DROP PRIMARY KEY`.
        name: Option<Name>,
        /// What the statement says that it is.
        which: DropWhich,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        behavior: Behavior,
    },
    /// `RENAME CONSTRAINT`.
    RenameConstraint {
        /// The name that it has.
        from: Name,
        /// The name that it gets.
        to: Name,
    },
    /// `RENAME INDEX`, `RENAME KEY` (MySQL).
    RenameIndex {
        /// The name that it has.
        from: Name,
        /// The name that it gets.
        to: Name,
    },
    /// `ALTER COLUMN`.
    AlterColumn {
        /// The column.
        name: Name,
        /// What changes.
        change: ColumnChange,
    },
    /// `MODIFY COLUMN` and `CHANGE COLUMN` (MySQL): the column is defined anew.
    Redefine {
        /// The name that it has.
        name: Name,
        /// What it becomes.
        column: Box<Column>,
        /// `IF EXISTS` (MariaDB).
        if_exists: bool,
    },
    /// `ATTACH PARTITION`, `INHERIT`: the other table must be there.
    Attach {
        /// The table.
        table: Path,
        /// The bytes of the bounds of a partition.
        bounds: Option<Range<usize>>,
    },
    /// `DETACH PARTITION`, `NO INHERIT`.
    Detach(Path),
    /// `SET SCHEMA`.
    SetSchema(Name),
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint(Name),
    /// `ALTER CONSTRAINT`.
    AlterConstraint {
        /// The constraint.
        name: Name,
        /// When it is looked at from now on.
        deferrable: Option<Deferrable>,
    },
    /// `SET (name = value)`, `RESET (name)` (PostgreSQL): names in lower case, values as written.
    SetOptions(Vec<(String, Option<String>)>),
    /// `ENABLE TRIGGER`, `DISABLE TRIGGER`; not for `ALL` and `USER`.
    RequireTrigger(Name),
    /// `CLUSTER ON`, `REPLICA IDENTITY USING INDEX`, MySQL's `ALTER INDEX`.
    RequireIndex(Name),
    /// `SET (…)`, `OWNER TO`, `ENABLE ROW LEVEL SECURITY`, `ENGINE=`, `CONVERT TO`, …: the table must be there.
    Other {
        /// What it is, in capitals.
        what: String,
    },
    /// What it does is not known: afterwards nothing about the table is.
    Opaque,
}

/// What `DROP` in an `ALTER TABLE` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropWhich {
    /// `CONSTRAINT`.
    Constraint,
    /// `FOREIGN KEY`.
    ForeignKey,
    /// `PRIMARY KEY`.
    PrimaryKey,
    /// `INDEX`, `KEY`.
    Index,
    /// `CHECK`.
    Check,
}

/// What `ALTER COLUMN` changes.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnChange {
    /// `SET DEFAULT`.
    SetDefault(Expression),
    /// `DROP DEFAULT`.
    DropDefault,
    /// `SET NOT NULL`.
    SetNotNull,
    /// `DROP NOT NULL`.
    DropNotNull,
    /// `TYPE`.
    Type {
        /// The type.
        ty: TypeName,
        /// `COLLATE`; where there is none, the column has that of its type.
        collation: Option<Box<Path>>,
        /// `USING`.
        using: Option<Expression>,
    },
    /// `ADD GENERATED … AS IDENTITY`.
    AddIdentity(Identity),
    /// `SET GENERATED …`.
    SetIdentity(Identity),
    /// `SET INVISIBLE`, `SET VISIBLE` (MySQL).
    SetInvisible(bool),
    /// `DROP IDENTITY`.
    DropIdentity {
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `DROP EXPRESSION`.
    DropExpression {
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `SET EXPRESSION`.
    SetExpression(Expression),
    /// `SET STATISTICS`, `SET STORAGE`, `SET VISIBLE`, …: the column must be there.
    Other,
}
