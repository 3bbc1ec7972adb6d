//! What cannot be written as DDL.

/// Why there is no DDL for something: what it is, why not, and what to do instead.
///
/// It is told as one sentence: `the type t: nobody knows how it was made; make it with a statement of your own`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}; {instead}")]
pub struct DdlError {
    what: String,
    why: String,
    instead: String,
}

impl DdlError {
    pub(crate) fn new(
        what: impl Into<String>,
        why: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            instead: instead.into(),
        }
    }

    /// What could not be written.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Why not.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// What to do instead.
    pub fn instead(&self) -> &str {
        &self.instead
    }
}
