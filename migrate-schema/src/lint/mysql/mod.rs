//! For MySQL and MariaDB.

mod charset;
mod display_width;
mod enum_change_copies;
mod float_type;
mod implicit_value;
mod inline_references_ignored;
mod locking_alter;
mod primary_key_type;
mod reserved_word;
mod several_ddl;
mod storage_engine;
mod zero_date;

use super::Lint;

/// Each has a file.
pub(super) const LINTS: &[Lint] = &[
    charset::LINT,
    display_width::LINT,
    enum_change_copies::LINT,
    float_type::LINT,
    implicit_value::LINT,
    inline_references_ignored::LINT,
    locking_alter::LINT,
    primary_key_type::LINT,
    reserved_word::LINT,
    several_ddl::LINT,
    storage_engine::LINT,
    zero_date::LINT,
];
