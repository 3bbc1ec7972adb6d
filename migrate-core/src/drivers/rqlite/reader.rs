//! What a Rust step reads by.

use std::fmt;

use serde_json::Value;

use crate::engine::driver::DriverError;

use super::{
    driver::{Reach, other, read_error},
    http::Cluster,
    wire::{Outcome, Statement, query},
};

/// The database, for a Rust step to read: as it was before the migration, whatever the steps before this one are.
pub struct Reader<'c> {
    cluster: &'c Cluster,
    reach: Reach,
}

impl<'c> Reader<'c> {
    pub(super) fn new(cluster: &'c Cluster, reach: Reach) -> Self {
        Self { cluster, reach }
    }

    /// The rows of a query, with these values in place of its `?`. It sees everything that was committed before.
    ///
    /// # Errors
    ///
    /// Where SQLite refuses it, or no node answers.
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, QueryError> {
        let statement = Statement::new(sql, values.to_vec());
        let outcomes = query(self.cluster, &[statement])
            .map_err(|failed| QueryError(read_error(self.cluster, &failed, self.reach)))?;
        match outcomes.into_iter().next() {
            Some(Outcome::Rows(rows)) => Ok(rows),
            Some(Outcome::Error(text)) => Err(QueryError(other(text))),
            None => Ok(Vec::new()),
        }
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reader").field(&self.cluster.name()).finish()
    }
}

/// Why a Rust step could not read.
#[derive(Debug)]
pub struct QueryError(pub(super) DriverError);

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for QueryError {}
