//! What every database of MySQL and MariaDB has.

use super::Row;

/// Its functions, sorted.
pub(super) const FUNCTIONS: &[Row] = &[];

/// Its types, sorted.
pub(super) const TYPES: &[&str] = &[];

/// Its collations, in lower case, sorted.
pub(super) const COLLATIONS: &[&str] = &[];

/// Functions that give rows, and their columns.
pub(super) const TABLE_FUNCTIONS: &[(&str, &[&str])] = &[];
