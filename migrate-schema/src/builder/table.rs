use super::{ColumnBuilder, ForeignKeyBuilder, UniqueBuilder, column_methods};
use crate::model::{
    AutoIncrement, Check, Column, ColumnDefinition, ColumnType, ForeignKey, Table, Unique,
};

/// Says what a table consists of. Columns stand in the order of the calls.
#[derive(Debug)]
pub struct TableBuilder {
    columns: Vec<ColumnDefinition>,
    /// Name and constraints of the table itself, still without its columns.
    table: Table,
}

impl TableBuilder {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            columns: Vec::new(),
            table: Table::new(name),
        }
    }

    /// The columns and what is written on them, then the constraints of the table.
    pub(super) fn build(self) -> Table {
        let constraints = self.table;
        let mut table = Table::new(constraints.name);
        for definition in self.columns {
            table.push(definition);
        }
        for column in &mut table.columns {
            if constraints
                .primary_key
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&column.name))
            {
                column.nullable = false;
            }
        }
        table.primary_key.extend(constraints.primary_key);
        table.uniques.extend(constraints.uniques);
        table.checks.extend(constraints.checks);
        table.foreign_keys.extend(constraints.foreign_keys);
        table
    }

    /// The primary key `id`: an integer that the engine numbers.
    ///
    /// On SQLite this is `INTEGER PRIMARY KEY`, which has 64 bits and may use the numbers of the last deleted rows again;
    /// `t.id().auto_increment()` never does. For 64 bits on the other dialects too there is [`Self::big_id`].
    pub fn id(&mut self) -> ColumnBuilder<'_> {
        self.numbered_id(ColumnType::Integer)
    }

    /// The primary key `id`: an integer of 64 bits that the engine numbers. Columns that reference it are `bigint`.
    pub fn big_id(&mut self) -> ColumnBuilder<'_> {
        self.numbered_id(ColumnType::BigInteger)
    }

    fn numbered_id(&mut self, column_type: ColumnType) -> ColumnBuilder<'_> {
        let mut column = Column::new("id", column_type);
        column.auto_increment = Some(AutoIncrement::MayReuse);
        self.start(column).primary_key()
    }

    /// The columns `created_at` and `updated_at`: timestamps that are not NULL and begin as the time of the insert.
    pub fn timestamps(&mut self) {
        self.timestamp("created_at").not_null().default_now();
        self.timestamp("updated_at").not_null().default_now();
    }

    column_methods!(self: &mut Self => ColumnBuilder<'_>);

    /// These columns are the primary key.
    pub fn primary_key(&mut self, columns: impl IntoIterator<Item = impl Into<String>>) {
        self.table
            .primary_key
            .extend(columns.into_iter().map(Into::into));
    }

    /// No two rows are equal in all of these columns.
    pub fn unique(
        &mut self,
        columns: impl IntoIterator<Item = impl Into<String>>,
    ) -> UniqueBuilder<'_> {
        UniqueBuilder::new(push(&mut self.table.uniques, Unique::new(columns)))
    }

    /// Every row has to meet this condition, which is written as given.
    pub fn check(&mut self, name: impl Into<String>, expression: impl Into<String>) {
        self.table.checks.push(Check {
            name: Some(name.into()),
            ..Check::new(expression)
        });
    }

    /// These columns together hold a key of another table.
    pub fn foreign_key(
        &mut self,
        columns: impl IntoIterator<Item = impl Into<String>>,
        table: impl Into<String>,
        referenced_columns: impl IntoIterator<Item = impl Into<String>>,
    ) -> ForeignKeyBuilder<'_> {
        let foreign_key = ForeignKey::new(columns, table, referenced_columns);
        ForeignKeyBuilder::new(push(&mut self.table.foreign_keys, foreign_key))
    }

    fn start(&mut self, column: Column) -> ColumnBuilder<'_> {
        ColumnBuilder::new(push(&mut self.columns, column.into()))
    }
}

/// Appends a value and leads to it.
fn push<T>(values: &mut Vec<T>, value: T) -> &mut T {
    let position = values.len();
    values.push(value);
    &mut values[position]
}
