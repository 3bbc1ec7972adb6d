//! What goes wrong on the command line, and with which exit code it ends.

use std::process::ExitCode;

use crate::project::ProjectError;

/// A failed command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Migrate(#[from] migrate_core::Error),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error("{0}")]
    Usage(String),
    /// A schema document that is not right.
    #[error("{0}")]
    Document(String),
    #[error("{0}")]
    NotConfirmed(String),
    /// By Ctrl-C, with what has become of the run.
    #[cfg_attr(
        not(feature = "interrupt"),
        allow(dead_code, reason = "the system ends the process")
    )]
    #[error("{0}")]
    Interrupted(String),
    #[error("{what}: {source}")]
    Io {
        what: String,
        source: std::io::Error,
    },
    #[error("cannot write the answer as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The exit codes, as the documentation of the crate has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Locked = 3,
    NotConfirmed = 4,
    /// As shells have it for what Ctrl-C has ended.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Fault {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Migrate(error) if error.is_locked() => Exit::Locked,
            Self::Migrate(error) if error.is_usage() => Exit::Usage,
            Self::Usage(_) | Self::Project(_) => Exit::Usage,
            Self::NotConfirmed(_) => Exit::NotConfirmed,
            Self::Interrupted(_) => Exit::Interrupted,
            Self::Migrate(_) | Self::Document(_) | Self::Io { .. } | Self::Json(_) => Exit::Failed,
        }
    }
}
