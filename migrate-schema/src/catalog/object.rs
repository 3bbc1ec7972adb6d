//! What a database holds: the things that the catalog knows.

use std::{ops::Range, sync::Arc};

use super::text::{ColumnTexts, Definition, Text};
use crate::tree::{
    Argument, Expression, FunctionKind, Generated, Identity, IndexPart, ObjectKind, Query, Terms,
    TriggerBody, TriggerEvent, TriggerTime, TypeName, TypeShape,
};

/// Which migration made or dropped something: its place in the history that is replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u32);

/// How an object is found: its schema and its name, folded as the engine compares them.
pub type Key = (String, String);

/// The kinds of names: things of two classes never stand in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Tables, views, sequences.
    Relation,
    /// Indexes. (On PostgreSQL and SQLite they share the names of relations, which is looked up where one is made.)
    Index,
    /// Types and domains.
    Type,
    /// Functions, procedures, aggregates.
    Function,
    /// Schemas and databases, by the name alone.
    Schema,
    /// Triggers, where their names are the schema's (SQLite, MySQL).
    Trigger,
    /// Anything else that has a name.
    Other(ObjectKind),
}

/// An object, by its class and key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// What it is.
    pub class: Class,
    /// How it is found.
    pub key: Key,
}

/// What something needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Use {
    /// The object.
    pub node: Node,
    /// The column of it, folded; none where it is the object as a whole.
    pub column: Option<String>,
}

/// A name that a table's column, constraint, index or trigger once had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// What it was.
    pub kind: ObjectKind,
    /// The name, folded.
    pub name: String,
    /// The name that it got; none where it was dropped.
    pub renamed_to: Option<String>,
    /// The migration that did it.
    pub origin: Origin,
}

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
    pub columns: Vec<Arc<Column>>,
    /// It may have columns, constraints, indexes and triggers that nobody here knows of.
    pub open: bool,
    /// What it had when it was not open.
    pub(super) had: Option<Arc<super::slip::Had>>,
    /// Its constraints, in the order in which they were made.
    pub constraints: Vec<Arc<Constraint>>,
    /// Its indexes, apart from those that the engine makes for constraints.
    pub indexes: Vec<Arc<Index>>,
    /// Its triggers.
    pub triggers: Vec<Arc<Trigger>>,
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
    /// What stands behind it: its bytes in the statement that made the table, and what it names.
    pub partition: Option<Arc<(Range<usize>, Vec<Expression>)>>,
    /// The bounds of a partition, where texts are kept.
    pub bounds: Option<Arc<str>>,
    /// The table that it is a partition of, or inherits from: the keys of their relations.
    pub parents: Vec<Key>,
    /// `ENGINE`, `CHARSET`, ….
    pub options: Vec<(String, String)>,
    /// Something that may have run or not would have changed what is known of its columns.
    pub doubtful: bool,
    /// The query of a view.
    pub query: Option<Arc<Query>>,
    /// The names that a view gives to its columns.
    pub column_names: Vec<String>,
    /// What a view reads.
    pub uses: Vec<Use>,
    /// The table and column that a sequence belongs to.
    pub owned_by: Option<(Key, String)>,
    /// Policies and rules: their kinds and names.
    pub others: Vec<(ObjectKind, String)>,
    /// What its columns, constraints, indexes and triggers were called before.
    pub former: Vec<Former>,
    /// `COMMENT ON` it.
    pub comment: Option<String>,
    /// It has rows for certain: an earlier migration inserted some. (Nothing is ever concluded from `false`.)
    pub has_rows: bool,
    /// The statement that made it, where texts are kept.
    pub definition: Option<Arc<Definition>>,
    /// The migration that made it.
    pub origin: Origin,
    /// When it was made, on the catalog's clock.
    pub made: u32,
    /// When it was last known to be there, on the catalog's clock.
    pub(super) known_since: u32,
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
    /// `ON UPDATE` (MySQL).
    pub on_update: Option<Expression>,
    /// `INVISIBLE` (MySQL): `*` and an `INSERT` without a list leave it out.
    pub invisible: bool,
    /// `COLLATE`, as written.
    pub collation: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The types, sequences and functions that its type and its default need.
    pub uses: Vec<Use>,
    /// The sequence that the engine made for it (`serial`, identity).
    pub sequence: Option<Key>,
    /// Its statements, where texts are kept.
    pub texts: ColumnTexts,
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
    /// It stood behind this column, by its name.
    pub column: Option<String>,
    /// What a key is on, where that is more than its columns: directions, lengths, expressions.
    pub parts: Vec<IndexPart>,
    /// What else is said of it.
    pub terms: Option<Box<Terms>>,
    /// It was not proven for the rows that were there before it (PostgreSQL).
    pub not_valid: bool,
    /// All its bytes in its statement.
    pub range: Range<usize>,
    /// The functions and types that a check needs.
    pub uses: Vec<Use>,
    /// Its statement, where texts are kept.
    pub text: Text,
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
        table: Key,
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
    /// The engine made it for a foreign key, and drops it when another index can do its work (MySQL).
    pub implicit: bool,
    /// `USING`, in lower case.
    pub method: Option<String>,
    /// What it is on.
    pub parts: Vec<IndexPart>,
    /// `INCLUDE`.
    pub include: Vec<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL).
    pub nulls_not_distinct: bool,
    /// Its comment.
    pub comment: Option<String>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// The functions and types that its expressions need.
    pub uses: Vec<Use>,
    /// Its statement, where texts are kept.
    pub text: Text,
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
    /// The function that it calls, and (PostgreSQL) the columns that it names.
    pub uses: Vec<Use>,
    /// The statement that made it, where texts are kept.
    pub definition: Option<Arc<Definition>>,
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
    /// It may have labels, attributes and constraints that nobody here knows of.
    pub open: bool,
    /// The types that it is made of.
    pub uses: Vec<Use>,
    /// The statement of a domain's default, and those of its checks or of the attributes of a composite type, where texts
    /// are kept.
    pub texts: (Text, Vec<Text>),
    /// The statement that made it, where texts are kept.
    pub definition: Option<Arc<Definition>>,
    /// When it was made, on the catalog's clock.
    pub made: u32,
    /// The migration that made it.
    pub origin: Origin,
    /// When it was last known to be there, on the catalog's clock.
    pub(super) known_since: u32,
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
    /// The types that its arguments and its result need.
    pub uses: Vec<Use>,
    /// The statement that made it, where texts are kept.
    pub definition: Option<Arc<Definition>>,
    /// When it was made, on the catalog's clock.
    pub made: u32,
    /// The migration that made it.
    pub origin: Origin,
    /// When it was last known to be there, on the catalog's clock.
    pub(super) known_since: u32,
}

/// A schema, an extension, a role, …: a thing of which only the name is known.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The migration that made it.
    pub origin: Origin,
    /// When it was last known to be there, on the catalog's clock.
    pub(super) known_since: u32,
}

/// The answer to "is there a …?".
#[derive(Debug)]
pub enum Lookup<'a, T> {
    /// It is there.
    Known(&'a T),
    /// Nobody knows: something that could not be read may have made or dropped it, or it belongs to somebody else.
    Unknown,
    /// It is not there.
    Absent,
}

impl<T> Clone for Lookup<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lookup<'_, T> {}

impl<'a, T> Lookup<'a, T> {
    /// The thing, if it is known to be there.
    pub const fn known(self) -> Option<&'a T> {
        match self {
            Self::Known(thing) => Some(thing),
            Self::Unknown | Self::Absent => None,
        }
    }
}

impl RelationKind {
    /// What people call it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::ForeignTable => "foreign table",
            Self::VirtualTable => "virtual table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Sequence => "sequence",
        }
    }

    /// It holds rows of its own.
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Table | Self::ForeignTable | Self::VirtualTable)
    }

    /// It shows the rows of others.
    pub const fn is_view(self) -> bool {
        matches!(self, Self::View | Self::MaterializedView)
    }
}

impl Use {
    /// The use of an object as a whole.
    pub const fn of(class: Class, key: Key) -> Self {
        Self {
            node: Node { class, key },
            column: None,
        }
    }

    /// The use of a column of a relation.
    pub const fn column(key: Key, column: String) -> Self {
        Self {
            node: Node {
                class: Class::Relation,
                key,
            },
            column: Some(column),
        }
    }
}

impl Relation {
    /// What it is has been seen, and not guessed from a statement that works on it.
    pub(super) const fn is_surely_its_kind(&self) -> bool {
        !self.open || self.query.is_some()
    }

    /// Everything that it and what hangs on it needs, apart from itself.
    pub(super) fn needs(&self) -> impl Iterator<Item = &Node> {
        let parts = (self.columns.iter().flat_map(|column| &column.uses))
            .chain(
                self.constraints
                    .iter()
                    .flat_map(|constraint| &constraint.uses),
            )
            .chain(self.indexes.iter().flat_map(|index| &index.uses))
            .chain(self.triggers.iter().flat_map(|trigger| &trigger.uses))
            .chain(&self.uses);
        parts.map(|one| &one.node)
    }

    /// The tables that its foreign keys refer to.
    pub(super) fn referred(&self) -> impl Iterator<Item = &Key> {
        self.constraints
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { table, .. } => Some(table),
                _ => None,
            })
    }

    /// Its primary key.
    pub fn primary_key(&self) -> Option<&[String]> {
        self.constraints
            .iter()
            .find_map(|constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey(columns) => Some(columns.as_slice()),
                _ => None,
            })
    }
}
