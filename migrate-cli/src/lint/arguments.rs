//! The flags of `lint`, and the settings that they make.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use migrate_schema::{
    Code, Level,
    folder::Folder,
    nearest,
    settings::{External, Product, Settings, Target},
};

use crate::fault::Fault;

const AFTER_HELP: &str = "\
Exit codes: 0 when there is no error (warnings do not count), 1 when there is one, 2 when the folder could not be checked.";

#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct LintArgs {
    /// The folder of the SQL files
    pub(crate) folder: PathBuf,
    /// The database: sqlite, postgres, mysql, mariadb, cockroach, galera or rqlite, with a version as in `postgres>=15`; may be given several times
    #[arg(long, short, value_name = "DATABASE", value_parser = target, required = true)]
    dialect: Vec<Target>,
    /// What to print
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<LintFormat>,
    /// A table, view, function or type that comes from elsewhere: `users`, `auth.*`, `st_area()`; may be given several times
    #[arg(long, value_name = "NAME")]
    external: Vec<String>,
    /// Nothing exists but what the migrations make and `--external` names: a name never seen is an error
    #[arg(long)]
    closed: bool,
    /// Only warn about what is found in migrations before this one
    #[arg(long, value_name = "MIGRATION")]
    since: Option<String>,
    /// Do not tell what has this code
    #[arg(long, value_name = "CODE", value_parser = code)]
    allow: Vec<Code>,
    /// Make it a warning
    #[arg(long, value_name = "CODE", value_parser = code)]
    warn: Vec<Code>,
    /// Make it an error
    #[arg(long, value_name = "CODE", value_parser = code)]
    deny: Vec<Code>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people
    Text,
    /// One JSON array on standard output
    Json,
    /// SARIF 2.1.0, which code hosts show beside the lines of a change
    Sarif,
}

fn target(text: &str) -> Result<Target, String> {
    text.parse().map_err(|error| {
        let name = text.split(['>', '=', '<', ' ']).next().unwrap_or(text);
        let known = Product::ALL.map(Product::name);
        match nearest(name, known) {
            Some(near) if near != name => format!("{error}; did you mean `{near}`?"),
            _ => format!("{error}"),
        }
    })
}

fn code(text: &str) -> Result<Code, String> {
    let found = Code::ALL.iter().find(|code| code.name() == text);
    found.copied().ok_or_else(|| {
        let names = Code::ALL.iter().map(|code| code.name());
        match nearest(text, names) {
            Some(near) => format!("there is no such code: did you mean `{near}`?"),
            None => "there is no such code: docs/lints lists them".to_owned(),
        }
    })
}

impl LintArgs {
    /// What the flags say about the project.
    pub(super) fn settings(&self) -> Result<Settings, Fault> {
        let mut settings = Settings {
            targets: self.dialect.clone(),
            external: external(&self.external),
            closed: self.closed,
            ..Settings::default()
        };
        // Of a folder that another tool runs, many a `down` is not what it should be, and it works for all that.
        settings
            .levels
            .entry(Code::DownDoesNotUndo)
            .or_insert(Level::Warn);
        for (codes, level) in [
            (&self.allow, Level::Allow),
            (&self.warn, Level::Warn),
            (&self.deny, Level::Deny),
        ] {
            settings
                .levels
                .extend(codes.iter().map(|code| (*code, level)));
        }
        Ok(settings)
    }

    /// How many of the first migrations are only warned about.
    pub(super) fn since(&self, folder: &Folder) -> Result<usize, Fault> {
        let Some(wanted) = &self.since else {
            return Ok(0);
        };
        let names = || folder.migrations.iter().map(|one| one.name.as_str());
        let is_version = |name: &str| {
            name.strip_prefix(wanted.as_str())
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        };
        names()
            .position(|name| name == wanted)
            .or_else(|| names().position(is_version))
            .ok_or_else(|| {
                let near = nearest(wanted, names());
                let near =
                    near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                Fault::Usage(format!("there is no migration `{wanted}`{near}"))
            })
    }
}

fn external(names: &[String]) -> External {
    let mut external = External::default();
    for name in names {
        if let Some(function) = name.strip_suffix("()") {
            external.functions.push(function.to_owned());
            continue;
        }
        external.tables.push(name.clone());
        external.functions.push(name.clone());
        external.types.push(name.clone());
    }
    external
}
