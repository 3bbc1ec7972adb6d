//! `migrate schema …`.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use migrate_core::Dialect;

use super::{DryRun, Format, Show};

/// What stands on a side of a comparison.
const SIDES: &str = "\
A schema is one of:
  schema.json        a document; of several databases in it, `schema.json#name` is one
  sqlite:app.db      a database by its URL, or the path of a SQLite file
  database           the database of `--database-url`
  history            what all migrations of this program build
  applied            what those of them build that are applied to the database";

/// Whole schemas: as documents, beside each other, brought to a database.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Write what the database holds as a schema document
    Export(Export),
    /// Check a schema document, and say everything that is wrong with it
    Validate(Validate),
    /// Bring the database to a schema: show what changes, ask where data is lost, and do it
    #[command(after_help = SIDES)]
    Apply(Apply),
    /// Say what is different between two schemas
    #[command(after_help = SIDES)]
    Diff(Diff),
    /// Draw a schema: as a diagram, or as a page with its history
    #[command(after_help = super::show::PICTURES)]
    Show(Show),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Export {
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The name of the database in the document: `main`, unless it is given. Of several databases each needs its own
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Validate {
    /// The document
    pub(crate) file: PathBuf,
    /// The database that it is for, where it does not say so: sqlite, postgres or mysql
    #[arg(long, value_name = "DATABASE")]
    pub(crate) dialect: Option<Dialect>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Apply {
    /// The schema, mostly a document
    // `schema` is the flag for PostgreSQL.
    #[arg(value_name = "SCHEMA")]
    pub(crate) wanted: String,
    /// Do not ask before data is lost
    #[arg(long)]
    pub(crate) allow_drop: bool,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Diff {
    /// The schema that is there
    pub(crate) from: String,
    /// The schema that is wanted
    #[arg(default_value = "database")]
    pub(crate) to: String,
    /// The dialect, where no side says it: sqlite, postgres or mysql
    #[arg(long, value_name = "DATABASE")]
    pub(crate) dialect: Option<Dialect>,
    /// Exit with 1 where there is a difference
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// What to print: words, JSON, or the statements that make the second out of the first
    // The one for every command, with one more value.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format())]
    pub(crate) format: Format,
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(["text", "json", "sql"]).map(|word| match word.as_str() {
        "json" => Format::Json,
        "sql" => Format::Sql,
        _ => Format::Text,
    })
}
