//! Errors of the server and of the connection, in the words of who has to do something about them.

use std::io;

use mysql_async::{DriverError as ClientError, Error, IoError, ServerError};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    native::StepError,
};

/// Somebody holds a lock, was faster, or the node has to catch up: trying again may help.
const BUSY: [u16; 4] = [
    1205, // lock wait timeout, and what MariaDB says to NOWAIT
    1213, // deadlock, and a conflict with another node of Galera
    3572, // what MySQL says to NOWAIT
    1047, // a node of Galera that is not in step with its cluster
];
/// The server has ended the session, or is about to.
const ENDED: [u16; 5] = [
    1053, // the server shuts down
    1152, // the connection is cut off
    1927, // the connection is killed
    3169, // the session is killed
    4031, // the server has cut an idle session off
];
/// The server takes no writes.
const READ_ONLY: [u16; 4] = [1290, 1792, 1836, 3100];

pub(super) const NO_SUCH_TABLE: u16 = 1146;
const NO_SUCH_COLUMN: u16 = 1054;
const INTERRUPTED: u16 = 1317;
/// An error at the commit after which it may have taken place elsewhere in the cluster.
const AT_COMMIT: u16 = 1180;

/// The number of an error of the server.
pub(super) fn code(error: &Error) -> Option<u16> {
    match error {
        Error::Server(error) => Some(error.code),
        _ => None,
    }
}

/// Whether nobody knows what became of what was sent.
pub(super) fn is_lost(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Server(error) => ENDED.contains(&error.code),
        Error::Driver(error) => matches!(
            error,
            ClientError::ConnectionClosed
                | ClientError::PacketOutOfOrder
                | ClientError::UnexpectedPacket { .. }
        ),
        _ => false,
    }
}

/// The error of something whose effect is nowhere if it fails.
pub(super) fn error(error: Error) -> DriverError {
    let kind = match code(&error) {
        Some(code) if BUSY.contains(&code) => DriverErrorKind::Busy,
        Some(code) if READ_ONLY.contains(&code) => DriverErrorKind::Unfit,
        _ => DriverErrorKind::Other,
    };
    DriverError::new(kind, words(&error)).with_source(error)
}

/// The error of something that may have taken place though it was not heard of: a commit, and what stands alone.
pub(super) fn unheard(failed: Error) -> DriverError {
    let unknown = is_lost(&failed) || matches!(code(&failed), Some(INTERRUPTED | AT_COMMIT));
    let failed = error(failed);
    if unknown {
        return DriverError {
            kind: DriverErrorKind::Unknown,
            ..failed
        };
    }
    failed
}

/// The error of a closure. One of the server that only says "busy" is no other than a statement's.
pub(super) fn of_step(failed: StepError) -> DriverError {
    match failed.into_inner().downcast::<Error>() {
        Ok(failed) => DriverError {
            kind: DriverErrorKind::Step,
            ..error(*failed)
        },
        Err(other) => DriverError::new(DriverErrorKind::Step, other.to_string()).with_source(other),
    }
}

fn words(error: &Error) -> String {
    match error {
        Error::Server(error) => of_server(error),
        Error::Io(IoError::Io(error)) => of_io(error),
        Error::Io(IoError::Tls(failed)) => {
            let source = std::error::Error::source(failed);
            let source = source.and_then(|source| source.downcast_ref());
            source.map_or_else(|| format!("TLS failed: {failed}"), of_tls)
        }
        Error::Driver(ClientError::ConnectionClosed) => {
            "the connection to the server is lost".to_owned()
        }
        Error::Driver(ClientError::PacketTooLarge) => {
            "the statement is larger than the connection's `max_allowed_packet`".to_owned()
        }
        Error::Driver(ClientError::NoClientSslFlagFromServer) => {
            "the server has no TLS, and the URL asks for it".to_owned()
        }
        Error::Driver(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn of_server(error: &ServerError) -> String {
    let ServerError { code, message, .. } = error;
    let advice = match *code {
        1045 => "is the user or the password wrong?",
        1044 | 1142 | 1227 => "the user lacks a right for it",
        1049 => "create the database first, or name another one in the URL",
        1046 => "name the database in the URL: mysql://host/database",
        1040 | 1203 | 1226 => "the server takes no more connections now",
        1205 => "somebody holds a lock on it",
        1047 => "this node of the cluster does not take part in it now",
        1153 => "raise `max_allowed_packet` of the server",
        1290 | 1792 | 1836 | 3100 => "run on the server that takes writes",
        3159 => "the server asks for TLS: add `?ssl-mode=required`, or `verify_ca`, to the URL",
        _ => return format!("{message} ({code})"),
    };
    format!("{message} ({code}): {advice}")
}

fn of_tls(error: &rustls::Error) -> String {
    use rustls::{CertificateError as Certificate, Error};
    let advice = match error {
        Error::InvalidCertificate(Certificate::UnknownIssuer) => {
            ": who has signed it is not trusted; name the file of that authority by `?ssl-ca=`"
        }
        Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => {
            ": it is for another name than the URL's; `?ssl-mode=verify_ca` does not look at the name"
        }
        _ => "",
    };
    format!("TLS failed: {error}{advice}")
}

fn of_io(error: &io::Error) -> String {
    let inner = error.get_ref();
    if let Some(error) = inner.and_then(|inner| inner.downcast_ref()) {
        return of_tls(error);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "nobody listens there: does the server run, and is the port right?".to_owned()
        }
        io::ErrorKind::NotFound => "there is no such socket: does the server run?".to_owned(),
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => {
            format!("the connection to the server is lost ({error})")
        }
        // What mysql_async says of a packet that has not come whole.
        _ if error.to_string().contains("bytes remaining on stream") => {
            "the connection to the server is lost in the middle of an answer".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Whether a table of the history's name is none of ours.
pub(super) fn is_foreign(error: &Error) -> bool {
    code(error) == Some(NO_SUCH_COLUMN)
}
