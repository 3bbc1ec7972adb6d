//! For PostgreSQL: locks, rewrites, types.

mod char_type;
mod check_scans;
mod detach_not_concurrent;
mod domain_constraint;
mod drop_index_not_concurrent;
mod drop_not_null;
mod enum_value_used;
mod exclusion_under_lock;
mod foreign_key_scans;
mod index_not_concurrent;
mod merge_alters;
mod missing_lock_timeout;
mod prefer_bigint;
mod prefer_identity;
mod prefer_jsonb;
mod prefer_text;
mod prefer_timestamptz;
mod primary_key_under_lock;
mod reindex_not_concurrent;
mod serial_column_rewrites;
mod set_not_null_scans;
mod statement_after_lock;
mod stored_column_rewrites;
mod truncate_cascade;
mod type_change_rewrites;
mod unique_under_lock;
mod validate_in_same_migration;
mod volatile_default_rewrites;

use super::Lint;

/// Each has a file.
pub(super) const LINTS: &[Lint] = &[
    char_type::LINT,
    check_scans::LINT,
    detach_not_concurrent::LINT,
    domain_constraint::LINT,
    drop_index_not_concurrent::LINT,
    drop_not_null::LINT,
    enum_value_used::LINT,
    exclusion_under_lock::LINT,
    foreign_key_scans::LINT,
    index_not_concurrent::LINT,
    merge_alters::LINT,
    missing_lock_timeout::LINT,
    prefer_bigint::LINT,
    prefer_identity::LINT,
    prefer_jsonb::LINT,
    prefer_text::LINT,
    prefer_timestamptz::LINT,
    primary_key_under_lock::LINT,
    reindex_not_concurrent::LINT,
    serial_column_rewrites::LINT,
    set_not_null_scans::LINT,
    statement_after_lock::LINT,
    stored_column_rewrites::LINT,
    truncate_cascade::LINT,
    type_change_rewrites::LINT,
    unique_under_lock::LINT,
    validate_in_same_migration::LINT,
    volatile_default_rewrites::LINT,
];
