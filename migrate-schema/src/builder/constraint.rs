use crate::model::{Action, ForeignKey, Unique};

/// Says what a unique constraint is beyond its columns.
#[derive(Debug)]
pub struct UniqueBuilder<'a> {
    unique: &'a mut Unique,
}

impl<'a> UniqueBuilder<'a> {
    pub(super) fn new(unique: &'a mut Unique) -> Self {
        Self { unique }
    }

    /// Gives the constraint a name; otherwise the engine makes one.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.unique.name = Some(name.into());
        self
    }
}

/// Says what a foreign key is beyond its columns.
#[derive(Debug)]
pub struct ForeignKeyBuilder<'a> {
    foreign_key: &'a mut ForeignKey,
}

impl<'a> ForeignKeyBuilder<'a> {
    pub(super) fn new(foreign_key: &'a mut ForeignKey) -> Self {
        Self { foreign_key }
    }

    /// Gives the constraint a name; otherwise it is `table_columns_fkey`. SQLite keeps none.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.foreign_key.name = Some(name.into());
        self
    }

    /// What happens to the row when the row it references is deleted.
    pub fn on_delete(self, action: Action) -> Self {
        self.foreign_key.on_delete = action;
        self
    }

    /// What happens to the row when the key it references is changed.
    pub fn on_update(self, action: Action) -> Self {
        self.foreign_key.on_update = action;
        self
    }
}
