//! For clusters: CockroachDB, rqlite, Galera.

mod advisory_lock;
mod cluster_primary_key;
mod ddl_in_transaction;
mod default_differs;
mod lock_tables;
mod node_clock;
mod replicas_differ;
mod sequential_key;

use super::Lint;

/// Each has a file.
pub(super) const LINTS: &[Lint] = &[
    advisory_lock::LINT,
    cluster_primary_key::LINT,
    ddl_in_transaction::LINT,
    default_differs::LINT,
    lock_tables::LINT,
    node_clock::LINT,
    replicas_differ::LINT,
    sequential_key::LINT,
];
