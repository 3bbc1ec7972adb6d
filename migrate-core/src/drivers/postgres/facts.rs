//! What a session has to know of its server, asked in the same round trip as the history.

use crate::engine::driver::{DriverError, DriverErrorKind};

use super::table::{Answers, Tables, quote, text};

/// Whose server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Postgres,
    /// It speaks the protocol, but a change of the schema is a job behind the statement, and no transaction takes it back.
    Cockroach,
    /// As PostgreSQL, but a change of the schema is a transaction of its own.
    Yugabyte,
}

#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) server: Server,
    pub(super) database: String,
    /// Whether a session can be told to look after its client while it is at a statement.
    pub(super) sees_lost_clients: bool,
    /// Why nothing can be written.
    pub(super) read_only: Option<&'static str>,
}

/// The first time stamp of a transaction is that of its first statement, and all of one message is one transaction: so
/// they differ inside an older one only.
pub(super) fn question(tables: &Tables) -> String {
    let name = text(&tables.history());
    let schema = tables.schema.as_deref().unwrap_or_default();
    format!(
        "SELECT version(), current_database(), current_schema(), current_setting('transaction_read_only'), \
         pg_is_in_recovery(), transaction_timestamp() = statement_timestamp(), \
         (SELECT nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.oid = to_regclass({name})), \
         (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = {}), to_regclass({}) IS NOT NULL",
        text(schema),
        text(&tables.lock())
    )
}

/// Takes the answer, and says where the tables are.
pub(super) fn taken(answers: &Answers, tables: &mut Tables) -> Result<Facts, DriverError> {
    let get = |column| answers.get(0, column);
    let version = get(0).unwrap_or_default();
    let server = if version.starts_with("CockroachDB") {
        Server::Cockroach
    } else if version.contains("-YB-") {
        Server::Yugabyte
    } else {
        Server::Postgres
    };
    if server != Server::Cockroach && get(5) == Some("f") {
        return Err(DriverError::new(
            DriverErrorKind::Unfit,
            "the connection is inside a transaction: commit it or roll it back first",
        ));
    }
    let database = get(1).unwrap_or_default().to_owned();
    match &tables.schema {
        Some(schema) if get(7) == Some("0") => {
            let message = format!(
                "the database `{database}` has no schema `{schema}`: CREATE SCHEMA {}",
                quote(schema)
            );
            return Err(DriverError::new(DriverErrorKind::Unfit, message));
        }
        Some(_) => {}
        // It stays where it was found, whatever a migration does to the search path.
        None => tables.schema = get(6).or(get(2)).map(str::to_owned),
    }
    let read_only = match (get(4), get(3)) {
        (Some("t"), _) => Some(
            "it is a read replica (pg_is_in_recovery): run migrations on the primary, for instance by \
             `?target_session_attrs=read-write`",
        ),
        (_, Some("on")) => Some(
            "it allows reading only (transaction_read_only): see `default_transaction_read_only` of the server, the \
             database and the role",
        ),
        _ => None,
    };
    Ok(Facts {
        server,
        sees_lost_clients: server == Server::Postgres
            && major(version).is_some_and(|major| major >= 14)
            && version.contains("linux"),
        database,
        read_only,
    })
}

/// The version in `PostgreSQL 15.10 (Debian …)`.
fn major(version: &str) -> Option<u32> {
    let number = version.split(' ').nth(1)?;
    let digits = number.find(|c: char| !c.is_ascii_digit());
    number.get(..digits.unwrap_or(number.len()))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(
            major("PostgreSQL 15.10 (Debian 15.10-0) on x86_64"),
            Some(15)
        );
        assert_eq!(major("PostgreSQL 19devel on x86_64"), Some(19));
        assert_eq!(major("EnterpriseDB"), None);
    }
}
