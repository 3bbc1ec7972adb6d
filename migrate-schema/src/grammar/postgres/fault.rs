//! What is wrong with the syntax of a statement, said plainly.

use squawk_syntax::{Parse, SourceFile};

use crate::{Code, Finding, settings::Target};

/// The first thing that is wrong in a statement.
pub(super) fn find(
    _text: &str,
    base: usize,
    parsed: &Parse<SourceFile>,
    _target: &Target,
) -> Option<Finding> {
    let errors = parsed.errors();
    let first = errors.first()?;
    let range = first.range();
    let range = base + usize::from(range.start())..base + usize::from(range.end());
    Some(Finding::new(Code::SqlSyntax, first.message(), range))
}
