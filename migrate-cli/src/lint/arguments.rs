//! The flags of `lint`, and the settings that they make.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use migrate_schema::{
    Code, Level,
    finding::CodeError,
    folder, grammar, nearest,
    settings::{External, Product, Settings, Target},
};

use super::manifest;
use crate::fault::Fault;

/// What other tools make less of than ours: an empty file is no fault to them, and many a `down` is not what it
/// should be and works for all that.
const OF_OTHER_TOOLS: [(Code, Level); 4] = [
    (Code::DownDoesNotUndo, Level::Warn),
    (Code::ForeignKeysPragma, Level::Warn),
    (Code::SqlEmpty, Level::Allow),
    (Code::TransactionControl, Level::Warn),
];

const AFTER_HELP: &str = "\
Exit codes: 0 when there is no error (warnings do not count), 1 when there is one, 2 when the folder could not be checked.";

#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct LintArgs {
    /// The folder of the SQL files, or of a package with migrations [default: the package here]
    pub(crate) folder: Option<PathBuf>,
    /// The database: sqlite, postgres, mysql, mariadb, cockroach, galera or rqlite, with a version as in `postgres>=15`; may be given several times [default: the dialects in Cargo.toml]
    #[arg(long, short, value_name = "DATABASE", value_parser = target)]
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
    let target: Result<Target, _> = text.parse();
    if let Ok(target) = &target
        && !grammar::is_built_in(target.dialect())
    {
        let dialect = target.dialect();
        return Err(format!(
            "this program was built without migrate-cli's feature `{dialect}`"
        ));
    }
    target.map_err(|error| {
        let name = text.split(['>', '=', '<', ' ']).next().unwrap_or(text);
        let known = Product::ALL.map(Product::name);
        match nearest(name, known) {
            Some(near) if near != name => format!("{error}; did you mean `{near}`?"),
            _ => format!("{error}"),
        }
    })
}

fn code(text: &str) -> Result<Code, String> {
    text.parse().map_err(|error: CodeError| error.to_string())
}

impl LintArgs {
    /// What the flags and the Cargo.toml above a folder of SQL files say.
    pub(super) fn settings_of_folder(&self, folder: &Path) -> Result<Settings, Fault> {
        let manifest = manifest::above(folder)?;
        if manifest.is_none() && self.dialect.is_empty() {
            return Err(Fault::Usage(
                "it is not said which database the SQL is for: write `--dialect sqlite` (or postgres, mysql, mariadb, \
                 cockroach, galera, rqlite), or `dialects = [\"sqlite\"]` below `[package.metadata.migrate]` in Cargo.toml"
                    .to_owned(),
            ));
        }
        let mut settings = manifest.unwrap_or_default();
        for (code, level) in OF_OTHER_TOOLS {
            settings.levels.entry(code).or_insert(level);
        }
        Ok(self.over(settings))
    }

    /// What the flags and the Cargo.toml of a package say.
    pub(super) fn settings_of_package(&self, directory: &Path) -> Result<Settings, Fault> {
        let settings = manifest::above(directory)?.unwrap_or_default();
        Ok(self.over(settings))
    }

    fn over(&self, mut settings: Settings) -> Settings {
        if !self.dialect.is_empty() {
            settings.targets.clone_from(&self.dialect);
        }
        settings.closed |= self.closed;
        self.add_external(&mut settings.external);
        for (codes, level) in [
            (&self.allow, Level::Allow),
            (&self.warn, Level::Warn),
            (&self.deny, Level::Deny),
        ] {
            settings
                .levels
                .extend(codes.iter().map(|code| (*code, level)));
        }
        settings
    }

    /// How many of the first migrations are only warned about.
    pub(super) fn since(&self, names: &[String], settings: &Settings) -> Result<usize, Fault> {
        let Some(wanted) = &self.since else {
            let Some(since) = &settings.checked_since else {
                return Ok(0);
            };
            let older =
                |name: &&String| folder::id(name).is_ok_and(|id| id.version() < since.version());
            return Ok(names.iter().take_while(older).count());
        };
        let is_version = |name: &String| {
            name.strip_prefix(wanted.as_str())
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        };
        names
            .iter()
            .position(|name| name == wanted)
            .or_else(|| names.iter().position(is_version))
            .ok_or_else(|| {
                let near = nearest(wanted, names.iter().map(String::as_str));
                let near =
                    near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                Fault::Usage(format!("`--since`: there is no migration `{wanted}`{near}"))
            })
    }

    fn add_external(&self, external: &mut External) {
        for name in &self.external {
            if let Some(function) = name.strip_suffix("()") {
                external.functions.push(function.to_owned());
                continue;
            }
            external.tables.push(name.clone());
            external.functions.push(name.clone());
            external.types.push(name.clone());
        }
    }
}
