//! Changes as data for other programs: what `--format json` writes.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Change, ColumnChange, TableChange, TypeChange, ViewChange};

/// A map: `change` says what is done in one word, `object` to what, `words` the same for people; `loses` and, of what has a
/// simple value before and afterwards, `from` and `to` stand there where there is something to say.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("change", self.kind())?;
        let (object, part) = self.object();
        map.serialize_entry("object", &object)?;
        if let Some(part) = part {
            map.serialize_entry("part", &part)?;
        }
        let (from, to) = self.values();
        for (key, value) in [("from", from), ("to", to)] {
            if let Some(value) = value {
                map.serialize_entry(key, &value)?;
            }
        }
        map.serialize_entry("words", &self.to_string())?;
        if let Some(loses) = self.loses() {
            map.serialize_entry("loses", &loses)?;
        }
        map.end()
    }
}

impl Change {
    /// What is done, in one word that stays what it is.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CreateNamespace(_) => "create_schema",
            Self::DropNamespace(_) => "drop_schema",
            Self::CreateExtension(_) => "create_extension",
            Self::DropExtension(_) => "drop_extension",
            Self::CreateType(_) => "create_type",
            Self::DropType(_) => "drop_type",
            Self::AlterType { change, .. } => of_type(change),
            Self::CreateSequence(_) => "create_sequence",
            Self::DropSequence(_) => "drop_sequence",
            Self::AlterSequence { .. } => "alter_sequence",
            Self::CreateRoutine(_) => "create_routine",
            Self::DropRoutine(_) => "drop_routine",
            Self::ReplaceRoutine { .. } => "replace_routine",
            Self::CreateTable(_) => "create_table",
            Self::DropTable(_) => "drop_table",
            Self::RenameTable { .. } => "rename_table",
            Self::AlterTable { change, .. } => of_table(change),
            Self::CreateView(_) => "create_view",
            Self::DropView(_) => "drop_view",
            Self::AlterView { change, .. } => of_view(change),
        }
    }

    /// The table, view, type, …, and the column, index, constraint or trigger of it.
    fn object(&self) -> (String, Option<String>) {
        match self {
            Self::CreateNamespace(name)
            | Self::DropNamespace(name)
            | Self::CreateExtension(name)
            | Self::DropExtension(name) => (name.clone(), None),
            Self::CreateType(one) | Self::DropType(one) => (one.name.to_string(), None),
            Self::AlterType { name, .. } => (name.to_string(), None),
            Self::CreateSequence(one)
            | Self::DropSequence(one)
            | Self::AlterSequence { to: one, .. } => (one.name.to_string(), None),
            Self::CreateRoutine(one)
            | Self::DropRoutine(one)
            | Self::ReplaceRoutine { to: one, .. } => (one.name.to_string(), None),
            Self::CreateTable(table) | Self::DropTable(table) => (table.name.to_string(), None),
            Self::RenameTable { from, .. } => (from.to_string(), None),
            Self::AlterTable { table, change } => (table.to_string(), part(change)),
            Self::CreateView(view) | Self::DropView(view) => (view.name.to_string(), None),
            Self::AlterView { view, change, .. } => {
                let part = match change {
                    ViewChange::CreateIndex(index) | ViewChange::DropIndex(index) => {
                        Some(index.name.clone())
                    }
                    ViewChange::CreateTrigger(one) | ViewChange::DropTrigger(one) => {
                        Some(one.name.clone())
                    }
                    ViewChange::Comment { .. } => None,
                };
                (view.to_string(), part)
            }
        }
    }

    /// What it is before and afterwards, where that is one text.
    fn values(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::RenameTable { to, .. } => (None, Some(to.to_string())),
            Self::AlterTable { change, .. } => match change {
                TableChange::AddColumn(column) => (None, Some(column.data_type.clone())),
                TableChange::DropColumn(column) => (Some(column.data_type.clone()), None),
                TableChange::RenameColumn { from, to }
                | TableChange::RenameConstraint { from, to } => {
                    (Some(from.clone()), Some(to.clone()))
                }
                TableChange::AddCheck(one) => (None, Some(one.expression.clone())),
                TableChange::DropCheck(one) => (Some(one.expression.clone()), None),
                TableChange::AlterColumn { change, .. } => of_column(change),
                TableChange::IndexComment { from, to, .. }
                | TableChange::Option { from, to, .. }
                | TableChange::Comment { from, to } => (from.clone(), to.clone()),
                _ => (None, None),
            },
            Self::AlterType { change, .. } => match change {
                TypeChange::AddLabel { label, .. } => (None, Some(label.clone())),
                TypeChange::AttributeType { from, to, .. } => {
                    (Some(from.clone()), Some(to.clone()))
                }
                TypeChange::Default { from, to } => (from.clone(), to.clone()),
                _ => (None, None),
            },
            _ => (None, None),
        }
    }
}

fn of_column(change: &ColumnChange) -> (Option<String>, Option<String>) {
    use ColumnChange as C;
    let flag = |now: bool| (Some((!now).to_string()), Some(now.to_string()));
    match change {
        C::Type { from, to } => (Some(from.clone()), Some(to.clone())),
        C::Nullable(now) | C::AutoIncrement(now) | C::Invisible(now) => flag(*now),
        C::Default { from, to }
        | C::OnUpdate { from, to }
        | C::Collation { from, to }
        | C::Comment { from, to } => (from.clone(), to.clone()),
        C::Generated { from, to } => {
            let text = |one: &Option<crate::schema::Generated>| {
                one.as_ref().map(|one| one.expression.clone())
            };
            (text(from), text(to))
        }
        C::Identity { .. } => (None, None),
    }
}

fn part(change: &TableChange) -> Option<String> {
    use TableChange as T;
    match change {
        T::AddColumn(column) | T::DropColumn(column) => Some(column.name.clone()),
        T::RenameColumn { from, .. } | T::RenameConstraint { from, .. } => Some(from.clone()),
        T::AlterColumn { column, .. } => Some(column.clone()),
        T::AddPrimaryKey(key) | T::DropPrimaryKey(key) | T::AddUnique(key) | T::DropUnique(key) => {
            key.name.clone()
        }
        T::AddForeignKey(key) | T::DropForeignKey(key) => key.name.clone(),
        T::AddCheck(one) | T::DropCheck(one) => one.name.clone(),
        T::AddExclusion(one) | T::DropExclusion(one) => one.name.clone(),
        T::ValidateConstraint { name } | T::Option { name, .. } => Some(name.clone()),
        T::CreateIndex(index) | T::DropIndex(index) => Some(index.name.clone()),
        T::IndexComment { index, .. } => Some(index.clone()),
        T::CreateTrigger(one) | T::DropTrigger(one) => Some(one.name.clone()),
        T::Strict(_) | T::WithoutRowid(_) | T::Kind { .. } | T::Comment { .. } => None,
    }
}

const fn of_table(change: &TableChange) -> &'static str {
    match change {
        TableChange::AddColumn(_) => "add_column",
        TableChange::DropColumn(_) => "drop_column",
        TableChange::RenameColumn { .. } => "rename_column",
        TableChange::AlterColumn { change, .. } => kind_of_column(change),
        TableChange::AddPrimaryKey(_) => "add_primary_key",
        TableChange::DropPrimaryKey(_) => "drop_primary_key",
        TableChange::AddUnique(_) => "add_unique",
        TableChange::DropUnique(_) => "drop_unique",
        TableChange::AddForeignKey(_) => "add_foreign_key",
        TableChange::DropForeignKey(_) => "drop_foreign_key",
        TableChange::AddCheck(_) => "add_check",
        TableChange::DropCheck(_) => "drop_check",
        TableChange::AddExclusion(_) => "add_exclusion",
        TableChange::DropExclusion(_) => "drop_exclusion",
        TableChange::RenameConstraint { .. } => "rename_constraint",
        TableChange::ValidateConstraint { .. } => "validate_constraint",
        TableChange::CreateIndex(_) => "create_index",
        TableChange::DropIndex(_) => "drop_index",
        TableChange::IndexComment { .. } => "index_comment",
        TableChange::CreateTrigger(_) => "create_trigger",
        TableChange::DropTrigger(_) => "drop_trigger",
        TableChange::Option { .. } => "table_option",
        TableChange::Strict(_) => "strict",
        TableChange::WithoutRowid(_) => "without_rowid",
        TableChange::Kind { .. } => "table_kind",
        TableChange::Comment { .. } => "table_comment",
    }
}

const fn kind_of_column(change: &ColumnChange) -> &'static str {
    match change {
        ColumnChange::Type { .. } => "column_type",
        ColumnChange::Nullable(_) => "column_null",
        ColumnChange::Default { .. } => "column_default",
        ColumnChange::Generated { .. } => "column_generated",
        ColumnChange::Identity { .. } => "column_identity",
        ColumnChange::AutoIncrement(_) => "column_auto_increment",
        ColumnChange::OnUpdate { .. } => "column_on_update",
        ColumnChange::Invisible(_) => "column_invisible",
        ColumnChange::Collation { .. } => "column_collation",
        ColumnChange::Comment { .. } => "column_comment",
    }
}

const fn of_type(change: &TypeChange) -> &'static str {
    match change {
        TypeChange::AddLabel { .. } => "add_label",
        TypeChange::Labels { .. } => "labels",
        TypeChange::AddAttribute { .. } => "add_attribute",
        TypeChange::DropAttribute { .. } => "drop_attribute",
        TypeChange::AttributeType { .. } => "attribute_type",
        TypeChange::NotNull(_) => "domain_null",
        TypeChange::Default { .. } => "domain_default",
        TypeChange::AddCheck { .. } => "add_domain_check",
        TypeChange::DropCheck { .. } => "drop_domain_check",
        TypeChange::Shape { .. } => "type_shape",
    }
}

const fn of_view(change: &ViewChange) -> &'static str {
    match change {
        ViewChange::CreateIndex(_) => "create_index",
        ViewChange::DropIndex(_) => "drop_index",
        ViewChange::CreateTrigger(_) => "create_trigger",
        ViewChange::DropTrigger(_) => "drop_trigger",
        ViewChange::Comment { .. } => "view_comment",
    }
}
