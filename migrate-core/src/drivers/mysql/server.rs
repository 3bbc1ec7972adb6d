//! What a session is told before it writes, and what is put back behind the run.

use std::{collections::HashMap, time::Duration};

use mysql_async::Error;
use sha2::{Digest, Sha256};

use super::link::{Line, literal, text};
use crate::engine::driver::{DriverError, DriverErrorKind};

/// What a server is told apart by.
const IDENTITY: [&str; 9] = [
    "hostname",
    "port",
    "socket",
    "datadir",
    "server_id",
    "server_uid",
    "server_uuid",
    "wsrep_node_name",
    "wsrep_node_address",
];
/// What a replica has on, and what only its administrator may write in spite of.
const READ_ONLY: [&str; 4] = [
    "read_only",
    "super_read_only",
    "innodb_read_only",
    "transaction_read_only",
];
/// What a session may be told.
const SETTINGS: [&str; 13] = [
    "autocommit",
    "character_set_client",
    "character_set_results",
    "collation_connection",
    "foreign_key_checks",
    "innodb_lock_wait_timeout",
    "lock_wait_timeout",
    "max_execution_time",
    "max_statement_time",
    "sql_mode",
    "unique_checks",
    "wsrep_on",
    "wsrep_sync_wait",
];

/// The variables of a server and of a session, as far as they matter here. A version that has not one of them says
/// nothing of it.
#[derive(Debug)]
pub(super) struct Variables(HashMap<String, String>);

impl Variables {
    pub(super) async fn read(connection: &mut Line) -> Result<Self, Error> {
        let names: Vec<String> = [&IDENTITY[..], &READ_ONLY, &SETTINGS]
            .concat()
            .iter()
            .map(|name| format!("'{name}'"))
            .collect();
        let sql = format!(
            "SHOW SESSION VARIABLES WHERE Variable_name IN ({})",
            names.join(", ")
        );
        let rows = connection.rows(&sql).await?;
        let pairs = rows.iter().filter_map(|row| {
            let name = text(row, 0)?.to_ascii_lowercase();
            Some((name, text(row, 1)?))
        });
        Ok(Self(pairs.collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| !matches!(value, "OFF" | "0" | ""))
    }

    /// The same for the same server, and only for it.
    pub(super) fn identity(&self) -> String {
        let mut digest = Sha256::new();
        for name in IDENTITY {
            digest.update(self.get(name).unwrap_or_default());
            digest.update([0]);
        }
        hex(&digest.finalize()[..16])
    }

    /// A replica, or a server that is being maintained, is not written to, not even by an administrator who could.
    pub(super) fn refuse_read_only(&self) -> Result<(), DriverError> {
        let Some(name) = READ_ONLY.into_iter().find(|name| self.is_on(name)) else {
            return Ok(());
        };
        let message = format!(
            "the server takes no writes (`{name}` is on), as a replica does: run on the server that takes them"
        );
        Err(DriverError::new(DriverErrorKind::Unfit, message))
    }

    /// What has to be set for the run, and what puts it back.
    pub(super) fn changes(
        &self,
        lock_timeout: Option<Duration>,
        statement_timeout: Option<Duration>,
    ) -> (Vec<String>, Vec<String>) {
        let mut changes = Changes {
            variables: self,
            set: Vec::new(),
            back: Vec::new(),
        };
        // What steps set most.
        for name in ["foreign_key_checks", "sql_mode", "unique_checks"] {
            changes.back(name);
        }
        if !self.is_on("autocommit") {
            changes.to("autocommit", "1");
        }
        // What is sent is UTF-8.
        let texts = ["character_set_client", "character_set_results"];
        if texts.iter().any(|name| self.get(name) != Some("utf8mb4")) {
            changes.set.push("SET NAMES utf8mb4".to_owned());
            for name in [
                "character_set_client",
                "character_set_results",
                "collation_connection",
            ] {
                changes.back(name);
            }
        }
        if self.is_on("wsrep_on") {
            changes.to("wsrep_sync_wait", "15");
        }
        if let Some(timeout) = lock_timeout {
            let seconds = timeout.as_secs().max(1).to_string();
            changes.to("lock_wait_timeout", &seconds);
            changes.to("innodb_lock_wait_timeout", &seconds);
        }
        if let Some(timeout) = statement_timeout {
            changes.to(
                "max_statement_time",
                &format!("{:.3}", timeout.as_secs_f64()),
            );
            changes.to(
                "max_execution_time",
                &timeout.as_millis().max(1).to_string(),
            );
        }
        (changes.set, changes.back)
    }
}

struct Changes<'v> {
    variables: &'v Variables,
    set: Vec<String>,
    back: Vec<String>,
}

impl Changes<'_> {
    /// Where the server has such a variable.
    fn to(&mut self, name: &str, value: &str) {
        if self.variables.get(name).is_some() {
            self.set.push(format!("SET SESSION {name} = {value}"));
            self.back(name);
        }
    }

    fn back(&mut self, name: &str) {
        let Some(value) = self.variables.get(name) else {
            return;
        };
        let is_number = value.parse::<f64>().is_ok();
        let value = match value {
            "" if name == "sql_mode" => "''".to_owned(),
            "" => "NULL".to_owned(),
            "ON" | "OFF" => value.to_owned(),
            number if is_number => number.to_owned(),
            text => literal(text),
        };
        self.back.push(format!("SET SESSION {name} = {value}"));
    }
}

/// Sets what was collected, in one packet.
pub(super) async fn set(connection: &mut Line, statements: &[String]) -> Result<(), Error> {
    if statements.is_empty() {
        return Ok(());
    }
    connection.tell(&statements.join("; ")).await
}

/// A short name of what was digested.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
