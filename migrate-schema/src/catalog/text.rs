//! The SQL that things were made by. Kept only where somebody asks for it: what the macros replay has none.

use std::{ops::Range, sync::Arc};

use super::Catalog;
use crate::tree::Path;

/// The statement that the ranges of something are in; none where texts are not kept.
#[derive(Clone, Debug, Default)]
pub struct Text(Option<Arc<Source>>);

/// A statement.
#[derive(Debug)]
struct Source {
    sql: Box<str>,
    /// Where it began in the text that the ranges are of.
    start: usize,
}

/// The statements that the parts of a column come from: they may be altered one by one.
#[derive(Clone, Debug, Default)]
pub struct ColumnTexts {
    /// Of its type.
    pub ty: Text,
    /// Of its default.
    pub default: Text,
    /// Of what it is computed from.
    pub generated: Text,
    /// Of its `ON UPDATE`.
    pub on_update: Text,
}

/// The statement that made something, and the names in it that may have changed since.
#[derive(Debug)]
pub struct Definition {
    /// The statement.
    pub text: Text,
    /// The name that it gives.
    pub name: Path,
    /// The table that it is on.
    pub on: Option<Path>,
}

impl Text {
    /// What stands there.
    pub fn get(&self, range: &Range<usize>) -> Option<&str> {
        let source = self.0.as_deref()?;
        let start = range.start.checked_sub(source.start)?;
        let end = range.end.checked_sub(source.start)?;
        source.sql.get(start..end).filter(|text| !text.is_empty())
    }

    /// From there to the end of the statement.
    pub fn from(&self, start: usize) -> Option<&str> {
        let source = self.0.as_deref()?;
        source.sql.get(start.checked_sub(source.start)?..)
    }

    /// Where the statement ends.
    pub fn end(&self) -> usize {
        let source = self.0.as_deref();
        source.map_or(0, |source| source.start + source.sql.len())
    }

    /// Whether there is one.
    pub const fn is_known(&self) -> bool {
        self.0.is_some()
    }
}

impl Catalog {
    /// From now on the statements are kept: what needs their text asks for it.
    pub const fn keep_texts(&mut self) {
        self.keeps_texts = true;
    }

    /// What is applied next stands there in this text.
    pub fn read(&mut self, sql: &str, range: &Range<usize>) {
        if self.keeps_texts {
            let text = sql.get(range.clone()).filter(|text| !text.is_empty());
            let source = text.map(|sql| Source {
                sql: sql.into(),
                start: range.start,
            });
            self.text = Text(source.map(Arc::new));
        }
    }

    /// The statement that is being applied.
    pub(super) fn text(&self) -> Text {
        self.text.clone()
    }

    /// The bounds of a partition, as they are written.
    pub(super) fn bounds(&self, range: Option<&Range<usize>>) -> Option<Arc<str>> {
        self.text.get(range?).map(Into::into)
    }

    /// The same, for all parts of a column that it makes.
    pub(super) fn texts(&self) -> ColumnTexts {
        ColumnTexts {
            ty: self.text(),
            default: self.text(),
            generated: self.text(),
            on_update: self.text(),
        }
    }

    /// The same, with the names that it gives.
    pub(super) fn definition(&self, name: &Path, on: Option<&Path>) -> Option<Arc<Definition>> {
        self.text.is_known().then(|| {
            Arc::new(Definition {
                text: self.text(),
                name: name.clone(),
                on: on.cloned(),
            })
        })
    }
}
