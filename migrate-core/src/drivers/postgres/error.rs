//! What PostgreSQL says went wrong, and what the engine has to know of it.

use tokio_postgres::{
    Error,
    error::{DbError, ErrorPosition},
};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    native::StepError,
};

/// Where an error came up, which decides what a lost connection means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// In a transaction, or at something that only reads: what was under way is gone.
    Undone,
    /// At a commit, or at a statement that stands alone: it may have taken place.
    Effect,
}

/// An error of the server, or of the connection to it.
pub(super) fn error(failed: Error, at: At) -> DriverError {
    let lost = is_lost(&failed);
    let kind = match code(&failed) {
        // The lock of a table or a row, a deadlock, a transaction that another one has crossed.
        Some("40001" | "40P01" | "55P03") => DriverErrorKind::Busy,
        // Committed, but a change of the schema was taken back behind it; and the answer that is not known.
        Some("XXA00" | "40003") => DriverErrorKind::Unknown,
        _ if lost && at == At::Effect => DriverErrorKind::Unknown,
        _ => DriverErrorKind::Other,
    };
    let message = match failed.as_db_error() {
        Some(db) => said(db),
        None if lost => {
            let ends = match at {
                At::Undone => ", and the server has rolled back what was under way",
                At::Effect => "",
            };
            format!(
                "the connection to the server was lost{ends} ({})",
                cause(&failed)
            )
        }
        None => cause(&failed),
    };
    DriverError::new(kind, message).with_source(failed)
}

/// Whether the connection is gone, or goes with this error.
fn is_lost(failed: &Error) -> bool {
    match code(failed) {
        Some(code) => code.starts_with("57P") || code.starts_with("08"),
        // What else has no code never reached the server, or is an answer that cannot be read.
        None => true,
    }
}

pub(super) fn code(failed: &Error) -> Option<&str> {
    failed.code().map(tokio_postgres::error::SqlState::code)
}

/// The innermost reason.
pub(super) fn cause(failed: &Error) -> String {
    let mut cause: &dyn std::error::Error = failed;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// The server's words, and what to do where it does not say it.
fn said(db: &DbError) -> String {
    let mut text = db.message().to_owned();
    if let Some(ErrorPosition::Original(at)) = db.position() {
        text += &format!(" (at character {at})");
    }
    text += &format!(" [SQLSTATE {}]", db.code().code());
    for (name, more) in [("detail", db.detail()), ("hint", db.hint())] {
        if let Some(more) = more {
            text += &format!("; {name}: {}", more.replace('\n', " "));
        }
    }
    if let Some(advice) = advice(db) {
        text += &format!(". {advice}");
    }
    text
}

fn advice(db: &DbError) -> Option<&'static str> {
    Some(match db.code().code() {
        "25001" => {
            "Write `transaction = false` in the attribute of the migration; where it stands there, run this from a Rust step \
             over `&tokio_postgres::Client`"
        }
        "25006" => "The server, or the role, allows reading only",
        "25P02" => {
            "A statement before it has failed, and its error was passed over: a transaction cannot go on after one"
        }
        "2D000" => {
            "It ends transactions itself: call it from a Rust step over `&tokio_postgres::Client`, in a migration with \
             `transaction = false`"
        }
        "42501" => "Run migrations as the owner of what they change, or grant it",
        "53200" if db.hint().is_some_and(|hint| hint.contains("max_locks")) => {
            "Or divide the migration into several"
        }
        "53300" => "End other connections, or raise `max_connections`",
        "55P04" => {
            "A value that `ADD VALUE` adds can be used only after the commit: use it in a migration of its own, behind this one"
        }
        "57014" if db.message().contains("statement timeout") => {
            "Raise `statement_timeout`, or divide the work"
        }
        "57P01" | "57P02" => "Somebody has stopped the server or ended this session: run again",
        _ => return None,
    })
}

/// The error of a Rust step. One of the server's that only says "busy" may be tried again.
pub(super) fn step_error(failed: StepError) -> DriverError {
    match failed.into_inner().downcast::<Error>() {
        Ok(ours) => error(*ours, At::Undone),
        Err(other) => DriverError::new(DriverErrorKind::Step, other.to_string()).with_source(other),
    }
}

/// Why there is no connection.
pub(super) fn unconnected(failed: Error, name: &str) -> DriverError {
    let reason = match failed.as_db_error() {
        Some(db) => {
            let advice = match db.code().code() {
                "28P01" => ". Check the password in the URL",
                "28000" => ". Check the user in the URL, and the server's `pg_hba.conf`",
                "3D000" => ". Create it first, or check its name in the URL",
                "57P03" => ". Try again when the server is ready",
                _ => "",
            };
            format!("{}{advice}", said(db))
        }
        None => {
            let cause = cause(&failed);
            let advice = match &*failed.to_string() {
                text if text.contains("TLS") => {
                    " (TLS; see `sslmode` and `sslrootcert` in the URL)"
                }
                _ if cause.contains("refused") => ". Is the server running, at this port?",
                _ if cause.contains("password missing") => ". Write it into the URL",
                _ => "",
            };
            format!("{cause}{advice}")
        }
    };
    DriverError::new(
        DriverErrorKind::Unfit,
        format!("cannot connect to {name}: {reason}"),
    )
    .with_source(failed)
}
