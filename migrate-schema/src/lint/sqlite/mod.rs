//! For SQLite, of which nobody else has any.

mod attach;
mod double_quoted_text;
mod foreign_key_mismatch;
mod integer_primary_key;
mod needless_autoincrement;
mod nullable_primary_key;
mod numeric_affinity;
mod pragma_in_transaction;
mod pragma_needs_vacuum;
mod pragma_of_connection;
mod rebuild;
mod rebuild_deletes_children;
mod rebuild_loses_autoincrement;
mod rebuild_loses_check;
mod rebuild_loses_collation;
mod rebuild_loses_column;
mod rebuild_loses_foreign_key;
mod rebuild_loses_index;
mod rebuild_loses_strict;
mod rebuild_loses_trigger;
mod rebuild_loses_view;
mod rebuild_loses_without_rowid;
mod swallowed_type;
mod type_affinity;
mod unknown_pragma;
mod unsupported_by_target;

use super::Lint;

/// Each has a file.
pub(super) const LINTS: &[Lint] = &[
    attach::LINT,
    double_quoted_text::LINT,
    foreign_key_mismatch::LINT,
    integer_primary_key::LINT,
    needless_autoincrement::LINT,
    nullable_primary_key::LINT,
    numeric_affinity::LINT,
    pragma_in_transaction::LINT,
    pragma_needs_vacuum::LINT,
    pragma_of_connection::LINT,
    rebuild_deletes_children::LINT,
    rebuild_loses_autoincrement::LINT,
    rebuild_loses_check::LINT,
    rebuild_loses_collation::LINT,
    rebuild_loses_column::LINT,
    rebuild_loses_foreign_key::LINT,
    rebuild_loses_index::LINT,
    rebuild_loses_strict::LINT,
    rebuild_loses_trigger::LINT,
    rebuild_loses_view::LINT,
    rebuild_loses_without_rowid::LINT,
    swallowed_type::LINT,
    type_affinity::LINT,
    unknown_pragma::LINT,
    unsupported_by_target::LINT,
];
