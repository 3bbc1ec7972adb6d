//! The pages of what the grammars, the catalog, the replay and the macros refuse.

mod attribute;
mod files;
mod history;
mod names;
mod sql;

use super::Page;

/// By where they come from.
pub(super) const PAGES: &[&[Page]] = &[
    attribute::PAGES,
    sql::PAGES,
    names::PAGES,
    history::PAGES,
    files::PAGES,
];
