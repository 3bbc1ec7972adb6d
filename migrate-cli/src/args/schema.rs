//! `migrate schema …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use migrate_core::Dialect;

/// Whole schemas: as documents, beside each other, brought to a database.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Check a schema document, and say everything that is wrong with it
    Validate(Validate),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Validate {
    /// The document
    pub(crate) file: PathBuf,
    /// The database that it is for, where it does not say so: sqlite, postgres or mysql
    #[arg(long, value_name = "DATABASE")]
    pub(crate) dialect: Option<Dialect>,
}
