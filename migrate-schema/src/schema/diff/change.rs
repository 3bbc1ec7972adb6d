//! What is different between two schemas, one thing at a time.

use crate::schema::{
    Check, Column, Exclusion, ForeignKey, Generated, Identity, Index, Key, ObjectName, Routine,
    Sequence, Table, TableKind, Trigger, Type, TypeShape, View,
};

/// One thing that is to be done to a schema, and what it does it to, as it is before and as it is afterwards.
///
/// Changes stand in an order: each is understood on the schema that those before it have left. So a change behind a
/// [`Change::RenameTable`] says the new name.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Makes a schema (PostgreSQL).
    CreateNamespace(String),
    /// Drops a schema (PostgreSQL).
    DropNamespace(String),
    /// Makes an extension (PostgreSQL).
    CreateExtension(String),
    /// Drops an extension (PostgreSQL).
    DropExtension(String),
    /// Makes a type.
    CreateType(Type),
    /// Drops a type.
    DropType(Type),
    /// Changes a type.
    AlterType {
        /// The type.
        name: ObjectName,
        /// What is changed.
        change: TypeChange,
    },
    /// Makes a sequence.
    CreateSequence(Sequence),
    /// Drops a sequence.
    DropSequence(Sequence),
    /// Gives a sequence other properties.
    AlterSequence {
        /// As it is.
        from: Sequence,
        /// As it is to be.
        to: Sequence,
    },
    /// Makes a function or procedure.
    CreateRoutine(Routine),
    /// Drops a function or procedure.
    DropRoutine(Routine),
    /// Gives a function or procedure another definition.
    ReplaceRoutine {
        /// As it is.
        from: Routine,
        /// As it is to be.
        to: Routine,
    },
    /// Makes a table with all that it has, apart from the foreign keys, indexes and triggers that are added by later changes.
    CreateTable(Box<Table>),
    /// Drops a table with all that it has.
    DropTable(Box<Table>),
    /// Gives a table another name.
    RenameTable {
        /// The name that it has.
        from: ObjectName,
        /// The name that it gets.
        to: ObjectName,
    },
    /// Changes a table.
    AlterTable {
        /// The table.
        table: ObjectName,
        /// What is changed.
        change: TableChange,
    },
    /// Makes a view, with its indexes, triggers and comment.
    CreateView(Box<View>),
    /// Drops a view, with its indexes and triggers.
    DropView(Box<View>),
    /// Changes what hangs on a view.
    AlterView {
        /// The view.
        view: ObjectName,
        /// Whether it is a materialized one.
        materialized: bool,
        /// What is changed.
        change: ViewChange,
    },
}

/// What is changed in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum TableChange {
    /// Adds a column.
    AddColumn(Column),
    /// Drops a column.
    DropColumn(Column),
    /// Gives a column another name.
    RenameColumn {
        /// The name that it has.
        from: String,
        /// The name that it gets.
        to: String,
    },
    /// Changes a column.
    AlterColumn {
        /// The column.
        column: String,
        /// What is changed.
        change: ColumnChange,
    },
    /// Adds a primary key.
    AddPrimaryKey(Key),
    /// Drops the primary key.
    DropPrimaryKey(Key),
    /// Adds a unique constraint.
    AddUnique(Key),
    /// Drops a unique constraint.
    DropUnique(Key),
    /// Adds a foreign key.
    AddForeignKey(ForeignKey),
    /// Drops a foreign key.
    DropForeignKey(ForeignKey),
    /// Adds a check.
    AddCheck(Check),
    /// Drops a check.
    DropCheck(Check),
    /// Adds an exclusion constraint (PostgreSQL).
    AddExclusion(Exclusion),
    /// Drops an exclusion constraint (PostgreSQL).
    DropExclusion(Exclusion),
    /// Gives a constraint another name (PostgreSQL).
    RenameConstraint {
        /// The name that it has.
        from: String,
        /// The name that it gets.
        to: String,
    },
    /// Proves a foreign key or a check for the rows that were there before it (PostgreSQL).
    ValidateConstraint {
        /// Its name.
        name: String,
    },
    /// Makes an index.
    CreateIndex(Index),
    /// Drops an index.
    DropIndex(Index),
    /// Gives an index another comment.
    IndexComment {
        /// The index.
        index: String,
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
    /// Makes a trigger.
    CreateTrigger(Trigger),
    /// Drops a trigger.
    DropTrigger(Trigger),
    /// Gives an option of the table another value.
    Option {
        /// Its name.
        name: String,
        /// As it is; none where it has not been said.
        from: Option<String>,
        /// As it is to be; none where it is not to be said.
        to: Option<String>,
    },
    /// Makes the table `STRICT`, or no longer (SQLite).
    Strict(bool),
    /// Makes the table one `WITHOUT ROWID`, or no longer (SQLite).
    WithoutRowid(bool),
    /// Makes it a table of another kind: partitioned, a partition, inheriting.
    Kind {
        /// As it is.
        from: TableKind,
        /// As it is to be.
        to: TableKind,
    },
    /// Gives the table another comment.
    Comment {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
}

/// What is changed in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChange {
    /// Another type.
    Type {
        /// As it is.
        from: String,
        /// As it is to be.
        to: String,
    },
    /// Takes NULL (`true`), or no longer (`false`).
    Nullable(bool),
    /// Another default.
    Default {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
    /// Computed from something else, or no longer.
    Generated {
        /// As it is.
        from: Option<Generated>,
        /// As it is to be.
        to: Option<Generated>,
    },
    /// `GENERATED … AS IDENTITY`.
    Identity {
        /// As it is.
        from: Option<Identity>,
        /// As it is to be.
        to: Option<Identity>,
    },
    /// Numbered by the engine, or no longer.
    AutoIncrement(bool),
    /// `ON UPDATE` (MySQL).
    OnUpdate {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
    /// `INVISIBLE` (MySQL), or no longer.
    Invisible(bool),
    /// Another collation.
    Collation {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
    /// Another comment.
    Comment {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
}

/// What is changed in a type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeChange {
    /// Adds a label to an enum.
    AddLabel {
        /// The label.
        label: String,
        /// The label that it stands before; none where it is the last.
        before: Option<String>,
    },
    /// Other labels, where some are gone or in another order: the type has to be made again, and its columns get the new one.
    Labels {
        /// As they are.
        from: Vec<String>,
        /// As they are to be.
        to: Vec<String>,
    },
    /// Adds an attribute to a composite type.
    AddAttribute {
        /// Its name.
        name: String,
        /// Its type.
        data_type: String,
    },
    /// Drops an attribute of a composite type.
    DropAttribute {
        /// Its name.
        name: String,
        /// Its type.
        data_type: String,
    },
    /// Gives an attribute of a composite type another type.
    AttributeType {
        /// Its name.
        name: String,
        /// As it is.
        from: String,
        /// As it is to be.
        to: String,
    },
    /// A domain refuses NULL (`true`), or no longer (`false`).
    NotNull(bool),
    /// Another default of a domain.
    Default {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
    /// Adds a check to a domain.
    AddCheck {
        /// Its name.
        name: Option<String>,
        /// The condition.
        expression: String,
    },
    /// Drops a check of a domain.
    DropCheck {
        /// Its name.
        name: Option<String>,
        /// The condition.
        expression: String,
    },
    /// Something else altogether (another kind of type, a domain on another type): it has to be made again.
    Shape {
        /// As it is.
        from: TypeShape,
        /// As it is to be.
        to: TypeShape,
    },
}

/// What is changed of what hangs on a view.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewChange {
    /// Makes an index of a materialized view.
    CreateIndex(Index),
    /// Drops an index of a materialized view.
    DropIndex(Index),
    /// Makes a trigger.
    CreateTrigger(Trigger),
    /// Drops a trigger.
    DropTrigger(Trigger),
    /// Gives the view another comment.
    Comment {
        /// As it is.
        from: Option<String>,
        /// As it is to be.
        to: Option<String>,
    },
}

impl Change {
    /// A change of a table.
    pub const fn alter(table: ObjectName, change: TableChange) -> Self {
        Self::AlterTable { table, change }
    }

    /// The table that it changes, makes or drops.
    pub const fn table(&self) -> Option<&ObjectName> {
        match self {
            Self::AlterTable { table, .. } => Some(table),
            Self::CreateTable(table) | Self::DropTable(table) => Some(&table.name),
            Self::RenameTable { from, .. } => Some(from),
            _ => None,
        }
    }
}
