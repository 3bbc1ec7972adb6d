//! For every database.

mod delete_without_where;
mod drop_cascade;
mod drop_column;
mod drop_foreign_key;
mod drop_schema;
mod drop_table;
mod duplicate_index;
mod foreign_key_without_index;
mod identifier_too_long;
mod irreversible_change;
mod lossy_type_change;
mod missing_primary_key;
mod naming;
mod not_null_on_rows;
mod not_null_without_default;
mod redundant_index;
mod rename_column;
mod rename_table;
mod type_change;
mod unique_on_rows;
mod update_without_where;

use super::Lint;
#[cfg(feature = "sqlite")]
pub(super) use foreign_key_without_index::new_keys;
pub(super) use missing_primary_key::lacks_primary_key;

/// Each has a file.
pub(super) const LINTS: &[Lint] = &[
    delete_without_where::LINT,
    drop_cascade::LINT,
    drop_column::LINT,
    drop_foreign_key::LINT,
    drop_schema::LINT,
    drop_table::LINT,
    duplicate_index::LINT,
    foreign_key_without_index::LINT,
    identifier_too_long::LINT,
    irreversible_change::LINT,
    lossy_type_change::LINT,
    missing_primary_key::LINT,
    naming::LINT,
    not_null_on_rows::LINT,
    not_null_without_default::LINT,
    redundant_index::LINT,
    rename_column::LINT,
    rename_table::LINT,
    type_change::LINT,
    unique_on_rows::LINT,
    update_without_where::LINT,
];
