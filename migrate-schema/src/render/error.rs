use crate::{Dialect, model::ModelError};

/// Why a change cannot be written in a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The change is wrong by itself.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The dialect has no way to do it.
    #[error("{} {problem}: {instead}", product(*.dialect))]
    Unsupported {
        /// The dialect.
        dialect: Dialect,
        /// What it cannot do.
        problem: String,
        /// What to write instead.
        instead: String,
    },
    /// Text that cannot stand where it is meant to.
    #[error("the expression `{text}` {problem}")]
    BadExpression {
        /// The expression.
        text: String,
        /// What is wrong with it, and what to write instead.
        problem: &'static str,
    },
}

/// The name under which people know the dialect's engine.
const fn product(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
    }
}

pub(super) fn unsupported<T>(
    dialect: Dialect,
    problem: impl Into<String>,
    instead: impl Into<String>,
) -> Result<T, RenderError> {
    Err(RenderError::Unsupported {
        dialect,
        problem: problem.into(),
        instead: instead.into(),
    })
}
