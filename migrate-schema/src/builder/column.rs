use super::column_methods;
use crate::model::{
    Action, AutoIncrement, Column, ColumnDefinition, ColumnType, DefaultValue, ForeignKey, Literal,
};

/// Says what a column is beyond its name and type. A column may be NULL unless it is said otherwise.
#[derive(Debug)]
pub struct ColumnBuilder<'a> {
    definition: &'a mut ColumnDefinition,
}

impl<'a> ColumnBuilder<'a> {
    pub(super) fn new(definition: &'a mut ColumnDefinition) -> Self {
        Self { definition }
    }

    /// The column may not be NULL.
    pub fn not_null(self) -> Self {
        self.definition.column.nullable = false;
        self
    }

    /// No two rows have the same value here.
    pub fn unique(self) -> Self {
        self.definition.unique = true;
        self
    }

    /// The column is the primary key, or a part of it where several columns say so.
    pub fn primary_key(self) -> Self {
        self.definition.primary_key = true;
        self.definition.column.nullable = false;
        self
    }

    /// The engine numbers the rows and never uses a number twice. The column has to be the primary key.
    pub fn auto_increment(self) -> Self {
        self.definition.column.auto_increment = Some(AutoIncrement::NeverReuse);
        self
    }

    /// The value of a row that does not say: a number, text, `true`, bytes, or `None::<i64>` for NULL.
    pub fn default(self, value: impl Into<Literal>) -> Self {
        self.definition.column.default = Some(DefaultValue::Literal(value.into()));
        self
    }

    /// A row that does not say gets the time of its insert; a date column the date, a time column the time of day.
    pub fn default_now(self) -> Self {
        self.definition.column.default = Some(DefaultValue::Now);
        self
    }

    /// A row that does not say gets the value of an SQL expression, which is written as given.
    pub fn default_expression(self, expression: impl Into<String>) -> Self {
        self.definition.column.default = Some(DefaultValue::Expression(expression.into()));
        self
    }

    /// Every row has to meet this condition, which is written as given.
    pub fn check(self, expression: impl Into<String>) -> Self {
        self.definition.checks.push(expression.into());
        self
    }

    /// The column holds a value of `column` of `table`: a foreign key.
    pub fn references(self, table: impl Into<String>, column: impl Into<String>) -> Self {
        let own = self.definition.column.name.clone();
        self.definition
            .foreign_keys
            .push(ForeignKey::new([own], table, [column.into()]));
        self
    }

    /// What happens to the row when the row it references is deleted. It stands behind `references`.
    pub fn on_delete(self, action: Action) -> Self {
        self.with_foreign_key(|key| key.on_delete = action)
    }

    /// What happens to the row when the key it references is changed. It stands behind `references`.
    pub fn on_update(self, action: Action) -> Self {
        self.with_foreign_key(|key| key.on_update = action)
    }

    /// An action without a foreign key makes one to no table, so that the fault stays in the model until it is validated.
    fn with_foreign_key(self, set: impl FnOnce(&mut ForeignKey)) -> Self {
        if self.definition.foreign_keys.is_empty() {
            return self.references("", "").with_foreign_key(set);
        }
        if let Some(key) = self.definition.foreign_keys.last_mut() {
            set(key);
        }
        self
    }
}

/// The column that `add_column` adds, before it has a name and a type.
#[derive(Debug)]
pub struct NewColumn<'a> {
    definition: &'a mut ColumnDefinition,
}

impl<'a> NewColumn<'a> {
    pub(super) fn new(definition: &'a mut ColumnDefinition) -> Self {
        Self { definition }
    }

    fn start(self, column: Column) -> ColumnBuilder<'a> {
        *self.definition = column.into();
        ColumnBuilder::new(self.definition)
    }

    column_methods!(self: Self => ColumnBuilder<'a>);
}
